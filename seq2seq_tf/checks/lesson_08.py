"""Checks of notebook 08, pronunciation."""

import numpy as np

from seq2seq_tf.checks import check
from seq2seq_tf.metrics import edit_distances


def check_nearest_error(function):
    """Checks `nearest_error(hypothesis, answers)` -> (distance, length of the nearest answer)."""
    def distances(hypothesis, answers):
        pairs = [answer.split() for answer in answers]
        return edit_distances([hypothesis.split()] * len(pairs), pairs), [len(p) for p in pairs]

    def right(hypothesis, answers):
        found, lengths = distances(hypothesis, answers)
        return min(zip(found, lengths, strict=True))

    def first(hypothesis, answers):
        found, lengths = distances(hypothesis, answers)
        return found[0], lengths[0]

    def farthest(hypothesis, answers):
        found, lengths = distances(hypothesis, answers)
        return max(zip(found, lengths, strict=True))

    def own_length(hypothesis, answers):
        return right(hypothesis, answers)[0], len(hypothesis.split())

    def characters(hypothesis, answers):
        found = edit_distances([hypothesis] * len(answers), list(answers))
        return min(zip(found, [len(a.split()) for a in answers], strict=True))

    return check(function, right, [
        ("R EH D", ("R EH D",)), ("R EH D", ("R IY D", "R EH D")), ("K AE T S", ("K AE T",)),
        ("AH", ("AA B UW D", "EY B")), ("S IY", ("S AY", "S IY IH NG")),
    ], {
        "you score the first answer; any of them may be the nearest": first,
        "you take the farthest answer, not the nearest": farthest,
        "the length must be the nearest answer's, not the hypothesis's": own_length,
        "you compare characters; split the texts at spaces, so that a phoneme is one symbol":
            characters,
    })


def check_heaviest_letters(function):
    """Checks `heaviest_letters(weights, word)` -> for each phoneme the letter most looked at."""
    def right(weights, word):
        return "".join(word[i] for i in np.argmax(weights, axis=1))

    def other_axis(weights, word):
        return "".join(word[i] for i in np.argmax(weights, axis=0) if i < len(word))

    def lightest(weights, word):
        return "".join(word[i] for i in np.argmin(weights, axis=1))

    def shifted(weights, word):
        return "".join(word[max(i - 1, 0)] for i in np.argmax(weights, axis=1))

    return check(function, right, [
        (np.array([[1.0]]), "a"),
        (np.array([[0.9, 0.1], [0.2, 0.8]]), "at"),
        (np.array([[0.2, 0.7, 0.1], [0.0, 0.1, 0.9]]), "who"),
        (np.array([[0.1, 0.8, 0.1, 0, 0, 0], [0, 0.1, 0.8, 0.1, 0, 0],
                   [0, 0, 0, 0.1, 0.1, 0.8]]), "knight"),
    ], {
        "this is the bug as it was planted; look for it from its symptom, what it says of "
        "knight": other_axis,
        "you take the lightest letter, not the heaviest": lightest,
        "your letters stand one place too early: the first letter has index 0": shifted,
    })

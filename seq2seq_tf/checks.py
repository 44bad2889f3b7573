"""Checks: each exercise's `check_...` runs your function and tells what it finds.

A check knows the right answer and the usual wrong ones. It prints "not yet" for an empty stub,
the smallest example that fails together with the likely mistake, or that all is well.
"""

import numpy as np

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

    return _check(function, right, [
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

    return _check(function, right, [
        (np.array([[1.0]]), "a"),
        (np.array([[0.9, 0.1], [0.2, 0.8]]), "at"),
        (np.array([[0.2, 0.7, 0.1], [0.0, 0.1, 0.9]]), "who"),
        (np.array([[0.1, 0.8, 0.1, 0, 0, 0], [0, 0.1, 0.8, 0.1, 0, 0],
                   [0, 0, 0, 0.1, 0.1, 0.8]]), "knight"),
    ], {
        "you take the heaviest phoneme of each letter: a row of `weights` is a phoneme":
            other_axis,
        "you take the lightest letter, not the heaviest": lightest,
        "your letters stand one place too early: the first letter has index 0": shifted,
    })


def _check(function, right, cases, mistakes):
    """Runs the cases, smallest first; prints what it finds and returns whether all is right."""
    answers = []
    for case in cases:
        try:
            answers.append(function(*case))
        except Exception as error:  # whatever a reader's code may raise
            print(f"Not right yet: {_shown(function, case)} raises {type(error).__name__}: {error}")
            return False
    if all(answer is None for answer in answers):
        print(f"Not yet: `{function.__name__}` returns None. Write it, then run this cell again.")
        return False
    for case, answer in zip(cases, answers, strict=True):
        if not _same(answer, right(*case)):
            print(f"Not right yet: {_shown(function, case)} should be {_plain(right(*case))}, "
                  f"yours is {_plain(answer)}.")
            for diagnosis, wrong in mistakes.items():
                if all(_same(a, wrong(*c)) for a, c in zip(answers, cases, strict=True)):
                    print(f"A likely reason: {diagnosis}.")
            return False
    print(f"Right: `{function.__name__}` passes all {len(cases)} examples.")
    return True


def _same(have, want):
    try:
        return have == want if isinstance(want, str) else bool(np.allclose(have, want))
    except (TypeError, ValueError):
        return False


def _plain(value):
    """Shows NumPy numbers as numbers."""
    if isinstance(value, tuple):
        return tuple(np.asarray(v).item() for v in value)
    return repr(value)


def _shown(function, case):
    shown = ", ".join(repr(a.tolist()) if isinstance(a, np.ndarray) else repr(a) for a in case)
    return f"{function.__name__}({shown})"

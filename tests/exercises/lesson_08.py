"""Exercises of lesson 08: a reference for each check, and what readers get wrong."""

import numpy as np

from seq2seq_tf.checks.lesson_08 import check_heaviest_letters, check_nearest_error
from seq2seq_tf.metrics import edit_distances


def nearest_error(hypothesis, answers):
    """A reference written without NumPy's or the check's own help."""
    best = None
    for answer in answers:
        pair = (int(edit_distances([hypothesis.split()], [answer.split()])[0]), len(answer.split()))
        best = pair if best is None or pair < best else best
    return best


def first_error(hypothesis, answers):
    return nearest_error(hypothesis, answers[:1])


def own_length_error(hypothesis, answers):
    return nearest_error(hypothesis, answers)[0], len(hypothesis.split())


def character_error(hypothesis, answers):
    return min((int(edit_distances([hypothesis], [a])[0]), len(a.split())) for a in answers)


def heaviest_letters(weights, word):
    return "".join(max(zip(row, word, strict=True), key=lambda pair: pair[0])[1] for row in weights)


REFERENCES = [(check_nearest_error, nearest_error), (check_heaviest_letters, heaviest_letters)]
MISTAKES = [
    (check_nearest_error, first_error, "the first answer"),
    (check_nearest_error, own_length_error, "not the hypothesis's"),
    (check_nearest_error, character_error, "split the texts at spaces"),
    (check_nearest_error, lambda h, a: max(nearest_error(h, (x,)) for x in a), "the farthest"),
    (check_heaviest_letters, lambda w, word: heaviest_letters(-w, word), "the lightest letter"),
    (check_heaviest_letters,
     lambda w, word: "".join(word[i] for i in np.argmax(w, axis=0) if i < len(word)),
     "as it was planted"),
    (check_heaviest_letters,
     lambda w, word: "".join(word[max(i - 1, 0)] for i in np.argmax(w, axis=1)),
     "the first letter has index 0"),
]

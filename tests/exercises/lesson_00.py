"""Exercises of lesson 00: a reference for each check, and what readers get wrong."""

import numpy as np

from seq2seq_tf.checks.lesson_00 import check_knowing_nothing, check_silent_letters


def knowing_nothing(V):
    """A reference that takes the surprise at each symbol and averages."""
    p = np.full(V, 1 / V)
    return float(np.mean(-np.log(p)))


def silent_letters(word, weights):
    """A reference that adds up in loops."""
    found = ""
    for s, letter in enumerate(word):
        total = 0
        for row in weights:
            total += row[s]
        found += letter if total < 0.5 else ""
    return found


REFERENCES = [(check_knowing_nothing, knowing_nothing), (check_silent_letters, silent_letters)]
MISTAKES = [
    (check_knowing_nothing, np.log2, "you count in bits"),
    (check_knowing_nothing, np.log10, "to base 10"),
    (check_knowing_nothing, lambda V: -np.log(V), "*minus* this logarithm"),
    (check_knowing_nothing, lambda V: 1 / V, "the probability of each symbol"),
    (check_silent_letters, lambda word, w: "".join(
        c for c, row in zip(word, w, strict=False) if sum(row) < 0.5), "you add up each row"),
    (check_silent_letters, lambda word, w: "".join(
        c for c in word if c not in silent_letters(word, w)), "the silent ones are the others"),
    (check_silent_letters, lambda word, w: silent_letters(word, [w.max(axis=0)]),
     "two sounds may share it"),
    (check_silent_letters, lambda word, w: silent_letters(word, 1e6 * w), "exactly 0"),
]

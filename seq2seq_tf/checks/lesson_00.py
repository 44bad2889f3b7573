"""Checks of notebook 00, start here."""

import math

import numpy as np

from seq2seq_tf.checks import check


def check_knowing_nothing(function):
    """Checks `knowing_nothing(V)` -> the loss when each of V symbols has the same probability."""
    def right(V):
        return -math.log(1 / V)

    return check(function, right, [(1,), (2,), (43,), (10_000,)], {
        "you count in bits; a loss is in nats, so take the natural logarithm, `math.log`":
            lambda V: math.log2(V),
        "you took the logarithm to base 10; `math.log` is the natural one":
            lambda V: math.log10(V),
        "the logarithm of a probability is negative; the loss is *minus* this logarithm":
            lambda V: math.log(1 / V),
        "this is the probability of each symbol; the loss is minus its logarithm":
            lambda V: 1 / V,
    })


def check_silent_letters(function):
    """Checks `silent_letters(word, weights)` -> letters with less than half a unit of attention."""
    def silent(word, shares):
        return "".join(c for c, share in zip(word, shares, strict=False) if share < 0.5)

    def right(word, weights):
        return silent(word, weights.sum(axis=0))

    def rows(word, weights):
        return silent(word, weights.sum(axis=1))

    def spoken(word, weights):
        return "".join(c for c, share in zip(word, weights.sum(axis=0), strict=True)
                       if share >= 0.5)

    def largest(word, weights):
        return silent(word, weights.max(axis=0))

    def exactly_zero(word, weights):
        return "".join(c for c, share in zip(word, weights.sum(axis=0), strict=True) if share == 0)

    return check(function, right, [
        ("a", np.array([[1.0]])),
        ("oh", np.array([[0.9, 0.1]])),
        ("ax", np.array([[1.0, 0.0], [0.6, 0.4], [0.6, 0.4]])),
        ("knight", np.array([[0.1, 0.8, 0.1, 0, 0, 0], [0, 0.1, 0.9, 0, 0, 0],
                             [0, 0, 0, 0, 0.2, 0.8]])),
    ], {
        "you add up each row, and a row, one sound's attention, always sums to one; a letter is a "
        "column": rows,
        "these are the letters that are looked at; the silent ones are the others": spoken,
        "you compare the largest weight of a letter; two sounds may share it, so add them up":
            largest,
        "you wait for exactly 0; a little attention, less than half a unit, is silent too":
            exactly_zero,
    })

"""Exercises of lesson 11: a reference for each check, and what readers get wrong."""

import cmath
import itertools
import math

import numpy as np

from seq2seq_tf.attention import MultiHeadAttention
from seq2seq_tf.checks.lesson_11 import (
    check_heads,
    check_meet,
    check_place,
    check_scored,
    check_visible,
)
from seq2seq_tf.masking import causal_mask
from seq2seq_tf.transformer import sinusoids


def meet(distance, width):
    """A reference that lets a mark spread through layers of ones."""
    seen, layers = np.eye(1, 2 * distance + 1, distance)[0], 0
    while not seen[0]:
        seen, layers = np.convolve(seen, np.ones(width), "same"), layers + 1
    return layers


def doubling(distance, width):
    reach = layers = 0
    while reach < distance:
        reach, layers = reach + (width - 1) // 2 * 2**layers, layers + 1
    return layers


def multiplying(distance, width):
    window, layers = 1, 0
    while window // 2 < distance:
        window, layers = window * width, layers + 1
    return layers


def place(p, units, base=1e4, power=2, sign=-1):
    """A reference with one complex number for each pair."""
    found = []
    for i in range(units // 2):
        wave = cmath.exp(1j * p * base ** (sign * power * i / units))
        found += [wave.imag, wave.real]
    return np.array(found)


def rate_for_each(p, units):
    return [(math.cos if j % 2 else math.sin)(p / 1e4 ** (j / units)) for j in range(units)]


def heads(x, count):
    size = x.shape[1] // count
    return [[list(step[h * size : (h + 1) * size]) for step in x] for h in range(count)]


def heads_of_the_package(x, count):
    return MultiHeadAttention(x.shape[1], count).split(x[None].astype("float32"))[0]


def scored(steps, cached, hide=False):
    """A reference that lists the pairs of each step."""
    pairs = 0
    for written in range(1, steps + 1):
        queries = [written - 1] if cached else range(written)
        pairs += sum(key <= query or not hide
                     for query, key in itertools.product(queries, range(written)))
    return pairs


def visible(steps, hidden=False, itself=True):
    return [[hidden != (column in range(row + itself)) for column in range(steps)]
            for row in range(steps)]


REFERENCES = [
    (check_meet, meet), (check_place, place),
    (check_place, lambda p, units: sinusoids(p, units)),
    (check_heads, heads), (check_heads, heads_of_the_package), (check_scored, scored),
    (check_visible, visible), (check_visible, causal_mask),
]
MISTAKES = [
    (check_meet, lambda d, w: meet(d, 2 * w - 1), "to both sides together"),
    (check_meet, lambda d, w: d // (w // 2), "in part is needed"),
    (check_meet, lambda d, w: d / (w // 2), "no parts of a layer"),
    (check_meet, lambda d, w: meet(d + 1, w), "the step behind it"),
    (check_meet, lambda d, w: meet(d, w) + 1, "are no layer"),
    (check_meet, doubling, "you double the reach"),
    (check_meet, multiplying, "you multiply the windows"),
    (check_place, lambda p, n: np.concatenate([place(p, n)[::2], place(p, n)[1::2]]),
     "before all cosines"),
    (check_place, lambda p, n: [place(p, n)[j ^ 1] for j in range(n)], "the sine comes first"),
    (check_place, lambda p, n: place(p, n, power=1), "where i counts pairs"),
    (check_place, rate_for_each, "have the same wave"),
    (check_place, lambda p, n: place(p, n, sign=1), "you multiply by"),
    (check_place, lambda p, n: place(p, n, base=1e3), "the base is 10000"),
    (check_heads, lambda x, n: np.reshape(x, (n, len(x), x.shape[1] // n)), "a reshape alone"),
    (check_heads, lambda x, n: x.reshape(len(x), -1, n).transpose(2, 0, 1), "every count-th"),
    (check_heads, lambda x, n: np.stack(heads(x, n), axis=1), "yours is (S, count, D)"),
    (check_heads, lambda x, n: x.T.reshape(n, -1, len(x)), "yours is (count, D, S)"),
    (check_scored, lambda n, cached: scored(n - 1, cached), "you count from 0"),
    (check_scored, lambda n, cached: n * n, "that is one call over the whole target"),
    (check_scored, lambda n, cached: scored(n, True) if cached else n * n,
     "your number without a cache"),
    (check_scored, lambda n, cached: scored(n, True), "the old queries are asked again"),
    (check_scored, lambda n, cached: scored(n, False), "the newest query alone"),
    (check_scored, lambda n, cached: scored(n, cached, hide=True), "masked pairs are scored"),
    (check_scored, lambda n, cached: scored(n, not cached), "the wrong way round"),
    (check_scored, lambda n, cached: n * n if cached else scored(n, False), "not yet all of them"),
    (check_scored, lambda n, cached: scored(n, cached) - scored(n - 1, cached), "the last step"),
    (check_visible, lambda n: np.transpose(visible(n)), "as it was planted"),
    (check_visible, lambda n: visible(n, itself=False), "sees itself, too"),
    (check_visible, lambda n: visible(n, hidden=True), "what is hidden"),
    (check_visible, lambda n: np.ones((n, n), bool), "everything is visible"),
    (check_visible, lambda n: np.eye(n, dtype=bool), "itself alone"),
]

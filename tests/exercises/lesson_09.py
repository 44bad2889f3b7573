"""Exercises of lesson 09: a reference for each check, and what readers get wrong."""

import heapq
import itertools
import math

import numpy as np

from seq2seq_tf.checks.lesson_09 import (
    check_best_continuations,
    check_best_index,
    check_count_answers,
    check_plain_beam,
    check_verdict,
)


def count_answers(words, max_length):
    """A reference that really lists them, or, where they are many, adds by recursion."""
    if max_length == 0:
        return 1
    return 1 + words * count_answers(words, max_length - 1)


def best_continuations(living, log_probs, width):
    pairs = itertools.product(range(len(living)), range(len(log_probs[0])))
    return heapq.nlargest(width, pairs, key=lambda pair: living[pair[0]] + log_probs[pair])


def best_index(log_ps, lengths, alpha):
    scores = [p / ((5 + n) / 6) ** alpha for p, n in zip(log_ps, lengths, strict=True)]
    return scores.index(max(scores))


def multiplied(log_ps, lengths, alpha):
    scores = [p * ((5 + n) / 6) ** alpha for p, n in zip(log_ps, lengths, strict=True)]
    return scores.index(max(scores))


def bare(log_ps, lengths, alpha):
    scores = [p / n**alpha for p, n in zip(log_ps, lengths, strict=True)]
    return scores.index(max(scores))


def verdict(found, right, found_score, right_score):
    if found == right:
        return "right"
    return "model error" if found_score >= right_score else "search error"


def plain_beam(P, width, max_length, grow=False, last=False, sign=1, ended_first=False):
    """A reference with a table of probabilities instead of a list of logarithms."""
    living, done = {(): 1.0}, []
    for _ in range(max_length):
        found = {}
        for ids, p in living.items():
            for w in np.flatnonzero(P[ids[-1] if ids else 0]).tolist():
                found[(*ids, w)] = (1.0 if last else p) * P[ids[-1] if ids else 0, w]
        kept = dict(sorted(found.items(), key=lambda item: -sign * item[1])[:width])
        done += [(math.log(p), ids) for ids, p in kept.items() if ids[-1] == 1]
        living = {ids: p for ids, p in kept.items() if grow or ids[-1] != 1}
    cut = [] if ended_first and done else [(math.log(p), ids) for ids, p in living.items()]
    return [list(ids) for _, ids in sorted(done + cut, reverse=True)[:width]]


REFERENCES = [
    (check_count_answers, count_answers), (check_best_continuations, best_continuations),
    (check_best_index, best_index), (check_verdict, verdict), (check_plain_beam, plain_beam),
]
MISTAKES = [
    (check_count_answers, lambda n, t: count_answers(n, t - 1), "cut at `max_length`"),
    (check_count_answers, lambda n, t: (n + 1) ** t, "words follow an end"),
    (check_count_answers, lambda n, t: n**t, "the cut ones alone"),
    (check_best_continuations, lambda s, p, k: best_continuations(0 * s, p, k), "its whole path"),
    (check_best_continuations, lambda s, p, k: best_continuations(-s, -p, k), "the worst"),
    (check_best_continuations,
     lambda s, p, k: [(i, int(np.argmax(p[i]))) for i in
                      sorted(range(len(s)), key=lambda i: -s[i] - max(p[i]))[:k]],
     "one parent may have several"),
    (check_best_continuations, lambda s, p, k: [(w, i) for i, w in best_continuations(s, p, k)],
     "in this order"),
    (check_best_index, lambda p, n, a: best_index(p, [i + 1 for i in n], a), "count the start"),
    (check_best_index, multiplied, "you multiply"),
    (check_best_index, bare, "the bare length"),
    (check_best_index, lambda p, n, a: best_index(p, n, 0.0), "leave the penalty out"),
    (check_verdict, lambda a, b, p, q: verdict(a, b, -p, -q), "the wrong way round"),
    (check_verdict, lambda a, b, p, q: verdict(a, b + " ", p, q), "no error at all"),
    (check_plain_beam, lambda P, k, n: plain_beam(P, k, n, grow=True), "as it was planted"),
    (check_plain_beam, lambda P, k, n: plain_beam(P, k, n, sign=-1), "you keep the worst"),
    (check_plain_beam, lambda P, k, n: plain_beam(P, k, n, last=True), "not the last step's"),
    (check_plain_beam, lambda P, k, n: plain_beam(P, k, n, ended_first=True),
     "competes too"),
]

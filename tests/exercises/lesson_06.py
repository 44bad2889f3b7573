"""Exercises of lesson 06: a reference for each check, and what readers get wrong."""

import math

import numpy as np

from seq2seq_tf.checks.lesson_06 import (
    check_additive_scores,
    check_attend,
    check_look,
    check_on_padding,
)


def shares(scores):
    """Softmax of a list, with nothing but `math`."""
    e = [math.exp(score) for score in scores]
    return [x / sum(e) for x in e]


def look(query, values, mask):
    """Over the real rows alone, one after the other."""
    real = [v for v, is_real in zip(values, mask, strict=True) if is_real]
    weights = shares([sum(a * b for a, b in zip(query, v, strict=True)) for v in real])
    return sum(weight * v for weight, v in zip(weights, real, strict=True))


def additive_scores(queries, values, W, U, w):
    """One pair after the other."""
    return np.array([[float(np.tanh(q @ W + v @ U) @ w) for v in values] for q in queries])


def on_padding(weights, source_mask, target_mask):
    """In loops over the real target steps."""
    found = []
    for rows, source, target in zip(weights, source_mask, target_mask, strict=True):
        found += [sum(row[s] for s in range(len(row)) if not source[s])
                  for row, real in zip(rows, target, strict=True) if real]
    return float(np.mean(found))


def attend(queries, values):
    """One query after the other."""
    return np.array([[look(q, v, [True] * len(v)) for q in rows]
                     for rows, v in zip(queries, values, strict=True)])


def columns(queries, values):
    """Normalises each column of the map: over the target steps."""
    scores = np.einsum("btf,bsf->bts", queries, values)
    return np.array([np.array([shares(column) for column in m.T]).T @ v
                     for m, v in zip(scores, values, strict=True)])


def less_the_largest(queries, values, largest, total):
    """Takes the largest score off along one axis, and sums along another."""
    scores = np.einsum("btf,bsf->bts", queries, values)
    e = np.exp(scores - np.max(scores, axis=largest, keepdims=True))
    return np.einsum("bts,bsf->btf", e / np.sum(e, axis=total, keepdims=True), values)


def over_sentences(queries, values):
    """Normalises each cell of the map over the batch."""
    e = np.exp(np.einsum("btf,bsf->bts", queries, values))
    return (e / sum(e)) @ values


def struck_out(query, values, mask):
    return (np.array(shares(values @ query)) * mask) @ values


REFERENCES = [(check_look, look), (check_additive_scores, additive_scores),
              (check_on_padding, on_padding), (check_attend, attend)]
MISTAKES = [
    (check_look, lambda q, v, m: look(q, v, np.ones_like(m)), "the padding takes part"),
    (check_look, struck_out, "after the softmax"),
    (check_look, lambda q, v, m: np.array(shares((v @ q) * m)) @ v, "exp(0) is 1"),
    (check_look, lambda q, v, m: shares(v[m] @ q) + [0.0] * int((~m).sum()),
     "these are the weights"),
    (check_look, lambda q, v, m: v[m][np.argmax(v[m] @ q)], "the best row alone"),
    (check_look, lambda q, v, m: sum(v[m]) / sum(m), "where is the query?"),
    (check_additive_scores, lambda q, v, W, U, w: np.array(
        [[np.tanh(a @ W) @ w + np.tanh(b @ U) @ w for b in v] for a in q]), "around the sum"),
    (check_additive_scores, lambda q, v, W, U, w: additive_scores(q, v, W, U, np.ones_like(w)),
     "the weights w"),
    (check_additive_scores, lambda q, v, W, U, w: np.array(
        [[np.tanh((a @ W) * (b @ U)) @ w for b in v] for a in q]), "another formula"),
    (check_additive_scores, lambda q, v, W, U, w: np.tanh([[(a @ W + b @ U) @ w for b in v]
                                                           for a in q]), "before w"),
    (check_additive_scores, lambda q, v, W, U, w: (q @ W @ w)[:, None] + v @ U @ w,
     "there is no tanh"),
    (check_additive_scores, lambda *case: additive_scores(*case).T, "the other way round"),
    (check_on_padding, lambda a, s, t: on_padding(a, s, np.ones_like(t)), "padded target steps"),
    (check_on_padding, lambda a, s, t: on_padding(a, ~s, t), "on the real symbols"),
    (check_on_padding, lambda a, s, t: on_padding(a, s, t) * t.sum(), "you add up"),
    (check_on_padding, lambda a, s, t: np.mean([on_padding(*(x[i : i + 1] for x in (a, s, t)))
                                                for i in range(len(a))]), "sentences' means"),
    (check_on_padding, lambda a, s, t: np.mean([a[b, i, j] for b, i, j in np.ndindex(a.shape)
                                                if t[b, i] and not s[b, j]]), "cells of the map"),
    (check_attend, columns, "the bug as it was planted"),
    (check_attend, lambda q, v: less_the_largest(q, v, 1, 2), "still taken off"),
    (check_attend, lambda q, v: less_the_largest(q, v, 2, 1), "the sum is not"),
    (check_attend, over_sentences, "sentences of the batch"),
    (check_attend, lambda q, v: np.array([np.reshape(shares((a @ b.T).ravel()), (len(a), -1)) @ b
                                          for a, b in zip(q, v, strict=True)]), "the whole map"),
    (check_attend, lambda q, v: np.einsum("btf,bsf,bsg->btg", q, v, v), "no softmax"),
]

"""Exercises of lesson 02: a reference for each check, and what readers get wrong."""

import math

import numpy as np

from seq2seq_tf.cells import GRUCell, LSTMCell, RNNCell
from seq2seq_tf.checks.lesson_02 import (
    check_count_weights,
    check_forget_bias,
    check_mended_step,
)


def count_weights(cell, F, U):
    """A reference that asks the cells themselves."""
    layer = {"rnn": RNNCell, "lstm": LSTMCell, "gru": GRUCell}[cell](U)
    layer.build((1, F))
    return layer.count_params()


def forget_bias(share, steps):
    """A reference by bisection."""
    low, high = -50.0, 50.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if (1 + math.exp(-middle)) ** -steps < share else (low, middle)
    return low


def mended_step(x, h, c, W, U, b, order="ifgo", candidate=math.tanh, read=math.tanh):
    """A reference in loops, unit by unit; its options make mistakes."""
    def sigmoid(a):
        return 1 / (1 + math.exp(-a))

    states = []
    for u in range(len(h)):
        a = {}
        for k, gate in enumerate(order):
            column = k * len(h) + u
            a[gate] = (b[column] + sum(x[j] * W[j, column] for j in range(len(x)))
                       + sum(h[j] * U[j, column] for j in range(len(h))))
        new = sigmoid(a["f"]) * c[u] + sigmoid(a["i"]) * candidate(a["g"])
        states.append((sigmoid(a["o"]) * read(new), new))
    return np.array(states).T


def logistic(a):
    return 1 / (1 + math.exp(-a))


def from_the_old_memory(x, h, c, W, U, b):
    """Returns o * tanh(c) with the old c: the reference, its memory held still."""
    n = len(h)
    o = [logistic(v) for v in (x @ W + h @ U + b)[3 * n:]]
    return np.array([[o[u] * math.tanh(c[u]) for u in range(n)], mended_step(x, h, c, W, U, b)[1]])


def forgetting_the_new(x, h, c, W, U, b):
    n = len(h)
    i, f, g, o = (x @ W + h @ U + b).reshape(4, n)
    new = [logistic(f[u]) * (c[u] + logistic(i[u]) * math.tanh(g[u])) for u in range(n)]
    return np.array([[logistic(o[u]) * math.tanh(new[u]) for u in range(n)], new])


REFERENCES = [(check_count_weights, count_weights), (check_forget_bias, forget_bias),
              (check_mended_step, mended_step)]
BLOCKS = {"rnn": 1, "gru": 3, "lstm": 4}
MISTAKES = [
    (check_count_weights, lambda cell, F, U: BLOCKS[cell] * (F * U + U * U + U), "two biases"),
    (check_count_weights, lambda cell, F, U: BLOCKS[cell] * (F * U + U * U), "biases are learned"),
    (check_count_weights,
     lambda cell, F, U: (1 if cell == "rnn" else 4) * (F * U + U * U + U), "not four"),
    (check_count_weights,
     lambda cell, F, U: count_weights(cell, F, U) - BLOCKS[cell] * U**2, "the state has weights"),
    (check_count_weights,
     lambda cell, F, U: count_weights(cell, F, U) // BLOCKS[cell], "its own block"),
    (check_forget_bias, lambda share, steps: logistic(forget_bias(share, steps)), "itself"),
    (check_forget_bias, lambda share, steps: forget_bias(share, 1), "leave out the steps"),
    (check_forget_bias,
     lambda share, steps: math.log((1 - (1 - share) / steps) / ((1 - share) / steps)), "a root"),
    (check_forget_bias, lambda share, steps: -forget_bias(share, steps), "turned around"),
    (check_mended_step, lambda *a: mended_step(*a, order="ifog"), "as it was planted"),
    (check_mended_step, lambda *a: mended_step(*a, order="figo"), "as f, i, g, o"),
    (check_mended_step, lambda *a: mended_step(*a, candidate=logistic), "no minus"),
    (check_mended_step, lambda *a: mended_step(*a, read=float), "what is read is tanh"),
    (check_mended_step, from_the_old_memory, "not from the old one"),
    (check_mended_step, forgetting_the_new, "not for what is being written"),
]

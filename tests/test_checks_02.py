"""Checks of lesson 02: they accept the reference, name mistakes, say "not yet" to the stub."""

import math

import keras
import numpy as np
import pytest

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
    (check_mended_step, lambda *a: mended_step(*a, order="ifog"), "as i, f, o, g"),
    (check_mended_step, lambda *a: mended_step(*a, order="figo"), "as f, i, g, o"),
    (check_mended_step, lambda *a: mended_step(*a, candidate=logistic), "no minus"),
    (check_mended_step, lambda *a: mended_step(*a, read=float), "what is read is tanh"),
    (check_mended_step, from_the_old_memory, "not from the old one"),
    (check_mended_step, forgetting_the_new, "not for what is being written"),
]


@pytest.mark.parametrize(("check", "reference"), REFERENCES)
def test_a_check_accepts_the_reference(check, reference, capsys):
    check(reference)
    assert capsys.readouterr().out.startswith("Right:")


def test_the_reference_step_is_keras_own():
    layer = keras.layers.LSTM(3)
    layer.build((None, None, 2))
    random = np.random.default_rng(0)
    weights = [random.normal(size=w.shape) for w in layer.get_weights()]
    layer.set_weights(weights)
    x = random.normal(size=2)
    h, _ = mended_step(x, np.zeros(3), np.zeros(3), *weights)
    np.testing.assert_allclose(layer(x[None, None])[0], h, atol=1e-6)


@pytest.mark.parametrize("check", [check for check, _ in REFERENCES])
def test_a_check_says_not_yet_to_the_stub(check, capsys):
    check(lambda *arguments: None)
    assert "Not yet" in capsys.readouterr().out


@pytest.mark.parametrize(("check", "mistake", "diagnosis"), MISTAKES)
def test_a_check_names_the_mistake(check, mistake, diagnosis, capsys):
    check(mistake)
    printed = capsys.readouterr().out
    assert printed.startswith("Not right yet:")
    assert diagnosis in printed
    assert printed.count("A likely reason") == 1


@pytest.mark.parametrize("check", [check for check, _ in REFERENCES])
def test_a_check_survives_what_a_reader_may_write(check, capsys):
    check(lambda *arguments: 1 / 0)
    assert "raises ZeroDivisionError" in capsys.readouterr().out
    check(lambda *arguments: "nonsense")
    assert "should be" in capsys.readouterr().out

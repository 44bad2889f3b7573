"""Checks of notebook 02, LSTM and GRU."""

import numpy as np

from seq2seq_tf.checks import check


def check_count_weights(function):
    """Checks `count_weights(cell, F, U)` -> how many numbers a cell learns."""
    blocks = {"rnn": 1, "lstm": 4, "gru": 3}

    def right(cell, F, U):
        biases = 2 if cell == "gru" else 1
        return blocks[cell] * U * (F + U + biases)

    def one_bias(cell, F, U):
        return blocks[cell] * U * (F + U + 1)

    def no_bias(cell, F, U):
        return blocks[cell] * U * (F + U)

    def four_for_all(cell, F, U):
        return right(cell, F, U) if cell == "rnn" else 4 * U * (F + U + 1)

    def no_state(cell, F, U):
        return right(cell, F, U) - blocks[cell] * U * U

    def one_block(cell, F, U):
        return right(cell, F, U) // blocks[cell]

    check(function, right, [
        ("rnn", 1, 1), ("rnn", 3, 2), ("lstm", 3, 1), ("gru", 3, 2), ("lstm", 64, 256),
        ("gru", 64, 256),
    ], {
        "Keras's GRU has two biases for each column, `b` and `d`": one_bias,
        "the biases are learned too": no_bias,
        "a GRU has three blocks of U columns, z, r and g, not four": four_for_all,
        "the state has weights as well: U rows beside the F rows of the input": no_state,
        "each gate, and the candidate, has its own block of U columns": one_block,
    })


def check_forget_bias(function):
    """Checks `forget_bias(share, steps)` -> b with sigmoid(b) ** steps == share."""
    def logit(f):
        return float(np.log(f / (1 - f)))

    def right(share, steps):
        return logit(share ** (1 / steps))

    check(function, right, [(0.5, 1), (0.9, 1), (0.25, 2), (0.5, 20), (0.9, 100)], {
        "you return the gate itself; ask for the number whose sigmoid it is":
            lambda share, steps: share ** (1 / steps),
        "you leave out the steps: the gate is applied once at each of them":
            lambda share, steps: logit(share),
        "what is lost adds up only roughly; the shares multiply, so take a root":
            lambda share, steps: logit(1 - (1 - share) / steps),
        "the sign is turned around: a large bias opens the gate":
            lambda share, steps: -right(share, steps),
    })


def check_mended_step(function):
    """Checks `mended_step(x, h, c, W, U, b)` -> np.array([h', c']) of one LSTM step."""
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    def gates(x, h, W, U, b):
        i, f, g, o = np.split(x @ W + h @ U + b, 4)
        return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)

    def right(x, h, c, W, U, b):
        i, f, g, o = gates(x, h, W, U, b)
        c = f * c + i * g
        return np.array([o * np.tanh(c), c])

    def swapped(*order):
        def step(x, h, c, W, U, b):
            columns = np.concatenate([np.arange(len(h)) + len(h) * k for k in order])
            return right(x, h, c, W[:, columns], U[:, columns], b[columns])
        return step

    def sigmoid_candidate(x, h, c, W, U, b):
        i, f, _, o = gates(x, h, W, U, b)
        c = f * c + i * sigmoid(np.split(x @ W + h @ U + b, 4)[2])
        return np.array([o * np.tanh(c), c])

    def bare_output(x, h, c, W, U, b):
        c = right(x, h, c, W, U, b)[1]
        return np.array([gates(x, h, W, U, b)[3] * c, c])

    def old_memory(x, h, c, W, U, b):
        return np.array([gates(x, h, W, U, b)[3] * np.tanh(c), right(x, h, c, W, U, b)[1]])

    def forgets_the_new(x, h, c, W, U, b):
        i, f, g, o = gates(x, h, W, U, b)
        c = f * (c + i * g)
        return np.array([o * np.tanh(c), c])

    random = np.random.default_rng(2)

    def case(F, U):
        shapes = (F,), (U,), (U,), (F, 4 * U), (U, 4 * U), (4 * U,)
        return tuple(random.normal(0, 1, shape).round(1) for shape in shapes)

    check(function, right, [case(1, 1), case(2, 1), case(1, 2), case(3, 4)], {
        "this is the bug as it was planted; look for it from its symptom: the memo above":
            swapped(0, 1, 3, 2),
        "you read the columns as f, i, g, o; they stand in the order i, f, g, o":
            swapped(1, 0, 2, 3),
        "the candidate g needs tanh: with a sigmoid no minus can be written": sigmoid_candidate,
        "what is read is tanh(c), so that h stays between -1 and 1": bare_output,
        "h must be read from the new memory c', not from the old one": old_memory,
        "the forget gate is for the old memory only, not for what is being written":
            forgets_the_new,
    })

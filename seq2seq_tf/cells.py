"""Recurrent cells in full, one step of each, and Keras's fused layers by name.

A cell follows Keras's protocol, so that `keras.layers.RNN(LSTMCell(8))` runs it over a sequence,
masks included. Gates stand in Keras's order: `set_weights` takes a Keras layer's weights.
"""

import keras
from keras import ops

from seq2seq_tf.guards import check_sizes

LAYERS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}


def recurrent_layer(cell, units, **kwargs):
    """Makes Keras's fused recurrent layer that gives every step.

    Args:
        cell: "lstm", "gru", or "rnn" for the plain one.
        units: Size U of the state.
        **kwargs: For the layer, such as `return_state`.
    Raises:
        ValueError: `cell` is another name.
    """
    if cell not in LAYERS:
        raise ValueError(f"`cell` must be one of {sorted(LAYERS)}. Received: cell={cell!r}")
    return LAYERS[cell](units, return_sequences=True, **kwargs)


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class RNNCell(keras.layers.Layer):
    """Mixes what comes in with what is remembered.

        h' = tanh(x W + h U + b)                         (Elman, 1990)

    Args:
        units: Size U of the state.
    Call arguments:
        x: Float (B, F), one step of the input.
        states: A list with h, float (B, U).
    Returns:
        h' (B, U), and the list of the new state, [h'].
    Raises:
        ValueError: `units` is below 1.
    Lesson: notebooks/01_recurrent_cells.ipynb
    """

    gates = 1  # how many blocks of U columns stand beside each other in W, U and b

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        check_sizes(units=units)
        self.units = self.state_size = self.output_size = units

    def build(self, x_shape):
        columns = self.gates * self.units
        self.W = self.add_weight(shape=(x_shape[-1], columns), name="W")
        self.U = self.add_weight(shape=(self.units, columns), initializer="orthogonal", name="U")
        self.b = self.add_weight(shape=(columns,), initializer="zeros", name="b")

    def call(self, x, states, training=None):
        (h,) = states
        h = ops.tanh(ops.matmul(x, self.W) + ops.matmul(h, self.U) + self.b)
        return h, [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class LSTMCell(RNNCell):
    """Keeps a memory cell c that is written, forgotten and read through gates.

        i, f, o = sigmoid(x W + h U + b), each with its own columns;  g = tanh(x W + h U + b)
        c' = f * c + i * g;  h' = o * tanh(c')

    (Hochreiter & Schmidhuber, 1997; the forget gate: Gers et al., 2000.) Columns stand in the
    order i, f, g, o. The bias of f starts at 1: remember at first.

    Args:
        units: Size U of h and of c.
    Call arguments:
        x: Float (B, F).
        states: A list with h and c, float (B, U) each.
    Returns:
        h' (B, U), and the list of the new states, [h', c'].
    Lesson: notebooks/02_lstm_and_gru.ipynb
    """

    gates = 4

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.state_size = [units, units]

    def build(self, x_shape):
        super().build(x_shape)
        ones = ops.ones((self.units,))
        self.b.assign(ops.concatenate([0 * ones, ones, 0 * ones, 0 * ones]))

    def call(self, x, states, training=None):
        h, c = states
        a = ops.matmul(x, self.W) + ops.matmul(h, self.U) + self.b  # (B, 4U)
        i, f, g, o = ops.split(a, 4, axis=-1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        h = ops.sigmoid(o) * ops.tanh(c)
        return h, [h, c]


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class GRUCell(RNNCell):
    """Blends the old state with a candidate; a gate decides how much of each.

        z, r = sigmoid(x W + b + h U + d), each with its own columns
        g = tanh(x W + b + r * (h U + d));  h' = z * h + (1 - z) * g     (Cho et al., 2014)

    Columns stand in the order z, r, g. The reset gate r comes after the product, as in cuDNN and
    in Keras's `reset_after=True`; therefore two biases, b and d, the two rows of `b`.

    Args:
        units: Size U of the state.
    Call arguments:
        x: Float (B, F).
        states: A list with h, float (B, U).
    Returns:
        h' (B, U), and the list of the new state, [h'].
    Lesson: notebooks/02_lstm_and_gru.ipynb
    """

    gates = 3

    def build(self, x_shape):
        columns = 3 * self.units
        self.W = self.add_weight(shape=(x_shape[-1], columns), name="W")
        self.U = self.add_weight(shape=(self.units, columns), initializer="orthogonal", name="U")
        self.b = self.add_weight(shape=(2, columns), initializer="zeros", name="b")  # b and d

    def call(self, x, states, training=None):
        (h,) = states
        x_z, x_r, x_g = ops.split(ops.matmul(x, self.W) + self.b[0], 3, axis=-1)
        h_z, h_r, h_g = ops.split(ops.matmul(h, self.U) + self.b[1], 3, axis=-1)
        z = ops.sigmoid(x_z + h_z)
        r = ops.sigmoid(x_r + h_r)
        h = z * h + (1 - z) * ops.tanh(x_g + r * h_g)
        return h, [h]

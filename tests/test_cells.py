"""Cells equal Keras's layers with the same weights: outputs, states and gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seq2seq_tf.cells import GRUCell, LSTMCell, RNNCell, recurrent_layer

PAIRS = {"rnn": (RNNCell, keras.layers.SimpleRNN), "lstm": (LSTMCell, keras.layers.LSTM),
         "gru": (GRUCell, keras.layers.GRU)}
B, S, F, U = 3, 6, 4, 5
MASK = np.arange(S)[None, :] < np.array([[6], [3], [1]])


@pytest.fixture(params=list(PAIRS))
def pair(request):
    """Ours and Keras's, with the same random weights, biases included."""
    return both(request.param)


def both(name, **kwargs):
    cell, layer = PAIRS[name]
    ours = keras.layers.RNN(cell(U), return_sequences=True, return_state=True)
    theirs = layer(U, return_sequences=True, return_state=True)
    for wrapped in (ours, theirs):
        wrapped.build((B, S, F))
    random = np.random.default_rng(0)
    weights = [random.normal(0, 0.5, w.shape) for w in theirs.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs


def sequence(seed=1):
    return tf.constant(np.random.default_rng(seed).normal(size=(B, S, F)), "float32")


def run(layer, x, mask):
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x, mask=mask)
        loss = sum(tf.reduce_sum(o * tf.cos(o)) for o in tf.nest.flatten(outputs))
    gradients = tape.gradient(loss, [x, *layer.trainable_weights])
    return outputs, gradients


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_a_cell_equals_keras_in_outputs_and_gradients(pair, mask):
    x = sequence()
    (outputs, gradients), (wanted, wanted_gradients) = (run(layer, x, mask) for layer in pair)
    for have, want in zip(tf.nest.flatten(outputs), tf.nest.flatten(wanted), strict=True):
        np.testing.assert_allclose(have, want, atol=1e-6)
    for have, want in zip(gradients, wanted_gradients, strict=True):
        np.testing.assert_allclose(have, want, atol=1e-5)


@pytest.mark.parametrize("name", PAIRS)
def test_two_directions_equal_keras_too(name):
    x = sequence()
    layers = [keras.layers.Bidirectional(layer) for layer in both(name)]
    layers[0].build((B, S, F))
    layers[1].build((B, S, F))
    layers[0].set_weights(layers[1].get_weights())
    (outputs, gradients), (wanted, wanted_gradients) = (run(layer, x, MASK) for layer in layers)
    for have, want in zip(tf.nest.flatten(outputs), tf.nest.flatten(wanted), strict=True):
        np.testing.assert_allclose(have, want, atol=1e-6)
    for have, want in zip(gradients, wanted_gradients, strict=True):
        np.testing.assert_allclose(have, want, atol=1e-5)


def test_one_step_of_a_plain_cell_by_hand():
    cell = RNNCell(1)
    cell.build((1, 1))
    cell.set_weights([np.array([[0.5]]), np.array([[2.0]]), np.array([-0.1])])
    h, (state,) = cell(np.array([[1.0]]), [np.array([[0.3]])])
    np.testing.assert_allclose(h, [[np.tanh(0.5 * 1.0 + 2.0 * 0.3 - 0.1)]], atol=1e-6)
    assert h is state


def test_an_lstm_with_open_forget_and_closed_input_gate_keeps_its_cell():
    cell = LSTMCell(2)
    cell.build((1, 3))
    big = 50.0
    bias = np.array([-big] * 2 + [big] * 2 + [0] * 2 + [big] * 2)  # i shut, f open, g, o open
    cell.set_weights([np.zeros((3, 8)), np.zeros((2, 8)), bias])
    c = np.array([[0.3, -0.7]], "float32")
    h, (_, kept) = cell(np.ones((1, 3)), [np.zeros((1, 2)), c])
    np.testing.assert_allclose(kept, c, atol=1e-6)
    np.testing.assert_allclose(h, np.tanh(c), atol=1e-6)


def test_a_gru_with_its_update_gate_at_one_keeps_its_state():
    cell = GRUCell(2)
    cell.build((1, 3))
    bias = np.zeros((2, 6))
    bias[0, :2] = 50  # z = 1
    cell.set_weights([np.ones((3, 6)), np.ones((2, 6)), bias])
    h = np.array([[0.3, -0.7]], "float32")
    np.testing.assert_allclose(cell(np.ones((1, 3)), [h])[0], h, atol=1e-6)


def test_the_forget_gate_starts_open():
    cell = LSTMCell(3)
    cell.build((None, 2))
    np.testing.assert_array_equal(cell.b, [0] * 3 + [1] * 3 + [0] * 6)


def test_cells_save_and_load(pair, tmp_path):
    model = keras.Sequential([keras.Input((S, F)), keras.layers.RNN(type(pair[0].cell)(U))])
    x = sequence()
    model.save(tmp_path / "cell.keras")
    loaded = keras.saving.load_model(tmp_path / "cell.keras")
    np.testing.assert_array_equal(loaded(x), model(x))


@pytest.mark.parametrize("cell", [RNNCell, LSTMCell, GRUCell])
def test_a_cell_needs_units(cell):
    with pytest.raises(ValueError, match="`units` must be an integer of at least 1"):
        cell(0)


def test_a_layer_is_made_by_name():
    assert isinstance(recurrent_layer("gru", 3), keras.layers.GRU)
    assert isinstance(recurrent_layer("rnn", 3), keras.layers.SimpleRNN)
    with pytest.raises(ValueError, match=r"one of \['gru', 'lstm', 'rnn'\]. Received: cell='sru'"):
        recurrent_layer("sru", 3)

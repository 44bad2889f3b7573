"""The convolutional encoder: its equation, how far it sees, and that padding is not seen."""

import keras
import numpy as np
import pytest
from keras import ops

from seq2seq_tf import convolution
from seq2seq_tf.convolution import ConvolutionalEncoder

TOKENS = np.array([[4, 5, 6, 7, 8], [9, 4, 10, 0, 0], [7, 0, 0, 0, 0]], "int32")


def encoder(**changes):
    layer = ConvolutionalEncoder(**{"vocabulary_size": 11, "units": 8, "layers": 2, **changes})
    layer.build()
    random = np.random.default_rng(0)
    for weight in layer.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    return layer


def test_it_equals_its_formula_in_loops():
    """Row by row, without padding, in float64."""
    layer = encoder()
    memory, mask, state = layer(TOKENS)
    gamma, beta = (np.array(weight, "float64") for weight in layer.norm.weights)
    for b, length in enumerate([5, 3, 1]):
        x = np.array(layer.embedding.embeddings, "float64")[TOKENS[b, :length]] * 8**0.5
        for s in range(length):
            for i in range(4):
                angle = s / 10000 ** (2 * i / 8)
                x[s, 2 * i : 2 * i + 2] += np.sin(angle), np.cos(angle)
        for inner in layer.convolutions:
            kernel, bias = (np.array(weight, "float64") for weight in inner.weights)
            made = np.tile(bias, (length, 1))  # (S, 2 U)
            for s in range(length):
                for k in range(3):
                    if 0 <= s + k - 1 < length:
                        made[s] += x[s + k - 1] @ kernel[k]
            x = (x + made[:, :8] / (1 + np.exp(-made[:, 8:]))) * 0.5**0.5
        normal = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)
        np.testing.assert_allclose(memory[b, :length], normal * gamma + beta, atol=1e-4)
    np.testing.assert_array_equal(mask, TOKENS != 0)
    assert state == []


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_a_step_sees_as_many_neighbours_to_each_side_as_there_are_layers(layers):
    layer = encoder(layers=layers)
    tokens = np.random.default_rng(1).integers(4, 10, (1, 15))
    changed = tokens.copy()
    changed[0, 7] = 10
    moved = np.abs(np.array(layer(changed)[0]) - np.array(layer(tokens)[0])).max(axis=-1)[0]
    assert np.flatnonzero(moved > 1e-6).tolist() == [*range(7 - layers, 7 + layers + 1)]


def test_padding_cannot_be_seen():
    """More of it, other neighbours, and another vector for it: the real rows stay."""
    layer = encoder()
    memory, _, _ = layer(TOKENS)
    for width in (0, 4):
        alone, _, _ = layer(np.pad(TOKENS[1:2, :3], [(0, 0), (0, width)]))
        np.testing.assert_allclose(alone[0, :3], memory[1, :3], atol=1e-5)
    table = np.array(layer.embedding.embeddings)
    table[0] = 1e6
    layer.embedding.embeddings.assign(table)
    again = layer(TOKENS)[0]
    np.testing.assert_allclose(again[1, :3], memory[1, :3], atol=1e-5)
    np.testing.assert_allclose(again[2, :1], memory[2, :1], atol=1e-5)


def test_places_are_told(monkeypatch):
    """Without them the same neighbours look the same anywhere; with them they do not."""
    layer = encoder(layers=1)
    tokens = np.array([[4, 5, 6, 7, 4, 5, 6]])

    def moved():
        memory = np.array(layer(tokens)[0])[0]
        return np.abs(memory[1] - memory[5]).max()

    assert moved() > 0.1
    monkeypatch.setattr(convolution, "sinusoids", lambda places, units: ops.zeros((units,)))
    assert moved() < 1e-5


def test_dropout_is_on_while_training_only():
    layer = encoder(dropout=0.5)
    quiet = layer(TOKENS)[0]
    np.testing.assert_array_equal(layer(TOKENS, training=False)[0], quiet)
    assert np.abs(np.array(layer(TOKENS, training=True)[0]) - np.array(quiet)).max() > 1e-3


def test_it_round_trips_its_config():
    layer = encoder(layers=3, dropout=0.25)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert (again.layers, again.dropout) == (3, 0.25)

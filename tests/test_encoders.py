"""The recurrent encoder: parity with Keras, padding, shapes of the state; what encoders refuse."""

from itertools import chain

import keras
import numpy as np
import pytest

from seq2seq_tf.convolution import ConvolutionalEncoder
from seq2seq_tf.encoders import RecurrentEncoder

TOKENS = np.array([[4, 5, 6, 7, 8], [9, 4, 10, 0, 0], [7, 0, 0, 0, 0]], "int32")


def encoder(**changes):
    keras.utils.set_random_seed(0)
    return RecurrentEncoder(**{"vocabulary_size": 11, "embedding_size": 6, "units": 8, **changes})


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_one_way_equals_keras_row_by_row_without_padding(cell):
    layer = encoder(cell=cell, bidirectional=False)
    memory, mask, state = layer(TOKENS)
    inner = layer.recurrent[0]
    for b, length in enumerate([5, 3, 1]):
        outputs, *last = inner(layer.embedding(TOKENS[b : b + 1, :length]))
        np.testing.assert_allclose(memory[b, :length], outputs[0], atol=1e-6)
        for have, want in zip(state[0], last, strict=True):
            np.testing.assert_allclose(have[b], want[0], atol=1e-6)
    np.testing.assert_array_equal(mask, TOKENS != 0)


def test_two_directions_read_from_both_ends():
    layer = encoder()
    memory, _, state = layer(TOKENS)
    embedded = layer.embedding(TOKENS[1:2, :3])
    forward, backward = layer.recurrent[0].forward_layer, layer.recurrent[0].backward_layer
    np.testing.assert_allclose(memory[1, :3, :4], forward(embedded)[0][0], atol=1e-6)
    h = np.array(state[0][0][1])
    np.testing.assert_allclose(h[:4], np.array(memory)[1, 2, :4], atol=1e-6)  # its last letter
    np.testing.assert_allclose(h[4:], np.array(memory)[1, 0, 4:], atol=1e-6)  # its first letter
    backwards = backward(embedded)[0][0]  # in the order in which it reads
    np.testing.assert_allclose(h[4:], backwards[-1], atol=1e-6)


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("layers", [1, 2])
def test_more_padding_and_other_neighbours_change_nothing(bidirectional, layers):
    layer = encoder(bidirectional=bidirectional, layers=layers)
    memory, _, state = layer(TOKENS)
    wider = np.pad(TOKENS[1:2], [(0, 0), (0, 4)])
    alone, _, alone_state = layer(wider)
    np.testing.assert_allclose(alone[0, :3], memory[1, :3], atol=1e-6)
    for have, want in zip(chain(*alone_state), chain(*state), strict=True):
        np.testing.assert_allclose(have[0], want[1], atol=1e-6)


@pytest.mark.parametrize(("cell", "parts"), [("lstm", 2), ("gru", 1)])
def test_there_is_one_state_for_each_layer(cell, parts):
    _, _, state = encoder(cell=cell, layers=3)(TOKENS)
    assert [[tuple(t.shape) for t in layer] for layer in state] == [[(3, 8)] * parts] * 3


def convolutional(**changes):
    return ConvolutionalEncoder(**{"vocabulary_size": 11, "units": 8, **changes})


@pytest.mark.parametrize("made", [encoder, convolutional])
@pytest.mark.parametrize(("changes", "message"), [
    ({"units": 0}, "`units` must be an integer of at least 1. Received: units=0"),
    ({"units": 7}, "`units` must be even.* Received: units=7"),
    ({"layers": 1.5}, "`layers` must be an integer"),
    ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
])
def test_wrong_arguments_are_refused(made, changes, message):
    with pytest.raises(ValueError, match=message):
        made(**changes)


def test_a_wrong_cell_is_refused():
    message = r"`cell` must be one of \['gru', 'lstm', 'rnn'\]. Received: cell='sru'"
    with pytest.raises(ValueError, match=message):
        encoder(cell="sru")


@pytest.mark.parametrize("made", [encoder, convolutional])
@pytest.mark.parametrize("tokens", [TOKENS[0], TOKENS.astype("float32"), TOKENS[None]])
def test_tokens_must_be_integer_ids(made, tokens):
    with pytest.raises(ValueError, match=r"integer ids of shape \(batch, steps\)"):
        made()(tokens)


@pytest.mark.parametrize(("cell", "parts"), [("lstm", 2), ("gru", 1)])
def test_each_state_is_that_of_its_own_layer_part_and_direction(cell, parts):
    layer = encoder(cell=cell, layers=2)
    _, mask, state = layer(TOKENS)
    values = layer.embedding(TOKENS)
    for inner, have in zip(layer.recurrent, state, strict=True):
        values, *last = inner(values, mask=mask)  # forward h, c, then backward h, c
        for part in range(parts):
            wanted = np.concatenate([last[part], last[parts + part]], axis=-1)
            np.testing.assert_allclose(have[part], wanted, atol=1e-6)


def test_dropout_is_on_while_training_only():
    layer = encoder(dropout=0.5)
    quiet, again = layer(TOKENS)[0], layer(TOKENS, training=False)[0]
    np.testing.assert_array_equal(quiet, again)
    assert np.abs(np.array(layer(TOKENS, training=True)[0]) - np.array(quiet)).max() > 1e-3

"""Masks: padding weighs nothing, in attention and in the loss."""

import keras
import numpy as np
import pytest
from keras import ops

from seq2seq_tf.masking import (
    MaskedAccuracy,
    MaskedCrossentropy,
    causal_mask,
    masked_mean,
    masked_softmax,
    pad_sensitivity,
    padding_mask,
    token_crossentropy,
)


def test_padding_mask_is_true_on_real_tokens():
    assert np.array(padding_mask(np.array([[4, 1, 0]]))).tolist() == [[True, True, False]]


def test_a_step_may_see_itself_and_what_came_before_it():
    assert np.array(causal_mask(3)).tolist() == [
        [True, False, False], [True, True, False], [True, True, True]]


def test_masked_softmax_is_softmax_over_the_real_positions():
    scores = np.array([[1.0, 2.0, 3.0]], "float32")
    weights = np.array(masked_softmax(scores, np.array([[True, False, True]])))
    wanted = np.exp([1.0, 3.0]) / np.exp([1.0, 3.0]).sum()
    np.testing.assert_allclose(weights, [[wanted[0], 0, wanted[1]]], atol=1e-7)
    assert weights[0, 1] == 0  # exactly: a pad that gets a billionth is seen


def test_a_huge_score_on_padding_changes_nothing():
    mask = np.array([[True, True, False]])
    quiet = masked_softmax(np.array([[1.0, 2.0, 0.0]], "float32"), mask)
    loud = masked_softmax(np.array([[1.0, 2.0, 1e6]], "float32"), mask)
    np.testing.assert_array_equal(quiet, loud)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_a_fully_masked_row_gives_zeros_and_no_nan_in_a_graph(dtype):
    import tensorflow as tf

    scores = ops.cast(np.array([[1.0, 2.0], [3.0, 4.0]]), dtype)
    weights = tf.function(masked_softmax)(scores, np.array([[False, False], [True, True]]))
    assert weights.dtype == dtype
    weights = np.array(ops.cast(weights, "float32"))
    np.testing.assert_array_equal(weights[0], [0, 0])
    np.testing.assert_allclose(weights[1].sum(), 1, atol=1e-2)


TARGETS = np.array([[2, 1, 0, 0], [3, 0, 0, 0]])
LOGITS = np.log(np.array([
    [[0.1, 0.2, 0.3, 0.4], [0.1, 0.5, 0.2, 0.2], [0.7, 0.1, 0.1, 0.1], [0.7, 0.1, 0.1, 0.1]],
    [[0.1, 0.2, 0.2, 0.5], [0.1, 0.3, 0.3, 0.3], [0.1, 0.3, 0.3, 0.3], [0.1, 0.3, 0.3, 0.3]],
])).astype("float32")  # three real targets, with probabilities 0.3, 0.5 and 0.5


def test_masked_loss_by_hand():
    wanted = -np.log([0.3, 0.5, 0.5]).mean()
    np.testing.assert_allclose(MaskedCrossentropy()(TARGETS, LOGITS), wanted, atol=1e-6)


def test_masked_loss_with_label_smoothing_by_hand():
    real = np.array([LOGITS[0, 0], LOGITS[0, 1], LOGITS[1, 0]])
    wanted = (0.9 * -np.log([0.3, 0.5, 0.5]) + 0.1 * -real.mean(axis=1)).mean()
    np.testing.assert_allclose(MaskedCrossentropy(0.1)(TARGETS, LOGITS), wanted, atol=1e-6)


def test_masked_accuracy_by_hand():
    accuracy = MaskedAccuracy()
    accuracy.update_state(TARGETS, LOGITS)  # wrong, right, right; pads would add 2 right, 3 wrong
    np.testing.assert_allclose(accuracy.result(), 2 / 3, atol=1e-6)


def test_accuracy_over_two_batches_weighs_tokens_not_batches():
    accuracy = MaskedAccuracy()
    accuracy.update_state(TARGETS[:1], LOGITS[:1])  # 1 of 2
    accuracy.update_state(TARGETS[1:], LOGITS[1:])  # 1 of 1
    np.testing.assert_allclose(accuracy.result(), 2 / 3, atol=1e-6)


def test_accuracy_over_batches_of_two_widths_weighs_every_token_alike():
    """A mean over (B, T) takes the mean over T first: a token of a wide batch would weigh less."""
    accuracy = MaskedAccuracy()
    logits = np.eye(5, dtype="float32")
    accuracy.update_state(np.array([[1, 2]]), logits[[[1, 2]]])  # 2 of 2
    accuracy.update_state(np.full((1, 8), 3), logits[np.full((1, 8), 4)])  # 0 of 8
    np.testing.assert_allclose(accuracy.result(), 0.2, atol=1e-6)


def test_what_stands_at_padding_changes_no_loss():
    changed = LOGITS.copy()
    changed[TARGETS == 0] = np.array([1e6, -1e6, 3, 7])
    assert float(MaskedCrossentropy()(TARGETS, changed)) == float(
        MaskedCrossentropy()(TARGETS, LOGITS))


def test_token_crossentropy_equals_keras():
    wanted = keras.losses.sparse_categorical_crossentropy(TARGETS, LOGITS, from_logits=True)
    np.testing.assert_allclose(token_crossentropy(TARGETS, LOGITS), wanted, atol=1e-6)


def test_masked_loss_and_accuracy_round_trip_their_config():
    loss = MaskedCrossentropy.from_config(MaskedCrossentropy(0.1).get_config())
    assert loss.label_smoothing == 0.1
    assert MaskedAccuracy.from_config(MaskedAccuracy().get_config()).name == "accuracy"


@pytest.mark.parametrize("smoothing", [-0.1, 1.0, 1.5])
def test_label_smoothing_outside_its_range_is_refused(smoothing):
    with pytest.raises(ValueError, match=r"`label_smoothing` must lie in \[0, 1\)"):
        MaskedCrossentropy(smoothing)


def test_targets_that_do_not_fit_the_logits_are_refused():
    with pytest.raises(ValueError, match=r"`targets` must have shape \(B, T\)"):
        MaskedCrossentropy()(TARGETS[:, :3], LOGITS)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_a_fully_masked_row_gives_no_nan_on_the_way_back(dtype):
    import tensorflow as tf

    scores = tf.Variable(tf.cast([[1.0, 2.0], [3.0, 4.0]], dtype))
    with tf.GradientTape() as tape:
        weights = masked_softmax(scores, np.array([[False, False], [True, True]]))
        loss = tf.reduce_sum(weights[:, 0])
    gradient = tape.gradient(loss, scores).numpy().astype("float32")
    assert np.isfinite(gradient).all()
    np.testing.assert_array_equal(gradient[0], 0)
    assert gradient[1, 0] > 0.1


def test_a_batch_of_padding_alone_has_loss_zero():
    assert float(MaskedCrossentropy()(0 * TARGETS, LOGITS)) == 0


def test_the_loss_is_computed_in_full_precision():
    loss = token_crossentropy(TARGETS, ops.cast(LOGITS, "float16"))
    assert loss.dtype == "float32"
    np.testing.assert_allclose(loss, token_crossentropy(TARGETS, LOGITS), atol=5e-3)


def test_targets_without_steps_are_refused():
    with pytest.raises(ValueError, match=r"`targets` must have shape \(B, T\)"):
        MaskedCrossentropy()(TARGETS[0], LOGITS[0])


def test_the_meter_shows_what_padding_moves():
    tokens = np.array([[4, 6], [8, 0]])
    assert pad_sensitivity(lambda ids: ids.sum(axis=1), tokens) == 0
    assert pad_sensitivity(lambda ids: ids.mean(axis=1), tokens, extra=2) == 2.5  # 10/2 to 10/4
    assert pad_sensitivity(lambda ids: masked_mean(1.0 * ids, padding_mask(ids)), tokens) == 0


def test_the_meter_compares_the_real_steps_where_each_step_has_an_answer():
    tokens = np.array([[4, 6], [8, 0]])
    assert pad_sensitivity(lambda ids: np.where(ids == 0, ids.shape[1], ids), tokens) == 0
    assert pad_sensitivity(lambda ids: ids + ids.shape[1], tokens, extra=3) == 3
    reads_ahead = keras.layers.GRU(3, return_sequences=True, go_backwards=True)
    assert pad_sensitivity(lambda ids: reads_ahead(ops.one_hot(ids, 9))[:, ::-1], tokens) > 0.01


@pytest.mark.parametrize("cell", [keras.layers.SimpleRNN, keras.layers.GRU, keras.layers.LSTM])
def test_the_meter_knows_whether_a_recurrent_layer_has_its_mask(cell):
    keras.utils.set_random_seed(0)
    tokens = np.array([[4, 6, 5], [8, 0, 0]])
    with_mask, without = (keras.Sequential([keras.layers.Embedding(9, 4, mask_zero=mask), cell(5)])
                          for mask in (True, False))
    assert pad_sensitivity(with_mask, tokens) == pytest.approx(0, abs=1e-6)
    assert pad_sensitivity(without, tokens) > 1e-3

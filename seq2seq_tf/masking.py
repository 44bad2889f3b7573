"""What is real and what is padding: masks, masked softmax, masked loss and accuracy.

A mask is boolean and True where a token is real. Padding has id 0 and stands at the right.
"""

import keras
import numpy as np
from keras import ops

from seq2seq_tf.guards import check_share, check_targets

PAD = 0


def padding_mask(tokens):
    """Tells real tokens from padding.

    Args:
        tokens: Integer ids, any shape, 0 = padding.
    Returns:
        Bool mask of the same shape, True on real tokens.
    """
    return ops.not_equal(tokens, PAD)


def causal_mask(steps):
    """Lets each step see itself and what came before it.

    Args:
        steps: Number T of steps.
    Returns:
        Bool (T, T), True where the step of the row may see the step of the column.
    """
    places = ops.arange(steps)
    return places[:, None] >= places[None, :]


def masked_softmax(scores, mask=None):
    """Turns scores into weights that sum to one over the real positions of the last axis.

        weight_j = exp(score_j) / sum over real i of exp(score_i)

    Args:
        scores: Float (..., S).
        mask: Bool, broadcast against `scores`, True on real positions.
    Returns:
        Weights (..., S). Masked positions get exactly zero; so does a row with no real position.
    """
    if mask is not None:
        lowest = ops.cast(-6e4 if scores.dtype == "float16" else -1e9, scores.dtype)
        scores = ops.where(mask, scores, lowest)
    weights = ops.exp(scores - ops.logsumexp(scores, axis=-1, keepdims=True))
    return weights if mask is None else ops.where(mask, weights, ops.zeros_like(weights))


def pad_sensitivity(function, tokens, extra=8):
    """Measures how far more padding at the right moves a function's answers: 0 is as it should be.

    Args:
        function: Takes ids (B, steps) and returns numbers (B, ...) or (B, steps, ...).
        tokens: Integer ids (B, S), 0 = padding.
        extra: How many columns of padding to add.
    Returns:
        The largest absolute change, a float. Where there is an answer for each step, the real
        steps are compared.
    """
    tokens = np.asarray(tokens)
    wider = np.pad(tokens, ((0, 0), (0, extra)))
    before, after = np.asarray(function(tokens)), np.asarray(function(wider))
    if after.shape != before.shape:  # grew with the padding: an answer for each step
        real = tokens != PAD
        before, after = before[real], after[:, : tokens.shape[1]][real]
    return float(np.abs(after - before).max())


def token_crossentropy(targets, logits, label_smoothing=0.0):
    """Measures how surprised the model is by each target token, in nats.

        (1 - e) * -log p(target) + e * mean over V of -log p(v)      (Szegedy et al., 2016)

    Args:
        targets: Integer ids (B, T).
        logits: Float (B, T, V).
        label_smoothing: e, the share of probability spread evenly over V.
    Returns:
        Float32 (B, T), padding included: what to leave out is the caller's decision.
    """
    log_p = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    chosen = ops.take_along_axis(log_p, ops.expand_dims(ops.cast(targets, "int32"), -1), axis=-1)
    loss = -ops.squeeze(chosen, -1)
    if label_smoothing:
        loss = (1 - label_smoothing) * loss - label_smoothing * ops.mean(log_p, axis=-1)
    return loss


def masked_mean(values, mask):
    """Averages `values` over the positions where `mask` is True; 0 where there is none."""
    mask = ops.cast(mask, values.dtype)
    return ops.sum(values * mask) / ops.maximum(ops.sum(mask), 1)


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class MaskedCrossentropy(keras.losses.Loss):
    """Averages the cross-entropy over the real target tokens, in nats.

    What is real is read from the targets alone: id 0 is padding.

    Args:
        label_smoothing: Share of probability spread evenly over the vocabulary.
    Raises:
        ValueError: `label_smoothing` is outside [0, 1), or `targets` and `logits` do not match.
    """

    def __init__(self, label_smoothing=0.0, name="masked_crossentropy", **kwargs):
        super().__init__(name=name, **kwargs)
        check_share("label_smoothing", label_smoothing)
        self.label_smoothing = label_smoothing

    def call(self, y_true, y_pred):
        check_targets(y_true, y_pred)
        loss = token_crossentropy(y_true, y_pred, self.label_smoothing)
        return masked_mean(loss, padding_mask(y_true))

    def get_config(self):
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class MaskedAccuracy(keras.metrics.Mean):
    """Counts how many real target tokens get the highest logit, as a share of all real ones."""

    def __init__(self, name="accuracy", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        check_targets(y_true, y_pred)
        best = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        right = ops.equal(ops.cast(y_true, "int32"), best)
        real = ops.cast(padding_mask(y_true), "float32")
        # flat, for a mean of (B, T) would first be one over T
        super().update_state(ops.ravel(ops.cast(right, "float32")), ops.ravel(real))

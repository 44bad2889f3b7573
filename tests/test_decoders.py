"""Decoders: the call equals `step` unrolled, nothing leaks from the future or from padding."""

import keras
import numpy as np
import pytest
from keras import ops

from conftest import DECODERS, make_model, source_and_target
from seq2seq_tf.attention import MultiHeadAttention
from seq2seq_tf.decoders import TiedDecoder

SHAPES = [("lstm", 1), ("gru", 1), ("lstm", 2)]


def unroll(model, source, target):
    """Runs `step` over a given target: log-probabilities (B, T, V)."""
    memory, mask, state = model.encoder(source)
    prepared = model.decoder.prepare(memory, mask)
    state = model.decoder.begin(state, prepared, target.shape[1])
    steps = []
    for t in range(target.shape[1]):
        log_probs, state = model.decoder.step(target[:, t], state, prepared)
        steps.append(np.array(log_probs))
    return np.stack(steps, axis=1)


@pytest.mark.parametrize(("cell", "layers"), SHAPES)
def test_teacher_forced_call_equals_step_unrolled(decoder, cell, layers):
    model = make_model(decoder, cell, layers)
    source, target = source_and_target()
    logits, _ = model.forced(source, target)
    np.testing.assert_allclose(
        unroll(model, source, target), ops.log_softmax(logits, axis=-1), atol=1e-5)


def test_hypotheses_share_their_source(decoder):
    """Three hypotheses of each source give what three separate sources would."""
    model = make_model(decoder)
    source, _ = source_and_target()
    memory, mask, state = model.encoder(source)
    prepared = model.decoder.prepare(memory, mask)
    separate = model.decoder.prepare(ops.repeat(memory, 3, axis=0), ops.repeat(mask, 3, axis=0))
    state = model.decoder.begin(state, prepared, 2)
    shared_state = alone_state = keras.tree.map_structure(
        lambda part: ops.repeat(part, 3, axis=0), state)
    for tokens in ([4, 5, 6, 7, 8, 9, 10, 4, 5], [8, 8, 4, 4, 5, 6, 6, 7, 9]):
        tokens = np.array(tokens, "int32")
        shared, shared_state = model.decoder.step(tokens, shared_state, prepared)
        alone, alone_state = model.decoder.step(tokens, alone_state, separate)
        np.testing.assert_allclose(shared, alone, atol=1e-6)


def test_padding_cannot_be_seen(decoder):
    """Memory at pads set to 1e6, more pads, other neighbours: same logits, weights and loss."""
    model = make_model(decoder)
    model.compile()
    source, target = source_and_target()
    logits, weights = model.forced(source, target)

    memory, mask, state = model.encoder(source)
    poisoned = ops.where(mask[:, :, None], memory, 1e6)
    again, _ = model.decoder(target, state, model.decoder.prepare(poisoned, mask))
    np.testing.assert_allclose(again, logits, atol=1e-5)

    wider = np.pad(source, [(0, 0), (0, 5)])
    again, more_weights = model.forced(wider[1:2], target[1:2])
    np.testing.assert_allclose(again[0], logits[1], atol=1e-5)
    if weights is not None:
        np.testing.assert_allclose(more_weights[0, :, :5], weights[1], atol=1e-6)
        assert np.all(np.array(more_weights)[0, :, 3:] == 0)
        np.testing.assert_allclose(np.sum(weights, axis=-1), 1, atol=1e-6)

    answers = np.concatenate([target[:, 1:], np.zeros((3, 1), "int32")], axis=1)
    loss = model.evaluate({"source": source, "target": target}, answers, verbose=0)[0]
    padded = {"source": wider, "target": np.pad(target, [(0, 0), (0, 3)])}
    more = model.evaluate(padded, np.pad(answers, [(0, 0), (0, 3)]), verbose=0)[0]
    assert loss == pytest.approx(more, abs=1e-5)


def test_a_changed_future_target_moves_no_past_logit(decoder):
    model = make_model(decoder)
    source, target = source_and_target()
    before, _ = model.forced(source, target)
    for t in range(1, target.shape[1]):
        changed = target.copy()
        changed[:, t] = 10
        after, _ = model.forced(source, changed)
        np.testing.assert_array_equal(after[:, :t], before[:, :t])
        assert np.abs(np.array(after[:, t]) - np.array(before[:, t])).max() > 1e-3


def test_the_decoder_depends_on_the_source(recurrent):
    """Without this, a decoder that drops the encoder's state or its context would pass."""
    model = make_model(recurrent)
    source, target = source_and_target()
    memory, mask, state = model.encoder(source)
    prepared = model.decoder.prepare(memory, mask)
    logits, _ = model.decoder(target, state, prepared)
    other, _ = model.decoder(target, [[p * 0 for p in layer] for layer in state], prepared)
    assert np.abs(np.array(logits) - np.array(other)).max() > 1e-2
    if recurrent != "none":
        other, _ = model.decoder(target, state, model.decoder.prepare(memory * 0, mask))
        assert np.abs(np.array(logits) - np.array(other)).max() > 1e-2


@pytest.mark.parametrize(("name", "looks"), [
    *((name, 0) for name in DECODERS), ("transformer", 6), ("convolution", 4)])
def test_every_weight_gets_a_gradient(name, looks):
    """But the bias of keys: it adds the same to the scores of all steps, and softmax forgets it."""
    import tensorflow as tf

    model = make_model(name, layers=2)
    source, target = source_and_target()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model.forced(source, target)[0] ** 2)
    gradients = tape.gradient(loss, model.trainable_weights)
    idle = {id(layer.K.bias) for layer in model._flatten_layers()
            if isinstance(layer, MultiHeadAttention)}
    assert len(idle) == looks
    for weight, gradient in zip(model.trainable_weights, gradients, strict=True):
        assert gradient is not None, weight.path
        size = np.abs(np.array(tf.convert_to_tensor(gradient))).max()
        assert (size < 1e-5) if id(weight) in idle else (size > 1e-5), weight.path


def test_a_state_that_does_not_fit_is_refused(recurrent):
    model = make_model(recurrent)
    source, target = source_and_target()
    memory, mask, state = model.encoder(source)
    prepared = model.decoder.prepare(memory, mask)
    for wrong in (state * 2, [state[0][:1]], [[p[:2] for p in state[0]]]):
        with pytest.raises(ValueError, match=r"`state` must hold 2 x \(3, 8\)"):
            model.decoder(target, wrong, prepared)


def test_sources_and_targets_of_different_batches_are_refused():
    model = make_model("dot")
    source, target = source_and_target()
    with pytest.raises(ValueError, match="`state` must hold"):
        model.forced(source, target[:2])


def test_dropout_is_on_while_training_only(recurrent):
    model = make_model(recurrent, dropout=0.5)
    source, target = source_and_target()
    quiet, _ = model.forced(source, target)
    np.testing.assert_array_equal(model({"source": source, "target": target}), quiet)
    for part in ("encoder", "decoder"):  # each of the two drops something
        getattr(model, "decoder" if part == "encoder" else "encoder").drop.rate = 0.0
        loud, _ = model.forced(source, target, training=True)
        assert np.abs(np.array(loud) - np.array(quiet)).max() > 1e-3, part
        getattr(model, "decoder" if part == "encoder" else "encoder").drop.rate = 0.5


def test_a_tied_decoder_writes_with_the_vectors_that_it_reads_with():
    """Logits by hand from the one matrix; at the start what is read is about as large as one."""
    model = make_model("tied")
    decoder = model.decoder
    matrix, bias = np.array(decoder.embedding.embeddings), np.array(decoder.readout.bias)
    hidden = np.random.default_rng(0).normal(size=(2, 3, 6)).astype("float32")
    np.testing.assert_allclose(decoder.readout(hidden), hidden @ matrix.T + bias, atol=1e-5)
    np.testing.assert_allclose(decoder.embedding(np.array([5])), matrix[5:6] * 6**0.5, atol=1e-6)
    fresh = TiedDecoder(500, 64, 8)
    fresh.build()
    assert np.std(np.array(fresh.embedding.embeddings)) == pytest.approx(1 / 8, rel=0.05)
    others = sum(w.shape == (500, 64) for w in fresh.weights)
    assert others == 1  # one matrix, not two

"""The benchmarks' shorter ways to a training step come to the same loss and the same gradients."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from seq2seq_tf.decoders import TiedDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.masking import MaskedCrossentropy, token_crossentropy
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.vocabulary import CharacterVocabulary

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

SIZE = 12


def batch():
    """Makes ids of eight pairs of different length: source, target and answers."""
    random = np.random.default_rng(0)
    lengths = [(3, 5), (7, 2), (1, 1), (4, 9), (11, 4), (2, 6), (5, 5), (6, 3)]
    ids = [np.zeros((8, size), "int32") for size in (11, 9, 9)]
    for row, (s, t) in enumerate(lengths):
        for part, size in zip(ids, (s, t, t), strict=True):
            part[row, :size] = random.integers(1, SIZE, size)
    return ids


def gradients(loss, model):
    """Gives a loss and its gradients, both as arrays, computed in a graph."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def found():
        with tf.GradientTape() as tape:
            value = loss()
        return value, [tf.convert_to_tensor(part) for part in
                       tape.gradient(value, model.trainable_variables)]

    return keras.tree.map_structure(keras.ops.convert_to_numpy, found())


def assert_same(found, wanted):
    assert found[0] == pytest.approx(wanted[0], abs=1e-5)
    for ours, theirs in zip(found[1], wanted[1], strict=True):
        assert np.abs(theirs).max() > 0
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_crossentropy_in_closed_form_is_the_packages(label_smoothing):
    import tensorflow as tf
    from packed import crossentropy

    random = np.random.default_rng(0)
    logits = tf.constant(random.normal(0, 3, (6, SIZE)).astype("float32"))
    answers, upstream = tf.range(1, 7), tf.constant(random.random(6).astype("float32"))
    found = []
    for loss in (lambda: crossentropy(answers, logits, label_smoothing),
                 lambda: token_crossentropy(answers[None], logits[None], label_smoothing)[0]):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            value = tf.reduce_sum(loss() * upstream)
        found.append((value, tape.gradient(value, logits)))
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_a_step_on_real_tokens_is_the_padded_one():
    from packed import OnRealTokens

    size = {"embedding_size": 6, "units": 8, "cell": "gru"}
    letters = CharacterVocabulary("abcdefgh")
    models = []
    for cls in (OnRealTokens, Seq2Seq):
        keras.utils.set_random_seed(0)
        models.append(cls(RecurrentEncoder(SIZE, **size), TiedDecoder(SIZE, **size),
                          letters, letters))
        models[-1].compile(keras.optimizers.SGD(1.0), MaskedCrossentropy(0.1))
        random = np.random.default_rng(0)
        models[-1].set_weights([random.normal(0, 0.5, w.shape) for w in models[-1].weights])
    ours, theirs = models
    source, target, answers = batch()
    inputs = {"source": source, "target": target}
    assert_same(
        gradients(lambda: ours.loss_of(source, target, answers), ours),
        gradients(lambda: theirs.compute_loss(inputs, answers, theirs(inputs)), theirs))
    for model in models:
        model.train_on_batch(inputs, answers)
    for a, b in zip(ours.trainable_variables, theirs.trainable_variables, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_the_keras_model_is_the_pytorch_one(monkeypatch):
    torch = pytest.importorskip("torch")
    import course_model

    monkeypatch.setattr(course_model, "EMBEDDING", 6)
    monkeypatch.setattr(course_model, "UNITS", 8)
    theirs, ours = course_model.in_torch(SIZE, SIZE), course_model.InKeras(SIZE, SIZE)
    course_model.copy_weights(theirs, ours)
    wanted = theirs(*(torch.from_numpy(ids).long() for ids in batch()))
    wanted.backward()
    assert sum(w.numel() for w in theirs.parameters()) == ours.count_params()
    loss, found = gradients(lambda: ours(*map(keras.ops.convert_to_tensor, batch())), ours)
    assert loss == pytest.approx(float(wanted.detach()), abs=1e-5)
    holder = course_model.InKeras(SIZE, SIZE)  # their gradients, laid out as our weights are
    for weight in theirs.parameters():
        weight.data = weight.grad
    course_model.copy_weights(theirs, holder)
    assert_same((loss, found), (loss, [np.array(w) for w in holder.trainable_variables]))

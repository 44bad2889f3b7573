"""Scheduled sampling: what is read, against loops and against the two ends of the ratio."""

import keras
import numpy as np
import pytest
from keras import ops

from seq2seq_tf.batches import batches
from seq2seq_tf.decoders import LuongDecoder, RecurrentDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.scheduled import SequenceSampling, TokenSampling, feed
from seq2seq_tf.tasks import DIGITS, reversal
from seq2seq_tf.training import train
from seq2seq_tf.vocabulary import START, CharacterVocabulary

DIGITS = CharacterVocabulary.from_texts([DIGITS], unknown=False)


def made(kind=TokenSampling, decoder=RecurrentDecoder, seed=0, dropout=0.0, **kwargs):
    keras.utils.set_random_seed(seed)
    sizes = {"embedding_size": 5, "units": 6, "dropout": dropout}
    return kind(RecurrentEncoder(len(DIGITS), **sizes), decoder(len(DIGITS), **sizes),
                DIGITS, DIGITS, max_source=12, max_target=13, **kwargs)


def example(model, rows=4, steps=5, seed=0):
    random = np.random.default_rng(seed)
    source = random.integers(4, 14, (rows, 3)).astype("int32")
    target = random.integers(4, 14, (rows, steps)).astype("int32")
    target[:, 0] = START
    memory, mask, state = model.encoder(source)
    return source, target, state, model.decoder.prepare(memory, mask)


def test_all_forced_reads_the_target_and_none_forced_reads_greedy_search():
    model = made()
    _, target, state, source = example(model)
    forced = np.ones(target.shape, bool)
    assert np.array_equal(feed(model.step, target, forced, state, source), target)
    own = ops.convert_to_numpy(feed(model.step, target, ~forced, state, source))
    tokens, expected = target[:, 0], [target[:, 0]]
    for _ in range(target.shape[1] - 1):
        log_probs, state = model.step(tokens, state, source)
        tokens = np.argmax(log_probs, axis=-1).astype("int32")
        expected.append(tokens)
    assert np.array_equal(own, np.stack(expected, axis=1))
    assert not np.array_equal(own, target)


@pytest.mark.parametrize("decoder", [RecurrentDecoder, LuongDecoder])
def test_each_open_place_holds_the_best_token_after_all_that_was_read(decoder):
    """One teacher-forced call over what was read must agree at every open place."""
    model = made(decoder=decoder)
    _, target, state, source = example(model, steps=8)
    forced = np.random.default_rng(1).random(target.shape) < 0.5
    read = ops.convert_to_numpy(feed(model.step, target, forced, state, source))
    best = np.argmax(model.decoder(read, state, source)[0], axis=-1)
    follows = np.concatenate([target[:, :1], best[:, :-1]], axis=1)
    forced[:, 0] = True
    assert np.array_equal(read, np.where(forced, target, follows))
    assert (read != target).any()


def test_ratio_one_is_teacher_forcing():
    sampled, plain = made(), made(Seq2Seq)
    source, target, _, _ = example(sampled)
    inputs = {"source": source, "target": target}
    np.testing.assert_allclose(sampled(inputs, training=True), plain(inputs, training=True),
                               atol=1e-6)


def test_outside_training_nothing_is_drawn():
    model = made(ratio=0.0)
    source, target, _, _ = example(model)
    inputs = {"source": source, "target": target}
    np.testing.assert_allclose(model(inputs), made(Seq2Seq)(inputs), atol=1e-6)
    assert np.abs(model(inputs, training=True) - model(inputs)).max() > 1e-4


def test_tokens_are_drawn_one_by_one_and_sequences_as_a_whole():
    target = np.zeros((400, 9), "int32")
    places = ops.convert_to_numpy(made(ratio=0.75).draw(target))
    rows = ops.convert_to_numpy(made(SequenceSampling, ratio=0.75).draw(target))
    assert places.mean() == pytest.approx(0.75, abs=0.03)
    assert rows.mean() == pytest.approx(0.75, abs=0.07)
    assert (rows == rows[:, :1]).all()
    assert not (places == places[:, :1]).all()


def test_the_ratio_can_be_changed_between_epochs():
    model = made(ratio=1.0)
    target = np.zeros((50, 9), "int32")
    assert ops.all(model.draw(target))
    model.ratio.assign(0.0)
    assert not ops.any(model.draw(target))


def test_what_is_read_depends_on_the_mask_of_places_alone():
    """A right token behind an open place is not looked at: no target leaks."""
    model = made()
    _, target, state, source = example(model)
    forced = np.ones(target.shape, bool)
    forced[:, 2:] = False
    other = target.copy()
    other[:, 2:] = 9
    assert np.array_equal(feed(model.step, target, forced, state, source),
                          feed(model.step, other, forced, state, source))


@pytest.mark.parametrize("ratio", [-0.1, 1.1])
def test_a_ratio_that_is_no_share_is_refused(ratio):
    with pytest.raises(ValueError, match=r"`ratio` must lie in \[0, 1\]. Received: ratio="):
        made(ratio=ratio)


@pytest.mark.slow
def test_it_trains_saves_and_loads(tmp_path):
    model = made(ratio=0.5)
    pairs = [e.pair for e in reversal(40, 1, 4)]
    model.compile(keras.optimizers.Adam(0.01))
    data = batches(pairs, DIGITS, DIGITS, batch_size=20)
    losses = model.fit(data, epochs=3, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "m.keras")
    loaded = TokenSampling.load(tmp_path / "m.keras")
    assert float(loaded.ratio) == 0.5
    assert loaded.translate(["407", "12"]) == model.translate(["407", "12"])


@pytest.mark.slow
def test_a_resumed_training_draws_the_same_places(tmp_path):
    pairs = [e.pair for e in reversal(40, 1, 4)]

    def fitted(folder, *epochs):
        for last in epochs:
            model = made(ratio=0.5)
            model.compile(keras.optimizers.Adam(0.01))
            train(model, pairs, pairs[:10], folder, epochs=last, batch_size=20, verbose=0)
        return model

    whole, resumed = fitted(tmp_path / "a", 4), fitted(tmp_path / "b", 2, 4)
    for one, other in zip(whole.weights, resumed.weights, strict=True):
        assert np.array_equal(one, other), one.path

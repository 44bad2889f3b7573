"""The Transformer: its places, its blocks, its cache; what it may see, and what it must not."""

import keras
import numpy as np
import pytest
from keras import ops

from conftest import make_model, source_and_target
from seq2seq_tf import transformer
from seq2seq_tf.scheduled import TokenSampling
from seq2seq_tf.transformer import (
    DecoderBlock,
    EncoderBlock,
    TransformerDecoder,
    TransformerEncoder,
    sinusoids,
)

B, T, U = 2, 5, 8


def with_weights(layer, seed=0):
    """Gives a built layer weights large enough for differences to be seen."""
    random = np.random.default_rng(seed)
    for weight in layer.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    return layer


def made(kind, *arguments, **settings):
    layer = kind(*arguments, **settings)
    layer.build()
    return with_weights(layer)


def steps(seed=0):
    return np.random.default_rng(seed).normal(size=(B, T, U)).astype("float32")


def test_sinusoids_equal_the_formula_in_loops():
    have = np.array(sinusoids(np.arange(50), U))
    for place in range(50):
        for i in range(U // 2):
            angle = place / 10000 ** (2 * i / U)
            assert have[place, 2 * i] == pytest.approx(np.sin(angle), abs=1e-5)
            assert have[place, 2 * i + 1] == pytest.approx(np.cos(angle), abs=1e-5)


def test_a_shift_turns_every_pair_of_waves_by_one_and_the_same_angle():
    """So the paper chose them: what stands k steps later is a linear function, for any place."""
    waves = np.array(sinusoids(np.arange(100), U)).reshape(100, U // 2, 2)
    for k in (1, 7):
        for i in range(U // 2):
            angle = k / 10000 ** (2 * i / U)
            turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
            np.testing.assert_allclose(waves[k:, i], waves[:-k, i] @ turn, atol=1e-4)


def test_no_two_places_share_a_vector():
    waves = np.array(sinusoids(np.arange(500), 64))
    distances = np.linalg.norm(waves[:, None] - waves[None], axis=-1)
    assert distances[~np.eye(500, dtype=bool)].min() > 0.5
    np.testing.assert_allclose(sinusoids(np.array([[3], [7]]), 64)[:, 0], waves[[3, 7]], atol=1e-6)


def blocks(dropout=0.0):
    """The two kinds of block, each as a function of x alone."""
    encoder, decoder = (made(kind, U, 2, dropout) for kind in (EncoderBlock, DecoderBlock))
    mask = np.array([[True] * 4, [True, True, False, False]])
    source = decoder.attention[1].project(steps(1)[:, :4])
    return {"encoder": (encoder, lambda x, **how: encoder(x, np.ones((B, T), bool), **how)[0]),
            "decoder": (decoder, lambda x, **how: decoder(x, source, mask, **how)[0])}


def silence(block, *parts):
    """Lets sublayers add nothing: the number of an attention, or "think"."""
    for part in parts:
        last = block.narrow if part == "think" else block.attention[part].O
        for weight in last.weights:
            weight.assign(weight * 0)


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_sublayers_that_make_nothing_leave_what_they_were_given(kind):
    block, run = blocks()[kind]
    silence(block, *range(block.looks), "think")
    np.testing.assert_array_equal(run(steps()), steps())


@pytest.mark.parametrize(("kind", "sublayer"), [
    ("encoder", 0), ("encoder", "think"), ("decoder", 0), ("decoder", 1), ("decoder", "think")])
def test_each_sublayer_reads_a_normalised_input_and_adds_to_what_it_was_given(kind, sublayer):
    """f(norm(x)) is the same for x, 10 x and x + 5, so it is told apart from x itself."""
    block, run = blocks()[kind]
    silence(block, *{*range(block.looks), "think"} - {sublayer})
    x = steps()
    added = np.array(run(x)) - x
    assert np.abs(added).max() > 0.1
    np.testing.assert_allclose(np.array(run(10 * x)) - 10 * x, added, atol=1e-4)
    np.testing.assert_allclose(np.array(run(x + 5)) - (x + 5), added, atol=1e-4)


@pytest.mark.parametrize(("kind", "sublayer"), [
    ("encoder", 0), ("encoder", "think"), ("decoder", 0), ("decoder", 1), ("decoder", "think")])
def test_each_sublayer_drops_of_what_it_adds_while_training_only(kind, sublayer):
    block, run = blocks(dropout=0.5)[kind]
    silence(block, *{*range(block.looks), "think"} - {sublayer})
    for attention in block.attention:
        attention.drop.rate = 0.0
    x = steps()
    added = np.array(run(x)) - x
    dropped = np.array(run(x, training=True)) - x
    kept = np.abs(dropped) > 1e-6
    assert 0.2 < kept.mean() < 0.8
    np.testing.assert_allclose(dropped[kept], 2 * added[kept], atol=1e-5)


def test_a_step_thinks_with_two_products_and_a_relu():
    block = made(EncoderBlock, U, 2, 0.0)
    (A, a), (C, c) = (map(np.array, dense.weights) for dense in (block.widen, block.narrow))
    x = steps().astype("float64")
    gamma, beta = map(np.array, block.norms[-1].weights)
    normal = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)
    wanted = x + np.maximum((normal * gamma + beta) @ A + a, 0) @ C + c
    assert A.shape == (U, 4 * U)
    np.testing.assert_allclose(block.think(steps()), wanted, atol=1e-4)


def test_memory_and_what_is_read_out_are_normalised_last():
    encoder, decoder = made(TransformerEncoder, 11, U, heads=2), made(TransformerDecoder, 11, U)
    source, target = source_and_target()
    memory, mask, _ = encoder(source)
    read = []
    decoder.readout.call = lambda hidden: read.append(hidden) or hidden
    decoder(target, [], decoder.prepare(memory, mask))
    for layer, last in ((encoder, memory), (decoder, read[0])):
        gamma, beta = map(np.array, layer.norm.weights)
        normal = (np.array(last) - beta) / gamma
        np.testing.assert_allclose(normal.mean(-1), 0, atol=1e-3)
        np.testing.assert_allclose(normal.std(-1), 1, atol=1e-3)


def decoder_and_source(layers=2):
    decoder = made(TransformerDecoder, 11, U, layers=layers, heads=2)
    return decoder, decoder.prepare(steps(1)[:, :4], np.ones((B, 4), bool))


def test_the_cache_holds_at_each_place_the_keys_and_values_of_the_call():
    decoder, source = decoder_and_source(layers=1)
    target = source_and_target()[1][:2]
    block = decoder.blocks[0]
    x = decoder.placed(target, np.arange(4))
    wanted = block.attention[0].project(block.norms[0](x))
    state = decoder.begin([], source, 6)
    for t in range(4):
        _, state = decoder.step(target[:, t], state, source)
        for have, want in zip(state[0][0], wanted, strict=True):
            np.testing.assert_allclose(have[:, :, : t + 1], want[:, :, : t + 1], atol=1e-5)
            np.testing.assert_array_equal(have[:, :, t + 1 :], 0)
    np.testing.assert_array_equal(state[1], [4, 4])


def test_what_is_not_written_yet_cannot_be_seen_in_the_cache():
    decoder, source = decoder_and_source()
    caches, places = decoder.begin([], source, 5)
    full = [[part + 1e6 for part in cache] for cache in caches]
    for token in ([1, 1], [5, 6], [7, 4]):
        wanted, (caches, places) = decoder.step(np.array(token), (caches, places), source)
        have, (full, _) = decoder.step(np.array(token), (full, places - 1), source)
        np.testing.assert_allclose(have, wanted, atol=1e-5)


def test_what_is_written_in_the_cache_is_seen():
    decoder, source = decoder_and_source()
    state = decoder.begin([], source, 3)
    _, (caches, places) = decoder.step(np.array([1, 1]), state, source)
    before, _ = decoder.step(np.array([5, 6]), (caches, places), source)
    other = [[part * 2 for part in cache] for cache in caches]
    after, _ = decoder.step(np.array([5, 6]), (other, places), source)
    assert np.abs(np.array(after) - np.array(before)).max() > 1e-2


def test_a_step_sees_the_places_up_to_its_own_in_the_cache():
    decoder, source = decoder_and_source(layers=1)
    attention, seen = decoder.blocks[0].attention[0], []
    call = attention.call
    attention.call = lambda *arguments, **settings: (
        seen.append(call(*arguments, **settings)) or seen[-1])
    state = decoder.begin([], source, 4)
    for token in (1, 5, 6):
        _, state = decoder.step(np.array([token, token]), state, source)
    for t, (_, weights) in enumerate(seen):
        np.testing.assert_array_equal(
            np.array(weights) > 0, np.broadcast_to(np.arange(4) <= t, (B, 2, 1, 4)))


@pytest.mark.parametrize(("kind", "heads", "layers"), [
    ("transformer", 1, 1), ("transformer", 4, 3), ("convolution", 2, 2)])
def test_step_with_its_cache_equals_the_call(kind, heads, layers):
    encoder = make_model(kind, layers=layers).encoder
    decoder = made(TransformerDecoder, 11, U, layers=layers, heads=heads)
    source, target = source_and_target()
    memory, mask, state = encoder(source)
    prepared = decoder.prepare(memory, mask)
    logits, _ = decoder(target, state, prepared)
    state = decoder.begin(state, prepared, target.shape[1])  # as many as there are steps
    for t in range(target.shape[1]):
        log_probs, state = decoder.step(target[:, t], state, prepared)
        np.testing.assert_allclose(log_probs, ops.log_softmax(logits[:, t]), atol=1e-5)


def test_a_step_may_see_itself_and_the_past_alone():
    """Every entry of the target moves its own logits and later ones, never an earlier one."""
    decoder, source = decoder_and_source()
    target = np.array([[1, 5, 6, 7], [1, 4, 4, 9]])
    before = np.array(decoder(target, [], source)[0])
    for t in range(4):
        changed = target.copy()
        changed[:, t] = 10
        moved = np.abs(np.array(decoder(changed, [], source)[0]) - before).max(axis=(0, 2))
        assert (moved[:t] == 0).all()
        assert (moved[t:] > 1e-4).all()


def test_the_source_is_seen():
    decoder, source = decoder_and_source()
    target = source_and_target()[1][:2]
    other = decoder.prepare(steps(2)[:, :4], np.ones((B, 4), bool))
    moved = np.array(decoder(target, [], source)[0]) - np.array(decoder(target, [], other)[0])
    assert np.abs(moved).max() > 1e-2


def test_padding_cannot_be_seen_by_the_encoder():
    encoder = made(TransformerEncoder, 11, U, layers=2, heads=2)
    source, _ = source_and_target()
    memory, mask, _ = encoder(source)
    wider = np.pad(source[1:2], [(0, 0), (0, 4)])
    alone, alone_mask, weights = encoder.with_heads(wider)
    np.testing.assert_allclose(alone[0, :3], memory[1, :3], atol=1e-5)
    np.testing.assert_array_equal(alone_mask[0], wider[0] != 0)
    np.testing.assert_array_equal(mask, source != 0)
    for seen in weights:
        assert (np.array(seen)[..., 3:] == 0).all()


def test_padding_of_the_source_cannot_be_seen_by_the_decoder_in_either_way_to_run():
    decoder, _ = decoder_and_source()
    target, mask = source_and_target()[1][:2], np.array([[True] * 4, [True, True, False, False]])
    memory = steps(1)[:, :4]
    quiet, loud = (decoder.prepare(part, mask)
                   for part in (memory, np.where(mask[..., None], memory, 1e6)))
    np.testing.assert_allclose(decoder(target, [], loud)[0], decoder(target, [], quiet)[0],
                               atol=1e-5)
    state = decoder.begin([], quiet, 4)
    np.testing.assert_allclose(decoder.step(target[:, 0], state, loud)[0],
                               decoder.step(target[:, 0], state, quiet)[0], atol=1e-5)


def test_only_places_tell_the_encoder_what_comes_first(monkeypatch):
    """Without them permuted tokens give permuted rows; with them they do not."""
    encoder = made(TransformerEncoder, 11, U, layers=2, heads=2)
    tokens, order = np.array([[4, 5, 6, 7, 8]]), [3, 0, 4, 1, 2]

    def moved():
        memory, permuted = encoder(tokens)[0], encoder(tokens[:, order])[0]
        return np.abs(np.array(permuted) - np.array(memory)[:, order]).max()

    assert moved() > 0.1
    monkeypatch.setattr(transformer, "sinusoids", lambda places, units: ops.zeros((units,)))
    assert moved() < 1e-5


@pytest.mark.parametrize("kind", [TransformerEncoder, TransformerDecoder])
def test_a_token_is_its_vector_and_the_waves_of_its_place(kind):
    """By hand for the first two places: sin 0, cos 0, ..., then sin 1, cos 1, sin 0.01, ..."""
    layer = made(kind, 11, 4, heads=2)
    vectors = np.array(layer.embedding.embeddings)[[7, 7]] * 2  # times the square root of 4
    waves = [[0, 1, 0, 1], [np.sin(1), np.cos(1), np.sin(0.01), np.cos(0.01)]]
    np.testing.assert_allclose(layer.placed(np.array([[7, 7]]), np.arange(2))[0], vectors + waves,
                               atol=1e-6)


def test_the_first_token_stands_at_place_zero_in_both_ways_to_run():
    decoder, source = decoder_and_source()
    asked = []
    placed = decoder.placed
    decoder.placed = lambda tokens, places: asked.append(np.array(places)) or placed(tokens, places)
    decoder(np.array([[1, 5, 6], [1, 7, 8]]), [], source)
    state = decoder.begin([], source, 3)
    for token in (1, 5, 6):
        _, state = decoder.step(np.array([token, token]), state, source)
    assert [a.tolist() for a in asked] == [[0, 1, 2], [0, 0], [1, 1], [2, 2]]


def test_each_layer_tells_what_it_saw_and_the_last_is_what_counts():
    decoder, source = decoder_and_source(layers=3)
    target = source_and_target()[1][:2]
    logits, seen = decoder.with_heads(target, source)
    same, weights = decoder(target, [], source)
    np.testing.assert_array_equal(same, logits)
    assert [tuple(part.shape) for part in seen] == [(2, 2, 4, 4)] * 3
    np.testing.assert_allclose(weights, np.mean(seen[-1], axis=1), atol=1e-6)
    assert np.abs(np.array(weights) - np.mean(seen[0], axis=1)).max() > 1e-2
    memory, _, _ = TransformerEncoder(11, U, layers=3, heads=2).with_heads(target)
    assert memory.shape == (2, 4, U)


@pytest.mark.parametrize("kind", ["transformer", "convolution"])
def test_dropout_is_on_while_training_only(kind):
    """Each layer that drops is heard alone: in training it changes something, else nothing."""
    model = make_model(kind, dropout=0.5)
    source, target = source_and_target()
    quiet, _ = model.forced(source, target)
    np.testing.assert_array_equal(model.forced(source, target)[0], quiet)
    drops = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.Dropout)]
    assert len(drops) == (7 if kind == "transformer" else 5)
    for drop in drops:
        drop.rate = 0.0
    for drop in drops:
        drop.rate = 0.5
        loud, _ = model.forced(source, target, training=True)
        assert np.abs(np.array(loud) - np.array(quiet)).max() > 1e-4, drop.path
        drop.rate = 0.0


def test_a_step_drops_nothing_even_within_a_training():
    """Sampled training asks `step` what the model would write, in the middle of its own call."""
    plain = make_model("transformer", dropout=0.5)
    source, target = source_and_target()
    memory, mask, _ = plain.encoder(source)
    prepared = plain.decoder.prepare(memory, mask)

    class Asking(keras.layers.Layer):
        def call(self, tokens, training=None):
            return plain.decoder.step(tokens, plain.decoder.begin([], prepared, 4), prepared)[0]

    np.testing.assert_array_equal(Asking()(target[:, 0], training=True), Asking()(target[:, 0]))


def test_scheduled_sampling_reads_what_greedy_steps_write():
    plain = make_model("transformer")
    model = TokenSampling.from_config({**plain.get_config(), "ratio": 0.0})
    for part in ("encoder", "decoder"):
        getattr(model, part).set_weights(getattr(plain, part).get_weights())
    source, target = source_and_target()
    memory, mask, _ = model.encoder(source)
    prepared = model.decoder.prepare(memory, mask)
    read, state = [target[:, 0]], model.decoder.begin([], prepared, 4)
    for _ in range(3):
        log_probs, state = model.decoder.step(read[-1], state, prepared)
        read.append(np.argmax(log_probs, axis=-1))
    wanted, _ = model.decoder(np.stack(read, axis=1), [], prepared)
    assert not np.array_equal(np.stack(read, axis=1), target)
    inputs = {"source": source, "target": target}
    np.testing.assert_allclose(model(inputs, training=True), wanted, atol=1e-5)


@pytest.mark.slow
def test_scheduled_sampling_trains_it_in_a_graph():
    model = TokenSampling.from_config({**make_model("transformer").get_config(), "ratio": 0.5})
    model.compile()
    source, target = source_and_target()
    logs = model.fit({"source": source, "target": target}, np.roll(target, -1, axis=1),
                     epochs=3, verbose=0).history
    assert logs["loss"][2] < logs["loss"][0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["transformer", "convolution"])
def test_a_beam_of_one_is_greedy_search(kind):
    model = make_model(kind, layers=2)
    source = model.source_vocabulary.batch(["abc", "g", "fedcba"])
    ids, lengths, scores = map(np.array, model._search(source))
    beam_ids, beam_lengths, beam_scores, _ = map(np.array, model._beam(1, 1, 0.0)(source))
    np.testing.assert_array_equal(beam_ids[:, 0], ids)
    np.testing.assert_array_equal(beam_lengths[:, 0], lengths)
    np.testing.assert_allclose(beam_scores[:, 0], scores, atol=1e-4)


@pytest.mark.parametrize("kind", [TransformerEncoder, TransformerDecoder])
@pytest.mark.parametrize(("changes", "message"), [
    ({"vocabulary_size": 0}, "`vocabulary_size` must be an integer of at least 1"),
    ({"units": 0}, "`units` must be an integer of at least 1. Received: units=0"),
    ({"units": 7, "heads": 1}, "`units` must be even, .* Received: units=7"),
    ({"layers": 0}, "`layers` must be an integer"),
    ({"heads": 3}, "`heads` must divide `units`, .* Received: units=8, heads=3"),
    ({"heads": 0}, "`heads` must be an integer of at least 1"),
    ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
])
def test_wrong_arguments_are_refused(kind, changes, message):
    with pytest.raises(ValueError, match=message):
        kind(**{"vocabulary_size": 11, "units": 8, **changes})


def test_tokens_must_be_integer_ids():
    source, _ = source_and_target()
    model = make_model("transformer")
    for wrong in (source[0], source.astype("float32"), source[None]):
        with pytest.raises(ValueError, match=r"`tokens` must be integer ids of shape"):
            model.encoder(wrong)
        with pytest.raises(ValueError, match=r"`tokens` must be integer ids of shape"):
            model.decoder(wrong, [], None)


def test_a_state_that_begin_did_not_make_is_refused():
    decoder, source = decoder_and_source()
    state, hidden = decoder.begin([], source, 4), np.zeros((B, U), "float32")
    message = (r"`state` must hold keys and values \(2, 2, length, 4\) of 2 layers, and how many "
               r"steps are written \(2,\), as `begin` makes it. Received: ")
    for wrong in ([], state[0], (state[0][:1], state[1]), [[hidden, hidden]] * 2,
                  keras.tree.map_structure(lambda part: part[:1], state)):
        with pytest.raises(ValueError, match=message):
            decoder.step(np.array([1, 1]), wrong, source)


def test_sources_and_targets_of_different_batches_are_refused():
    source, target = source_and_target()
    with pytest.raises(ValueError, match="with one B and one S. Received: .2, 4, 8., .3, 2, 5, 4."):
        make_model("transformer").forced(source, target[:2])


@pytest.mark.parametrize("kind", [TransformerEncoder, TransformerDecoder])
def test_it_round_trips_its_config(kind):
    layer = kind(11, U, layers=3, heads=2, dropout=0.25)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert (again.layers, again.heads, again.dropout) == (3, 2, 0.25)

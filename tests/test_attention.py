"""Attention equals its formula, written out in loops, and padding cannot be seen."""

import keras
import numpy as np
import pytest
from keras import ops

from seq2seq_tf.attention import (
    AdditiveAttention,
    DotAttention,
    GeneralAttention,
    MultiHeadAttention,
)
from seq2seq_tf.masking import causal_mask

B, T, S, F = 2, 3, 4, 6
LAYERS = {"dot": DotAttention, "scaled dot": lambda: DotAttention(scaled=True),
          "general": GeneralAttention, "additive": lambda: AdditiveAttention(5)}


def inputs(seed=0):
    random = np.random.default_rng(seed)
    query, values = (random.normal(size=(B, n, F)).astype("float32") for n in (T, S))
    mask = np.array([[True, True, True, True], [True, True, False, False]])
    return query, values, mask


def attend(layer, query, values, mask):
    if not layer.built:
        layer.build(query.shape, values.shape, values.shape)
    keys = layer.project(values)
    context, weights = layer(query, keys, values, values_mask=mask)
    return np.array(context), np.array(weights)


def score(name, layer, q, v):
    """The four formulas for one query and one value, in float64."""
    q, v = q.astype("float64"), v.astype("float64")
    if name == "additive":
        W, U, w = (ops.convert_to_numpy(dense.kernel) for dense in (layer.W, layer.U, layer.w))
        return float(np.tanh(q @ W + v @ U) @ w[:, 0])
    if name == "general":
        return q @ (v @ ops.convert_to_numpy(layer.W.kernel).astype("float64"))
    return q @ v / (np.sqrt(F) if name == "scaled dot" else 1)


@pytest.mark.parametrize("name", LAYERS)
def test_attention_equals_its_formula_in_loops(name):
    layer = LAYERS[name]()
    query, values, mask = inputs()
    context, weights = attend(layer, query, values, mask)
    for b in range(B):
        real = [s for s in range(S) if mask[b, s]]
        for t in range(T):
            e = np.exp([score(name, layer, query[b, t], values[b, s]) for s in real])
            wanted = e / e.sum()
            np.testing.assert_allclose(weights[b, t, real], wanted, atol=1e-6)
            np.testing.assert_allclose(context[b, t], wanted @ values[b, real], atol=1e-5)
    assert np.all(weights[1, :, 2:] == 0)


@pytest.mark.parametrize("name", LAYERS)
def test_padding_cannot_be_seen(name):
    layer = LAYERS[name]()
    query, values, mask = inputs()
    context, weights = attend(layer, query, values, mask)
    values = values.copy()
    values[~mask] = 1e6
    again = layer(query, layer.project(values), values, values_mask=mask)
    np.testing.assert_allclose(again[0], context, atol=1e-6)
    np.testing.assert_allclose(again[1], weights, atol=1e-6)


@pytest.mark.parametrize("scaled", [False, True])
def test_dot_attention_equals_keras(scaled):
    query, values, mask = inputs()
    context, weights = attend(DotAttention(scaled=scaled), query, values, mask)
    if scaled:
        query = query / np.sqrt(F).astype("float32")
    wanted, wanted_weights = keras.layers.Attention()(
        [query, values], mask=[None, mask], return_attention_scores=True)
    np.testing.assert_allclose(context, wanted, atol=1e-6)
    np.testing.assert_allclose(weights, wanted_weights, atol=1e-6)


def test_additive_attention_equals_keras_on_projected_inputs():
    query, values, mask = inputs()
    layer = AdditiveAttention(5)
    _, weights = attend(layer, query, values, mask)
    theirs = keras.layers.AdditiveAttention(use_scale=True)
    theirs.build([(B, T, 5), (B, S, 5)])
    theirs.scale.assign(layer.w.kernel[:, 0])
    _, wanted = theirs([layer.W(query), layer.project(values)], mask=[None, mask],
                       return_attention_scores=True)
    np.testing.assert_allclose(weights, wanted, atol=1e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_without_a_mask_every_step_is_real(name):
    layer = LAYERS[name]()
    query, values, _ = inputs()
    _, weights = attend(layer, query, values, None)
    _, same = attend(layer, query, values, np.ones((B, S), bool))
    np.testing.assert_allclose(weights, same, atol=1e-7)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)


def test_attention_runs_in_half_precision_without_nan():
    query, values, mask = inputs()
    layer = AdditiveAttention(5, dtype="mixed_float16")
    context, weights = attend(layer, query, values, mask)
    assert weights.dtype == "float16"
    assert np.isfinite(context).all()
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-2)
    assert np.all(weights[1, :, 2:] == 0)


@pytest.mark.parametrize(("mask", "message"), [
    (np.ones((B, S), "float32"), "`values_mask` must be bool, True on real tokens. "
                                 "Received: dtype=float32"),
    (np.ones((B, T), bool), rf"`values_mask` must have shape \({B}, {S}\)"),
    (np.ones((B, T, S), bool), rf"`values_mask` must have shape \({B}, {S}\)"),
])
def test_a_wrong_mask_is_refused(mask, message):
    query, values, _ = inputs()
    with pytest.raises(ValueError, match=message):
        attend(DotAttention(), query, values, mask)


def test_sizes_that_do_not_fit_are_refused():
    query, values, mask = inputs()
    with pytest.raises(ValueError, match="`units` must be an integer of at least 1"):
        AdditiveAttention(0)
    with pytest.raises(ValueError, match="queries and keys of one size. Received: query 5, keys 6"):
        DotAttention()(query[..., :5], values, values)
    for layer in (DotAttention(), AdditiveAttention(5)):
        with pytest.raises(ValueError, match="must share B"):
            layer(query[:1], values, values, values_mask=mask)


@pytest.mark.parametrize("name", LAYERS)
def test_attention_round_trips_its_config(name):
    layer = LAYERS[name]()
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()


UNITS, HEADS = 6, 3


def many(seed=0, **settings):
    """Several heads, with weights of ordinary size, biases too."""
    layer = MultiHeadAttention(UNITS, HEADS, **settings)
    layer.build((B, T, F), (B, S, F))
    random = np.random.default_rng(seed)
    for weight in layer.weights:
        weight.assign(random.normal(0, 0.3, weight.shape))
    return layer


def keras_twin(layer):
    """Keras's own layer, with the same weights."""
    twin = keras.layers.MultiHeadAttention(HEADS, UNITS // HEADS)
    twin.build((B, T, F), (B, S, F))
    for have, want in zip(twin.weights, layer.weights, strict=True):
        have.assign(ops.reshape(want, have.shape))
    return twin


def seen(kind):
    """Two ways to say what each query may see, ours and as Keras wants it: (B or 1, T, S)."""
    _, _, mask = inputs()
    if kind == "padding":
        return mask, mask[:, None, :]
    if kind == "causal":
        return np.array(causal_mask(T))[None], np.array(causal_mask(T))[None]
    return None, None


@pytest.mark.parametrize("kind", ["padding", "causal", "all"])
def test_many_heads_equal_those_of_keras(kind):
    """Outputs, weights, and the gradients of all weights and inputs."""
    import tensorflow as tf

    query, values, _ = map(tf.constant, inputs())
    values = query if kind == "causal" else values
    mask, keras_mask = seen(kind)
    layer = many()
    twin = keras_twin(layer)

    def ours(query, values):
        return layer(query, *layer.project(values), values_mask=mask)

    def theirs(query, values):
        return twin(query, values, attention_mask=keras_mask, return_attention_scores=True)

    found = []
    for run, owner in ((ours, layer), (theirs, twin)):
        with tf.GradientTape() as tape:
            tape.watch([query, values])
            context, weights = run(query, values)
            loss = tf.reduce_mean(context**2)
        variables = [weight.value for weight in owner.weights]
        found.append((context, weights, tape.gradient(loss, [query, values, *variables])))
    (context, weights, gradients), (context_k, weights_k, gradients_k) = found
    np.testing.assert_allclose(context, context_k, atol=1e-6)
    np.testing.assert_allclose(weights, weights_k, atol=1e-6)
    names = ["query", "values", *(weight.path for weight in layer.weights)]
    for name, have, want in zip(names, gradients, gradients_k, strict=True):
        np.testing.assert_allclose(have, np.reshape(want, have.shape), atol=1e-5, err_msg=name)


def test_each_head_equals_its_formula_in_loops():
    """In float64; head h has its own columns of W, K and V, and its own rows of O."""
    layer = many()
    query, values, mask = inputs()
    context, weights = map(np.array, layer(query, *layer.project(values), values_mask=mask))
    (W, w), (K, k), (V, v), (out, bias) = (
        [np.array(weight, "float64") for weight in dense.weights]
        for dense in (layer.W, layer.K, layer.V, layer.O))
    D = UNITS // HEADS
    for b in range(B):
        real = [s for s in range(S) if mask[b, s]]
        for t in range(T):
            heads = []
            for h in range(HEADS):
                own = slice(h * D, (h + 1) * D)
                q = query[b, t] @ W[:, own] + w[own]
                e = np.exp([q @ (values[b, s] @ K[:, own] + k[own]) / np.sqrt(D) for s in real])
                np.testing.assert_allclose(weights[b, h, t, real], e / e.sum(), atol=1e-6)
                heads.append((e / e.sum()) @ (values[b, real] @ V[:, own] + v[own]))
            np.testing.assert_allclose(context[b, t], np.concatenate(heads) @ out + bias, atol=1e-5)
    assert np.all(weights[1, :, :, 2:] == 0)


def test_padding_cannot_be_seen_by_many_heads():
    layer = many()
    query, values, mask = inputs()
    context, weights = layer(query, *layer.project(values), values_mask=mask)
    values[~mask] = 1e6
    again = layer(query, *layer.project(values), values_mask=mask)
    np.testing.assert_allclose(again[0], context, atol=1e-6)
    np.testing.assert_allclose(again[1], weights, atol=1e-6)


def test_many_heads_see_themselves_and_the_past_behind_a_causal_mask():
    layer = many()
    query, _, _ = inputs()
    _, weights = layer(query, *layer.project(query), values_mask=causal_mask(T)[None])
    assert np.array_equal(np.array(weights) > 0, np.broadcast_to(
        np.tril(np.ones((T, T), bool)), (B, HEADS, T, T)))


def test_many_heads_of_one_weigh_as_scaled_dot_attention_does():
    """With the identity for every weight there is nothing else left of them."""
    layer = MultiHeadAttention(F, 1)
    layer.build((B, T, F), (B, S, F))
    for dense in (layer.W, layer.K, layer.V, layer.O):
        dense.kernel.assign(np.eye(F))
    query, values, mask = inputs()
    context, weights = layer(query, *layer.project(values), values_mask=mask)
    wanted, wanted_weights = attend(DotAttention(scaled=True), query, values, mask)
    np.testing.assert_allclose(context, wanted, atol=1e-6)
    np.testing.assert_allclose(weights[:, 0], wanted_weights, atol=1e-6)


def test_many_heads_drop_weights_while_training_only():
    layer = many(dropout=0.5)
    query, values, _ = inputs()
    keys = layer.project(values)
    quiet, weights = layer(query, *keys)
    np.testing.assert_array_equal(layer(query, *keys)[0], quiet)
    loud, same = layer(query, *keys, training=True)
    assert np.abs(np.array(loud) - np.array(quiet)).max() > 1e-3
    np.testing.assert_array_equal(same, weights)  # what is shown is what was meant


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_many_heads_run_in_half_precision_without_nan(dtype):
    query, values, mask = inputs()
    layer = many(dtype=dtype)
    context, weights = layer(query, *layer.project(values), values_mask=mask)
    assert context.dtype == weights.dtype == dtype.removeprefix("mixed_")
    weights = np.array(ops.cast(weights, "float32"))
    full = many()
    wanted, wanted_weights = full(query, *full.project(values), values_mask=mask)
    np.testing.assert_allclose(ops.cast(context, "float32"), wanted, atol=2e-2)
    np.testing.assert_allclose(weights, wanted_weights, atol=1e-2)
    assert np.all(weights[1, :, :, 2:] == 0)


@pytest.mark.parametrize(("mask", "message"), [
    (np.ones((B, S), "float32"), "`values_mask` must be bool, True on real tokens"),
    (np.ones((B, T), bool), rf"`values_mask` must have shape \({B}, {S}\)"),
    (np.ones((1, S), bool), rf"`values_mask` must have shape \({B}, {S}\)"),
    (np.ones((B, T, S), "int32"), rf"must be bool \({B}, {S}\) or .* dtype=int32"),
    (np.ones((1, S, T), bool), rf"or \({B} or 1, {T}, {S}\). Received: shape=\(1, 4, 3\)"),
    (np.ones((B + 1, T, S), bool), rf"or \({B} or 1, {T}, {S}\). Received: shape=\(3, 3, 4\)"),
    (np.ones((B, HEADS, T, S), bool), rf"or \({B} or 1, {T}, {S}\). Received"),
    (np.ones(S, bool), rf"or \({B} or 1, {T}, {S}\). Received: shape=\(4,\)"),
])
def test_a_wrong_mask_for_many_heads_is_refused(mask, message):
    layer = many()
    query, values, _ = inputs()
    with pytest.raises(ValueError, match=message):
        layer(query, *layer.project(values), values_mask=mask)


@pytest.mark.parametrize(("units", "heads", "message"), [
    (6, 4, "`heads` must divide `units`, .* Received: units=6, heads=4"),
    (6, 0, "`heads` must be an integer of at least 1. Received: heads=0"),
    (0, 2, "`units` must be an integer of at least 1. Received: units=0"),
    (6, 2.0, "`heads` must be an integer of at least 1. Received: heads=2.0"),
])
def test_heads_that_cannot_share_the_units_are_refused(units, heads, message):
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(units, heads)


def test_what_cannot_meet_in_the_heads_is_refused():
    layer = many()
    query, values, _ = inputs()
    keys, seen = layer.project(values)
    message = r"`query` must be \(B, T, 6\), `keys` and `values` \(B, 3, S, 2\) from `project`"
    for wrong in ((query[..., :4], keys, seen), (query[:1], keys, seen), (query, keys[:1], seen),
                  (query, keys[:, :, :2], seen), (query, values, values), (query[0], keys, seen)):
        with pytest.raises(ValueError, match=message):
            layer(*wrong)
    with pytest.raises(ValueError, match=r"`dropout` must lie in \[0, 1\)"):
        MultiHeadAttention(6, 3, dropout=1.0)


def test_many_heads_may_project_before_they_are_built():
    query, values, _ = inputs()
    layer = MultiHeadAttention(UNITS, HEADS)
    context, weights = layer(query, *layer.project(values))
    assert (context.shape, weights.shape) == ((B, T, UNITS), (B, HEADS, T, S))
    assert len(layer.weights) == 8


def test_many_heads_round_trip_their_config():
    layer = MultiHeadAttention(6, 3, dropout=0.25)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert (again.units, again.heads, again.dropout) == (6, 3, 0.25)

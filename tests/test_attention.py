"""Attention equals its formula, written out in loops, and padding cannot be seen."""

import keras
import numpy as np
import pytest
from keras import ops

from seq2seq_tf.attention import AdditiveAttention, DotAttention, GeneralAttention

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

"""Attention: which source steps to look at, and what is seen there.

Every layer here has two parts. `project(values)` makes the keys, once for each source.
`layer(query, keys, values, values_mask)` makes the context and the weights, for any queries.
"""

import keras
from keras import ops

from seq2seq_tf.guards import (
    check_heads,
    check_mask,
    check_seen,
    check_share,
    check_sizes,
    check_source,
    check_split,
)
from seq2seq_tf.masking import masked_softmax


class Attention(keras.layers.Layer):
    """Looks at every source step and returns their weighted mean.

        weights = softmax over real steps of score(query, key);  context = weights @ values

    A subclass gives `score` and, where keys differ from values, `project`.

    Call arguments:
        query: Float (B, T, Q), one row for each target step.
        keys: Float (B, S, U), from `project(values)`.
        values: Float (B, S, F), one row for each source step.
        values_mask: Bool (B, S), True on real tokens; None when all are real.
    Returns:
        context (B, T, F) and weights (B, T, S). Each row of weights sums to one.
    Raises:
        ValueError: Batch sizes or source lengths differ, or the mask is not bool (B, S).
    """

    def project(self, values):
        """Makes keys (B, S, U) from values (B, S, F)."""
        return values

    def score(self, query, keys):
        """Compares each query (B, T, Q) with each key (B, S, U): (B, T, S)."""
        raise NotImplementedError

    def call(self, query, keys, values, values_mask=None):
        check_source(query, keys, values)
        check_mask("values_mask", values_mask, values.shape[0], values.shape[1])
        mask = None if values_mask is None else values_mask[:, None, :]
        weights = masked_softmax(self.score(query, keys), mask)  # (B, T, S)
        return ops.matmul(weights, values), weights


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class DotAttention(Attention):
    """Looks where query and value point the same way.

        score(q, v) = q . v                     (Luong et al., 2015)
        score(q, v) = q . v / sqrt(F)           (scaled; Vaswani et al., 2017)

    Args:
        scaled: Divide by the square root of F, so that long vectors do not saturate softmax.
    Raises:
        ValueError: Q differs from F.
    Lesson: notebooks/06_attention.ipynb
    """

    def __init__(self, scaled=False, **kwargs):
        super().__init__(**kwargs)
        self.scaled = scaled

    def build(self, query_shape, keys_shape, values_shape):
        if query_shape[-1] != keys_shape[-1]:
            raise ValueError(
                "A dot product needs queries and keys of one size. "
                f"Received: query {query_shape[-1]}, keys {keys_shape[-1]}"
            )

    def score(self, query, keys):
        scores = ops.matmul(query, ops.swapaxes(keys, 1, 2))
        return scores / keys.shape[-1] ** 0.5 if self.scaled else scores

    def get_config(self):
        return {**super().get_config(), "scaled": self.scaled}


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class GeneralAttention(Attention):
    """Looks where query and value match after a learned turn.

        score(q, v) = q . (v W)                 (Luong et al., 2015, "general")

    Queries and values may differ in size: W turns F numbers into Q.
    Lesson: notebooks/06_attention.ipynb
    """

    def build(self, query_shape, keys_shape, values_shape):
        self.W = keras.layers.Dense(query_shape[-1], use_bias=False, dtype=self.dtype_policy)
        self.W.build(values_shape)

    def project(self, values):
        return self.W(values)

    def score(self, query, keys):
        return ops.matmul(query, ops.swapaxes(keys, 1, 2))


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class AdditiveAttention(Attention):
    """Looks where a small network, shared by all steps, gives a high score.

        score(q, v) = tanh(q W + v U) w          (Bahdanau et al., 2015)

    Args:
        units: Size U of the space in which a query meets a key.
    Raises:
        ValueError: `units` is below 1.
    Lesson: notebooks/06_attention.ipynb
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        check_sizes(units=units)
        self.units = units
        same = {"use_bias": False, "dtype": self.dtype_policy}
        self.W = keras.layers.Dense(units, **same)
        self.U = keras.layers.Dense(units, **same)
        self.w = keras.layers.Dense(1, **same)

    def build(self, query_shape, keys_shape, values_shape):
        self.W.build(query_shape)
        if not self.U.built:  # `project` may have come first
            self.U.build(values_shape)
        self.w.build((*query_shape[:-1], self.units))

    def project(self, values):
        return self.U(values)

    def score(self, query, keys):
        meeting = ops.tanh(self.W(query)[:, :, None, :] + keys[:, None, :, :])  # (B, T, S, U)
        return ops.squeeze(self.w(meeting), -1)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class MultiHeadAttention(keras.layers.Layer):
    """Looks with several heads at once; each has its own idea of what fits.

        head_i = softmax(q W_i . v K_i / sqrt(D)) (v V_i);  context = [head_1; ...; head_H] O

    Source: Vaswani et al. (2017). D = units / heads, and W, K, V and O have biases.

    Args:
        units: Size U of queries and of what comes out.
        heads: Number H of heads.
        dropout: Share of the weights that training sets to zero.
    Call arguments:
        query: Float (B, T, U).
        keys, values: Float (B, H, S, D) each, from `project(memory)`.
        values_mask: Bool (B, S), True on real tokens, or (B or 1, T, S), True on what each query
            may see; None when that is all.
    Returns:
        context (B, T, U) and weights (B, H, T, S).
    Raises:
        ValueError: `heads` does not divide `units`, or shapes do not match.
    Lesson: notebooks/11_transformer.ipynb
    """

    def __init__(self, units, heads, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        check_heads(units, heads)
        check_share("dropout", dropout)
        self.units, self.heads, self.dropout = units, heads, dropout
        self.W, self.K, self.V, self.O = (
            keras.layers.Dense(units, dtype=self.dtype_policy) for _ in range(4))
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, query_shape, values_shape):
        self.W.build(query_shape)
        for dense in (self.K, self.V):
            if not dense.built:  # `project` may have come first
                dense.build(values_shape)
        self.O.build((None, None, self.units))

    def split(self, x):
        """Gives each head its share: (B, S, U) -> (B, H, S, D)."""
        parts = ops.reshape(x, (*ops.shape(x)[:2], self.heads, self.units // self.heads))
        return ops.swapaxes(parts, 1, 2)

    def project(self, memory):
        """Makes keys and values (B, H, S, D) from a memory (B, S, any)."""
        return self.split(self.K(memory)), self.split(self.V(memory))

    def call(self, query, keys, values, values_mask=None, training=None):
        check_split(query, keys, values, self.units, self.heads)
        check_seen("values_mask", values_mask, query, keys)
        if values_mask is not None and len(values_mask.shape) == 2:
            values_mask = values_mask[:, None]  # (B, 1, S): one for all queries
        every_head = None if values_mask is None else values_mask[:, None]
        scores = ops.matmul(self.split(self.W(query)), ops.swapaxes(keys, 2, 3))
        weights = masked_softmax(scores / keys.shape[-1] ** 0.5, every_head)  # (B, H, T, S)
        heads = ops.matmul(self.drop(weights, training=training), values)  # (B, H, T, D)
        joined = ops.reshape(ops.swapaxes(heads, 1, 2), ops.shape(query))
        return self.O(joined), weights

    def get_config(self):
        return {**super().get_config(), "units": self.units, "heads": self.heads,
                "dropout": self.dropout}

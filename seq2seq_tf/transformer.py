"""The Transformer: an encoder and a decoder without recurrence, made of attention alone.

Every sublayer reads a normalised input and adds to what it was given, x + f(norm(x)). This order
("pre-norm", Xiong et al., 2020) trains more calmly than the first one (Vaswani et al., 2017).
"""

import keras
from keras import ops

from seq2seq_tf.attention import MultiHeadAttention
from seq2seq_tf.decoders import ScaledEmbedding, TiedReadout
from seq2seq_tf.guards import check_cache, check_even, check_share, check_sizes, check_tokens
from seq2seq_tf.masking import causal_mask, padding_mask


def sinusoids(places, units):
    """Gives each place a vector of its own, in waves from short to long.

        p[2i] = sin(place / 10000^(2i / U));  p[2i + 1] = cos(the same)  (Vaswani et al., 2017)

    Args:
        places: Int, any shape, counted from 0.
        units: Size U of a vector, an even number.
    Returns:
        Float32 (..., U), each number between -1 and 1.
    """
    rates = 10000.0 ** (-ops.arange(0, units, 2, dtype="float32") / units)
    angles = ops.cast(places, "float32")[..., None] * rates  # (..., U / 2)
    waves = ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1)
    return ops.reshape(waves, (*ops.shape(angles)[:-1], units))


class Sublayers(keras.layers.Layer):
    """What the blocks of encoder and decoder have in common: x + f(norm(x)), some times over.

    Args:
        units: Size U of what goes in and comes out.
        heads: Number of heads.
        dropout: Share that training sets to zero in what each sublayer adds, and in weights.
    """

    looks = 1  # how many attention layers stand before the last two products

    def __init__(self, units, heads, dropout, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        same = {"dtype": self.dtype_policy}
        self.attention = [MultiHeadAttention(units, heads, dropout, **same)
                          for _ in range(self.looks)]
        self.norms = [keras.layers.LayerNormalization(epsilon=1e-6, **same)
                      for _ in range(self.looks + 1)]
        self.widen = keras.layers.Dense(4 * units, "relu", **same)
        self.narrow = keras.layers.Dense(units, **same)
        self.drop = keras.layers.Dropout(dropout, **same)

    def build(self, shape=None):
        shape = (None, None, self.units)
        for layer in self.attention:
            layer.build(shape, shape)
        for layer in self.norms:
            layer.build(shape)
        self.widen.build(shape)
        self.narrow.build((None, None, 4 * self.units))

    def think(self, x, training=None):
        """Lets each step work on what it has gathered, alone: relu(x A + a) B + b."""
        return x + self.drop(self.narrow(self.widen(self.norms[-1](x))), training=training)


class EncoderBlock(Sublayers):
    """Lets each source step look at all the others, and then work on what it saw."""

    def call(self, x, source_mask, training=None):
        known = self.norms[0](x)
        seen, weights = self.attention[0](known, *self.attention[0].project(known),
                                          values_mask=source_mask, training=training)
        return self.think(x + self.drop(seen, training=training), training), weights


class DecoderBlock(Sublayers):
    """Lets each target step look back at the target, then at the source, and then work."""

    looks = 2
    may_see = staticmethod(causal_mask)

    def call(self, x, source, source_mask, training=None):
        known = self.norms[0](x)
        seen, _ = self.attention[0](known, *self.attention[0].project(known),
                                    values_mask=self.may_see(ops.shape(x)[1])[None],
                                    training=training)
        return self.read(x + self.drop(seen, training=training), source, source_mask, training)

    def read(self, x, source, source_mask, training=None):
        """Does what is left once the target was looked at: looks at the source, and works."""
        seen, weights = self.attention[1](self.norms[1](x), *source, values_mask=source_mask,
                                          training=training)
        return self.think(x + self.drop(seen, training=training), training), weights

    def step(self, x, cache, place, source, source_mask):
        """Does the same for one step: x (N, U) at `place`, an int; cache as in the decoder."""
        known = self.norms[0](x)[:, None]  # (N, 1, U)
        cache = [ops.slice_update(part, (0, 0, place, 0), new)
                 for part, new in zip(cache, self.attention[0].project(known), strict=True)]
        written = (ops.arange(ops.shape(cache[0])[2]) <= place)[None, None]  # (1, 1, length)
        seen, _ = self.attention[0](known, *cache, values_mask=written, training=False)
        queries = ops.reshape(x + seen[:, 0], (ops.shape(source_mask)[0], -1, self.units))
        made, _ = self.read(queries, source, source_mask)  # (B, K, U): hypotheses as steps
        return ops.reshape(made, (-1, self.units)), cache


class Stack(keras.layers.Layer):
    """What encoder and decoder have in common: vectors with places, and blocks on each other.

    Args:
        vocabulary_size: Number V of ids, the four special ones included.
        units: Size U of every step, an even number.
        layers: How many blocks stand on each other.
        heads: How many heads each attention has; they share the units.
        dropout: Share that training sets to zero.
    """

    def __init__(self, vocabulary_size, units, layers=2, heads=4, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        check_sizes(vocabulary_size=vocabulary_size, units=units, layers=layers)
        check_share("dropout", dropout)
        check_even(units)
        self.vocabulary_size, self.units, self.layers = vocabulary_size, units, layers
        self.heads, self.dropout = heads, dropout
        same = {"dtype": self.dtype_policy}
        self.embedding = ScaledEmbedding(vocabulary_size, units, **same)
        self.drop = keras.layers.Dropout(dropout, **same)
        self.blocks = [self.block(units, heads, dropout, **same) for _ in range(layers)]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-6, **same)

    def build(self, *shapes):
        self.embedding.build((None, None))
        self.norm.build((None, None, self.units))
        for block in self.blocks:
            block.build()

    def placed(self, tokens, places):
        """Gives each token's vector its place: the sum of both."""
        return self.embedding(tokens) + ops.cast(sinusoids(places, self.units), self.compute_dtype)

    def get_config(self):
        names = ("vocabulary_size", "units", "layers", "heads", "dropout")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class TransformerEncoder(Stack):
    """Reads the source with self-attention: all steps at once, each looks at all.

    Args:
        vocabulary_size, units, layers, heads, dropout: As in `Stack`.
    Call arguments:
        tokens: Int (B, S), 0 = padding at the right, at least one real token in each row.
    Returns:
        memory (B, S, U); mask, bool (B, S); and an empty state: a decoder starts from nothing.
    Raises:
        ValueError: A size is below 1, `units` is odd, or `heads` does not divide it.
    Lesson: notebooks/11_transformer.ipynb
    """

    block = EncoderBlock

    def call(self, tokens, training=None):
        memory, mask, _ = self.with_heads(tokens, training)
        return memory, mask, []

    def with_heads(self, tokens, training=None):
        """Gives memory and mask, and for each layer what it looked at: weights (B, H, S, S)."""
        check_tokens("tokens", tokens)
        mask, weights = padding_mask(tokens), []
        x = self.drop(self.placed(tokens, ops.arange(ops.shape(tokens)[1])), training=training)
        for block in self.blocks:
            x, seen = block(x, mask, training=training)
            weights.append(seen)
        return self.norm(x), mask, weights


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class TransformerDecoder(Stack):
    """Writes the target with attention alone: to what is written, and to the source.

    Reads and writes with one matrix, as `TiedDecoder` does.

    Args:
        vocabulary_size, units, layers, heads, dropout: As in `Stack`.
    Call arguments:
        tokens: Int (B, T), the target shifted right by one: start, y_1, ..., y_{T-1}.
        state: Not looked at: all of the target is there at once.
        source: From `prepare(memory, mask)`.
    Returns:
        logits (B, T, V) and weights (B, T, S): the mean over the last layer's heads.
    Raises:
        ValueError: As in `TransformerEncoder`.
    Lesson: notebooks/11_transformer.ipynb
    """

    block = DecoderBlock

    def __init__(self, vocabulary_size, units, layers=2, heads=4, dropout=0.0, **kwargs):
        super().__init__(vocabulary_size, units, layers, heads, dropout, **kwargs)
        self.readout = TiedReadout(self.embedding, dtype=self.dtype_policy)

    def build(self, *shapes):
        super().build()
        self.readout.build()

    def prepare(self, memory, mask):
        """Projects the memory for each layer, once for each source: B rows each."""
        return {"layers": [block.attention[1].project(memory) for block in self.blocks],
                "mask": mask}

    def begin(self, state, source, length):
        """Makes room for the keys and values of `length` steps, of which none is written.

        Returns:
            The state that `step` reads: for each layer keys and values (N, H, length, D), and how
            many steps are written, int (N,).
        """
        rows = ops.shape(source["mask"])[0]
        empty = ops.zeros((rows, self.heads, length, self.units // self.heads), self.compute_dtype)
        return [[empty, empty] for _ in self.blocks], ops.zeros((rows,), "int32")

    def call(self, tokens, state, source, training=None):
        logits, weights = self.with_heads(tokens, source, training)
        return logits, ops.mean(weights[-1], axis=1)

    def with_heads(self, tokens, source, training=None):
        """Gives logits, and what each layer saw in the source: weights (B, H, T, S)."""
        check_tokens("tokens", tokens)
        weights = []
        x = self.drop(self.placed(tokens, ops.arange(ops.shape(tokens)[1])), training=training)
        for block, seen in zip(self.blocks, source["layers"], strict=True):
            x, looked = block(x, seen, source["mask"], training=training)
            weights.append(looked)
        return self.readout(self.norm(x)), weights

    def step(self, tokens, state, source):
        """Reads one token of each hypothesis and scores what may follow.

        Args:
            tokens: Int (N,), N = B * K: hypothesis k of source b stands at b * K + k.
            state: From `begin`, N rows, all with as many steps written.
            source: From `prepare`, B rows, each shared by its K hypotheses.
        Returns:
            log_probs, float32 (N, V), and the new state.
        """
        check_cache(state, self.layers, tokens.shape[0], self.heads, self.units // self.heads)
        caches, places = state
        x, new = self.placed(tokens, places), []
        for block, cache, seen in zip(self.blocks, caches, source["layers"], strict=True):
            x, cache = block.step(x, cache, places[0], seen, source["mask"])
            new.append(cache)
        logits = self.readout(self.norm(x))  # (N, V)
        return ops.log_softmax(ops.cast(logits, "float32"), axis=-1), (new, places + 1)

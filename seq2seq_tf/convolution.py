"""A convolutional encoder: each step sees a few neighbours, and more of them in each layer."""

import keras
from keras import ops

from seq2seq_tf.decoders import ScaledEmbedding
from seq2seq_tf.guards import check_even, check_share, check_sizes, check_tokens
from seq2seq_tf.masking import padding_mask
from seq2seq_tf.transformer import sinusoids


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class ConvolutionalEncoder(keras.layers.Layer):
    """Reads the source with gated convolutions: all steps at once, each sees its neighbours.

        [a; g] = convolution of width 3 over x;  x <- (x + a * sigmoid(g)) * sqrt(1/2)

    Source: Gehring et al. (2017); the places of tokens are sinusoids here. A layer sees a step more
    to each side than the one below.

    Args:
        vocabulary_size: Number of source ids, the four special ones included.
        units: Size U of every step, an even number.
        layers: How many convolutions stand on each other.
        dropout: Share of each layer's input that training sets to zero.
    Call arguments:
        tokens: Int (B, S), 0 = padding at the right, at least one real token in each row.
    Returns:
        memory (B, S, U); mask, bool (B, S); and an empty state, as from `TransformerEncoder`.
    Raises:
        ValueError: A size is below 1, or `units` is odd.
    Lesson: notebooks/11_transformer.ipynb
    """

    def __init__(self, vocabulary_size, units, layers=4, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        check_sizes(vocabulary_size=vocabulary_size, units=units, layers=layers)
        check_share("dropout", dropout)
        check_even(units)
        self.vocabulary_size, self.units = vocabulary_size, units
        self.layers, self.dropout = layers, dropout
        same = {"dtype": self.dtype_policy}
        self.embedding = ScaledEmbedding(vocabulary_size, units, **same)
        self.drop = keras.layers.Dropout(dropout, **same)
        self.convolutions = [keras.layers.Conv1D(2 * units, 3, padding="same", **same)
                             for _ in range(layers)]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-6, **same)

    def build(self, tokens_shape=None):
        self.embedding.build((None, None))
        self.norm.build((None, None, self.units))
        for layer in self.convolutions:
            layer.build((None, None, self.units))

    def call(self, tokens, training=None):
        check_tokens("tokens", tokens)
        mask = padding_mask(tokens)
        real = ops.cast(mask, self.compute_dtype)[:, :, None]
        places = sinusoids(ops.arange(ops.shape(tokens)[1]), self.units)
        x = self.embedding(tokens) + ops.cast(places, self.compute_dtype)  # (B, S, U)
        for layer in self.convolutions:
            made, gate = ops.split(layer(self.drop(x, training=training) * real), 2, axis=-1)
            x = (x + made * ops.sigmoid(gate)) * 0.5**0.5
        return self.norm(x), mask, []

    def get_config(self):
        names = ("vocabulary_size", "units", "layers", "dropout")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

"""Encoders read the source once and hand over a memory, its mask, and a state to start from."""

import keras
from keras import ops

from seq2seq_tf.cells import recurrent_layer
from seq2seq_tf.guards import check_share, check_sizes, check_tokens
from seq2seq_tf.masking import padding_mask


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class RecurrentEncoder(keras.layers.Layer):
    """Reads the source with stacked recurrent layers.

        h_s = LSTM(embedding(x_s), h_{s-1})              one-way
        h_s = [forward h_s; backward h_s]                bidirectional (Schuster & Paliwal, 1997)

    Args:
        vocabulary_size: Number of source ids, the four special ones included.
        embedding_size: Size E of a token's vector.
        units: Size U of what comes out at each step; of two directions each has half of it.
        layers: How many recurrent layers stand on each other.
        cell: "lstm", "gru" or "rnn".
        bidirectional: Read from both ends.
        dropout: Share of each recurrent layer's input that training sets to zero.
    Call arguments:
        tokens: Int (B, S), 0 = padding at the right, at least one real token in each row.
    Returns:
        memory (B, S, U); mask, bool (B, S); and state, for each layer a list of (B, U): h and c,
        or h alone. What stands in the memory at padded steps means nothing: use the mask.
    Raises:
        ValueError: A size is below 1, or `units` is odd for two directions.
    Lesson: notebooks/04_encoder_decoder.ipynb
    """

    def __init__(self, vocabulary_size, embedding_size, units, layers=1, cell="lstm",
                 bidirectional=True, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        check_sizes(vocabulary_size=vocabulary_size, embedding_size=embedding_size,
                    units=units, layers=layers)
        check_share("dropout", dropout)
        if bidirectional and units % 2:
            raise ValueError(f"`units` must be even for two directions. Received: units={units}")
        self.vocabulary_size, self.embedding_size = vocabulary_size, embedding_size
        self.units, self.layers, self.cell = units, layers, cell
        self.bidirectional, self.dropout = bidirectional, dropout
        same = {"dtype": self.dtype_policy}
        self.embedding = keras.layers.Embedding(vocabulary_size, embedding_size, **same)
        self.drop = keras.layers.Dropout(dropout, **same)
        size = units // 2 if bidirectional else units
        self.recurrent = [recurrent_layer(cell, size, return_state=True, **same)
                          for _ in range(layers)]
        if bidirectional:
            self.recurrent = [keras.layers.Bidirectional(layer, **same) for layer in self.recurrent]

    def build(self, tokens_shape=None):
        self.embedding.build((None, None))
        for i, layer in enumerate(self.recurrent):
            layer.build((None, None, self.units if i else self.embedding_size))

    def call(self, tokens, training=None):
        check_tokens("tokens", tokens)
        mask = padding_mask(tokens)
        memory = self.embedding(tokens)  # (B, S, E)
        state = []
        for layer in self.recurrent:
            memory, *last = layer(self.drop(memory, training=training), mask=mask)  # (B, S, U)
            state.append(self._join(last))
        return memory, mask, state

    def _join(self, last):
        """Joins the last states of two directions, h with h and c with c: each (B, U)."""
        if not self.bidirectional:
            return last
        half = len(last) // 2
        pairs = zip(last[:half], last[half:], strict=True)
        return [ops.concatenate(pair, axis=-1) for pair in pairs]

    def get_config(self):
        names = ("vocabulary_size", "embedding_size", "units", "layers", "cell", "bidirectional",
                 "dropout")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

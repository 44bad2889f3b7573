"""Decoders write the target, and run in two ways that give the same numbers.

The call sees all target steps at once, each after the right tokens (teacher forcing): training.
`step` reads one token and gives the log-probabilities of the next: search.
"""

import keras
from keras import ops

from seq2seq_tf.attention import DotAttention
from seq2seq_tf.cells import recurrent_layer
from seq2seq_tf.guards import check_share, check_sizes, check_state, check_tokens


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class RecurrentDecoder(keras.layers.Layer):
    """Writes the target from the encoder's last state alone.

        h_t = LSTM(embedding(y_{t-1}), h_{t-1})
        p(y_t) = softmax(h_t W + b)                      (Sutskever et al., 2014)

    Args:
        vocabulary_size: Number V of target ids, the four special ones included.
        embedding_size: Size E of a token's vector.
        units, layers, cell: As in the encoder, whose last state is this one's first.
        dropout: Share that training sets to zero, before each recurrent layer and the output.
    Call arguments:
        tokens: Int (B, T), the target shifted right by one: start, y_1, ..., y_{T-1}.
        state: For each layer a list of (B, U).
        source: From `prepare(memory, mask)`.
    Returns:
        logits (B, T, V) and weights (B, T, S); the weights are None without attention.
    Raises:
        ValueError: A size is below 1, or the state fits neither tokens nor layers.
    Lesson: notebooks/04_encoder_decoder.ipynb
    """

    def __init__(self, vocabulary_size, embedding_size, units, layers=1, cell="lstm",
                 dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        check_sizes(vocabulary_size=vocabulary_size, embedding_size=embedding_size,
                    units=units, layers=layers)
        check_share("dropout", dropout)
        self.vocabulary_size, self.embedding_size = vocabulary_size, embedding_size
        self.units, self.layers, self.cell, self.dropout = units, layers, cell, dropout
        same = {"dtype": self.dtype_policy}
        self.embedding = keras.layers.Embedding(vocabulary_size, embedding_size, **same)
        self.drop = keras.layers.Dropout(dropout, **same)
        self.recurrent = [recurrent_layer(cell, units, **same) for _ in range(layers)]
        self.readout = keras.layers.Dense(vocabulary_size, **same)

    def build(self, tokens_shape=None, state_shape=None, source_shape=None):
        self.embedding.build((None, None))
        for i, layer in enumerate(self.recurrent):
            if not layer.built:  # a subclass may feed the first one more
                layer.build((None, None, self.units if i else self.embedding_size))
        self.readout.build((None, None, self.units))

    def prepare(self, memory, mask):
        """Makes what all steps of one source share; without attention that is nothing."""
        return {}

    def begin(self, state, source, length):
        """Gives the state before the first of at most `length` steps: the encoder's last one."""
        return state

    def call(self, tokens, state, source, training=None):
        check_tokens("tokens", tokens)
        check_state(state, self.layers, self.cell, tokens.shape[0], self.units)
        hidden = self.embedding(tokens)  # (B, T, E)
        for layer, first in zip(self.recurrent, state, strict=True):
            hidden = layer(self.drop(hidden, training=training), initial_state=first)
        hidden, weights = self.look(hidden, source)  # (B, T, U), (B, T, S)
        return self.readout(self.drop(hidden, training=training)), weights

    def step(self, tokens, state, source):
        """Reads one token of each hypothesis and scores what may follow.

        Args:
            tokens: Int (N,), N = B * K: hypothesis k of source b stands at b * K + k.
            state: For each layer a list of (N, U).
            source: From `prepare`, B rows, each shared by its K hypotheses.
        Returns:
            log_probs, float32 (N, V), and the new state.
        """
        check_state(state, self.layers, self.cell, tokens.shape[0], self.units)
        hidden = self.embedding(tokens)  # (N, E)
        new_state = []
        for layer, last in zip(self.recurrent, state, strict=True):
            hidden, following = layer.cell(hidden, last)
            new_state.append(list(following))
        logits = self.readout(self.look_once(hidden, source))  # (N, V)
        return ops.log_softmax(ops.cast(logits, "float32"), axis=-1), new_state

    def look(self, hidden, source):
        """Adds what is seen in the source to hidden (B, T, U): the same shape, and weights."""
        return hidden, None

    def look_once(self, hidden, source):
        """Does `look` for one step of N hypotheses (N, U)."""
        return hidden

    def get_config(self):
        names = ("vocabulary_size", "embedding_size", "units", "layers", "cell", "dropout")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class LuongDecoder(RecurrentDecoder):
    """Looks at the source after the recurrent layers, at every step.

        context, weights = attention(h_t, keys, memory)
        p(y_t) = softmax(tanh([context; h_t] C) W + b)   (Luong et al., 2015, equations 5 and 6)

    Args:
        attention: An attention layer of this package; None for `DotAttention()`.
        Others: As in `RecurrentDecoder`.
    Lesson: notebooks/06_attention.ipynb
    """

    def __init__(self, vocabulary_size, embedding_size, units, layers=1, cell="lstm",
                 dropout=0.0, attention=None, **kwargs):
        super().__init__(vocabulary_size, embedding_size, units, layers, cell, dropout, **kwargs)
        same = {"dtype": self.dtype_policy}
        self.attention = DotAttention(**same) if attention is None else attention
        self.combine = keras.layers.Dense(units, "tanh", use_bias=False, **same)

    def build(self, tokens_shape=None, state_shape=None, source_shape=None):
        super().build()
        memory = (None, None, self.units)
        if not self.attention.built:  # a loaded one is
            self.attention.build(memory, memory, memory)
        self.combine.build((None, None, 2 * self.units))

    def prepare(self, memory, mask):
        """Projects the keys, once for each source: {"keys", "values", "mask"}, B rows each."""
        return {"keys": self.attention.project(memory), "values": memory, "mask": mask}

    def look(self, hidden, source):
        context, weights = self.attention(
            hidden, source["keys"], source["values"], values_mask=source["mask"])
        return self.combine(ops.concatenate([context, hidden], axis=-1)), weights

    def look_once(self, hidden, source):
        batch = ops.shape(source["values"])[0]
        queries = ops.reshape(hidden, (batch, -1, self.units))  # (B, K, U): hypotheses as steps
        found = self.look(queries, source)[0]
        return ops.reshape(found, (-1, found.shape[-1]))

    def get_config(self):
        attention = keras.saving.serialize_keras_object(self.attention)
        return {**super().get_config(), "attention": attention}

    @classmethod
    def from_config(cls, config):
        attention = keras.saving.deserialize_keras_object(config["attention"])
        return cls(**{**config, "attention": attention})


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class TiedDecoder(LuongDecoder):
    """Reads and writes with one matrix, a vector for each token: fewer weights, better trained.

        x_t = sqrt(E) * embedding[y_{t-1}];  p(y_t) = softmax(a_t embedding^T + b)
        a_t = tanh([context; h_t] C), of size E                  (Press & Wolf, 2017)

    Args, call arguments, returns and errors: as in `LuongDecoder`.
    Lesson: notebooks/10_translation.ipynb
    """

    def __init__(self, vocabulary_size, embedding_size, units, layers=1, cell="lstm",
                 dropout=0.0, attention=None, **kwargs):
        super().__init__(vocabulary_size, embedding_size, units, layers, cell, dropout, attention,
                         **kwargs)
        same = {"dtype": self.dtype_policy}
        del self.embedding, self.readout, self.combine
        self.embedding = ScaledEmbedding(vocabulary_size, embedding_size, **same)
        self.readout = TiedReadout(self.embedding, **same)
        self.combine = keras.layers.Dense(embedding_size, "tanh", use_bias=False, **same)


class ScaledEmbedding(keras.layers.Embedding):
    """Looks vectors up, and makes their numbers about as large as one."""

    def __init__(self, vocabulary_size, embedding_size, **kwargs):
        small = keras.initializers.RandomNormal(stddev=embedding_size**-0.5)
        super().__init__(vocabulary_size, embedding_size, embeddings_initializer=small, **kwargs)

    def call(self, tokens):
        return super().call(tokens) * self.output_dim**0.5


class TiedReadout(keras.layers.Layer):
    """Scores each token by its embedding: (..., E) -> (..., V)."""

    def __init__(self, embedding, **kwargs):
        super().__init__(**kwargs)
        self.embedding = embedding

    def build(self, shape=None):
        self.bias = self.add_weight(shape=(self.embedding.input_dim,), initializer="zeros",
                                    name="bias")

    def call(self, hidden):
        matrix = ops.cast(ops.transpose(self.embedding.embeddings), self.compute_dtype)
        return ops.matmul(hidden, matrix) + ops.cast(self.bias, self.compute_dtype)

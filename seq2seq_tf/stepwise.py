"""Decoders whose attention enters the recurrence, so that even training goes step by step.

What was seen at one step is read at the next, or within it. No fused recurrent layer can do that:
`call` is a loop over the cell, and `step` is one round of the same loop.
"""

import keras
from keras import ops

from seq2seq_tf.attention import AdditiveAttention
from seq2seq_tf.decoders import LuongDecoder
from seq2seq_tf.guards import check_state, check_tokens


class StepwiseDecoder(LuongDecoder):
    """Runs `advance` over the target steps; a subclass says what one step does.

    Call arguments, returns and errors: as in `RecurrentDecoder`.
    """

    def build(self, tokens_shape=None, state_shape=None, source_shape=None):
        # The first cell reads what was seen beside the token's vector.
        self.recurrent[0].build((None, None, self.embedding_size + self.units))
        super().build()

    def call(self, tokens, state, source, training=None):
        check_tokens("tokens", tokens)
        check_state(state, self.layers, self.cell, tokens.shape[0], self.units)
        embedded = self.drop(self.embedding(tokens), training=training)  # (B, T, E)

        def advance(last, x):
            made = self.advance(x, last[-1], source)
            return made, made

        nothing = ops.zeros_like(state[-1][0]), ops.zeros_like(source["keys"][:, :, 0])
        steps = ops.swapaxes(embedded, 0, 1)  # (T, B, E)
        _, (hidden, weights, _) = ops.scan(advance, (*nothing, state), steps)
        hidden, weights = ops.swapaxes(hidden, 0, 1), ops.swapaxes(weights, 0, 1)
        return self.readout(self.drop(hidden, training=training)), weights

    def step(self, tokens, state, source):
        """Does one round of the loop; arguments and returns as in `RecurrentDecoder.step`."""
        hidden, _, state = self.advance(self.embedding(tokens), state, source)
        return ops.log_softmax(ops.cast(self.readout(hidden), "float32"), axis=-1), state

    def advance(self, x, state, source):
        """Reads one embedded token of each hypothesis.

        Args:
            x: Float (N, E), N = B * K.
            state: For each layer a list of (N, U).
            source: From `prepare`, B rows.
        Returns:
            hidden (N, U) for the readout, weights (N, S), and the new state.
        """
        raise NotImplementedError

    def attend(self, query, source):
        """Looks once for each hypothesis: query (N, U) -> context (N, U) and weights (N, S)."""
        values = source["values"]
        batch = ops.shape(values)[0]
        queries = ops.reshape(query, (batch, -1, self.units))  # (B, K, U): hypotheses as steps
        context, weights = self.attention(
            queries, source["keys"], values, values_mask=source["mask"])
        return (ops.reshape(context, (-1, self.units)),
                ops.reshape(weights, (-1, ops.shape(values)[1])))

    def recur(self, x, state):
        """Runs the recurrent cells on x (N, any): the top h (N, U), and their new state."""
        new_state = []
        for layer, last in zip(self.recurrent, state, strict=False):
            x, following = layer.cell(x, last)
            new_state.append(list(following))
        return x, new_state


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class BahdanauDecoder(StepwiseDecoder):
    """Looks at the source *before* each recurrent step; what is seen enters the cell.

        context, weights = attention(h_{t-1}, keys, memory)
        h_t = LSTM([embedding(y_{t-1}); context], h_{t-1})
        p(y_t) = softmax(tanh([context; h_t] C) W + b)          (after Bahdanau et al., 2015)

    Their output layer is a maxout over h_t, y_{t-1} and the context; here it is Luong's, so that
    the two decoders differ in one thing.

    Args:
        attention: An attention layer of this package; None for `AdditiveAttention(units)`.
        Others: As in `RecurrentDecoder`.
    Lesson: notebooks/06_attention.ipynb
    """

    def __init__(self, vocabulary_size, embedding_size, units, layers=1, cell="lstm",
                 dropout=0.0, attention=None, **kwargs):
        if attention is None:
            attention = AdditiveAttention(units, dtype=kwargs.get("dtype"))
        super().__init__(vocabulary_size, embedding_size, units, layers, cell, dropout,
                         attention, **kwargs)

    def advance(self, x, state, source):
        context, weights = self.attend(state[-1][0], source)
        h, state = self.recur(ops.concatenate([x, context], axis=-1), state)
        return self.combine(ops.concatenate([context, h], axis=-1)), weights, state


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class InputFeedingDecoder(StepwiseDecoder):
    """Looks after the recurrent step, and reads what came of it at the next one.

        h_t = LSTM([embedding(y_{t-1}); a_{t-1}], h_{t-1})
        a_t = tanh([attention(h_t, keys, memory); h_t] C)
        p(y_t) = softmax(a_t W + b)                       (Luong et al., 2015, section 3.3)

    So it knows where it has looked before. a_{t-1} is a function of h_{t-1}: it is computed again
    instead of being carried, and a_0 comes from the encoder's last state.

    Args:
        Others: As in `LuongDecoder`.
    Lesson: notebooks/06_attention.ipynb
    """

    def advance(self, x, state, source):
        fed, _ = self.made_of(state[-1][0], source)
        h, state = self.recur(ops.concatenate([x, fed], axis=-1), state)
        return *self.made_of(h, source), state

    def made_of(self, h, source):
        """Looks with h (N, U) and joins both: a (N, U), and the weights (N, S)."""
        context, weights = self.attend(h, source)
        return self.combine(ops.concatenate([context, h], axis=-1)), weights

"""Scheduled sampling: a training in which the decoder reads some of its own tokens."""

import keras
from keras import ops

from seq2seq_tf.model import Seq2Seq


def feed(step, tokens, forced, state, source):
    """Finds out what a decoder reads when it is told the right token only now and then.

        read_0 = start,   read_t = y_t where forced, else argmax p(y_t | read_0 ... read_{t-1})

    Args:
        step: As in `search`: (tokens (B,), state, source) -> (log_probs (B, V), state).
        tokens: Int (B, T), the target shifted right by one: start, y_1, ..., y_{T-1}.
        forced: Bool (B, T), True where the right token is read.
        state, source: As `step` wants them.
    Returns:
        Int (B, T), the tokens that were read. All True gives `tokens`; all False is greedy search.
    """
    positions = ops.arange(ops.shape(tokens)[1])[None, :]  # (1, T)
    open_places = ops.logical_not(ops.logical_or(forced, positions == 0))

    def advance(t, read, state):
        log_probs, state = step(ops.take(read, t, axis=1), state, source)
        own = ops.cast(ops.argmax(log_probs, axis=-1), read.dtype)  # (B,)
        here = ops.logical_and(open_places, positions == t + 1)
        return t + 1, ops.where(here, own[:, None], read), state

    steps = ops.shape(tokens)[1] - 1
    _, read, _ = ops.while_loop(
        lambda t, *rest: t < steps, advance, (ops.zeros((), "int32"), tokens, state))
    return read


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class TokenSampling(Seq2Seq):
    """Trains with the right token in some places and its own best token in the others.

    Each place of each target is drawn anew: right with probability `ratio` (Bengio et al., 2015,
    with the best token in place of a drawn one). A first pass without gradient finds what is read;
    then the decoder is called as always. With ratio 1.0 it is a `Seq2Seq`.

    Args:
        ratio: Share of right tokens, the "teacher forcing ratio"; a variable, to be scheduled.
        Others: As in `Seq2Seq`.
    Raises:
        ValueError: `ratio` lies outside 0 to 1.
    Lesson: notebooks/05_training_honestly.ipynb
    """

    def __init__(self, *args, ratio=1.0, **kwargs):
        if not 0 <= ratio <= 1:
            raise ValueError(f"`ratio` must lie in [0, 1]. Received: ratio={ratio}")
        self.first_ratio = ratio
        super().__init__(*args, **kwargs)

    def build(self, input_shape=None):
        self.ratio = self.add_weight((), keras.initializers.Constant(self.first_ratio),
                                     trainable=False, name="ratio")
        self.seed_generator = keras.random.SeedGenerator(0)
        super().build()

    def forced(self, source, target, training=None):
        """Runs the decoder as `Seq2Seq.forced` does; in training, over what `feed` let it read."""
        memory, mask, state = self.encoder(source, training=training)
        prepared = self.decoder.prepare(memory, mask)
        if training:
            first = self.decoder.begin(state, prepared, ops.shape(target)[1])
            target = feed(self.step, target, self.draw(target), first, prepared)
        return self.decoder(target, state, prepared, training=training)

    def draw(self, target):
        """Draws which places read the right token: bool, (B, T)."""
        return keras.random.uniform(ops.shape(target), seed=self.seed_generator) < self.ratio

    def get_config(self):
        return {**super().get_config(), "ratio": self.first_ratio}


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class SequenceSampling(TokenSampling):
    """Trains with whole targets either right or its own: one draw for each target.

    Args:
        ratio: Share of targets that are read as they should be.
    Lesson: notebooks/05_training_honestly.ipynb
    """

    def draw(self, target):
        rows = keras.random.uniform((ops.shape(target)[0], 1), seed=self.seed_generator)
        return ops.broadcast_to(rows < self.ratio, ops.shape(target))

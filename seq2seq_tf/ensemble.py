"""Ensembles: several models, trained from other beginnings, that vote on each symbol.

    p(y_t | y_1 ... y_{t-1}, X) = mean over models of p_m(y_t | y_1 ... y_{t-1}, X)

An ensemble is a `Seq2Seq` like any other, with an encoder and a decoder that hold those of all its
members. So it translates, searches, is scored and saved as one model is; training it is not meant.
"""

import math

import keras
from keras import ops

from seq2seq_tf.model import Seq2Seq


def ensemble(models):
    """Joins trained models into one that takes the mean of their probabilities.

    Args:
        models: A list of `Seq2Seq` with the same vocabularies; sizes and kinds may differ.
    Returns:
        A `Seq2Seq`. Its attention weights are the mean of theirs.
    Raises:
        ValueError: There is no model, or two differ in a vocabulary.
    """
    if not models:
        raise ValueError("`models` must hold at least one model. Received: none")
    first = models[0]
    for number, model in enumerate(models[1:], 2):
        for side in ("source_vocabulary", "target_vocabulary"):
            if getattr(model, side).get_config() != getattr(first, side).get_config():
                raise ValueError(f"All models must have the same {side}. Received: another one in "
                                 f"model {number}")
    return Seq2Seq(
        VotingEncoder([model.encoder for model in models]),
        VotingDecoder([model.decoder for model in models]),
        first.source_vocabulary, first.target_vocabulary,
        min(model.max_source for model in models), min(model.max_target for model in models))


class Members(keras.layers.Layer):
    """Holds layers that are asked together."""

    def __init__(self, members, **kwargs):
        super().__init__(**kwargs)
        self.members = [keras.saving.deserialize_keras_object(m) if isinstance(m, dict) else m
                        for m in members]
        self.vocabulary_size = self.members[0].vocabulary_size

    def build(self, *shapes):
        for member in self.members:
            if not member.built:  # loaded ones are
                member.build()

    def get_config(self):
        members = [keras.saving.serialize_keras_object(member) for member in self.members]
        return {**super().get_config(), "members": members}


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class VotingEncoder(Members):
    """Reads the source with every member: lists of their memories and states, and the one mask."""

    def call(self, tokens, training=None):
        memories, masks, states = zip(
            *(member(tokens, training=training) for member in self.members), strict=True)
        return list(memories), masks[0], list(states)


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class VotingDecoder(Members):
    """Writes what the members like best on average; arguments and returns as in any decoder."""

    def prepare(self, memory, mask):
        """Makes for each member what all steps of one source share."""
        return [member.prepare(part, mask)
                for member, part in zip(self.members, memory, strict=True)]

    def begin(self, state, source, length):
        """Gives the state before the first step, of each member its own."""
        return [member.begin(its_state, its_source, length) for member, its_state, its_source
                in zip(self.members, state, source, strict=True)]

    def call(self, tokens, state, source, training=None):
        logits, weights = zip(*(
            member(tokens, its_state, its_source, training=training) for member, its_state,
            its_source in zip(self.members, state, source, strict=True)), strict=True)
        seen = [part for part in weights if part is not None]
        return (mean_log_probs([ops.log_softmax(part) for part in logits]),
                sum(seen) / len(seen) if seen else None)

    def step(self, tokens, state, source):
        """Lets every member read one token, each with its own state, and takes the mean."""
        log_probs, states = zip(*(
            member.step(tokens, its_state, its_source) for member, its_state, its_source
            in zip(self.members, state, source, strict=True)), strict=True)
        return mean_log_probs(log_probs), list(states)


def mean_log_probs(parts):
    """Takes the mean of probabilities that are given, and returned, as logarithms."""
    return ops.logsumexp(ops.stack(parts), axis=0) - math.log(len(parts))

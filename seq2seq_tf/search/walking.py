"""One hypothesis for each source: greedy search and sampling."""

import keras
import numpy as np
from keras import ops

from seq2seq_tf.guards import check_end, check_positive, check_sizes
from seq2seq_tf.masking import PAD
from seq2seq_tf.search.running import are_log_probs, run


def greedy(step, start, state, source, *, end, max_length):
    """Takes the likeliest token at each step, until every row has ended.

    Compiled once for each `step` object: pass the same stored object every time (a bound method
    is a new object at each access).

    Args:
        step: See the head of this package.
        start: Int (B,), the token that comes before the first one.
        state: A nest of tensors with B rows.
        source: What `step` wants to see besides: a nest of tensors with B rows, or ().
        end: Id of the end token.
        max_length: Most tokens that are written, the end token included.
    Returns:
        ids, int (B, max_length), 0 behind the end; lengths, int (B,), the end included;
        scores, float (B,), the summed log-probability of what was written.
    Raises:
        ValueError: `max_length` is not an integer of at least 1, `end` is no id of the vocabulary,
            or `step` gives something else than log-probabilities.
    """
    check_sizes(max_length=max_length)
    return run(_greedy, step, start, state, source, end=end, max_length=max_length)


def _greedy(step, start, state, source, *, end, max_length):
    def likeliest(log_probs, t):
        return ops.argmax(log_probs, axis=-1)

    return _write(step, start, state, source, likeliest, end, max_length)


def _write(step, start, state, source, choose, end, max_length):
    tokens = ops.cast(start, "int32")  # (B,)
    ids = ops.zeros((ops.shape(tokens)[0], max_length), "int32") + PAD
    lengths = ops.zeros_like(tokens)
    scores = ops.zeros_like(tokens, dtype="float32")
    living = sound = ops.ones_like(tokens, dtype="bool")
    positions = ops.arange(max_length)[None, :]

    def some_live(t, living, *rest):
        return ops.any(living)

    def advance(t, living, sound, tokens, ids, lengths, scores, state):
        log_probs, state = step(tokens, state, source)
        check_end(end, log_probs.shape[-1])
        sound = ops.logical_and(sound, are_log_probs(log_probs) | ~living)
        chosen = ops.cast(choose(log_probs, t), "int32")
        log_p = ops.take_along_axis(log_probs, chosen[:, None], axis=-1)[:, 0]
        scores = scores + ops.where(living, ops.cast(log_p, "float32"), 0.0)
        tokens = ops.where(living, chosen, PAD)
        ids = ops.where(positions == t, tokens[:, None], ids)
        lengths = lengths + ops.cast(living, "int32")
        living = ops.logical_and(living, ops.not_equal(tokens, end))
        return t + 1, living, sound, tokens, ids, lengths, scores, state

    first = (ops.zeros((), "int32"), living, sound, tokens, ids, lengths, scores, state)
    _, _, sound, _, ids, lengths, scores, _ = ops.while_loop(
        some_live, advance, first, maximum_iterations=max_length)
    return ids, lengths, ops.where(sound, scores, np.nan)


def sample(step, start, state, source, *, end, max_length, temperature=1.0, top_k=None, top_p=1.0,
           seed=0):
    """Draws each token from the step's distribution, sharpened or cut off at will.

    Args:
        step, start, state, source, end, max_length: As in `greedy`.
        temperature: Divides the log-probabilities; below 1 the likely become likelier.
        top_k: Draw from the k likeliest only; None from all.
        top_p: Draw from the fewest likeliest that hold this share (Holtzman et al., 2020).
        seed: Determines the draws.
    Returns:
        As in `greedy`; scores are log-probabilities before temperature and cuts.
    Raises:
        ValueError: `max_length`, `top_k` is below 1, `temperature` is not above 0, `top_p` lies
            outside (0, 1], or `end` and `step` are wrong as in `greedy`.
    """
    check_sizes(max_length=max_length, **({} if top_k is None else {"top_k": top_k}))
    check_positive(temperature=temperature)
    if not 0 < top_p <= 1:
        raise ValueError(f"`top_p` must lie in (0, 1]. Received: top_p={top_p}")
    start = ops.convert_to_tensor(start)
    luck = keras.random.uniform((ops.shape(start)[0], max_length), seed=seed)
    how = [ops.cast(number, "float32") for number in (temperature, np.inf if top_k is None
                                                      else top_k, top_p)]  # one graph for all
    return run(_sample, step, start, state, source, luck, how, end=end, max_length=max_length)


def _sample(step, start, state, source, luck, how, *, end, max_length):
    temperature, top_k, top_p = how

    def drawn(log_probs, t):
        log_probs = ops.log_softmax(ops.cast(log_probs, "float32") / temperature, axis=-1)
        order = ops.argsort(-log_probs, axis=-1)  # (B, V), the likeliest first
        p = ops.exp(ops.take_along_axis(log_probs, order, axis=-1))
        before = ops.cumsum(p, axis=-1) - p  # what the likelier ones hold
        ranks = ops.cast(ops.arange(ops.shape(p)[-1]), "float32")[None, :]
        p = ops.where(ops.logical_and(before < top_p, ranks < top_k), p, 0.0)
        place = ops.take(luck, t, axis=1)[:, None] * ops.sum(p, axis=-1, keepdims=True)
        rank = ops.sum(ops.cast(ops.cumsum(p, axis=-1) <= place, "int32"), axis=-1)
        last = ops.sum(ops.cast(p > 0, "int32"), axis=-1) - 1  # should rounding go beyond
        return ops.take_along_axis(order, ops.minimum(rank, last)[:, None], axis=-1)[:, 0]

    return _write(step, start, state, source, drawn, end, max_length)

"""Search: from a `step` function to the best sequences. It knows no network.

`step(tokens, state, source) -> (log_probs, state)` reads the ids chosen last, (N,), and gives
float log-probabilities (N, V). It may be a decoder's step or a table on paper.
"""

import functools

import keras
from keras import ops

from seq2seq_tf.guards import check_sizes
from seq2seq_tf.masking import PAD


def greedy(step, start, state, source, *, end, max_length):
    """Takes the likeliest token at each step, until every row has ended.

    Compiled once for each `step` object: pass the same stored object every time (a bound method
    is a new object at each access).

    Args:
        step: See the head of this module.
        start: Int (B,), the token that comes before the first one.
        state: A nest of tensors with B rows.
        source: What `step` wants to see besides, handed through.
        end: Id of the end token.
        max_length: Most tokens that are written, the end token included.
    Returns:
        ids, int (B, max_length), 0 behind the end; lengths, int (B,), the end included;
        scores, float (B,), the summed log-probability of what was written.
    Raises:
        ValueError: `max_length` is not an integer of at least 1.
    """
    check_sizes(max_length=max_length)
    return compiled(_greedy)(step, start, state, source, end=end, max_length=max_length)


def graph(function, *ranks):
    """Compiles a function of tensors where the backend is TensorFlow; elsewhere it runs as is.

    Args:
        function: Takes and gives nests of tensors.
        *ranks: For a function of id arrays, the rank of each: then one graph serves all shapes.
            Without them a dimension that changes is left open at the second trace.
    """
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    signature = [tf.TensorSpec([None] * rank, "int32") for rank in ranks] or None
    return tf.function(function, signature, autograph=False, reduce_retracing=signature is None)


compiled = functools.cache(graph)  # for functions that live as long as the module


def _greedy(step, start, state, source, *, end, max_length):
    tokens = ops.cast(start, "int32")  # (B,)
    ids = ops.zeros((ops.shape(tokens)[0], max_length), "int32") + PAD
    lengths = ops.zeros_like(tokens)
    scores = ops.zeros_like(tokens, dtype="float32")
    living = ops.ones_like(tokens, dtype="bool")
    positions = ops.arange(max_length)[None, :]

    def some_live(t, living, *rest):
        return ops.any(living)

    def advance(t, living, tokens, ids, lengths, scores, state):
        log_probs, state = step(tokens, state, source)
        best = ops.cast(ops.argmax(log_probs, axis=-1), "int32")
        scores = scores + ops.where(living, ops.cast(ops.max(log_probs, axis=-1), "float32"), 0.0)
        tokens = ops.where(living, best, PAD)
        ids = ops.where(positions == t, tokens[:, None], ids)
        lengths = lengths + ops.cast(living, "int32")
        living = ops.logical_and(living, ops.not_equal(tokens, end))
        return t + 1, living, tokens, ids, lengths, scores, state

    first = (ops.zeros((), "int32"), living, tokens, ids, lengths, scores, state)
    _, _, _, ids, lengths, scores, _ = ops.while_loop(
        some_live, advance, first, maximum_iterations=max_length)
    return ids, lengths, scores

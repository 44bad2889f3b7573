"""Search: from a `step` function to the best sequences. It knows no network.

`step(tokens, state, source) -> (log_probs, state)` reads the ids chosen last, (N,), and gives
float log-probabilities (N, V). It may be a decoder's step or a table on paper. Its first answer is
looked at before a search begins, and a score is NaN where a later one was NaN or above zero.
"""

import functools

import keras
import numpy as np
from keras import ops

from seq2seq_tf.guards import check_end, check_log_probs, check_scores, check_sizes
from seq2seq_tf.masking import PAD

NEVER = -1e30  # the score of what cannot be; a number, so that no difference of two is NaN


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
        ValueError: `max_length` is not an integer of at least 1, `end` is no id of the vocabulary,
            or `step` gives something else than log-probabilities.
    """
    check_sizes(max_length=max_length)
    return run(_greedy, step, start, state, source, end=end, max_length=max_length)


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


def run(search, step, start, state, source, *extra, end, **settings):
    """Runs a search compiled, and checks what `step` gives, before and after.

    Within a graph it does neither: traced there again and again, a compiled function would draw a
    warning, and no value can be seen.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if tf.inside_function():
            return search(step, start, state, source, *extra, end=end, **settings)
    check_log_probs(step(ops.cast(start, "int32"), state, source)[0], end)
    found = compiled(search)(step, start, state, source, *extra, end=end, **settings)
    check_scores(found[2])
    return found


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


def are_log_probs(log_probs):
    """Tells for each row (..., V) whether all of it is at most zero: NaN is not."""
    return ops.all(log_probs <= 1e-3, axis=-1)


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
    if not 0 < temperature < np.inf:
        raise ValueError("`temperature` must be a number above 0. "
                         f"Received: temperature={temperature}")
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


def beam_search(step, start, state, source, *, end, width, max_length, length_penalty=0.0,
                n_best=1):
    """Keeps the `width` likeliest hypotheses at each step, and returns the best that ended.

        score(Y) = log p(Y) / ((5 + length) / 6) ** length_penalty          (Wu et al., 2016)

    Hypotheses that end leave the beam and are not replaced in that step. The search of a source
    stops when no living hypothesis can win any more. Ties go to the lower id.

    Args:
        step, start, state, source, end, max_length: As in `greedy`; `step` is given N = B * K rows.
        width: Size K of the beam.
        length_penalty: At 0 short answers are favoured; higher values make up for it.
        n_best: How many hypotheses to return, at most `width`.
    Returns:
        ids, int (B, n_best, max_length), the best first, 0 behind the end; lengths, int
        (B, n_best), the end included, 0 where there are fewer; scores, float (B, n_best); and
        ended, bool (B, n_best), False for one that was cut at `max_length`.
    Raises:
        ValueError: A size is not an integer of at least 1, the penalty is negative, or `end` and
            `step` are wrong as in `greedy`.
    """
    check_sizes(width=width, max_length=max_length, n_best=n_best)
    if n_best > width:
        raise ValueError(f"`n_best` must be at most `width`, {width}. Received: n_best={n_best}")
    if not length_penalty >= 0:
        raise ValueError("`length_penalty` must be a number of at least 0. "
                         f"Received: length_penalty={length_penalty}")
    return run(_beam_search, step, start, state, source, end=end, width=width,
               max_length=max_length, length_penalty=float(length_penalty), n_best=n_best)


def _beam_search(step, start, state, source, *, end, width, max_length, length_penalty, n_best):
    start = ops.cast(start, "int32")
    batch, positions = ops.shape(start)[0], ops.arange(max_length)
    first_rows = ops.arange(batch)[:, None] * width  # (B, 1), where a source's hypotheses begin

    def penalised(log_p, length):
        return log_p / ((5.0 + ops.cast(length, "float32")) / 6.0) ** length_penalty

    def rows(nest, parents):
        chosen = ops.reshape(first_rows + parents, (-1,))
        return keras.tree.map_structure(lambda part: ops.take(part, chosen, axis=0), nest)

    def best_of(finished, new):
        """Merges two sets of hypotheses (scores, ids, lengths, ended), the best first."""
        joined = [ops.concatenate(pair, axis=1) for pair in zip(finished, new, strict=True)]
        scores, chosen = ops.top_k(joined[0], n_best)
        return [scores, ops.take_along_axis(joined[1], chosen[:, :, None], axis=1),
                *(ops.take_along_axis(part, chosen, axis=1) for part in joined[2:])]

    def some_live(t, tokens, living, *rest):
        return ops.any(living > NEVER)

    def advance(t, tokens, living, sound, ids, finished, state):
        log_probs, state = step(ops.reshape(tokens, (-1,)), state, source)
        symbols = log_probs.shape[-1]
        check_end(end, symbols)
        log_probs = ops.reshape(ops.cast(log_probs, "float32"), (-1, width, symbols))  # (B, K, V)
        sound = sound & ops.all(are_log_probs(log_probs) | (living <= NEVER), axis=1)
        total = living[:, :, None] + log_probs
        by_id = ops.reshape(ops.swapaxes(total, 1, 2), (-1, symbols * width))
        scores, index = ops.top_k(by_id, width)  # of equals the lower id
        scores = ops.maximum(scores, NEVER)
        parents, tokens = index % width, ops.cast(index // width, "int32")  # (B, K)
        ids = ops.take_along_axis(ids, parents[:, :, None], axis=1)
        ids = ops.where(positions == t, tokens[:, :, None], ids)  # (B, K, L)
        length = ops.zeros_like(tokens) + t + 1
        ended = ops.logical_and(tokens == end, scores > NEVER)
        finished = best_of(finished, [ops.where(ended, penalised(scores, t + 1), NEVER), ids,
                                      length, ended])
        living = ops.where(ended, NEVER, scores)
        hope = penalised(ops.max(living, axis=1), max_length)  # the best that can still come of it
        living = ops.where((hope >= finished[0][:, -1])[:, None], living, NEVER)
        return t + 1, tokens, living, sound, ids, finished, rows(state, parents)

    nothing = ops.zeros((batch, n_best), "int32")
    living = ops.where(ops.arange(width)[None, :] == 0, ops.zeros((batch, 1)), NEVER)  # (B, K)
    tokens = ops.broadcast_to(start[:, None], (batch, width))
    none = [ops.cast(nothing, "float32") + NEVER, ops.zeros((batch, n_best, max_length), "int32"),
            nothing, ops.cast(nothing, "bool")]
    first = (ops.zeros((), "int32"), tokens, living, ops.ones((batch,), "bool"),
             ops.zeros((batch, width, max_length), "int32"), none,
             keras.tree.map_structure(lambda part: ops.repeat(part, width, axis=0), state))
    _, _, living, sound, ids, finished, _ = ops.while_loop(
        some_live, advance, first, maximum_iterations=max_length)
    cut = living > NEVER
    scores, ids, lengths, ended = best_of(finished, [
        ops.where(cut, penalised(living, max_length), NEVER), ids,
        ops.zeros_like(tokens) + max_length, ops.zeros_like(cut)])
    there = scores > NEVER
    scores = ops.where(sound[:, None], ops.where(there, scores, -np.inf), np.nan)
    return ops.where(there[:, :, None], ids, PAD), ops.where(there, lengths, 0), scores, ended

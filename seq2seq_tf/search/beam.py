"""Many hypotheses for each source: beam search."""

import numpy as np
from keras import ops

from seq2seq_tf.guards import check_end, check_sizes
from seq2seq_tf.masking import PAD
from seq2seq_tf.search.running import are_log_probs, rows, run

NEVER = -1e30  # the score of what cannot be; a number, so that no difference of two is NaN
HALVINGS = 2  # how often the sources that are done may leave the batch


def beam_search(step, start, state, source, *, end, width, max_length, length_penalty=0.0,
                n_best=1):
    """Keeps the `width` likeliest hypotheses at each step, and returns the best that ended.

        score(Y) = log p(Y) / ((5 + length) / 6) ** length_penalty          (Wu et al., 2016)

    Hypotheses that end leave the beam and are not replaced in that step. The search of a source
    stops when no living hypothesis can win any more. Ties go to the lower id.

    Args:
        step, start, state, source, end, max_length: As in `greedy`, but for the rows of `step`: N =
            B * K, hypothesis k of source b at b * K + k. At the first step K is 1, later `width`;
            B is halved, at most twice, as soon as half of the sources are done.
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
    def penalised(log_p, length):
        return log_p / ((5.0 + ops.cast(length, "float32")) / 6.0) ** length_penalty

    def best_of(finished, new):
        """Merges two sets of hypotheses (scores, ids, lengths, ended), the best first."""
        joined = [ops.concatenate(pair, axis=1) for pair in zip(finished, new, strict=True)]
        scores, chosen = ops.top_k(joined[0], n_best)
        return [scores, ops.take_along_axis(joined[1], chosen[:, :, None], axis=1),
                *(ops.take_along_axis(part, chosen, axis=1) for part in joined[2:])]

    def advance(t, beam, state, source):
        """Lets each source's hypotheses, 1 or K of them, grow by a token."""
        tokens, living, sound, ids, finished = beam
        log_probs, state = step(ops.reshape(tokens, (-1,)), state, source)
        symbols, now = log_probs.shape[-1], living.shape[1]
        check_end(end, symbols)
        log_probs = ops.reshape(ops.cast(log_probs, "float32"), (-1, now, symbols))  # (B, K, V)
        alive = living > NEVER  # what `step` says of the others does not count
        sound = sound & ops.all(are_log_probs(log_probs) | ~alive, axis=1)
        total = ops.where(alive[:, :, None], living[:, :, None] + log_probs, NEVER)
        # The best of each hypothesis, then the best of these; of equals the lower id.
        few = min(width, symbols)
        scores, tokens = ops.top_k(total, few)  # (B, now, few)
        scores = ops.reshape(scores, (-1, now * few))
        tokens = ops.reshape(ops.cast(tokens, "int32"), (-1, now * few))
        by_id = ops.argsort(tokens * now * few + ops.arange(now * few, dtype="int32"), axis=1)
        scores, tokens = (ops.take_along_axis(part, by_id, axis=1) for part in (scores, tokens))
        lacking = [(0, 0), (0, max(0, width - now * few))]
        scores, chosen = ops.top_k(ops.pad(scores, lacking, constant_values=NEVER), width)
        chosen = ops.minimum(chosen, now * few - 1)
        scores = ops.maximum(scores, NEVER)
        parents = ops.take_along_axis(by_id, chosen, axis=1) // few  # (B, K)
        tokens = ops.take_along_axis(tokens, chosen, axis=1)
        ids = ops.take_along_axis(ids, parents[:, :, None], axis=1)
        ids = ops.where(ops.arange(max_length) == t, tokens[:, :, None], ids)  # (B, K, L)
        ended = ops.logical_and(tokens == end, scores > NEVER)
        finished = best_of(finished, [ops.where(ended, penalised(scores, t + 1), NEVER), ids,
                                      ops.zeros_like(tokens) + t + 1, ended])
        living = ops.where(ended, NEVER, scores)
        hope = penalised(ops.max(living, axis=1), max_length)  # the best that can still come of it
        living = ops.where((hope >= finished[0][:, -1])[:, None], living, NEVER)
        state = rows(state, of_hypotheses(ops.arange(count(tokens)), parents, now))
        return t + 1, [tokens, living, sound, ids, finished], state

    def results(beam):
        """Merges what has ended with what still lives, cut at `max_length`."""
        _, living, sound, ids, finished = beam
        cut = living > NEVER
        found = best_of(finished, [ops.where(cut, penalised(living, max_length), NEVER), ids,
                                   ops.zeros_like(ids[:, :, 0]) + max_length, ops.zeros_like(cut)])
        return [*found, sound]

    start = ops.cast(start, "int32")[:, None]  # (B, 1)
    nothing = ops.repeat(ops.zeros_like(start), n_best, axis=1)
    no_ids = ops.repeat(nothing[:, :, None], max_length, axis=2)
    beam = [start, ops.zeros_like(start, "float32"), ops.ones_like(start[:, 0], "bool"),
            no_ids[:, :1], [ops.cast(nothing, "float32") + NEVER, no_ids, nothing,
                            ops.cast(nothing, "bool")]]
    t, beam, state = advance(ops.zeros((), "int32"), beam, state, source)
    places, found = [ops.arange(count(start))], []
    for halving in range(HALVINGS + 1):
        half = 0 if halving == HALVINGS else (count(places[-1]) + 1) // 2

        def more_than_half_live(t, beam, state, half=half):
            living = ops.any(beam[1] > NEVER, axis=1)
            return ops.logical_and(t < max_length, ops.sum(ops.cast(living, "int32")) > half)

        t, beam, state = ops.while_loop(
            more_than_half_live, lambda t, beam, state, source=source: advance(
                t, beam, state, source), (t, beam, state))
        order = ops.argsort(-ops.max(beam[1], axis=1))  # the living ones first
        stay, leave = order[:half], order[half:]
        found.append(results(rows(beam, leave)))
        places[-1:] = [ops.take(places[-1], leave), ops.take(places[-1], stay)]
        state = rows(state, of_hypotheses(stay, ops.arange(width)[None, :], width))
        beam, source = rows(beam, stay), rows(source, stay)
    back = ops.argsort(ops.concatenate(places, axis=0))
    together = [ops.concatenate(parts, axis=0) for parts in zip(*found, strict=True)]
    scores, ids, lengths, ended, sound = rows(together, back)
    there = scores > NEVER
    scores = ops.where(sound[:, None], ops.where(there, scores, -np.inf), np.nan)
    return ops.where(there[:, :, None], ids, PAD), ops.where(there, lengths, 0), scores, ended


def count(tensor):
    """Counts the rows of a tensor."""
    return ops.shape(tensor)[0]


def of_hypotheses(sources, hypotheses, width):
    """Numbers the rows of hypotheses (B, any) of sources (B,), where each source has `width`."""
    return ops.reshape(sources[:, None] * width + hypotheses, (-1,))

"""No beam at all: the likeliest answer for certain."""

import numpy as np
from keras import ops

from seq2seq_tf.guards import check_sizes
from seq2seq_tf.search.running import rows


def exact_search(step, start, state, source, *, end, max_length, bounds):
    """Follows up every beginning that can still win: the model's errors alone are left.

    A beginning only loses probability as it grows. So one at its source's bound or below is
    dropped without risk, and as the probabilities of all beginnings of one length sum to one, at
    most exp(-bound) are left. The bound rises with each better answer. Stahlberg & Byrne (2019) go
    through the same tree depth first; here all beginnings of one length are read together.

    Args:
        step, start, state, end: As in `greedy`. Each beginning is a row with a source of its own.
        source: A nest of tensors with B rows, or ().
        max_length: Most tokens of an answer, the end included; one that is cut is none.
        bounds: Float (B,): log-probabilities that an answer must exceed, such as greedy's.
    Returns:
        For each source the ids of the best answer, or None where none is above the bound; their
        scores, float (B,), the bound for None; and how many beginnings were read in all.
    Raises:
        ValueError: `max_length` is not an integer of at least 1, or there is not one finite bound
            for each source.
    """
    check_sizes(max_length=max_length)
    scores, tokens = np.array(bounds, "float64"), np.array(start, "int32")
    if scores.shape != tokens.shape or not np.isfinite(scores).all():
        raise ValueError("`bounds` must hold a finite number for each source, "
                         f"{tokens.shape}. Received: {bounds}")
    best, count = [None] * len(tokens), 0
    texts, owner, log_p = [()] * len(tokens), np.arange(len(tokens)), np.zeros(len(tokens))
    while texts and len(texts[0]) < max_length:
        count += len(texts)
        following, state = step(tokens, state, rows(source, owner))
        total = log_p[:, None] + ops.convert_to_numpy(following)  # (beginnings, V)
        for k, answer in enumerate(total[:, end]):
            if answer > scores[owner[k]]:
                scores[owner[k]], best[owner[k]] = answer, [*texts[k], end]
        total[:, end] = -np.inf
        parents, tokens = np.nonzero(total > scores[owner][:, None])
        texts = [(*texts[k], int(w)) for k, w in zip(parents, tokens, strict=True)]
        owner, log_p = owner[parents], total[parents, tokens]
        state, tokens = rows(state, parents), tokens.astype("int32")
    return best, scores, count

"""Checks of notebook 06, attention."""

import numpy as np

from seq2seq_tf.checks import check


def softmax(scores, axis=-1):
    """Turns scores into weights that sum to one along `axis`."""
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def check_look(function):
    """Checks `look(query, values, mask)` -> the context of one query, by a dot product."""
    def weights(query, values, mask):
        return softmax(np.where(mask, values @ query, -1e9))

    def right(query, values, mask):
        return weights(query, values, mask) @ values

    def unmasked(query, values, mask):
        return softmax(values @ query) @ values

    def struck_out(query, values, mask):
        return np.where(mask, softmax(values @ query), 0) @ values

    def score_zero(query, values, mask):
        return softmax(np.where(mask, values @ query, 0.0)) @ values

    def best_row(query, values, mask):
        return values[np.argmax(weights(query, values, mask))]

    def plain_mean(query, values, mask):
        return values[mask].mean(axis=0)

    check(function, right, [
        (np.array([1.0, 0.0]), np.array([[3.0, 2.0]]), np.array([True])),
        (np.array([1.0, 2.0]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.full(3, True)),
        (np.array([1.0, 2.0]), np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]),
         np.array([True, True, False])),
        (np.array([-1.0, 0.5, 2.0]), np.array([[1.0, 0.0, 0.2], [0.3, -1.0, 0.4], [1.5, 0.5, 0.9],
                                               [0.1, 0.2, 0.3]]),
         np.array([True, True, False, False])),
    ], {
        "the padding takes part; give it a score so low that nothing is left of it": unmasked,
        "you strike the padding out after the softmax; what is left no longer sums to one":
            struck_out,
        "a score of zero is no mask: exp(0) is 1": score_zero,
        "these are the weights; the context is the mean of the values under them": weights,
        "you take the best row alone; attention takes a share of each": best_row,
        "all rows weigh the same here; where is the query?": plain_mean,
    })


def check_additive_scores(function):
    """Checks `additive_scores(queries, values, W, U, w)` -> (T, S), all pairs."""
    def meeting(queries, values, W, U):
        return (queries @ W)[:, None, :] + (values @ U)[None, :, :]

    def right(queries, values, W, U, w):
        return np.tanh(meeting(queries, values, W, U)) @ w

    def apart(queries, values, W, U, w):
        return (np.tanh(queries @ W)[:, None, :] + np.tanh(values @ U)[None, :, :]) @ w

    def unweighted(queries, values, W, U, w):
        return np.tanh(meeting(queries, values, W, U)).sum(axis=-1)

    def product(queries, values, W, U, w):
        return np.tanh((queries @ W)[:, None, :] * (values @ U)[None, :, :]) @ w

    def tanh_last(queries, values, W, U, w):
        return np.tanh(meeting(queries, values, W, U) @ w)

    def linear(queries, values, W, U, w):
        return meeting(queries, values, W, U) @ w

    def turned(queries, values, W, U, w):
        return right(queries, values, W, U, w).T

    I2, W = np.eye(2), np.array([[0.5, -1.0, 0.2], [0.3, 0.8, -0.6]])
    U = np.array([[1.0, 0.4, 0.0], [-0.7, 0.1, 0.5], [0.2, 0.2, -0.3], [0.0, -0.9, 0.6]])
    queries = np.array([[1.0, 0.5], [-1.0, 2.0]])
    values = np.array([[1.0, 0.0, 0.5, 0.0], [0.0, 1.0, -0.5, 1.0], [2.0, 0.3, 0.0, -1.0]])
    check(function, right, [
        (np.array([[1.0, 0.0]]), np.array([[0.5, 1.0]]), I2, I2, np.array([2.0, 1.0])),
        (queries, np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), I2, 2 * I2,
         np.array([1.0, -1.0])),
        (queries, values, W, U, np.array([0.5, -1.0, 2.0])),
    ], {
        "tanh stands around the sum, not around each part: only so do query and value meet": apart,
        "the sum over the units wants the weights w": unweighted,
        "query and value are added here; their product is another formula": product,
        "tanh comes before w, not after it": tanh_last,
        "there is no tanh; without it every query ranks the values alike": linear,
        "a row for each query, a column for each value; yours is the other way round": turned,
    })


def check_on_padding(function):
    """Checks `on_padding(weights, source_mask, target_mask)` -> mean share on padded sources."""
    def by_step(weights, source_mask):
        return np.where(source_mask[:, None, :], 0, weights).sum(axis=-1)  # (B, T)

    def right(weights, source_mask, target_mask):
        return by_step(weights, source_mask)[target_mask].mean()

    def all_steps(weights, source_mask, target_mask):
        return by_step(weights, source_mask).mean()

    def on_real(weights, source_mask, target_mask):
        return 1 - right(weights, source_mask, target_mask)

    def total(weights, source_mask, target_mask):
        return by_step(weights, source_mask)[target_mask].sum()

    def by_sentence(weights, source_mask, target_mask):
        return np.mean([step[real].mean() for step, real in
                        zip(by_step(weights, source_mask), target_mask, strict=True)])

    def by_cell(weights, source_mask, target_mask):
        cells = target_mask[:, :, None] & ~source_mask[:, None, :]
        return weights[cells].mean() if cells.any() else 0.0

    check(function, right, [
        (np.array([[[0.75, 0.25]]]), np.array([[True, False]]), np.array([[True]])),
        (np.array([[[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]]), np.array([[True, False, False]]),
         np.array([[True, False]])),
        (np.array([[[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]], [[0.6, 0.2, 0.2], [0.1, 0.1, 0.8]]]),
         np.array([[True, True, False], [True, False, False]]),
         np.array([[True, True], [True, False]])),
    ], {
        "padded target steps are counted too; nobody asked them": all_steps,
        "this is the share on the real symbols": on_real,
        "you add up the steps; a share is a mean over them": total,
        "you take the mean of the sentences' means; then the steps of short ones weigh more":
            by_sentence,
        "you take a mean over cells of the map; first add up each step's row": by_cell,
    })


def check_attend(function):
    """Checks `attend(queries, values)` -> context (B, T, F), dot attention for a whole batch."""
    def over(axis):
        def wrong(queries, values):
            return softmax(queries @ np.swapaxes(values, 1, 2), axis) @ values
        return wrong

    def half_mended(largest, total):
        def wrong(queries, values):
            scores = queries @ np.swapaxes(values, 1, 2)
            e = np.exp(scores - scores.max(axis=largest, keepdims=True))
            return e / e.sum(axis=total, keepdims=True) @ values
        return wrong

    right, targets, sentences, whole_map = map(over, (-1, 1, 0, (1, 2)))

    def no_softmax(queries, values):
        return queries @ np.swapaxes(values, 1, 2) @ values

    two = np.array([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[2.0, 0.0], [0.5, 1.0], [0.0, -1.0]]])
    queries = np.array([[[1.0, 2.0], [0.0, 1.0]], [[0.5, -1.0], [2.0, 1.0]]])
    check(function, right, [
        (np.array([[[1.0]]]), np.array([[[2.0], [4.0]]])),
        (queries[:1], two[:1, :2]),
        (queries, two),
    ], {
        "this is the bug as it was planted; look for it from its symptom: right when it is told, "
        "lost when it is alone": targets,
        "the sum is mended, and the largest score is still taken off along the old axis":
            half_mended(1, -1),
        "the largest score is mended, and the sum is not": half_mended(-1, 1),
        "your weights sum to one over the sentences of the batch": sentences,
        "your weights sum to one over the whole map; each query has a whole of its own": whole_map,
        "there is no softmax; scores are no weights": no_softmax,
    })

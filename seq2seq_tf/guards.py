"""Guards: what cannot be right is refused here, with what was wanted and what came.

Shapes and dtypes are known when a graph is built, so these checks cost nothing while it runs.
"""

import keras
import numpy as np


def check_sizes(**sizes):
    """Refuses sizes below one.

    Raises:
        ValueError: Names the first argument that is not an integer of at least 1.
    """
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise ValueError(f"`{name}` must be an integer of at least 1. Received: {name}={size}")


def check_positive(**numbers):
    """Refuses numbers that are not above zero, NaN and infinity among them.

    Raises:
        ValueError: Names the first argument that is not.
    """
    for name, number in numbers.items():
        if not 0 < number < np.inf:
            raise ValueError(f"`{name}` must be a number above 0. Received: {name}={number}")


def check_share(name, share):
    """Refuses a share outside [0, 1).

    Raises:
        ValueError: Names the argument.
    """
    if not 0 <= share < 1:
        raise ValueError(f"`{name}` must lie in [0, 1). Received: {name}={share}")


def check_tokens(name, tokens):
    """Refuses anything but integer ids (B, steps).

    Raises:
        ValueError: Another rank, or a dtype that is not integer.
    """
    dtype = keras.backend.standardize_dtype(tokens.dtype)
    if len(tokens.shape) != 2 or "int" not in dtype:
        raise ValueError(
            f"`{name}` must be integer ids of shape (batch, steps). "
            f"Received: shape={tuple(tokens.shape)}, dtype={dtype}"
        )


def check_mask(name, mask, batch, steps):
    """Refuses a mask that is not bool (batch, steps); None means that all is real.

    Raises:
        ValueError: Another dtype or shape.
    """
    if mask is None:
        return
    dtype = keras.backend.standardize_dtype(mask.dtype)
    if dtype != "bool":
        raise ValueError(f"`{name}` must be bool, True on real tokens. Received: dtype={dtype}")
    if not same_shape(mask.shape, (batch, steps)):
        raise ValueError(
            f"`{name}` must have shape ({batch}, {steps}). Received: shape={tuple(mask.shape)}"
        )


def check_seen(name, mask, query, keys):
    """Refuses a mask that says neither which steps are real nor what each query may see.

    Raises:
        ValueError: Not bool (B, S), nor bool (B or 1, T, S).
    """
    if mask is None:
        return
    batch, steps, length = query.shape[0], query.shape[1], keys.shape[2]
    if len(mask.shape) == 2:
        check_mask(name, mask, batch, length)
        return
    dtype = keras.backend.standardize_dtype(mask.dtype)
    fits = len(mask.shape) == 3 and same_shape(mask.shape[1:], (steps, length))
    if dtype != "bool" or not fits or mask.shape[0] not in (1, None, batch):
        raise ValueError(f"`{name}` must be bool ({batch}, {length}) or ({batch} or 1, {steps}, "
                         f"{length}). Received: shape={tuple(mask.shape)}, dtype={dtype}")


def check_split(query, keys, values, units, heads):
    """Refuses tensors that cannot meet in the heads of one batch.

    Raises:
        ValueError: query (B, T, U), keys and values (B, H, S, D) do not match.
    """
    shapes = [tuple(t.shape) for t in (query, keys, values)]
    seen = (query.shape[0], heads, keys.shape[-2], units // heads)
    wants = [(None, None, units), seen, seen]
    if not all(map(same_shape, shapes, wants)):
        raise ValueError(f"`query` must be (B, T, {units}), `keys` and `values` (B, {heads}, S, "
                         f"{units // heads}) from `project`, with one B and one S. "
                         f"Received: {', '.join(map(str, shapes))}")


def check_heads(units, heads):
    """Refuses heads among which the units cannot be shared.

    Raises:
        ValueError: One of both is below 1, or `heads` does not divide `units`.
    """
    check_sizes(units=units, heads=heads)
    if units % heads:
        raise ValueError("`heads` must divide `units`, for each head has its share of them. "
                         f"Received: units={units}, heads={heads}")


def check_even(units):
    """Refuses an odd number of units where places are pairs of waves.

    Raises:
        ValueError: `units` is odd.
    """
    if units % 2:
        raise ValueError("`units` must be even, for a place is told by pairs of waves. "
                         f"Received: units={units}")


def check_source(query, keys, values):
    """Refuses tensors that cannot belong to one batch of sources.

    Raises:
        ValueError: query (B, T, Q), keys (B, S, U) and values (B, S, F) do not match.
    """
    shapes = [tuple(t.shape) for t in (query, keys, values)]
    fits = all(len(shape) == 3 for shape in shapes) and all(
        same_shape(shape[:n], shapes[2][:n]) for shape, n in zip(shapes, (1, 2, 2), strict=True)
    )
    if not fits:
        raise ValueError(
            "`query` (B, T, Q), `keys` (B, S, U) and `values` (B, S, F) must share B, "
            f"the last two also S. Received: {', '.join(map(str, shapes))}"
        )


def check_targets(targets, logits):
    """Refuses targets and logits that differ in batch or steps.

    Raises:
        ValueError: Not (B, T) against (B, T, V).
    """
    shapes = tuple(targets.shape), tuple(logits.shape)
    if len(shapes[0]) != 2 or not same_shape(shapes[0], shapes[1][:-1]):
        raise ValueError(
            "`targets` must have shape (B, T) and `logits` (B, T, V). "
            f"Received: {shapes[0]} and {shapes[1]}"
        )


def check_state(state, layers, cell, batch, units):
    """Refuses a state that does not fit its decoder.

    Raises:
        ValueError: Not for each layer a list of (batch, units): h and c of an LSTM, h of a GRU.
    """
    parts = 2 if cell == "lstm" else 1
    shapes = [[tuple(part.shape) for part in layer] for layer in state]
    fits = len(shapes) == layers and all(
        len(layer) == parts and all(same_shape(shape, (batch, units)) for shape in layer)
        for layer in shapes
    )
    if not fits:
        raise ValueError(
            f"`state` must hold {parts} x ({batch}, {units}) for each of {layers} layers: encoder "
            f"and decoder must agree in batch, cell, units and layers. Received: {shapes}"
        )


def check_cache(state, layers, batch, heads, size):
    """Refuses a state that no `begin` made.

    Raises:
        ValueError: Not, for each of `layers` layers, keys and values (batch, heads, length, size);
            and behind these how many steps are written, (batch,).
    """
    parts = keras.tree.flatten(state)
    fits = len(state) == 2 and len(parts) == 2 * layers + 1 and all(
        same_shape(part.shape, (batch, heads, None, size)) for part in parts[:-1]
    ) and same_shape(parts[-1].shape, (batch,))
    if not fits:
        raise ValueError(
            f"`state` must hold keys and values ({batch}, {heads}, length, {size}) of {layers} "
            f"layers, and how many steps are written ({batch},), as `begin` makes it. "
            f"Received: {keras.tree.map_structure(lambda part: tuple(part.shape), state)}"
        )


def check_end(end, symbols):
    """Refuses an end token that is no id of the vocabulary.

    Raises:
        ValueError: `end` is not an integer in [0, `symbols`).
    """
    if isinstance(end, bool) or not isinstance(end, int | np.integer) or not 0 <= end < symbols:
        raise ValueError(f"`end` must be an integer in [0, {symbols}), an id of the vocabulary. "
                         f"Received: end={end}")


def check_log_probs(log_probs, end):
    """Refuses what a search's `step` must not give.

    Raises:
        ValueError: Not (N, V), NaN or infinity in it, an `end` that is no id, or a row that does
            not sum to one within 1e-3.
    """
    log_probs = keras.ops.convert_to_numpy(log_probs)
    wanted = "`step` must give log-probabilities (N, V), each row of which sums to one"
    if log_probs.ndim != 2 or log_probs.dtype.kind != "f":
        raise ValueError(f"{wanted}. Received: shape={log_probs.shape}, dtype={log_probs.dtype}")
    check_end(end, log_probs.shape[1])
    for fault, found in (("NaN", np.isnan(log_probs)), ("+inf", log_probs == np.inf)):
        if found.any():
            row, symbol = np.argwhere(found)[0]
            raise ValueError(f"{wanted}. Received: {fault} for id {symbol} in row {row}")
    sums = np.exp(log_probs.astype("float64")).sum(axis=1)
    worst = int(np.argmax(abs(sums - 1)))
    if abs(sums[worst] - 1) > 1e-3:
        why = "all is -inf" if (log_probs[worst] == -np.inf).all() else "is a softmax missing?"
        raise ValueError(f"{wanted}. Received: {sums[worst]:.4g} in row {worst}, {why}")


def check_scores(scores):
    """Refuses the scores of a search in which `step` gave no log-probabilities any more.

    Args:
        scores: Float (B,) or (B, n_best), the best first.
    Raises:
        ValueError: A row's best score is NaN or -inf.
    """
    best = keras.ops.convert_to_numpy(scores).reshape(len(scores), -1)[:, 0]
    if not np.isfinite(best).all():
        row = int(np.argmin(np.isfinite(best)))
        fault = "NaN or a number above 0" if np.isnan(best[row]) else "-inf for every id"
        raise ValueError("`step` must give log-probabilities at each step. "
                         f"Received: {fault} while row {row} was searched")


def same_shape(have, want):
    """Compares two shapes; None fits every size."""
    return len(have) == len(want) and all(
        None in (a, b) or a == b for a, b in zip(have, want, strict=True)
    )

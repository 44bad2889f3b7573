"""Maps: a rectangle of numbers, each drawn where it belongs."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from seq2seq_tf.plotting.fonts import font_family

LINK_COLOUR = "#D55E00"

def heatmap(weights, source, target, title=None, ax=None, links=()):
    """Draws which source symbols each written symbol looked at.

    The scale is fixed: white is 0, the darkest blue is 1, so that maps can be compared.

    Args:
        weights: Float (T, S), one row for each target symbol, values within [0, 1].
        source: S symbols, drawn along x.
        target: T symbols, drawn along y, downwards.
        title: Text above the map.
        ax: Axes to draw on; None makes a figure of a fitting size.
        links: Pairs (target position, source position) that are known to belong together; each
            is framed.
    Returns:
        The axes.
    Raises:
        ValueError: Weights, source and target do not match, or a weight lies outside [0, 1].
    """
    weights, source, target = check_weights(weights, source, target)
    if ax is None:
        _, ax = plt.subplots(figsize=(1.2 + 0.42 * len(source), 0.8 + 0.42 * len(target)),
                             layout="constrained")
    ax.imshow(weights, vmin=0, vmax=1, cmap="Blues")
    family = font_family([*source, *target])
    ax.set_xticks(range(len(source)), source, fontfamily=family)
    ax.set_yticks(range(len(target)), target, fontfamily=family)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_xticks(np.arange(len(source) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(target) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="0.9", linewidth=0.5)
    ax.tick_params(which="minor", length=0)
    ax.spines[:].set_visible(False)
    for t, s in links:
        ax.add_patch(plt.Rectangle((s - 0.42, t - 0.42), 0.84, 0.84, fill=False,
                                   edgecolor=LINK_COLOUR, linewidth=1.8))
    if title:
        ax.set_title(title)
    return ax


def mask_map(mask, title=None, ax=None):
    """Draws a batch: a row for each text, dark where a token is real, white where it is padding.

    Args:
        mask: Bool (B, S), True on real tokens.
        title: Text above the map.
        ax: Axes to draw on; None makes a figure.
    Returns:
        The axes.
    Raises:
        ValueError: `mask` is not a matrix of bool.
    """
    mask = np.asarray(mask)
    if mask.ndim != 2 or mask.dtype != bool:
        raise ValueError("`mask` must be bool (batch, steps). "
                         f"Received: shape={mask.shape}, dtype={mask.dtype}")
    if ax is None:
        _, ax = plt.subplots(figsize=(5, 2.5), layout="constrained")
    ax.imshow(mask, vmin=0, vmax=1, cmap="Blues", aspect="auto", interpolation="nearest")
    ax.set_xlabel("step")
    ax.set_ylabel("text")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_title(title or "")
    return ax


def symbol_map(vectors, symbols, marked="", title=None, ax=None):
    """Shows each symbol where its vector lies, seen from the side that shows most of the spread.

    The two directions are the first principal components (Pearson, 1901).

    Args:
        vectors: Float (V, E), a row for each symbol.
        symbols: V symbols.
        marked: Those to be drawn as squares.
        title: Text above the map.
        ax: Axes to draw on; None makes a figure.
    Returns:
        The axes. No ticks: only distances between symbols mean anything.
    Raises:
        ValueError: Not one symbol for each vector, or fewer than two numbers in a vector.
    """
    vectors, symbols = np.asarray(vectors, "float64"), list(symbols)
    if vectors.ndim != 2 or len(vectors) != len(symbols) or vectors.shape[1] < 2:
        raise ValueError(f"`vectors` must have shape ({len(symbols)}, at least 2), a row for each "
                         f"symbol. Received: {vectors.shape}")
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
    centred = vectors - vectors.mean(axis=0)
    places = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T  # (V, 2)
    ax.scatter(*places.T, s=10, color="0.6")
    boxed = [symbol in marked for symbol in symbols]
    ax.scatter(*places[boxed].T, s=40, marker="s", color="#08519c")
    apart = np.linalg.norm(places[:, None] - places, axis=-1)
    np.fill_diagonal(apart, np.inf)
    away = places - places[apart.argmin(axis=1)]  # a label stands away from the nearest neighbour
    away *= 10 / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    for symbol, place, offset in zip(symbols, places, away, strict=True):
        ax.annotate(symbol, place, offset, textcoords="offset points", ha="center", va="center")
    ax.margins(0.1)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title or "")
    return ax


def gates(opened, tokens, title=None, ax=None):
    """Draws how far each gate stands open at each step: white is shut, the darkest blue open.

    The scale is fixed from 0 to 1, so that cells and runs can be compared.

    Args:
        opened: Name of a gate -> float (S, U), one row for each step, values within [0, 1].
        tokens: S symbols, drawn along x.
        title: Text above the map.
        ax: Axes to draw on; None makes a figure of a fitting size.
    Returns:
        The axes. Each gate has U rows, named by gate and unit; a line stands between two gates.
    Raises:
        ValueError: A gate has not one row for each token, or a value lies outside [0, 1].
    """
    tokens = list(tokens)
    opened = {name: np.asarray(values, "float64") for name, values in opened.items()}
    for name, values in opened.items():
        if values.ndim != 2 or len(values) != len(tokens):
            raise ValueError(f"`opened` must hold float (S, U) with S = {len(tokens)} tokens. "
                             f"Received: {values.shape} for {name!r}")
    rows = [f"{name} {u}" if values.shape[1] > 1 else name
            for name, values in opened.items() for u in range(values.shape[1])]
    try:
        ax = heatmap(np.concatenate([v.T for v in opened.values()]), tokens, rows, title, ax)
    except ValueError as error:
        raise ValueError(str(error).replace("`weights`", "`opened`")) from None
    for edge in np.cumsum([values.shape[1] for values in opened.values()])[:-1]:
        ax.axhline(edge - 0.5, color="0.3", linewidth=1)
    return ax


def check_weights(weights, source, target):
    """Refuses weights that cannot be drawn; gives them as float64, and both texts as lists.

    Raises:
        ValueError: Weights, source and target do not match, or a weight lies outside [0, 1].
    """
    weights, source, target = np.asarray(weights, "float64"), list(source), list(target)
    if weights.shape != (len(target), len(source)):
        raise ValueError("`weights` must have shape (target symbols, source symbols) = "
                         f"({len(target)}, {len(source)}). Received: {weights.shape}")
    if not np.all((weights >= 0) & (weights <= 1 + 1e-5)):
        raise ValueError("`weights` must lie within [0, 1]. Received: "
                         f"{weights.min():.3g} to {weights.max():.3g}")
    return weights, source, target

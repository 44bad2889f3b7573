"""Plotting: NumPy in, figure out. The colours can be told apart by everyone, and on grey paper."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator


def heatmap(weights, source, target, title=None, ax=None):
    """Draws which source symbols each written symbol looked at.

    The scale is fixed: white is 0, the darkest blue is 1, so that maps can be compared.

    Args:
        weights: Float (T, S), one row for each target symbol, values within [0, 1].
        source: S symbols, drawn along x.
        target: T symbols, drawn along y, downwards.
        title: Text above the map.
        ax: Axes to draw on; None makes a figure of a fitting size.
    Returns:
        The axes.
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
    if ax is None:
        _, ax = plt.subplots(figsize=(1.2 + 0.42 * len(source), 0.8 + 0.42 * len(target)),
                             layout="constrained")
    ax.imshow(weights, vmin=0, vmax=1, cmap="Blues")
    ax.set_xticks(range(len(source)), source)
    ax.set_yticks(range(len(target)), target)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_xticks(np.arange(len(source) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(target) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="0.9", linewidth=0.5)
    ax.tick_params(which="minor", length=0)
    ax.spines[:].set_visible(False)
    if title:
        ax.set_title(title)
    return ax


def curves(history, names, ylabel, xlabel="epoch", ax=None):
    """Draws one line for each name over the epochs, labelled at its end.

    Args:
        history: Name -> list of values, one for each epoch.
        names: Name in `history` -> label to draw.
        ylabel, xlabel: What the axes measure, with the unit.
        ax: Axes to draw on; None makes a figure.
    Returns:
        The axes.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(5, 3), layout="constrained")
    for name, style in zip(names, ("-o", "--s", "-.^", ":D"), strict=False):
        values = history[name]
        ax.plot(np.arange(1, len(values) + 1), values, style, markersize=4, label=names[name])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
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

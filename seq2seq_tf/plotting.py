"""Plotting: NumPy in, figure out. The colours can be told apart by everyone, and on grey paper."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

FLOW_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#000000")  # told apart without red and green
FLOW_STYLES = ("-", "--", "-.", ":")


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


def diagram(boxes, arrows, size=(7, 4), ax=None):
    """Draws boxes and labelled arrows: a model, and the shapes of what flows through it.

    Args:
        boxes: Text of a box -> its centre (x, y); one unit is about the distance of neighbours.
        arrows: Tuples (from, to, label, place): two texts of boxes, what to write beside the
            arrow, and how far (dx, dy) from its middle. A fifth entry bends the arrow: 0.3 is
            a clear bend, to the other side where it is negative.
        size: Width and height of the figure in inches.
        ax: Axes to draw on; None makes a figure of that size.
    Returns:
        The axes.
    Raises:
        ValueError: An arrow begins or ends at a box that does not exist.
    """
    strangers = {name for arrow in arrows for name in arrow[:2]} - boxes.keys()
    if strangers:
        raise ValueError(f"Each arrow must join two of the boxes. Received: {sorted(strangers)}")
    if ax is None:
        _, ax = plt.subplots(figsize=size, layout="constrained")
    style = {"boxstyle": "round,pad=0.5", "facecolor": "#deebf7", "edgecolor": "0.3"}
    drawn = {text: ax.text(*place, text, ha="center", va="center", bbox=style)
             for text, place in boxes.items()}
    low, high = np.min([*boxes.values()], axis=0), np.max([*boxes.values()], axis=0)
    ax.set(xlim=(low[0] - 0.5, high[0] + 0.5), ylim=(low[1] - 0.5, high[1] + 0.4))
    ax.axis("off")
    ax.figure.draw_without_rendering()  # from here on the boxes know their size
    for start, end, label, place, *bend in arrows:
        ax.annotate("", boxes[end], boxes[start], arrowprops={
            "arrowstyle": "-|>", "color": "0.3",
            "connectionstyle": f"arc3,rad={bend[0] if bend else 0}",
            "patchA": drawn[start].get_bbox_patch(), "patchB": drawn[end].get_bbox_patch()})
        middle = np.mean([boxes[start], boxes[end]], axis=0) + place
        ax.text(*middle, label, ha="center", va="center", fontsize=9)
    return ax


def curves(history, names, ylabel, xlabel="epoch", ax=None):
    """Draws one line for each name over the epochs, with a legend.

    Args:
        history: Name -> list of values, one for each epoch; or a list of such lists, one for each
            seed: then the line is their median, in a band from the lowest to the highest.
        names: Name in `history` -> label to draw.
        ylabel, xlabel: What the axes measure, with the unit.
        ax: Axes to draw on; None makes a figure.
    Returns:
        The axes.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(5, 3), layout="constrained")
    for name, style in zip(names, ("-o", "--s", "-.^", ":D"), strict=False):
        values = np.atleast_2d(history[name])
        steps = np.arange(1, values.shape[1] + 1)
        ax.plot(steps, np.median(values, axis=0), style, markersize=4, label=names[name])
        if len(values) > 1:
            ax.fill_between(steps, values.min(axis=0), values.max(axis=0), alpha=0.2)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def gradient_flow(norms, predicted=None, title=None, ax=None):
    """Draws how much of the loss's gradient arrives at each step, on a logarithmic scale.

    Where every step back multiplies by the same factor, the line is straight: it falls towards
    the left where the gradient vanishes, and rises where it explodes.

    Args:
        norms: Label -> float (S,), |dL/dh_t| for t = 1 to S; one line for each label.
        predicted: Label -> float (S,), drawn as circles in the colour of that label's line.
        title: Text above the figure.
        ax: Axes to draw on; None makes a figure.
    Returns:
        The axes.
    Raises:
        ValueError: A norm is not a positive number, or a prediction has no line.
    """
    predicted = predicted or {}
    if predicted.keys() - norms.keys():
        raise ValueError(f"`predicted` must have the labels of `norms`, {list(norms)}. "
                         f"Received: {list(predicted)}")
    for label, values in [*norms.items(), *predicted.items()]:
        if not np.all((np.asarray(values) > 0) & np.isfinite(values)):
            raise ValueError(f"Norms must be positive numbers. Received: {label!r}: {values}")
    if ax is None:
        _, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
    for i, (label, values) in enumerate(norms.items()):
        steps, colour = np.arange(1, len(values) + 1), FLOW_COLOURS[i % len(FLOW_COLOURS)]
        ax.plot(steps, values, FLOW_STYLES[i % len(FLOW_STYLES)], color=colour, label=label)
        if label in predicted:
            ax.plot(steps, predicted[label], "o", color=colour, fillstyle="none",
                    markevery=max(1, len(values) // 10))
    ax.set_yscale("log")
    last = max(map(len, norms.values()))
    between = MaxNLocator(5, integer=True).tick_values(1, last)
    ax.set_xticks([1, *(int(t) for t in between if 1 < t < last), last])
    ax.set_xlabel("step t")
    ax.set_ylabel("size of the gradient dL/dh")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
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

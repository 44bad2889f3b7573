"""Lines: how something goes over epochs or steps."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

FLOW_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#000000")  # told apart without red and green
FLOW_STYLES = ("-", "--", "-.", ":")


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

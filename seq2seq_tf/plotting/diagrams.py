"""Diagrams: boxes and arrows."""

import matplotlib.pyplot as plt
import numpy as np


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

"""Trees: what a beam search kept, finished and cut off."""

import html

import matplotlib.pyplot as plt

from seq2seq_tf.plotting.html import HtmlTable

FATES = {  # colours differ in lightness too; edge and dashes say the same without colour
    "kept": {"facecolor": "#9ecae1", "edgecolor": "#08519c"},
    "finished": {"facecolor": "#fdae6b", "edgecolor": "0.1", "linewidth": 2.2},
    "pruned": {"facecolor": "white", "edgecolor": "0.6", "linestyle": "--"},
}


def beam_tree(steps, title=None, ax=None):
    """Draws the tree of a beam search: a column for each step, the best on top.

    Kept hypotheses are blue, finished ones orange with a thick edge, pruned ones white and dashed.

    Args:
        steps: For each step a list of (parent, token, score, fate): `parent` is an index into the
            list of the step before (0 in the first), `fate` "kept", "finished" or "pruned".
        title: Text above the tree.
        ax: Axes to draw on; None makes a figure of a fitting size.
    Returns:
        The axes.
    Raises:
        ValueError: A fate is unknown, or a parent is not there or was not kept.
    """
    check_steps(steps)
    if ax is None:
        most = max(len(nodes) for nodes in steps)
        _, ax = plt.subplots(figsize=(1.2 + 1.7 * len(steps), 0.8 + 0.42 * most),
                             layout="constrained")
    ax.text(0, 0, "start", ha="center", va="center")
    before = [0.0]
    for t, nodes in enumerate(steps):
        order = sorted(range(len(nodes)), key=lambda i: -nodes[i][2])
        heights = {i: (len(nodes) - 1) / 2 - rank for rank, i in enumerate(order)}
        for i, (parent, token, score, fate) in enumerate(nodes):
            cut = fate == "pruned"
            colour, dashes = ("0.75", "--") if cut else ("0.3", "-")
            ax.plot([t + 0.27, t + 0.7], [before[parent], heights[i]], color=colour,
                    linestyle=dashes, linewidth=0.8, zorder=0)
            ax.text(t + 1, heights[i], f"{token} {score:.2f}", ha="center", va="center",
                    fontsize=9, color="0.4" if cut else "0",
                    bbox={"boxstyle": "round,pad=0.3", **FATES[fate]})
        before = [heights[i] for i in range(len(nodes))]
    half = max(len(nodes) for nodes in steps) / 2
    ax.set(xlim=(-0.4, len(steps) + 0.5), ylim=(-half - 0.1, half + 0.1))
    ax.axis("off")
    ax.set_title(title or "")
    return ax


def beam_tree_html(steps):
    """Writes the tree that `beam_tree` draws as a nested HTML list, without scripts.

    Args:
        steps: As in `beam_tree`.
    Returns:
        An `HtmlTable`; kept hypotheses are bold, pruned ones struck out.
    Raises:
        ValueError: As in `beam_tree`.
    """
    check_steps(steps)

    def listed(t, parent):
        if t == len(steps):
            return ""
        tags = {"kept": "b", "finished": "strong", "pruned": "s"}
        items = "".join(
            f"<li><{tags[fate]}>{html.escape(token)} {score:.2f}</{tags[fate]}> {fate}"
            f"{listed(t + 1, i) if fate == 'kept' else ''}</li>"
            for i, (above, token, score, fate) in enumerate(steps[t]) if above == parent)
        return f"<ul>{items}</ul>" if items else ""

    return HtmlTable(listed(0, 0), f"tree of {sum(map(len, steps))} hypotheses")


def check_steps(steps):
    """Refuses what is no tree.

    Raises:
        ValueError: A fate is unknown, or a parent is not there or was not kept.
    """
    for t, nodes in enumerate(steps):
        for parent, _, _, fate in nodes:
            if fate not in FATES:
                raise ValueError(f"A fate must be one of {', '.join(FATES)}. Received: {fate!r}")
            kept = [0] if t == 0 else [i for i, n in enumerate(steps[t - 1]) if n[3] == "kept"]
            if parent not in kept:
                raise ValueError(f"At step {t} a parent must be one of the kept, {kept}. "
                                 f"Received: {parent}")

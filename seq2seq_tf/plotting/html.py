"""A heatmap as an HTML table: the browser has every script's characters, matplotlib has not."""

import html

from seq2seq_tf.plotting.maps import LINK_COLOUR, check_weights

CELL = "padding:2px 6px;text-align:center;border:1px solid #ddd;"


class HtmlTable:
    """Shows itself as a table in a notebook; `str` gives the HTML.

    Args:
        text: The HTML.
        name: What stands for it where HTML cannot be shown.
    """

    def __init__(self, text, name):
        self.text, self.name = text, name

    def __str__(self):
        return self.text

    def __repr__(self):
        return self.name

    def _repr_html_(self):
        return self.text


def heatmap_html(weights, source, target, title=None, links=()):
    """Draws what `heatmap` draws as an HTML table without scripts.

    Each cell holds its weight as text, in hundredths, so that the table can be read where colours
    are stripped, and in full on hover.

    Args:
        weights: Float (T, S), one row for each target symbol, values within [0, 1].
        source: S symbols, the head of the table.
        target: T symbols, one at the head of each row.
        title: Text above the table.
        links: Pairs (target position, source position) known to belong together: framed, and
            their number in brackets.
    Returns:
        An `HtmlTable`.
    Raises:
        ValueError: Weights, source and target do not match, or a weight lies outside [0, 1].
    """
    weights, source, target = check_weights(weights, source, target)
    head = "".join(f'<th style="{CELL}">{html.escape(s)}</th>' for s in source)
    rows = [f"<tr><th></th>{head}</tr>"]
    for t, symbol in enumerate(target):
        cells = "".join(cell(weights[t, s], symbol, source[s], (t, s) in links)
                        for s in range(len(source)))
        rows.append(f'<tr><th style="{CELL}">{html.escape(symbol)}</th>{cells}</tr>')
    caption = f"<caption>{html.escape(title)}</caption>" if title else ""
    text = f'<table style="border-collapse:collapse">{caption}{"".join(rows)}</table>'
    return HtmlTable(text, f"table of {len(target)} x {len(source)} weights")


def cell(weight, symbol, source, linked):
    """Writes one cell: white for 0 to dark blue for 1, its text dark or light accordingly."""
    red, green, blue = (round(255 + weight * (dark - 255)) for dark in (8, 48, 107))
    style = f"{CELL}background:rgb({red},{green},{blue});color:{'#fff' if weight > 0.5 else '#000'}"
    shown = f"{100 * weight:.0f}" if weight >= 0.005 else ""
    if linked:
        style, shown = f"{style};outline:2px solid {LINK_COLOUR};outline-offset:-2px", f"({shown})"
    hint = html.escape(f"{symbol} looks at {source}: {weight:.3f}", quote=True)
    return f'<td title="{hint}" style="{style}">{shown}</td>'

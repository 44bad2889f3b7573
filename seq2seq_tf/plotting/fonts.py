"""Fonts: matplotlib's own has no Chinese characters; one of the machine's may have."""

import functools
import re
import warnings

from matplotlib import font_manager

OWN = "DejaVu Sans"
CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
           "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC", "STHeiti", "SimHei",
           "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Noto Sans CJK JP", "Droid Sans Fallback",
           "Arial Unicode MS")
IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def font_family(texts):
    """Chooses fonts that can write all the texts.

    Warns, and says what to do, where a text is Chinese and the machine has no font for it.

    Args:
        texts: What is to be written.
    Returns:
        A list of font names, for matplotlib's `fontfamily`.
    """
    if not any(IDEOGRAPHS.search(text) for text in texts):
        return [OWN]
    font = chinese_font()
    if font is None:
        warnings.warn("No font with Chinese characters was found, so the figure will show empty "
                      "boxes. Install one, for example Noto Sans CJK, or use `heatmap_html`.",
                      stacklevel=3)
        return [OWN]
    return [font, OWN]


@functools.cache
def chinese_font():
    """Finds a font of this machine that has Chinese characters: its name, or None."""
    there = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in there), None)

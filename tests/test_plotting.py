"""Figures are read back from what was drawn."""

from html.parser import HTMLParser
from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seq2seq_tf.plotting import (
    curves,
    diagram,
    fonts,
    gates,
    gradient_flow,
    heatmap,
    heatmap_html,
    mask_map,
    symbol_map,
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_heatmap_of_the_identity_is_a_diagonal_from_the_upper_left():
    ax = heatmap(np.eye(3), "abc", "xyz", title="identity")
    image = ax.images[0]
    np.testing.assert_array_equal(image.get_array(), np.eye(3))
    assert (image.norm.vmin, image.norm.vmax) == (0, 1)
    assert [t.get_text() for t in ax.get_xticklabels()] == list("abc")
    assert [t.get_text() for t in ax.get_yticklabels()] == list("xyz")
    assert ax.yaxis_inverted()  # the first target symbol stands at the top
    assert ax.get_title() == "identity"
    ax.figure.canvas.draw()
    pixels = np.asarray(ax.figure.canvas.buffer_rgba())[..., :3].sum(-1)
    for t in range(3):
        for s in range(3):
            x, y = ax.transData.transform((s, t)).astype(int)
            dark = pixels[pixels.shape[0] - 1 - y, x] < 400
            assert dark == (t == s), f"target {t}, source {s}"


def test_faint_weights_stay_faint():
    """A scale fitted to each map would paint 0.1 as dark as 1."""
    assert heatmap(np.full((1, 10), 0.1), "abcdefghij", "x").images[0].norm.vmax == 1


def test_a_heatmap_draws_on_given_axes():
    _, axes = plt.subplots(1, 2)
    assert heatmap(np.eye(2), "ab", "xy", ax=axes[1]) is axes[1]
    assert not axes[0].images


@pytest.mark.parametrize(("weights", "message"), [
    (np.eye(3)[:2], r"\(3, 3\). Received: \(2, 3\)"),
    (np.full((3, 3), 1.5), r"within \[0, 1\]. Received: 1.5 to 1.5"),
    (np.full((3, 3), np.nan), r"within \[0, 1\]"),
])
def test_weights_that_do_not_fit_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        heatmap(weights, "abc", "xyz")


def test_a_diagram_holds_its_boxes_and_labels_where_they_were_put():
    ax = diagram({"a": (0, 0), "b": (2, 0)}, [("a", "b", "(B, U)", (0, 0.1))])
    places = {text.get_text(): text.get_position() for text in ax.texts if text.get_text()}
    assert places == {"a": (0, 0), "b": (2, 0), "(B, U)": (1, 0.1)}


def test_an_arrow_of_a_diagram_goes_from_box_to_box():
    ax = diagram({"a": (0, 0), "b": (2, 0)}, [("a", "b", "", (0, 0), 0.3)])
    arrow, = (text for text in ax.texts if hasattr(text, "arrow_patch"))
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts[:2]]
    path = arrow.arrow_patch.get_path().vertices[:-1]  # the last one only closes the arrow head
    pixels = arrow.arrow_patch.get_transform().transform(path)
    assert pixels[:, 0].min() > boxes[0].x1  # it starts outside the first box
    assert pixels[:, 0].max() < boxes[1].x0  # and ends outside the second


def test_an_arrow_to_no_box_is_refused():
    with pytest.raises(ValueError, match=r"join two of the boxes. Received: \['c'\]"):
        diagram({"a": (0, 0), "b": (1, 0)}, [("a", "c", "", (0, 0))])


def test_curves_draw_what_history_holds():
    ax = curves({"loss": [3.0, 2.0], "val_loss": [3.5, 2.5]},
                {"loss": "training", "val_loss": "validation"}, ylabel="nats per token")
    assert [line.get_label() for line in ax.lines] == ["training", "validation"]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [3.5, 2.5])
    np.testing.assert_array_equal(ax.lines[1].get_xdata(), [1, 2])


def test_gradient_flow_draws_a_line_for_each_label_and_circles_for_its_prediction():
    fading, growing = 0.5 ** np.arange(20)[::-1], 2.0 ** np.arange(20)[::-1]
    ax = gradient_flow({"fades": fading, "grows": growing}, {"grows": growing}, title="two")
    fades, grows, circles = ax.lines
    assert [line.get_label() for line in (fades, grows)] == ["fades", "grows"]
    np.testing.assert_array_equal(fades.get_xdata(), np.arange(1, 21))
    np.testing.assert_array_equal(fades.get_ydata(), fading)
    np.testing.assert_array_equal(circles.get_ydata(), growing)
    assert circles.get_marker() == "o"
    assert circles.get_color() == grows.get_color() != fades.get_color()
    assert fades.get_linestyle() != grows.get_linestyle()  # on grey paper, too
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["fades", "grows"]
    assert (ax.get_yscale(), ax.get_title()) == ("log", "two")


def test_a_constant_factor_is_a_straight_line():
    ax = gradient_flow({"fades": 0.5 ** np.arange(9)[::-1]})
    heights = ax.transData.transform(ax.lines[0].get_xydata())[:, 1]
    np.testing.assert_allclose(np.diff(heights), np.diff(heights)[0])
    assert np.diff(heights)[0] > 0  # it falls towards the left


@pytest.mark.parametrize(("steps", "ticks"), [(3, [1, 2, 3]), (50, [1, 10, 20, 30, 40, 50])])
def test_gradient_flow_counts_its_steps_from_1_to_the_last(steps, ticks):
    ax = gradient_flow({"level": np.ones(steps)})
    assert list(ax.get_xticks()) == ticks


def test_gradient_flow_draws_on_given_axes():
    _, axes = plt.subplots(1, 2)
    assert gradient_flow({"a": np.ones(3)}, ax=axes[1]) is axes[1]
    assert not axes[0].lines


@pytest.mark.parametrize("values", [[1.0, 0.0], [1.0, -1.0], [1.0, np.nan], [1.0, np.inf]])
def test_a_norm_that_a_logarithmic_scale_cannot_show_is_refused(values):
    with pytest.raises(ValueError, match="positive numbers. Received: 'a'"):
        gradient_flow({"a": values})
    with pytest.raises(ValueError, match="positive numbers. Received: 'a'"):
        gradient_flow({"a": [1.0, 1.0]}, {"a": values})


def test_a_prediction_needs_a_line():
    with pytest.raises(ValueError, match=r"labels of `norms`, \['a'\]. Received: \['b'\]"):
        gradient_flow({"a": [1.0]}, {"b": [1.0]})


def test_rows_of_a_heatmap_are_target_symbols():
    """An asymmetric square map, so that a transposed one is seen."""
    weights = np.array([[0.0, 1.0], [0.3, 0.7]])
    image = heatmap(weights, "ab", "xy").images[0]
    np.testing.assert_array_equal(image.get_array(), weights)
    assert (image.norm.vmin, image.norm.vmax) == (0, 1)


def test_negative_weights_are_refused():
    with pytest.raises(ValueError, match=r"within \[0, 1\]. Received: -0.5 to 1"):
        heatmap(np.array([[-0.5, 1.0]]), "ab", "x")


def test_the_mask_map_is_dark_where_tokens_are_real():
    ax = mask_map(np.array([[True, True, False], [True, False, False]]), title="batch")
    ax.figure.canvas.draw()
    image = ax.images[0]
    assert image.get_array().tolist() == [[1, 1, 0], [1, 0, 0]]
    brightness = image.cmap(image.norm(np.array([0.0, 1.0])))[:, :3].sum(-1)
    assert brightness[1] < 0.4 * brightness[0]
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("batch", "step", "text")


def test_the_symbol_map_keeps_the_distances_of_points_in_a_plane():
    plane = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    turned = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0][:2]
    ax = symbol_map(plane @ turned + 7, "abc", marked="b")
    places = {t.get_text(): np.array(t.xy) for t in ax.texts}
    for pair, wanted in (("ab", 3), ("ac", 4), ("bc", 5)):
        found = np.linalg.norm(places[pair[0]] - places[pair[1]])
        assert found == pytest.approx(wanted)
    np.testing.assert_allclose(ax.collections[1].get_offsets(), [places["b"]])


def test_labels_of_neighbours_on_the_symbol_map_do_not_overlap():
    ax = symbol_map(np.array([[0.0, 0.0], [0.01, 0.0], [3.0, 1.0]]), "abc")
    ax.figure.canvas.draw()
    a, b, _ = (text.get_window_extent() for text in ax.texts)
    assert not a.overlaps(b)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: mask_map(np.ones((2, 3))), "bool .batch, steps.*dtype=float64"),
    (lambda: mask_map(np.ones(3, bool)), r"Received: shape=\(3,\)"),
    (lambda: symbol_map(np.ones((2, 3)), "abc"), r"shape \(3, at least 2\).*Received: \(2, 3\)"),
    (lambda: symbol_map(np.ones((3, 1)), "abc"), r"Received: \(3, 1\)"),
])
def test_maps_refuse_what_does_not_match(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_gates_stand_gate_by_gate_and_unit_by_unit_over_the_tokens():
    write = np.array([[1.0, 0.0], [0.2, 0.5], [0.0, 1.0]])
    ax = gates({"i": write, "f": 1 - write}, ["W+", "-", "?-"], title="by hand")
    image = ax.images[0]
    np.testing.assert_array_equal(image.get_array()[0], [1, 0.2, 0])
    np.testing.assert_array_equal(image.get_array()[3], [1, 0.5, 0])
    assert (image.norm.vmin, image.norm.vmax) == (0, 1)
    assert [t.get_text() for t in ax.get_xticklabels()] == ["W+", "-", "?-"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["i 0", "i 1", "f 0", "f 1"]
    assert [line.get_ydata()[0] for line in ax.lines] == [1.5]  # between i and f
    assert ax.get_title() == "by hand"


def test_a_gate_of_one_unit_bears_its_bare_name():
    _, axes = plt.subplots(1, 2)
    ax = gates({"z": np.full((2, 1), 0.1)}, "ab", ax=axes[1])
    assert ax is axes[1]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["z"]
    assert ax.images[0].norm.vmax == 1
    assert not ax.lines


@pytest.mark.parametrize(("values", "message"), [
    (np.zeros((2, 1)), r"`opened` must hold float \(S, U\) with S = 3.*\(2, 1\) for 'i'"),
    (np.zeros(3), r"Received: \(3,\) for 'i'"),
    (np.full((3, 1), -0.5), r"`opened` must lie within \[0, 1\]. Received: -0.5"),
])
def test_gates_that_do_not_fit_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        gates({"i": values}, "abc")


def test_curves_of_several_seeds_are_a_median_in_a_band():
    ax = curves({"a": [[1.0, 4.0], [3.0, 2.0], [2.0, 9.0]]}, {"a": "three seeds"}, "loss")
    assert ax.lines[0].get_ydata().tolist() == [2.0, 4.0]
    corners = ax.collections[0].get_paths()[0].vertices
    for corner in ([1.0, 1.0], [1.0, 3.0], [2.0, 2.0], [2.0, 9.0]):
        assert corner in corners.tolist()


CHINESE_WORDS, ENGLISH_WORDS = ["我", "爱", "你"], ["I", "love", "<you>"]
SOME = np.array([[1.0, 0.0, 0.0], [0.004, 0.996, 0.0], [0.25, 0.05, 0.7]])


def table(text):
    """Reads the table back with a parser: the text of each cell, and its style."""
    rows, styles = [], []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag == "tr":
                rows.append([])
                styles.append([])
            if tag in ("td", "th"):
                rows[-1].append("")
                styles[-1].append(dict(attributes))

        def handle_data(self, data):
            rows[-1][-1] += data

    Reader().feed(text)
    return rows, styles


def test_an_html_heatmap_can_be_read_without_its_colours():
    rows, styles = table(str(heatmap_html(SOME, ENGLISH_WORDS, CHINESE_WORDS)))
    assert rows == [["", "I", "love", "<you>"], ["我", "100", "", ""], ["爱", "", "100", ""],
                    ["你", "25", "5", "70"]]
    assert styles[3][3]["title"] == "你 looks at <you>: 0.700"


def test_an_html_heatmap_is_white_at_zero_and_dark_at_one():
    _, styles = table(str(heatmap_html(SOME, ENGLISH_WORDS, CHINESE_WORDS)))
    assert "background:rgb(8,48,107);color:#fff" in styles[1][1]["style"]
    assert "background:rgb(255,255,255);color:#000" in styles[1][2]["style"]
    assert "color:#fff" in styles[3][3]["style"]


def test_an_html_heatmap_runs_no_script_and_stands_alone():
    drawn = heatmap_html(SOME, ["<script>", "b", "c"], ["a", "b", 'c"'], title="<i>")
    assert "<script" not in str(drawn)
    assert "http" not in str(drawn)
    assert "&lt;i&gt;" in str(drawn)
    assert drawn._repr_html_() == str(drawn)
    assert repr(drawn) == "table of 3 x 3 weights"


@pytest.mark.parametrize("draw", [heatmap, heatmap_html])
def test_what_cannot_be_drawn_is_refused(draw):
    with pytest.raises(ValueError, match=r"shape .* = \(3, 2\). Received: \(3, 3\)"):
        draw(SOME, ["a", "b"], CHINESE_WORDS)
    with pytest.raises(ValueError, match=r"within \[0, 1\]. Received: -1 to -0.5"):
        draw(-np.eye(3) / 2 - 0.5, ENGLISH_WORDS, CHINESE_WORDS)


def test_chinese_is_drawn_in_a_chinese_font(monkeypatch):
    monkeypatch.setattr(fonts, "chinese_font", lambda: "Some Chinese Font")
    assert fonts.font_family(["I", "爱"]) == ["Some Chinese Font", "DejaVu Sans"]
    assert fonts.font_family(["\uff1f"]) == ["Some Chinese Font", "DejaVu Sans"]
    assert fonts.font_family(["façade", "naïve"]) == ["DejaVu Sans"]


def test_a_machine_without_a_chinese_font_says_what_to_do(monkeypatch):
    monkeypatch.setattr(fonts, "chinese_font", lambda: None)
    with pytest.warns(UserWarning, match="Noto Sans CJK, or use `heatmap_html`"):
        ax = heatmap(SOME, ENGLISH_WORDS, CHINESE_WORDS)
    assert [label.get_text() for label in ax.get_yticklabels()] == CHINESE_WORDS


def test_a_font_is_chosen_from_those_that_are_there(monkeypatch):
    fonts.chinese_font.cache_clear()
    there = [SimpleNamespace(name="DejaVu Sans"), SimpleNamespace(name="SimHei")]
    monkeypatch.setattr(fonts.font_manager.fontManager, "ttflist", there)
    assert fonts.chinese_font() == "SimHei"
    fonts.chinese_font.cache_clear()
    monkeypatch.setattr(fonts.font_manager.fontManager, "ttflist", there[:1])
    assert fonts.chinese_font() is None
    fonts.chinese_font.cache_clear()


def test_known_links_are_framed():
    ax = heatmap(SOME, ENGLISH_WORDS, list("abc"), links={(2, 0), (0, 1)})
    centres = {(p.get_y() + p.get_height() / 2, p.get_x() + p.get_width() / 2) for p in ax.patches}
    assert centres == {(2.0, 0.0), (0.0, 1.0)}
    rows, styles = table(str(heatmap_html(SOME, ENGLISH_WORDS, CHINESE_WORDS, links={(2, 0)})))
    assert rows[3] == ["你", "(25)", "5", "70"]
    assert "outline:2px solid" in styles[3][1]["style"]
    assert "outline" not in styles[3][2]["style"]

"""Figures are read back from what was drawn."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seq2seq_tf.plotting import curves, gates, heatmap


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


def test_curves_draw_what_history_holds():
    ax = curves({"loss": [3.0, 2.0], "val_loss": [3.5, 2.5]},
                {"loss": "training", "val_loss": "validation"}, ylabel="nats per token")
    assert [line.get_label() for line in ax.lines] == ["training", "validation"]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [3.5, 2.5])
    np.testing.assert_array_equal(ax.lines[1].get_xdata(), [1, 2])


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

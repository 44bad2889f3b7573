"""Figures are read back from what was drawn."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seq2seq_tf.plotting import curves, heatmap, mask_map, symbol_map


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
    places = {t.get_text(): np.array(t.get_position()) for t in ax.texts}
    for pair, wanted in (("ab", 3), ("ac", 4), ("bc", 5)):
        found = np.linalg.norm(places[pair[0]] - places[pair[1]])
        assert found == pytest.approx(wanted)
    np.testing.assert_allclose(ax.collections[1].get_offsets(), [places["b"]])


@pytest.mark.parametrize(("call", "message"), [
    (lambda: mask_map(np.ones((2, 3))), "bool .batch, steps.*dtype=float64"),
    (lambda: mask_map(np.ones(3, bool)), r"Received: shape=\(3,\)"),
    (lambda: symbol_map(np.ones((2, 3)), "abc"), r"shape \(3, at least 2\).*Received: \(2, 3\)"),
    (lambda: symbol_map(np.ones((3, 1)), "abc"), r"Received: \(3, 1\)"),
])
def test_maps_refuse_what_does_not_match(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""The tree of a beam search, as a picture and as a list."""

import matplotlib
import pytest

from seq2seq_tf.plotting import beam_tree, beam_tree_html

matplotlib.use("Agg")

STEPS = [[(0, "go", 0.6, "kept"), (0, "stop", 0.4, "kept"), (0, "on", 0.05, "pruned")],
         [(1, "<end>", 0.38, "finished"), (0, "<end>", 0.3, "finished"), (0, "on", 0.18, "pruned")]]


def test_a_beam_tree_shows_each_hypothesis_with_its_score_the_best_on_top():
    ax = beam_tree(STEPS, title="width 2")
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert heights.keys() == {"start", "go 0.60", "stop 0.40", "on 0.05", "<end> 0.38",
                              "<end> 0.30", "on 0.18"}
    assert heights["go 0.60"] > heights["stop 0.40"] > heights["on 0.05"]
    assert ax.get_title() == "width 2"


def test_the_lines_of_a_beam_tree_lead_from_parent_to_child():
    ax = beam_tree(STEPS)
    ends = [tuple(map(float, line.get_ydata())) for line in ax.lines]
    assert ends[3] == (0.0, 1.0)  # from stop, the middle of three, to the best of step two
    assert ends[4] == (1.0, 0.0)
    assert [line.get_linestyle() for line in ax.lines] == ["-", "-", "--", "-", "-", "--"]


def test_a_beam_tree_as_a_list_nests_children_in_their_parents():
    drawn = str(beam_tree_html(STEPS))
    stop = drawn[drawn.index("stop"):drawn.index("<s>on 0.05")]
    assert "<ul><li><strong>&lt;end&gt; 0.38</strong> finished</li></ul>" in stop
    assert "<script" not in drawn
    assert drawn.count("<li>") == drawn.count("</li>") == 6
    assert repr(beam_tree_html(STEPS)) == "tree of 6 hypotheses"


@pytest.mark.parametrize("draw", [beam_tree, beam_tree_html])
def test_what_is_no_tree_is_refused(draw):
    with pytest.raises(ValueError, match="one of kept, finished, pruned. Received: 'lost'"):
        draw([[(0, "go", 0.6, "lost")]])
    with pytest.raises(ValueError, match=r"At step 1 .* the kept, \[0, 1\]. Received: 2"):
        draw([STEPS[0], [(2, "go", 0.1, "kept")]])

"""Error rates by hand, and against a plain Levenshtein distance."""

import numpy as np
import pytest

from seq2seq_tf.metrics import edit_distances, error_rates


def levenshtein(a, b):
    """The textbook recurrence, as an oracle."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]


def test_edit_distances_equal_the_recurrence():
    random = np.random.default_rng(0)
    pairs = [[list(random.choice(list("abc"), random.integers(0, 7))) for _ in "xy"]
             for _ in range(60)]
    found = edit_distances([a for a, _ in pairs], [b for _, b in pairs])
    assert found.tolist() == [levenshtein(a, b) for a, b in pairs]


def test_empty_sequences_have_distances_too():
    assert edit_distances([[], ["a"], []], [["a", "b"], [], []]).tolist() == [2, 1, 0]
    assert edit_distances([], []).tolist() == []


def test_error_rates_by_hand():
    hypotheses = ["R EH D", "K AE T S", ""]
    references = [("R IY D", "R EH D"), ("K AE T",), ("AH", "B IY")]
    # distances 0 of 3, 1 of 3 and 1 of 1: 2 of 7 symbols, 2 of 3 words
    per, wer = error_rates(hypotheses, references)
    assert per == pytest.approx(100 * 2 / 7)
    assert wer == pytest.approx(100 * 2 / 3)


def test_the_nearest_answer_counts_not_the_first():
    assert error_rates(["R EH D"], [("R IY D", "R EH D")]) == (0.0, 0.0)
    assert error_rates(["R EH D"], [("R IY D",)]) == (pytest.approx(100 / 3), 100.0)


def test_a_long_wrong_answer_can_exceed_a_hundred_percent():
    assert error_rates(["A B C"], [("X",)])[0] == pytest.approx(300)


@pytest.mark.parametrize(("hypotheses", "references"), [
    ([], []), (["A"], []), (["A"], [()]), (["A", "B"], [("A",)])])
def test_what_cannot_be_scored_is_refused(hypotheses, references):
    with pytest.raises(ValueError, match="each with at least one reference"):
        error_rates(hypotheses, references)


def test_distances_need_pairs():
    with pytest.raises(ValueError, match="2 hypotheses and 1 references"):
        edit_distances([["a"], ["b"]], [["a"]])

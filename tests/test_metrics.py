"""Error rates and alignment scores: by hand, and against an oracle or a published figure."""

import os
from pathlib import Path

import numpy as np
import pytest

from seq2seq_tf.metrics import (
    alignment_error_rate,
    alignment_share,
    coverage,
    edit_distances,
    entropy,
    error_rates,
    exact_match,
    paired_bootstrap,
    parse_links,
    translation_scores,
)


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


def test_exact_match_by_hand():
    assert exact_match(["a b", "a", "b"], ["a b", "a b", "b"]) == pytest.approx(200 / 3)
    with pytest.raises(ValueError, match="Received: 2 texts, 1 with references"):
        exact_match(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="Received: 0 texts"):
        exact_match([], [])


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


def test_links_are_read_as_alignment_files_write_them():
    assert parse_links("1-1 2p3 10-4", first=1) == ({(0, 0), (9, 3)}, {(1, 2)})
    assert parse_links("0-0") == ({(0, 0)}, set())
    assert parse_links("") == (set(), set())


@pytest.mark.parametrize("pair", ["3", "3-", "a-b", "3--4", "3pp4", "-1-2"])
def test_what_is_no_link_is_refused(pair):
    with pytest.raises(ValueError, match=f"3-4 .sure. or 3p4. Received: '{pair}'"):
        parse_links(f"0-0 {pair}")


def test_alignment_error_rate_by_hand():
    """A 3 links, S 2: on S 1, on P 2; 1 - (1 + 2) / (3 + 2) = 0.4."""
    found = [{(0, 0), (1, 1), (2, 2)}]
    assert alignment_error_rate(found, [{(0, 0), (1, 2)}], [{(1, 1)}]) == pytest.approx(40)
    assert alignment_error_rate(found, [{(0, 0), (1, 2)}], [{(0, 0), (1, 2), (1, 1)}]) == (
        pytest.approx(40))  # P may repeat S


def test_what_must_and_what_may_be_found():
    sure, possible = [{(0, 0)}], [{(1, 0)}]
    assert alignment_error_rate([{(0, 0)}], sure, possible) == 0
    assert alignment_error_rate([{(0, 0), (1, 0)}], sure, possible) == 0
    assert alignment_error_rate([{(1, 0)}], sure, possible) == 50
    assert alignment_error_rate([{(1, 1)}], sure, possible) == 100
    assert alignment_error_rate([set()], sure, possible) == 100


def test_sentences_are_summed_before_they_are_divided():
    rate = alignment_error_rate([{(0, 0)}, {(1, 1), (2, 2)}], [{(0, 0)}, {(3, 3)}], [set(), set()])
    assert rate == pytest.approx(100 * (1 - 2 / 5))


ROEN = Path(os.environ.get("SEQ2SEQ_TF_ROEN", "no such folder"))


@pytest.mark.skipif(not ROEN.is_dir(), reason="set SEQ2SEQ_TF_ROEN to a folder with roen.gold")
def test_a_published_alignment_error_rate_comes_out():
    gold = [parse_links(line, first=1) for line in
            (ROEN / "roen.gold").read_text("utf-8").splitlines()]
    found = [parse_links(line)[0] for line in
             (ROEN / "roen.awesome-align.out").read_text("utf-8").splitlines()]
    rate = alignment_error_rate(found, [s for s, _ in gold], [p for _, p in gold])
    assert rate == pytest.approx(20.75, abs=0.005)


def test_alignment_share_counts_linked_symbols_only():
    weights = np.array([[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.4, 0.5, 0.1], [1.0, 0.0, 0.0]])
    links = {(0, 0), (0, 2), (1, 1), (2, 1)}  # the last symbol has no link
    assert alignment_share([weights], [links]) == pytest.approx(100 * 2 / 3)
    assert alignment_share([weights, weights[:1]], [links, {(0, 1)}]) == pytest.approx(50)


def test_a_symbol_with_two_links_is_one_symbol():
    assert alignment_share([np.array([[0.1, 0.9]])], [{(0, 0), (0, 1)}]) == 100


def test_entropy_in_bits_and_coverage():
    weights = np.array([[1.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0.0, 0.0]])
    np.testing.assert_allclose(entropy(weights), [0, 2, 1])
    np.testing.assert_allclose(coverage(weights), [1.75, 0.75, 0.25, 0.25])


def test_lists_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="Received: found 1, sure 2, possible 1"):
        alignment_error_rate([set()], [set(), set()], [set()])
    with pytest.raises(ValueError, match="Received: weights 0, links 1"):
        alignment_share([], [set()])
    with pytest.raises(ValueError, match="linked symbols to score. Received: none"):
        alignment_share([np.ones((1, 1))], [set()])
    with pytest.raises(ValueError, match="links to score. Received: none"):
        alignment_error_rate([set()], [set()], [set()])


def test_translation_scores_are_sacrebleus_with_all_references():
    """Known values: an exact answer is 100; BLEU by hand of one sentence of six words."""
    references = [("the cat sat on the mat",), ("it rains", "it is raining", "rain falls")]
    scores, signatures = translation_scores(["the cat sat on the mat", "it is raining"], references)
    assert scores == {"bleu": pytest.approx(100), "chrf": pytest.approx(100), "ter": 0}
    assert "version:" in signatures["bleu"]
    # 5 of 6 words, 3 of 5 pairs, 2 of 4 triples, 1 of 3 fours; as long as the reference
    scores, _ = translation_scores(["the cat sat on a mat"], [("the cat sat on the mat",)])
    assert scores["bleu"] == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)
    assert scores["ter"] == pytest.approx(100 / 6)
    low, _ = translation_scores(["The Cat Sat On It"], [("the cat sat on it",)], lowercase=True)
    assert low["bleu"] == pytest.approx(100)
    assert low["ter"] == 0


@pytest.mark.parametrize(("hypotheses", "references"), [
    ([], []), (["a"], []), (["a"], [()]), (["a", "b"], [("a",)])])
def test_translations_without_references_are_refused(hypotheses, references):
    with pytest.raises(ValueError, match="each with at least one reference"):
        translation_scores(hypotheses, references)


def test_paired_bootstrap_equals_drawing_examples():
    """The oracle draws places of examples, one by one, and counts."""
    random = np.random.default_rng(0)
    first, second = random.random(400) < 0.6, random.random(400) < 0.7
    gain, low, high, share = paired_bootstrap(first, second)
    assert gain == pytest.approx(100 * (second.mean() - first.mean()))
    places = random.integers(0, 400, (4000, 400))
    drawn = 100 * (second[places].mean(axis=1) - first[places].mean(axis=1))
    assert (low, high) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])), abs=0.5)
    assert share == pytest.approx(np.mean(drawn > 0), abs=0.01)
    assert paired_bootstrap(second, first)[0] == -gain
    assert paired_bootstrap(first, second) == (gain, low, high, share)


def test_paired_bootstrap_of_equals_and_of_a_clear_winner():
    same = np.array([True, False] * 20)
    assert paired_bootstrap(same, same) == (0, 0, 0, 0)
    gain, low, high, share = paired_bootstrap(np.zeros(50, bool), np.ones(50, bool))
    assert (gain, low, high, share) == (100, 100, 100, 1)


@pytest.mark.parametrize("second", [[True], [], [[True, True]]])
def test_paired_bootstrap_refuses_what_cannot_be_compared(second):
    with pytest.raises(ValueError, match="two lists of one length"):
        paired_bootstrap([True, False] if second else [], second)

"""Greedy search and sampling on tables of probabilities small enough to follow by hand."""

import itertools

import numpy as np
import pytest
from keras import ops

from seq2seq_tf.search import beam_search, graph, greedy, sample
from seq2seq_tf.search.running import compiled
from seq2seq_tf.search.walking import _greedy

END = 3
# p(next | last): rows are the last token, columns 0 to 4. Token 0 never comes, 2 is the start.
TABLE = np.log(np.array([
    [1e-9, 0.2, 0.2, 0.3, 0.3],
    [1e-9, 0.1, 0.1, 0.7, 0.1],  # after 1: the end
    [1e-9, 0.6, 0.1, 0.1, 0.2],  # after the start: 1
    [1e-9, 0.9, 0.1, 1e-9, 1e-9],  # after the end, if anyone asked: 1
    [1e-9, 0.1, 0.1, 0.1, 0.7],  # after 4: 4 again, for ever
])).astype("float32")


def table_step(tokens, state, source):
    return ops.take(ops.convert_to_tensor(TABLE), tokens, axis=0), state


def counting_step(tokens, state, source):
    """Writes 4 as often as the source says, then the end."""
    left = state["left"]
    logits = ops.where(left[:, None] > 0, ops.one_hot(4, 5) * 20.0, ops.one_hot(END, 5) * 20.0)
    return ops.log_softmax(logits, axis=-1), {"left": left - 1}


def test_greedy_takes_the_likeliest_and_stops_at_the_end():
    ids, lengths, scores = greedy(table_step, np.array([2]), (), (), end=END, max_length=6)
    assert np.array(ids).tolist() == [[1, END, 0, 0, 0, 0]]
    assert np.array(lengths).tolist() == [2]
    np.testing.assert_allclose(scores, [np.log(0.6) + np.log(0.7)], atol=1e-6)


def test_a_row_that_never_ends_is_cut():
    ids, lengths, scores = greedy(table_step, np.array([4, 2]), (), (), end=END, max_length=4)
    assert np.array(ids).tolist() == [[4, 4, 4, 4], [1, END, 0, 0]]
    assert np.array(lengths).tolist() == [4, 2]
    np.testing.assert_allclose(scores, [4 * np.log(0.7), np.log(0.42)], atol=1e-5)


def test_the_state_is_carried_and_rows_do_not_disturb_each_other():
    state = {"left": np.array([2, 0, 4], "int32")}
    ids, lengths, _ = greedy(counting_step, np.array([2, 2, 2]), state, (), end=END, max_length=5)
    assert np.array(ids).tolist() == [[4, 4, END, 0, 0], [END, 0, 0, 0, 0], [4, 4, 4, 4, END]]
    assert np.array(lengths).tolist() == [3, 1, 5]


def test_a_batch_of_two_equals_two_batches():
    def run(start):
        return greedy(table_step, np.array(start), (), (), end=END, max_length=6)

    together, alone = run([2, 4]), [run([2]), run([4])]
    for part in range(3):
        np.testing.assert_allclose(
            together[part], np.concatenate([np.array(a[part]) for a in alone]), atol=1e-6)


def test_the_loop_stops_when_every_row_has_ended():
    """A search that went on would ask the table what follows the end, and count the calls."""
    asked = []

    def step(tokens, state, source):
        asked.append(1)
        return table_step(tokens, state, source)

    _greedy(step, np.array([2, 2]), (), (), end=END, max_length=50)  # eager: one call a step
    assert len(asked) == 2


def test_the_same_step_and_shapes_are_traced_once():
    def step(tokens, state, source):
        return table_step(tokens, state, source)

    function = compiled(_greedy)
    before = function.experimental_get_tracing_count()
    for token in (2, 4, 1):
        greedy(step, np.array([token]), (), (), end=END, max_length=7)
    assert function.experimental_get_tracing_count() == before + 1


@pytest.mark.parametrize("max_length", [0, -1, 2.5, True])
def test_a_wrong_length_is_refused(max_length):
    with pytest.raises(ValueError, match="`max_length` must be an integer of at least 1"):
        greedy(table_step, np.array([2]), (), (), end=END, max_length=max_length)


ONCE = np.log(np.array([[0.05, 0.15, 0.5, 0.0 + 1e-9, 0.3]] * 5)).astype("float32")


def once_step(tokens, state, source):
    return ops.take(ops.convert_to_tensor(ONCE), tokens, axis=0), state


def shares(**options):
    """How often each token is drawn, in 20,000 draws of one token."""
    ids, _, _ = sample(once_step, np.zeros(20_000, "int32"), (), (), end=END, max_length=1,
                       **options)
    return np.bincount(np.array(ids)[:, 0], minlength=5) / 20_000


@pytest.mark.parametrize(("options", "wanted"), [
    ({}, [0.05, 0.15, 0.5, 0, 0.3]),
    ({"temperature": 0.5}, np.array([0.05, 0.15, 0.5, 0, 0.3]) ** 2 / 0.365),
    ({"top_k": 2}, [0, 0, 0.625, 0, 0.375]),
    ({"top_k": 1}, [0, 0, 1, 0, 0]),
    ({"top_p": 0.49}, [0, 0, 1, 0, 0]),  # the likeliest alone holds a half
    ({"top_p": 0.51}, [0, 0, 0.625, 0, 0.375]),
    ({"top_p": 0.9, "top_k": 2}, [0, 0, 0.625, 0, 0.375]),
    ({"temperature": 1e-3}, [0, 0, 1, 0, 0]),
])
def test_tokens_are_drawn_as_often_as_they_should_be(options, wanted):
    np.testing.assert_allclose(shares(**options), wanted, atol=0.015)


def test_draws_are_determined_by_the_seed_and_scored_as_the_step_says():
    def run(seed):
        return [np.array(part) for part in sample(
            table_step, np.full(50, 2), (), (), end=END, max_length=6, seed=seed)]

    ids, lengths, scores = run(0)
    assert np.array_equal(ids, run(0)[0])
    assert not np.array_equal(ids, run(1)[0])
    assert len({tuple(row) for row in ids}) > 10
    for row, length, score in zip(ids, lengths, scores, strict=True):
        path = [2, *row[:length]]
        wanted = sum(TABLE[a, b] for a, b in itertools.pairwise(path))
        assert score == pytest.approx(wanted, abs=1e-4)
        assert END not in row[: length - 1]
        assert (row[length:] == 0).all()


@pytest.mark.parametrize(("wrong", "message"), [
    ({"temperature": 0.0}, "`temperature` must be a number above 0"),
    ({"temperature": -1.0}, "`temperature` must be a number above 0"),
    ({"temperature": float("inf")}, "`temperature` must be a number above 0"),
    ({"top_k": 0}, "`top_k` must be an integer of at least 1"),
    ({"top_p": 0.0}, r"`top_p` must lie in \(0, 1\]"),
    ({"top_p": 1.1}, r"`top_p` must lie in \(0, 1\]"),
    ({"max_length": 0}, "`max_length` must be an integer of at least 1"),
])
def test_wrong_sampling_arguments_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        sample(table_step, np.array([2]), (), (), end=END, **{"max_length": 4, **wrong})


def beam(*arguments, **settings):
    return beam_search(*arguments, **settings, width=3)[:3]


FLAT = np.full((5, 5), np.log(0.2), "float32")
FAULTS = {"NaN": np.nan, "above 0": 0.1, "+inf": np.inf, "-inf": -np.inf}


def stepping(later, change=lambda row: row):
    """Even odds at first; from the `later`-th call on `change` has its way with every row."""
    def step(tokens, state, source):
        log_probs = ops.take(ops.convert_to_tensor(FLAT), tokens, axis=0)
        late = state["t"][:, None] >= later
        return ops.where(late, change(log_probs), log_probs), {"t": state["t"] + 1}

    return step


def searched(search, step, rows=3, **settings):
    state = {"t": np.arange(rows, dtype="int32")}
    return search(step, np.zeros(rows, "int32"), state, (), **{"end": END, "max_length": 6,
                                                               **settings})


@pytest.mark.parametrize("search", [greedy, sample, beam])
@pytest.mark.parametrize(("change", "message"), [
    (lambda p: p * np.nan, "NaN for id 0 in row 2"),
    (lambda p: p + np.inf, "[+]inf for id 0 in row 2"),
    (lambda p: p - np.inf, "0 in row 2, all is -inf"),
    (lambda p: p * 0.99, "1.016 in row 2, is a softmax missing"),
    (lambda p: ops.exp(p), r"6.107 in row 2, is a softmax missing"),  # probabilities
])
def test_a_step_that_gives_no_log_probabilities_is_refused_at_once(search, change, message):
    with pytest.raises(ValueError, match=f"`step` must give .* sums to one. Received: {message}"):
        searched(search, stepping(2, change))


def test_within_a_thousandth_of_one_is_near_enough():
    searched(greedy, stepping(0, lambda p: p + 0.0009))
    with pytest.raises(ValueError, match="Received: 1.001 in row 0"):
        searched(greedy, stepping(0, lambda p: p + 0.0011))


@pytest.mark.parametrize("search", [greedy, sample, beam])
@pytest.mark.parametrize(("change", "message"), [
    (lambda p: p * np.nan, "NaN or a number above 0"), (lambda p: p + np.inf, "NaN or a number"),
    (lambda p: p - np.inf, "-inf for every id"),
])
def test_a_step_that_goes_wrong_later_is_refused_afterwards(search, change, message):
    with pytest.raises(ValueError, match=f"at each step. Received: {message}.* while row 2"):
        searched(search, stepping(4, change), max_length=3)


@pytest.mark.parametrize("search", [greedy, beam])
@pytest.mark.parametrize("fault", ["NaN", "above 0"])
def test_in_a_graph_a_wrong_step_leaves_nan_in_the_scores_of_its_row_alone(search, fault):
    def change(p):
        return ops.where(ops.arange(5) == 4, FAULTS[fault], p)

    scores = graph(lambda: searched(search, stepping(5, change), max_length=4)[2])()
    assert np.isnan(np.array(scores)).reshape(3, -1)[:, 0].tolist() == [False, False, True]


def test_what_follows_the_end_of_a_row_is_nobodys_fault():
    def step(tokens, state, source):
        """Ends where the start was 1, and is NaN from then on."""
        log_probs = ops.take(ops.convert_to_tensor(TABLE), tokens, axis=0)
        return ops.where((state == 1) & (tokens == 0)[:, None], np.nan, log_probs), state

    ids, _, scores = greedy(step, np.array([1, 4]), np.array([[1], [0]]), (), end=END, max_length=5)
    assert np.array(ids).tolist() == [[END, 0, 0, 0, 0], [4] * 5]
    assert np.isfinite(np.array(scores)).all()


@pytest.mark.parametrize("search", [greedy, sample, beam])
@pytest.mark.parametrize("end", [5, -1, 2.0, True])
def test_an_end_outside_the_vocabulary_is_refused(search, end):
    with pytest.raises(ValueError, match=rf"`end` must be an integer in \[0, 5\).* end={end}"):
        searched(search, stepping(9), end=end)


def test_a_step_of_another_shape_is_refused():
    def step(tokens, state, source):
        return stepping(9)(tokens, state, source)[0][:, None], state

    with pytest.raises(ValueError, match=r"\(N, V\).*Received: shape=\(3, 1, 5\)"):
        searched(greedy, step)

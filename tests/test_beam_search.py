"""Beam search against ten plain lines, against enumeration, and where it must not matter.

A language is a table (steps, V, V): log p(next | step, last). Ties have probability zero.
"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from seq2seq_tf.search import beam_search, exact_search, graph, greedy
from seq2seq_tf.search.beam import _beam_search
from seq2seq_tf.search.running import compiled

START, END = 0, 1


def language(seed, symbols=4, steps=5, sharpness=1.5):
    logits = sharpness * np.random.default_rng(seed).normal(size=(steps, symbols, symbols))
    return (logits - np.log(np.exp(logits).sum(-1, keepdims=True))).astype("float32")


def stepper(*tables):
    """A step over several languages: the source says which one each row speaks."""
    tables = ops.convert_to_tensor(np.stack(tables))

    def step(tokens, state, source):
        rows = ops.take(tables, state["language"], axis=0)  # (N, steps, V, V)
        now = ops.take_along_axis(rows, state["t"][:, None, None, None], axis=1)[:, 0]
        log_probs = ops.take_along_axis(now, tokens[:, None, None], axis=1)[:, 0]
        return log_probs, {"t": state["t"] + 1, "language": state["language"]}

    return step


def search(tables, width, max_length, alpha=0.0, n_best=1, function=_beam_search):
    """Runs a search over a batch, one language a row, and gives lists of (score, ids, ended).

    Uncompiled unless told otherwise: to compile takes longer than to search a table.
    """
    state = {"t": np.zeros(len(tables), "int32"), "language": np.arange(len(tables), dtype="int32")}
    start = np.full(len(tables), START, "int32")
    ids, lengths, scores, ended = (np.array(part) for part in function(
        stepper(*tables), start, state, (), end=END, width=width, max_length=max_length,
        length_penalty=alpha, n_best=n_best))
    return [[(float(scores[b, n]), tuple(ids[b, n, : lengths[b, n]].tolist()), bool(ended[b, n]))
             for n in range(n_best) if lengths[b, n]] for b in range(len(tables))]


def penalty(length, alpha):
    return ((5 + length) / 6) ** alpha


def plain(table, width, max_length, alpha=0.0, n_best=1):
    """The search in ten lines, with no rule to stop it."""
    living, finished = [(0.0, ())], []
    for t in range(max_length):
        found = sorted((-(score + table[t, ids[-1] if ids else START, w]), w, k, ids)
                       for k, (score, ids) in enumerate(living) for w in range(table.shape[-1]))
        living = []
        for cost, w, _, ids in found[:width]:
            if w == END:
                finished.append((-cost / penalty(t + 1, alpha), (*ids, w), True))
            elif cost < np.inf:
                living.append((-cost, (*ids, w)))
    finished += [(score / penalty(max_length, alpha), ids, False) for score, ids in living]
    return sorted(finished, key=lambda hypothesis: -hypothesis[0])[:n_best]


def enumerated(table, max_length, alpha):
    """All answers there are, the best one by its score."""
    answers = []
    for length in range(1, max_length + 1):
        for ids in itertools.product(range(table.shape[-1]), repeat=length):
            if END in ids[:-1] or (ids[-1] != END and length < max_length):
                continue
            score = sum(float(table[t, last, w]) for t, (last, w) in enumerate(
                zip((START, *ids), ids, strict=False)))
            answers.append((score / penalty(length, alpha), ids, ids[-1] == END))
    return max(answers)


def assert_same(have, want):
    assert [h[1:] for h in have] == [w[1:] for w in want]
    np.testing.assert_allclose([h[0] for h in have], [w[0] for w in want], atol=1e-4)


seeds = st.integers(0, 10_000)
penalties = st.sampled_from([0.0, 0.6, 1.0, 2.5])


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 6), st.integers(1, 5), penalties)
def test_it_equals_the_ten_lines_at_every_width_and_penalty(seed, width, max_length, alpha):
    table = language(seed)
    n_best = min(3, width)
    (have,) = search([table], width, max_length, alpha, n_best)
    assert_same(have, plain(table, width, max_length, alpha, n_best))


@settings(max_examples=15, deadline=None)
@given(seeds, penalties)
def test_full_width_finds_the_best_of_all_answers(seed, alpha):
    table = language(seed, symbols=3, steps=4)
    (have,) = search([table], 81, 4, alpha)
    assert_same(have, [enumerated(table, 4, alpha)])


@pytest.mark.parametrize("seed", range(6))
def test_width_one_is_greedy_search(seed):
    table = language(seed)
    (((score, ids, _),),) = search([table], 1, 5)
    state = {"t": np.zeros(1, "int32"), "language": np.zeros(1, "int32")}
    wanted, lengths, scores = greedy(stepper(table), np.array([START]), state, (), end=END,
                                     max_length=5)
    assert ids == tuple(np.array(wanted)[0, : int(lengths[0])].tolist())
    assert score == pytest.approx(float(scores[0]), abs=1e-5)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_batch_is_searched_as_one_by_one_and_compiled_as_plain(alpha):
    tables = [language(seed) for seed in range(7)]
    together = search(tables, 3, 5, alpha, 2, function=beam_search)
    for table, found in zip(tables, together, strict=True):
        assert_same(found, plain(table, 3, 5, alpha, 2))


def test_a_word_on_paper_where_greedy_loses():
    """After the start: 2 with 0.6, 3 with 0.4. After 2 all is open; after 3 the end is sure."""
    p = np.full((2, 4, 4), 1e-9)
    p[0, START] = [1e-9, 1e-9, 0.6, 0.4]
    p[1, 2], p[1, 3] = [0.2, 0.5, 0.2, 0.1], [1e-9, 0.95, 0.03, 0.02]
    table = np.log(p).astype("float32")
    ((greedy_answer,),) = search([table], 1, 2)
    ((answer,),) = search([table], 2, 2)
    assert greedy_answer[1:] == ((2, END), True)
    assert np.exp(greedy_answer[0]) == pytest.approx(0.30, abs=1e-6)
    assert answer[1:] == ((3, END), True)
    assert np.exp(answer[0]) == pytest.approx(0.38, abs=1e-6)


def test_a_length_penalty_of_one_by_hand():
    """End at once with 0.4, or 2 with 0.6 and then the end with 0.6: 0.4 against 0.36."""
    p = np.full((2, 3, 3), 1e-9)
    p[0, START], p[1, 2] = [1e-9, 0.4, 0.6], [0.4, 0.6, 1e-9]
    table = np.log(p).astype("float32")
    (((score, ids, _),),) = search([table], 2, 2)
    assert (ids, np.exp(score)) == ((END,), pytest.approx(0.4))
    (((score, ids, _),),) = search([table], 2, 2, alpha=1.0)
    assert ids == (2, END)
    assert score == pytest.approx(np.log(0.36) / (7 / 6), abs=1e-6)  # of two tokens, not three


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_renaming_the_symbols_renames_the_answer(seed):
    table = language(seed)
    new = np.array([0, 1, 3, 2])  # start and end keep their ids
    renamed = np.empty_like(table)
    renamed[:, new[:, None], new[None, :]] = table
    ((have,),) = search([renamed], 3, 5)
    ((want,),) = search([table], 3, 5)
    assert have[1] == tuple(int(new[w]) for w in want[1])


def test_ties_go_to_the_lower_id():
    """At first 2 is better than 3. Then 3 after 2 and 2 after 3 are worth the same: 2 is lower."""
    p = np.full((2, 4, 4), 1e-9)
    p[0, START] = [1e-9, 0.2, 0.5, 0.3]
    p[1, 2], p[1, 3] = [1e-9, 1e-9, 1e-9, 0.3], [1e-9, 1e-9, 0.5, 1e-9]
    (found,) = search([np.log(p).astype("float32")], 2, 2, n_best=2)
    assert [ids for _, ids, _ in found] == [(3, 2), (2, 3)]
    even = np.full((3, 4, 4), -np.log(3), "float32")
    even[:, :, END] = -np.inf
    ((kept,),) = search([even], 1, 3)
    assert kept[1] == (0, 0, 0)


def remembering(tokens, state, source):
    """What comes next depends on all that was read: the state adds it up."""
    read = state["read"] * 3 + tokens
    angles = ops.cast(read, "float32")[:, None] * (1.0 + ops.arange(4, dtype="float32"))
    return ops.log_softmax(2 * ops.sin(angles), axis=-1), {"read": read}


@pytest.mark.parametrize("width", [2, 3, 4])
def test_each_hypothesis_keeps_its_own_state(width):
    """Scored again alone, token after token, each answer must have the score it was given."""
    start = np.full(5, START, "int32")
    state = {"read": np.arange(5, dtype="int32")}
    ids, lengths, scores, _ = (np.array(part) for part in beam_search(
        remembering, start, state, (), end=END, width=width, max_length=6, n_best=width))
    for b, n in itertools.product(range(5), range(width)):
        read, token, total = {"read": np.array([b], "int32")}, START, 0.0
        for w in ids[b, n, : lengths[b, n]]:
            log_probs, read = remembering(np.array([token], "int32"), read, ())
            total, token = total + float(log_probs[0, w]), w
        assert total == pytest.approx(scores[b, n], abs=1e-4)


def test_hypotheses_that_end_are_not_replaced_in_that_step():
    """Width 2, and both of the best end at once: nothing lives, though others could have."""
    p = np.full((3, 5, 5), 1e-9)
    p[0, START] = [1e-9, 1e-9, 0.5, 0.3, 0.2]
    p[1, 2], p[1, 3], p[1, 4] = ([1e-9, 0.9, 0.04, 0.03, 0.03], [1e-9, 0.9, 0.04, 0.03, 0.03],
                                 [1e-9, 0.2, 0.2, 0.3, 0.3])
    p[2] = 0.2
    (found,) = search([np.log(p).astype("float32")], 2, 3, n_best=2)
    assert [ids for _, ids, _ in found] == [(2, END), (3, END)]


def test_nothing_ends_and_all_is_cut_unfinished():
    table = language(3)
    table[:, :, END] = -np.inf
    table -= np.log(np.exp(table).sum(-1, keepdims=True))
    (found,) = search([table], 3, 4, n_best=3)
    assert [len(ids) for _, ids, _ in found] == [4, 4, 4]
    assert not any(ended for *_, ended in found)
    assert_same(found, plain(table, 3, 4, n_best=3))


def test_a_cut_hypothesis_competes_on_equal_terms():
    table = np.log(np.array([[[0.02, 0.08, 0.9]] * 3] * 3)).astype("float32")
    (((score, ids, ended),),) = search([table], 2, 3)
    assert (ids, ended) == ((2, 2, 2), False)
    assert score == pytest.approx(3 * np.log(0.9), abs=1e-5)


def test_fewer_hypotheses_than_asked_for():
    table = np.full((2, 3, 3), -np.inf, "float32")
    table[:, :, END] = 0.0
    (found,) = search([table], 3, 2, n_best=3)
    assert [ids for _, ids, _ in found] == [(END,)]
    ids, lengths, scores, ended = beam_search(
        stepper(table), np.array([START]), {"t": np.zeros(1, "int32"),
                                            "language": np.zeros(1, "int32")}, (),
        end=END, width=3, max_length=2, n_best=3)
    assert np.array(lengths).tolist() == [[1, 0, 0]]
    assert np.array(ids)[0, 1:].tolist() == [[0, 0], [0, 0]]
    assert np.array(scores)[0, 1:].tolist() == [-np.inf, -np.inf]
    assert np.array(ended).tolist() == [[True, False, False]]


@pytest.mark.parametrize(("max_length", "width"), [(1, 1), (1, 3), (5, 9)])
def test_length_one_and_a_width_above_the_vocabulary(max_length, width):
    table = language(11)
    (have,) = search([table], width, max_length, n_best=1)
    assert_same(have, plain(table, width, max_length))


def test_it_stops_when_no_living_hypothesis_can_win():
    """The end is nearly sure at once: whatever lives on, each further token costs more."""
    asked = []
    p = np.full((9, 3, 3), 1e-4)
    p[:, :, END] = 0.9998
    table = np.log(p).astype("float32")
    step = stepper(table)

    def counting(tokens, state, source):
        asked.append(1)
        return step(tokens, state, source)

    state = {"t": np.zeros(1, "int32"), "language": np.zeros(1, "int32")}
    _beam_search(counting, np.array([START]), state, (), end=END, width=3, max_length=9,
                 length_penalty=0.0, n_best=1)
    assert len(asked) == 1


def test_the_same_step_and_shapes_are_traced_once():
    step = stepper(language(0))
    function = compiled(_beam_search)
    before = function.experimental_get_tracing_count()
    for _ in range(3):
        state = {"t": np.zeros(1, "int32"), "language": np.zeros(1, "int32")}
        beam_search(step, np.array([START]), state, (), end=END, width=2, max_length=4)
    assert function.experimental_get_tracing_count() == before + 1


def test_within_a_graph_each_width_is_traced_as_part_of_it():
    """Else TensorFlow warns after five widths that something is traced too often."""
    step = stepper(language(0))
    state = {"t": np.zeros(1, "int32"), "language": np.zeros(1, "int32")}
    before = compiled(_beam_search).experimental_get_tracing_count()
    inside = graph(lambda start: beam_search(step, start, state, (), end=END, width=2,
                                             max_length=4)[0])
    have = inside(np.array([START], "int32"))
    assert compiled(_beam_search).experimental_get_tracing_count() == before
    want = beam_search(step, np.array([START]), state, (), end=END, width=2, max_length=4)[0]
    np.testing.assert_array_equal(have, want)


@pytest.mark.parametrize(("wrong", "message"), [
    ({"width": 0}, "`width` must be an integer of at least 1"),
    ({"width": 2.0}, "`width` must be an integer of at least 1"),
    ({"max_length": 0}, "`max_length` must be an integer of at least 1"),
    ({"n_best": 3}, "`n_best` must be at most `width`, 2. Received: n_best=3"),
    ({"length_penalty": -0.1}, "`length_penalty` must be a number of at least 0"),
    ({"length_penalty": float("nan")}, "`length_penalty` must be a number of at least 0"),
    ({"end": 4}, r"`end` must be an integer in \[0, 4\).* Received: end=4"),
    ({"end": -1}, "`end` must be an integer in"),
])
def test_wrong_arguments_are_refused(wrong, message):
    arguments = {"width": 2, "max_length": 4, "n_best": 1, "length_penalty": 0.0, "end": END,
                 **wrong}
    state = {"t": np.zeros(1, "int32"), "language": np.zeros(1, "int32")}
    with pytest.raises(ValueError, match=message):
        beam_search(stepper(language(0)), np.array([START]), state, (), **arguments)
    if "end" in wrong:  # in a graph, too, as soon as the vocabulary is known
        with pytest.raises(ValueError, match=message):
            _beam_search(stepper(language(0)), np.array([START]), state, (), **arguments)


@pytest.mark.slow
def test_under_xla_the_answers_are_the_same():
    import tensorflow as tf

    tables = [language(seed, steps=6) for seed in range(5)]
    step, start = stepper(*tables), np.full(5, START, "int32")
    state = {"t": np.zeros(5, "int32"), "language": np.arange(5, dtype="int32")}

    @tf.function(jit_compile=True, autograph=False)
    def xla():
        return beam_search(step, start, state, (), end=END, width=3, max_length=6, n_best=3)

    want = beam_search(step, start, state, (), end=END, width=3, max_length=6, n_best=3)
    for have, wanted in zip(xla(), want, strict=True):
        np.testing.assert_allclose(have, wanted, atol=1e-5)


def test_sources_that_are_done_leave_the_batch():
    """Eight sources, one of which goes on: soon a step is asked about two sources at most."""
    asked = []

    def step(tokens, state, source):
        asked.append(tokens.shape[0])
        wait = state["left"] > 0
        log_probs = ops.where(wait[:, None], np.log([0.01, 1e-6, 0.99 - 1e-6]),
                              np.log([1e-6, 1 - 2e-6, 1e-6]))
        owner = ops.repeat(source["name"], tokens.shape[0] // source["name"].shape[0])
        np.testing.assert_array_equal(owner, state["name"])  # they leave together
        return ops.cast(log_probs, "float32"), {**state, "left": state["left"] - 1}

    left, names = np.array([0, 1, 0, 9, 0, 2, 0, 1]), np.arange(8)
    ids, lengths, *_ = _beam_search(
        step, np.full(8, START, "int32"), {"left": left, "name": names}, {"name": names}, end=END,
        width=2, max_length=12, length_penalty=0.0, n_best=1)
    assert np.array(lengths)[:, 0].tolist() == (left + 1).tolist()
    assert [int(row[n]) for row, n in zip(np.array(ids)[:, 0], left, strict=True)] == [END] * 8
    assert asked == [8, 8, 4, 4, *[4] * 6]


@pytest.mark.parametrize("width", [2, 4, 7])
@pytest.mark.parametrize("nonsense", [np.nan, np.inf])
def test_what_a_step_says_of_hypotheses_that_are_over_does_not_count(width, nonsense):
    p = np.array([[0, 0.1, 0.5, 0.4], [0, 1, 0, 0], [0, 0.4, 0.1, 0.5], [0, 0.4, 0.1, 0.5]])
    with np.errstate(divide="ignore"):
        table = np.log(np.stack([p] * 3)).astype("float32")
    want = plain(table, width, 3)
    table[:, END] = nonsense
    (have,) = search([table], width, 3)
    assert_same(have, want)


def exactly(tables, bounds, max_length=5):
    state = {"t": np.zeros(len(tables), "int32"), "language": np.arange(len(tables), dtype="int32")}
    return exact_search(stepper(*tables), np.full(len(tables), START), state, (), end=END,
                        max_length=max_length, bounds=bounds)


def test_the_exact_search_finds_the_likeliest_that_ends():
    """Against all answers there are; and a batch of languages does not mix."""
    tables = [language(seed, symbols=4, steps=4) for seed in range(6)]
    found, scores, count = exactly(tables, np.full(6, -50.0), 4)
    for table, ids, score in zip(tables, found, scores, strict=True):
        cut = np.array(table)
        cut[3][:, [0, 2, 3]] = -np.inf  # what does not end at the last step is no answer
        want = enumerated(cut, 4, 0.0)
        assert (tuple(ids), score) == (want[1], pytest.approx(want[0], abs=1e-4))
    greedy_scores = [plain(table, 1, 4)[0][0] for table in tables]
    again, _, fewer = exactly(tables, np.array(greedy_scores) - 1e-3, 4)
    assert fewer < count
    assert [ids for ids in again if ids] == [
        ids for ids, score, bound in zip(found, scores, greedy_scores, strict=True)
        if score > bound - 1e-3]


def test_below_the_bound_the_exact_search_finds_nothing():
    found, scores, count = exactly([language(0), language(1)], [-0.001, -50.0])
    assert found[0] is None
    assert scores[0] == -0.001
    assert found[1]
    assert count >= 2


@pytest.mark.parametrize("bounds", [[-1.0], [-1.0, -np.inf], [-1.0, np.nan], 3.0])
def test_bounds_that_bound_nothing_are_refused(bounds):
    with pytest.raises(ValueError, match="`bounds` must hold a finite number for each source"):
        exactly([language(0), language(1)], bounds)

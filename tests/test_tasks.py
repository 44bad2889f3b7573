"""Generated tasks: right answers, known alignments, no date in two parts."""

import datetime
from itertools import pairwise

import numpy as np
import pytest

from seq2seq_tf import tasks
from seq2seq_tf.tasks import FORMS, dates, recall, reversal, write_date


def test_a_reversal_is_linked_from_end_to_start():
    for example in reversal(50, 1, 9, seed=3):
        assert example.target == example.source[::-1]
        assert len(example.links) == len(example.source)
        assert all(example.target[t] == example.source[s] for t, s in example.links)
        in_order = [s for _, s in sorted(example.links)]
        assert all(a == b + 1 for a, b in pairwise(in_order))


def test_every_length_is_about_equally_likely():
    lengths = np.bincount([len(e.source) for e in reversal(6000, 2, 4)])
    assert lengths[:2].sum() == 0
    np.testing.assert_allclose(lengths[2:] / 6000, [1 / 3] * 3, atol=0.03)


def test_recall_asks_for_the_first_symbol():
    x, y = recall(200, 7, symbols=5)
    assert x.shape == (200, 7, 5)
    np.testing.assert_array_equal(x.sum(axis=-1), 1)
    np.testing.assert_array_equal(x[:, 0].argmax(axis=-1), y)
    assert 0.1 < np.mean(x[:, -1].argmax(axis=-1) == y) < 0.3  # the last one tells nothing


@pytest.mark.parametrize(("index", "wanted"), list(enumerate([
    "7 March 2003", "7 Mar 2003", "7 Mar 03", "March 7, 2003", "Mar 7, 2003", "07/03/2003",
    "7/3/03", "7.3.2003", "7.3.03", "Friday, 7 March 2003", "2003 March 7"])))
def test_every_form_by_hand(index, wanted):
    example = write_date(datetime.date(2003, 3, 7), FORMS[index])
    assert example.pair == (wanted, "2003-03-07")


def test_a_date_is_linked_to_its_fields():
    example = write_date(datetime.date(1998, 12, 31), FORMS[3])  # December 31, 1998
    fields = {t: "".join(example.source[s] for s in sorted(s for u, s in example.links if u == t))
              for t, _ in example.links}
    assert fields == {**dict.fromkeys(range(4), "1998"), 5: "December", 6: "December",
                      8: "31", 9: "31"}


@pytest.mark.parametrize(("year", "written"), [(1950, "50"), (1999, "99"), (2000, "00"),
                                               (2049, "49")])
def test_two_digits_mean_one_century(year, written):
    example = write_date(datetime.date(year, 1, 2), FORMS[8])
    assert example.pair == (f"2.1.{written}", f"{year}-01-02")


def test_no_date_stands_in_two_parts():
    parts = [{e.target for e in dates(2000, part)} for part in ("train", "validation", "test")]
    assert all(not a & b for a, b in [(parts[0], parts[1]), (parts[0], parts[2]),
                                      (parts[1], parts[2])])
    assert all(tasks.FIRST.isoformat() <= d <= tasks.LAST.isoformat() for p in parts for d in p)


def test_the_seed_determines_everything():
    assert dates(50, seed=1) == dates(50, seed=1) != dates(50, seed=2)
    assert reversal(50, 1, 5, seed=1) == reversal(50, 1, 5, seed=1) != reversal(50, 1, 5, seed=2)
    np.testing.assert_array_equal(recall(5, 4, seed=1)[0], recall(5, 4, seed=1)[0])


@pytest.mark.parametrize(("call", "message"), [
    (lambda: reversal(0, 1, 2), "`count` must be an integer"),
    (lambda: reversal(5, 3, 2), "`longest` must be at least `shortest`"),
    (lambda: recall(5, 0), "`steps` must be an integer"),
    (lambda: dates(5, "dev"), '`part` must be "train", "validation" or "test"'),
    (lambda: dates(-1), "`count` must be an integer"),
])
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""Checks of lesson 00: they accept the reference, name mistakes, say "not yet" to the stub."""

import numpy as np
import pytest

from seq2seq_tf.checks.lesson_00 import check_knowing_nothing, check_silent_letters


def knowing_nothing(V):
    """A reference that takes the surprise at each symbol and averages."""
    p = np.full(V, 1 / V)
    return float(np.mean(-np.log(p)))


def silent_letters(word, weights):
    """A reference that adds up in loops."""
    found = ""
    for s, letter in enumerate(word):
        total = 0
        for row in weights:
            total += row[s]
        found += letter if total < 0.5 else ""
    return found


REFERENCES = [(check_knowing_nothing, knowing_nothing), (check_silent_letters, silent_letters)]
MISTAKES = [
    (check_knowing_nothing, np.log2, "you count in bits"),
    (check_knowing_nothing, np.log10, "to base 10"),
    (check_knowing_nothing, lambda V: -np.log(V), "*minus* this logarithm"),
    (check_knowing_nothing, lambda V: 1 / V, "the probability of each symbol"),
    (check_silent_letters, lambda word, w: "".join(
        c for c, row in zip(word, w, strict=False) if sum(row) < 0.5), "you add up each row"),
    (check_silent_letters, lambda word, w: "".join(
        c for c in word if c not in silent_letters(word, w)), "the silent ones are the others"),
    (check_silent_letters, lambda word, w: silent_letters(word, [w.max(axis=0)]),
     "two sounds may share it"),
    (check_silent_letters, lambda word, w: silent_letters(word, 1e6 * w), "exactly 0"),
]


@pytest.mark.parametrize(("check", "reference"), REFERENCES)
def test_a_check_accepts_the_reference(check, reference, capsys):
    check(reference)
    assert capsys.readouterr().out.startswith("Right:")


@pytest.mark.parametrize("check", [check for check, _ in REFERENCES])
def test_a_check_says_not_yet_to_the_stub(check, capsys):
    check(lambda *arguments: None)
    assert "Not yet" in capsys.readouterr().out


@pytest.mark.parametrize(("check", "mistake", "diagnosis"), MISTAKES)
def test_a_check_names_the_mistake(check, mistake, diagnosis, capsys):
    check(mistake)
    printed = capsys.readouterr().out
    assert printed.startswith("Not right yet:")
    assert diagnosis in printed
    assert printed.count("A likely reason") == 1


@pytest.mark.parametrize("check", [check for check, _ in REFERENCES])
def test_a_check_survives_what_a_reader_may_write(check, capsys):
    check(lambda *arguments: 1 / 0)
    assert "raises ZeroDivisionError" in capsys.readouterr().out
    check(lambda *arguments: "nonsense")
    assert "should be" in capsys.readouterr().out


def test_a_numpy_number_is_shown_as_a_number(capsys):
    check_knowing_nothing(np.log2)
    assert "should be 0.6931471805599453, yours is 1.0." in capsys.readouterr().out

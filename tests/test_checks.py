"""Checks of all lessons: they accept the reference, name mistakes, say "not yet" to the stub.

Each lesson's references and mistakes stand in `exercises/lesson_NN.py`.
"""

import importlib
from pathlib import Path

import keras
import numpy as np
import pytest
from exercises.lesson_02 import mended_step
from exercises.lesson_04 import write

from seq2seq_tf.checks import check
from seq2seq_tf.checks.lesson_00 import check_knowing_nothing
from seq2seq_tf.checks.lesson_01 import check_one_step_back
from seq2seq_tf.checks.lesson_04 import Speller
from seq2seq_tf.vocabulary import START

STEMS = sorted(path.stem for path in (Path(__file__).parent / "exercises").glob("lesson_*.py"))
LESSONS = {stem: importlib.import_module(f"exercises.{stem}") for stem in STEMS}


def cases(table):
    """Lists the rows of all lessons' tables, each with a name such as lesson_01-steps_to_fade."""
    return [pytest.param(*row, id=f"{stem}-{row[0].__name__.removeprefix('check_')}")
            for stem, lesson in LESSONS.items() for row in getattr(lesson, table)]


each_reference = pytest.mark.parametrize(("check", "reference"), cases("REFERENCES"))


@pytest.mark.parametrize("stem", STEMS)
def test_every_check_of_a_lesson_has_a_reference_and_mistakes(stem):
    checks = importlib.import_module(f"seq2seq_tf.checks.{stem}")
    names = {name for name in vars(checks) if name.startswith("check_")}
    for table in (LESSONS[stem].REFERENCES, LESSONS[stem].MISTAKES):
        assert {check.__name__ for check, *_ in table} == names


@each_reference
def test_a_check_accepts_the_reference(check, reference, capsys):
    check(reference)
    assert capsys.readouterr().out.startswith("Right:")


@each_reference
def test_a_check_says_not_yet_to_the_stub(check, reference, capsys):
    check(lambda *arguments: None)
    assert "Not yet" in capsys.readouterr().out


@pytest.mark.parametrize(("check", "mistake", "diagnosis"), cases("MISTAKES"))
def test_a_check_names_the_mistake(check, mistake, diagnosis, capsys):
    check(mistake)
    printed = capsys.readouterr().out
    assert printed.startswith("Not right yet:")
    assert diagnosis in printed
    assert printed.count("A likely reason") == 1
    assert "object at" not in printed


@each_reference
def test_a_check_survives_what_a_reader_may_write(check, reference, capsys):
    check(lambda *arguments: 1 / 0)
    assert "raises ZeroDivisionError" in capsys.readouterr().out
    check(lambda *arguments: "nonsense")
    assert "should be" in capsys.readouterr().out


def test_a_numpy_number_is_shown_as_a_number(capsys):
    check_knowing_nothing(np.log2)
    assert "should be 0.6931471805599453, yours is 1.0." in capsys.readouterr().out


def test_an_array_is_shown_in_one_line(capsys):
    check_one_step_back(lambda gradient, h, U: gradient / 3)
    assert "should be [0.375], yours is [0.3333].\n" in capsys.readouterr().out


def test_a_mask_is_shown_as_true_and_false(capsys):
    check(np.logical_not, lambda mask: mask, [(np.array([True, False]),)], {})
    assert "should be [True, False], yours is [False, True].\n" in capsys.readouterr().out


def test_the_reference_of_an_lstm_step_is_keras_own():
    layer = keras.layers.LSTM(3)
    layer.build((None, None, 2))
    random = np.random.default_rng(0)
    weights = [random.normal(size=w.shape) for w in layer.get_weights()]
    layer.set_weights(weights)
    x = random.normal(size=2)
    h, _ = mended_step(x, np.zeros(3), np.zeros(3), *weights)
    np.testing.assert_allclose(layer(x[None, None])[0], h, atol=1e-6)


def test_a_speller_spells_its_word_and_stops():
    assert write(Speller([4, 4, 6]), 0, 8) == [4, 4, 6]


def test_a_speller_gives_probabilities():
    log_probs, state = Speller([7, 4])(START, 0)
    assert np.isclose(np.exp(log_probs).sum(), 1)
    assert state == 1

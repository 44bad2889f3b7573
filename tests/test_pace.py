"""A notebook's time: held against what it states, on this machine at this moment."""

import nbformat
import pace
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.ipynb"
    cells = [new_markdown_cell("**Runs in 2 minutes**"), new_code_cell("print(6 * 7)")]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def unasked(*_):
    raise AssertionError("the earlier answer was enough")


def test_a_notebook_may_take_one_and_a_half_times_what_it_states(book):
    assert pace.verdict(book, 180, unasked, unasked) is None
    assert pace.verdict(book, 181, lambda: 1.0, lambda _: 182).startswith(
        "book.ipynb states 120 s and took 181 s, run once more 182 s; 1.5 times")


def test_a_slow_moment_counts_for_nothing(book):
    assert pace.verdict(book, 500, lambda: 1.0, lambda path: 180 if path == book else 500) is None


def test_a_slow_machine_has_more_time(book):
    assert pace.verdict(book, 359, lambda: 2.0, unasked) is None
    assert pace.verdict(book, 361, lambda: 2.0, lambda _: 359) is None
    assert "361 s, run once more 362 s" in pace.verdict(book, 361, lambda: 2.0, lambda _: 362)


def test_what_states_no_time_has_no_limit(book):
    nbformat.write(new_notebook(cells=[new_markdown_cell("nothing")]), book)
    assert pace.verdict(book, 1e6, unasked, unasked) is None


def test_a_fast_machine_has_no_less_time(monkeypatch):
    def printed(line):
        monkeypatch.setattr(pace.subprocess, "run", lambda *_, **__: type("", (), {"stdout": line}))
        return pace.slowness()

    assert printed(f"{pace.REFERENCE / 4}\n") == 1.0
    assert printed(f"a warning\n{pace.REFERENCE * 4}\n") == 4.0


def test_a_second_run_leaves_the_file_as_it_is(book):
    before = book.read_bytes()
    assert 0 < pace.rerun(book) < 100
    assert book.read_bytes() == before


@pytest.mark.slow
def test_the_reference_training_can_be_timed():
    assert 1.0 <= pace.slowness() < 50

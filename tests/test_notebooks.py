"""Notebooks are tidy: executed whole, small cells, allowed tags, nothing of the machine."""

import ast
import itertools
import re
import statistics
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import course

TAGS = {"nbval-ignore-output"}
NOTEBOOKS = course.notebooks()
LESSONS = [path for path in NOTEBOOKS if path.parent.name == "notebooks"]


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def lines(cell):
    return len(cell.source.strip().splitlines())


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem if path in LESSONS else
                f"solutions/{path.stem}")
def path(request):
    return request.param


def test_there_are_notebooks():
    assert LESSONS


def test_it_was_executed_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts == list(range(1, len(counts) + 1))


def test_no_output_is_an_error_or_a_warning(path):
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.text
            assert "warning" not in output.get("text", "").lower(), output.text


def test_it_says_nothing_of_the_machine_that_ran_it(path):
    text = path.read_text("utf-8")
    for trace in ("/home/", "/root/", "/work/", "/tmp/", "/Users/", "C:\\\\", "site-packages",
                  "object at 0x"):
        assert trace not in text, trace
    book = read(path)
    assert book.metadata == course.KERNEL
    for cell in book.cells:
        assert set(cell.metadata) <= {"tags"}
        assert set(cell.metadata.get("tags", [])) <= TAGS or all(
            tag in TAGS or tag.startswith("shown:seq2seq_tf.") for tag in cell.metadata.tags)
        assert "application/vnd.jupyter.widget-view+json" not in str(cell.get("outputs", ""))


def test_badge_and_first_cell_are_the_current_ones(path):
    book = read(path)
    assert not course.relink(path, book)
    assert "Open in Colab" in book.cells[0].source


def test_imports_stand_in_the_second_code_cell(path):
    for i, cell in enumerate(code_cells(read(path))):
        if i < 2:
            continue
        imported = [n for n in ast.walk(ast.parse(cell.source))
                    if isinstance(n, ast.Import | ast.ImportFrom)]
        assert not imported, cell.source
    assert "import *" not in path.read_text("utf-8")
    assert "filterwarnings" not in path.read_text("utf-8")


def test_cells_are_small(path):
    sizes = [lines(cell) for cell in code_cells(read(path))[2:]]
    assert statistics.median(sizes) <= 6
    assert sum(size <= 15 for size in sizes) >= 0.9 * len(sizes)
    assert max(sizes) <= 30


def test_few_cells_are_left_uncompared_and_those_assert(path):
    cells = code_cells(read(path))
    ignored = [c for c in cells if "nbval-ignore-output" in c.metadata.get("tags", [])]
    trains = any(".fit(" in c.source for c in cells)
    assert len(ignored) <= len(cells) * (0.4 if trains else 0.2)
    for cell in ignored:
        assert "assert " in cell.source, cell.source


def test_it_states_at_most_three_minutes(path):
    assert 0 < course.stated(path)["Runs"] <= 180


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_opens_and_closes_as_promised(lesson):
    book = read(lesson)
    opening, closing = book.cells[0].source, "\n".join(c.source for c in book.cells[-8:])
    assert "**After this you can**" in opening
    assert re.search(r"\*\*Runs in \d+ minutes?\*\*", opening)
    assert re.search(r"\*\*Reads in \d+ minutes\*\*", opening)
    for part in ("questions to recall", "## Exercises", "## What was left out", "## Where this",
                 "## Sources"):
        assert part in closing, part
    guesses = sum(c.source.lower().count("guess") for c in book.cells if c.cell_type == "markdown")
    assert guesses >= 2


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_reading_time_is_honest(lesson):
    """At most 200 words a minute for prose, and six seconds for each line of code."""
    book = read(lesson)
    words = sum(len(c.source.split()) for c in book.cells if c.cell_type == "markdown")
    minutes = words / 200 + sum(lines(c) for c in code_cells(book)) / 10
    stated = course.stated(lesson)["Reads"] / 60
    assert stated <= 45
    assert 0.6 * stated <= minutes <= 1.2 * stated


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_figures_have_words_beside_them(lesson):
    cells = read(lesson).cells
    for i, cell in enumerate(cells):
        drawn = any("image/png" in o.get("data", {}) for o in cell.get("outputs", []))
        if drawn:
            assert "*The figure:" in "".join(c.source for c in cells[i + 1 : i + 2]), cell.source


def test_lesson_and_solution_hold_the_same_checks():
    """A check that a lesson repeats at once, to show how it answers, counts as one."""
    for lesson in LESSONS:
        called = re.findall(r"check_\w+\(\w+\)", lesson.read_text("utf-8"))
        checks = [name for name, _ in itertools.groupby(called)]
        solution = lesson.parent / "solutions" / lesson.name
        if checks:
            assert re.findall(r"check_\w+\(\w+\)", solution.read_text("utf-8")) == checks


def test_every_symptom_leads_to_a_section_that_exists():
    """The table in notebook 00 names places as `04, *Shifted by one*`."""
    table = LESSONS[0].read_text("utf-8")
    places = re.findall(r"(\d\d), \*([^*]+)\*", table)
    assert LESSONS[0].stem == "00_start_here"
    assert len(places) >= 15
    for number, title in places:
        for lesson in LESSONS:
            if lesson.stem.startswith(number):
                prose = [c.source for c in read(lesson).cells if c.cell_type == "markdown"]
                headings = re.findall(r"^##? (.*)$", "\n".join(prose), re.MULTILINE)
                assert title in headings, f"{number}, {title}"


def shown(path):
    """Yields (dotted name, cell) for each cell that shows a part of the package."""
    for cell in code_cells(read(path)):
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("shown:"):
                yield tag.removeprefix("shown:"), cell


def definition(body, name):
    """Finds a class or function among statements."""
    return next(n for n in body if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == name)


class Plain(ast.NodeTransformer):
    """Strips what a lesson leaves out: decorators, docstrings, annotations, guards."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.decorator_list, node.returns = [], None
        node.body = [n for n in node.body if not self.is_left_out(n)]
        return node

    visit_ClassDef = visit_FunctionDef

    def visit_arg(self, node):
        node.annotation = None
        return node

    @staticmethod
    def is_left_out(node):
        if isinstance(node, ast.If):
            return all(isinstance(n, ast.Raise) for n in node.body) and not node.orelse
        if not isinstance(node, ast.Expr):
            return False
        if isinstance(node.value, ast.Constant):
            return isinstance(node.value.value, str)
        return isinstance(node.value, ast.Call) and getattr(
            node.value.func, "id", "").startswith("check_")


def plain(node):
    return ast.unparse(Plain().visit(node))


def in_package(name):
    """Parses what a dotted name such as seq2seq_tf.cells.RNNCell.call stands for."""
    _, module, *parts = name.split(".")
    node = ast.parse((ROOT / "seq2seq_tf" / f"{module}.py").read_text("utf-8"))
    for part in parts:
        node = definition(node.body, part)
    return node, parts


def test_what_a_lesson_shows_is_what_the_package_holds(path):
    for name, cell in shown(path):
        ours, parts = in_package(name)
        theirs = ast.parse(cell.source)
        for part in parts if isinstance(ours, ast.ClassDef) else parts[:1]:
            theirs = definition(theirs.body, part)
        if isinstance(ours, ast.FunctionDef) and isinstance(theirs, ast.ClassDef):
            theirs = definition(theirs.body, parts[-1])
        if isinstance(ours, ast.FunctionDef):
            assert plain(theirs) == plain(ours), name
            continue
        methods = {n.name: n for n in ours.body if isinstance(n, ast.FunctionDef)}
        here = {n.name: n for n in theirs.body if isinstance(n, ast.FunctionDef)}
        for method, node in here.items():
            assert plain(node) == plain(methods[method]), f"{name}.{method}"
        assert methods.keys() - here.keys() <= {"get_config", "from_config"}, name


def test_a_thing_is_shown_in_one_notebook_only():
    names = [name for path in LESSONS for name, _ in shown(path)]
    assert len(names) == len(set(names))


def test_every_solution_is_right():
    """What a check printed is stored: a solution that was run before its check changed says so."""
    solutions = [path for path in NOTEBOOKS if path not in LESSONS]
    assert len(solutions) >= 10
    for solution in solutions:
        said = [line for cell in code_cells(read(solution)) for output in cell.outputs
                for line in output.get("text", "").splitlines()]
        wrong = [line for line in said if line.startswith(("Not yet", "Not right"))]
        assert not wrong, solution.name
        assert any(line.startswith("Right: ") for line in said), solution.name

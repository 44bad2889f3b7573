"""What pytest needs to know about the notebooks before nbval runs them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "tools"))

import pace


def pytest_collectstart(collector):
    """Compares what every machine prints alike; stderr and HTML are not that."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr", "text/html")


def pytest_collection_modifyitems(items):
    """Marks the last cell of each notebook: there its time is up."""
    for item in items:
        if hasattr(item, "cell_num"):
            item.parent.last_cell = item.cell_num


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fails a notebook that takes much longer than it states, and remembers a failure."""
    report = yield
    if report.when == "call" and hasattr(item, "cell_num"):
        book = item.parent
        book.seconds = getattr(book, "seconds", 0) + call.duration
        if report.passed and item.cell_num == book.last_cell:
            name = "/".join(book.path.parts[-2:])
            report.user_properties.append(("took", (name, book.seconds)))
            wrong = pace.verdict(book.path, book.seconds)
            if wrong:
                report.outcome, report.longrepr = "failed", wrong
        if report.failed:
            book.failed_cell = item.cell_num
    return report


def pytest_runtest_setup(item):
    """Skips the rest of a notebook after its first failure: it would only echo that one."""
    failed = getattr(item.parent, "failed_cell", None)
    if failed is not None:
        pytest.skip(f"cell {failed} of this notebook failed")


def pytest_terminal_summary(terminalreporter):
    """Lists what each notebook took."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, [])]
    taken = [value for r in reports for key, value in r.user_properties if key == "took"]
    for name, seconds in sorted(taken):
        terminalreporter.write_line(f"{seconds:5.0f} s: {name}")

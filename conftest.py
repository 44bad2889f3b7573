"""What pytest needs to know about the notebooks before nbval runs them."""

import re

import pytest

STATED = re.compile(r"Runs in (\d+) (minute|second)s?")


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
    """Fails a notebook that takes more than 1.5 times what it states, and remembers a failure."""
    report = yield
    if report.when == "call" and hasattr(item, "cell_num"):
        book = item.parent
        book.seconds = getattr(book, "seconds", 0) + call.duration
        allowed = 1.5 * stated_seconds(book.path)
        if report.passed and item.cell_num == book.last_cell and book.seconds > allowed:
            report.outcome = "failed"
            report.longrepr = (f"{book.path.name} took {book.seconds:.0f} s; "
                               f"1.5 times what it states are {allowed:.0f} s")
        if report.failed:
            book.failed_cell = item.cell_num
    return report


def pytest_runtest_setup(item):
    """Skips the rest of a notebook after its first failure: it would only echo that one."""
    failed = getattr(item.parent, "failed_cell", None)
    if failed is not None:
        pytest.skip(f"cell {failed} of this notebook failed")


def stated_seconds(path):
    """Reads the time that a notebook states; one that states none has no limit."""
    found = STATED.search(path.read_text("utf-8"))
    return float("inf") if found is None else int(found[1]) * {"minute": 60, "second": 1}[found[2]]

"""What pytest needs to know about the notebooks before nbval runs them."""

import pytest


def pytest_collectstart(collector):
    """Compares what every machine prints alike; stderr and HTML are not that."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr", "text/html")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remembers in its notebook that a cell has failed."""
    report = yield
    if report.when == "call" and report.failed and hasattr(item, "cell_num"):
        item.parent.failed_cell = item.cell_num
    return report


def pytest_runtest_setup(item):
    """Skips the rest of a notebook after its first failure: it would only echo that one."""
    failed = getattr(item.parent, "failed_cell", None)
    if failed is not None:
        pytest.skip(f"cell {failed} of this notebook failed")

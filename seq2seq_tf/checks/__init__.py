"""Checks: each exercise's `check_...` runs your function and tells what it finds.

A check knows the right answer and the usual wrong ones. It prints "not yet" for an empty stub,
the smallest example that fails together with the likely mistake, or that all is well. The checks
of a lesson stand in a module of its number.
"""

import numpy as np


def check(function, right, cases, mistakes):
    """Runs the reader's function on all cases and prints what it finds.

    Args:
        function: The reader's.
        right: A function that gives the right answers.
        cases: Tuples of arguments, the smallest first.
        mistakes: Diagnosis -> a function that makes this mistake.
    """
    answers = []
    for case in cases:
        try:
            answers.append(function(*case))
        except Exception as error:  # whatever a reader's code may raise
            print(f"Not right yet: {_shown(function, case)} raises {type(error).__name__}: {error}")
            return
    if all(answer is None for answer in answers):
        print(f"Not yet: `{function.__name__}` returns None. Write it, then run this cell again.")
        return
    for case, answer in zip(cases, answers, strict=True):
        if not _same(answer, right(*case)):
            print(f"Not right yet: {_shown(function, case)} should be {_plain(right(*case))}, "
                  f"yours is {_plain(answer)}.")
            for diagnosis, wrong in mistakes.items():
                if all(_same(a, wrong(*c)) for a, c in zip(answers, cases, strict=True)):
                    print(f"A likely reason: {diagnosis}.")
            return
    print(f"Right: `{function.__name__}` passes all {len(cases)} examples.")


def _same(have, want):
    try:
        if _exact(want):
            return have == want or [*map(list, have)] == [*map(list, want)]
        return bool(np.allclose(have, want))
    except (TypeError, ValueError):
        return False


def _exact(want):
    """Whether an answer is equal or not, with nothing to be close to: texts, sets, lists of ids."""
    return isinstance(want, str | set) or (
        isinstance(want, list) and all(isinstance(item, str | list) for item in want))


def _plain(value):
    """Shows NumPy numbers as numbers, and arrays in one line, to four digits."""
    if isinstance(value, tuple):
        return tuple(np.asarray(v).item() for v in value)
    if isinstance(value, np.ndarray):
        numbers = np.issubdtype(value.dtype, np.number)  # what is bool cannot be rounded
        return (np.round(value, 4) if numbers else value).tolist()
    return repr(value.item() if isinstance(value, np.generic) else value)


def _shown(function, case):
    shown = ", ".join(repr(a.tolist()) if isinstance(a, np.ndarray) else repr(a) for a in case)
    return f"{function.__name__}({shown})"

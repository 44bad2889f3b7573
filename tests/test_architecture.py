"""The rooms of the package and which way imports go: only backward, as the ideas do."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seq2seq_tf

PACKAGE = Path(seq2seq_tf.__file__).parent
ALLOWED = {
    "files": set(),
    "guards": set(),
    "cells": {"guards"},
    "plotting": set(),
    "metrics": set(),
    "masking": {"guards"},
    "vocabulary": {"masking"},
    "search": {"guards", "masking"},
    "checks": {"metrics", "cells", "masking", "vocabulary", "tasks"},  # what the exercises speak of
    "attention": {"guards", "masking"},
    "encoders": {"attention", "masking", "cells", "guards"},
    "decoders": {"attention", "masking", "cells", "guards"},
    "transformer": {"attention", "decoders", "guards", "masking"},
    "convolution": {"decoders", "guards", "masking", "transformer"},
    "model": {"encoders", "decoders", "search", "vocabulary", "masking", "guards"},
    "corpora": {"vocabulary", "files"},
    "phrasebook": {"corpora", "files", "guards"},
    "tasks": {"corpora", "guards"},  # `part_of` is one and the same everywhere
    "batches": {"vocabulary", "guards"},
    "stepwise": {"attention", "decoders", "guards"},
    "scheduled": {"model"},
    "ensemble": {"model"},
    "recipes": {"phrasebook", "corpora", "metrics", "tasks", "vocabulary"},
    "families": {"model", "encoders", "decoders", "stepwise", "convolution", "transformer"},
    "commands": {"ensemble", "families", "recipes", "training", "model", "corpora", "batches",
                 "masking", "plotting", "guards"},
    "checkpoint": set(),
    "training": {"checkpoint", "model", "batches", "metrics", "guards"},
}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or p.stem[:2] != "__")
MODULES = [p.relative_to(PACKAGE).as_posix() for p in FILES]


def room(module):
    """Names the room of a file: its own name, or that of its folder."""
    return module.removesuffix(".py").split("/")[0]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def rooms_used(module):
    names = [n.split(".") for n in imports(PACKAGE / module)]
    return {n[1] for n in names if n[0] == "seq2seq_tf" and len(n) > 1} - {room(module)}


def test_every_room_stands_in_the_table():
    assert set(map(room, MODULES)) == set(ALLOWED)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_backward(module):
    assert rooms_used(module) <= ALLOWED[room(module)]


def test_the_table_has_no_circle():
    left = dict(ALLOWED)
    while left:
        free = [room for room, needs in left.items() if not needs & left.keys()]
        assert free, f"these rooms need each other: {sorted(left)}"
        for room in free:
            del left[room]


@pytest.mark.parametrize("module", MODULES)
def test_tensorflow_is_imported_inside_functions_only(module):
    tree = ast.parse((PACKAGE / module).read_text("utf-8"))
    top = [a.name for n in tree.body if isinstance(n, ast.Import) for a in n.names]
    assert "tensorflow" not in top


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_read_in_one_sitting(module):
    assert len((PACKAGE / module).read_text("utf-8").splitlines()) <= 260


KERAS_KNOWS = {"build", "call", "get_config", "from_config", "update_state", "compute_metrics",
               "get_metrics_result", "compile_from_config", "on_epoch_begin", "on_epoch_end"}


def public_things(body):
    """Yields public functions, classes and their methods; what Keras documents is left out."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if node.name not in KERAS_KNOWS:
                yield node
            if isinstance(node, ast.ClassDef):
                yield from public_things(node.body)


@pytest.mark.parametrize("module", MODULES)
def test_public_things_say_what_they_do(module):
    tree = ast.parse((PACKAGE / module).read_text("utf-8"))
    assert ast.get_docstring(tree), module
    # What overrides a documented method of the same module need not say it again.
    said = {n.name for n in public_things(tree.body) if ast.get_docstring(n)}
    for node in public_things(tree.body):
        text = ast.get_docstring(node)
        assert text or node.name in said, f"{module}.{node.name} has no docstring"
        assert text is None or len(text.splitlines()) <= 25, f"{module}.{node.name} says too much"


QUIET = """
import sys
import seq2seq_tf
import tensorflow as tf
from tensorflow.python.framework import test_util
from seq2seq_tf import model
import numpy as np, keras
layer = keras.layers.LSTM(4, return_sequences=True)
x = tf.ones((2, 3, 4))
tf.function(lambda x: layer(x, mask=tf.constant([[True, True, False]] * 2)))(x)
print("oneDNN", test_util.IsMklEnabled())
"""


def test_importing_prints_nothing_and_onednn_stays_on():
    found = subprocess.run([sys.executable, "-c", QUIET], capture_output=True, text=True,
                           check=True)
    assert found.stderr == ""
    assert found.stdout == "oneDNN True\n"


def test_an_error_during_the_quiet_import_is_still_told():
    code = ("import os, seq2seq_tf\n"
            "with seq2seq_tf._quiet_stderr():\n    os.write(2, b'why')\n    1 / 0")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stderr.startswith("why")
    assert "ZeroDivisionError" in found.stderr

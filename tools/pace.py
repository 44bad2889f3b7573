"""How long notebooks take, on a machine that may be slow at the moment.

A notebook states its minutes for two cores that do `reference()` in REFERENCE seconds. One that
takes much longer is run once more, and each time the machine is measured too: a neighbour that
takes the cores for ten minutes makes no notebook wrong, a notebook that has grown is wrong twice.

    python tools/pace.py    does the reference training here and prints its seconds
"""

import subprocess
import sys
import time

import course
import nbformat

REFERENCE, SLACK = 10.0, 1.5


def reference():
    """Trains recurrent layers in the sizes of the notebooks, on all cores: seconds by the clock."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        keras.layers.Embedding(32, 64, mask_zero=True),
        keras.layers.Bidirectional(keras.layers.GRU(96, return_sequences=True)),
        keras.layers.GRU(192, return_sequences=True),
        keras.layers.Dense(32, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    ids = np.random.default_rng(0).integers(1, 32, (60 * 256, 9))
    model.fit(ids[:256], ids[:256], batch_size=256, verbose=0)  # for compiling
    started = time.monotonic()
    model.fit(ids, ids, batch_size=256, verbose=0)
    return time.monotonic() - started


def slowness():
    """Says how many times as slow as stated this machine is now; 1 for a faster one."""
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
    return max(1.0, float(done.stdout.split()[-1]) / REFERENCE)


def rerun(path):
    """Runs a notebook once more, its file left as it is: seconds."""
    return course.execute(nbformat.read(path, as_version=4), path.parent)


def verdict(path, seconds, slowness=slowness, rerun=rerun):
    """Says what is wrong with a notebook's time; None if nothing is, or if it states none.

    Args:
        path: The notebook.
        seconds: What it took, by the clock.
        slowness, rerun: Asked only when it took too long.
    """
    stated, tries = course.stated(path).get("Runs", float("inf")), []
    for took in (lambda: seconds, lambda: rerun(path)):
        tries.append(took())
        if tries[-1] <= SLACK * stated or tries[-1] <= SLACK * stated * slowness():
            return None
    return (f"{path.name} states {stated:.0f} s and took {tries[0]:.0f} s, run once more "
            f"{tries[1]:.0f} s; {SLACK} times what it states is allowed, on a slow machine as "
            "many times more as `tools/pace.py` takes longer there")


if __name__ == "__main__":
    print(reference())

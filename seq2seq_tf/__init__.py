"""Small Keras layers for the course "sequence to sequence".

The alphabet, the same in code and notebooks: B batch, S source steps, T target steps,
F features, U units, V vocabulary, K beam width; h state, c memory cell, q query, k key.
Everything is batch-first. Masks are bool, True = real.
"""

import contextlib
import os
import sys
import tempfile


@contextlib.contextmanager
def _quiet_stderr():
    """Keeps back what C++ writes to stderr, and hands it over after all when an error comes."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, AttributeError):  # no stderr to speak of, as in a windowed program
        yield
        return
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        except BaseException:
            log.seek(0)
            os.write(kept, log.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextlib.contextmanager
def _default_environment(name, value):
    """Sets an environment variable for a while, unless the reader has set it."""
    chosen = name not in os.environ
    os.environ.setdefault(name, value)
    try:
        yield
    finally:
        if chosen:
            del os.environ[name]


# TensorFlow greets with a dozen lines at its first import and its first look for a GPU, and later
# reports a missing oneDNN data type as an error. Its real errors come as Python exceptions.
with _quiet_stderr(), _default_environment("TF_CPP_MIN_LOG_LEVEL", "3"):
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.list_physical_devices()

# So that a saved model finds its classes, whatever it is made of.
from seq2seq_tf import (
    convolution,
    decoders,
    encoders,
    ensemble,
    model,
    scheduled,
    stepwise,
    transformer,
)

__all__ = ["convolution", "decoders", "encoders", "ensemble", "model", "scheduled", "stepwise",
           "transformer"]
__version__ = "0.1.0"

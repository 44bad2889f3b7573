"""Checkpoints: all that a training needs to go on, in one folder, replaced as a whole."""

import json
import pathlib
import shutil
import time

import keras
import numpy as np


class Checkpoint(keras.callbacks.Callback):
    """Saves all that a training needs to go on: every variable, the best ones, the curve.

    Args:
        directory: The folder `checkpoint` is made in it.
        seed: With the epoch's number it determines the dropout of that epoch.
        patience: As in `train`; it is counted on the curve, so that nothing else need be saved.
    """

    def __init__(self, directory, seed, patience=None):
        super().__init__()
        self.folder = pathlib.Path(directory) / "checkpoint"
        self.seed, self.patience = seed, patience
        self.curve, self.best = [], None

    def variables(self):
        """Lists all that changes while training, in a fixed order."""
        return [*self.model.variables, *self.model.optimizer.variables]

    def resume(self):
        """Loads the last checkpoint and returns the number of the epoch to start with."""
        replaced = self.folder.with_suffix(".old")
        if not self.folder.exists() and replaced.exists():  # killed between two renames
            replaced.rename(self.folder)
        if not self.folder.exists():
            return 0
        self.curve = json.loads((self.folder / "curve.json").read_text("utf-8"))
        self.best = read_arrays(self.folder / "best.npz")
        assign(self.variables(), read_arrays(self.folder / "last.npz"), self.folder)
        return len(self.curve)

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.monotonic()
        for i, layer in enumerate(dropout_layers(self.model)):
            layer.seed_generator.state.assign([self.seed * 1000 + i, epoch])

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.monotonic() - self.started
        lowest = min((line["val_loss"] for line in self.curve), default=np.inf)
        self.curve.append({"epoch": epoch + 1, "seconds": round(seconds, 1),
                           **{name: round(float(value), 5) for name, value in logs.items()}})
        if self.curve[-1]["val_loss"] < lowest:
            self.best = arrays(self.model.weights)
        self.save()
        if self.has_waited():
            self.model.stop_training = True

    def has_waited(self):
        """Tells whether the last `patience` epochs brought nothing better."""
        losses = [line["val_loss"] for line in self.curve]
        return bool(self.patience and losses
                    and len(losses) - 1 - int(np.argmin(losses)) >= self.patience)

    def save(self):
        """Writes the checkpoint beside the last one, then takes its place."""
        new, replaced = self.folder.with_suffix(".new"), self.folder.with_suffix(".old")
        for leftover in (new, replaced):
            shutil.rmtree(leftover, ignore_errors=True)
        new.mkdir(parents=True)
        np.savez(new / "last.npz", *arrays(self.variables()))
        np.savez(new / "best.npz", *self.best)
        (new / "curve.json").write_text(json.dumps(self.curve, indent=1), "utf-8")
        if self.folder.exists():
            self.folder.rename(replaced)
        new.rename(self.folder)
        shutil.rmtree(replaced, ignore_errors=True)

    def restore_best(self):
        """Gives the model the weights of its best epoch."""
        if self.best is not None:
            assign(self.model.weights, self.best, self.folder)


def dropout_layers(model):
    """Lists the dropout layers of a model, in a fixed order."""
    layers = model._flatten_layers(include_self=False)
    return [layer for layer in layers if isinstance(layer, keras.layers.Dropout) and layer.rate]


def arrays(variables):
    """Copies variables into NumPy arrays."""
    return [keras.ops.convert_to_numpy(v).copy() for v in variables]


def read_arrays(path):
    """Reads the arrays that `np.savez` wrote, in order."""
    with np.load(path) as file:
        return [file[f"arr_{i}"] for i in range(len(file.files))]


def assign(variables, values, where):
    """Writes values into variables.

    Raises:
        ValueError: Their number or shapes differ: the checkpoint is another model's.
    """
    want, have = [tuple(v.shape) for v in variables], [v.shape for v in values]
    if want != have:
        raise ValueError(f"The checkpoint must belong to this model and optimiser: choose another "
                         f"directory or delete it. Received: {where}, {len(have)} variables, "
                         f"{len(want)} wanted")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)

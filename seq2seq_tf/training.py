"""Training: a schedule, the best weights kept, a killed run resumed, a record of what came out."""

import json
import os
import pathlib
import platform
import zipfile

import keras
import numpy as np

from seq2seq_tf.batches import batches
from seq2seq_tf.checkpoint import Checkpoint, arrays, assign
from seq2seq_tf.guards import check_sizes


def warm_up_and_decay(peak, steps):
    """Makes a learning rate that rises for a tenth of the steps and then falls along a cosine.

    Args:
        peak: The highest rate; it starts at a tenth and ends at a hundredth of it.
        steps: Number of optimiser steps in the whole training.
    Raises:
        ValueError: `steps` is below 1.
    """
    check_sizes(steps=steps)
    rise = max(1, steps // 10)
    return keras.optimizers.schedules.CosineDecay(
        peak / 10, max(1, steps - rise), alpha=0.01, warmup_target=peak, warmup_steps=rise)


def train(model, train_pairs, validation_pairs, directory, *, epochs, batch_size=256, seed=0,
          patience=None, callbacks=(), verbose=1):
    """Fits a compiled model, keeps the best weights, and goes on where a killed run stopped.

    After each epoch `directory/checkpoint` is replaced as a whole by a new folder. Called again
    with the same arguments it continues there, and ends with the same weights, bit for bit, as a
    run that was never stopped (on the same machine).

    Args:
        model: A compiled `Seq2Seq`.
        train_pairs, validation_pairs: Lists of (source text, target text).
        directory: Where checkpoints stand; made when missing.
        epochs: How often all training pairs are seen.
        batch_size: Most pairs in a batch.
        seed: Determines the order of batches and the dropout.
        patience: Stop after so many epochs without a lower validation loss; None never does.
        callbacks: More of Keras's, such as `keras.callbacks.TensorBoard(directory)`.
        verbose: As in `fit`: 1 a progress bar, 2 a line for each epoch, 0 nothing.
    Returns:
        A list of one dict an epoch, as in the results file's "curve". The model holds the weights
        of the epoch with the lowest validation loss.
    Raises:
        ValueError: `epochs` is below 1, or the checkpoint belongs to another model.
        OSError: The directory cannot be made.
    """
    check_sizes(epochs=epochs, **({} if patience is None else {"patience": patience}))
    pathlib.Path(directory).mkdir(parents=True, exist_ok=True)  # now, not after an epoch
    vocabularies = model.source_vocabulary, model.target_vocabulary
    checkpoint = Checkpoint(directory, seed, patience)
    checkpoint.set_model(model)
    first = checkpoint.resume()
    data = batches(train_pairs, *vocabularies, batch_size, seed, epoch=first)
    held_out = batches(validation_pairs, *vocabularies, batch_size)
    if first < epochs and not checkpoint.has_waited():
        model.fit(data, validation_data=held_out, epochs=epochs, initial_epoch=first,
                  callbacks=[checkpoint, *callbacks], shuffle=False, verbose=verbose)
    checkpoint.restore_best()
    return checkpoint.curve


def ship(model, path):
    """Saves a small `.keras` file: no optimizer, weights rounded to float16, compressed.

    The weights become 16-bit numbers, and the model that is passed gets the same ones, so that
    what is measured afterwards is what was shipped. The shipped one computes in float32, whatever
    it was trained in.

    Args:
        model: A `Seq2Seq`.
        path: Where to write; it must end in `.keras`.
    """
    path = pathlib.Path(path)
    for weight, value in zip(model.weights, arrays(model.weights), strict=True):
        weight.assign(value.astype("float16").astype("float32"))
    config = in_float32(model.get_config())
    bare = type(model).from_config(config)  # never compiled: no optimizer to save
    assign(bare.weights, arrays(model.weights), path)
    path.parent.mkdir(parents=True, exist_ok=True)
    full, small = path.with_suffix(".full.keras"), path.with_suffix(".part")
    bare.save(full)
    with zipfile.ZipFile(full) as stored, \
            zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in stored.namelist():
            packed.writestr(name, stored.read(name))
    full.unlink()
    small.replace(path)


def in_float32(config):
    """Copies a configuration, with float32 for each layer's dtype policy."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return "float32"
        return {key: in_float32(value) for key, value in config.items()}
    return [in_float32(value) for value in config] if isinstance(config, list) else config


def write_results(path, *, task, split, model, command, seed, parameters, curve, metrics,
                  signature=None, by_length=None):
    """Records a run in one JSON file, complete or not at all.

    Args:
        path: The file, `<task>-<model>.json`.
        task, split, model: What was learned, what was scored, which family: `attention-lstm`.
        command: What to type to repeat the run.
        seed, parameters: Seed, and number of weights.
        curve: From `train`.
        metrics: Name -> figure, in percent where a percentage is meant.
        signature: sacreBLEU's, for BLEU.
        by_length: Source length -> figure, where that is of interest.
    """
    write_json(path, {
        "task": task, "split": split, "model": model, "command": command, "seed": seed,
        "parameters": parameters,
        "train_seconds": round(sum(line["seconds"] for line in curve)),
        **environment(),
        "metrics": {name: round(value, 2) for name, value in metrics.items()},
        "signature": signature,
        **({"by_length": by_length} if by_length else {}),
        "curve": curve,
    })


def environment():
    """Says what a record was made on: {"device", "versions"}."""
    import tensorflow as tf

    gpus = [tf.config.experimental.get_device_details(gpu).get("device_name", "GPU")
            for gpu in tf.config.list_physical_devices("GPU")]
    return {"device": gpus[0] if gpus else f"{os.cpu_count()} cores",
            "versions": {"python": platform.python_version(), "tensorflow": tf.__version__,
                         "keras": keras.__version__, "numpy": np.__version__}}


def write_json(path, record):
    """Writes a record to a file, complete or not at all."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(path)


def read_results(path):
    """Reads a results file, as `write_results` wrote it."""
    return json.loads(pathlib.Path(path).read_text("utf-8"))


def results_table(records):
    """Renders results files as the README's Markdown table, one row for each run."""
    rows = ["| task | model | seed | parameters | trained | figures |", "|---|---|---|---|---|---|"]
    for r in sorted(records, key=lambda r: (r["task"], r["model"], r["seed"])):
        figures = " · ".join(f"{name} {value}" for name, value in r["metrics"].items())
        trained = f"{r['train_seconds'] / 60:.0f} min on {r['device']}" if r["curve"] else "apart"
        rows.append(f"| {r['task']} ({r['split']}) | {r['model']} | {r['seed']} "
                    f"| {r['parameters']:,} | {trained} | {figures} |")
    return "\n".join(rows)

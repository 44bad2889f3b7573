"""Training: what is killed goes on, what is shipped is what was measured."""

import json
import os
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from conftest import LETTERS, make_model
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.training import (
    Checkpoint,
    read_results,
    results_table,
    ship,
    train,
    warm_up_and_decay,
    write_results,
)

RANDOM = np.random.default_rng(0)
WORDS = ["".join(RANDOM.choice(list(LETTERS), RANDOM.integers(2, 5))) for _ in range(48)]
PAIRS = [(word, word[::-1]) for word in WORDS]


class Killed(Exception):
    pass


def compiled_model(dropout=0.3):
    model = make_model(cell="gru", dropout=dropout)
    model.compile(keras.optimizers.Adam(warm_up_and_decay(0.02, 12)))
    return model


def run(directory, model=None, epochs=3):
    model = compiled_model() if model is None else model
    curve = train(model, PAIRS[:40], PAIRS[40:], directory, epochs=epochs, batch_size=16, seed=3,
                  verbose=0)
    return model, curve


def losses(curve):
    return [{k: v for k, v in line.items() if k != "seconds"} for line in curve]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return run(tmp_path_factory.mktemp("whole"))


@pytest.mark.slow
@pytest.mark.parametrize("killed_in", ["fit", "writing", "renaming"])
def test_a_killed_run_ends_with_the_same_weights(uninterrupted, tmp_path, monkeypatch, killed_in):
    wanted, wanted_curve = uninterrupted
    with monkeypatch.context() as patch:
        if killed_in == "fit":
            begin = Checkpoint.on_epoch_begin

            def on_epoch_begin(self, epoch, logs=None):
                begin(self, epoch, logs)
                if epoch == 1:
                    raise Killed

            patch.setattr(Checkpoint, "on_epoch_begin", on_epoch_begin)
        elif killed_in == "writing":
            savez, written = np.savez, []

            def save(path, *arrays):
                written.append(path)
                if len(written) == 4:  # of the second epoch's two files the second
                    path.write_bytes(b"half a file")
                    raise Killed
                savez(path, *arrays)

            patch.setattr(np, "savez", save)
        else:
            rename, renamed = os.rename, []

            def dying_rename(self, target):
                renamed.append(target)
                if len(renamed) == 3:  # the old checkpoint has stepped aside, the new one waits
                    raise Killed
                rename(self, target)
                return target

            patch.setattr("pathlib.Path.rename", dying_rename)
        with pytest.raises(Killed):
            run(tmp_path)
    assert (tmp_path / "checkpoint").exists() or (tmp_path / "checkpoint.old").exists()

    resumed, curve = run(tmp_path)
    assert losses(curve) == losses(wanted_curve)
    for have, want in zip(resumed.weights, wanted.weights, strict=True):
        np.testing.assert_array_equal(have, want)


@pytest.mark.slow
def test_nothing_half_written_is_left(uninterrupted, tmp_path):
    run(tmp_path, epochs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


@pytest.mark.slow
def test_a_finished_run_is_not_run_again(tmp_path):
    model, curve = run(tmp_path)
    again, same = run(tmp_path)
    assert same == curve
    np.testing.assert_array_equal(again.weights[0], model.weights[0])


@pytest.mark.slow
def test_the_best_weights_are_kept(tmp_path):
    """A good rate in the first epoch, and then one so high that the others are worse."""
    model, curve = run(tmp_path, getting_worse(), epochs=4)
    val_losses = [line["val_loss"] for line in curve]
    best = int(np.argmin(val_losses))
    assert best < 3, "this test needs a training that gets worse"
    only, _ = run(tmp_path / "only", getting_worse(), epochs=best + 1)
    np.testing.assert_array_equal(only.weights[0], model.weights[0])


def getting_worse():
    model = make_model(cell="gru")
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([3], [0.02, 30.0])  # 3 steps an epoch
    model.compile(keras.optimizers.Adam(rate))
    return model


@pytest.mark.slow
def test_another_models_checkpoint_is_refused(tmp_path):
    run(tmp_path, epochs=1)
    other = make_model(layers=2)
    other.compile()
    with pytest.raises(ValueError, match="must belong to this model and optimiser"):
        run(tmp_path, other)


def test_the_rate_rises_and_falls():
    rate = warm_up_and_decay(0.01, 100)
    rates = [float(rate(step)) for step in (0, 10, 55, 100)]
    np.testing.assert_allclose(rates, [0.001, 0.01, 0.00505, 0.0001], rtol=1e-5)


def test_what_is_shipped_is_what_is_measured(tmp_path):
    model = compiled_model(dropout=0.0)
    words = ["abc", "g", "fedcba"]
    ship(model, tmp_path / "small.keras")
    model.save(tmp_path / "full.keras")
    loaded = Seq2Seq.load(tmp_path / "small.keras")
    assert loaded.translate(words) == model.translate(words)
    for have, want in zip(loaded.weights, model.weights, strict=True):
        np.testing.assert_array_equal(have, want)
        np.testing.assert_array_equal(have, np.array(have).astype("float16").astype("float32"))
    sizes = [(tmp_path / name).stat().st_size for name in ("small.keras", "full.keras")]
    assert sizes[0] < sizes[1] / 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["full.keras", "small.keras"]


RECORD = {"task": "cmudict", "split": "test", "model": "attention-gru", "command": "train it",
          "seed": 0, "parameters": 1234567, "metrics": {"wer_beam1": 31.126},
          "curve": [{"epoch": 1, "seconds": 90.0}, {"epoch": 2, "seconds": 90.0}]}


def test_results_are_written_and_rendered(tmp_path):
    path = tmp_path / "results" / "cmudict-attention-gru.json"
    write_results(path, **RECORD)
    record = read_results(path)
    assert record["metrics"] == {"wer_beam1": 31.13}
    assert record["train_seconds"] == 180
    assert set(record["versions"]) == {"python", "tensorflow", "keras", "numpy"}
    assert results_table([record | {"device": "2 cores"}]).splitlines()[-1] == (
        "| cmudict (test) | attention-gru | 0 | 1,234,567 | 3 min on 2 cores | wer_beam1 31.13 |")
    assert "| 1,234,567 | apart |" in results_table([record | {"curve": []}])


def test_a_record_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "r.json"
    write_results(path, **RECORD)
    before = path.read_text("utf-8")
    with pytest.raises(TypeError):
        write_results(path, **{**RECORD, "seed": object()})
    assert path.read_text("utf-8") == before
    assert json.loads(before)["seed"] == 0


@pytest.mark.parametrize(("losses_so_far", "patience", "stops"), [
    ([], 1, False), ([3.0], 1, False), ([3.0, 2.0], 1, False), ([3.0, 3.0], 1, True),
    ([3.0, 2.0, 2.5], 1, True), ([3.0, 2.0, 2.5], 2, False), ([3.0, 2.0, 2.5, 2.1], 2, True),
    ([2.0, 3.0, 3.0, 1.9], 3, False), ([2.0, 3.0, 3.0, 3.0], None, False),
])
def test_patience_is_counted_from_the_best_epoch(tmp_path, losses_so_far, patience, stops):
    checkpoint = Checkpoint(tmp_path, 0, patience)
    checkpoint.curve = [{"val_loss": loss} for loss in losses_so_far]
    assert checkpoint.has_waited() is stops


def command(folder, path):
    return [sys.executable, "-m", "seq2seq_tf", "train", str(path), "--out", str(folder), "--units",
            "8", "--embedding", "8", "--epochs", "40", "--batch-size", "64", "--dropout", "0.3"]


def epochs_done(folder):
    try:
        return len(json.loads((folder / "checkpoint" / "curve.json").read_text("utf-8")))
    except (OSError, ValueError):
        return 0  # between two renames, or not begun


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_no_bit(tmp_path):
    """SIGKILL leaves no time to tidy up: at sleep, in an epoch, while writing or renaming."""
    path = tmp_path / "digits.tsv"
    path.write_text("\n".join(f"{i:03}\t{' '.join(f'{i:03}'[::-1])}" for i in range(400)), "utf-8")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command(tmp_path / "whole", path), check=True, **quiet)
    random, killed = np.random.default_rng(0), 0
    while killed < 10:
        before, running = epochs_done(tmp_path / "killed"), subprocess.Popen(
            command(tmp_path / "killed", path), **quiet)
        while running.poll() is None and epochs_done(tmp_path / "killed") < before + 2:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.4))
        assert running.poll() is None, "it ended before it could be killed: more epochs are needed"
        running.kill()
        running.wait()
        killed += 1
    assert epochs_done(tmp_path / "killed") < 40
    subprocess.run(command(tmp_path / "killed", path), check=True, **quiet)
    names = [tmp_path / run / "digits-attention-gru" for run in ("whole", "killed")]
    whole, resumed = (read_results(name.with_suffix(".json")) for name in names)
    assert losses(resumed["curve"]) == losses(whole["curve"])
    assert resumed["metrics"] == whole["metrics"]
    one, other = (Seq2Seq.load(name.with_suffix(".keras")) for name in names)
    for have, want in zip(other.weights, one.weights, strict=True):
        np.testing.assert_array_equal(have, want)

"""What all benchmarks share: a record for each study, and timings in processes of their own."""

import argparse
import json
import pathlib
import subprocess
import sys
import time

from seq2seq_tf.training import environment, read_results, write_json

FOLDER = pathlib.Path(__file__).parent.parent / "data" / "results" / "studies"


def record(name, command, rows):
    """Prints each row as it comes; writes `data/results/studies/<name>.json` when all are there."""
    found = {"study": name, "command": f"python benchmarks/{command}", **environment(), "rows": []}
    for row in rows:
        found["rows"].append(row)
        print(row, flush=True)
    write_json(FOLDER / f"{name}.json", found)


def record_runs(name, command, runs):
    """Does as `record` does with runs that take minutes: the file grows by a row after each.

    Stopped and started again, it goes on with the first row that is missing.

    Args:
        name, command: As in `record`.
        runs: Yields pairs: what tells a row from others, a dict, and a function that gives the
            rest of it, another dict.
    """
    path = FOLDER / f"{name}.json"
    found = {"study": name, "command": f"python benchmarks/{command}", **environment(),
             "rows": read_results(path)["rows"] if path.exists() else []}
    for key, run in runs:
        if any(key.items() <= row.items() for row in found["rows"]):
            continue
        started = time.monotonic()
        row = {**key, **run(), "seconds": round(time.monotonic() - started)}
        found["rows"].append(row)
        write_json(path, found)
        print(row, flush=True)


def choose(script, description, prefix, studies, record=record):
    """Runs and records the study that the command line names.

    Args:
        script: Name of the file in `benchmarks`.
        description: What `--help` says.
        prefix: Stands before the study's name in the record's.
        studies: Name -> function that yields rows.
        record: `record` or `record_runs`.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("study", choices=studies)
    study = parser.parse_args().study
    record(prefix + study, f"{script} {study}", studies[study]())


def in_processes(systems, count, command):
    """Runs a process for each system, one after the other, again and again.

    Args:
        systems: Their names.
        count: Number of rounds.
        command: Takes a name and gives what follows `python`; it prints a line of JSON at last.
    Returns:
        Name -> what was printed in each round.
    """
    found = {name: [] for name in systems}
    for _ in range(count):
        for name in systems:
            done = subprocess.run([sys.executable, *command(name)], capture_output=True, text=True,
                                  check=True)
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
    return found

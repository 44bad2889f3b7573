"""What all benchmarks share: a record for each study, and timings in processes of their own."""

import argparse
import json
import pathlib
import subprocess
import sys

from seq2seq_tf.training import environment, write_json

FOLDER = pathlib.Path(__file__).parent.parent / "data" / "results" / "studies"


def record(name, command, rows):
    """Prints each row as it comes; writes `data/results/studies/<name>.json` when all are there."""
    found = {"study": name, "command": f"python benchmarks/{command}", **environment(), "rows": []}
    for row in rows:
        found["rows"].append(row)
        print(row, flush=True)
    write_json(FOLDER / f"{name}.json", found)


def choose(script, description, prefix, studies):
    """Runs and records the study that the command line names.

    Args:
        script: Name of the file in `benchmarks`.
        description: What `--help` says.
        prefix: Set before the study's name in the record's.
        studies: Name -> function that yields rows.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("study", choices=studies)
    study = parser.parse_args().study
    record(f"{prefix}_{study}", f"{script} {study}", studies[study]())


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

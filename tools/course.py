"""Keeps the course tidy.

`run NOTEBOOK ...` executes in place and tidies, `links` rewrites badges, first cells and the
README's tables from what they are derived from, `picture` draws the README's heatmap and, where
there is a Chinese font, the one of notebook 07.
"""

import argparse
import pathlib
import re
import time
import tomllib

import nbformat
from nbclient import NotebookClient

ROOT = pathlib.Path(__file__).parent.parent
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}}
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
LESSON = re.compile(
    r"^\| \[.*?\]\((notebooks/.*?\.ipynb)\).* \| (\d+ min \| \d+ min) \|$", re.MULTILINE)
STATED = re.compile(r"\b(Runs|Reads) in (\d+) (minute|second)s?\b")
TABLE = re.compile("(<!-- results -->\n).*?(<!-- /results -->)", re.DOTALL)


def repository():
    """Reads the repository's address from the one place where it stands."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project["urls"]["Repository"]


def first_cell():
    """Writes the first code cell, the same in every notebook."""
    return ("import importlib.util\n\n"
            'if importlib.util.find_spec("seq2seq_tf") is None:  # on Colab: fetch the course\n'
            f"    %pip install --quiet git+{repository()}")


def badge(path):
    """Writes the Colab badge of a notebook."""
    colab = repository().replace("https://github.com", "https://colab.research.google.com/github")
    place = path.resolve().relative_to(ROOT).as_posix()
    return f"[![Open in Colab]({BADGE})]({colab}/blob/main/{place})"


def notebooks():
    folder = ROOT / "notebooks"
    return sorted([*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")])


def relink(path, book):
    """Puts badge and first cell in place; returns whether anything changed."""
    cells = book.cells
    code = next(cell for cell in cells if cell.cell_type == "code")
    opening = re.sub(r"\[!\[Open in Colab\].*", lambda _: badge(path), cells[0].source)
    changed = (opening, first_cell()) != (cells[0].source, code.source)
    cells[0].source, code.source = opening, first_cell()
    return changed


def tidy(book):
    """Leaves what a reader sees and nothing of the machine: cells, tags, outputs, counts 1..N."""
    book.metadata = nbformat.from_dict(KERNEL)
    for cell in book.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
    return book


def execute(book, folder):
    """Executes a notebook from a fresh kernel in `folder`, outputs and all: seconds."""
    started = time.monotonic()
    NotebookClient(book, timeout=600, kernel_name="python3", record_timing=False,
                   resources={"metadata": {"path": str(folder)}}).execute()
    return time.monotonic() - started


def run(path):
    """Executes a notebook from a fresh kernel in its own folder and saves it with its outputs."""
    book = nbformat.read(path, as_version=4)
    relink(path, book)
    seconds = execute(book, path.parent)
    nbformat.write(tidy(book), path)
    print(f"{path.name}: {seconds:.0f} s")


def results():
    """Renders the table of all recorded runs."""
    from seq2seq_tf.training import read_results, results_table

    return results_table([read_results(p) for p in sorted((ROOT / "data/results").glob("*.json"))])


def stated(path):
    """Reads the seconds that a notebook's first cell states: {"Runs": 180, "Reads": 2700}."""
    opening = nbformat.read(path, as_version=4).cells[0].source
    unit = {"minute": 60, "second": 1}
    return {verb: int(n) * unit[name] for verb, n, name in STATED.findall(opening)}


def minutes(path):
    """Writes what a lesson states, minutes to run and minutes to read, as in the README."""
    return " | ".join(f"{stated(path)[verb] // 60} min" for verb in ("Runs", "Reads"))


def links():
    """Rewrites badges, first cells and the README's tables from what they are derived from."""
    for path in notebooks():
        book = nbformat.read(path, as_version=4)
        if relink(path, book):
            nbformat.write(book, path)
            print(f"{path.name}: relinked; run it again")
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    text = LESSON.sub(lambda m: m[0].replace(m[2], minutes(ROOT / m[1])), text)
    readme.write_text(TABLE.sub(lambda m: f"{m[1]}{results()}\n{m[2]}", text), "utf-8")


def picture():
    """Draws the maps in `images` with the weights of the recorded runs."""
    import matplotlib.pyplot as plt

    from seq2seq_tf import phrasebook
    from seq2seq_tf.files import data_path
    from seq2seq_tf.model import Seq2Seq
    from seq2seq_tf.plotting import heatmap
    from seq2seq_tf.plotting.fonts import chinese_font

    model = Seq2Seq.load(data_path("weights", "cmudict-attention-gru.keras"))
    words = ["oversight", "foxholes", "tensorflow"]
    spoken, weights = model.translate(words, return_weights=True)
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained",
                                width_ratios=[len(word) for word in words])
    for word, sounds, seen, ax in zip(words, spoken, weights, axes, strict=True):
        heatmap(seen, list(word), sounds.split(), title=f"{word}: {sounds}", ax=ax)
    figure.savefig(ROOT / "images" / "pronunciation.png", dpi=80)
    if chinese_font() is None:
        print("No Chinese font: images/alignment_chinese.png is left as it is.")
        return
    model = Seq2Seq.load(data_path("weights", "phrasebook-zh-attention-gru.keras"))
    phrase = next(p for p in phrasebook.draw(3000, "chinese", "test")
                  if p.source.startswith("that engineer is going to close four windows"))
    (text,), (seen,) = model.translate([phrase.source], return_weights=True)
    ax = heatmap(seen, phrase.source.split(), list(text), links=phrase.sure)
    ax.tick_params(axis="x", labelrotation=60)
    ax.figure.savefig(ROOT / "images" / "alignment_chinese.png", dpi=80)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, dest="command")
    commands.add_parser("run").add_argument("paths", nargs="+", type=pathlib.Path)
    commands.add_parser("links")
    commands.add_parser("picture")
    options = parser.parse_args()
    if options.command == "links":
        links()
    elif options.command == "picture":
        picture()
    else:
        for path in options.paths:
            run(path)


if __name__ == "__main__":
    main()

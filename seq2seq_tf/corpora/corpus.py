"""What a corpus is, and how it is split."""

import dataclasses
import hashlib
import itertools


@dataclasses.dataclass(frozen=True)
class Corpus:
    """Three parts that share no source, each a dict from a source to all its right answers.

    Attributes:
        train, validation, test: Source text -> tuple of target texts.
        left_out: Reason -> number of sources that were left out for it.
        licence: What the data's owner asks for.
        attribution: (source, target) -> who wrote them, where the data says so.
    """

    train: dict
    validation: dict
    test: dict
    left_out: dict
    licence: str
    attribution: dict = dataclasses.field(default_factory=dict)

    def first(self, count):
        """Keeps the first `count` sources of each part, to try things out; None keeps all."""
        parts = {name: dict(itertools.islice(getattr(self, name).items(), count))
                 for name in ("train", "validation", "test")}
        return dataclasses.replace(self, **parts)

    @staticmethod
    def pairs(part):
        """Lists (source, target), one pair for each right answer."""
        return [(source, target) for source, targets in part.items() for target in targets]


def part_of(source):
    """Tells the part of a source from its hash: 90 % train, 5 % validation, 5 % test."""
    bucket = int.from_bytes(hashlib.sha256(source.encode("utf-8")).digest()[:8], "big") % 100
    return "test" if bucket < 5 else "validation" if bucket < 10 else "train"


def split(found):
    """Deals sources and their answers to three parts: {"train", "validation", "test"}."""
    parts = {"train": {}, "validation": {}, "test": {}}
    for source, targets in found.items():
        parts[part_of(source)][source] = tuple(targets)
    return parts

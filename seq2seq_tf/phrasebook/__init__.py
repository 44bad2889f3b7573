"""The phrasebook: a bilingual world whose word alignments are known.

A meaning is drawn first; an English, a French and a Chinese grammar write it. Words are linked
where they say the same piece of the meaning, so that no link is ever guessed. English determines
the translation: you is vous and 你, they is ils and 他们; I, we, you and they agree in the
masculine; it stands only after the one thing that it can mean.
"""

import dataclasses
import functools
import hashlib

import numpy as np

from seq2seq_tf.corpora import part_of
from seq2seq_tf.guards import check_sizes
from seq2seq_tf.phrasebook import chinese, english, french
from seq2seq_tf.phrasebook.drawing import Drawer
from seq2seq_tf.phrasebook.lexicon import Lexicon, lexicon
from seq2seq_tf.phrasebook.meaning import descriptions

__all__ = ["LENGTHS", "PARTS", "Lexicon", "Phrase", "draw", "held_out", "lexicon", "write"]

PARTS = ("train", "validation", "test", "compositional", "length")
LENGTHS = {"train": (1, 12), "length": (13, 24)}  # English words, the final mark included


@dataclasses.dataclass(frozen=True)
class Phrase:
    """An English sentence, its translation, and which words each target word comes from.

    Attributes:
        source: English, words between spaces.
        target: French, words between spaces, or Chinese without spaces (with, cut into words).
        sure: Pairs (target position, source position) of words that translate each other.
        possible: Pairs of a form or a helper with a word that it depends on.
    """

    source: str
    target: str
    sure: frozenset
    possible: frozenset

    @property
    def pair(self):
        """(source, target), as `batches` wants it."""
        return self.source, self.target

    @property
    def links(self):
        """All links, sure and possible."""
        return self.sure | self.possible


def draw(count, language, part="train", seed=0, words=False):
    """Draws sentences with their translations.

    Args:
        count: How many; short sentences may come several times.
        language: "french" or "chinese".
        part: "train", "validation" and "test" share no sentence, have up to 12 English words and
            none of the pairs of adjective and noun that only "compositional" has; "length" has 13
            to 24 words.
        seed: Determines them.
        words: Chinese: words between spaces, and links between words. By default every character
            is a symbol and carries its word's links.
    Returns:
        A list of `Phrase`.
    Raises:
        ValueError: `count` is below 1, `language` or `part` has another name.
    """
    check_sizes(count=count)
    if language not in ("french", "chinese"):
        raise ValueError(f'`language` must be "french" or "chinese". Received: {language!r}')
    if part not in PARTS:
        raise ValueError(f"`part` must be one of {PARTS}. Received: {part!r}")
    drawer = Drawer(np.random.default_rng((seed, PARTS.index(part))), long=part == "length")
    phrases = []
    while len(phrases) < count:
        sentence = drawer.sentence()
        if (part == "compositional") != any(held_out(adjective.english, noun.english)
                                            for adjective, noun in descriptions(sentence)):
            continue
        source = english.write(sentence)
        low, high = LENGTHS["length" if part == "length" else "train"]
        if low <= len(source) <= high and (
                part in ("compositional", "length")
                or part_of(" ".join(word for word, _ in source)) == part):
            phrases.append(write(sentence, language, words, source))
    return phrases


@functools.cache
def held_out(adjective, noun):
    """Whether only the part "compositional" has this adjective said of this noun: one in 16."""
    return hashlib.sha256(f"{adjective} {noun}".encode()).digest()[0] < 16


def write(sentence, language, words=False, source=None):
    """Writes a meaning in English and another language, and links the words.

    Args:
        sentence: `meaning.Sentence`.
        language, words: As in `draw`.
        source: What `english.write` returned, if that is at hand.
    Returns:
        A `Phrase`.
    """
    source = source or english.write(sentence)
    places = {piece: s for s, (_, piece) in enumerate(source)}
    if language == "french":
        target = [(w.text, w.sure, w.possible) for w in french.write(sentence)]
    else:
        target = chinese.write(sentence)
        if not words:
            target = [(symbol, *pieces) for text, *pieces in target for symbol in text]
    sure = {(t, places[piece]) for t, (_, pieces, _) in enumerate(target)
            for piece in pieces if piece in places}
    possible = {(t, places[piece]) for t, (_, _, pieces) in enumerate(target)
                for piece in pieces if piece in places}
    between = " " if words or language == "french" else ""
    return Phrase(" ".join(text for text, _ in source), between.join(text for text, *_ in target),
                  frozenset(sure), frozenset(possible - sure))

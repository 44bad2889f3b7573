"""Recipes: for each recorded task the pairs, the vocabularies and the scores."""

import collections
import functools

import numpy as np

from seq2seq_tf import phrasebook
from seq2seq_tf.corpora import Corpus, cmudict, multi30k, pairs, tatoeba
from seq2seq_tf.metrics import (
    alignment_error_rate,
    alignment_share,
    error_rates,
    heaviest_links,
    translation_scores,
)
from seq2seq_tf.vocabulary import (
    SPECIAL,
    CharacterVocabulary,
    SubwordVocabulary,
    WordVocabulary,
)


class Symbols:
    """Short sequences to short sequences, such as letters to phonemes.

    Args:
        corpus: A `Corpus`.
    """

    def __init__(self, corpus):
        self.corpus = corpus

    def pairs(self, part):
        """Lists the (source, target) of "train" or "validation"."""
        return Corpus.pairs(getattr(self.corpus, part))

    def vocabularies(self, pairs):
        """Makes the source's and the target's vocabulary from training pairs."""
        return (CharacterVocabulary.from_texts([s for s, _ in pairs], unknown=False),
                WordVocabulary.from_texts([t for _, t in pairs], unknown=False))

    def score(self, model):
        """Measures a trained model: names and figures for a results file."""
        metrics = {}
        for part, prefix in (("validation", "validation_"), ("test", "")):
            sources, answers = zip(*getattr(self.corpus, part).items(), strict=True)
            for width in (1, 5):
                per, wer = error_rates(model.translate(sources, width=width), answers)
                metrics |= {f"{prefix}per_beam{width}": per, f"{prefix}wer_beam{width}": wer}
        return metrics


class Pronunciation(Symbols):
    """Letters to phonemes, from the CMU Pronouncing Dictionary.

    Args:
        limit: Use the first so many words of each part; None for all.
    """

    max_source, max_target = 32, 32

    def __init__(self, limit=None):
        super().__init__(cmudict().first(limit))


class Own(Symbols):
    """A reader's own pairs; both sides' units are chosen by what they look like.

    Args:
        path: A file as `corpora.pairs` reads it.
        limit: As in `Pronunciation`.
    """

    def __init__(self, path, limit=None):
        super().__init__(pairs(path).first(limit))

    def vocabularies(self, pairs):
        """Chooses units, says which, and allows for texts twice as long as those in training."""
        chosen = [choose_units(texts) for texts in zip(*pairs, strict=True)]
        self.max_source, self.max_target = (
            2 * max(len(vocabulary.split(text)) for text in texts)
            for vocabulary, texts in zip(chosen, zip(*pairs, strict=True), strict=True))
        for side, vocabulary in zip(("source", "target"), chosen, strict=True):
            print(f"{side}: {len(vocabulary):,} ids, {type(vocabulary).__name__}")
        return chosen


def choose_units(texts):
    """Makes a vocabulary that suits the look of some texts.

    Texts without spaces are cut into characters; where at most 200 different things stand between
    spaces, these are the symbols; all else is cut into subwords: as many as there are different
    words, at most 8,000.
    """
    words = {word for text in texts for word in text.split()}
    if not any(" " in text for text in texts):
        return CharacterVocabulary.from_texts(texts)
    if len(words) <= 200:
        return WordVocabulary.from_texts(texts)
    least = len(SPECIAL) + 1 + len(set().union(*texts))  # every character, and the mark for a space
    return SubwordVocabulary.from_texts(texts, size=max(least, min(8_000, len(words))))


class Translation:
    """Sentences, cut into subwords that both languages share.

    Args:
        load: Gives the `Corpus`.
        limit: As in `Pronunciation`.
        size: Number of subwords.
        lowercase: Read and write small letters alone.
    """

    max_source, max_target = 100, 100

    def __init__(self, load, limit=None, size=6_000, lowercase=False):
        self.corpus, self.size, self.lowercase = load().first(limit), size, lowercase

    def seen(self, text):
        """Gives a text as the model sees it."""
        return text.lower() if self.lowercase else text

    def pairs(self, part):
        """Lists the (source, target) of a part that are not too long to learn from."""
        pairs = Corpus.pairs(getattr(self.corpus, part))
        return [(self.seen(s), self.seen(t)) for s, t in pairs if max(len(s), len(t)) <= 400]

    def vocabularies(self, pairs):
        """Makes one vocabulary for both sides."""
        shared = SubwordVocabulary.from_texts([text for pair in pairs for text in pair], self.size)
        return shared, shared

    def score(self, model):
        """Measures a trained model: names and figures for a results file; keeps the signatures."""
        metrics = {}
        for part, prefix in (("validation", "validation_"), ("test", "")):
            found = getattr(self.corpus, part)
            sources = [self.seen(source) for source in found]
            for width in (1, 5):
                written = model.translate(sources, width=width)
                scores, self.signatures = translation_scores(
                    written, list(found.values()), lowercase=self.lowercase)
                metrics |= {f"{prefix}{name}_beam{width}": s for name, s in scores.items()}
        return metrics


class Phrases:
    """English to French or Chinese, from the phrasebook.

    Args:
        language: "french" or "chinese".
        limit: How many sentences to train on; a tenth as many to score. None for 60,000.
    """

    max_source, max_target = 32, 64

    def __init__(self, language, limit=None):
        self.language, self.count = language, limit or 60_000

    def phrases(self, part):
        """Draws the sentences of a part, each once unless it is for training."""
        return drawn_phrases(self.language, self.count, part)

    def pairs(self, part):
        """Lists the (source, target) of a part."""
        return [phrase.pair for phrase in self.phrases(part)]

    def vocabularies(self, pairs):
        """Makes the source's and the target's vocabulary from training pairs."""
        symbols = WordVocabulary if self.language == "french" else CharacterVocabulary
        return (WordVocabulary.from_texts([s for s, _ in pairs]),
                symbols.from_texts([t for _, t in pairs]))

    def score(self, model):
        """Measures a trained model: names and figures for a results file."""
        metrics, lengths = {}, collections.defaultdict(list)
        for part, name in (("validation", "validation_exact_match"), ("test", "exact_match"),
                           ("compositional", "compositional"), ("length", "length")):
            phrases = self.phrases(part)
            written = model.translate([phrase.source for phrase in phrases])
            right = [text == phrase.target for text, phrase in zip(written, phrases, strict=True)]
            metrics[name] = 100 * float(np.mean(right))
            if part in ("test", "length"):
                for phrase, is_right in zip(phrases, right, strict=True):
                    lengths[len(phrase.source.split())].append(is_right)
        metrics["by_length"] = {n: round(100 * float(np.mean(lengths[n])), 2)
                                for n in sorted(lengths)}
        return metrics | self.alignment(model)

    def alignment(self, model):
        """Scores what the model looks at while it is told the right translations."""
        phrases = self.phrases("test")
        weights = model.look([p.source for p in phrases], [p.target for p in phrases])
        if weights[0] is None:
            return {}
        return {
            "alignment_share": alignment_share(weights, [p.links for p in phrases]),
            "alignment_share_sure": alignment_share(weights, [p.sure for p in phrases]),
            "aer": alignment_error_rate([heaviest_links(w) for w in weights],
                                        [p.sure for p in phrases], [p.possible for p in phrases]),
        }


@functools.cache
def drawn_phrases(language, train_count, part):
    """Draws once what several scores want."""
    count = train_count if part == "train" else max(1, min(2_000, train_count // 10))
    drawn = phrasebook.draw(count, language, part)
    return drawn if part == "train" else list({p.source: p for p in drawn}.values())


RECIPES = {
    "multi30k-de-en": functools.partial(Translation, multi30k, lowercase=True),
    "tatoeba-fra-eng": functools.partial(Translation, functools.partial(tatoeba, "fra-eng"),
                                         size=8_000),
    "cmudict": Pronunciation,
    "phrasebook-fr": functools.partial(Phrases, "french"),
    "phrasebook-zh": functools.partial(Phrases, "chinese"),
}

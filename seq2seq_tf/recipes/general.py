"""What a recipe is, and those for pronunciation, for sentences, and for a reader's own pairs."""

from seq2seq_tf.corpora import Corpus, cmudict, pairs
from seq2seq_tf.metrics import error_rates, translation_scores
from seq2seq_tf.vocabulary import (
    SPECIAL,
    CharacterVocabulary,
    SubwordVocabulary,
    WordVocabulary,
)

FEW = 200  # different things between spaces: no more, and they are taken for symbols
SETTINGS = {"model": "attention", "units": 256, "embedding": 64, "layers": 1, "dropout": 0.1,
            "label_smoothing": 0.1, "epochs": 20, "patience": None, "batch_size": 256,
            "rate": 4e-3, "cell": "gru", "heads": 4}
SENTENCES = SETTINGS | {"model": "attention-tied", "units": 512, "embedding": 256, "dropout": 0.4,
                        "batch_size": 128, "epochs": 25, "rate": 2e-3}


class Recipe:
    """What it takes to train on a corpus and to score what came out.

    Args:
        corpus: A `Corpus`.
        lowercase: Read and write small letters alone.
    """

    max_source, max_target = 32, 32

    def __init__(self, corpus, lowercase=False):
        self.corpus, self.lowercase = corpus, lowercase

    def settings(self, count):
        """Names sizes and schedule for so many training pairs."""
        return SETTINGS

    def seen(self, text):
        """Gives a text as the model sees it."""
        return text.lower() if self.lowercase else text

    def pairs(self, part):
        """Lists the (source, target) of "train" or "validation"."""
        pairs = Corpus.pairs(getattr(self.corpus, part))
        return [(self.seen(source), self.seen(target)) for source, target in pairs]

    def vocabularies(self, pairs):
        """Makes the source's and the target's vocabulary from training pairs."""
        raise NotImplementedError

    def score(self, model):
        """Measures a trained model: names and figures for a results file, and signatures."""
        metrics = {}
        for part, prefix in (("validation", "validation_"), ("test", "")):
            sources, answers = zip(*getattr(self.corpus, part).items(), strict=True)
            sources = [self.seen(source) for source in sources]
            for width in (1, 5):
                scores, signatures = suitable_scores(
                    model.target_vocabulary, model.translate(sources, width=width), answers,
                    self.lowercase)
                metrics |= {f"{prefix}{name}_beam{width}": s for name, s in scores.items()}
        return metrics, signatures


def suitable_scores(vocabulary, hypotheses, references, lowercase=False, tokenize=None):
    """Scores texts as their kind is usually scored: symbols by error rates, sentences by BLEU.

    Args:
        vocabulary: The target's; words of at most 200 kinds are taken for symbols.
        hypotheses, references, lowercase: As in `translation_scores`.
        tokenize: As there; None for "zh" where more than half of what should be written is Chinese
            characters, "char" where the model writes other characters, "13a" for all else.
    Returns:
        Name -> figure: "per" and "wer", or "bleu", "chrf" and "ter"; and signatures, or None.
    """
    if isinstance(vocabulary, WordVocabulary) and len(vocabulary.symbols) <= FEW:
        return dict(zip(("per", "wer"), error_rates(hypotheses, references), strict=True)), None
    if tokenize is None:
        letters = [c for texts in references for text in texts for c in text if not c.isspace()]
        chinese = sum("\u4e00" <= c <= "\u9fff" for c in letters) > len(letters) / 2
        characters = isinstance(vocabulary, CharacterVocabulary)
        tokenize = "zh" if chinese else "char" if characters else "13a"
    return translation_scores(hypotheses, references, lowercase, tokenize)


class Pronunciation(Recipe):
    """Letters to phonemes, from the CMU Pronouncing Dictionary.

    Args:
        limit: Use the first so many words of each part; None for all.
    """

    def __init__(self, limit=None):
        super().__init__(cmudict().first(limit))

    def vocabularies(self, pairs):
        return (CharacterVocabulary.from_texts([s for s, _ in pairs], unknown=False),
                WordVocabulary.from_texts([t for _, t in pairs], unknown=False))


class Translation(Recipe):
    """Sentences, cut into subwords that both languages share.

    Args:
        load: Gives the `Corpus`.
        limit: As in `Pronunciation`.
        size: Number of subwords.
        lowercase: As in `Recipe`.
        sizes: What differs from `SENTENCES`.
    """

    max_source, max_target = 100, 100

    def __init__(self, load, limit=None, size=6_000, lowercase=False, **sizes):
        super().__init__(load().first(limit), lowercase)
        self.size, self.sizes = size, sizes

    def settings(self, count):
        return SENTENCES | self.sizes

    def vocabularies(self, pairs):
        shared = SubwordVocabulary.from_texts([text for pair in pairs for text in pair], self.size)
        return shared, shared


class Own(Recipe):
    """A reader's own pairs; units, sizes and schedule are chosen by what they look like.

    Args:
        path: A file as `corpora.pairs` reads it.
        limit: As in `Pronunciation`.
    """

    def __init__(self, path, limit=None):
        super().__init__(pairs(path).first(limit))

    def settings(self, count):
        """Takes more passes, smaller batches and more dropout where there are fewer pairs."""
        symbols = kind_of([target for _, target in self.pairs("train")]) is WordVocabulary
        model = {"model": "attention" if symbols else "attention-tied",
                 "embedding": 128 if symbols else 256}
        if count < 20_000:
            return SETTINGS | model | {"dropout": 0.3, "epochs": 60, "patience": 10,
                                         "batch_size": 32, "rate": 2e-3}
        return SETTINGS | model | {"units": 256 if symbols else 512, "dropout": 0.3,
                                     "epochs": 25, "patience": 5, "batch_size": 128, "rate": 2e-3}

    def vocabularies(self, pairs):
        """Chooses units, says which, and allows for texts twice as long as those in training."""
        chosen = [choose_units(texts) for texts in zip(*pairs, strict=True)]
        self.max_source, self.max_target = (
            2 * max(len(vocabulary.split(text)) for text in texts)
            for vocabulary, texts in zip(chosen, zip(*pairs, strict=True), strict=True))
        for side, vocabulary in zip(("source", "target"), chosen, strict=True):
            print(f"{side}: {len(vocabulary):,} ids, {type(vocabulary).__name__}")
        return chosen


def kind_of(texts):
    """Says which vocabulary suits the look of some texts.

    Texts without spaces are cut into characters; where at most 200 different things stand between
    spaces, these are the symbols; all else is cut into subwords.
    """
    if not any(" " in text for text in texts):
        return CharacterVocabulary
    words = {word for text in texts for word in text.split()}
    return WordVocabulary if len(words) <= FEW else SubwordVocabulary


def choose_units(texts):
    """Makes the vocabulary that suits; of subwords as many as there are words, at most 8,000."""
    kind = kind_of(texts)
    if kind is not SubwordVocabulary:
        return kind.from_texts(texts)
    words = {word for text in texts for word in text.split()}
    least = len(SPECIAL) + 1 + len(set().union(*texts))  # every character, and the mark for a space
    return kind.from_texts(texts, size=max(least, min(8_000, len(words))))

"""The recipe for the bilingual world, where every right answer and every link is known."""

import collections
import functools

from seq2seq_tf import phrasebook
from seq2seq_tf.metrics import alignment_error_rate, alignment_share, exact_match, heaviest_links
from seq2seq_tf.recipes.general import SETTINGS
from seq2seq_tf.vocabulary import CharacterVocabulary, WordVocabulary


class Phrases:
    """English to French or Chinese, from the phrasebook.

    Args:
        language: "french" or "chinese".
        limit: How many sentences to train on; a tenth as many to score. None for 60,000.
    """

    max_source, max_target = 32, 64

    def __init__(self, language, limit=None):
        self.language, self.count = language, limit or 60_000

    def settings(self, count):
        """Names sizes and schedule for so many training pairs."""
        return SETTINGS

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
        """Measures a trained model: names and figures for a results file, and no signature."""
        metrics, lengths = {}, collections.defaultdict(list)
        for part, name in (("validation", "validation_exact_match"), ("test", "exact_match"),
                           ("compositional", "compositional"), ("length", "length")):
            phrases = self.phrases(part)
            written = model.translate([phrase.source for phrase in phrases])
            targets = [phrase.target for phrase in phrases]
            metrics[name] = exact_match(written, targets)
            if part in ("test", "length"):
                for phrase, text in zip(phrases, written, strict=True):
                    lengths[len(phrase.source.split())].append((text, phrase.target))
        metrics["by_length"] = {n: round(exact_match(*zip(*lengths[n], strict=True)), 2)
                                for n in sorted(lengths)}
        return metrics | self.alignment(model), None

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

"""The recipe for a generated task whose every answer is known: written dates to ISO form."""

from seq2seq_tf.metrics import exact_match
from seq2seq_tf.recipes.general import SETTINGS
from seq2seq_tf.tasks import dates
from seq2seq_tf.vocabulary import CharacterVocabulary


class Dates:
    """Dates in eleven spellings, letter by letter; a day belongs to one part alone.

    Args:
        limit: How many dates to train on; a tenth as many to score. None for 20,000.
    """

    max_source, max_target = 32, 16

    def __init__(self, limit=None):
        self.count = limit or 20_000

    def settings(self, count):
        """Names sizes and schedule for so many training pairs."""
        return SETTINGS | {"units": 128, "label_smoothing": 0.0, "epochs": 10, "batch_size": 128}

    def pairs(self, part):
        """Lists the (source, target) of a part, each once unless it is for training."""
        count = self.count if part == "train" else max(1, self.count // 10)
        pairs = [example.pair for example in dates(count, part)]
        return pairs if part == "train" else list(dict.fromkeys(pairs))

    def vocabularies(self, pairs):
        """Makes the source's and the target's vocabulary from training pairs."""
        return [CharacterVocabulary.from_texts(texts) for texts in zip(*pairs, strict=True)]

    def score(self, model):
        """Measures a trained model: names and figures for a results file, and no signature."""
        metrics = {}
        for part, name in (("validation", "validation_exact_match"), ("test", "exact_match")):
            sources, targets = zip(*self.pairs(part), strict=True)
            metrics[name] = exact_match(model.translate(list(sources)), targets)
        return metrics, None

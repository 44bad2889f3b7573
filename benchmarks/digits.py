"""Three studies for notebook 05, two on digit strings written backwards, one on words.

    python benchmarks/digits.py bottleneck      accuracy by length, for four sizes
    python benchmarks/digits.py exposure        forced and free accuracy by position, for seven ways
    python benchmarks/digits.py pronunciation   a real task, the words read from either end

Each trains every model with three seeds and writes `data/results/studies/<study>.json`, a row after
each run: stopped and started again, it goes on with the first row that is missing.
"""

import keras
import numpy as np
from studies import choose, record_runs

from seq2seq_tf.batches import batches, steps_per_epoch
from seq2seq_tf.decoders import RecurrentDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.metrics import error_rates, exact_match
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.recipes import Pronunciation
from seq2seq_tf.scheduled import SequenceSampling, TokenSampling
from seq2seq_tf.tasks import DIGITS, reversal
from seq2seq_tf.training import warm_up_and_decay
from seq2seq_tf.vocabulary import CharacterVocabulary

SEEDS = (0, 1, 2)


def made(kind, units, source, target=None, bidirectional=True, **kwargs):
    """Builds an encoder-decoder without attention."""
    target = target or source
    sizes = {"embedding_size": 16, "units": units, "cell": "lstm"}
    encoder = RecurrentEncoder(len(source), bidirectional=bidirectional, **sizes)
    return kind(encoder, RecurrentDecoder(len(target), **sizes), source, target, **kwargs)


def fit(model, pairs, epochs, seed, rate=4e-3, batch_size=128, callbacks=()):
    """Trains a model as notebook 05 does."""
    steps = steps_per_epoch(len(pairs), batch_size) * epochs
    model.compile(keras.optimizers.Adam(warm_up_and_decay(rate, steps), clipnorm=1.0))
    data = batches(pairs, model.source_vocabulary, model.target_vocabulary, batch_size, seed)
    model.fit(data, epochs=epochs, shuffle=False, verbose=0, callbacks=list(callbacks))


def bottleneck():
    """Yields a row for each size and seed: exact match at every length from 1 to 40."""
    digits = CharacterVocabulary.from_texts([DIGITS], unknown=False)
    for units in (64, 92, 132, 188):  # each with about twice the weights of the one before
        for seed in SEEDS:
            def run(units=units, seed=seed):
                keras.utils.set_random_seed(seed)
                model = made(Seq2Seq, units, digits, max_source=40, max_target=41)
                fit(model, [e.pair for e in reversal(20_000, 1, 20, seed=seed)], 20, seed)
                exact = [written_right(model, reversal(100, n, n, seed=1000 + n))
                         for n in range(1, 41)]
                return {"parameters": model.count_params(), "exact_match": exact}
            yield {"units": units, "seed": seed}, run


WAYS = {
    "teacher forcing": (Seq2Seq, 1.0, 1.0),
    "tokens 0.75": (TokenSampling, 0.75, 0.75),
    "tokens 0.5": (TokenSampling, 0.5, 0.5),
    "tokens 1.0 to 0.5": (TokenSampling, 1.0, 0.5),
    "sequences 0.75": (SequenceSampling, 0.75, 0.75),
    "sequences 0.5": (SequenceSampling, 0.5, 0.5),
    "sequences 1.0 to 0.5": (SequenceSampling, 1.0, 0.5),
}
EPOCHS, POSITIONS = 15, 10


def exposure():
    """Yields a row for each way to train: forced and free accuracy at each of 10 positions."""
    digits = CharacterVocabulary.from_texts([DIGITS], unknown=False)
    for seed in SEEDS:
        for way, (kind, first, last) in WAYS.items():
            def run(kind=kind, first=first, last=last, seed=seed):
                keras.utils.set_random_seed(seed)
                model = made(kind, 64, digits, max_source=POSITIONS, max_target=POSITIONS + 1)
                callbacks = [] if kind is Seq2Seq else [keras.callbacks.LambdaCallback(
                    on_epoch_begin=lambda epoch, logs: model.ratio.assign(
                        first + (last - first) * epoch / (EPOCHS - 1)))]
                pairs = [e.pair for e in reversal(15_000, 1, POSITIONS, seed=seed)]
                fit(model, pairs, EPOCHS, seed, callbacks=callbacks)
                tests = reversal(2_000, POSITIONS, POSITIONS, seed=99)
                return {**by_position(model, tests), "exact_match": written_right(model, tests)}
            yield {"way": way, "seed": seed}, run


def written_right(model, examples):
    """Percentage of examples that are right to the last symbol, written freely."""
    found = model.translate([e.source for e in examples], batch_size=500)
    return round(exact_match(found, [e.target for e in examples]), 2)


def by_position(model, examples):
    """Percentage right at each position: told the right digits before it, or its own.

    `after_mistake` counts only the places behind a string's first mistake, the same for both.
    """
    source = model.source_vocabulary.batch([e.source for e in examples])
    target = model.target_vocabulary.batch([e.target for e in examples])
    told = model.target_vocabulary.batch([e.target for e in examples], start=True)[:, :-1]
    logits = model({"source": source, "target": told})
    written = model._search(source)[0]
    right = {"forced": np.argmax(logits, axis=-1) == target,
             "free": np.asarray(written)[:, : target.shape[1]] == target}
    mistakes = np.cumsum(~right["free"], axis=1)
    behind = np.concatenate([np.zeros((len(target), 1)), mistakes[:, :-1]], axis=1) > 0
    return {**{way: [percent(column) for column in right[way].T] for way in right},
            "after_mistake": {way: percent(right[way][behind]) for way in right}}


def percent(right):
    return round(100 * float(np.mean(right)), 2)


def pronunciation():
    """Yields a row for each way to read a word: error rates of a model without attention."""
    recipe = Pronunciation()
    corpus = recipe.corpus
    ways = [(reader, source) for reader in ("one-way", "two-way")
            for source in ("as written", "reversed")]
    for seed in SEEDS:
        for reader, source in ways:
            def run(reader=reader, source=source, seed=seed):
                keras.utils.set_random_seed(seed)
                turn = 1 if source == "as written" else -1
                pairs = [(s[::turn], t) for s, t in recipe.pairs("train")][::4]
                model = made(Seq2Seq, 128, *recipe.vocabularies(pairs), reader == "two-way",
                             max_source=32, max_target=32)
                fit(model, pairs, 8, seed)
                words = list(corpus.test)[:3000]
                per, wer = error_rates(model.translate([w[::turn] for w in words]),
                                       [corpus.test[w] for w in words])
                return {"per": round(per, 2), "wer": round(wer, 2)}
            yield {"reader": reader, "source": source, "seed": seed}, run


STUDIES = {"bottleneck": bottleneck, "exposure": exposure, "pronunciation": pronunciation}


if __name__ == "__main__":
    choose("digits.py", __doc__.splitlines()[0], "", STUDIES, record_runs)

"""Six families of models on the same sentences: what each reaches, and what it costs.

    python benchmarks/families.py quality     three seeds each, on the phrasebook's French
    python benchmarks/families.py cost        seconds for a batch by its length, greedy search
    python benchmarks/families.py warmup      a slow start or none, for two orders of a block
    python benchmarks/families.py words       two recorded models on the same words, by bootstrap

They write `data/results/studies/families_<study>.json`, a row after each run: stopped and started
again, they go on with the first row that is missing. All see the same pairs in the same batches.
"""

import time

import keras
import numpy as np
from keras import ops
from keras.optimizers.schedules import CosineDecay
from studies import choose, record_runs

from seq2seq_tf.batches import batches, steps_per_epoch
from seq2seq_tf.convolution import ConvolutionalEncoder
from seq2seq_tf.corpora import cmudict
from seq2seq_tf.decoders import LuongDecoder, RecurrentDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.files import data_path
from seq2seq_tf.metrics import exact_match, paired_bootstrap
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.recipes import RECIPES
from seq2seq_tf.search import greedy
from seq2seq_tf.tasks import DIGITS, reversal
from seq2seq_tf.training import warm_up_and_decay
from seq2seq_tf.transformer import (
    DecoderBlock,
    EncoderBlock,
    TransformerDecoder,
    TransformerEncoder,
)
from seq2seq_tf.vocabulary import END, START, CharacterVocabulary

PAIRS, EPOCHS, BATCH, SEEDS = 16_000, 5, 64, (0, 1, 2)


def recurrent(decoder, cell, units):
    """Makes encoder and decoder with a recurrent layer each."""
    def make(source_size, target_size, dropout=0.1):
        size = {"embedding_size": 64, "units": units, "cell": cell, "dropout": dropout}
        return RecurrentEncoder(source_size, **size), decoder(target_size, **size)
    return make


def at_once(encoder, units, layers):
    """Makes an encoder without recurrence, under the Transformer's decoder of two layers."""
    def make(source_size, target_size, dropout=0.1):
        return (encoder(source_size, units, layers, dropout=dropout),
                TransformerDecoder(target_size, units, 2, 4, dropout))
    return make


# Name -> how to make it, with some 300,000 weights each, and its highest learning rate.
FAMILIES = {
    "RNN": (recurrent(RecurrentDecoder, "rnn", 192), 2e-3),
    "GRU": (recurrent(RecurrentDecoder, "gru", 128), 4e-3),
    "LSTM": (recurrent(RecurrentDecoder, "lstm", 112), 4e-3),
    "GRU + attention": (recurrent(LuongDecoder, "gru", 112), 4e-3),
    "convolution": (at_once(ConvolutionalEncoder, 64, 4), 4e-3),
    "Transformer": (at_once(TransformerEncoder, 64, 2), 4e-3),
}


def made(name, recipe, pairs):
    """Makes an untrained model of a family."""
    source, target = recipe.vocabularies(pairs)
    encoder, decoder = FAMILIES[name][0](len(source), len(target))
    return Seq2Seq(encoder, decoder, source, target, recipe.max_source, recipe.max_target)


def quality():
    """Yields a row for each family and seed: how many sentences are right to the last word."""
    recipe = RECIPES["phrasebook-fr"](PAIRS)
    pairs = recipe.pairs("train")
    parts = {part: recipe.phrases(part) for part in ("test", "compositional", "length")}
    for seed in SEEDS:
        for name, (_, rate) in FAMILIES.items():
            def run(name=name, rate=rate, seed=seed):
                keras.utils.set_random_seed(seed)
                model = made(name, recipe, pairs)
                steps = steps_per_epoch(len(pairs), BATCH) * EPOCHS
                model.compile(keras.optimizers.Adam(warm_up_and_decay(rate, steps), clipnorm=1.0))
                data = batches(pairs, model.source_vocabulary, model.target_vocabulary, BATCH, seed)
                watch = Stopwatch()
                model.fit(data, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[watch])
                exact = {part: written_right(model, phrases) for part, phrases in parts.items()}
                return {"parameters": model.count_params(),
                        "seconds_an_epoch": round(float(np.median(watch.seconds)), 1), **exact}
            yield {"family": name, "seed": seed}, run


class Stopwatch(keras.callbacks.Callback):
    """Notes how many seconds each epoch took."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.monotonic() - self.started)


def written_right(model, phrases):
    """Percentage of phrases that are right to the last word, written freely by greedy search."""
    found = model.translate([p.source for p in phrases])
    return round(exact_match(found, [p.target for p in phrases]), 2)


def cost():
    """Yields a row for each family and length: milliseconds for a batch of 64 sources."""
    import tensorflow as tf

    recipe = RECIPES["phrasebook-fr"](100)
    pairs = recipe.pairs("train")
    for name in FAMILIES:
        keras.utils.set_random_seed(0)
        model = made(name, recipe, pairs)
        bias = model.decoder.readout.bias
        bias.assign(ops.where(ops.arange(bias.shape[0]) == END, -1e4, bias))  # nothing ends
        for length in (10, 20, 40, 80, 160):
            def run(model=model, length=length):
                @tf.function(autograph=False)
                def search(tokens):
                    memory, mask, state = model.encoder(tokens)
                    source = model.decoder.prepare(memory, mask)
                    start = ops.full((tokens.shape[0],), START, dtype="int32")
                    state = model.decoder.begin(state, source, length)
                    return greedy(model.step, start, state, source, end=END, max_length=length)[0]

                ids = np.random.default_rng(0).integers(4, 100, (64, length))
                tokens = tf.constant(ids, "int32")
                seconds = []
                for _ in range(6):
                    started = time.perf_counter()
                    assert np.all(ops.convert_to_numpy(search(tokens)) != END)
                    seconds.append(time.perf_counter() - started)
                return {"milliseconds": round(1000 * float(np.median(seconds[1:])), 1)}
            yield {"family": name, "length": length}, run


class FirstEncoderBlock(EncoderBlock):
    """An encoder's block in the order of Vaswani et al. (2017): norm(x + f(x))."""

    def call(self, x, source_mask, training=None):
        seen, weights = self.attention[0](
            x, *self.attention[0].project(x), values_mask=source_mask, training=training)
        return self.think(self.norms[0](x + self.drop(seen, training=training)), training), weights

    def think(self, x, training=None):
        return self.norms[-1](x + self.drop(self.narrow(self.widen(x)), training=training))


class FirstDecoderBlock(DecoderBlock):
    """A decoder's block in that order; trained only, it takes no single steps."""

    think = FirstEncoderBlock.think

    def call(self, x, source, source_mask, training=None):
        seen, _ = self.attention[0](
            x, *self.attention[0].project(x), training=training,
            values_mask=self.may_see(ops.shape(x)[1])[None])
        x = self.norms[0](x + self.drop(seen, training=training))
        seen, weights = self.attention[1](x, *source, values_mask=source_mask, training=training)
        return self.think(self.norms[1](x + self.drop(seen, training=training)), training), weights


class FirstEncoder(TransformerEncoder):
    """A Transformer's encoder with norms behind the sums."""

    block = FirstEncoderBlock


class FirstDecoder(TransformerDecoder):
    """A Transformer's decoder with norms behind the sums."""

    block = FirstDecoderBlock


def warmup():
    """Yields a row for each order, rate and seed: accuracy on reversed digits after 3 passes."""
    digits = CharacterVocabulary.from_texts([DIGITS], unknown=False)
    size = {"vocabulary_size": len(digits), "units": 64, "layers": 2, "heads": 4}
    pairs = [example.pair for example in reversal(8_000, 1, 6)]
    orders = {"norm first": (TransformerEncoder, TransformerDecoder),
              "norm last": (FirstEncoder, FirstDecoder)}
    for seed in SEEDS:
        for order, (encoder, decoder) in orders.items():
            for rate in (4e-3, 1e-2):
                def run(encoder=encoder, decoder=decoder, rate=rate, seed=seed):
                    steps, accuracy = steps_per_epoch(len(pairs), 64) * 3, {}
                    for start, schedule in (
                            ("slow", warm_up_and_decay(rate, steps)),
                            ("at once", CosineDecay(rate, steps, alpha=0.01))):
                        keras.utils.set_random_seed(seed)
                        model = Seq2Seq(encoder(**size), decoder(**size), digits, digits)
                        model.compile(keras.optimizers.Adam(schedule, clipnorm=1.0))
                        past = model.fit(batches(pairs, digits, digits, 64, seed), epochs=3,
                                         shuffle=False, verbose=0).history
                        accuracy[start] = round(100 * past["accuracy"][-1], 1)
                    return {"accuracy": accuracy}
                yield {"order": order, "rate": rate, "seed": seed}, run


RECORDED = ("cmudict-attention-gru-2layers", "cmudict-transformer-3layers")


def words():
    """Yields a row for each width of the beam: is the Transformer better, or lucky?"""
    models = [Seq2Seq.load(data_path("weights", f"{name}.keras")) for name in RECORDED]
    test = cmudict().test
    for width in (1, 5):
        def run(width=width):
            right = [np.array([text in answers for text, answers in zip(
                model.translate(list(test), width=width), test.values(), strict=True)])
                     for model in models]
            gain, low, high, share = paired_bootstrap(*right)
            return {"words": len(test), "wer": [round(100 * float(np.mean(~r)), 2) for r in right],
                    "only_first": int((right[0] & ~right[1]).sum()),
                    "only_second": int((right[1] & ~right[0]).sum()),
                    "gain": round(gain, 2), "low": round(low, 2), "high": round(high, 2),
                    "share": round(share, 4)}
        yield {"models": list(RECORDED), "width": width}, run


STUDIES = {"quality": quality, "cost": cost, "warmup": warmup, "words": words}


if __name__ == "__main__":
    choose("families.py", __doc__.splitlines()[0], "families_", STUDIES, record_runs)

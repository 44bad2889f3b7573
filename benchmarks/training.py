"""What a training step costs, on real sentences of Multi30k, in batches of 128 pairs.

    python benchmarks/training.py race       a course's PyTorch model, the same in Keras, and ours
    python benchmarks/training.py profile    where the time of our step goes, against the floor

Both write `data/results/studies/training_<study>.json`. `race` wants PyTorch (`pip install torch`).
All systems see the same sentences in the same batches, one after the other, each in a process of
its own, again and again: compared are medians over rounds of the ratio within a round. Two ways to
make batches: as they come, which leaves more than half of them padding, and of like length in
words (this package goes by pieces and leaves less); there is a ratio across, too. `keras` and
`ours-packed` do without the work for padding (`packed.py`); `ours` is `train_on_batch` as it is.
With bfloat16 in the name products have 8 bits of precision, weights and sums still 24.
"""

import json
import re
import sys
import time

import keras
import numpy as np
from keras import ops
from packed import OnRealTokens
from studies import choose, in_processes

from seq2seq_tf.batches import epoch_order
from seq2seq_tf.corpora import multi30k
from seq2seq_tf.decoders import TiedDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.masking import MaskedCrossentropy
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.vocabulary import END, START, SubwordVocabulary, WordVocabulary, pad

BATCH, BATCHES, ROUNDS = 128, 3, 3


def sentences():
    """Lists the training pairs, in small letters."""
    return [(s.lower(), t.lower()) for s, t in multi30k().pairs(multi30k().train)]


def spaced(text):
    """Sets punctuation apart, so that spaces cut a text into words."""
    return " ".join(re.findall(r"\w+|[^\w\s]", text))


def batch_of(pairs, vocabularies):
    """Makes source, target and answers of one batch: int32 (B, S), (B, T), (B, T)."""
    source, target = vocabularies
    ids = [target.encode(t) for _, t in pairs]
    return (pad([source.encode(s) for s, _ in pairs]), pad([[START, *row] for row in ids]),
            pad([[*row, END] for row in ids]))


def in_batches(pairs, order):
    """Takes some batches: of pairs as chance will have them, or of like length, short to long."""
    if order == "as they come":
        mixed = np.random.default_rng(0).permutation(len(pairs))[: BATCH * BATCHES]
        groups = np.split(mixed, BATCHES)
    else:
        lengths = np.array([(len(t.split()), len(s.split())) for s, t in pairs])
        full = [group for group in epoch_order(lengths, BATCH, 0, 0) if len(group) == BATCH]
        full.sort(key=lambda group: lengths[group].mean())
        groups = full[len(full) // BATCHES // 2 :: len(full) // BATCHES][:BATCHES]
    return [[pairs[i] for i in group] for group in groups]


def pytorch_step(sizes):
    """Makes the course's model in PyTorch and a function that trains it on one batch."""
    import torch
    from course_model import in_torch

    torch.manual_seed(0)
    model = in_torch(*sizes)
    adam = torch.optim.Adam(model.parameters())

    def step(batch):
        adam.zero_grad()
        loss = model(*(torch.from_numpy(ids).long() for ids in batch))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        return float(loss.detach())

    return step, sum(weights.numel() for weights in model.parameters())


def keras_step(sizes):
    """Does the same in Keras, with the same number of weights."""
    import tensorflow as tf
    from course_model import InKeras

    keras.utils.set_random_seed(0)
    model = InKeras(*sizes)
    adam = keras.optimizers.Adam(clipnorm=1.0)
    adam.build(model.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec((None, None), "int32")] * 3, autograph=False)
    def train(source, target, answers):
        with tf.GradientTape() as tape:
            loss = model(source, target, answers)
        adam.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    return lambda batch: float(train(*batch)), model.count_params()


def our_model(vocabulary, xla=False, kind=Seq2Seq):
    """Builds the model of the recorded Multi30k run, ready to train."""
    keras.utils.set_random_seed(0)
    size = {"embedding_size": 256, "units": 512, "cell": "gru", "dropout": 0.4}
    model = kind(RecurrentEncoder(len(vocabulary), **size),
                 TiedDecoder(len(vocabulary), **size), vocabulary, vocabulary)
    model.compile(keras.optimizers.Adam(clipnorm=1.0), MaskedCrossentropy(0.1), jit_compile=xla)
    return model


def our_step(vocabulary, xla=False, kind=Seq2Seq):
    """Trains our model through Keras's own `train_on_batch`; a `Seq2Seq` also measures accuracy."""
    model = our_model(vocabulary, xla, kind)

    def step(batch):
        source, target, answers = batch
        inputs = {"source": source, "target": target}
        return model.train_on_batch(inputs, answers, return_dict=True)["loss"]

    return step, model.count_params()


def rounds(steps, count=ROUNDS):
    """Runs all systems in turn: name -> seconds of each round. The first is for compiling.

    Args:
        steps: Name -> (function of a batch, batches).
    """
    seconds = {name: [] for name in steps}
    for _ in range(count + 1):
        for name, (step, data) in steps.items():
            started = time.perf_counter()
            for batch in data:
                step(batch)
            seconds[name].append(time.perf_counter() - started)
    return {name: np.array(times[1:]) for name, times in seconds.items()}


SYSTEMS = ("pytorch", "keras", "keras-bfloat16", "ours", "ours-packed", "ours-packed-bfloat16")


def race():
    """Yields a row for each system and each way to make batches; a process for each timing."""
    as_they_come = None
    for order in ("as they come", "of like length"):
        runs = in_processes(SYSTEMS, ROUNDS, lambda name, o=order: [__file__, "one", name, o])
        rates = {name: np.array([run["words"] / run["seconds"] for run in runs[name]])
                 for name in SYSTEMS}
        as_they_come = rates["pytorch"] if as_they_come is None else as_they_come
        for name in SYSTEMS:
            run, rate = runs[name][0], float(np.median(rates[name]))
            yield {"batches": order, "system": name, "parameters": run["parameters"],
                   "seconds_a_step": round(run["words"] / rate / BATCHES, 3),
                   "target_words_a_second": round(rate),
                   "target_tokens_a_second": round(rate * run["tokens"] / run["words"]),
                   "padding_of_targets": run["padding"],
                   "times_pytorch": round(float(np.median(rates[name] / rates["pytorch"])), 2),
                   "times_pytorch_as_they_come": round(
                       float(np.median(rates[name] / as_they_come)), 2)}


def print_one(system, order):
    """Times one system in this process, on the second of two passes."""
    if system.endswith("bfloat16"):
        keras.config.set_dtype_policy("mixed_bfloat16")
    pairs = sentences()
    groups = in_batches(pairs, order)
    words = tuple(WordVocabulary.from_texts(map(spaced, side), min_count=2)
                  for side in zip(*pairs, strict=True))
    in_words = [batch_of([(spaced(s), spaced(t)) for s, t in group], words) for group in groups]
    data, sizes = in_words, [len(vocabulary) for vocabulary in words]
    if system.startswith("ours"):
        shared = SubwordVocabulary.from_texts([text for pair in pairs for text in pair], 6_000)
        data = [batch_of(group, (shared, shared)) for group in groups]
        step, parameters = our_step(shared, kind=OnRealTokens if "packed" in system else Seq2Seq)
    else:
        step, parameters = (pytorch_step if system == "pytorch" else keras_step)(sizes)
    seconds = rounds({"": (step, data)}, 1)[""][0]
    tokens = sum(int((answers != 0).sum()) for *_, answers in data)
    room = sum(answers.size for *_, answers in data)
    print(json.dumps({
        "seconds": seconds, "parameters": parameters, "tokens": tokens,
        "words": sum(int((answers != 0).sum()) for *_, answers in in_words),
        "padding": round(100 * (1 - tokens / room), 1)}))


def products(v, rows, source_rows):
    """Lists the matrix products of one forward pass, part by part: (rows, inner, columns)."""
    e, u = 256, 512
    return {"encoder": [(source_rows, e, 3 * u), (source_rows, u // 2, 3 * u)],
            "decoder's recurrent layer": [(rows, e, 3 * u), (rows, u, 3 * u)],
            "attention": [(rows, 2 * u, e)],
            "readout": [(rows, e, v)]}


def matrix_seconds(shapes):
    """Times bare products of these shapes: the least that a step could take."""
    import tensorflow as tf

    pairs = [(tf.random.normal((m, k)), tf.random.normal((k, n))) for m, k, n in shapes]
    times = []
    for _ in range(6):
        started = time.perf_counter()
        for a, b in pairs:
            tf.matmul(a, b)
        times.append(time.perf_counter() - started)
    return float(np.median(times[1:]))


def profile():
    """Yields a row for each part of a step: milliseconds, multiply-adds, and the floor."""
    import tensorflow as tf

    pairs = sentences()
    shared = SubwordVocabulary.from_texts([text for pair in pairs for text in pair], 6_000)
    model = our_model(shared)
    source, target, answers = (
        tf.constant(ids) for ids in batch_of(in_batches(pairs, "of like length")[0], [shared] * 2))
    inputs = {"source": source, "target": target}
    shapes = products(len(shared), int(tf.size(target)), int(tf.size(source)))

    def graph(function):
        return tf.function(function, autograph=False)

    def loss():
        return model.compute_loss(inputs, answers, model(inputs, training=True))

    def gradient():
        with tf.GradientTape() as tape:
            value = loss()
        found = tape.gradient(value, model.trainable_variables)
        return [tf.reduce_sum(tf.convert_to_tensor(g)) for g in found]

    memory, mask, state = model.encoder(source)
    prepared = model.decoder.prepare(memory, mask)
    hidden = tf.random.normal((*target.shape, 512))
    small = tf.random.normal((*target.shape, 256))
    logits = tf.random.normal((*target.shape, len(shared)))
    parts = {
        "encoder": lambda: model.encoder(source, training=True)[0],
        "decoder's recurrent layer": lambda: model.decoder.recurrent[0](
            model.decoder.embedding(target), initial_state=state[0]),
        "attention": lambda: model.decoder.look(hidden, prepared)[0],
        "readout": lambda: model.decoder.readout(small),
        "loss": lambda: model.compute_loss(inputs, answers, logits),
        "forward and loss": loss,
        "and backward": gradient,
        "and Adam and metrics: the step": lambda: list(model.train_step(
            (inputs, answers)).values())}
    every = [shape for part in shapes.values() for shape in part]
    parts = {name: graph(function) for name, function in parts.items()}
    times = rounds({name: (lambda _, f=f: keras.tree.map_structure(ops.convert_to_numpy, f()),
                           [None] * 4) for name, f in parts.items()})
    for name, seconds in times.items():
        mine = shapes.get(name, [] if name == "loss" else every)
        passes = 3 if name.startswith("and") else 1  # backward, two products for each
        floor = passes * matrix_seconds(mine) if mine else 0.0
        yield {"part": name, "milliseconds": round(1000 * float(np.median(seconds)) / 4, 1),
               "giga_multiply_adds": round(passes * sum(m * k * n for m, k, n in mine) / 1e9, 2),
               "floor_milliseconds": round(1000 * floor, 1)}
    for order in ("as they come", "of like length"):
        data = [batch_of(group, (shared, shared)) for group in in_batches(pairs, order)]
        seconds = rounds({xla: (our_step(shared, xla)[0], data) for xla in (False, True)})
        yield {"part": f"the step, {order}",
               "milliseconds": round(1000 * float(np.median(seconds[False])) / BATCHES, 1),
               "with_xla": round(1000 * float(np.median(seconds[True])) / BATCHES, 1)}


STUDIES = {"race": race, "profile": profile}


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        print_one(*sys.argv[2:])
    else:
        choose("training.py", __doc__.splitlines()[0], "training_", STUDIES)

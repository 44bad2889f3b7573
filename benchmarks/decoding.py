"""What a search costs, on the shipped pronunciation model, in batches of 64 words.

    python benchmarks/decoding.py race       greedy, our beams, keras-hub's, and ten plain lines
    python benchmarks/decoding.py growth     milliseconds by width, by length, by vocabulary

Both write `data/results/studies/decoding_<study>.json`. `race` wants keras-hub (`pip install
keras-hub`); all its searches ask the same step function about the same encoded words, one after
the other, again and again: what is compared are medians over rounds of the ratio within a round.
"""

import itertools
import pathlib
import re
import subprocess
import sys
import time

import keras
import numpy as np
from keras import ops
from studies import choose

from seq2seq_tf.corpora import cmudict
from seq2seq_tf.decoders import LuongDecoder
from seq2seq_tf.files import data_path
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.search import beam_search, greedy
from seq2seq_tf.vocabulary import END, START, pad

BATCH, BATCHES, LONGEST, FORCED, ROUNDS = 64, 8, 32, 20, 11


def asked(task, model):
    """Gives the step function and the longest answer of a task: "words", or "forced" ones."""
    return (model.step, LONGEST) if task == "words" else (without_end(model.step), FORCED)


def encoded():
    """Opens the model and encodes held-out words, as they come, to (source, state) each."""
    model = Seq2Seq.load(data_path("weights/cmudict-attention-gru-2layers.keras"))
    return model, list(batches_of(model))


def batches_of(model):
    words = list(cmudict().test)[: BATCH * BATCHES]
    ids = pad([model.source_vocabulary.encode(word) for word in words])
    for first in range(0, len(ids), BATCH):
        memory, mask, state = model.encoder(ids[first : first + BATCH])
        yield model.decoder.prepare(memory, mask), state


def without_end(step):
    """Makes a step after which nothing ends; the other symbols share what the end had."""
    def forced(tokens, state, source):
        log_probs, state = step(tokens, state, source)
        ends = ops.arange(log_probs.shape[-1]) == END
        return ops.log_softmax(ops.where(ends, -1e9, log_probs), axis=-1), state

    return forced


def ours(step, width, longest):
    """Searches with this package; width 0 is greedy search."""
    def search(source, state):
        start = ops.full((BATCH,), START, dtype="int32")
        how = {"end": END, "max_length": longest}
        if width == 0:
            return greedy(step, start, state, source, **how)[0]
        return beam_search(step, start, state, source, width=width, **how)[0][:, 0]

    return search


def hub(step, width, longest):
    """Searches with keras-hub; the start token is its prompt."""
    from keras_hub.samplers import BeamSampler

    sampler = BeamSampler(num_beams=width)

    def search(source, state):
        def following(prompt, cache, index):
            tokens = ops.squeeze(ops.slice(prompt, [0, index - 1], [prompt.shape[0], 1]), 1)
            log_probs, cache = step(tokens, cache, source)
            return log_probs, None, cache

        mask = ops.broadcast_to(ops.arange(longest + 1) == 0, (BATCH, longest + 1))
        prompt = ops.where(mask, START, ops.zeros(mask.shape, "int32"))
        return sampler(following, prompt, state, index=1, mask=mask, stop_token_ids=[END])[:, 1:]

    return search


def ten_lines(step, width, longest):
    """Searches as the lesson first does: one source, one hypothesis at a time."""
    def search(source, state):
        found = []
        for b in range(BATCH):
            one = keras.tree.map_structure(lambda part, b=b: part[b : b + 1], (source, state))
            living, finished = [(0.0, (START,), one[1])], []
            for _ in range(longest):
                grown = []
                for score, ids, last in living:
                    log_probs, new = step(np.array(ids[-1:], "int32"), last, one[0])
                    for w in np.argsort(-log_probs[0])[:width]:
                        grown.append((score + float(log_probs[0, w]), (*ids, int(w)), new))
                grown = sorted(grown, key=lambda hypothesis: -hypothesis[0])[:width]
                finished += [hypothesis for hypothesis in grown if hypothesis[1][-1] == END]
                living = [hypothesis for hypothesis in grown if hypothesis[1][-1] != END]
                if not living or (finished and max(finished)[0] >= living[0][0]):
                    break
            ids = max(finished or living, key=lambda hypothesis: hypothesis[0])[1][1:]
            found.append([*ids, *[0] * (longest - len(ids))])
        return np.array(found)

    return search


def compiled(search, xla):
    import tensorflow as tf

    return tf.function(search, autograph=False, jit_compile=xla)


def rounds(searches, data, count=ROUNDS):
    """Times all searches in turn: name -> seconds of each round. The first is for compiling."""
    seconds = {name: [] for name in searches}
    for _ in range(count + 1):
        for name, search in searches.items():
            started = time.perf_counter()
            for source, state in data:
                ops.convert_to_numpy(search(source, state))
            seconds[name].append(time.perf_counter() - started)
    return {name: times[1:] for name, times in seconds.items()}


def median(values):
    return round(float(np.median(values)), 3)


def race():
    """Yields a row for each search, compiled with XLA and without, forced and free."""
    model, data = encoded()
    for task, xla in itertools.product(("words", "forced"), (False, True)):
        step, longest = asked(task, model)
        searches = {"greedy": ours(step, 0, longest), "keras-hub 5": hub(step, 5, longest),
                    **{f"beam {k}": ours(step, k, longest) for k in (1, 4, 5, 8)}}
        searches = {name: compiled(search, xla) for name, search in searches.items()}
        seconds = rounds(searches, data)
        answers = {name: np.concatenate([np.array(search(*part)) for part in data])
                   for name, search in searches.items()}
        for name, times in seconds.items():
            same = np.all(until_end(answers[name]) == until_end(answers["beam 5"]), axis=1)
            yield {"task": task, "xla": xla, "search": name,
                   "milliseconds_a_batch": median(np.array(times) / BATCHES * 1000),
                   "answers_a_second": round(BATCH * BATCHES / float(np.median(times))),
                   "times_greedy": median(np.divide(times, seconds["greedy"])),
                   "times_beam_5": median(np.divide(times, seconds["beam 5"])),
                   "answers_as_beam_5": round(100 * float(np.mean(same)), 2),
                   "memory_mb": memory(task, xla, name)}
    step = compiled(model.step, False)
    times = rounds({"ten lines": ten_lines(step, 5, LONGEST)}, data[:1], 3)["ten lines"]
    yield {"task": "words", "xla": False, "search": "ten lines",
           "milliseconds_a_batch": median(np.array(times) * 1000),
           "answers_a_second": median(BATCH / np.array(times))}


def until_end(ids):
    """Sets to 0 what stands behind the first end."""
    behind = np.cumsum(ids == END, axis=1) - (ids == END)
    return np.where(behind > 0, 0, ids)


def memory(task, xla, name):
    """Measures in a process of its own how many megabytes a running search adds at most (Linux)."""
    command = [sys.executable, __file__, "memory", task, str(int(xla)), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def megabytes(kind):
    """Reads this process's memory: "VmRSS" now, "VmHWM" at most since `print_memory` began."""
    status = pathlib.Path("/proc/self/status").read_text("utf-8")
    return int(re.search(rf"{kind}:\s+(\d+) kB", status).group(1)) / 1024


def print_memory(task, xla, name):
    model, data = encoded()
    step, longest = asked(task, model)
    kind, _, width = name.partition(" ")
    search = (hub if kind == "keras-hub" else ours)(step, int(width or 0), longest)
    search = compiled(search, xla == "1")
    ops.convert_to_numpy(search(*data[0]))  # compiling takes memory, too: that is not meant
    pathlib.Path("/proc/self/clear_refs").write_text("5", "utf-8")  # forgets the peak
    before = megabytes("VmRSS")
    for part in data * 3:
        ops.convert_to_numpy(search(*part))
    print(round(megabytes("VmHWM") - before, 1))


def growth():
    """Yields a row for each width, length and vocabulary, under XLA, on random weights."""
    middle = {"width": 5, "length": 20, "vocabulary": 2_000}
    for name, values in (("width", (1, 2, 4, 8, 16, 32)), ("length", (5, 10, 20, 40, 80)),
                         ("vocabulary", (40, 500, 2_000, 8_000, 32_000))):
        for value in values:
            size = {**middle, name: value}
            keras.utils.set_random_seed(0)
            decoder = LuongDecoder(size["vocabulary"], 64, 256, cell="gru")
            decoder.build()
            data = [(decoder.prepare(keras.random.normal((BATCH, 16, 256)),
                                     ops.ones((BATCH, 16), "bool")),
                     [[keras.random.normal((BATCH, 256))]])]
            search = ours(without_end(decoder.step), size["width"], size["length"])
            times = rounds({"": compiled(search, True)}, data, 5)[""]
            yield {"varied": name, **size, "milliseconds_a_batch": median(np.array(times) * 1000)}


STUDIES = {"race": race, "growth": growth}


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        print_memory(*sys.argv[2:])
    else:
        choose("decoding.py", __doc__.splitlines()[0], "decoding_", STUDIES)

"""How many sentences a second a recurrent translator of some 10 million weights writes.

    python benchmarks/sentences.py

Writes `data/results/studies/decoding_sentences.json`. 200 sentences of Multi30k's test2016, batches
of 64, 20 forced steps, greedy and with a beam of 5, the encoder included. The weights are random:
no step depends on them. Each timing is a process of its own, one system after the other, again and
again. It compares with JoeyNMT 2.3 (`pip install --no-deps joeynmt`, and what it then asks for).
"""

import json
import sys
import time
import types

import keras
import numpy as np
from keras import ops
from studies import in_processes, record
from training import sentences

from seq2seq_tf.corpora import multi30k
from seq2seq_tf.decoders import TiedDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.search import beam_search, greedy
from seq2seq_tf.vocabulary import END, START, SubwordVocabulary, pad

COUNT, BATCH, STEPS, PIECES, ROUNDS = 200, 64, 20, 6_000, 3
SYSTEMS = ("joeynmt-bahdanau", "joeynmt-luong", "ours-768", "ours-832")


def batches():
    """Cuts the sentences into pieces and lays them into batches of like length."""
    pairs = sentences()
    pieces = SubwordVocabulary.from_texts([text for pair in pairs for text in pair], PIECES)
    ids = sorted((pieces.encode(s.lower()) for s in list(multi30k().test)[:COUNT]), key=len,
                 reverse=True)
    return [pad(ids[i : i + BATCH]) for i in range(0, COUNT, BATCH)]


def ours(width, units):
    """Makes a function that translates a batch, and the number of weights."""
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    size = {"vocabulary_size": PIECES, "embedding_size": 256 if units < 800 else 320,
            "units": units, "cell": "gru"}
    encoder, decoder = RecurrentEncoder(**size), TiedDecoder(**size)
    encoder.build()
    decoder.build()
    bias = decoder.readout.bias
    bias.assign(ops.where(ops.arange(PIECES) == END, -1e4, bias))  # nothing ends

    @tf.function(autograph=False, jit_compile=True)
    def search(tokens):
        memory, mask, state = encoder(tokens)
        start = ops.full((tokens.shape[0],), START, dtype="int32")
        asked = decoder.step, start, state, decoder.prepare(memory, mask)
        if width == 1:
            return greedy(*asked, end=END, max_length=STEPS)[0]
        return beam_search(*asked, end=END, max_length=STEPS, width=width)[0]

    return (lambda ids: search(ops.convert_to_tensor(ids)).shape[-1],
            encoder.count_params() + decoder.count_params())


def joeynmt(width, attention):
    """Does the same with JoeyNMT's model and search."""
    import torch
    from joeynmt.model import build_model
    from joeynmt.search import search
    from joeynmt.vocabulary import Vocabulary

    special = types.SimpleNamespace(
        unk_token="<unk>", pad_token="<pad>", bos_token="<s>", eos_token="</s>", sep_token=None,
        lang_tags=[], unk_id=0, pad_id=1, bos_id=2, eos_id=3, sep_id=None)
    vocabulary = Vocabulary([f"piece{i}" for i in range(PIECES - 4)], special)
    side = {"type": "recurrent", "rnn_type": "gru", "embeddings": {"embedding_dim": 256},
            "dropout": 0.0, "num_layers": 1}
    torch.manual_seed(0)
    model = build_model({
        "encoder": side | {"hidden_size": 512, "bidirectional": True},
        "decoder": side | {"hidden_size": 512, "attention": attention, "init_hidden": "bridge",
                           "input_feeding": True}}, vocabulary, vocabulary)
    model.eval()

    def translate(ids):
        source = torch.from_numpy(np.where(ids == 0, 1, ids)).long()
        batch = types.SimpleNamespace(
            src=source, src_length=(source != 1).sum(1), src_mask=(source != 1)[:, None],
            has_trg=False)
        found, _, _ = search(model, batch, STEPS, width, -1, min_output_length=STEPS,
                             return_attention=False, return_prob="none", generate_unk=True)
        return found.shape[-1]

    return translate, sum(weights.numel() for weights in model.parameters())


def print_one(system, width):
    """Times one system in this process, on the second of two passes."""
    width, data = int(width), batches()
    name, _, how = system.partition("-")
    translate, parameters = joeynmt(width, how) if name == "joeynmt" else ours(width, int(how))
    for _ in range(2):
        started = time.perf_counter()
        lengths = [translate(ids) for ids in data]
        seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "parameters": parameters, "steps": max(lengths)}))


def study():
    """Yields a row for each width and system."""
    for width in (1, 5):
        runs = in_processes(SYSTEMS, ROUNDS, lambda name, k=width: [__file__, name, str(k)])
        seconds = {name: np.array([run["seconds"] for run in runs[name]]) for name in SYSTEMS}
        for name in SYSTEMS:
            yield {
                "width": width, "system": name, "parameters": runs[name][0]["parameters"],
                "steps": runs[name][0]["steps"],
                "sentences_a_second": round(COUNT / float(np.median(seconds[name])), 1),
                **{f"times_{other}": round(float(np.median(seconds[other] / seconds[name])), 2)
                   for other in SYSTEMS[:2]}}


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print_one(*sys.argv[1:])
    else:
        record("decoding_sentences", "sentences.py", study())

"""Small models that the tests share, and how a step of theirs is unrolled."""

import keras
import numpy as np
import pytest

from seq2seq_tf.attention import AdditiveAttention, DotAttention, GeneralAttention
from seq2seq_tf.convolution import ConvolutionalEncoder
from seq2seq_tf.decoders import LuongDecoder, RecurrentDecoder, TiedDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.stepwise import BahdanauDecoder, InputFeedingDecoder
from seq2seq_tf.transformer import TransformerDecoder, TransformerEncoder
from seq2seq_tf.vocabulary import END, START, CharacterVocabulary

LETTERS = "abcdefg"
DECODERS = {
    "none": lambda v, **sizes: RecurrentDecoder(v, **sizes),
    "dot": lambda v, **sizes: LuongDecoder(v, **sizes, attention=DotAttention()),
    "scaled dot": lambda v, **sizes: LuongDecoder(v, **sizes, attention=DotAttention(scaled=True)),
    "general": lambda v, **sizes: LuongDecoder(v, **sizes, attention=GeneralAttention()),
    "additive": lambda v, **sizes: LuongDecoder(v, **sizes, attention=AdditiveAttention(5)),
    "tied": lambda v, **sizes: TiedDecoder(v, **sizes),
    "bahdanau": lambda v, **sizes: BahdanauDecoder(v, **sizes),
    "input feeding": lambda v, **sizes: InputFeedingDecoder(v, **sizes),
}
AT_ONCE = {
    "transformer": lambda v, **sizes: TransformerEncoder(v, heads=2, **sizes),
    "convolution": lambda v, **sizes: ConvolutionalEncoder(v, **sizes),
}  # encoders without recurrence; a Transformer writes what they have read


def make_model(decoder="dot", cell="lstm", layers=1, bidirectional=True, dropout=0.0, seed=0):
    keras.utils.set_random_seed(seed)
    vocabulary = CharacterVocabulary(LETTERS)
    sizes = {"units": 8, "layers": layers, "dropout": dropout}
    if decoder in AT_ONCE:
        parts = (AT_ONCE[decoder](len(vocabulary), **sizes),
                 TransformerDecoder(len(vocabulary), heads=2, **sizes))
    else:
        sizes |= {"embedding_size": 6, "cell": cell}
        parts = (RecurrentEncoder(len(vocabulary), bidirectional=bidirectional, **sizes),
                 DECODERS[decoder](len(vocabulary), **sizes))
    model = Seq2Seq(*parts, vocabulary, CharacterVocabulary(LETTERS), max_source=20, max_target=12)
    random = np.random.default_rng(seed)
    for weight in model.weights:  # larger than at the start, so that differences can be seen
        weight.assign(random.normal(0, 0.5, weight.shape))
    bias = model.decoder.readout.bias
    bias.assign(np.where(np.arange(len(vocabulary)) < END, -20.0, bias))  # it writes letters only
    return model


def source_and_target():
    """Three sources of 5, 3 and 1 letters, and targets (shifted, with start) of 4, 4 and 2."""
    source = np.array([[4, 5, 6, 7, 8], [9, 4, 10, 0, 0], [7, 0, 0, 0, 0]], "int32")
    target = np.array([[START, 5, 6, 7], [START, 4, 4, 9], [START, 8, 0, 0]], "int32")
    return source, target


QUICK = ("none", "dot", "bahdanau", "transformer")  # the others differ in a score, or in one input


def some_slow(names):
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in names]


@pytest.fixture(params=some_slow([*DECODERS, *AT_ONCE]))
def decoder(request):
    return request.param


@pytest.fixture(params=some_slow(DECODERS))
def recurrent(request):
    return request.param

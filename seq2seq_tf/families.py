"""Families of models by name: what the command line builds, and which of its options they read."""

from seq2seq_tf.convolution import ConvolutionalEncoder
from seq2seq_tf.decoders import LuongDecoder, RecurrentDecoder, TiedDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.stepwise import BahdanauDecoder
from seq2seq_tf.transformer import TransformerDecoder, TransformerEncoder

RECURRENT = {"rnn": RecurrentDecoder, "attention": LuongDecoder, "attention-tied": TiedDecoder,
             "attention-bahdanau": BahdanauDecoder}
AT_ONCE = {"conv": ConvolutionalEncoder, "transformer": TransformerEncoder}
FAMILIES = [*RECURRENT, *AT_ONCE]
# What suits a model without recurrence, whatever the task would choose for a recurrent one.
SUITS_AT_ONCE = {"units": 192, "layers": 3, "rate": 1.5e-3}
ONLY_RECURRENT, ONLY_AT_ONCE = {"embedding", "cell"}, {"heads"}


def choose(options, settings):
    """Sets what was left open to the task's settings, and to what suits the family.

    Args:
        options: A namespace; None stands for what was left open.
        settings: Name -> value for a recurrent model, "model" among them.
    Raises:
        ValueError: An option was given that the family does not read.
    """
    family = options.model or settings["model"]
    strangers = ONLY_RECURRENT if family in AT_ONCE else ONLY_AT_ONCE
    given = sorted(f"--{name}" for name in strangers if getattr(options, name) is not None)
    if given:
        raise ValueError(f"--model {family} must be given options that it reads. "
                         f"Received: {', '.join(given)}")
    for name, value in (settings | (SUITS_AT_ONCE if family in AT_ONCE else {})).items():
        if getattr(options, name) is None:
            setattr(options, name, value)


def build(recipe, pairs, options):
    """Builds the model of the chosen sizes, its vocabularies from `pairs`; names its family."""
    source, target = recipe.vocabularies(pairs)
    sizes = {"units": options.units, "layers": options.layers, "dropout": options.dropout}
    if options.model in RECURRENT:
        sizes |= {"embedding_size": options.embedding, "cell": options.cell}
        encoder = RecurrentEncoder(len(source), **sizes)
        decoder = RECURRENT[options.model](len(target), **sizes)
        deep = f"-{options.layers}layers" if options.layers > 1 else ""
        family = f"{options.model}-{options.cell}{deep}"
    else:
        heads = {"heads": options.heads}
        encoder = AT_ONCE[options.model](
            len(source), **sizes, **(heads if options.model == "transformer" else {}))
        decoder = TransformerDecoder(len(target), **sizes, **heads)
        family = f"{options.model}-{options.layers}layers"
    model = Seq2Seq(encoder, decoder, source, target, recipe.max_source, recipe.max_target)
    return model, family

"""The command line: `python -m seq2seq_tf train --task cmudict --out runs/cmudict`."""

import argparse
import pathlib
import shlex
import sys

import keras

from seq2seq_tf.batches import steps_per_epoch
from seq2seq_tf.decoders import LuongDecoder, RecurrentDecoder, TiedDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.guards import check_sizes
from seq2seq_tf.masking import MaskedCrossentropy
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.recipes import RECIPES, Own
from seq2seq_tf.stepwise import BahdanauDecoder
from seq2seq_tf.training import ship, train, warm_up_and_decay, write_results

DECODERS = {"luong": (LuongDecoder, "attention"),
            "tied": (TiedDecoder, "attention-tied"),
            "bahdanau": (BahdanauDecoder, "attention-bahdanau"),
            "none": (RecurrentDecoder, "rnn")}


def main(arguments=None):
    """Runs a command and returns its exit code: 0 done, 2 for input that it cannot use."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parser().parse_args(arguments)
    try:
        return options.run(options, f"python -m seq2seq_tf {shlex.join(arguments)}")
    except (ValueError, OSError) as error:
        print(f"seq2seq_tf: {error}", file=sys.stderr)
        return 2


def parser():
    """Describes the commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m seq2seq_tf", description="Sequence to sequence, from the command line.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    trains = commands.add_parser(
        "train", help="train a model and record what it reaches",
        description="Trains a model, keeps the best weights, scores them on the test part. Stopped "
                    "and started again with the same options, it goes on after the last epoch.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    what = trains.add_mutually_exclusive_group(required=True)
    what.add_argument("pairs", nargs="?", type=pathlib.Path, metavar="PAIRS",
                      help="your own pairs: a UTF-8 text, on each line source, tab, target")
    what.add_argument("--task", choices=sorted(RECIPES), help="or one of the course's tasks")
    trains.add_argument("--out", type=pathlib.Path, required=True, metavar="DIR",
                        help="folder for checkpoints, the model and its results file")
    trains.add_argument("--decoder", choices=list(DECODERS), default="luong",
                        help="which attention, if any")
    trains.add_argument("--units", type=int, default=256, help="size of the recurrent state")
    trains.add_argument("--embedding", type=int, default=64, help="size of a symbol's vector")
    trains.add_argument("--layers", type=int, default=1, help="recurrent layers of each side")
    trains.add_argument("--cell", choices=["gru", "lstm"], default="gru", help="recurrent layer")
    trains.add_argument("--dropout", type=float, default=0.1, help="share of inputs set to zero")
    trains.add_argument("--label-smoothing", type=float, default=0.1,
                        help="share of probability spread over all symbols")
    trains.add_argument("--epochs", type=int, default=20, help="passes over the training pairs")
    trains.add_argument("--batch-size", type=int, default=256, help="pairs in a batch")
    trains.add_argument("--rate", type=float, default=4e-3, help="highest learning rate")
    trains.add_argument("--seed", type=int, default=0, help="for weights, order and dropout")
    trains.add_argument("--limit", type=int, default=None, metavar="N",
                        help="use N sources, to try things out")
    trains.set_defaults(run=run_train)
    return top


def run_train(options, command):
    """Trains, ships and scores one model; `command` is what to record."""
    keras.utils.set_random_seed(options.seed)
    task = options.task or options.pairs.stem
    recipe = RECIPES[task](options.limit) if options.task else Own(options.pairs, options.limit)
    pairs = recipe.pairs("train")
    model, family = build(recipe, pairs, options)
    check_sizes(epochs=options.epochs, batch_size=options.batch_size)
    steps = steps_per_epoch(len(pairs), options.batch_size) * options.epochs
    model.compile(
        keras.optimizers.Adam(warm_up_and_decay(options.rate, steps), clipnorm=1.0),
        MaskedCrossentropy(options.label_smoothing))
    print(f"{len(pairs):,} training pairs, {model.count_params():,} weights, {steps:,} steps")
    curve = train(model, pairs, recipe.pairs("validation"), options.out,
                  epochs=options.epochs, batch_size=options.batch_size, seed=options.seed,
                  verbose=1 if sys.stderr.isatty() else 2)
    name = f"{task}-{family}" + (f"-seed{options.seed}" if options.seed else "")
    ship(model, options.out / f"{name}.keras")
    metrics = recipe.score(model)
    by_length = metrics.pop("by_length", None)
    print(", ".join(f"{key} {value:.2f} %" for key, value in metrics.items()))
    write_results(options.out / f"{name}.json", task=task, split="test",
                  model=family, command=command, seed=options.seed, metrics=metrics,
                  parameters=model.count_params(), curve=curve, by_length=by_length,
                  signature=getattr(recipe, "signatures", None))
    print(f"Written: {options.out / name}.keras and .json")
    return 0


def build(recipe, pairs, options):
    """Builds the model of the chosen sizes, its vocabularies from `pairs`; names its family."""
    source, target = recipe.vocabularies(pairs)
    decoder, family = DECODERS[options.decoder]
    sizes = {"embedding_size": options.embedding, "units": options.units, "cell": options.cell,
             "layers": options.layers, "dropout": options.dropout}
    model = Seq2Seq(RecurrentEncoder(len(source), **sizes), decoder(len(target), **sizes),
                    source, target, recipe.max_source, recipe.max_target)
    return model, f"{family}-{options.cell}"


if __name__ == "__main__":
    sys.exit(main())

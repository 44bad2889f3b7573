"""The command line: `python -m seq2seq_tf train my.tsv --out my_model`."""

import argparse
import pathlib
import shlex
import sys

from seq2seq_tf.commands import run_ensemble, run_evaluate, run_train, run_translate
from seq2seq_tf.families import FAMILIES
from seq2seq_tf.recipes import RECIPES

FORMER = {"none": "rnn", "luong": "attention", "tied": "attention-tied",
          "bahdanau": "attention-bahdanau"}  # what recorded commands say
CHOSEN = "(default: chosen by the task or the number of pairs)"


def main(arguments=None):
    """Runs a command and returns its exit code: 0 done, 2 for input that it cannot use."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parser().parse_args(arguments)
    try:
        options.run(options, f"python -m seq2seq_tf {shlex.join(arguments)}")
        return 0
    except (ValueError, OSError) as error:
        print(f"seq2seq_tf: {error}", file=sys.stderr)
        return 2


def parser():
    """Describes the commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m seq2seq_tf", description="Sequence to sequence, from the command line.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    add_train(commands)
    add_ensemble(commands)
    add_translate(commands)
    add_evaluate(commands)
    return top


def add_train(commands):
    trains = commands.add_parser(
        "train", help="train a model on pairs and record what it reaches",
        description="Trains a model on your own pairs, or on one of the course's tasks, keeps the "
                    "best weights, scores them on the test part. Stopped and started again with "
                    "the same options, it goes on after the last epoch. How texts are cut into "
                    "units, all sizes and the schedule are chosen for you; each can be set.")
    what = trains.add_mutually_exclusive_group(required=True)
    what.add_argument("pairs", nargs="?", type=pathlib.Path, metavar="PAIRS",
                      help="your own pairs: a UTF-8 text, on each line source, tab, target")
    what.add_argument("--task", choices=sorted(RECIPES), help="or one of the course's tasks")
    trains.add_argument("--out", type=pathlib.Path, required=True, metavar="DIR",
                        help="folder for checkpoints, the model and its results file")
    trains.add_argument("--model", "--decoder", choices=FAMILIES, metavar="FAMILY",
                        type=lambda name: FORMER.get(name, name),
                        help=f"{', '.join(FAMILIES)} {CHOSEN}")
    for name, kind, meaning in (
            ("units", int, "size of the recurrent state, or of a Transformer's steps"),
            ("embedding", int, "size of a symbol's vector"),
            ("layers", int, "layers of each side"),
            ("heads", int, "heads of a Transformer's attention"),
            ("dropout", float, "share of inputs set to zero while training"),
            ("label-smoothing", float, "share of probability spread over all symbols"),
            ("epochs", int, "most passes over the training pairs"),
            ("patience", int, "stop after so many epochs without a better validation loss"),
            ("batch-size", int, "pairs in a batch"),
            ("rate", float, "highest learning rate")):
        trains.add_argument(f"--{name}", type=kind, help=f"{meaning} {CHOSEN}")
    trains.add_argument("--cell", choices=["gru", "lstm", "rnn"],
                        help="recurrent layer (default: gru)")
    trains.add_argument("--precision", choices=["float32", "mixed_float16", "mixed_bfloat16"],
                        help="what to compute in (default: mixed_float16 on a GPU, else float32)")
    trains.add_argument("--tensorboard", type=pathlib.Path, metavar="LOGS",
                        help="also write the curves to this folder for TensorBoard")
    trains.add_argument("--seed", type=int, default=0,
                        help="for weights, order and dropout (default: 0)")
    trains.add_argument("--limit", type=int, metavar="N", help="use N sources, to try things out")
    trains.set_defaults(run=run_train)


def add_ensemble(commands):
    joins = commands.add_parser(
        "ensemble", help="score the joint vote of several models",
        description="Joins models with the same vocabularies into one that takes the mean of their "
                    "probabilities, and scores it on one of the course's tasks.")
    joins.add_argument("models", nargs="+", type=pathlib.Path, metavar="MODEL",
                       help="folders that `train` wrote, or .keras files")
    joins.add_argument("--task", choices=sorted(RECIPES), required=True, help="what to score")
    joins.add_argument("--out", type=pathlib.Path, required=True, metavar="DIR",
                       help="folder for the results file")
    joins.set_defaults(run=run_ensemble)


def add_translate(commands):
    translates = commands.add_parser(
        "translate", help="translate lines of text",
        description="Reads lines from a file or from standard input and writes a translation of "
                    "each, in order. An empty line stays empty.")
    add_search(translates)
    translates.add_argument("--input", type=pathlib.Path, metavar="FILE",
                            help="UTF-8 lines to translate (default: standard input)")
    translates.add_argument("--nbest", type=int, default=1, metavar="N",
                            help="write the N best of each beam with their scores (default: 1)")
    translates.add_argument("--heatmap", type=pathlib.Path, metavar="HTML",
                            help="also write a page that shows where attention looked")
    translates.set_defaults(run=run_translate)


def add_evaluate(commands):
    evaluates = commands.add_parser(
        "evaluate", help="score a model on pairs that it has not seen",
        description="Translates each source once and compares with all its right answers: error "
                    "rates where the target is made of symbols, sacreBLEU's BLEU, chrF and TER "
                    "with their signatures where it is made of sentences.")
    add_search(evaluates)
    evaluates.add_argument("pairs", type=pathlib.Path, metavar="PAIRS",
                           help="a UTF-8 text, on each line source, tab, target")
    evaluates.add_argument("--tokenize", choices=["13a", "zh", "char", "none"],
                           help="how BLEU cuts texts (default: zh for Chinese characters, char for "
                                "others, 13a for all else)")
    evaluates.add_argument("--lowercase", action="store_true", help="let capitals not count")
    evaluates.set_defaults(run=run_evaluate)


def add_search(command):
    command.add_argument("model", type=pathlib.Path, metavar="DIR",
                         help="what `train` wrote with --out")
    command.add_argument("--beam", type=int, default=5, metavar="K",
                         help="width of the beam, 1 for greedy search (default: 5)")
    command.add_argument("--length-penalty", type=float, default=0.0, metavar="A",
                         help="how much long answers are favoured (default: 0)")


if __name__ == "__main__":
    sys.exit(main())

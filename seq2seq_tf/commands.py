"""What the command line does: train, translate, evaluate. Each gives what it prints as text."""

import importlib.util
import pathlib
import sys

import keras

from seq2seq_tf.batches import steps_per_epoch
from seq2seq_tf.corpora.own import lines_of, read_pairs
from seq2seq_tf.ensemble import ensemble
from seq2seq_tf.families import build, choose
from seq2seq_tf.guards import check_positive, check_sizes
from seq2seq_tf.masking import MaskedCrossentropy
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.plotting import heatmap_html
from seq2seq_tf.recipes import RECIPES, Own, suitable_scores
from seq2seq_tf.training import ship, train, warm_up_and_decay, write_results


def run_train(options, command):
    """Trains, ships and scores one model; `command` is what to record."""
    check_sizes(**({} if options.limit is None else {"limit": options.limit}))
    keras.utils.set_random_seed(options.seed)
    callbacks = watchers(options)
    keras.config.set_dtype_policy(options.precision or suitable_precision())
    task = options.task or options.pairs.stem
    recipe = RECIPES[task](options.limit) if options.task else Own(options.pairs, options.limit)
    pairs = recipe.pairs("train")
    choose(options, recipe.settings(len(pairs)))
    model, family = build(recipe, pairs, options)
    check_sizes(epochs=options.epochs, batch_size=options.batch_size)
    check_positive(rate=options.rate)
    steps = steps_per_epoch(len(pairs), options.batch_size) * options.epochs
    model.compile(
        keras.optimizers.Adam(warm_up_and_decay(options.rate, steps), clipnorm=1.0),
        MaskedCrossentropy(options.label_smoothing))
    print(f"{len(pairs):,} training pairs, {model.count_params():,} weights, {steps:,} steps")
    curve = train(model, pairs, recipe.pairs("validation"), options.out,
                  epochs=options.epochs, batch_size=options.batch_size, seed=options.seed,
                  patience=options.patience, callbacks=callbacks,
                  verbose=1 if sys.stderr.isatty() else 2)
    name = f"{task}-{family}" + (f"-seed{options.seed}" if options.seed else "")
    keras.config.set_dtype_policy("float32")
    ship(model, options.out / f"{name}.keras")
    metrics, signature = recipe.score(find_model(options.out / f"{name}.keras"))
    by_length = metrics.pop("by_length", None)
    print(", ".join(f"{key} {value:.2f}" for key, value in metrics.items()))
    write_results(options.out / f"{name}.json", task=task, split="test",
                  model=family, command=command, seed=options.seed, metrics=metrics,
                  parameters=model.count_params(), curve=curve, by_length=by_length,
                  signature=signature)
    print(f"Written: {options.out / name}.keras and .json")


def suitable_precision():
    """Names the dtype policy that suits the machine: half precision where there is a GPU."""
    import tensorflow as tf

    return "mixed_float16" if tf.config.list_physical_devices("GPU") else "float32"


def watchers(options):
    """Makes the callback for TensorBoard where it is wanted.

    Raises:
        ValueError: TensorBoard is not installed.
    """
    if options.tensorboard is None:
        return []
    if importlib.util.find_spec("tensorboard") is None:
        raise ValueError("--tensorboard wants the package tensorboard: pip install tensorboard. "
                         "Received: a Python without it")
    return [keras.callbacks.TensorBoard(options.tensorboard)]


def run_ensemble(options, command):
    """Scores the joint vote of several models on a task, and records it."""
    recipe, models = RECIPES[options.task](), [find_model(path) for path in options.models]
    joined = ensemble(models)
    metrics, signature = recipe.score(joined)
    print(", ".join(f"{key} {value:.2f}" for key, value in metrics.items()))
    name = f"ensemble-{len(models)}"
    write_results(options.out / f"{options.task}-{name}.json", task=options.task, split="test",
                  model=name, command=command, seed=0, metrics=metrics, curve=[],
                  parameters=joined.count_params(), signature=signature)


def run_translate(options, command):
    """Reads lines, writes their translations, in order; an empty line stays empty."""
    check_sizes(beam=options.beam, nbest=options.nbest)
    if options.nbest > options.beam:
        raise ValueError(f"--nbest must be at most --beam, {options.beam}. "
                         f"Received: {options.nbest}")
    model = find_model(options.model)
    content = options.input.read_bytes() if options.input else sys.stdin.buffer.read()
    lines = list(lines_of(content, options.input or "standard input"))
    texts = [line for line in lines if line.strip()]
    for number, line in enumerate(lines, 1):
        if line.strip():
            refuse_unreadable(model, line, number)
    settings = {"width": options.beam, "length_penalty": options.length_penalty}
    if options.heatmap:  # one search gives the texts and what they looked at
        best, weights = model.translate(texts, return_weights=True, **settings)
        write_heatmaps(model, texts, best, weights, options.heatmap)
    elif options.nbest == 1:
        best = model.translate(texts, **settings)
    if options.nbest == 1:
        found = iter(best)
    else:
        found = iter("\n".join(f"{score:.4f}\t{text}" for text, score in each[: options.nbest])
                     for each in model.hypotheses(texts, **settings))
    for line in lines:
        print(next(found) if line.strip() else "")


def refuse_unreadable(model, line, number):
    """Names the line that the model cannot read.

    Raises:
        ValueError: It is too long, or holds a symbol that the vocabulary refuses.
    """
    try:
        model.source_vocabulary.encode(line, model.max_source)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from error


def write_heatmaps(model, texts, found, weights, path):
    """Writes one HTML page with a table of weights for each text and its translation."""
    tables = []
    for text, translation, seen in zip(texts, found, weights, strict=True):
        if seen is None:
            raise ValueError("--heatmap wants a model with attention. Received: one without")
        tables.append(str(heatmap_html(
            seen, model.source_vocabulary.split(text), model.target_vocabulary.split(translation))
            if translation else f"<p>{text}: nothing was written</p>"))
    page = "\n".join(['<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>', *tables,
                      "</body></html>\n"])
    path.write_text(page, "utf-8")


def run_evaluate(options, command):
    """Scores a model on pairs: error rates for symbols, BLEU, chrF and TER for sentences."""
    check_sizes(beam=options.beam)
    model = find_model(options.model)
    found = read_pairs(options.pairs)[0]
    for number, source in enumerate(found, 1):
        refuse_unreadable(model, source, number)
    texts = model.translate(list(found), width=options.beam, length_penalty=options.length_penalty)
    answers = [tuple(targets) for targets in found.values()]
    print(f"{len(found):,} sources, {sum(map(len, answers)):,} right answers, beam {options.beam}")
    scores, signatures = suitable_scores(
        model.target_vocabulary, texts, answers, options.lowercase, options.tokenize)
    for name, score in scores.items():
        print(f"{name} {score:.2f}   {signatures[name] if signatures else '%'}")


def find_model(folder):
    """Opens the one model in a folder, or the file itself.

    Raises:
        ValueError: There is none, or more than one.
    """
    folder = pathlib.Path(folder)
    found = [folder] if folder.is_file() else sorted(folder.glob("*.keras"))
    if len(found) != 1:
        raise ValueError(f"{folder}: must be a .keras file or a folder with one, as `train` makes "
                         f"it. Received: {[path.name for path in found] or 'no .keras file'}")
    return Seq2Seq.load(found[0])

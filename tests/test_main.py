"""The command line, run in this process on a slice of the dictionary."""

import io
import re
import types

import keras
import numpy as np
import pytest

from seq2seq_tf.__main__ import main, parser
from seq2seq_tf.commands import suitable_precision, watchers
from seq2seq_tf.families import FAMILIES
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.training import read_results, train


@pytest.mark.slow
def test_train_writes_a_model_and_its_record(tmp_path, capsys):
    out = tmp_path / "run"
    arguments = ["train", "--task", "cmudict", "--out", str(out), "--limit", "3000",
                 "--epochs", "1", "--units", "16", "--batch-size", "128"]
    assert main(arguments) == 0
    record = read_results(out / "cmudict-attention-gru.json")
    assert record["command"] == "python -m seq2seq_tf " + " ".join(arguments)
    assert set(record["metrics"]) == {
        f"{part}{name}_beam{width}" for part in ("", "validation_") for name in ("per", "wer")
        for width in (1, 5)}
    assert len(record["curve"]) == 1
    model = Seq2Seq.load(out / "cmudict-attention-gru.keras")
    assert model.count_params() == record["parameters"]
    assert f"{record['metrics']['wer_beam1']:.2f}" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(("task", "decoder", "family"), [
    ("phrasebook-zh", "luong", "attention-gru"), ("phrasebook-fr", "none", "rnn-gru"),
    ("phrasebook-fr", "bahdanau", "attention-bahdanau-gru")])
def test_phrasebook_runs_are_recorded_with_their_alignment(task, decoder, family, tmp_path):
    assert main(["train", "--task", task, "--decoder", decoder, "--out", str(tmp_path), "--limit",
                 "300", "--epochs", "1", "--units", "16", "--seed", "3"]) == 0
    record = read_results(tmp_path / f"{task}-{family}-seed3.json")
    assert record["model"] == family
    assert ("aer" in record["metrics"]) == (decoder != "none")
    assert {"exact_match", "compositional", "length"} <= record["metrics"].keys()
    assert max(map(int, record["by_length"])) > 12


@pytest.mark.slow
def test_own_pairs_are_learned_from_a_file_alone(tmp_path):
    path = tmp_path / "digits.tsv"
    path.write_text("\n".join(f"{i:03}\t{' '.join(f'{i:03}'[::-1])}" for i in range(400)), "utf-8")
    arguments = ["train", str(path), "--out", str(tmp_path / "run"), "--epochs", "1", "--units",
                 "16", "--layers", "2", "--batch-size", "32"]
    assert main(arguments) == 0
    record = read_results(tmp_path / "run" / "digits-attention-gru-2layers.json")
    assert (record["task"], record["model"]) == ("digits", "attention-gru-2layers")
    model = Seq2Seq.load(tmp_path / "run" / "digits-attention-gru-2layers.keras")
    assert model.encoder.layers == model.decoder.layers == 2
    assert len(model.translate(["123"], width=3)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("model", "encoder"), [
    ("transformer", "TransformerEncoder"), ("conv", "ConvolutionalEncoder")])
def test_models_without_recurrence_are_trained_by_name(model, encoder, tmp_path):
    path = tmp_path / "digits.tsv"
    path.write_text("\n".join(f"{i:03}\t{' '.join(f'{i:03}'[::-1])}" for i in range(400)), "utf-8")
    assert main(["train", str(path), "--model", model, "--out", str(tmp_path / "run"), "--limit",
                 "200", "--epochs", "1", "--units", "16", "--layers", "2", "--heads", "2"]) == 0
    record = read_results(tmp_path / "run" / f"digits-{model}-2layers.json")
    assert record["model"] == f"{model}-2layers"
    loaded = Seq2Seq.load(tmp_path / "run" / f"digits-{model}-2layers.keras")
    assert type(loaded.encoder).__name__ == encoder
    assert (loaded.encoder.units, loaded.encoder.layers) == (16, 2)
    assert (loaded.decoder.heads, loaded.decoder.layers) == (2, 2)
    assert loaded.count_params() == record["parameters"]


@pytest.mark.parametrize(("option", "name", "family"), [
    ("--decoder", "luong", "attention"), ("--decoder", "none", "rnn"),
    ("--decoder", "tied", "attention-tied"), ("--decoder", "bahdanau", "attention-bahdanau"),
    ("--model", "luong", "attention"), *(("--model", name, name) for name in FAMILIES)])
def test_families_have_their_names_and_those_of_recorded_commands(option, name, family):
    options = parser().parse_args(["train", "pairs.tsv", "--out", "run", option, name])
    assert options.model == family


def test_an_unknown_family_is_refused_with_a_list_of_all(capsys):
    with pytest.raises(SystemExit) as end:
        main(["train", "pairs.tsv", "--out", "run", "--model", "perceptron"])
    assert end.value.code == 2
    printed = capsys.readouterr().err
    assert "invalid choice: 'perceptron'" in printed
    assert all(family in printed for family in FAMILIES)


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_what_was_trained_in_half_precision_is_shipped_in_full(precision, tmp_path):
    path = tmp_path / "digits.tsv"
    path.write_text("\n".join(f"{i:03}\t{' '.join(f'{i:03}'[::-1])}" for i in range(400)), "utf-8")
    policies = []

    def watch(model, pairs, *others, **settings):
        policies.extend(layer.dtype_policy.name for layer in model._flatten_layers())
        curve = train(model, pairs, *others, **settings)
        assert "LossScale" in type(model.optimizer).__name__ or precision != "mixed_float16"
        return curve

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seq2seq_tf.commands.train", watch)
        assert main(["train", str(path), "--out", str(tmp_path / "run"), "--epochs", "6", "--units",
                     "32", "--batch-size", "16", "--precision", precision]) == 0
    assert set(policies) == {precision}
    assert keras.config.dtype_policy().name == "float32"
    model = Seq2Seq.load(tmp_path / "run" / "digits-attention-gru.keras")
    assert {layer.dtype_policy.name for layer in model._flatten_layers()} == {"float32"}
    curve = read_results(tmp_path / "run" / "digits-attention-gru.json")["curve"]
    assert curve[-1]["val_loss"] < 0.8 * curve[0]["val_loss"]


def test_tensorboard_is_asked_for_before_anything_is_done(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    arguments = ["train", "--task", "cmudict", "--tensorboard", "logs", "--out", str(tmp_path)]
    assert main(arguments) == 2
    assert "pip install tensorboard" in capsys.readouterr().err


def test_tensorboard_gets_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    callback, = watchers(types.SimpleNamespace(tensorboard=tmp_path / "logs"))
    assert isinstance(callback, keras.callbacks.TensorBoard)
    assert callback.log_dir == str(tmp_path / "logs")
    assert watchers(types.SimpleNamespace(tensorboard=None)) == []


@pytest.mark.parametrize(("gpus", "policy"), [([], "float32"), (["GPU:0"], "mixed_float16")])
def test_half_precision_is_chosen_where_there_is_a_gpu(gpus, policy, monkeypatch):
    monkeypatch.setattr("tensorflow.config.list_physical_devices", lambda kind: gpus)
    assert suitable_precision() == policy


@pytest.mark.slow
def test_more_callbacks_see_the_training(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("seq2seq_tf.commands.watchers", lambda options: [
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(sorted(logs)))])
    path = tmp_path / "digits.tsv"
    path.write_text("\n".join(f"{i:03}\t{i % 7}" for i in range(150)), "utf-8")
    assert main(["train", str(path), "--out", str(tmp_path / "run"), "--epochs", "2", "--units",
                 "8"]) == 0
    assert seen == [["accuracy", "loss", "val_accuracy", "val_loss"]] * 2


def test_a_file_without_pairs_ends_with_a_message_and_code_2(tmp_path, capsys):
    path = tmp_path / "wrong.tsv"
    path.write_text("a\tb\na b\n", "utf-8")
    assert main(["train", str(path), "--out", str(tmp_path / "run")]) == 2
    assert "wrong.tsv, line 2: must hold a source, a tab" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("arguments", "message"), [
    (["--units", "0"], "`units` must be an integer of at least 1"),
    (["--units", "7"], "`units` must be even"),
    (["--dropout", "1.5"], "`dropout` must lie in"),
    (["--batch-size", "0"], "`batch_size` must be"),
    (["--epochs", "0"], "`epochs` must be"),
    (["--model", "transformer", "--heads", "5"], "`heads` must divide `units`"),
    (["--model", "transformer", "--units", "7", "--heads", "1"], "`units` must be even"),
    (["--model", "conv", "--units", "9"], "`units` must be even"),
    (["--model", "transformer", "--cell", "lstm"], "options that it reads. Received: --cell"),
    (["--model", "conv", "--embedding", "8", "--cell", "gru"], "Received: --cell, --embedding"),
    (["--heads", "2"], "--model attention must be given options that it reads"),
])
def test_wrong_options_end_with_a_message_and_code_2(arguments, message, tmp_path, capsys):
    out = tmp_path / "run"
    assert main(["train", "--task", "cmudict", "--out", str(out), "--limit", "3000",
                 *arguments]) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert "Traceback" not in printed


def test_an_unwritable_folder_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way", "utf-8")
    out = tmp_path / "file" / "run"
    assert main(["train", "--task", "cmudict", "--out", str(out), "--limit", "2000"]) == 2
    assert str(out) in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["train"], ["train", "--task", "nothing"], ["fly"]])
def test_unknown_commands_are_refused_by_the_parser(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_help_tells_the_defaults(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    printed = capsys.readouterr().out
    assert "chosen by the task or the number of pairs" in " ".join(printed.split())
    assert "goes on after the last epoch" in " ".join(printed.split())


@pytest.fixture(scope="module")
def reverser(tmp_path_factory):
    """A folder with a small model for digits, hardly trained: what it says is not the question."""
    folder = tmp_path_factory.mktemp("reverser")
    path = folder / "digits.tsv"
    path.write_text("\n".join(f"{i:03}\t{' '.join(f'{i:03}'[::-1])}" for i in range(300)), "utf-8")
    assert main(["train", str(path), "--out", str(folder), "--epochs", "1", "--units", "16",
                 "--batch-size", "64"]) == 0
    return folder


def typed(text):
    """Stands for standard input."""
    return io.TextIOWrapper(io.BytesIO(text if isinstance(text, bytes) else text.encode("utf-8")))


def translated(arguments, text, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", typed(text))
    assert main(["translate", *map(str, arguments)]) == 0
    return capsys.readouterr().out.split("\n")[:-1]


@pytest.mark.slow
def test_lines_in_lines_out(reverser, monkeypatch, capsys, tmp_path):
    model = Seq2Seq.load(reverser / "digits-attention-gru.keras")
    capsys.readouterr()
    lines = translated([reverser, "--beam", "3"], "123\n\n45\n", monkeypatch, capsys)
    assert lines == [*model.translate(["123"], width=3), "", *model.translate(["45"], width=3)]
    (tmp_path / "in.txt").write_text("7\n", "utf-8")
    assert main(["translate", str(reverser), "--beam", "1", "--input",
                 str(tmp_path / "in.txt")]) == 0
    assert capsys.readouterr().out == model.translate(["7"])[0] + "\n"


@pytest.mark.slow
def test_the_n_best_come_with_their_scores(reverser, monkeypatch, capsys):
    model = Seq2Seq.load(reverser / "digits-attention-gru.keras")
    capsys.readouterr()
    lines = translated([reverser, "--beam", "4", "--nbest", "2"], "123\n9\n", monkeypatch, capsys)
    found = model.hypotheses(["123", "9"], 4)
    assert lines == [f"{score:.4f}\t{text}" for best in found for text, score in best[:2]]


@pytest.mark.slow
def test_a_page_shows_where_attention_looked(reverser, monkeypatch, capsys, tmp_path):
    page = tmp_path / "map.html"
    asked = []

    def translate(self, texts, **how):
        asked.append(how)
        return ["3 < 1"], [np.array([[0.1, 0.9], [0.5, 0.5], [1.0, 0.0]])]

    monkeypatch.setattr(Seq2Seq, "translate", translate)
    arguments = [reverser, "--heatmap", page, "--beam", "3", "--length-penalty", "0.5"]
    assert translated(arguments, "12\n", monkeypatch, capsys) == ["3 < 1"]
    assert asked == [{"return_weights": True, "width": 3, "length_penalty": 0.5}]  # once, as told
    html = page.read_text("utf-8")
    assert "<script" not in html
    assert "&lt;" in html and 'charset="utf-8"' in html
    assert re.findall(r">(\d+)</td>", html) == ["10", "90", "50", "50", "100"]


@pytest.mark.slow
def test_evaluate_scores_each_source_once_against_all_its_answers(
        reverser, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(Seq2Seq, "translate", lambda self, texts, **how: ["2 1", "9"])
    (tmp_path / "held.tsv").write_text("12\t1 2\n12\t2 1\n3\t3\n", "utf-8")
    capsys.readouterr()
    assert main(["evaluate", str(reverser), str(tmp_path / "held.tsv"), "--beam", "2"]) == 0
    assert capsys.readouterr().out.split("\n")[:3] == [
        "2 sources, 3 right answers, beam 2", "per 33.33   %", "wer 50.00   %"]


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "text", "message"), [
    (["nowhere"], "", "nowhere: must be a .keras file or a folder with one"),
    (["{}", "--beam", "0"], "", "`beam` must be an integer of at least 1"),
    (["{}", "--nbest", "9"], "", "--nbest must be at most --beam, 5. Received: 9"),
    (["{}", "--length-penalty", "-1"], "12\n", "`length_penalty` must be a number of at least 0"),
    (["{}"], "12\n" + "1" * 50 + "\n", "line 2: A text may have at most 6 symbols"),
    (["{}"], "12\ncafé\n".encode("latin-1"), "standard input, line 2: must be UTF-8. Received "),
    (["{}", "--input", "nowhere.txt"], "", "nowhere.txt"),
])
def test_what_cannot_be_translated_ends_with_a_message_and_code_2(
        arguments, text, message, reverser, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", typed(text))
    assert main(["translate", *(a.format(reverser) for a in arguments)]) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert "Traceback" not in printed


@pytest.mark.slow
def test_early_stopping_survives_a_restart(tmp_path):
    path = tmp_path / "noise.tsv"
    random = np.random.default_rng(0)
    path.write_text("\n".join(f"{i:03}\t{' '.join(map(str, random.integers(0, 9, 3)))}"
                              for i in range(300)), "utf-8")
    arguments = ["train", str(path), "--units", "16", "--rate", "0.5", "--epochs", "9",
                 "--patience", "1", "--out", str(tmp_path / "run")]
    assert main(arguments) == 0
    name = "noise-attention-gru.json"
    first = read_results(tmp_path / "run" / name)
    assert len(first["curve"]) < 9
    assert main(arguments) == 0
    assert read_results(tmp_path / "run" / name)["curve"] == first["curve"]

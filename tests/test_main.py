"""The command line, run in this process on a slice of the dictionary."""

import pytest

from seq2seq_tf.__main__ import main
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.training import read_results


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
    assert f"{record['metrics']['wer_beam1']:.2f} %" in capsys.readouterr().out


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
    record = read_results(tmp_path / "run" / "digits-attention-gru.json")
    assert record["task"] == "digits"
    model = Seq2Seq.load(tmp_path / "run" / "digits-attention-gru.keras")
    assert model.encoder.layers == model.decoder.layers == 2
    assert len(model.translate(["123"], width=3)) == 1


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
    assert "(default: 256)" in printed
    assert "goes on after the last epoch" in " ".join(printed.split())

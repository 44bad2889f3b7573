"""Files that must agree with each other: pyproject, pins, conda, README, results."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from seq2seq_tf.files import data_path
from seq2seq_tf.training import read_results

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import course

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
README = (ROOT / "README.md").read_text("utf-8")


def tracked():
    """Lists the repository's text files, or all of them where git is absent."""
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = found.stdout.split("\n") if found.returncode == 0 else []
    paths = [ROOT / name for name in names if name]
    return [p for p in paths if p.exists() and p.suffix not in (".keras", ".png")]


def test_every_dependency_is_pinned_and_no_host_is_named():
    pins = (ROOT / "constraints.txt").read_text("utf-8")
    assert "://" not in pins
    pinned = {re.split("[=<> ;]", line)[0] for line in pins.splitlines()}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert {re.split("[=<>]", name)[0] for name in wanted} <= pinned


def test_conda_installs_this_folder_with_an_allowed_python():
    text = (ROOT / "environment.yml").read_text("utf-8")
    assert "- -e .[dev]" in text
    assert "- -c constraints.txt" in text
    assert f"name: {PROJECT['name']}\n" in text
    python = tuple(map(int, re.search(r"python=(\d+)\.(\d+)", text).groups()))
    low, high = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()
    assert int(low) <= python[1] < int(high)


def test_the_version_is_the_same_everywhere():
    version = PROJECT["version"]
    assert f'__version__ = "{version}"' in (ROOT / "seq2seq_tf/__init__.py").read_text("utf-8")
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"## {version} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_repositorys_address_is_the_same_everywhere():
    address = PROJECT["urls"]["Repository"]
    assert address in (ROOT / "CITATION.cff").read_text("utf-8")
    clones = re.findall(r"git clone (\S+)", README)
    assert clones and set(clones) == {address}


def test_the_readme_shows_the_recorded_results():
    assert course.TABLE.search(README)[0].splitlines()[1:-1] == course.results().splitlines()


def test_the_readme_states_the_minutes_of_each_lesson():
    shown = {ROOT / path: minutes for path, minutes in course.LESSON.findall(README)}
    assert shown == {path: course.minutes(path) for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_every_record_is_complete_and_its_weights_are_small():
    records = sorted((ROOT / "data/results").glob("*.json"))
    assert records
    for path in records:
        record = read_results(path)
        seed = f"-seed{record['seed']}" if record["seed"] else ""
        assert path.stem == f"{record['task']}-{record['model']}{seed}"
        assert set(record) - {"by_length"} == {
            "task", "split", "model", "command", "seed", "parameters", "train_seconds", "device",
            "versions", "metrics", "signature", "curve"}
    for path in (ROOT / "data/weights").iterdir():
        assert path.stat().st_size < 10_000_000
    assert data_path("weights", "cmudict-attention-gru.keras").stat().st_size < 2_000_000


def test_the_readme_maps_every_notebook():
    for path in course.notebooks():
        if path.parent.name == "notebooks":
            assert f"(notebooks/{path.name})" in README


def test_links_within_the_readme_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_a_missing_data_file_is_named():
    with pytest.raises(ValueError, match="must hold data/weights/nothing.keras"):
        data_path("weights", "nothing.keras")


def test_every_text_file_is_utf8_with_unix_line_ends():
    for path in tracked():
        content = path.read_bytes()
        content.decode("utf-8")
        assert b"\r\n" not in content, path


def test_text_files_are_opened_as_utf8():
    for path in tracked():
        if path.suffix == ".py" and path != Path(__file__):
            text = path.read_text("utf-8")
            assert not re.search(r"\.(read|write)_text\(\)", text), path
            assert not re.search(r"[^_.\w]open\((?![^)]*encoding)", text), path


def test_the_readmes_example_prints_what_it_says(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    said = [line.split("# ")[1].split(":")[0] for line in code.splitlines() if "# " in line]
    assert capsys.readouterr().out.splitlines() == said


@pytest.mark.slow
def test_every_shipped_model_loads_where_only_the_model_was_imported():
    code = ("import sys; from seq2seq_tf.model import Seq2Seq; "
            "print(*(len(Seq2Seq.load(p).translate(['I'])) for p in sys.argv[1:]))")
    paths = sorted(p for p in (ROOT / "data/weights").glob("*.keras") if "cmudict" not in p.name)
    run = subprocess.run([sys.executable, "-c", code, *map(str, paths)], capture_output=True,
                         text=True)
    assert run.stdout.split() == ["1"] * len(paths), run.stderr[-500:]

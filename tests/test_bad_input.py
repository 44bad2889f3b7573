"""Fifty files and folders that cannot be used: each ends with a message that names what is wrong,
code 2, no traceback, and nothing written."""

import gzip
import re

import pytest

from seq2seq_tf.__main__ import main

GOOD = [f"{i:03}\t{' '.join(f'{i:03}')}" for i in range(120)]


def with_line(line):
    """Good pairs, and as the 61st line another one."""
    line = line if isinstance(line, bytes) else line.encode("utf-8")
    return b"\n".join([*(g.encode() for g in GOOD[:60]), line, *(g.encode() for g in GOOD[60:])])


WHOLE = "\n".join(GOOD)
FILES = {
    "empty": (b"", "must hold pairs. Received: no line with text"),
    "spaces": (b"  \n \n", "must hold pairs"),
    "line ends": (b"\n\r\n\n", "must hold pairs"),
    "a mark alone": (b"\xef\xbb\xbf", "must hold pairs"),
    "tabs": (b"\t\t\n", "must hold pairs"),
    "one pair": (b"a\tb\n", "some 100 at least. Received 1: "),
    "two pairs": (b"a\tb\nc\td\n", "some 100 at least. Received 2: "),
    "one source many times": (b"a\tb\n" * 300, "some 100 at least. Received 1: "),
    "one source, many targets": ("\n".join(f"a\tb{i}" for i in range(300)).encode(), "Received 1:"),
    "one column": (with_line("word"), "line 61: must hold a source, a tab and a target"),
    "three columns": (with_line("a\tb\tc"), "line 61: .* Received 3 columns: 'a.tb.tc'"),
    "four columns": (with_line("a\tb\tc\td"), "line 61: .*Received 4 columns"),
    "no source": (with_line("\tb"), "line 61: must hold a source"),
    "no target": (with_line("a\t"), "line 61: must hold a source"),
    "spaces for a target": (with_line("a\t   "), "line 61: must hold a source"),
    "spaces for a source": (with_line("  \ta"), "line 61: must hold a source"),
    "a tab at the end": (with_line("a\tb\t"), "line 61: .*Received 3 columns"),
    "a tab at the start": (with_line("\ta\tb"), "line 61: .*Received 3 columns"),
    "commas": (WHOLE.replace("\t", ",").encode(), "line 1: .*Received 1 columns: '000,0 0 0'"),
    "semicolons": (WHOLE.replace("\t", ";").encode(), "line 1: .*Received 1 columns"),
    "bars": (WHOLE.replace("\t", " ||| ").encode(), "line 1: .*Received 1 columns"),
    "spaces for tabs": (WHOLE.replace("\t", "    ").encode(), "line 1: .*Received 1 columns"),
    "two tabs": (WHOLE.replace("\t", "\t\t").encode(), "line 1: .*Received 3 columns"),
    "a head of three": (b"id\tsource\ttarget\n" + WHOLE.encode(), "line 1: .*Received 3 columns"),
    "old line ends": (WHOLE.replace("\n", "\r").encode(), "line 1: .*Received 121 columns"),
    "JSON": (b'[["a", "b"]]', "line 1: .*Received 1 columns"),
    "XML": (b"<pairs>\n<pair/>\n</pairs>", "line 1: .*Received 1 columns: '<pairs>'"),
    "HTML": (b"<!DOCTYPE html>\n<html>Sign in</html>", "line 1: .*Received 1 columns"),
    "a NUL in a source": (with_line("a\0\tb"), "line 61: must be text .*Received a NUL"),
    "a NUL in a target": (with_line("a\tb\0"), "line 61: must be text .*Received a NUL"),
    "a file of NULs": (b"\0" * 5000, "line 1: must be text .*Received a NUL"),
    "a million characters": (with_line("a" * 10**6 + "\tb"), "line 61: .*1,000,002 characters"),
    "a million in the target": (with_line("a\t" + "b" * 10**6), "line 61: .*1,000,002 characters"),
    "a little too long": (with_line("a\t" + "b" * 9_999), "line 61: .*10,001 characters"),
    "all in one line": (WHOLE.replace("\n", " ").encode() * 20, "line 1: must be text of at most"),
    "Latin-1": (with_line("café\tcafé".encode("latin-1")), r"line 61: must be UTF-8.*b'.xe9'"),
    "Windows-1252": (with_line("a\t“b”".encode("cp1252")), r"line 61: must be UTF-8.*b'.x93'"),
    "UTF-16": (WHOLE.encode("utf-16"), r"line 1: must be UTF-8. Received b'.xff'"),
    "UTF-16 without a mark": (WHOLE.encode("utf-16-le"), "line 1: must be text .*Received a NUL"),
    "UTF-32": (WHOLE.encode("utf-32"), "line 1: must be UTF-8"),
    "Shift JIS": (with_line("猫\tねこ".encode("shift-jis")), "line 61: must be UTF-8"),
    "cut within a letter": (WHOLE.encode() + "\na\té".encode()[:-1], "line 121: must be UTF-8"),
    "a gzip file": (gzip.compress(WHOLE.encode(), mtime=0), "line 1: must be UTF-8"),
    "a zip file": (b"PK\x03\x04\x14\0\0\0\x08\0" + b"\xff" * 50, "line 1: must be"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "line 1: must be UTF-8"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_list_of_pairs(name, tmp_path, capsys):
    content, message = FILES[name]
    path, out = tmp_path / "mine.tsv", tmp_path / "out"
    path.write_bytes(content)
    assert main(["train", str(path), "--out", str(out)]) == 2
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err + printed.out
    assert printed.err.startswith(f"seq2seq_tf: {path}"), printed.err
    assert re.search(message, printed.err), printed.err
    assert len(printed.err) < 400
    assert path.read_bytes() == content
    assert not out.exists()


@pytest.mark.parametrize(("make", "message"), [
    (lambda path: None, "must be a readable file. Received: No such file"),
    (lambda path: path.mkdir(), "must be a readable file. Received: Is a directory"),
    (lambda path: path.symlink_to(path), "must be a readable file"),
])
def test_what_is_no_file(make, message, tmp_path, capsys):
    make(tmp_path / "mine.tsv")
    assert main(["train", str(tmp_path / "mine.tsv"), "--out", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("where", ["in_the_way", "in_the_way/below", "/proc/nothing"])
def test_a_folder_that_cannot_be_written(where, tmp_path, capsys):
    (tmp_path / "mine.tsv").write_text(WHOLE, "utf-8")
    (tmp_path / "in_the_way").write_text("precious", "utf-8")
    assert main(["train", str(tmp_path / "mine.tsv"), "--units", "8", "--out",
                 str(tmp_path / where)]) == 2
    printed = capsys.readouterr().err
    assert where in printed and "Traceback" not in printed
    assert (tmp_path / "in_the_way").read_text("utf-8") == "precious"


@pytest.mark.parametrize(("option", "message"), [
    (["--rate", "0"], "`rate` must be a number above 0. Received: rate=0.0"),
    (["--rate", "nan"], "`rate` must be a number above 0"),
    (["--label-smoothing", "1"], "must lie in [0, 1)"),
    (["--patience", "0"], "`patience` must be an integer of at least 1"),
    (["--embedding", "-1"], "must be an integer of at least 1"),
    (["--limit", "0"], "`limit` must be an integer of at least 1"),
])
def test_options_that_cannot_be_used(option, message, tmp_path, capsys):
    (tmp_path / "mine.tsv").write_text(WHOLE, "utf-8")
    assert main(["train", str(tmp_path / "mine.tsv"), "--units", "8", "--out",
                 str(tmp_path / "out"), *option]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_marks_line_ends_and_repeated_lines_do_no_harm(tmp_path, capsys):
    odd = b"\xef\xbb\xbf" + "\r\n".join([*GOOD, "", *GOOD, "héé\t1 2"]).encode("utf-8")
    (tmp_path / "mine.tsv").write_bytes(odd)
    assert main(["train", str(tmp_path / "mine.tsv"), "--units", "8", "--epochs", "1", "--out",
                 str(tmp_path / "out")]) == 0
    assert "training pairs" in capsys.readouterr().out

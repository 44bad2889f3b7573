"""Vocabulary: text to ids and back, and what it refuses."""

import base64
import io
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
import sentencepiece

from seq2seq_tf.files import data_path
from seq2seq_tf.vocabulary import (
    END,
    SPECIAL,
    START,
    UNKNOWN,
    CharacterVocabulary,
    SubwordVocabulary,
    WordVocabulary,
    pad,
)


def test_encode_and_decode_are_inverse():
    letters = CharacterVocabulary.from_texts(["knight", "naïve"])
    words = WordVocabulary.from_texts(["N AY T", "K AE T"])
    assert letters.decode(letters.encode("night")) == "night"
    assert words.decode(words.encode("K AY T")) == "K AY T"


def test_the_most_frequent_symbol_comes_first_and_ties_are_alphabetical():
    vocabulary = CharacterVocabulary.from_texts(["cab", "bc", "b"])
    assert vocabulary.symbols == ["b", "c", "a"]
    assert vocabulary.encode("abc") == [6, 4, 5]  # 0 to 3 are special
    assert CharacterVocabulary.from_texts(["cab", "bc", "b"], min_count=2).symbols == ["b", "c"]


def test_decoding_stops_at_the_end_token_and_hides_padding_and_start():
    vocabulary = CharacterVocabulary("ab")
    assert vocabulary.decode([START, 4, 5, END, 4, 0]) == "ab"
    assert vocabulary.tokens(np.array([4, UNKNOWN, 0, 0])) == ["a", "<unk>"]


def test_positions_point_at_the_symbols():
    """A model may write padding or start in the middle; weights must stay beside their symbols."""
    assert CharacterVocabulary("ab").positions([4, 0, START, 5, END, 4]) == [0, 3]


def test_a_batch_is_padded_at_the_right():
    batch = CharacterVocabulary("ab").batch(["ab", "a"], start=True, end=True, multiple_of=3)
    assert batch.tolist() == [[START, 4, 5, END, 0, 0], [START, 4, END, 0, 0, 0]]
    assert batch.dtype == "int32"
    assert pad([[4], [4, 5]]).tolist() == [[4, 0], [4, 5]]


def test_an_unknown_symbol_becomes_unk_or_is_refused():
    assert CharacterVocabulary("ab").encode("axb") == [4, UNKNOWN, 5]
    with pytest.raises(ValueError, match=r"one of a b \. Received 'x' in 'axb'"):
        CharacterVocabulary("ab", unknown=False).encode("axb")


def test_no_text_can_name_a_special_id():
    words = WordVocabulary(["a"])
    assert words.encode("a <pad> <end> <start> <unk>") == [4] + [UNKNOWN] * 4
    with pytest.raises(ValueError, match="Received '<end>'"):
        WordVocabulary(["a"], unknown=False).encode("a <end>")


def test_a_vocabulary_survives_serialisation():
    vocabulary = WordVocabulary(["né", "'", "我"], unknown=False)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(vocabulary))
    assert type(again) is WordVocabulary
    assert (again.symbols, again.unknown) == (vocabulary.symbols, False)


@pytest.mark.parametrize(("call", "message"), [
    (lambda v: v.encode(""), "at least one symbol. Received: ''"),
    (lambda v: v.encode("aaaa", max_length=3), "at most 3 symbols. Received 4"),
    (lambda v: v.batch([]), "at least one text"),
    (lambda v: v.batch("ab"), "a list of texts. Received: one string"),
    (lambda v: v.decode([99]), r"must lie in \[0, 6\). Received: 99"),
    (lambda v: v.decode([-1]), r"must lie in \[0, 6\). Received: -1"),
    (lambda v: CharacterVocabulary(""), "at least one symbol"),
    (lambda v: CharacterVocabulary("aba"), r"Received twice: \['a'\]"),
    (lambda v: WordVocabulary(["<end>"]), r"Received twice: \['<end>'\]"),
    (lambda v: CharacterVocabulary.from_texts("abc"), "a list of texts. Received: one string"),
    (lambda v: CharacterVocabulary.from_texts([]), "at least one symbol"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(CharacterVocabulary("ab"))


def test_a_text_of_spaces_has_no_words():
    with pytest.raises(ValueError, match="at least one symbol"):
        WordVocabulary(["a"]).encode("   ")


def test_ties_are_alphabetical():
    assert CharacterVocabulary.from_texts(["zxy"]).symbols == ["x", "y", "z"]


def test_a_text_of_exactly_the_longest_length_is_taken():
    assert CharacterVocabulary("ab").encode("aba", max_length=3) == [4, 5, 4]


@pytest.fixture(scope="module")
def prose():
    """Three columns: English, French, Chinese."""
    lines = data_path("prose.tsv").read_text("utf-8").splitlines()
    return list(zip(*(line.split("\t") for line in lines[1:]), strict=True))


def test_the_prose_is_whole_and_tidy(prose):
    assert [len(set(column)) for column in prose] == [200] * 3
    for english, french, chinese in zip(*prose, strict=True):
        assert 3 <= len(english.split()) <= 15
        assert french == " ".join(french.split()) and not re.search(r"\S[?!]", french)
        full_width = {".": "。", "?": "\uff1f", "!": "\uff01"}
        assert full_width[english[-1]] == full_width[french[-1]] == chinese[-1]
        assert not re.search(r"[A-Za-z0-9,.?! ]", chinese)


@pytest.mark.parametrize(("language", "size"), [(0, 300), (1, 300), (2, 700)])
def test_subwords_give_back_the_text(prose, language, size):
    vocabulary = SubwordVocabulary.from_texts(prose[language], size)
    assert len(vocabulary) == size
    for text in prose[language]:
        assert vocabulary.decode(vocabulary.encode(text)) == text


def test_subwords_begin_with_the_most_frequent_pair():
    vocabulary = SubwordVocabulary.from_texts(["ab ab ab abc c"], 10)
    assert vocabulary.symbols == ["ab", "▁ab", "▁", "a", "b", "c"]
    assert vocabulary.tokens(vocabulary.encode("abc cab")) == ["▁ab", "c", "▁", "c", "ab"]
    assert vocabulary.encode("ab") == [5]  # 0 to 3 are special


def test_a_strange_character_becomes_unk_in_subwords_too():
    vocabulary = SubwordVocabulary.from_texts(["ab ab"], 9)
    assert vocabulary.tokens(vocabulary.encode("ab ☃")) == ["▁ab", "▁", "<unk>"]
    assert UNKNOWN in vocabulary.encode("<end>")
    assert not {0, START, END} & set(vocabulary.encode("<pad> <start> <end>"))
    strict = SubwordVocabulary(vocabulary.model, unknown=False)
    with pytest.raises(ValueError, match="Received '☃' in 'ab ☃'"):
        strict.encode("ab ☃")


def test_subwords_are_reproducible_and_survive_serialisation(prose):
    vocabulary = SubwordVocabulary.from_texts(prose[1], 200, unknown=False)
    assert vocabulary.model == SubwordVocabulary.from_texts(prose[1], 200).model
    saved = keras.saving.serialize_keras_object(vocabulary)
    again = keras.saving.deserialize_keras_object(saved)
    assert type(again) is SubwordVocabulary
    assert (again.symbols, again.unknown) == (vocabulary.symbols, False)
    assert again.encode(prose[1][0]) == vocabulary.encode(prose[1][0])
    assert again.batch(["Il dort."], start=True, end=True)[0, [0, -1]].tolist() == [START, END]


LOUD = """
from seq2seq_tf.vocabulary import SubwordVocabulary
SubwordVocabulary.from_texts(["the cat", "the dog"], 16).encode("the bird")
for bad in (lambda: SubwordVocabulary.from_texts(["a"], 99), lambda: SubwordVocabulary("")):
    try:
        bad()
    except ValueError:
        print("refused")
"""


def test_sentencepiece_prints_nothing():
    found = subprocess.run([sys.executable, "-c", LOUD], capture_output=True, text=True, check=True)
    assert (found.stdout, found.stderr) == ("refused\nrefused\n", "")


def foreign_model():
    """Trains a model with sentencepiece's own special ids."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["ab ab"]), model_writer=model, vocab_size=7, minloglevel=2)
    return base64.b64encode(model.getvalue()).decode()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: SubwordVocabulary.from_texts("abc"), "a list of texts. Received: one string"),
    (lambda: SubwordVocabulary.from_texts([]), "must hold symbols"),
    (lambda: SubwordVocabulary.from_texts(["  "], 10), "must hold symbols"),
    (lambda: SubwordVocabulary.from_texts(["abc"], 5), "Received: size=5. .*8"),
    (lambda: SubwordVocabulary.from_texts(["abc"], 500), "Received: size=500. .*too high"),
    (lambda: SubwordVocabulary("nonsense"), "a sentencepiece model in base64. .*'nonsense'"),
    (lambda: SubwordVocabulary(None), "a sentencepiece model in base64"),
    (lambda: SubwordVocabulary(""), "a sentencepiece model in base64"),
    (lambda: SubwordVocabulary(foreign_model()), re.escape(f"must be {SPECIAL}. Received:")),
])
def test_what_is_no_subword_model_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

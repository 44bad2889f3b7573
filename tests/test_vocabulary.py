"""Vocabulary: text to ids and back, and what it refuses."""

import keras
import numpy as np
import pytest

from seq2seq_tf.vocabulary import END, START, UNKNOWN, CharacterVocabulary, WordVocabulary, pad


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

"""Recipes: parts that share nothing, scores that a perfect and a mute model must get."""

import numpy as np
import pytest

from seq2seq_tf.corpora import Corpus
from seq2seq_tf.recipes import RECIPES, Dates, Own, Phrases, Recipe, suitable_scores
from seq2seq_tf.recipes.general import choose_units, kind_of
from seq2seq_tf.vocabulary import CharacterVocabulary, SubwordVocabulary, WordVocabulary


class Oracle:
    """Knows the translations, and looks at the first of each symbol's links."""

    def __init__(self, recipe, parts=("validation", "test", "compositional", "length")):
        self.known = {p.source: p for part in parts for p in recipe.phrases(part)}

    def translate(self, texts):
        return [self.known[text].target for text in texts]

    def look(self, texts, targets):
        found = []
        for text, target in zip(texts, targets, strict=True):
            phrase = self.known[text]
            symbols = target.split() if " " in target else list(target)
            weights = np.zeros((len(symbols), len(text.split())))
            for t in range(len(symbols)):
                links = [s for u, s in phrase.sure if u == t] or [
                    s for u, s in phrase.possible if u == t] or [0]
                weights[t, min(links)] = 1
            found.append(weights)
        return found


class Mute(Oracle):
    def translate(self, texts):
        return ["" for _ in texts]

    def look(self, texts, targets):
        return [None for _ in texts]


def test_dates_are_scored_on_days_that_were_not_trained_on():
    recipe = Dates(300)
    parts = {part: dict(recipe.pairs(part)) for part in ("train", "validation", "test")}
    days = {part: set(pairs.values()) for part, pairs in parts.items()}
    assert not days["train"] & days["test"] and not days["validation"] & days["test"]

    class Knowing:
        def translate(self, texts):
            return [parts["test"].get(text, "?") for text in texts]

    assert recipe.score(Knowing()) == ({"validation_exact_match": 0, "exact_match": 100}, None)
    source, target = recipe.vocabularies(recipe.pairs("train"))
    assert len(source.encode("3 March 1998")) == 12
    assert target.decode(target.encode("1998-03-03")) == "1998-03-03"


@pytest.mark.parametrize("language", ["french", "chinese"])
def test_a_model_that_knows_everything_scores_100(language):
    recipe = Phrases(language, limit=2_000)
    metrics, _ = recipe.score(Oracle(recipe))
    lengths = metrics.pop("by_length")
    assert set(lengths.values()) == {100}
    assert max(lengths) > 12 >= min(lengths)
    assert metrics.pop("aer") < 15  # one link for each symbol cannot find all sure links
    assert metrics.pop("alignment_share_sure") > 80
    assert set(metrics.values()) == {100}


def test_a_mute_model_scores_0_and_has_no_alignment():
    recipe = Phrases("french", limit=1_000)
    metrics, _ = recipe.score(Mute(recipe))
    assert set(metrics.pop("by_length").values()) == {0}
    assert metrics == {"validation_exact_match": 0, "exact_match": 0, "compositional": 0,
                       "length": 0}


@pytest.mark.slow
def test_a_sentence_is_scored_once_and_never_trained_on():
    recipe = Phrases("chinese", limit=20_000)
    train = {source for source, _ in recipe.pairs("train")}
    for part in ("validation", "test", "compositional", "length"):
        sources = [source for source, _ in recipe.pairs(part)]
        assert len(sources) == len(set(sources)) > 900
        assert not train & set(sources)


def test_vocabularies_are_words_and_for_chinese_characters():
    pairs = [("a cat", "un chat"), ("the cat", "le chat")]
    assert [len(v) for v in Phrases("french").vocabularies(pairs)] == [7, 7]
    _, target = Phrases("chinese").vocabularies([("a cat", "一只猫")])
    assert len(target) == 7
    assert set(RECIPES) == {"cmudict", "dates", "phrasebook-fr", "phrasebook-zh", "multi30k-de-en",
                            "tatoeba-fra-eng"}


def test_units_follow_from_the_look_of_the_texts():
    assert choose_units(["cat", "dog"]).symbols == list("acdgot")
    assert choose_units(["K AE T", "D AO G"]).symbols == sorted("K AE T D AO G".split())
    sentences = [f"number {n} and {n + 1}" for n in range(300)]
    pieces = choose_units(sentences)
    assert type(pieces).__name__ == "SubwordVocabulary"
    assert len(pieces) == 303  # as many as there are different words: 0 to 300, number, and
    assert pieces.decode(pieces.encode(sentences[7])) == sentences[7]


def test_up_to_200_different_things_between_spaces_are_symbols():
    assert kind_of([f"a{i} a0" for i in range(200)]) is WordVocabulary
    assert kind_of([f"a{i} a0" for i in range(201)]) is SubwordVocabulary


def test_own_pairs_get_units_and_room_for_longer_texts(tmp_path, capsys):
    path = tmp_path / "my.tsv"
    path.write_text("\n".join(f"{i:03}\tD {' '.join(str(i))}" for i in range(200)), "utf-8")
    recipe = Own(path)
    source, _ = recipe.vocabularies(recipe.pairs("train"))
    assert (recipe.max_source, recipe.max_target) == (6, 8)
    assert sorted(source.symbols) == list("0123456789")
    assert "target: 15 ids, WordVocabulary" in capsys.readouterr().out
    assert len(recipe.pairs("train")) == len(recipe.corpus.train) > 150


def test_symbols_are_scored_on_both_parts_with_and_without_a_beam():
    class Wider:
        """Makes one mistake in each text with greedy search, and none with a beam."""

        target_vocabulary = WordVocabulary(list("ABCDEF"))

        def translate(self, texts, width=1):
            return [text.upper() if width == 5 else text.upper() + " x" for text in texts]

    parts = [{text: (text.upper(),) for text in texts} for texts in (["a"], ["b c"], ["d e f"])]
    metrics, signatures = Recipe(Corpus(*parts, {}, "")).score(Wider())
    assert signatures is None
    assert metrics == {
        "validation_per_beam1": 50, "validation_wer_beam1": 100,
        "validation_per_beam5": 0, "validation_wer_beam5": 0,
        "per_beam1": pytest.approx(100 / 3), "wer_beam1": 100, "per_beam5": 0, "wer_beam5": 0}


def test_scores_suit_the_units():
    references = [("the cat sat on the mat .", "a cat sat"), ("the dog ran away from it .",)]
    written = ["the cat sat on the mat .", "the dog ran away ."]
    symbols = WordVocabulary("the cat sat on mat dog ran away from it . a".split())
    scores, signatures = suitable_scores(symbols, written, references)
    assert scores == {"per": pytest.approx(100 * 2 / 14), "wer": 50}
    assert signatures is None
    pieces = SubwordVocabulary.from_texts([t for group in references for t in group], size=40)
    scores, signatures = suitable_scores(pieces, written, references, lowercase=True)
    assert 50 < scores["bleu"] < 100 > scores["chrf"] > 50
    assert "tok:13a" in signatures["bleu"] and "case:lc" in signatures["bleu"]
    letters, chinese = CharacterVocabulary("abc"), CharacterVocabulary("他们来了ab")
    for vocabulary, answer, token in ((letters, "ab", "char"), (chinese, "ab", "char"),
                                      (chinese, "他们来了", "zh"), (pieces, "他们 来了 OK", "zh"),
                                      (pieces, "they said 他们", "13a")):
        _, signatures = suitable_scores(vocabulary, [answer], [(answer,)])
        assert f"tok:{token}" in signatures["bleu"], answer

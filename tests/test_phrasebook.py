"""The phrasebook against triples written by hand before it, and what must never be written."""

import hashlib
import re
import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from phrasebook_parser import meanings

from seq2seq_tf import phrasebook
from seq2seq_tf.files import data_path
from seq2seq_tf.phrasebook import (
    PARTS,
    Lexicon,
    chinese,
    draw,
    english,
    french,
    held_out,
    lexicon,
    write,
)
from seq2seq_tf.phrasebook.drawing import Drawer

DATA = Path(__file__).parent / "data"


def triples():
    """Yields rules, English, and for each language words, sure and possible links."""
    for line in (DATA / "phrasebook.tsv").read_text("utf-8").splitlines():
        if not line.startswith(("#", "rules\t")):
            rules, source, *columns = line.split("\t")
            yield rules.split(", "), source, *(linked(c, source.split()) for c in columns)


def linked(column, source):
    """Reads "la/the+car? voiture/car" as words, sure links and possible links."""
    words, sure, possible = [], set(), set()
    for t, token in enumerate(column.split()):
        word, _, labels = token.partition("/")
        words.append(word)
        for label in labels.split("+"):
            doubt = label != "?" and label.endswith("?")
            label = label[:-1] if doubt else label
            word, number = label.split(".") if re.search(r"\w\.\d", label) else (label, 1)
            places = [s for s, w in enumerate(source) if w == word]
            (possible if doubt else sure).add((t, places[int(number) - 1]))
    return " ".join(words), sure, possible


TRIPLES = list(triples())


@pytest.mark.parametrize("triple", TRIPLES, ids=[t[1] for t in TRIPLES])
def test_the_grammars_write_what_was_written_by_hand(triple):
    _, source, *wanted = triple
    found = meanings(source)
    assert found, "no meaning of the phrasebook is written so"
    for language, (target, sure, possible) in zip(("french", "chinese"), wanted, strict=True):
        phrases = {write(meaning, language, words=True) for meaning in found}
        assert {p.target for p in phrases} == {target}
        assert {(p.sure, p.possible) for p in phrases} == {(frozenset(sure), frozenset(possible))}


def test_the_proof_holds_three_triples_for_each_rule():
    counts = Counter(rule for rules, *_ in TRIPLES for rule in rules)
    assert len(TRIPLES) >= 150
    assert min(counts.values()) >= 3, counts


def never():
    for line in (DATA / "never.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def forbidden(language):
    """Makes one pattern of all strings that a language must never hold."""
    strings = [text for name, text in never() if name == language]
    if language == "zh":
        plain = [text if text[0] == "(" else re.escape(text) for text in strings]
        return re.compile("|".join(plain))
    return re.compile("(?<![^ ])(" + "|".join(map(re.escape, strings)) + ")(?![^ ])")


def worlds(count, seed):
    """Draws sentences of all parts in three languages, without links; every tenth is long."""
    drawers = [Drawer(np.random.default_rng((seed, long)), long=long) for long in (False, True)]
    for i in range(count):
        sentence = drawers[i % 10 == 0].sentence()
        yield (" ".join(word for word, _ in english.write(sentence)),
               " ".join(word.text for word in french.write(sentence)),
               "".join(word for word, *_ in chinese.write(sentence)))


@pytest.fixture(scope="module")
def train():
    return draw(20_000, "french")


def test_what_must_never_be_written_is_not():
    assert sum(1 for _ in never()) >= 40
    patterns = forbidden("en"), forbidden("fr"), forbidden("zh")
    clauses = re.compile("|".join(text.replace("…", ".*") for name, text in never()
                                  if name == "zh-clause"))
    for texts in worlds(50_000, seed=3):
        for pattern, text in zip(patterns, texts, strict=True):
            assert not pattern.search(text), (pattern.search(text), text)
        for clause in re.split("[，。？]", texts[-1]):
            if "的" not in clause:
                assert not clauses.search(clause), clause


def test_a_pattern_of_what_must_never_be_written_finds_it():
    for language, text in never():
        if language != "zh-clause":
            text = text.removeprefix("(?<!十)")
            assert forbidden(language).search(text if language == "zh" else f"x {text} x")


def test_links_lie_inside_and_every_target_word_has_one(train):
    for phrases, cut in ((train[:5000], str.split), (draw(5000, "chinese"), list)):
        for phrase in phrases:
            source, target = phrase.source.split(), cut(phrase.target)
            assert not phrase.sure & phrase.possible
            assert {t for t, _ in phrase.links} == set(range(len(target))), phrase
            assert {s for _, s in phrase.links} <= set(range(len(source)))


def test_chinese_characters_carry_the_links_of_their_word():
    for symbols, words in zip(draw(500, "chinese"), draw(500, "chinese", words=True), strict=True):
        assert words.target.replace(" ", "") == symbols.target
        word_of = [t for t, word in enumerate(words.target.split()) for _ in word]
        for kind in ("sure", "possible"):
            spread = {(t, s) for t, w in enumerate(word_of) for v, s in getattr(words, kind)
                      if v == w}
            assert getattr(symbols, kind) == spread


def test_the_seed_determines_everything():
    assert draw(300, "french", seed=1) == draw(300, "french", seed=1) != draw(300, "french", seed=2)
    text = "\n".join(p.target for p in draw(300, "chinese", seed=1))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "35025f6dd231570d"


def test_parts_share_no_sentence_and_keep_their_lengths(train):
    parts = {part: train if part == "train" else draw(400, "french", part) for part in PARTS}
    sources = {part: {p.source for p in phrases} for part, phrases in parts.items()}
    for one, other in combinations(PARTS, 2):
        assert not sources[one] & sources[other]
    for part, texts in sources.items():
        lengths = {len(text.split()) for text in texts}
        low, high = (13, 24) if part == "length" else (3, 12)
        assert low <= min(lengths) and max(lengths) <= high, part


def test_held_out_pairs_stand_in_their_part_alone(train):
    pairs = {(a.english, form) for noun in lexicon().nouns for a in lexicon().described[noun]
             if held_out(a.english, noun.english) for form in (noun.english, noun.plural)}
    pattern = re.compile("|".join(rf"\b{a} {n}\b" for a, n in sorted(pairs) if n))
    assert not any(pattern.search(p.source) for p in train)
    assert not any(pattern.search(p.source) for p in draw(500, "french", "length"))
    found = draw(300, "french", "compositional")
    assert sum(bool(pattern.search(p.source)) for p in found) > 150  # others: "the car is red"


def test_every_adjective_and_noun_is_met_in_training(train):
    words = {w for p in train for w in p.source.split()}
    for noun in lexicon().nouns:
        assert noun.english in words or noun.plural in words, noun.english
    assert {a.english for a in lexicon().adjectives} <= words


def test_a_drawn_sentence_means_one_thing():
    for phrase in draw(1500, "chinese", seed=8) + draw(500, "chinese", "length", seed=8):
        found = {write(meaning, "chinese") for meaning in meanings(phrase.source)}
        assert found == {phrase}, phrase.source


def test_the_lexicon_is_as_large_as_promised():
    words = lexicon()
    for entries, least in ((words.nouns, 80), (words.verbs, 40), (words.adjectives, 30),
                           (words.names, 20), (words.places, 20), (words.times, 30)):
        assert len(entries) >= least


def test_a_million_sentences_can_be_drawn():
    words, found = lexicon(), 0
    for verb in words.verbs:  # only "Anna bought twelve red cars in Paris last week ."
        if verb.frame == "object" and verb.determined == "any" and "past" in verb.tenses:
            described = sum(len(words.described[noun]) for noun in words.nouns
                            if noun.kinds & verb.objects and noun.count == "count")
            places = sum(bool(place.kinds & verb.places) for place in words.places)
            found += described * (places + 1)
    found *= len(words.names) * len(words.numbers) * sum(t.tense == "past" for t in words.times)
    assert found > 100_000_000


@pytest.mark.slow
def test_no_english_sentence_has_two_translations():
    translations = {}
    for english_text, *others in worlds(1_000_000, seed=5):
        both = hash(tuple(others))
        assert translations.setdefault(english_text, both) == both, (english_text, others)
    assert len(translations) > 700_000


@pytest.mark.parametrize(("file", "before", "after", "message"), [
    ("nouns", "\tf\tno\tcount\t车\t辆", "\t\tno\tcount\t车\t辆", "`gender`"),
    ("nouns", "\tf\tno\tcount\t车\t辆", "\t-\tno\tcount\t车\t辆", "`gender`"),
    ("nouns", "\t车\t辆", "\t车\t", "`measure`"),
    ("nouns", "\t车\t辆", "\t车\t-", "'measure'"),
    ("nouns", "\t车\t辆", "\t车", "11 columns"),
    ("nouns", "voiture\tvoitures", "voiture\t-", "'french_plural'"),
    ("verbs", "\tachète\tachetons", "\t\tachetons", "`il`"),
    ("verbs", "acheté\tachetée", "acheté\t-", "'f'"),
    ("adjectives", "rouge\t-\trouge", "rouge\t-\t", "`f`"),
])
def test_a_lexicon_line_that_lacks_something_is_refused(tmp_path, file, before, after, message):
    folder = tmp_path / "phrasebook"
    shutil.copytree(data_path("phrasebook"), folder)
    path = folder / f"{file}.tsv"
    text = path.read_text("utf-8")
    number = text[:text.index(before)].count("\n") + 1
    path.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(ValueError, match=f"{file}.tsv:{number} must .*{message}"):
        Lexicon(folder)


def test_a_time_that_is_linked_to_nothing_is_refused(tmp_path):
    folder = tmp_path / "phrasebook"
    shutil.copytree(data_path("phrasebook"), folder)
    path = folder / "times.tsv"
    path.write_text(path.read_text("utf-8").replace("hier/yesterday", "hier/yesteryear"), "utf-8")
    with pytest.raises(ValueError, match="times.tsv must link 'hier' .* Received: .'yesteryear'"):
        Lexicon(folder)


def test_only_h_needs_the_flag_for_elision():
    words = lexicon()
    forms = [(noun.french, noun.elides) for noun in words.nouns]
    forms += [(adjective.m, adjective.elides) for adjective in words.adjectives]
    forms += [(verb.infinitive, verb.elides) for verb in words.verbs]
    forms += [(name.french.lower(), name.elides) for name in words.names]
    for form, elides in forms:
        assert form[0] == "h" or elides == (form[0] in "aeiouâéêœ"), form
    h = {form: elides for form, elides in forms if form[0] == "h"}
    assert {form for form in h if not h[form]} == {"hamburger", "hamster", "harpe", "hache",
                                                   "haricot", "homard", "hibou", "hérisson",
                                                   "héros"}
    assert {form for form in h if h[form]} == {"homme", "huître", "horloge", "hôpital", "hôtel",
                                               "heureux", "honnête"}


def test_two_adjectives_of_one_name_for_a_noun_are_refused(tmp_path):
    folder = tmp_path / "phrasebook"
    shutil.copytree(data_path("phrasebook"), folder)
    with (folder / "adjectives.tsv").open("a", encoding="utf-8") as file:
        file.write("red\trouge\t-\trouge\trouges\trouges\tno\tafter\tgoods\t红\tcolour\t-\n")
    with pytest.raises(ValueError, match="An adjective must describe a noun in one way"):
        Lexicon(folder)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: draw(0, "french"), "`count` must be an integer"),
    (lambda: draw(5, "german"), '`language` must be "french" or "chinese"'),
    (lambda: draw(5, "french", "dev"), "`part` must be one of"),
])
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_phrase_is_a_pair_for_batches():
    phrase = phrasebook.draw(1, "french")[0]
    assert phrase.pair == (phrase.source, phrase.target)
    assert phrase.links == phrase.sure | phrase.possible

"""The phrasebook against triples written by hand before it, and what must never be written."""

import hashlib
import re
import shutil
import time
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from phrasebook_parser import meanings

from seq2seq_tf import phrasebook
from seq2seq_tf.files import data_path
from seq2seq_tf.phrasebook import PARTS, Lexicon, draw, held_out, lexicon, write

DATA = Path(__file__).parent / "data"


def triples():
    """Yields rules, English, and for each language words, sure and possible links."""
    for line in (DATA / "phrasebook.tsv").read_text("utf-8").splitlines():
        if not line.startswith(("#", "rules\t")):
            rules, english, *columns = line.split("\t")
            yield rules.split(", "), english, *(linked(c, english.split()) for c in columns)


def linked(column, english):
    """Reads "la/the+car? voiture/car" as words, sure links and possible links."""
    words, sure, possible = [], set(), set()
    for t, token in enumerate(column.split()):
        word, _, labels = token.partition("/")
        words.append(word)
        for label in labels.split("+"):
            doubt = label != "?" and label.endswith("?")
            label = label[:-1] if doubt else label
            word, number = label.split(".") if re.search(r"\w\.\d", label) else (label, 1)
            places = [s for s, w in enumerate(english) if w == word]
            (possible if doubt else sure).add((t, places[int(number) - 1]))
    return " ".join(words), sure, possible


TRIPLES = list(triples())


@pytest.mark.parametrize("triple", TRIPLES, ids=[t[1] for t in TRIPLES])
def test_the_grammars_write_what_was_written_by_hand(triple):
    _, english, *wanted = triple
    found = meanings(english)
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
        return re.compile("|".join(map(re.escape, strings)))
    return re.compile("(?<![^ ])(" + "|".join(map(re.escape, strings)) + ")(?![^ ])")


@pytest.fixture(scope="module")
def drawn():
    """50,000 sentences with their French and Chinese."""
    return draw(50_000, "french", seed=3), draw(50_000, "chinese", seed=3)


def test_what_must_never_be_written_is_not(drawn):
    assert sum(1 for _ in never()) >= 40
    patterns = forbidden("en"), forbidden("fr"), forbidden("zh")
    clauses = [text.split("…") for name, text in never() if name == "zh-clause"]
    for french, chinese in zip(*drawn, strict=True):
        assert french.source == chinese.source
        for pattern, text in zip(patterns, (french.source, french.target, chinese.target),
                                 strict=True):
            assert not pattern.search(text), (pattern.search(text), text)
        for clause in re.split("[，。？]", chinese.target):
            if "的" not in clause:
                assert not any(re.search(f"{a}.*{b}", clause) for a, b in clauses), clause


def test_a_pattern_of_what_must_never_be_written_finds_it():
    for language, text in never():
        if language != "zh-clause":
            assert forbidden(language).search(text if language == "zh" else f"x {text} x")


def test_links_lie_inside_and_every_target_word_has_one(drawn):
    for phrases, cut in zip(drawn, (str.split, list), strict=True):
        for phrase in phrases[:5000]:
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
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "GOLDEN"


def test_parts_share_no_sentence_and_keep_their_lengths():
    parts = {part: draw(400 if part != "train" else 20_000, "french", part) for part in PARTS}
    sources = {part: {p.source for p in phrases} for part, phrases in parts.items()}
    for one, other in combinations(PARTS, 2):
        assert not sources[one] & sources[other]
    for part, texts in sources.items():
        lengths = {len(text.split()) for text in texts}
        low, high = (13, 24) if part == "length" else (3, 12)
        assert low <= min(lengths) and max(lengths) <= high, part


def test_held_out_pairs_stand_in_their_part_alone():
    pairs = {(a.english, form) for noun in lexicon().nouns for a in lexicon().described[noun]
             if held_out(a.english, noun.english) for form in (noun.english, noun.plural)}
    pattern = re.compile("|".join(rf"\b{a} {n}\b" for a, n in sorted(pairs) if n))
    assert not any(pattern.search(p.source) for p in draw(20_000, "french"))
    assert not any(pattern.search(p.source) for p in draw(500, "french", "length"))
    found = draw(300, "french", "compositional")
    assert sum(bool(pattern.search(p.source)) for p in found) > 150  # others: "the car is red"


def test_every_adjective_and_noun_of_a_held_out_pair_is_met_in_training():
    words = {w for p in draw(20_000, "french") for w in p.source.split()}
    for noun in lexicon().nouns:
        assert noun.english in words or noun.plural in words, noun.english
    assert {a.english for a in lexicon().adjectives} <= words


def test_a_drawn_sentence_means_one_thing():
    for phrase in draw(150, "chinese", seed=8) + draw(20, "chinese", "length", seed=8):
        found = {write(meaning, "chinese") for meaning in meanings(phrase.source)}
        assert found == {phrase}, phrase.source


def test_the_lexicon_is_as_large_as_promised():
    words = lexicon()
    for entries, least in ((words.nouns, 80), (words.verbs, 40), (words.adjectives, 30),
                           (words.names, 20), (words.places, 20), (words.times, 30)):
        assert len(entries) >= least


def test_a_million_sentences_can_be_drawn():
    seen = Counter(p.source for p in draw(40_000, "chinese", seed=4))
    once = sum(count == 1 for count in seen.values())
    # Good and Turing: what was seen once tells how much was not seen. Chao's bound of the number:
    twice = sum(count == 2 for count in seen.values())
    assert len(seen) + once**2 / (2 * twice) > 1_000_000


@pytest.mark.slow
def test_no_english_sentence_has_two_translations():
    translations, start = {}, time.process_time()
    for seed in range(10):
        for french, chinese in zip(draw(100_000, "french", seed=seed + 100),
                                   draw(100_000, "chinese", seed=seed + 100), strict=True):
            both = hash((french.target, chinese.target))
            assert translations.setdefault(french.source, both) == both, french.source
    assert time.process_time() - start < 600
    assert len(translations) > 500_000


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

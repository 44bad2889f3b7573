"""The lexicon of the phrasebook: a file for each kind of word, every form written out."""

import dataclasses
import functools
from collections import defaultdict

from seq2seq_tf.files import data_path

CHOICES = {"gender": ("m", "f"), "elides": ("yes", "no"), "count": ("count", "mass"),
           "class_": ("person", "animal", "food", "thing", "place"),
           "position": ("before", "after"), "predicate": ("gradable", "colour"),
           "frame": ("object", "recipient", "goal", "none"), "auxiliary": ("avoir", "être"),
           "determined": ("any", "definite", "indefinite", "generic"), "negates": ("yes", "no"),
           "tense": ("present", "past", "future", "imperfect"), "person": ("je", "vous", "il",
                                                                            "nous", "ils")}
PERSONS = ("je", "tu", "il", "nous", "vous", "ils")
TAGS = ("tags", "takes", "kinds", "subjects", "objects", "tenses", "places")
MAY_LACK = {*TAGS, "before_vowel", "particle", "state", "plural", "french_plural", "possessive",
            "indirect"}  # a dash says that there is none


class Entry:
    """A line of the lexicon; its attributes are the columns, and it is equal to itself alone."""


@dataclasses.dataclass(eq=False)
class Noun(Entry):
    """A common noun: what it is, how it is written, what may be said of it."""

    english: str
    plural: str
    class_: str
    tags: frozenset
    french: str
    french_plural: str
    gender: str
    elides: bool
    count: str
    chinese: str
    measure: str

    @property
    def kinds(self):
        """Its class and its tags, by which verbs and adjectives choose."""
        adult = self.class_ == "person" and "young-one" not in self.tags
        return self.tags | {self.class_} | ({"adult"} if adult else set())


@dataclasses.dataclass(eq=False)
class Verb(Entry):
    """A verb: what it takes, and its forms."""

    english: str
    third: str
    past: str
    particle: str
    frame: str
    subjects: frozenset
    objects: frozenset
    determined: str
    tenses: frozenset
    places: frozenset
    infinitive: str
    auxiliary: str
    elides: bool
    je: str
    tu: str
    il: str
    nous: str
    vous: str
    ils: str
    m: str
    f: str
    mp: str
    fp: str
    chinese: str


@dataclasses.dataclass(eq=False)
class Adjective(Entry):
    """An adjective: its forms, its place beside the noun, and the nouns that it may describe."""

    english: str
    m: str
    before_vowel: str
    f: str
    mp: str
    fp: str
    elides: bool
    position: str
    takes: frozenset
    chinese: str
    predicate: str
    state: str


def _kind(name, fields):
    columns = [(field, frozenset if field in TAGS else bool if field in ("elides", "negates")
                else str) for field in fields.split()]
    return dataclasses.make_dataclass(name, columns, bases=(Entry,), eq=False)


Person = _kind("Person", "english french gender elides chinese")
Land = _kind("Land", "english kinds french preposition chinese")
Site = _kind("Site", "noun kinds english french goal")
Number = _kind("Number", "english french chinese")
Time = _kind("Time", "english tense french chinese")
Adverb = _kind("Adverb", "english french chinese negates")
Container = _kind("Container", "noun holds chinese")
Occupation = _kind("Occupation", "noun m f mp fp")
Auxiliary = _kind("Auxiliary", "infinitive tense je tu il nous vous ils")
PronounForms = _kind("PronounForms", "english object possessive person gender french direct "
                                     "indirect m f plural chinese")
FILES = {"nouns": Noun, "verbs": Verb, "adjectives": Adjective, "names": Person, "places": Land,
         "sites": Site, "numbers": Number, "times": Time, "adverbs": Adverb,
         "containers": Container, "occupations": Occupation, "auxiliaries": Auxiliary,
         "pronouns": PronounForms}


def read_entries(path, kind):
    """Reads one file of the lexicon: a header line, then one entry in a line, cut by tabs.

    Args:
        path: A UTF-8 file.
        kind: The class of its entries; its fields are the columns, in order.
    Returns:
        A list of `kind`.
    Raises:
        ValueError: The header differs, or a line lacks a form or holds an unknown value. The
            message names file and line.
    """
    fields = dataclasses.fields(kind)
    names = [field.name.rstrip("_") for field in fields]
    lines = path.read_text("utf-8").splitlines()
    if not lines or lines[0].split("\t") != names:
        raise ValueError(f"{path}:1 must name the columns {names}. Received: {lines[:1]}")
    entries = []
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(fields):
            raise ValueError(f"{path}:{number} must hold {len(fields)} columns. "
                             f"Received {len(cells)}: {line!r}")
        try:
            values = [_value(field, cell.strip()) for field, cell in zip(fields, cells,
                                                                         strict=True)]
            entries.append(_checked(kind(*values)))
        except ValueError as error:
            raise ValueError(f"{path}:{number} {error}") from None
    return entries


def _value(field, cell):
    name = field.name
    if not cell:
        raise ValueError(f"must have a value for `{name.rstrip('_')}`. Received: {cell!r}")
    if name in CHOICES and cell not in CHOICES[name]:
        raise ValueError(f"must have a `{name.rstrip('_')}` among {CHOICES[name]}. "
                         f"Received: {cell!r}")
    if field.type is bool:
        return cell == "yes"
    if field.type is frozenset:
        return frozenset(cell.split()) - {"-"}
    return "" if cell == "-" else cell


def _checked(entry):
    """Refuses a dash where a form must stand: only some columns, and mass nouns, may lack one."""
    lacking = {f.name for f in dataclasses.fields(entry) if getattr(entry, f.name) == ""}
    allowed = MAY_LACK - ({"plural", "french_plural"} if isinstance(entry, Noun)
                             and entry.count == "count" else set())
    if isinstance(entry, PronounForms) and entry.english == "it":
        allowed |= {"m", "f"}
    if lacking - allowed:
        raise ValueError(f"must have a value for {sorted(lacking - allowed)}. Received: '-'")
    return entry


class Lexicon:
    """All words, and who goes with whom.

    Args:
        folder: Where the files lie; None finds the course's own.
    Raises:
        ValueError: A file is missing or a line is refused; a noun has two adjectives of one name.
    """

    def __init__(self, folder=None):
        for name, kind in FILES.items():
            path = data_path("phrasebook", f"{name}.tsv") if folder is None \
                else folder / f"{name}.tsv"
            setattr(self, name, read_entries(path, kind))
        self.noun = {noun.english: noun for noun in self.nouns}
        self.pronoun = {(p.english, p.gender): p for p in self.pronouns}
        self.auxiliary = {(a.infinitive, a.tense): a for a in self.auxiliaries}
        for entry in [*self.sites, *self.containers, *self.occupations]:
            if entry.noun not in self.noun:
                raise ValueError(f"`noun` must stand in nouns.tsv. Received: {entry.noun!r}")
            entry.noun = self.noun[entry.noun]
        self.described = defaultdict(list)  # noun -> its adjectives
        for noun in self.nouns:
            for adjective in self.adjectives:
                if adjective.takes & noun.kinds:
                    self.described[noun].append(adjective)
            names = [adjective.english for adjective in self.described[noun]]
            if len(names) != len(set(names)):
                raise ValueError(f"An adjective must describe a noun in one way. Received twice: "
                                 f"{noun.english}, {sorted(names)}")
        self.times = [time for line in self.times for time in self._expand(line)]

    def _expand(self, line):
        """Writes a line of times out once for each number, and cuts it into linked words."""
        numbers = self.numbers if "N" in line.english.split() else [None]
        for number in numbers:
            english, french, chinese = (text.split() for text in (
                line.english, line.french, line.chinese))
            cut = [[_linked(word, english, number and form) for word in words]
                   for words, form in ((french, number and number.french),
                                       (chinese, number and number.chinese))]
            english = [number.english if word == "N" else word for word in english]
            yield TimePhrase(english, line.tense, *cut)


@dataclasses.dataclass(eq=False)
class TimePhrase:
    """A time: English words, and French and Chinese words each with the English ones it is from.

    Attributes:
        english: A list of words.
        tense: "present" for a habit, "past" or "future".
        french, chinese: Lists of (word, sure, possible), the latter tuples of English positions.
    """

    english: list
    tense: str
    french: list
    chinese: list


def _linked(word, english, number):
    """Cuts "les/every?" into the word, its sure and its possible English positions."""
    word, _, labels = word.partition("/")
    labels = labels.split("+")
    strangers = [label for label in labels if label.removesuffix("?") not in english]
    if strangers:
        raise ValueError(f"times.tsv must link {word!r} to words of {' '.join(english)!r}. "
                         f"Received: {strangers}")
    sure = tuple(english.index(label) for label in labels if not label.endswith("?"))
    possible = tuple(english.index(label[:-1]) for label in labels if label.endswith("?"))
    return number if word == "N" else word, sure, possible


@functools.cache
def lexicon():
    """Reads the course's own lexicon, once."""
    return Lexicon()

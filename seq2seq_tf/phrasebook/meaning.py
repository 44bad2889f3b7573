"""Meanings: what a sentence says, before any language says it."""

import dataclasses

from seq2seq_tf.phrasebook import lexicon as words

# Two nodes with the same content are still two: words are linked to the node that they come from.


@dataclasses.dataclass(eq=False)
class Pronoun:
    """I, you, he, she, it, we, they: as subject, object or recipient."""

    forms: words.PronounForms


@dataclasses.dataclass(eq=False)
class This:
    """The subject of "this is a book": "this" or "that"."""

    word: str


@dataclasses.dataclass(eq=False)
class Name:
    """Somebody by name."""

    entry: words.Person


@dataclasses.dataclass(eq=False)
class NounPhrase:
    """A noun and what stands with it.

    Attributes:
        noun: Its entry in the lexicon.
        plural: Whether it is more than one.
        determiner: "the", "a", "this", "that", "some", "many", "bare" (none), "number", "my"
            (a pronoun's possessive), "'s" (somebody else's).
        adjective: An entry, or None.
        number: An entry, with "number".
        owner: `PronounForms` with "my", a `Name` or `NounPhrase` with "'s".
        whole: The house in "the door of the house".
        content, container: The tea in "a cup of tea", and the entry that measures it.
        relative: The `Clause` in "the man who ...", where a `Gap` stands for the man.
    """

    noun: words.Noun
    plural: bool = False
    determiner: str = "the"
    adjective: object = None
    number: object = None
    owner: object = None
    whole: object = None
    content: object = None
    container: object = None
    relative: object = None


@dataclasses.dataclass(eq=False)
class Gap:
    """The place in a relative clause where the noun is understood."""

    phrase: NounPhrase


@dataclasses.dataclass(eq=False)
class Both:
    """Two joined by "and"."""

    first: object
    second: object


@dataclasses.dataclass(eq=False)
class Location:
    """Where, or where to: a country or city by name (`land`), or a `site` with its noun phrase."""

    english: str
    land: object = None
    site: object = None
    phrase: NounPhrase = None


@dataclasses.dataclass(eq=False)
class When:
    """A time, as `TimePhrase` writes it."""

    phrase: words.TimePhrase


@dataclasses.dataclass(eq=False)
class Clause:
    """Who does what, to whom, where and when; or who is what.

    Attributes:
        subject: A node.
        tense: "present", "past" or "future" ("going to").
        negative, question: Never both.
        verb, object, recipient, goal, place, time, adverb: What is done and how.
        adjective: Said of the subject, instead of a verb.
        occupation: Of the subject, instead of a verb.
        thing: What "this" is, instead of a verb.
    """

    subject: object
    tense: str = "present"
    negative: bool = False
    question: bool = False
    verb: words.Verb = None
    object: object = None
    recipient: object = None
    goal: Location = None
    place: Location = None
    time: When = None
    adverb: object = None
    adjective: words.Adjective = None
    occupation: words.Occupation = None
    thing: NounPhrase = None


@dataclasses.dataclass(eq=False)
class Sentence:
    """One clause, or two with "and", "but" or "because" between them.

    Attributes:
        first, second: `Clause`; the second may be None.
        joint: "and", "but" or "because".
    """

    first: Clause
    second: Clause = None
    joint: str = ""


def person_of(node):
    """Names the person in which a verb agrees with a subject: je, vous, il, nous, ils."""
    if isinstance(node, Pronoun):
        return node.forms.person
    if isinstance(node, NounPhrase):
        return "ils" if node.plural else "il"
    if isinstance(node, Gap):
        return person_of(node.phrase)
    return "ils" if isinstance(node, Both) else "il"


def gender_of(node):
    """Names a gender: m or f; of two, f only where both are."""
    if isinstance(node, Pronoun):
        return node.forms.gender
    if isinstance(node, Name):
        return node.entry.gender
    if isinstance(node, NounPhrase):
        return node.noun.gender
    if isinstance(node, Gap):
        return gender_of(node.phrase)
    if isinstance(node, Both):
        return "f" if gender_of(node.first) == gender_of(node.second) == "f" else "m"
    return "m"


def agreement(node):
    """Names the form of an adjective or a participle that agrees: m, f, mp or fp."""
    return gender_of(node) + "p" * (person_of(node) in ("nous", "ils"))


def descriptions(sentence):
    """Lists the pairs (adjective, noun) of a sentence, in "the red car" and in "the car is red"."""
    pairs = _described(sentence.first)
    if sentence.second:
        pairs += _described(sentence.second, sentence.first.object)
    return pairs


def _described(node, antecedent=None):
    if isinstance(node, Clause):
        subject = node.subject
        noun = getattr(antecedent if isinstance(subject, Pronoun) and subject.forms.english == "it"
                       else subject, "noun", None)
        pairs = [(node.adjective, noun)] if node.adjective and noun else []
        parts = subject, node.object, node.recipient, node.thing
    elif isinstance(node, NounPhrase):
        pairs = [(node.adjective, node.noun)] if node.adjective else []
        parts = node.owner, node.whole, node.relative
    else:
        pairs, parts = [], (node.first, node.second) if isinstance(node, Both) else ()
    for part in parts:
        if part is not None:
            pairs += _described(part)
    return pairs

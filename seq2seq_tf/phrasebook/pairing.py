"""Who goes with whom: for each verb its subjects, objects and places, listed once."""

import functools

from seq2seq_tf.phrasebook.lexicon import lexicon

TENSES = {"past": "past", "going": "future", "habit": "habit", "present": "present"}
CONSUMING = ("eat", "drink")  # nothing is left of it that "it" could mean
PREDICATIVE = ("tired",)  # nobody says 累的妻子, and la femme fatiguée de Paul is tired of him


class Pairing:
    """Lists of words by what they may stand with.

    Args:
        words: `Lexicon`.
    Attributes:
        persons, things, described: Nouns for people, for "this is a ...", with an adjective.
        personal: Adjectives that describe people.
        attributes: Noun -> adjectives that may stand beside it.
        pronouns: All but "it".
        subjects, objects, singular, places, tenses: What a verb takes; `singular` has no people.
        lay, parents: People without a profession in their name, and those who may have children.
        one, states: Pronouns for a single person; adjectives for a passing state.
        telling: Verbs with a past.
        acting: Noun -> verbs that may be done to it, outside people.
        introducing, relative: Verbs for sentences with "it", and in "the man who ...".
        goals, wholes, containers, times: Places to go to, buildings with doors, noun -> containers,
            tense -> times.
    """

    def __init__(self, words):
        nouns, verbs = words.nouns, words.verbs
        self.persons = [n for n in nouns if n.class_ == "person"]
        self.things = [n for n in nouns if n.class_ in ("thing", "animal", "place")
                       and n.count == "count"]
        self.described = [n for n in nouns if words.described[n]]
        self.personal = [a for a in words.adjectives if a.takes & {"person", "adult"}]
        self.attributes = {n: [a for a in words.described[n] if a.english not in PREDICATIVE]
                           for n in nouns}
        self.pronouns = [p for p in words.pronouns if p.english != "it"]
        self.subjects = {v: [n for n in nouns if n.kinds & v.subjects] for v in verbs}
        self.objects = {v: [n for n in nouns if n.kinds & v.objects] for v in verbs}
        self.singular = {v: [n for n in self.objects[v] if n.class_ not in ("person", "place")
                             and words.described[n]] for v in verbs}
        self.tenses = {v: [TENSES[t] for t in sorted(v.tenses)] for v in verbs}
        self.places = {v: [p for p in [*words.places, *words.sites] if p.kinds & v.places]
                       for v in verbs}
        self.goals = [*words.places, *words.places, *words.sites]
        one = [v for v in verbs if v.frame == "object" and v.subjects & {"person", "adult"}]
        self.acting = {n: [v for v in one if n in self.objects[v] and v.determined != "indefinite"]
                       for n in nouns if n.class_ != "person"}
        self.introducing = [v for v in one if self.singular[v] and v.english not in CONSUMING]
        self.relative = [v for v in one if v.determined != "indefinite"]
        own = {o.noun for o in words.occupations}
        self.lay = [n for n in self.persons if n not in own
                    and not n.tags & {"titled", "young-one"}]
        self.parents = [n for n in self.persons if "young-one" not in n.tags]
        self.states = [a for a in words.adjectives if a.state]
        self.one = [p for p in self.pronouns if p.english not in ("we", "they")]
        self.telling = [v for v in verbs if "past" in v.tenses]
        self.wholes = [n for n in nouns if "whole" in n.tags]
        self.containers = {n: [c for c in words.containers if c.holds in n.tags] for n in nouns}
        self.times = {tense: [t for t in words.times if t.tense == tense]
                      for tense in ("present", "past", "future")}


@functools.cache
def pairing():
    """Lists the pairings of the course's own lexicon, once."""
    return Pairing(lexicon())

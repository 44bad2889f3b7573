"""Draws meanings at random: only what makes sense, and only what English says unambiguously."""

from seq2seq_tf.phrasebook.lexicon import lexicon
from seq2seq_tf.phrasebook.meaning import (
    Both,
    Clause,
    Gap,
    Location,
    Name,
    NounPhrase,
    Pronoun,
    Sentence,
    This,
    When,
    gender_of,
    person_of,
)
from seq2seq_tf.phrasebook.pairing import Pairing

SPEAKERS = ({"I", "we"}, {"you"})  # who cannot be subject and object of one verb


class Dice:
    """Random numbers, fetched in blocks: one at a time would be slow."""

    def __init__(self, random):
        self._random, self._block = random, []

    def chance(self, share):
        """Is true in `share` of all cases."""
        return self._next() < share

    def choose(self, options):
        """Chooses one of a list, each equally likely."""
        return options[int(self._next() * len(options))]

    def _next(self):
        if not self._block:
            self._block = self._random.random(1 << 15).tolist()
        return self._block.pop()


class Drawer:
    """Draws sentences.

    Args:
        random: A NumPy generator.
        long: Prefer two clauses and relative clauses.
    Attributes:
        described: (adjective, noun) of the last sentence, as a list of pairs of entries.
    """

    def __init__(self, random, long=False):
        self.dice, self.long = Dice(random), long
        self.words, self.pairing = lexicon(), _pairing()
        self.described = []

    def sentence(self):
        """Draws a sentence."""
        self.described = []
        if self.dice.chance(0.95 if self.long else 0.15):
            return self.joined()
        question = self.dice.chance(0.15)
        return Sentence(self.clause(question, not question and self.dice.chance(0.2)))

    def joined(self):
        """Draws two clauses, with "it" in the second or each on its own."""
        dice = self.dice
        if dice.chance(0.4):
            return self.with_it()
        joint = dice.choose(("and", "but", "because"))
        first = self.clause(False, joint == "but" and dice.chance(0.3))
        return Sentence(first, self.clause(False, dice.chance(0.2)), joint)

    def clause(self, question, negative):
        """Draws one clause."""
        roll = self.dice.choose(range(20))
        if roll < 13:
            return self.action(question, negative)
        if roll < 18:
            return self.description(question, negative)
        if roll < 19:
            subject = self.someone()
            return Clause(subject, question=question, negative=negative,
                          occupation=self.dice.choose(self.words.occupations))
        noun = self.dice.choose(self.pairing.things)
        thing = self.definite(noun) if "unowned" not in noun.tags and self.dice.chance(0.4) \
            else self.with_adjective(NounPhrase(noun, determiner="a"))
        thing.plural, thing.determiner = False, thing.determiner.replace("this", "the") \
            .replace("that", "the")
        return Clause(This(self.dice.choose(("this", "that"))), question=question,
                      negative=negative, thing=thing)

    def description(self, question, negative):
        """Draws somebody or something with an adjective."""
        dice = self.dice
        if dice.chance(0.4):
            subject, noun, fitting = self.someone(), None, self.pairing.personal
        else:
            subject = self.definite(dice.choose(self.pairing.described), relative=True)
            noun = subject.noun
            fitting = [a for a in self.words.described[noun] if subject.adjective is None
                       or is_colour(a) != is_colour(subject.adjective)]
            if not fitting:
                subject.adjective, fitting = None, self.words.described[noun]
        adjective = dice.choose(fitting)
        if noun:
            self.described.append((adjective, noun))
        past = adjective.state and dice.chance(0.4)
        return Clause(subject, "past" if past else "present", negative, question,
                      adjective=adjective, time=self.when("past") if past else None)

    def action(self, question, negative, verb=None, plain=False):
        """Draws somebody who does something; `plain` leaves out place, adverb and recipient."""
        dice = self.dice
        verb = verb or dice.choose(self.words.verbs)
        tense = dice.choose(self.pairing.tenses[verb])
        c = Clause(None, tense.replace("habit", "present"), negative, question, verb)
        c.subject = self.subject(verb)
        if verb.frame in ("object", "recipient"):
            c.object = self.object(verb, c)
        if verb.frame == "recipient":
            c.recipient = self.recipient(c)
        if verb.frame == "goal":
            c.goal = self.location(self.pairing.goals, verb.particle or "to")
        places = self.pairing.places[verb]
        if places and not plain and dice.chance(0.25):
            c.place = self.location(places)
        if tense == "habit":
            if dice.chance(0.6) or plain:
                c.time = self.when("present")
            else:
                adverbs = self.words.adverbs
                c.adverb = dice.choose([a for a in adverbs if a.negates] if negative else adverbs)
        elif tense != "present" and dice.chance(0.4):
            c.time = self.when(tense)
        return c

    def with_it(self):
        """Draws two clauses, the first with just one thing that "it" in the second can mean."""
        dice = self.dice
        first = self.action(False, False, dice.choose(self.pairing.introducing), plain=True)
        first.subject = self.someone()
        noun = dice.choose(self.pairing.singular[first.verb])
        first.object = self.with_adjective(NounPhrase(
            noun, determiner="the" if noun.count == "mass" or dice.chance(0.4) else "a"))
        if first.verb.determined == "generic" or first.object.determiner == "the" \
                and first.verb.determined == "indefinite":
            first.verb = dice.choose([v for v in self.pairing.acting[noun]
                                      if v.determined == "any" and "past" in v.tenses])
            first.tense, first.time, first.adverb = "past", None, None
        it = Pronoun(self.words.pronoun["it", noun.gender])
        joint = dice.choose(("and", "but", "because"))
        if dice.chance(0.5):
            adjective = dice.choose(self.words.described[noun])
            if first.object.adjective is None or adjective is not first.object.adjective:
                self.described.append((adjective, noun))
                return Sentence(first, Clause(it, negative=dice.chance(0.25),
                                              adjective=adjective), joint)
        verb = dice.choose([v for v in self.pairing.acting[noun] if v is not first.verb])
        second = self.action(False, joint == "but" and dice.chance(0.5), verb, plain=True)
        second.subject, second.object = self.again(first.subject), it
        return Sentence(first, second, joint)

    def again(self, node):
        """Names somebody of the first clause again by a pronoun, or somebody else."""
        if self.dice.chance(0.25):
            return self.name()
        if isinstance(node, Pronoun):
            return Pronoun(node.forms)
        if person_of(node) == "ils":
            return Pronoun(self.words.pronoun["they", "m"])
        gender = gender_of(node)
        return Pronoun(self.words.pronoun["he" if gender == "m" else "she", gender])

    def when(self, tense):
        """Draws a time."""
        return When(self.dice.choose(self.pairing.times[tense]))

    def location(self, options, preposition=""):
        """Draws a place, or a goal with its preposition."""
        entry = self.dice.choose(options)
        if hasattr(entry, "preposition"):
            return Location(preposition or "in", land=entry)
        english = "at" if preposition == "in" else preposition or entry.english
        return Location(english, site=entry, phrase=NounPhrase(entry.noun))

    def name(self):
        """Draws somebody by name."""
        return Name(self.dice.choose(self.words.names))

    def someone(self):
        """Draws a person: a pronoun, a name, two names, or a noun."""
        roll = self.dice.choose(range(20))
        if roll < 9:
            return Pronoun(self.dice.choose(self.pairing.pronouns))
        if roll < 14:
            return self.name()
        if roll < 15:
            first, second = self.name(), self.name()
            return Both(first, second) if first.entry is not second.entry else first
        return self.definite(self.dice.choose(self.pairing.persons))

    def subject(self, verb):
        """Draws who does it."""
        if verb.subjects & {"person", "young-one"} and self.dice.chance(0.6):
            return self.someone()
        subject = self.definite(self.dice.choose(self.pairing.subjects[verb]), relative=True)
        if subject.plural and not subject.relative and "kin" not in subject.noun.tags \
                and self.dice.chance(0.2):
            subject.determiner, subject.owner, subject.whole = "many", None, None
        return subject

    def recipient(self, c):
        """Draws to whom something is given."""
        if self.dice.chance(0.45):
            return Pronoun(self.dice.choose(self.others(c.subject)))
        if self.dice.chance(0.5):
            return self.name()
        return self.definite(self.dice.choose(self.pairing.persons))

    def others(self, subject):
        """Lists the pronouns that may stand as object beside a subject."""
        if isinstance(subject, Pronoun):
            for group in SPEAKERS:
                if subject.forms.english in group:
                    return [p for p in self.pairing.pronouns if p.english not in group]
        return self.pairing.pronouns

    def object(self, verb, c):
        """Draws what is done to, as the verb wants it: definite, indefinite, generic or any."""
        dice = self.dice
        if "person" in verb.objects:
            if dice.chance(0.3):
                return Pronoun(dice.choose(self.others(c.subject)))
            if dice.chance(0.25):
                return self.name()
        noun = dice.choose(self.pairing.objects[verb])
        kind = verb.determined
        if "kin" in noun.tags:
            return self.definite(noun)
        if kind == "generic" and "unowned" not in noun.tags and dice.chance(0.4):
            return self.with_adjective(NounPhrase(noun, noun.count == "count", "bare"))
        if kind == "definite" and noun.count == "count" and dice.chance(0.25):
            if dice.chance(0.6):
                return self.with_adjective(NounPhrase(noun, determiner="a"))
            return self.with_adjective(NounPhrase(noun, True, "many"))
        if kind in ("generic", "definite") or (kind == "any" and dice.chance(0.45)):
            return self.definite(noun, relative=True)
        if kind == "any" and not c.negative and dice.chance(0.08):
            other = dice.choose(self.pairing.objects[verb])
            if other is not noun and not {"kin"} & other.tags:
                return Both(self.indefinite(noun, c), self.indefinite(other, c))
        return self.indefinite(noun, c)

    def indefinite(self, noun, c):
        """Draws a noun that is new to the listener."""
        dice = self.dice
        containers = self.pairing.containers[noun]
        if noun.count == "mass":
            if containers and not c.negative and dice.chance(0.4):
                entry, number = dice.choose(containers), dice.chance(0.4)
                return NounPhrase(entry.noun, number, "number" if number else "a", content=noun,
                                  container=entry,
                                  number=dice.choose(self.words.numbers) if number else None)
            some = not (c.negative or c.question) and dice.chance(0.25)
            return self.with_adjective(NounPhrase(noun, determiner="some" if some else "bare"))
        if dice.chance(0.45):
            return self.with_adjective(NounPhrase(noun, determiner="a"))
        kinds = ["bare", "many"] + ([] if c.negative else ["number"]) + (
            [] if c.negative or c.question else ["some"])
        kind = dice.choose(kinds)
        number = dice.choose(self.words.numbers) if kind == "number" else None
        return self.with_adjective(NounPhrase(noun, True, kind, number=number))

    def definite(self, noun, relative=False):
        """Draws a noun that the listener knows, perhaps by a relative clause."""
        dice, tags = self.dice, noun.tags
        plural = noun.count == "count" and "single" not in tags and dice.chance(0.3)
        if relative and "kin" not in tags and dice.chance(0.35 if self.long else 0.08):
            np = NounPhrase(noun, plural)
            np.relative = self.relative(np)
            return np
        if "part" in tags and dice.chance(0.4):
            whole = NounPhrase(dice.choose(self.pairing.wholes), dice.chance(0.2))
            return self.with_adjective(NounPhrase(noun, plural, whole=whole))
        roll = dice.choose(range(10))
        if "kin" in tags:
            roll = 6 if roll < 7 else 9
        elif "unowned" in tags and roll >= 6:
            roll -= 5
        if roll < 4 or (noun.count == "mass" and roll < 6):
            kind, owner = "the", None
        elif roll < 6:
            kind, owner = dice.choose(("this", "that")), None
        elif roll < 8:
            kind, owner = "my", dice.choose(self.pairing.pronouns)
        else:
            kind, owner = "'s", self.owner()
        return self.with_adjective(NounPhrase(noun, plural, kind, owner=owner))

    def owner(self):
        """Draws whose it is: somebody by name, "the teacher", or "my mother"."""
        if self.dice.chance(0.5):
            return self.name()
        noun = self.dice.choose(self.pairing.persons)
        if "kin" in noun.tags:
            return NounPhrase(noun, determiner="my", owner=self.dice.choose(self.pairing.pronouns))
        return NounPhrase(noun)

    def with_adjective(self, np):
        """Gives every fourth noun an adjective."""
        fitting = self.words.described[np.noun]
        if fitting and self.dice.chance(0.3):
            np.adjective = self.dice.choose(fitting)
            self.described.append((np.adjective, np.noun))
        return np

    def relative(self, np):
        """Draws "who bought the car" or "that Anna bought"."""
        dice, noun = self.dice, np.noun
        if noun.class_ == "person":
            verb = dice.choose(self.pairing.relative)
            c = Clause(Gap(np), self.told(verb), verb=verb)
            c.object = NounPhrase(dice.choose(self.pairing.objects[verb]))
            if "kin" in c.object.noun.tags:
                c.object = self.name()
            return c
        verb = dice.choose(self.pairing.acting[noun])
        someone = self.name() if dice.chance(0.5) else Pronoun(dice.choose(self.pairing.pronouns))
        return Clause(someone, self.told(verb), verb=verb, object=Gap(np))

    @staticmethod
    def told(verb):
        """Chooses the tense of a relative clause."""
        return "past" if "past" in verb.tenses else "present"


def is_colour(adjective):
    """Whether an adjective names a colour."""
    return adjective.chinese.endswith("色")


_PAIRINGS = []


def _pairing():
    if not _PAIRINGS:
        _PAIRINGS.append(Pairing(lexicon()))
    return _PAIRINGS[0]

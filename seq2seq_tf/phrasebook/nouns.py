"""Draws who and what: pronouns, names and noun phrases that make sense where they stand."""

from seq2seq_tf.phrasebook.lexicon import lexicon
from seq2seq_tf.phrasebook.meaning import Both, Clause, Gap, Name, NounPhrase, Pronoun
from seq2seq_tf.phrasebook.pairing import pairing

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


class NounDrawer:
    """Draws nouns.

    Args:
        random: A NumPy generator.
        long: Prefer relative clauses.
    """

    def __init__(self, random, long=False):
        self.dice, self.long = Dice(random), long
        self.words, self.pairing = lexicon(), pairing()

    def name(self):
        """Draws somebody by name."""
        return Name(self.dice.choose(self.words.names))

    def someone(self, nouns=None):
        """Draws a person: a pronoun, a name, two names, or one of `nouns`."""
        roll = self.dice.choose(range(20))
        if roll < 9:
            return Pronoun(self.dice.choose(self.pairing.pronouns))
        if roll < 14:
            return self.name()
        if roll < 15:
            first, second = self.name(), self.name()
            return Both(first, second) if first.entry is not second.entry else first
        return self.definite(self.dice.choose(nouns or self.pairing.persons))

    def subject(self, verb):
        """Draws who does it."""
        if verb.subjects & {"person", "adult", "young-one"} and self.dice.chance(0.6):
            return self.someone(self.pairing.subjects[verb])
        subject = self.definite(self.dice.choose(self.pairing.subjects[verb]), relative=True)
        if subject.plural and not subject.relative and "kin" not in subject.noun.tags \
                and self.dice.chance(0.2):
            subject.determiner, subject.owner, subject.whole = "many", None, None
        return subject

    def recipient(self, c):
        """Draws to whom something is given."""
        owner = c.object.owner  # 给安娜他们的书 would be from "Anna and the others"
        if (owner and owner.english == "they") or self.dice.chance(0.45):
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
            name = self.name()
            if dice.chance(0.25) and getattr(c.subject, "entry", None) is not name.entry:
                return name
        noun = dice.choose(self.pairing.objects[verb])
        kind = verb.determined
        if verb.frame == "recipient":
            return self.given(noun, c.negative or c.question)
        if "kin" in noun.tags:
            return self.definite(noun)
        if kind == "generic" and not noun.tags & {"unowned", "single"} and dice.chance(0.4):
            return self.with_adjective(NounPhrase(noun, noun.count == "count", "bare"))
        if kind == "definite" and noun.count == "count" and dice.chance(0.25):
            if dice.chance(0.6):
                return self.with_adjective(NounPhrase(noun, determiner="a"))
            return self.with_adjective(NounPhrase(noun, True, "many"))
        if kind in ("generic", "definite"):
            return self.definite(noun, relative=True)
        if kind == "any" and dice.chance(0.45):
            known = self.definite(noun, relative=True)
            if c.tense != "present" or known.determiner in ("my", "'s"):
                return known  # who eats an apple every day does not eat the same
        if kind == "any" and not c.negative and dice.chance(0.08):
            other = dice.choose(self.pairing.objects[verb])
            if other is not noun and other.class_ == noun.class_ and "kin" not in other.tags:
                return Both(self.indefinite(noun, c), self.indefinite(other, c))
        return self.indefinite(noun, c)

    def given(self, noun, known):
        """Draws what is given: with a word before it that Chinese, too, has."""
        dice = self.dice
        np = self.definite(noun)
        if np.determiner in ("the", "'s"):  # not 给她男人的画, not 给他安娜的画
            np.whole = np.owner = None
            np.determiner = "this" if known or dice.chance(0.3) else \
                dice.choose(("some", "many")) if np.plural else "a"
        return np

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
        kinds, vague = ["many"], "single" not in noun.tags
        if noun.class_ != "person" and vague:
            kinds.append("bare")
        if not c.negative:
            kinds += ["number", "some"] if vague and not c.question else ["number"]
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
        elif "related" in tags:
            roll = max(roll, 6)
        elif "unowned" in tags and roll >= 6:
            roll -= 5
        if roll < 4 or (noun.count == "mass" and roll < 6):
            kind, owner = "the", None
        elif roll < 6:
            kind, owner = dice.choose(("this", "that")), None
        elif roll < 8:
            single = "spouse" in tags
            kind, owner = "my", dice.choose(self.pairing.one if single else self.pairing.pronouns)
        else:
            kind, owner = "'s", self.name() if "spouse" in tags else \
                self.owner(self.pairing.parents if "kin" in tags else self.pairing.persons)
        return self.with_adjective(NounPhrase(noun, plural, kind, owner=owner))

    def owner(self, nouns):
        """Draws whose it is: somebody by name, "the teacher", or "my mother"."""
        if self.dice.chance(0.5):
            return self.name()
        noun = self.dice.choose(nouns)
        if "kin" in noun.tags:
            return NounPhrase(noun, determiner="my", owner=self.dice.choose(self.pairing.one))
        return NounPhrase(noun)

    def with_adjective(self, np):
        """Gives every fourth noun an adjective."""
        fitting = self.pairing.attributes[np.noun]
        if fitting and self.dice.chance(0.3):
            np.adjective = self.dice.choose(fitting)
            if np.determiner == "'s" and np.adjective.english == "full":
                np.adjective = None  # la tasse pleine de Paul would hold him
        return np

    def relative(self, np):
        """Draws "who bought the car" or "that Anna bought"."""
        dice, noun = self.dice, np.noun
        if noun.class_ == "person":
            verb = dice.choose(self.pairing.relative)
            c = Clause(Gap(np), told(verb), verb=verb)
            c.object = NounPhrase(dice.choose(self.pairing.objects[verb]))
            if "kin" in c.object.noun.tags:
                c.object = self.name()
            return c
        verb = dice.choose(self.pairing.acting[noun])
        someone = self.name() if dice.chance(0.5) else Pronoun(dice.choose(self.pairing.pronouns))
        return Clause(someone, told(verb), verb=verb, object=Gap(np))


def told(verb):
    """Chooses the tense of a relative clause."""
    return "past" if "past" in verb.tenses else "present"

"""Draws meanings at random: only what makes sense, and only what English says unambiguously."""

from seq2seq_tf.phrasebook.meaning import (
    Both,
    Clause,
    Location,
    NounPhrase,
    Pronoun,
    Sentence,
    This,
    When,
    gender_of,
    person_of,
)
from seq2seq_tf.phrasebook.nouns import NounDrawer
from seq2seq_tf.phrasebook.pairing import CONSUMING

AFTER = {"past": ("past", "future", "present"), "present": ("habit", "present"),
         "future": ("future",)}  # what may be said of "it" afterwards


class Drawer(NounDrawer):
    """Draws sentences; its arguments are those of `NounDrawer`."""

    def sentence(self):
        """Draws a sentence."""
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
        if joint == "because":  # somebody is happy because something happened
            first = Clause(self.someone(), adjective=dice.choose(self.pairing.states))
            if isinstance(first.subject, NounPhrase):
                first.subject.adjective = None  # no sad king is sad
            return Sentence(first, self.apart(lambda: self.told(dice.chance(0.3))), joint)
        return Sentence(self.statement(), self.apart(self.statement), joint)

    def statement(self):
        """Draws one of two clauses that have nothing to do with each other."""
        draw = self.action if self.dice.chance(0.7) else self.description
        return draw(False, self.dice.chance(0.2))

    def apart(self, draw):
        """Draws a clause without "they" and "them", which might be taken for things before."""
        while True:
            clause = draw()
            if not any(isinstance(node, Pronoun) and node.forms.english == "they"
                       for node in (clause.subject, clause.object, clause.recipient)):
                return clause

    def told(self, negative):
        """Draws something that happened."""
        verb = self.dice.choose(self.pairing.telling)
        return self.action(False, negative, verb, tense="past")

    def clause(self, question, negative):
        """Draws one clause."""
        roll = self.dice.choose(range(20))
        if roll < 13:
            return self.action(question, negative)
        if roll < 18:
            return self.description(question, negative)
        if roll < 19:
            subject = self.someone(self.pairing.lay)
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
            subject, fitting = self.someone(), self.pairing.personal
            if isinstance(subject, NounPhrase):  # no brave child is brave
                subject.adjective, fitting = None, self.words.described[subject.noun]
        else:
            subject = self.definite(dice.choose(self.pairing.described), relative=True)
            fitting = [a for a in self.words.described[subject.noun] if subject.adjective is None
                       or is_colour(a) != is_colour(subject.adjective)]
            if not fitting:
                subject.adjective, fitting = None, self.words.described[subject.noun]
        adjective = dice.choose(fitting)
        past = adjective.state and dice.chance(0.4)
        return Clause(subject, "past" if past else "present", negative, question,
                      adjective=adjective, time=self.when("past") if past else None)

    def action(self, question, negative, verb=None, plain=False, tense=None):
        """Draws somebody who does something; `plain` leaves out place, adverb and recipient."""
        dice = self.dice
        verb = verb or dice.choose(self.words.verbs)
        tense = tense or dice.choose(self.pairing.tenses[verb])
        c = Clause(None, tense.replace("habit", "present"), negative, question, verb)
        c.subject = self.subject(verb)
        if verb.frame in ("object", "recipient"):
            c.object = self.object(verb, c)
        if verb.frame == "recipient":
            c.recipient = self.recipient(c)
        if verb.frame == "goal":
            c.goal = self.location(self.pairing.goals, verb.particle or "to")
        # After "the car that Anna bought" a place or a time would belong to two verbs.
        last = c.object.second if isinstance(c.object, Both) else c.object
        apart = not (verb.frame == "object" and getattr(last, "relative", None))
        places = self.pairing.places[verb]
        if apart and places and not plain and dice.chance(0.25):
            c.place = self.location(places)
        if tense == "habit":
            # "Not every day" and 每天不 differ: a negated habit has no such time.
            if not negative and (plain or dice.chance(0.6)) and apart:
                c.time = self.when("present")
            elif not (negative or question) or dice.chance(0.4):
                adverbs = self.words.adverbs
                c.adverb = dice.choose([a for a in adverbs if a.negates] if negative else adverbs)
        elif apart and tense != "present" and dice.chance(0.4):
            c.time = self.when(tense)
        return c

    def with_it(self):
        """Draws two clauses, the first with just one thing that "it" in the second can mean."""
        dice = self.dice
        verb = dice.choose(self.pairing.introducing)
        tense = dice.choose([t for t in self.pairing.tenses[verb] if t != "habit"])
        first = self.action(False, False, verb, plain=True, tense=tense)
        first.subject = self.someone()
        noun = dice.choose(self.pairing.singular[first.verb])
        first.object = self.with_adjective(NounPhrase(
            noun, determiner="the" if noun.count == "mass" or dice.chance(0.4) else "a"))
        if first.verb.determined == "generic" or (first.object.determiner == "the" \
                and first.verb.determined == "indefinite"):
            first.verb = dice.choose([v for v in self.pairing.acting[noun] if v.determined == "any"
                                      and "past" in v.tenses and v.english not in CONSUMING])
            first.tense, first.time, first.adverb = "past", None, None
        it = Pronoun(self.words.pronoun["it", noun.gender])
        if dice.chance(0.5):
            adjective = dice.choose(self.words.described[noun])
            said = first.object.adjective  # no grey shirt is green, no small box is big
            if said is None or is_colour(adjective) != is_colour(said):
                joint = dice.choose(("and", "but") if is_colour(adjective) else
                                    ("and", "but", "because"))
                return Sentence(first, Clause(it, negative=dice.chance(0.25),
                                              adjective=adjective), joint)
        joint = dice.choose(("and", "but"))
        options = [(tense, verb) for verb in self.pairing.acting[noun] if verb is not first.verb
                   for tense in self.pairing.tenses[verb] if tense in AFTER[first.tense]]
        if not options:
            return self.with_it()
        tense, verb = dice.choose(options)
        second = self.action(False, joint == "but" and dice.chance(0.7), verb, True, tense)
        second.subject, second.object = self.again(first.subject), it
        if first.time and tense in ("past", "future"):
            second.time = None
        return Sentence(first, second, joint)

    def again(self, node):
        """Names somebody of the first clause again by a pronoun, or somebody else."""
        gender, several = gender_of(node), person_of(node) == "ils"
        if isinstance(node, Pronoun):
            return Pronoun(node.forms)
        if self.dice.chance(0.25) or (several and gender == "f"):  # they is always ils
            return self.name()
        if several:
            return Pronoun(self.words.pronoun["they", "m"])
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


def is_colour(adjective):
    """Whether an adjective names a colour."""
    return adjective.chinese.endswith("色")

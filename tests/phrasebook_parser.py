"""Reads English back: all the meanings that a sentence of the phrasebook can have.

The grammars write and this reads, by plain backtracking: each function yields (node, next place).
It knows nothing of what makes sense, so it finds at least every meaning that could be drawn.
"""

from seq2seq_tf.phrasebook.english import write
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
)

WORDS = lexicon()
PLURALS = {"these": "this", "those": "that"}
TENSES = {"present": {"present", "habit"}, "past": {"past"}, "future": {"going"}}


def meanings(text):
    """Lists the meanings that English writes as `text`."""
    tokens = text.split()
    return [m for m in Parser(tokens).sentence() if [w for w, _ in write(m)] == tokens]


def things(node):
    """Lists what "it" can mean after a clause: every single thing, animal or place in it."""
    if isinstance(node, NounPhrase) and node.noun.class_ != "person" and not node.plural:
        yield node
    for part in vars(node).values():
        if isinstance(part, Both | Clause | Location | NounPhrase):
            yield from things(part)


class Parser:
    """Backtracks over the tokens of one sentence; `write` checks agreement afterwards."""

    def __init__(self, tokens):
        self.tokens = [*tokens, "", "", ""]
        self.end = len(tokens) - 1

    def sentence(self):
        question = self.tokens[self.end] == "?"
        for first, i in self.clause(0, question):
            if i == self.end:
                yield Sentence(first)
            i += self.tokens[i] == ","
            if self.tokens[i] in ("and", "but", "because"):
                for antecedent in [None, *things(first)]:
                    for second, end in self.clause(i + 1, False, antecedent):
                        if end == self.end:
                            yield Sentence(first, second, self.tokens[i])

    def clause(self, i, question, antecedent=None):
        for subject, j in self.entity(i + question, "english", antecedent):
            for c, k in self.predicate(i if question else j, j, subject, antecedent):
                c.question = question
                yield c, k
        if not question and self.tokens[i] in ("this", "that"):
            yield from self.predicate(i + 1, i + 1, This(self.tokens[i]), None)
        if question and self.tokens[i + 1] in ("this", "that"):
            for c, k in self.predicate(i, i + 2, This(self.tokens[i + 1]), None):
                c.question = True
                yield c, k

    def predicate(self, i, j, subject, antecedent, gap=None):
        """Reads what follows a subject: the auxiliary stands at i, the rest from j on."""
        word, asks = self.tokens[i], i != j
        j += not asks
        negative = self.tokens[j] == "not"
        j += negative
        if word in ("am", "is", "are", "was", "were"):
            tense = "past" if word in ("was", "were") else "present"
            if self.tokens[j] == "going":
                yield from self.action(j + 2, subject, "future", negative, antecedent, gap)
            for adjective in self.adjectives(self.tokens[j], subject, antecedent):
                c = Clause(subject, tense, negative, adjective=adjective)
                yield from self.when(j + 1, c)
            for occupation in WORDS.occupations:
                for k, form in ((j, occupation.noun.plural), (j + 1, occupation.noun.english)):
                    if self.tokens[k] == form and (k == j or self.tokens[j] in ("a", "an")) \
                            and not isinstance(subject, This):
                        yield Clause(subject, tense, negative, occupation=occupation), k + 1
            if isinstance(subject, This):
                for thing, k in self.entity(j, "object", None):
                    yield Clause(subject, tense, negative, thing=thing), k
        elif word in ("do", "does", "did"):
            tense = "past" if word == "did" else "present"
            yield from self.action(j, subject, tense, negative, antecedent, gap)
        elif not asks:
            for tense in ("present", "past"):
                yield from self.action(i, subject, tense, False, antecedent, gap)

    def action(self, i, subject, tense, negative, antecedent, gap):
        for adverb in [None, *WORDS.adverbs]:
            j = i + (adverb is not None)
            if adverb and self.tokens[i] != adverb.english:
                continue
            for verb in WORDS.verbs:
                if not verb.tenses & TENSES[tense] or self.tokens[j] not in (
                        verb.english, verb.third, verb.past):
                    continue
                c = dict(subject=subject, tense=tense, negative=negative, verb=verb, adverb=adverb)
                yield from self.arguments(j + 1, c, antecedent, gap)

    def arguments(self, i, c, antecedent, gap):
        verb = c["verb"]
        if verb.frame in ("object", "recipient"):
            if verb.particle:
                if self.tokens[i] != verb.particle:
                    return
                i += 1
            for thing, j in [(gap, i)] if gap else self.entity(i, "object", antecedent):
                if verb.frame == "object":
                    yield from self.adjuncts(j, Clause(**c, object=thing))
                elif self.tokens[j] == "to":
                    for whom, k in self.entity(j + 1, "object", None):
                        yield from self.adjuncts(k, Clause(**c, object=thing, recipient=whom))
        elif verb.frame == "goal":
            for goal, j in self.location(i, goal=True):
                yield from self.adjuncts(j, Clause(**c, goal=goal))
        else:
            yield from self.adjuncts(i, Clause(**c))

    def adjuncts(self, i, c):
        yield from self.when(i, c)
        for place, j in self.location(i) if c.verb.places else ():
            yield from self.when(j, Clause(**{**vars(c), "place": place}))

    def when(self, i, c):
        yield c, i
        for time in WORDS.times:
            end = i + len(time.english)
            if self.tokens[i:end] == time.english:
                yield Clause(**{**vars(c), "time": When(time)}), end

    def location(self, i, goal=False):
        for land in WORDS.places:
            end = i + 1 + len(land.english.split())
            if self.tokens[i] in ("in", "to") and \
                    " ".join(self.tokens[i + 1:end]) == land.english:
                yield Location(self.tokens[i], land=land), end
        if self.tokens[i + 1] == "the":
            for site in WORDS.sites:
                prepositions = ("to", "at") if goal else (site.english,)
                if self.tokens[i] in prepositions and self.tokens[i + 2] == site.noun.english:
                    yield Location(self.tokens[i], site=site, phrase=NounPhrase(site.noun)), i + 3

    def entity(self, i, case, antecedent):
        for node, j in self.single(i, case, antecedent):
            yield node, j
            if self.tokens[j] == "and":
                for other, k in self.single(j + 1, case, antecedent):
                    yield Both(node, other), k

    def single(self, i, case, antecedent):
        for forms in WORDS.pronouns:
            known = isinstance(antecedent, NounPhrase) and antecedent.noun.gender == forms.gender
            if self.tokens[i] == getattr(forms, case) and (forms.english != "it" or known):
                yield Pronoun(forms), i + 1
        for owner, j in self.owned(i):
            yield owner, j
            while self.tokens[j] == "'s":
                found = list(self.core(j + 1, dict(determiner="'s", owner=owner)))
                if not found:
                    break
                yield from found
                owner, j = found[0]

    def owned(self, i):
        word = self.tokens[i]
        for name in WORDS.names:
            if word == name.english:
                yield Name(name), i + 1
        yield from self.core(i, dict(determiner="bare"))
        determiner = PLURALS.get(word, "a" if word == "an" else word)
        if determiner in ("the", "a", "this", "that", "some", "many"):
            yield from self.core(i + 1, dict(determiner=determiner))
        for number in WORDS.numbers:
            if word == number.english:
                yield from self.core(i + 1, dict(determiner="number", number=number))
        for forms in WORDS.pronouns:
            if word == forms.possessive:
                yield from self.core(i + 1, dict(determiner="my", owner=forms))

    def core(self, i, given):
        """Reads an adjective, a noun and what follows it."""
        for j in (i, i + 1):
            for noun in WORDS.nouns:
                plural = bool(noun.plural) and self.tokens[j] == noun.plural
                if not plural and self.tokens[j] != noun.english:
                    continue
                fitting = [None] if j == i else [a for a in WORDS.described[noun]
                                                 if a.english == self.tokens[i]]
                for adjective in fitting:
                    np = dict(given, noun=noun, plural=plural, adjective=adjective)
                    yield NounPhrase(**np), j + 1
                    yield from self.tail(j + 1, np)

    def tail(self, i, np):
        if self.tokens[i] == "of":
            for content in WORDS.nouns:
                for container in WORDS.containers:
                    if content.english == self.tokens[i + 1] and container.noun is np["noun"] \
                            and content.count == "mass":
                        yield NounPhrase(**np, content=content, container=container), i + 2
            for whole, j in self.owned(i + 1):
                if isinstance(whole, NounPhrase) and whole.determiner == "the":
                    yield NounPhrase(**np, whole=whole), j
        if self.tokens[i] == "who":
            phrase = NounPhrase(**np)
            for c, j in self.predicate(i + 1, i + 1, Gap(phrase), None):
                phrase = NounPhrase(**np)
                c.subject = Gap(phrase)
                phrase.relative = c
                yield phrase, j
        if self.tokens[i] == "that":
            for subject, j in self.single(i + 1, "english", None):
                phrase = NounPhrase(**np)
                for c, k in self.predicate(j, j, subject, None, Gap(phrase)):
                    if isinstance(c.object, Gap):
                        phrase = NounPhrase(**np)
                        c.object = Gap(phrase)
                        phrase.relative = c
                        yield phrase, k

    def adjectives(self, word, subject, antecedent):
        """Lists the entries of an adjective that can be said of a subject."""
        noun = subject.noun if isinstance(subject, NounPhrase) else None
        if isinstance(subject, Pronoun) and subject.forms.english == "it":
            noun = antecedent.noun
        fitting = WORDS.described[noun] if noun else \
            [a for a in WORDS.adjectives if a.takes & {"person", "adult"}]
        return [a for a in fitting if a.english == word]

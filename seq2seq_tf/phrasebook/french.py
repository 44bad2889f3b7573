"""The French grammar: agreement, articles, the order of pronouns, and last elision and contraction.

Every word knows the pieces of the meaning it comes from (see `english`), whether it begins with a
vowel sound, and its own form before one: la and l', ma and mon, ce and cet, beau and bel alike.
"""

import dataclasses
from itertools import pairwise

from seq2seq_tf.phrasebook.lexicon import lexicon
from seq2seq_tf.phrasebook.meaning import (
    Both,
    Gap,
    Name,
    NounPhrase,
    Pronoun,
    This,
    agreement,
    person_of,
)

VOWELS = "aeiouéêœ"  # of verbs and pronouns; other words have a flag in the lexicon
CONTRACTIONS = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}
LE = {"m": "le", "f": "la", "mp": "les", "fp": "les"}
UN = {"m": "un", "f": "une"}
CE = {"m": "ce", "f": "cette", "mp": "ces", "fp": "ces"}


@dataclasses.dataclass(slots=True)
class Word:
    """A French word and where it comes from.

    Attributes:
        text: The word, before a consonant.
        sure, possible: Pieces that it translates, or whose helper or agreeing form it is.
        vowel: Whether it begins with a vowel sound.
        before_vowel: Its form before such a word, where that differs.
        article: Whether de and à may contract with it.
    """

    text: str
    sure: tuple = ()
    possible: tuple = ()
    vowel: bool = False
    before_vowel: str = ""
    article: bool = False


def write(sentence):
    """Writes a sentence.

    Returns:
        A list of `Word`.
    """
    first = sentence.first
    words = clause(first)
    if sentence.second:
        joint = ((sentence, "joint"),)
        if sentence.joint == "because":
            words += [Word("parce", joint), Word("que", joint, before_vowel="qu'")]
        else:
            words += [Word(",", ((sentence, ","),)),
                      Word("et" if sentence.joint == "and" else "mais", joint)]
        words += clause(sentence.second)
    words.append(Word("?" if first.question else ".", ((first, "end"),)))
    return contract(elide(words))


def elide(words):
    """Gives each word the form that the next one asks for."""
    for word, following in pairwise(words):
        if following.vowel and word.before_vowel:
            word.text = word.before_vowel
    return words


def contract(words):
    """Melts de and à with le and les; l' and la stay."""
    kept = words[:1]
    for word in words[1:]:
        one = CONTRACTIONS.get((kept[-1].text, word.text)) if word.article else None
        if one:
            kept[-1] = Word(one, kept[-1].sure + word.sure, kept[-1].possible + word.possible)
        else:
            kept.append(word)
    return kept


def clause(c):
    """Writes a clause: subject, ne, pronoun, verb, pas, adverb, participle, and what follows."""
    words, person = [], person_of(c.subject)
    if c.question:
        asks = ((c, "is"), (c, "be"), (c, "do"), (c, "end"))
        words = [Word("est-ce", (), asks), Word("que", (), asks, before_vowel="qu'")]
    words += entity(c.subject)
    negation = ((c, "not"),), ((c, "do"),)
    if c.negative:
        words.append(Word("ne", *negation, before_vowel="n'"))
    clitics = [_clitic(c.object, "direct", ())] if isinstance(c.object, Pronoun) else \
        [_clitic(c.recipient, "indirect", ((c, "to"),))] if isinstance(c.recipient, Pronoun) else []
    finite, rest = _verb(c, person)
    words += [finite] if c.tense == "future" else [*clitics, finite]
    if c.negative:
        words.append(Word("pas", *negation))
    if c.adverb:
        words.append(Word(c.adverb.french, ((c, "adverb"),)))
    words += clitics + rest if c.tense == "future" else rest
    if c.object and not isinstance(c.object, Pronoun):
        words += entity(c.object, c if c.negative else None, c.verb.determined == "generic")
    if c.recipient and not isinstance(c.recipient, Pronoun):
        words += [Word("à", ((c, "to"),)), *entity(c.recipient)]
    if c.goal:
        words += location(c.goal, goal=True)
    if c.place:
        words += location(c.place)
    if c.time:
        words += [Word(text, tuple((c.time, t) for t in sure), tuple((c.time, t) for t in possible))
                  for text, sure, possible in c.time.phrase.french]
    return words


def _clitic(node, case, possible):
    text = getattr(node.forms, case)
    return Word(text, ((node, "noun"),), possible,
                before_vowel=text[0] + "'" if text in ("me", "le", "la") else "")


def _verb(c, person):
    """Makes the finite verb, and what of the predicate follows pas."""
    auxiliary, verb = lexicon().auxiliary, c.verb
    if not verb:
        etre = auxiliary["être", "imperfect" if c.tense == "past" else "present"]
        return _form(etre, person, ((c, "is"),)), _complement(c)
    said = (((c, "verb"),), ((c, "particle"),))
    if c.tense == "future":
        helpers = ((c, "be"), (c, "going to"))
        return (_form(auxiliary["aller", "present"], person, ((c, "going"),), helpers),
                [Word(verb.infinitive, *said, verb.elides)])
    if c.tense == "present":
        return _form(verb, person, *said), []
    if verb.auxiliary == "être":
        agrees = agreement(c.subject)
    else:  # with an object that stands before
        agrees = agreement(c.object) if isinstance(c.object, Pronoun | Gap) else "m"
    helper = _form(auxiliary[verb.auxiliary, "present"], person, (), ((c, "verb"), (c, "do")))
    return helper, [Word(getattr(verb, agrees), *said)]


def _form(verb, person, sure, possible=()):
    text = getattr(verb, person)
    return Word(text, sure, possible, text[0] in VOWELS)


def _complement(c):
    if c.thing:
        return noun_phrase(c.thing)
    entry, role = (c.adjective, "adjective") if c.adjective else (c.occupation, "occupation")
    return [Word(getattr(entry, agreement(c.subject)), ((c, role),))]


def entity(node, negated=None, generic=False):
    """Writes a pronoun, a name, a noun phrase, or two of them.

    Args:
        node: What to write.
        negated: The negative clause whose object it is, or None.
        generic: Whether nouns without determiner mean all of their kind.
    """
    if isinstance(node, NounPhrase):
        return noun_phrase(node, negated, generic)
    if isinstance(node, Pronoun):
        text = node.forms.french
        return [Word(text, ((node, "noun"),), (), text[0] in VOWELS, "j'" if text == "je" else "")]
    if isinstance(node, Name):
        return [Word(node.entry.french, ((node, "noun"),), (), node.entry.elides)]
    if isinstance(node, This):
        return [Word("ce", ((node, "noun"),), before_vowel="c'")]
    if isinstance(node, Both):
        return [*entity(node.first, negated, generic), Word("et", ((node, "and"),)),
                *entity(node.second, negated, generic)]
    return []  # a gap


def noun_phrase(np, negated=None, generic=False):
    """Writes a noun with article, adjectives on their side of it, and what follows."""
    noun, form = np.noun, agreement(np)
    words = determiner(np, form, negated, generic)
    core = [Word(noun.french_plural if np.plural else noun.french, ((np, "noun"),), (),
                 noun.elides)]
    if np.adjective:
        a = np.adjective
        adjective = Word(getattr(a, form), ((np, "adjective"),), (), a.elides,
                         a.before_vowel if form == "m" else "")
        core = [adjective, *core] if a.position == "before" else [*core, adjective]
    words += core
    if np.owner and np.determiner == "'s":
        words += [_de((), ((np, "'s"),)), *entity(np.owner)]
    if np.whole:
        words += [_de(((np, "of"),)), *noun_phrase(np.whole)]
    if np.content:
        words += [_de(((np, "of"),)),
                  Word(np.content.french, ((np, "content"),), (), np.content.elides)]
    if np.relative:
        who = ((np, "who"),)
        words += [Word("qui", who)] if isinstance(np.relative.subject, Gap) else \
            [Word("que", who, before_vowel="qu'")]
        words += clause(np.relative)
    return words


def determiner(np, form, negated, generic):
    """Writes what stands before the noun and its adjective."""
    kind, said, noun = np.determiner, ((np, "determiner"),), ((np, "noun"),)
    if kind == "the":
        return [_article(form, said, noun)]
    if kind == "'s":
        return [_article(form, (), ((np, "'s"), *noun))]
    if kind in ("this", "that"):
        return [Word(CE[form], said, noun, before_vowel="cet" if form == "m" else "")]
    if kind == "my":
        his = np.owner
        text = his.plural if np.plural else his.m if form == "m" else his.f
        return [Word(text, said, noun, before_vowel=his.m if form == "f" else "")]
    if kind == "number":
        return [Word(np.number.french, said)]
    if kind == "many":
        return [Word("beaucoup", said), _de((), said)]
    if generic:
        return [_article(form, (), noun)]
    if negated:
        return [_de(said, (*noun, (negated, "not")))]
    if kind == "a":
        return [Word(UN[form], said, noun)]
    said = said if kind == "some" else ()
    if not np.plural:
        return [_de(said, noun), _article(form, said, noun)]
    before = np.adjective and np.adjective.position == "before"
    return [_de(said, noun) if before else Word("des", said, noun)]


def _de(sure, possible=()):
    return Word("de", sure, possible, before_vowel="d'")


def _article(form, sure, possible):
    return Word(LE[form], sure, possible, before_vowel="" if form[1:] else "l'", article=True)


def location(where, goal=False):
    """Writes where, or where to; the name of a city or a country decides on its preposition."""
    said = ((where, "in"),)
    if where.land:
        names = tuple((where, t) for t, _ in enumerate(where.land.english.split()))
        the, name = (names[:1], names[1:]) if names[1:] else ((), names)
        return [Word(where.land.preposition, said + the, name), Word(where.land.french, name)]
    preposition = where.site.goal if goal else where.site.french
    return [Word(preposition, said), *noun_phrase(where.phrase)]

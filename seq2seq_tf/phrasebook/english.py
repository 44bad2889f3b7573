"""The English grammar: writes a meaning, and tells for each word which piece of it the word says.

A piece is a node of the meaning and a role in it, such as (clause, "verb"); no two words of a
sentence say the same piece. The other grammars name the pieces that their words come from.
"""

from seq2seq_tf.phrasebook.meaning import Both, Gap, Name, NounPhrase, Pronoun, This, person_of

PLURALS = {"this": "these", "that": "those"}
BE = {"present": {"je": "am", "il": "is"}, "past": {"je": "was", "il": "was"}}
A_BEFORE, AN_BEFORE = ("useful",), ("honest",)  # sound and letter differ


def write(sentence):
    """Writes a sentence.

    Returns:
        A list of (word, piece).
    """
    first = sentence.first
    words = clause(first)
    if sentence.second:
        if sentence.joint != "because":
            words.append((",", (sentence, ",")))
        words.append((sentence.joint, (sentence, "joint")))
        words += clause(sentence.second)
    words.append(("?" if first.question else ".", (first, "end")))
    for t, (word, piece) in enumerate(words):
        if word == "a":
            following = words[t + 1][0]
            vowel = following[0] in "aeiou" and following not in A_BEFORE
            words[t] = "an" if vowel or following in AN_BEFORE else "a", piece
    return words


def clause(c):
    """Writes a clause: subject, auxiliary, "not", adverb, verb and what follows it."""
    subject, person = entity(c.subject), person_of(c.subject)
    if not c.verb:
        be = BE["past" if c.tense == "past" else "present"].get(
            person, "were" if c.tense == "past" else "are")
        auxiliary, rest = [(be, (c, "is"))], complement(c)
    elif c.tense == "future":
        auxiliary = [(BE["present"].get(person, "are"), (c, "be"))]
        rest = [("going", (c, "going")), ("to", (c, "going to")), (c.verb.english, (c, "verb"))]
    elif c.negative or c.question:
        do = "did" if c.tense == "past" else "does" if person == "il" else "do"
        auxiliary, rest = [(do, (c, "do"))], [(c.verb.english, (c, "verb"))]
    else:
        verb = c.verb.past if c.tense == "past" else \
            c.verb.third if person == "il" else c.verb.english
        auxiliary, rest = [], [(verb, (c, "verb"))]
    words = auxiliary + subject if c.question else subject + auxiliary
    if c.negative:
        words.append(("not", (c, "not")))
    if c.adverb:
        words.append((c.adverb.english, (c, "adverb")))
    words += rest
    if c.verb and c.verb.particle and c.verb.frame == "object":
        words.append((c.verb.particle, (c, "particle")))
    if c.object and not isinstance(c.object, Gap):
        words += entity(c.object, "object")
    if c.recipient:
        words += [("to", (c, "to")), *entity(c.recipient, "object")]
    for where in (c.goal, c.place):
        if where:
            words += location(where)
    if c.time:
        words += [(word, (c.time, t)) for t, word in enumerate(c.time.phrase.english)]
    return words


def complement(c):
    """Writes what somebody or something is."""
    if c.adjective:
        return [(c.adjective.english, (c, "adjective"))]
    if c.thing:
        return entity(c.thing)
    if person_of(c.subject) in ("nous", "ils"):
        return [(c.occupation.noun.plural, (c, "occupation"))]
    return [("a", (c, "a")), (c.occupation.noun.english, (c, "occupation"))]


def entity(node, case="english"):
    """Writes a pronoun, a name, a noun phrase, or two of them; `case` is "object" after a verb."""
    if isinstance(node, NounPhrase):
        return noun_phrase(node)
    if isinstance(node, Pronoun):
        return [(getattr(node.forms, case), (node, "noun"))]
    if isinstance(node, Name):
        return [(node.entry.english, (node, "noun"))]
    if isinstance(node, This):
        return [(node.word, (node, "noun"))]
    if isinstance(node, Both):
        return [*entity(node.first, case), ("and", (node, "and")), *entity(node.second, case)]
    return []  # a gap


def noun_phrase(np):
    """Writes a noun with determiner, adjective, and what follows."""
    words = []
    if np.determiner == "'s":
        words += [*entity(np.owner), ("'s", (np, "'s"))]
    elif np.determiner != "bare":
        word = np.owner.possessive if np.determiner == "my" else \
            np.number.english if np.determiner == "number" else \
            PLURALS.get(np.determiner, np.determiner) if np.plural else np.determiner
        words.append((word, (np, "determiner")))
    if np.adjective:
        words.append((np.adjective.english, (np, "adjective")))
    words.append((np.noun.plural if np.plural else np.noun.english, (np, "noun")))
    if np.whole:
        words += [("of", (np, "of")), *noun_phrase(np.whole)]
    if np.content:
        words += [("of", (np, "of")), (np.content.english, (np, "content"))]
    if np.relative:
        who = "who" if isinstance(np.relative.subject, Gap) else "that"
        words += [(who, (np, "who")), *clause(np.relative)]
    return words


def location(where):
    """Writes where, or where to."""
    words = [(where.english, (where, "in"))]
    if where.land:
        return words + [(w, (where, t)) for t, w in enumerate(where.land.english.split())]
    return words + noun_phrase(where.phrase)

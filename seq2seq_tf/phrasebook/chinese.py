"""The Chinese grammar: measure words, particles, and an order of its own.

A word is (text, sure, possible): the pieces of the meaning that it translates, and those whose
helper it is (see `english`).
"""

from seq2seq_tf.phrasebook.meaning import Both, Gap, Name, NounPhrase, Pronoun

DEMONSTRATIVES = {"this": "这", "that": "那"}
JOINTS = {"but": "但是", "because": "因为"}


def write(sentence):
    """Writes a sentence.

    Returns:
        A list of (word, sure, possible).
    """
    first, joint = sentence.first, (sentence, "joint")
    words = clause(first)
    if sentence.second:
        words.append(("，", ((sentence, ","),), () if sentence.joint == "but" else (joint,)))
        if sentence.joint in JOINTS:
            words.append((JOINTS[sentence.joint], (joint,), ()))
        words += clause(sentence.second)
    if first.question:
        asks = ((first, "is"), (first, "be"), (first, "do"), (first, "end"))
        words.append(("吗", (), asks))
    words.append(("？" if first.question else "。", ((first, "end"),), ()))
    return words


def clause(c):
    """Writes a clause: subject, time, 不 or 没, modal or adverb, 在 + place, verb, objects."""
    words = entity(c.subject)
    if c.time:
        words += [(text, tuple((c.time, t) for t in sure), tuple((c.time, t) for t in possible))
                  for text, sure, possible in c.time.phrase.chinese]
    if not c.verb:
        return words + predicate(c)
    verb, past = c.verb, c.tense == "past"
    if c.negative:
        mei = past or verb.chinese == "有"
        words.append(("没" if mei else "不", ((c, "not"),), ((c, "do"),)))
    if c.tense == "future":
        words.append(("会" if c.negative else "要", ((c, "going"),), ((c, "be"), (c, "going to"))))
    if c.adverb:
        words.append((c.adverb.chinese, ((c, "adverb"),), ()))
    if c.place:
        words += [("在", ((c.place, "in"),), ()), *location(c.place)]
    words.append((verb.chinese, ((c, "verb"),), ((c, "particle"), (c, "to"), (c.goal, "in"))))
    if past and not c.negative and not isinstance(c.object, Gap):
        words.append(("了", (), ((c, "verb"), (c, "do"))))
    if c.recipient:
        words += entity(c.recipient)
    if c.object:
        words += entity(c.object, c.negative)
    return words + location(c.goal) if c.goal else words


def predicate(c):
    """Writes what somebody or something is: 很 + adjective, 是 ... 的, or 是 + noun."""
    be, words = (c, "is"), []
    if c.negative:
        words.append(("不", ((c, "not"),), ()))
    if not c.adjective:
        words.append(("是", (be,), ()))
        return words + (entity(c.thing) if c.thing else
                        [(c.occupation.noun.chinese, ((c, "occupation"),), ())])
    adjective = (c.adjective.chinese, ((c, "adjective"),), ())
    if c.adjective.predicate == "colour":
        return [*words, ("是", (be,), ()), adjective, ("的", (), (be, (c, "adjective")))]
    if not c.negative and not c.question:
        words.append(("很", (), (be,)))
    return [*words, adjective]


def entity(node, negated=False):
    """Writes a pronoun, a name, a noun phrase, or two of them; `negated` as an object of 不, 没."""
    if isinstance(node, NounPhrase):
        return noun_phrase(node, negated)
    if isinstance(node, Pronoun):
        return [(node.forms.chinese, ((node, "noun"),), ())]
    if isinstance(node, Name):
        return [(node.entry.chinese, ((node, "noun"),), ())]
    if isinstance(node, Both):
        return [*entity(node.first, negated), ("和", ((node, "and"),), ()),
                *entity(node.second, negated)]
    return [] if isinstance(node, Gap) else [(DEMONSTRATIVES[node.word], ((node, "noun"),), ())]


def noun_phrase(np, negated=False):
    """Writes a noun; whatever describes it stands before it."""
    words = []
    if np.relative:
        words += [*clause(np.relative), ("的", (), ((np, "who"),))]
    if np.determiner == "'s":
        words += [*entity(np.owner), ("的", (), ((np, "'s"),))]
    if np.whole:
        words += [*noun_phrase(np.whole), ("的", (), ((np, "of"),))]
    words += determiner(np, negated)
    if np.content:
        return [*words, (np.container.chinese, ((np, "noun"),), ()),
                (np.content.chinese, ((np, "content"),), ())]
    if np.adjective:
        said = ((np, "adjective"),)
        words += [(np.adjective.chinese, said, ()), ("的", (), said)]
    words.append((np.noun.chinese, ((np, "noun"),), ()))
    return words


def determiner(np, negated):
    """Writes number or demonstrative with the noun's measure word, or a possessor."""
    kind, said = np.determiner, ((np, "determiner"),)
    if kind == "my":
        kin = "kin" in np.noun.tags
        return [(np.owner.chinese, said, ())] + ([] if kin else [("的", (), said)])
    if kind in ("some", "many"):
        return [("一些" if kind == "some" else "很多", said, ())]
    if kind in DEMONSTRATIVES and np.plural:
        return [(DEMONSTRATIVES[kind] + "些", said, ())]
    if kind in DEMONSTRATIVES:
        first = DEMONSTRATIVES[kind]
    elif kind == "number":
        first = np.number.chinese
    elif kind == "a" and not negated:
        first = "一"
    else:
        return []
    if np.content:
        return [(first, said, ())]
    return [(first, said, ()), (np.noun.measure, (), (*said, (np, "noun")))]


def location(where):
    """Writes a place without its preposition."""
    if where.land:
        names = tuple((where, t) for t, _ in enumerate(where.land.english.split()))
        return [(where.land.chinese, names[1:] or names, ())]
    return noun_phrase(where.phrase)

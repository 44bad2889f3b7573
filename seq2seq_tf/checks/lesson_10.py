"""Checks of notebook 10, translation."""

from collections import Counter

import numpy as np

from seq2seq_tf.checks import check


def check_leaked_share(function):
    """Checks `leaked_share(train, test)`: the share of test pairs whose source was trained on."""
    def right(train, test):
        known = {source for source, _ in train}
        return sum(source in known for source, _ in test) / len(test)

    def whole_pairs(train, test):
        return sum(pair in train for pair in test) / len(test)

    def by_target(train, test):
        known = {target for _, target in train}
        return sum(target in known for _, target in test) / len(test)

    def distinct(train, test):
        known, asked = {source for source, _ in train}, {source for source, _ in test}
        return len(asked & known) / len(asked)

    def of_training(train, test):
        return right(test, train)

    check(function, right, [
        ([("Go.", "Va.")], [("Stop.", "Arrête.")]),
        ([("Go.", "Va.")], [("Go.", "Allez.")]),
        ([("Go.", "Va."), ("Run.", "Cours."), ("Hi.", "Salut.")],
         [("Go.", "Allez."), ("Go.", "Vas-y."), ("Hello.", "Salut.")]),
        ([("Go.", "Va."), ("Go.", "Pars.")], [("Go.", "Va."), ("Stop.", "Arrête.")]),
    ], {
        "you look for the whole pair; a known source is enough, whatever its translation":
            whole_pairs,
        "you look at the targets; the model reads the sources": by_target,
        "you count each source once; every test pair counts": distinct,
        "you have the two parts the wrong way round": of_training,
    })


def grams(text, n):
    """Counts the n-grams of a text whose tokens stand between spaces."""
    tokens = text.split()
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def check_clipped_matches(function):
    """Checks `clipped_matches(hypothesis, references, n)` -> (matches, n-grams in all)."""
    def counted(hypothesis, references, n, clip):
        have = grams(hypothesis, n)
        allowed = [grams(reference, n) for reference in references]
        return sum(clip(count, [a[gram] for a in allowed]) for gram, count in have.items()), \
            sum(have.values())

    def right(hypothesis, references, n):
        return counted(hypothesis, references, n, lambda count, a: min(count, max(a)))

    def unclipped(hypothesis, references, n):
        return counted(hypothesis, references, n, lambda count, a: count * (max(a) > 0))

    def added(hypothesis, references, n):
        return counted(hypothesis, references, n, lambda count, a: min(count, sum(a)))

    def first(hypothesis, references, n):
        return right(hypothesis, references[:1], n)

    def of_reference(hypothesis, references, n):
        return right(hypothesis, references, n)[0], sum(grams(references[0], n).values())

    check(function, right, [
        ("la", ["la"], 1), ("la la la", ["la voiture"], 1), ("la la la", ["la la", "la"], 1),
        ("la voiture rouge", ["la rouge voiture", "une voiture rouge"], 2),
        ("il ne dort pas", ["il ne dort pas ici ."], 3),
    ], {
        "you do not clip; a gram may match as often as one reference has it, and no oftener":
            unclipped,
        "you add the references up; clip at the one that has the gram most often": added,
        "you look at the first reference alone": first,
        "the second number counts the hypothesis's n-grams, not the reference's": of_reference,
    })


def check_brevity_penalty(function):
    """Checks `brevity_penalty(length, reference_lengths)`."""
    def penalty(length, other):
        return 1.0 if length >= other else float(np.exp(1 - other / length))

    def right(length, others):
        return penalty(length, min(others, key=lambda other: (abs(other - length), other)))

    def shortest(length, others):
        return penalty(length, min(others))

    def longest(length, others):
        return penalty(length, max(others))

    def tie_to_longer(length, others):
        return penalty(length, min(others, key=lambda other: (abs(other - length), -other)))

    def uncapped(length, others):
        other = min(others, key=lambda other: (abs(other - length), other))
        return float(np.exp(1 - other / length))

    def turned(length, others):
        other = min(others, key=lambda other: (abs(other - length), other))
        return penalty(other, length)

    check(function, right, [
        (4, [4]), (2, [4]), (8, [4]), (5, [4, 7]), (5, [2, 6]), (5, [4, 6]),
    ], {
        "you take the shortest reference, not the closest": shortest,
        "you take the longest reference, not the closest": longest,
        "of two equally close lengths the shorter one counts": tie_to_longer,
        "being too long is not rewarded here: the penalty is 1 at most": uncapped,
        "you punish what is too long; this penalty punishes what is too short": turned,
    })


def check_corpus_bleu(function):
    """Checks `corpus_bleu(rows)` -> BLEU of a corpus, from each sentence's ten numbers."""
    def parts(rows):
        total = np.sum(rows, axis=0)
        return total[0:8:2] / total[1:8:2], min(1.0, np.exp(1 - total[9] / total[8]))

    def right(rows):
        precisions, brevity = parts(rows)
        return 100 * float(brevity * np.exp(np.mean(np.log(precisions))))

    def mean_of_sentences(rows):
        return float(np.mean([right(row[None]) for row in rows]))

    def arithmetic(rows):
        precisions, brevity = parts(rows)
        return 100 * float(brevity * np.mean(precisions))

    def no_brevity(rows):
        return 100 * float(np.exp(np.mean(np.log(parts(rows)[0]))))

    def a_share(rows):
        return right(rows) / 100

    perfect = [4, 4, 3, 3, 2, 2, 1, 1, 4, 4]
    poor = [8, 20, 5, 19, 3, 18, 1, 17, 20, 20]
    brief = [6, 6, 5, 5, 4, 4, 3, 3, 6, 12]
    check(function, right, [
        (np.array([perfect]),), (np.array([brief]),), (np.array([perfect, poor]),),
        (np.array([perfect, poor, brief]),),
    ], {
        "this is the bug as it was planted; look for it from its symptom": mean_of_sentences,
        "the mean of the four precisions is a geometric one: the exp of the mean of logs":
            arithmetic,
        "the brevity penalty is missing": no_brevity,
        "your score is a share; BLEU is quoted in percent": a_share,
    })


def check_word_f1(function):
    """Checks `word_f1(hypothesis, reference)` -> (precision, recall, F1)."""
    def scores(have, want, matches):
        precision, recall = matches / have, matches / want
        both = precision + recall
        return precision, recall, 2 * precision * recall / both if both else 0.0

    def right(hypothesis, reference):
        have, want = grams(hypothesis, 1), grams(reference, 1)
        return scores(have.total(), want.total(), (have & want).total())

    def sets(hypothesis, reference):
        have, want = set(hypothesis.split()), set(reference.split())
        return scores(len(have), len(want), len(have & want))

    def swapped(hypothesis, reference):
        precision, recall, f1 = right(hypothesis, reference)
        return recall, precision, f1

    def arithmetic(hypothesis, reference):
        precision, recall, _ = right(hypothesis, reference)
        return precision, recall, (precision + recall) / 2

    check(function, right, [
        ("oui", "oui"), ("oui", "non"), ("la la la la", "la voiture"),
        ("la voiture", "la voiture rouge ."), ("il ne dort pas ici", "il dort ici"),
    ], {
        "you compare sets; a word that is written four times counts four times": sets,
        "precision divides by what was written, recall by what should have been": swapped,
        "F1 is the harmonic mean, 2 P R / (P + R)": arithmetic,
    })

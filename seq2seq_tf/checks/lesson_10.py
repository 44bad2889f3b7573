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

    def by_training(train, test):
        return right(train, test) * len(test) / len(train)

    check(function, right, [
        ([("Go.", "Va.")], [("Stop.", "Arrête.")]),
        ([("Go.", "Va."), ("Run.", "Cours.")], [("Go.", "Allez.")]),
        ([("Go.", "Va."), ("Run.", "Cours."), ("Hi.", "Salut.")],
         [("Go.", "Allez."), ("Go.", "Vas-y."), ("Hello.", "Salut.")]),
        ([("Go.", "Va."), ("Go.", "Pars.")], [("Go.", "Va."), ("Stop.", "Arrête.")]),
    ], {
        "you look for the whole pair; a known source is enough, whatever its translation":
            whole_pairs,
        "you look at the targets; the model reads the sources": by_target,
        "you count each source once; every test pair counts": distinct,
        "you have the two parts the wrong way round": of_training,
        "it is a share of the test pairs: divide by how many these are": by_training,
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

    def rewarded(rows):
        total = np.sum(rows, axis=0)
        return no_brevity(rows) * float(np.exp(1 - total[9] / total[8]))

    def a_share(rows):
        return right(rows) / 100

    perfect = [4, 4, 3, 3, 2, 2, 1, 1, 4, 4]
    poor = [8, 20, 5, 19, 3, 18, 1, 17, 20, 20]
    long = [6, 8, 4, 7, 3, 6, 2, 5, 8, 6]
    brief = [6, 6, 5, 5, 4, 4, 3, 3, 6, 12]
    check(function, right, [
        (np.array([perfect]),), (np.array([brief]),), (np.array([perfect, poor]),),
        (np.array([perfect, poor, brief]),), (np.array([long]),),
    ], {
        "this is the bug as it was planted; look for it from its symptom": mean_of_sentences,
        "the mean of the four precisions is a geometric one: the exp of the mean of logs":
            arithmetic,
        "the brevity penalty is missing": no_brevity,
        "the brevity penalty is at most 1: a long text is not rewarded": rewarded,
        "your score is a share; BLEU is quoted in percent": a_share,
    })


def check_word_f1(function):
    """Checks `word_f1(hypothesis, reference)` -> (precision, recall, F1)."""
    def scores(have, want, matches):
        precision, recall = matches / have, matches / want
        both = precision + recall
        return precision, recall, 2 * precision * recall / both if both else 0.0

    def right(hypothesis, reference):
        have, want = Counter(hypothesis.split()), Counter(reference.split())
        return scores(have.total(), want.total(), (have & want).total())

    def sets(hypothesis, reference):
        have, want = set(hypothesis.split()), set(reference.split())
        return scores(len(have), len(want), len(have & want))

    def hits_once(hypothesis, reference):
        have, want = hypothesis.split(), reference.split()
        return scores(len(have), len(want), len(set(have) & set(want)))

    def swapped(hypothesis, reference):
        precision, recall, f1 = right(hypothesis, reference)
        return recall, precision, f1

    def arithmetic(hypothesis, reference):
        precision, recall, _ = right(hypothesis, reference)
        return precision, recall, (precision + recall) / 2

    check(function, right, [
        ("la la", "la la"), ("oui", "non"), ("la la la la", "la voiture"),
        ("la voiture", "la voiture rouge ."), ("il ne dort pas ici", "il dort ici"),
    ], {
        "you compare sets; a word that is written four times counts four times": sets,
        "a word that matches twice is two hits": hits_once,
        "precision divides by what was written, recall by what should have been": swapped,
        "F1 is the harmonic mean, 2 P R / (P + R)": arithmetic,
    })

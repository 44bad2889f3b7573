"""Exercises of lesson 10: a reference for each check, and what readers get wrong."""

import math

import numpy as np
from sacrebleu.metrics import BLEU

from seq2seq_tf.checks.lesson_10 import (
    check_corpus_bleu,
    check_leaked_share,
    check_word_f1,
)


def leaked_share(train, test):
    return np.mean([any(source == other for other, _ in train) for source, _ in test])


def corpus_bleu(rows):
    """A reference by sacreBLEU's own function for counts."""
    total = np.sum(rows, axis=0).astype(int).tolist()
    return BLEU.compute_bleu(total[0:8:2], total[1:8:2], total[8], total[9]).score


def mean_of_sentences(rows):
    return np.mean([corpus_bleu([row]) for row in rows])


def arithmetic_bleu(rows):
    total = np.sum(rows, axis=0)
    shares = [total[i] / total[i + 1] for i in (0, 2, 4, 6)]
    return 100 * sum(shares) / 4 * math.exp(min(0, 1 - total[9] / total[8]))


def without_brevity(rows):
    rows = np.array(rows)
    rows[:, 9] = 0
    return corpus_bleu(rows)


def without_limit(rows):
    total = np.sum(rows, axis=0)
    return without_brevity(rows) * math.exp(1 - total[9] / total[8])


def word_f1(hypothesis, reference):
    left, found = reference.split(), 0
    for word in hypothesis.split():
        if word in left:
            left.remove(word)
            found += 1
    have, want = len(hypothesis.split()), len(reference.split())
    return found / have, found / want, 2 * found / (have + want)


def set_f1(hypothesis, reference):
    return word_f1(" ".join(sorted(set(hypothesis.split()))),
                   " ".join(sorted(set(reference.split()))))


def hits_once(hypothesis, reference):
    have, want = hypothesis.split(), reference.split()
    found = len({word for word in have if word in want})
    return found / len(have), found / len(want), 2 * found / (len(have) + len(want))


REFERENCES = [
    (check_leaked_share, leaked_share), (check_corpus_bleu, corpus_bleu),
    (check_word_f1, word_f1),
]
MISTAKES = [
    (check_leaked_share, lambda a, b: np.mean([pair in a for pair in b]), "the whole pair"),
    (check_leaked_share, lambda a, b: leaked_share([p[::-1] for p in a], [p[::-1] for p in b]),
     "you look at the targets"),
    (check_leaked_share, lambda a, b: leaked_share(a, {s: (s, t) for s, t in b}.values()),
     "every test pair counts"),
    (check_leaked_share, lambda a, b: leaked_share(b, a), "the wrong way round"),
    (check_leaked_share, lambda a, b: leaked_share(a, b) * len(b) / len(a), "divide by how many"),
    (check_corpus_bleu, mean_of_sentences, "as it was planted"),
    (check_corpus_bleu, arithmetic_bleu, "a geometric one"),
    (check_corpus_bleu, without_brevity, "penalty is missing"),
    (check_corpus_bleu, without_limit, "is not rewarded"),
    (check_corpus_bleu, lambda rows: corpus_bleu(rows) / 100, "quoted in percent"),
    (check_word_f1, set_f1, "you compare sets"),
    (check_word_f1, hits_once, "matches twice"),
    (check_word_f1, lambda h, r: word_f1(r, h), "precision divides by"),
    (check_word_f1, lambda h, r: (*word_f1(h, r)[:2], sum(word_f1(h, r)[:2]) / 2),
     "the harmonic mean"),
]

"""Exercises of lesson 10: a reference for each check, and what readers get wrong."""

import math

import numpy as np
from sacrebleu.metrics import BLEU

from seq2seq_tf.checks.lesson_10 import (
    check_brevity_penalty,
    check_clipped_matches,
    check_corpus_bleu,
    check_leaked_share,
    check_word_f1,
)


def leaked_share(train, test):
    return np.mean([any(source == other for other, _ in train) for source, _ in test])


def clipped_matches(hypothesis, references, n, clip=True, together=False):
    """A reference that crosses matches out of copies of the references, one at a time."""
    def listed(text):
        words = text.split()
        return [words[i : i + n] for i in range(len(words) - n + 1)]

    have, found = listed(hypothesis), 0
    for gram in {tuple(gram) for gram in have}:
        counts = [listed(reference).count(list(gram)) for reference in references]
        written = have.count(list(gram))
        most = sum(counts) if together else max(counts)
        found += min(written, most) if clip else written * bool(most)
    return found, len(have)


def brevity_penalty(length, reference_lengths):
    distance = min(abs(other - length) for other in reference_lengths)
    closest = length - distance if length - distance in reference_lengths else length + distance
    return math.exp(min(0, 1 - closest / length))


def longest_penalty(length, reference_lengths):
    return brevity_penalty(length, [max(reference_lengths)])


def longer_of_two(length, reference_lengths):
    distance = min(abs(other - length) for other in reference_lengths)
    far = length + distance
    return brevity_penalty(length, [far if far in reference_lengths else length - distance])


def uncapped(length, reference_lengths):
    capped = brevity_penalty(length, reference_lengths)
    nearest = min(reference_lengths, key=lambda other: (abs(other - length), other))
    return capped if nearest > length else math.exp(1 - nearest / length)


def too_long(length, reference_lengths):
    nearest = min(reference_lengths, key=lambda other: (abs(other - length), other))
    return brevity_penalty(nearest, [length])


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


REFERENCES = [
    (check_leaked_share, leaked_share), (check_clipped_matches, clipped_matches),
    (check_brevity_penalty, brevity_penalty), (check_corpus_bleu, corpus_bleu),
    (check_word_f1, word_f1),
]
MISTAKES = [
    (check_leaked_share, lambda a, b: np.mean([pair in a for pair in b]), "the whole pair"),
    (check_leaked_share, lambda a, b: leaked_share([p[::-1] for p in a], [p[::-1] for p in b]),
     "you look at the targets"),
    (check_leaked_share, lambda a, b: leaked_share(a, {s: (s, t) for s, t in b}.values()),
     "every test pair counts"),
    (check_leaked_share, lambda a, b: leaked_share(b, a), "the wrong way round"),
    (check_clipped_matches, lambda h, r, n: clipped_matches(h, r, n, clip=False),
     "you do not clip"),
    (check_clipped_matches, lambda h, r, n: clipped_matches(h, r, n, together=True),
     "you add the references up"),
    (check_clipped_matches, lambda h, r, n: clipped_matches(h, r[:1], n), "first reference alone"),
    (check_clipped_matches,
     lambda h, r, n: (clipped_matches(h, r, n)[0], clipped_matches(r[0], r, n)[1]),
     "not the reference's"),
    (check_brevity_penalty, lambda n, r: brevity_penalty(n, [min(r)]), "the shortest reference"),
    (check_brevity_penalty, longest_penalty, "the longest reference"),
    (check_brevity_penalty, longer_of_two, "the shorter one counts"),
    (check_brevity_penalty, uncapped, "1 at most"),
    (check_brevity_penalty, too_long, "you punish what is too long"),
    (check_corpus_bleu, mean_of_sentences, "as it was planted"),
    (check_corpus_bleu, arithmetic_bleu, "a geometric one"),
    (check_corpus_bleu, without_brevity, "penalty is missing"),
    (check_corpus_bleu, lambda rows: corpus_bleu(rows) / 100, "quoted in percent"),
    (check_word_f1, set_f1, "you compare sets"),
    (check_word_f1, lambda h, r: word_f1(r, h), "precision divides by"),
    (check_word_f1, lambda h, r: (*word_f1(h, r)[:2], sum(word_f1(h, r)[:2]) / 2),
     "the harmonic mean"),
]

"""Checks of notebook 09, beam search."""

import numpy as np

from seq2seq_tf.checks import check

START, END = 0, 1
LIGHTS = np.array([[0, 0, 0.6, 0, 0.4], [0, 1, 0, 0, 0], [0, 0.5, 0.1, 0.3, 0.1],
                   [0, 0.9, 0.05, 0, 0.05], [0, 0.95, 0.03, 0.02, 0]])
TRAP = np.array([[0, 0, 0.45, 0.05, 0.5], [0, 1, 0, 0, 0], [0, 0, 0, 0.52, 0.48],
                 [0, 0.65, 0, 0, 0.35], [0, 0.4, 0.05, 0.25, 0.3]])


def check_count_answers(function):
    """Checks `count_answers(words, max_length)`: how many answers there are, cut ones included."""
    def right(words, max_length):
        return sum(words**t for t in range(max_length + 1))

    def without_cut(words, max_length):
        return sum(words**t for t in range(max_length))

    def longest_only(words, max_length):
        return (words + 1) ** max_length

    def cut_only(words, max_length):
        return words**max_length

    check(function, right, [(1, 1), (3, 1), (3, 2), (3, 3), (40, 4)], {
        "those that are cut at `max_length` without an end are answers too": without_cut,
        "you let words follow an end": longest_only,
        "you count the cut ones alone; an answer may end at every step": cut_only,
    })


def check_best_continuations(function):
    """Checks `best_continuations(living, log_probs, width)` -> [(parent, token), ...]."""
    def ranked(totals, width):
        symbols = np.shape(totals)[1]
        order = sorted(range(np.size(totals)), key=lambda i: -np.ravel(totals)[i])
        return [(i // symbols, i % symbols) for i in order[:width]]

    def right(living, log_probs, width):
        return ranked(np.asarray(living)[:, None] + log_probs, width)

    def forgetful(living, log_probs, width):
        return ranked(log_probs, width)

    def worst(living, log_probs, width):
        return ranked(-np.asarray(living)[:, None] - log_probs, width)

    def one_each(living, log_probs, width):
        best = [(-living[k] - max(row), (k, int(np.argmax(row)))) for k, row in
                enumerate(log_probs)]
        return [pair for _, pair in sorted(best)[:width]]

    def turned(living, log_probs, width):
        return [(w, k) for k, w in right(living, log_probs, width)]

    one, two = np.log([0.5, 0.3, 0.2]), np.log([0.1, 0.8, 0.1])
    check(function, right, [
        (np.array([0.0]), one[None], 1), (np.array([0.0]), one[None], 2),
        (np.log([0.7, 0.3]), np.stack([one, two]), 2),
        (np.log([0.9, 0.05]), np.stack([one, two]), 3),
    ], {
        "you rank the last step alone; a continuation is worth what its whole path is worth":
            forgetful,
        "you keep the worst, not the best": worst,
        "you keep the best child of each parent; one parent may have several": one_each,
        "a pair is (parent, token), in this order": turned,
    })


def check_best_index(function):
    """Checks `best_index(log_ps, lengths, alpha)`: which hypothesis has the best score."""
    def best(log_ps, lengths, alpha, start=0, constant=5, power=-1):
        penalty = ((constant + np.asarray(lengths) + start) / (constant + 1)) ** alpha
        return int(np.argmax(np.asarray(log_ps) * penalty**power))

    check(function, best, [
        ([-1.0], [1], 1.0), ([-1.0, -1.2], [1, 2], 0.0), ([-1.0, -1.13], [1, 2], 1.0),
        ([-1.05, -1.0], [1, 2], 1.0), ([-1.0, -1.15], [1, 2], 1.0),
        ([-3.0, -4.0], [3, 8], 1.0), ([-2.0, -2.4], [4, 8], 0.5), ([-1.0, -1.5], [1, 2], 1.0),
    ], {
        "you count the start: length is what was written, the end included":
            lambda p, n, alpha: best(p, n, alpha, start=1),
        "you multiply by the penalty; a negative number grows better when it is divided":
            lambda p, n, alpha: best(p, n, alpha, power=1),
        "you divide by the bare length; the formula has (5 + length) / 6":
            lambda p, n, alpha: best(p, n, alpha, constant=0),
        "you leave the penalty out": lambda p, n, alpha: int(np.argmax(p)),
    })


def check_verdict(function):
    """Checks `verdict(found, right, found_score, right_score)` -> who is to blame."""
    def right(found, answer, found_score, right_score):
        if found == answer:
            return "right"
        return "search error" if right_score > found_score else "model error"

    def turned(found, answer, found_score, right_score):
        if found == answer:
            return "right"
        return "search error" if right_score < found_score else "model error"

    def scores_only(found, answer, found_score, right_score):
        return "search error" if right_score > found_score else "model error"

    check(function, right, [
        ("R EH D", "R EH D", -1.0, -1.0), ("R EH D", "R IY D", -1.0, -2.0),
        ("R EH D", "R IY D", -2.0, -1.0), ("", "EH", -3.5, -3.25),
    ], {
        "you have the two errors the wrong way round, or compare sizes: of two log-probabilities "
        "the one nearer to 0 is the higher": turned,
        "what equals the right answer is no error at all": scores_only,
    })


def check_plain_beam(function):
    """Checks `plain_beam(P, width, max_length)` -> the ids of the `width` best answers."""
    def search(P, width, max_length, ended_live=False, worst=False, step_only=False,
               ended_first=False):
        living, finished = [(0.0, ())], []
        for _ in range(max_length):
            found = [((0 if step_only else score) + float(np.log(p)), (*ids, w))
                     for score, ids in living
                     for w, p in enumerate(P[ids[-1] if ids else START]) if p > 0]
            kept = sorted(found, reverse=not worst)[:width]
            finished += [h for h in kept if h[1][-1] == END]
            living = [h for h in kept if ended_live or h[1][-1] != END]
        found = finished if ended_first and finished else finished + living
        return [list(ids) for _, ids in sorted(found, reverse=True)[:width]]

    check(function, search, [
        (LIGHTS, 1, 2), (LIGHTS, 2, 3), (TRAP, 1, 3), (TRAP, 2, 3), (TRAP, 3, 2), (TRAP, 3, 3),
    ], {
        "this is the bug as it was planted; look for it from its symptom":
            lambda P, width, n: search(P, width, n, ended_live=True),
        "you keep the worst hypotheses, not the best":
            lambda P, width, n: search(P, width, n, worst=True),
        "a score is the sum over the whole path, not the last step's":
            lambda P, width, n: search(P, width, n, step_only=True),
        "what is cut at `max_length` competes too, on equal terms":
            lambda P, width, n: search(P, width, n, ended_first=True),
    })

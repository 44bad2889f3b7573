"""Exercises of lesson 05: a reference for each check, and what readers get wrong."""

import numpy as np

from seq2seq_tf.checks.lesson_05 import check_by_position, check_early_stop, check_write_freely
from seq2seq_tf.vocabulary import START


def by_position(written, right):
    """Symbol by symbol."""
    hits, texts = {}, {}
    for w, r in zip(written, right, strict=True):
        for t, symbol in enumerate(r):
            texts[t] = texts.get(t, 0) + 1
            hits[t] = hits.get(t, 0) + (t < len(w) and w[t] == symbol)
    return [hits[t] / texts[t] for t in sorted(texts)]


def early_stop(losses, patience):
    """As a callback would: one epoch after the other."""
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            return best + 1, epoch + 1
    return best + 1, len(losses)


def write_freely(step, state, right):
    """By recursion, one token and then the rest."""
    def write(token, state, count):
        if not count:
            return []
        log_probs, state = step(token, state)
        best = int(np.argsort(log_probs)[-1])
        return [best, *write(best, state, count - 1)]
    return write(START, state, len(right))


def told(step, state, right):
    """Feeds what would have been right."""
    written = []
    for token in [START, *right[:-1]]:
        log_probs, state = step(token, state)
        written.append(int(np.argmax(log_probs)))
    return written


def stateless(step, state, right):
    """Keeps the first state."""
    return write_freely(lambda token, _: (step(token, state)[0], None), None, right)


def waits(losses, patience, bad):
    """Stops at the first epoch at which `bad` has counted to `patience`."""
    for run in range(1, len(losses) + 1):
        if bad(losses[:run]) >= patience:
            return losses.index(min(losses[:run])) + 1, run
    return losses.index(min(losses)) + 1, len(losses)


def rising(seen):
    """Counts the last epochs in a row that were no better than the one before."""
    count = 0
    while count + 1 < len(seen) and seen[-count - 1] >= seen[-count - 2]:
        count += 1
    return count


REFERENCES = [(check_by_position, by_position), (check_early_stop, early_stop),
              (check_write_freely, write_freely)]
MISTAKES = [
    (check_by_position, lambda w, r: [
        sum(a[t : t + 1] == b[t : t + 1] != "" for a, b in zip(w, r, strict=True)) / len(r)
        for t in range(max(map(len, r)))], "number of all texts"),
    (check_by_position, lambda w, r: [
        np.mean([a[t] == b[t] for a, b in zip(w, r, strict=True)
                 if t < len(b) and t < len(a)] or [0.0]) for t in range(max(map(len, r)))],
     "stops too early"),
    (check_by_position, lambda w, r: [
        np.mean([a.startswith(b[: t + 1]) for a, b in zip(w, r, strict=True) if t < len(b)])
        for t in range(max(map(len, r)))], "right up to here"),
    (check_by_position, lambda w, r: by_position([a[::-1] for a in w], [b[::-1] for b in r]),
     "from the end"),
    (check_early_stop, lambda losses, p: early_stop(losses, p + 1), "one epoch too long"),
    (check_early_stop, lambda losses, p: waits(losses, p, rising), "the epoch before"),
    (check_early_stop, lambda losses, p: waits(losses, p, lambda seen: sum(
        seen[i] > min(seen[:i]) for i in range(1, len(seen)))), "add up all bad epochs"),
    (check_early_stop, lambda losses, p: (early_stop(losses, p)[1],) * 2, "those of the best"),
    (check_early_stop, lambda losses, p: tuple(n - 1 for n in early_stop(losses, p)), "from 0"),
    (check_early_stop, lambda losses, p: (losses.index(min(losses)) + 1, early_stop(losses, p)[1]),
     "behind the stop"),
    (check_write_freely, told, "the bug as it was planted"),
    (check_write_freely, lambda step, state, right: [
        int(np.argmax(step(START, state + t)[0])) for t in range(len(right))], "at every step"),
    (check_write_freely, stateless, "the first state"),
    (check_write_freely, lambda step, state, right: write_freely(
        lambda token, n: (np.eye(14)[np.argmin(step(token, n)[0])], n + 1), state, right),
     "least likely"),
]

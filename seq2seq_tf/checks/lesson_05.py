"""Checks of notebook 05, training honestly."""

import itertools

import numpy as np

from seq2seq_tf.checks import check
from seq2seq_tf.vocabulary import START


def check_by_position(function):
    """Checks `by_position(written, right)` -> for each position the share of texts right there."""
    def shares(written, right, count):
        longest = max(map(len, right))
        return [count([(w[t : t + 1], r[t]) for w, r in zip(written, right, strict=True)
                       if t < len(r)], len(right)) for t in range(longest)]

    def correct(written, right):
        return shares(written, right, lambda both, n: sum(w == r for w, r in both) / len(both))

    def missing_left_out(written, right):
        def count(both, n):
            there = [(w, r) for w, r in both if w]
            return sum(w == r for w, r in there) / max(1, len(there))
        return shares(written, right, count)

    def all_texts(written, right):
        return shares(written, right, lambda both, n: sum(w == r for w, r in both) / n)

    def whole_texts(written, right):
        return [float(np.mean([w[: t + 1] == r[: t + 1] for w, r in zip(written, right, strict=True)
                               if t < len(r)])) for t in range(max(map(len, right)))]

    def from_the_end(written, right):
        return correct([w[::-1] for w in written], [r[::-1] for r in right])

    check(function, correct, [
        (["7"], ["7"]),
        (["704", "21"], ["704", "22"]),
        (["70", "21"], ["704", "21"]),
        (["904", "21", "33"], ["704", "21", "32"]),
        (["1234", "5", "88", ""], ["1243", "5", "8", "61"]),
    ], {
        "you divide by the number of all texts; a short text has no third position": all_texts,
        "a text that stops too early is wrong where it should have gone on; you leave it out":
            missing_left_out,
        "you ask whether the text is right up to here; ask for this one symbol": whole_texts,
        "you count positions from the end": from_the_end,
    })


def check_early_stop(function):
    """Checks `early_stop(losses, patience)` -> (best epoch, epochs run), both counted from 1."""
    def stop(losses, patience, waited):
        for run in range(1, len(losses) + 1):
            if waited(losses[:run]) >= patience:
                break
        return int(np.argmin(losses[:run])) + 1, run

    def right(losses, patience):
        return stop(losses, patience, lambda seen: len(seen) - 1 - int(np.argmin(seen)))

    def one_too_many(losses, patience):
        return right(losses, patience + 1)

    def previous(losses, patience):
        def waited(seen):
            falls = [b < a for a, b in itertools.pairwise(seen)]
            return falls[::-1].index(True) if True in falls else len(falls)
        return stop(losses, patience, waited)

    def in_total(losses, patience):
        return stop(losses, patience, lambda seen: sum(
            seen[i] >= min(seen[:i]) for i in range(1, len(seen))))

    def last(losses, patience):
        _, run = right(losses, patience)
        return run, run

    def from_zero(losses, patience):
        best, run = right(losses, patience)
        return best - 1, run - 1

    def whole_run(losses, patience):
        return int(np.argmin(losses)) + 1, right(losses, patience)[1]

    check(function, right, [
        ([3.0, 2.0], 2),
        ([3.0, 2.0, 2.5, 2.6, 2.7], 2),
        ([3.0, 2.0, 2.5, 1.9, 2.1, 2.2, 2.3], 2),
        ([3.0, 2.0, 2.6, 2.5, 2.4, 2.3, 1.0], 3),
        ([3.0, 2.0, 2.1, 1.8, 1.9, 1.7, 1.8, 1.6], 2),
        ([3.0, 2.0, 2.5, 2.6, 1.0], 2),
    ], {
        "you wait one epoch too long; with patience 2 the second epoch without a new best is the "
        "last": one_too_many,
        "you compare with the epoch before; compare with the best so far": previous,
        "you add up all bad epochs; a new best starts the count again": in_total,
        "this is the last epoch; the weights to keep are those of the best": last,
        "you count epochs from 0": from_zero,
        "your best epoch lies behind the stop: nobody has trained that far": whole_run,
    })


class Follower:
    """A decoder made by hand: what it writes depends on what it reads and on the step.

    Args:
        follows: Token -> the token that comes after it at step 0; at step n, n more (of ten).
    Call arguments:
        token: The id that it reads.
        state: The number of the step, 0 at first.
    Returns:
        Log-probabilities, float (14,), and the new state.
    Lesson: notebooks/05_training_honestly.ipynb
    """

    def __init__(self, follows):
        self.follows = follows

    def __repr__(self):
        return f"Follower({self.follows})"

    def __call__(self, token, state):
        scores = np.zeros(14)
        scores[4 + (self.follows.get(int(token), int(token)) - 4 + state) % 10] = 5.0
        return scores - np.log(np.exp(scores).sum()), state + 1


def check_write_freely(function):
    """Checks `write_freely(step, state, right)` -> as many ids as `right` has, written alone."""
    def loop(step, state, right, reads, carry=True, choose=np.argmax):
        token, written, first = START, [], state
        for t in range(len(right)):
            log_probs, state = step(token, state)
            written.append(int(choose(log_probs)))
            token = reads(written, right, t)
            state = state if carry else first
        return written

    def own(written, right, t):
        return written[-1]

    def correct(step, state, right):
        return loop(step, state, right, own)

    def told(step, state, right):
        return loop(step, state, right, lambda written, right, t: right[t])

    def always_start(step, state, right):
        return loop(step, state, right, lambda written, right, t: START)

    def state_dropped(step, state, right):
        return loop(step, state, right, own, carry=False)

    def least_likely(step, state, right):
        return loop(step, state, right, own, choose=np.argmin)

    check(function, correct, [
        (Follower({START: 5}), 0, [5]),
        (Follower({START: 5, 5: 7, 6: 9}), 0, [5, 8]),
        (Follower({START: 5, 5: 7, 6: 9}), 0, [6, 8, 4]),
        (Follower({START: 8, 8: 4, 4: 12, 13: 6}), 0, [8, 5, 10, 13, 11]),
    ], {
        "this is the bug as it was planted; look for it from its symptom": told,
        "you read the start token at every step": always_start,
        "you begin every step with the first state": state_dropped,
        "you take the least likely token": least_likely,
    })

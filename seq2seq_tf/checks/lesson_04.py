"""Checks of notebook 04, encoder and decoder."""

import numpy as np

from seq2seq_tf.checks import check
from seq2seq_tf.vocabulary import END, START


class Speller:
    """A decoder made by hand: it knows a word and writes its ids, one a step, then the end.

    Its state is the number of symbols that it has written. Like a trained decoder it wants to be
    told what it wrote last: told anything else, it skips a symbol.

    Args:
        ids: The ids of the word.
    Call arguments:
        token: The id that was written last; the start token before the first.
        state: An integer, 0 at first.
    Returns:
        Log-probabilities, float (V,), and the new state.
    Lesson: notebooks/04_encoder_decoder.ipynb
    """

    def __init__(self, ids):
        self.ids = list(ids)

    def __repr__(self):
        return f"Speller({self.ids})"

    def __call__(self, token, state):
        reads, writes = [START, *self.ids], [*self.ids, END]
        misled = state >= len(reads) or token != reads[state]
        probabilities = np.full(max(reads + writes) + 1, 0.01)
        probabilities[writes[(state + misled) % len(writes)]] = 1.0
        return np.log(probabilities / probabilities.sum()), state + 1


def check_perplexity(function):
    """Checks `perplexity(probabilities, mask)` -> float, over the real symbols alone."""
    def mean(values, mask):
        return float(np.mean(np.asarray(values)[np.asarray(mask)]))

    def right(probabilities, mask):
        return float(np.exp(mean(-np.log(probabilities), mask)))

    def pads_counted(probabilities, mask):
        return right(probabilities, np.ones_like(mask))

    def mixed_bases(probabilities, mask):
        return float(2 ** mean(-np.log(probabilities), mask))

    def summed(probabilities, mask):
        with np.errstate(over="ignore"):
            return np.exp(-np.log(np.asarray(probabilities)[mask]).sum())

    def multiplied(probabilities, mask):
        with np.errstate(divide="ignore"):
            return np.prod(np.asarray(probabilities)[mask]) ** (-1 / np.sum(mask))

    def no_logarithm(probabilities, mask):
        return mean(1 / np.asarray(probabilities), mask)

    def loss(probabilities, mask):
        return mean(-np.log(probabilities), mask)

    real = np.array([True, True, True])
    check(function, right, [
        (np.array([0.5]), np.array([True])),
        (np.array([0.9, 0.8, 0.5]), real),
        (np.array([0.25, 0.5, 0.01]), np.array([True, True, False])),
        (np.full(33, 1e-10), np.full(33, True)),
    ], {
        "you count the padding; only the symbols with a True in `mask` are real": pads_counted,
        "you mix two bases: of a mean in nats, made by `np.log`, the power is that of e":
            mixed_bases,
        "you sum where the mean is wanted: a longer text would always look worse": summed,
        "the product of many probabilities is 0 on a computer; add their logarithms": multiplied,
        "you average 1/p; average -log p first, then take the power": no_logarithm,
        "this is the mean loss; perplexity is its exponential": loss,
    })


def check_write(function):
    """Checks `write(step, state, max_length)` -> list of ids, the end left out."""
    def loop(step, state, max_length, carry=True, feed=True, stop=True, keep_end=False):
        token, written = START, []
        for _ in range(max_length):
            log_probs, following = step(token, state)
            best = int(np.argmax(log_probs))
            if stop and best == END:
                return written + [END] * keep_end
            written.append(best)
            state = following if carry else state
            token = best if feed else token
        return written

    def mistake(**kwargs):
        return lambda *case: loop(*case, **kwargs)

    check(function, loop, [
        (Speller([5]), 0, 4), (Speller([7, 4]), 0, 4), (Speller([4, 4, 6]), 0, 8),
        (Speller([6, 5, 4, 7, 5]), 0, 3),
    ], {
        "the state is not carried on: every step starts again from the first one":
            mistake(carry=False),
        "the symbol that was written is not fed back: the decoder always reads the start token":
            mistake(feed=False),
        "you go on behind the end token": mistake(stop=False),
        "the end token says that the text is complete; it is no part of the text":
            mistake(keep_end=True),
    })


def check_reads_and_writes(function):
    """Checks `reads_and_writes(ids)` -> for each step the pair (what is read, what is due)."""
    def right(ids):
        return list(zip([START, *ids], [*ids, END], strict=True))

    def unshifted(ids):
        return list(zip([*ids, END], [*ids, END], strict=True))

    def both_start(ids):
        return list(zip([START, *ids], [START, *ids], strict=True))

    def no_end(ids):
        return right(ids)[:-1]

    def backwards(ids):
        return [(due, read) for read, due in right(ids)]

    check(function, right, [([5],), ([7, 4],), ([6, 4, 5, 5],)], {
        "this is the bug as it was planted; look for it from its symptom: right when it is told, "
        "lost when it is alone": unshifted,
        "the start token is never due: what is due begins with the first symbol": both_start,
        "the last step is missing: after the last symbol the end token is due": no_end,
        "the two are exchanged: the decoder reads the past and writes what comes next": backwards,
    })

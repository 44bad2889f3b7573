"""Exercises of lesson 04: a reference for each check, and what readers get wrong."""

import math

import numpy as np

from seq2seq_tf.checks.lesson_04 import (
    check_perplexity,
    check_reads_and_writes,
    check_write,
)
from seq2seq_tf.vocabulary import END, START


def perplexity(probabilities, mask):
    """A reference in plain Python, one symbol after another."""
    surprise, real = 0.0, 0
    for p, is_real in zip(probabilities, mask, strict=True):
        if is_real:
            surprise, real = surprise - math.log(p), real + 1
    return math.exp(surprise / real)


def perplexity_of_the_sum(probabilities, mask):
    return 1 / np.prod(probabilities[mask]) if np.prod(probabilities[mask]) else np.inf


def perplexity_of_the_product(probabilities, mask):
    product = math.prod(p for p, is_real in zip(probabilities, mask, strict=True) if is_real)
    return product ** (-1 / sum(mask)) if product else math.inf


def write(step, state, max_length):
    """A reference that calls itself for the rest of the text."""
    def rest(token, state, left):
        if left == 0:
            return []
        log_probs, state = step(token, state)
        best = max(range(len(log_probs)), key=lambda i: log_probs[i])
        return [] if best == END else [best, *rest(best, state, left - 1)]

    return rest(START, state, max_length)


def write_without_carrying(step, state, max_length):
    return write(lambda token, _: step(token, state), state, max_length)


def write_without_feeding(step, state, max_length):
    return write(lambda _, state: step(START, state), state, max_length)


def write_past_the_end(step, state, max_length):
    token, written = START, []
    for _ in range(max_length):
        log_probs, state = step(token, state)
        token = int(np.argmax(log_probs))
        written.append(token)
    return written


def write_with_the_end(step, state, max_length):
    written = write_past_the_end(step, state, max_length)
    return written[: written.index(END) + 1] if END in written else written


def reads_and_writes(ids):
    sequence = [START, *ids, END]
    return [(sequence[i], sequence[i + 1]) for i in range(len(sequence) - 1)]


REFERENCES = [(check_perplexity, perplexity), (check_write, write),
              (check_reads_and_writes, reads_and_writes)]
MISTAKES = [
    (check_perplexity, lambda p, m: perplexity(p, [True] * len(p)), "you count the padding"),
    (check_perplexity, lambda p, m: 2 ** math.log(perplexity(p, m)), "you mix two bases"),
    (check_perplexity, perplexity_of_the_sum, "you sum where the mean"),
    (check_perplexity, perplexity_of_the_product, "add their logarithms"),
    (check_perplexity, lambda p, m: np.mean(1 / p[m]), "you average 1/p"),
    (check_perplexity, lambda p, m: math.log(perplexity(p, m)), "this is the mean loss"),
    (check_write, write_without_carrying, "the state is not carried on"),
    (check_write, write_without_feeding, "is not fed back"),
    (check_write, write_past_the_end, "you go on behind the end token"),
    (check_write, write_with_the_end, "it is no part of the text"),
    (check_reads_and_writes, lambda ids: [pair[1:] * 2 for pair in reads_and_writes(ids)],
     "as it was planted"),
    (check_reads_and_writes, lambda ids: [pair[:1] * 2 for pair in reads_and_writes(ids)],
     "the start token is never due"),
    (check_reads_and_writes, lambda ids: reads_and_writes(ids)[:-1], "the last step is missing"),
    (check_reads_and_writes, lambda ids: [pair[::-1] for pair in reads_and_writes(ids)],
     "the two are exchanged"),
]

"""Exercises of lesson 03: a reference for each check, and what readers get wrong."""

import numpy as np

from seq2seq_tf.checks.lesson_03 import check_merged, check_padding_share, check_real_accuracy


def merged(text, pair):
    """A reference that never looks at two symbols at once."""
    done = []
    waiting = None  # a first half that may still find its second
    for symbol in text.split():
        if waiting is not None and symbol == pair[1]:
            done.append(waiting + symbol)
            waiting = None
            continue
        if waiting is not None:
            done.append(waiting)
        waiting = symbol if symbol == pair[0] else None
        if waiting is None:
            done.append(symbol)
    return " ".join(done if waiting is None else [*done, waiting])


def merged_once(text, pair):
    a, b = pair
    return f" {text} ".replace(f" {a} {b} ", f" {a}{b} ", 1).strip()


def merged_twice_used(text, pair):
    """Steps by one after a merge, so that the second half comes again."""
    symbols = text.split()
    return " ".join("".join(pair) if symbols[i : i + 2] == list(pair) else symbols[i]
                    for i in range(len(symbols)))


def merged_from_the_end(text, pair):
    symbols = text.split()
    i = len(symbols) - 2
    while i >= 0:
        if symbols[i : i + 2] == list(pair):
            symbols[i : i + 2] = ["".join(pair)]
            i -= 1
        i -= 1
    return " ".join(symbols)


def padding_share(lengths, batch_size):
    """A reference that lays every batch out."""
    real = pads = 0
    while lengths:
        batch, lengths = lengths[:batch_size], lengths[batch_size:]
        for length in batch:
            real += length
            pads += max(batch) - length
    return pads / (real + pads)


def shares(lengths, batch_size):
    return [padding_share(lengths[i : i + batch_size], batch_size)
            for i in range(0, len(lengths), batch_size)]


def real_accuracy(targets, written):
    """A reference in loops."""
    hits = count = 0
    for row, answers in zip(targets, written, strict=True):
        for target, answer in zip(row, answers, strict=True):
            if target:
                count += 1
                hits += int(target == answer)
    return hits / count


REFERENCES = [(check_merged, merged), (check_padding_share, padding_share),
              (check_real_accuracy, real_accuracy)]
MISTAKES = [
    (check_merged, merged_once, "the first pair and stop"),
    (check_merged, lambda text, pair: text.replace(" ".join(pair), "".join(pair)),
     "text, not symbols"),
    (check_merged, merged_twice_used, "use a symbol twice"),
    (check_merged, merged_from_the_end, "from the end"),
    (check_padding_share, lambda n, b: 1 - padding_share(n, b), "share of real positions"),
    (check_padding_share, lambda n, b: padding_share(n, len(n)), "to one width"),
    (check_padding_share, lambda n, b: np.mean(shares(n, b)), "average the batches' shares"),
    (check_padding_share, lambda n, b: padding_share(sorted(n), b), "sort the lengths first"),
    (check_padding_share, lambda n, b: padding_share(n[: len(n) // b * b], b),
     "leave out the last batch"),
    (check_real_accuracy, lambda t, w: np.mean(t == w), "count the padding"),
    (check_real_accuracy, lambda t, w: (t == w)[w > 0].mean(), "as it was planted"),
    (check_real_accuracy, lambda t, w: ((t == w) * (t > 0)).mean(), "divide by all positions"),
    (check_real_accuracy,
     lambda t, w: np.mean([real_accuracy(t[i:][:1], w[i:][:1]) for i in range(len(t))]),
     "average the rows' shares"),
]

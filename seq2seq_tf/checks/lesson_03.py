"""Checks of notebook 03, text and masks."""

import numpy as np

from seq2seq_tf.checks import check


def check_merged(function):
    """Checks `merged(text, pair)` -> the text with that pair of symbols merged everywhere."""
    def scan(symbols, pair, after_a_merge=2):
        found, i = [], 0
        while i < len(symbols):
            here = tuple(symbols[i : i + 2]) == pair
            found.append("".join(pair) if here else symbols[i])
            i += after_a_merge if here else 1
        return found

    def right(text, pair):
        return " ".join(scan(text.split(), pair))

    def first_only(text, pair):
        symbols = text.split()
        for i in range(len(symbols) - 1):
            if tuple(symbols[i : i + 2]) == pair:
                return " ".join([*symbols[:i], "".join(pair), *symbols[i + 2 :]])
        return text

    def replaced(text, pair):
        return text.replace(" ".join(pair), "".join(pair))

    def used_twice(text, pair):
        return " ".join(scan(text.split(), pair, after_a_merge=1))

    def from_the_end(text, pair):
        backwards = scan(text.split()[::-1], pair[::-1])
        return " ".join("".join(pair) if s == "".join(pair[::-1]) else s for s in backwards[::-1])

    return check(function, right, [
        ("h e", ("h", "e")), ("t h e n", ("h", "e")), ("h e h e", ("h", "e")),
        ("e h e", ("h", "e")), ("t h e s h e e t", ("s", "h")), ("a a a", ("a", "a")),
        ("th e h e", ("h", "e")), ("he n h en h e", ("h", "e")),
    ], {
        "you merge the first pair and stop; the rest of the text may hold more": first_only,
        "you replace text, not symbols: the h of the symbol `th` is no symbol `h`": replaced,
        "you use a symbol twice: after a merge go on behind both of its halves": used_twice,
        "you merge from the end; of three equal symbols the first two belong together":
            from_the_end,
    })


def check_padding_share(function):
    """Checks `padding_share(lengths, batch_size)` -> the share of all positions that is padding."""
    def groups(lengths, batch_size):
        return [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]

    def share(chosen):
        positions = sum(len(group) * max(group) for group in chosen)
        return 1 - sum(map(sum, chosen)) / positions

    def right(lengths, batch_size):
        return share(groups(lengths, batch_size))

    def real(lengths, batch_size):
        return 1 - right(lengths, batch_size)

    def one_width(lengths, batch_size):
        return 1 - sum(lengths) / (len(lengths) * max(lengths))

    def mean_of_shares(lengths, batch_size):
        return np.mean([share([group]) for group in groups(lengths, batch_size)])

    def in_order(lengths, batch_size):
        return right(sorted(lengths), batch_size)

    def whole_batches(lengths, batch_size):
        kept = lengths[: len(lengths) // batch_size * batch_size]
        return right(kept, batch_size) if kept else 0.0

    return check(function, right, [
        ([3], 1), ([3, 1], 2), ([1, 2, 4, 4], 2), ([1, 4, 1, 3], 2), ([5, 1, 2, 2, 3], 2),
    ], {
        "you give the share of real positions; padding is the rest": real,
        "you pad all batches to one width; each needs only that of its own longest text":
            one_width,
        "you average the batches' shares; a wide batch has more positions, so count them all":
            mean_of_shares,
        "you sort the lengths first; here the batches are made in the order given": in_order,
        "you leave out the last batch, which may be smaller": whole_batches,
    })


def check_real_accuracy(function):
    """Checks `real_accuracy(targets, written)` -> the share of real targets that is right."""
    def right(targets, written):
        return float(np.mean((targets == written)[targets != 0]))

    def pads_count(targets, written):
        return np.mean(targets == written)

    def own_mask(targets, written):
        return np.mean((targets == written)[written != 0])

    def all_positions(targets, written):
        return np.mean((targets == written) & (targets != 0))

    def mean_of_rows(targets, written):
        return np.mean([right(t, w) for t, w in zip(targets, written, strict=True)])

    return check(function, right, [tuple(map(np.array, case)) for case in (
        ([[4]], [[4]]), ([[4, 5]], [[4, 4]]), ([[4, 5, 0]], [[4, 4, 0]]),
        ([[4, 5, 6, 0]], [[4, 0, 5, 0]]),
        ([[4, 5, 6, 7], [8, 0, 0, 0]], [[4, 5, 5, 5], [8, 0, 8, 0]]),
    )], {
        "you count the padding, which anyone gets right": pads_count,
        "this is the bug as it was planted; look for it from its symptom: the less is written, the "
        "higher the score": own_mask,
        "you divide by all positions; divide by the real ones": all_positions,
        "you average the rows' shares; a long text has more symbols, so count them all":
            mean_of_rows,
    })

"""Checks of notebook 07, alignment."""

import numpy as np

from seq2seq_tf.checks import check
from seq2seq_tf.metrics import heaviest_links

CROSSING = np.array([[0.9, 0.1, 0.0], [0.1, 0.2, 0.7], [0.2, 0.7, 0.1]])


def check_precision_and_recall(function):
    """Checks `precision_and_recall(found, sure, possible)` -> two shares of links."""
    def shares(right, found, must, sure):
        return (len(found & right) / len(found) if found else 1.0,
                len(found & must) / len(sure) if sure else 1.0)

    def correct(found, sure, possible):
        return shares(sure | possible, found, sure, sure)

    def sure_left_out(found, sure, possible):
        return shares(possible, found, sure, sure)

    def never_forgives(found, sure, possible):
        return shares(sure, found, sure, sure)

    def all_must_be_found(found, sure, possible):
        return shares(sure | possible, found, sure | possible, sure | possible)

    def swapped(found, sure, possible):
        return correct(found, sure, possible)[::-1]

    check(function, correct, [
        ({(0, 0)}, {(0, 0)}, set()),
        ({(0, 0), (1, 1), (2, 2)}, {(0, 0), (1, 2)}, {(1, 1)}),
        ({(0, 0), (1, 1), (2, 2)}, {(0, 0), (1, 2)}, {(0, 0), (1, 2), (1, 1), (2, 0)}),
        (set(), {(0, 0)}, {(1, 1)}),
        ({(0, 1)}, set(), {(0, 1), (1, 0)}),
    ], {
        "`possible` may come without the sure links; a found link is right if it is in either":
            sure_left_out,
        "precision forgives a link that is only possible": never_forgives,
        "recall asks for the sure links alone": all_must_be_found,
        "precision comes first, recall second": swapped,
    })


def check_coverage_gaps(function):
    """Checks `coverage_gaps(weights, source, least)` -> the source words with less than that."""
    def gaps(totals, source, least):
        return [word for word, total in zip(source, totals, strict=False) if total < least]

    def correct(weights, source, least):
        return gaps(weights.sum(axis=0), source, least)

    def rows(weights, source, least):
        return gaps(weights.sum(axis=1), source, least)

    def greatest(weights, source, least):
        return gaps(weights.max(axis=0), source, least)

    def mean(weights, source, least):
        return gaps(weights.mean(axis=0), source, least)

    def covered(weights, source, least):
        return [word for word in source if word not in correct(weights, source, least)]

    words = ["the", "red", "car"]
    check(function, correct, [
        (np.array([[0.9, 0.1]]), ["it", "is"], 0.5),
        (np.array([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]]), words, 0.65),
        (CROSSING, words, 0.5),
        (CROSSING[:2], words, 0.5),
        (np.array([[0.5, 0.25, 0.25]] * 4), words, 0.75),
    ], {
        "these are totals of the target words; add over the target words, for each source word":
            rows,
        "you take each word's largest weight; several small ones together may be enough": greatest,
        "you take the mean; add the weights up": mean,
        "these are the words that were looked at; wanted are the others": covered,
    })


def check_symmetric(function):
    """Checks `symmetric(weights, back)` -> the links (t, s) that both directions agree on."""
    def turned(links):
        return {(s, t) for t, s in links}

    def correct(weights, back):
        return heaviest_links(weights) & turned(heaviest_links(back))

    def either(weights, back):
        return heaviest_links(weights) | turned(heaviest_links(back))

    def not_turned(weights, back):
        return heaviest_links(weights) & heaviest_links(back)

    def wrong_order(weights, back):
        return turned(correct(weights, back))

    check(function, correct, [
        (np.array([[0.9, 0.1]]), np.array([[1.0], [1.0]])),
        (CROSSING, np.eye(3)[[0, 2, 1]]),
        (CROSSING, np.array([[0.8, 0.1, 0.1], [0.6, 0.1, 0.3], [0.1, 0.8, 0.1]])),
        (np.array([[0.1, 0.7, 0.2], [0.2, 0.2, 0.6]]),
         np.array([[0.7, 0.3], [0.6, 0.4], [0.2, 0.8]])),
        (np.array([[0.1, 0.7, 0.2], [0.1, 0.8, 0.1]]),
         np.array([[0.9, 0.1], [0.1, 0.9], [0.8, 0.2]])),
    ], {
        "you keep what either direction finds; wanted is what both find": either,
        "the links of `back` are (source, target); turn them round before you compare": not_turned,
        "a link is (target position, source position)": wrong_order,
    })


def check_share_of_links(function):
    """Checks `share_of_links(weights, links)` -> share of linked rows looking at a link."""
    def share(found, links, rows):
        return len(found & links) / rows

    def correct(weights, links):
        return share(heaviest_links(weights), links, len({t for t, _ in links}))

    def mirrored(weights, links):
        found = {(s, t) for t, s in heaviest_links(weights)}
        return share(found, links, len({t for t, _ in links}))

    def all_links(weights, links):
        return share(heaviest_links(weights), links, len(links))

    def all_rows(weights, links):
        return share(heaviest_links(weights), links, len(weights))

    def columns(weights, links):
        found = {(int(t), s) for s, t in enumerate(weights.argmax(axis=0))}
        return share(found, links, len({t for t, _ in links}))

    check(function, correct, [
        (np.array([[0.9, 0.1], [0.2, 0.8]]), {(0, 0), (1, 1)}),
        (np.array([[0.1, 0.9], [0.2, 0.8]]), {(0, 1), (1, 0)}),
        (CROSSING, {(0, 0), (1, 2), (2, 1)}),
        (CROSSING, {(0, 0), (0, 1), (1, 2)}),
        (np.vstack([CROSSING, [[0.1, 0.1, 0.8]]]), {(0, 0), (1, 0), (3, 2)}),
    ], {
        "this is the bug as it was planted; look for it from its symptom": mirrored,
        "a word with two links is one word: divide by the words that have links": all_links,
        "a word without a link is not asked: divide by the words that have links": all_rows,
        "you take the heaviest word of each source word; take that of each target word": columns,
    })

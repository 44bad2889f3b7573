"""Exercises of lesson 07: a reference for each check, and what readers get wrong."""

import numpy as np

from seq2seq_tf.checks.lesson_07 import (
    check_coverage_gaps,
    check_precision_and_recall,
    check_share_of_links,
    check_symmetric,
)


def precision_and_recall(found, sure, possible):
    """Link by link."""
    forgiven = [link in sure or link in possible for link in found]
    met = [link in found for link in sure]
    return (np.mean(forgiven) if found else 1.0, np.mean(met) if sure else 1.0)


def coverage_gaps(weights, source, least):
    """Column by column."""
    return [source[s] for s in range(len(source))
            if sum(weights[t, s] for t in range(len(weights))) < least]


def best(row):
    """The position of the largest number."""
    return max(range(len(row)), key=lambda i: row[i])


def symmetric(weights, back):
    """Pair by pair."""
    return {(t, best(row)) for t, row in enumerate(weights) if best(back[best(row)]) == t}


def share_of_links(weights, links):
    """Row by row."""
    hits = {t: False for t, _ in links}
    for t in hits:
        hits[t] = (t, best(weights[t])) in links
    return sum(hits.values()) / len(hits)


REFERENCES = [
    (check_precision_and_recall, precision_and_recall), (check_coverage_gaps, coverage_gaps),
    (check_symmetric, symmetric), (check_share_of_links, share_of_links),
]
MISTAKES = [
    (check_precision_and_recall, lambda a, s, p: (
        len(a & p) / len(a) if a else 1, len(a & s) / len(s) if s else 1), "in either"),
    (check_precision_and_recall, lambda a, s, p: precision_and_recall(a, s, set()), "forgives"),
    (check_precision_and_recall, lambda a, s, p: precision_and_recall(a, s | p, set()),
     "the sure links alone"),
    (check_precision_and_recall, lambda a, s, p: precision_and_recall(a, s, p)[::-1],
     "recall second"),
    (check_coverage_gaps, lambda w, source, least: [
        word for word, row in zip(source, w, strict=False) if sum(row) < least],
     "add over the target words"),
    (check_coverage_gaps, lambda w, source, least: [
        word for word, column in zip(source, w.T, strict=True) if max(column) < least],
     "largest weight"),
    (check_coverage_gaps, lambda w, source, least: coverage_gaps(w / len(w), source, least),
     "add the weights up"),
    (check_coverage_gaps, lambda w, source, least: [
        word for word in source if word not in coverage_gaps(w, source, least)], "the others"),
    (check_symmetric, lambda w, b: {(t, best(row)) for t, row in enumerate(w)} | {
        (best(row), s) for s, row in enumerate(b)}, "what both find"),
    (check_symmetric, lambda w, b: {(t, best(row)) for t, row in enumerate(w)} & {
        (s, best(row)) for s, row in enumerate(b)}, "turn them round"),
    (check_symmetric, lambda w, b: {(s, t) for t, s in symmetric(w, b)}, "target position"),
    (check_share_of_links, lambda w, links: len(
        {(best(row), t) for t, row in enumerate(w)} & links) / len({t for t, _ in links}),
     "the bug as it was planted"),
    (check_share_of_links, lambda w, links: share_of_links(w, links) * len(
        {t for t, _ in links}) / len(links), "two links is one word"),
    (check_share_of_links, lambda w, links: share_of_links(w, links) * len(
        {t for t, _ in links}) / len(w), "is not asked"),
    (check_share_of_links, lambda w, links: len(
        {(best(column), s) for s, column in enumerate(w.T)} & links) / len({t for t, _ in links}),
     "that of each target word"),
]

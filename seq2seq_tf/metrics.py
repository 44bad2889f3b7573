"""Metrics: how far what was written lies from what was right."""

import numpy as np


def edit_distances(hypotheses, references):
    """Counts the insertions, deletions and substitutions between pairs of sequences.

    Args:
        hypotheses: A list of sequences of symbols.
        references: As many sequences.
    Returns:
        Int64 (pairs,), computed by `tf.edit_distance` (Levenshtein, 1966).
    Raises:
        ValueError: The lists differ in length.
    """
    if len(hypotheses) != len(references):
        raise ValueError(f"Each hypothesis must have its reference. Received: {len(hypotheses)} "
                         f"hypotheses and {len(references)} references")
    if not hypotheses:
        return np.zeros(0, "int64")
    import tensorflow as tf

    ids = {}

    def sparse(sequences):
        values = [ids.setdefault(s, len(ids)) for sequence in sequences for s in sequence]
        where = [(i, j) for i, sequence in enumerate(sequences) for j in range(len(sequence))]
        shape = (len(sequences), max(map(len, sequences)))
        return tf.SparseTensor(np.reshape(where, (-1, 2)).astype("int64"),
                               np.asarray(values, "int64"), shape)

    with tf.device("CPU:0"):
        found = tf.edit_distance(sparse(hypotheses), sparse(references), normalize=False)
    return found.numpy().astype("int64")


def error_rates(hypotheses, references):
    """Scores texts against all their right answers, each taken at its nearest one.

    The symbol error rate sums the distances to the nearest answer over the lengths of these
    answers; the sequence error rate is the share of texts that equal none of theirs. For
    pronunciation these are PER and WER. Symbols stand between spaces.

    Args:
        hypotheses: A list of texts.
        references: For each a non-empty collection of right texts.
    Returns:
        (symbol error rate, sequence error rate), in percent.
    Raises:
        ValueError: There is nothing to score, lengths differ, or a text has no right answer.
    """
    if not hypotheses or len(hypotheses) != len(references) or not all(references):
        raise ValueError(
            "`hypotheses` must hold texts, each with at least one reference. Received: "
            f"{len(hypotheses)} texts, {sum(map(bool, references))} with references")
    owner = [i for i, answers in enumerate(references) for _ in answers]
    answers = [answer.split() for group in references for answer in group]
    distances = edit_distances([hypotheses[i].split() for i in owner], answers)
    nearest = {}
    for i, distance, answer in zip(owner, distances, answers, strict=True):
        nearest[i] = min(nearest.get(i, (distance, len(answer))), (distance, len(answer)))
    wrong, length = np.sum(list(nearest.values()), axis=0)
    missed = sum(distance > 0 for distance, _ in nearest.values())
    return 100 * float(wrong / length), 100 * float(missed) / len(hypotheses)

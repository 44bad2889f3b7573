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
    check_references(hypotheses, references)
    owner = [i for i, answers in enumerate(references) for _ in answers]
    answers = [answer.split() for group in references for answer in group]
    distances = edit_distances([hypotheses[i].split() for i in owner], answers)
    nearest = {}
    for i, distance, answer in zip(owner, distances, answers, strict=True):
        nearest[i] = min(nearest.get(i, (distance, len(answer))), (distance, len(answer)))
    wrong, length = np.sum(list(nearest.values()), axis=0)
    missed = sum(distance > 0 for distance, _ in nearest.values())
    return 100 * float(wrong / length), 100 * float(missed) / len(hypotheses)


def check_references(hypotheses, references):
    """Refuses what cannot be scored.

    Raises:
        ValueError: There is nothing to score, lengths differ, or a text has no right answer.
    """
    if not hypotheses or len(hypotheses) != len(references) or not all(references):
        raise ValueError(
            "`hypotheses` must hold texts, each with at least one reference. Received: "
            f"{len(hypotheses)} texts, {sum(map(bool, references))} with references")


def exact_match(hypotheses, targets):
    """Counts the texts that equal their one right answer to the last symbol.

    Args:
        hypotheses: A list of texts.
        targets: As many right ones.
    Returns:
        Their share, in percent.
    Raises:
        ValueError: There is nothing to score, or lengths differ.
    """
    check_references(hypotheses, [[target] for target in targets])
    return 100 * float(np.mean([h == t for h, t in zip(hypotheses, targets, strict=True)]))


def translation_scores(hypotheses, references, lowercase=False, tokenize="13a"):
    """Scores translations as papers do, with sacreBLEU (Post, 2018).

    Args:
        hypotheses: A list of texts, one for each source.
        references: For each a non-empty collection of right texts.
        lowercase: Whether capitals count.
        tokenize: sacreBLEU's tokeniser for BLEU: "13a", "zh" for Chinese, "none" where the texts
            are cut into tokens already.
    Returns:
        {"bleu", "chrf", "ter"} in percent, and {"bleu", "chrf", "ter"} signatures, which say how.
    Raises:
        ValueError: There is nothing to score, lengths differ, or a text has no right answer.
    """
    check_references(hypotheses, references)
    from sacrebleu.metrics import BLEU, CHRF, TER

    most = max(map(len, references))
    streams = [[tuple(group)[i] if i < len(group) else None for group in references]
               for i in range(most)]
    measures = {"bleu": BLEU(lowercase=lowercase, tokenize=tokenize),
                "chrf": CHRF(lowercase=lowercase), "ter": TER(case_sensitive=not lowercase)}
    scores = {name: measure.corpus_score(list(hypotheses), streams).score
              for name, measure in measures.items()}
    return scores, {name: str(measure.get_signature()) for name, measure in measures.items()}


def parse_links(text, first=0):
    """Reads links as alignment files write them: "0-0 1p2" -> sure and possible links.

    Args:
        text: Pairs of positions between spaces, "-" in a sure one, "p" in a possible one.
        first: The number of the first position, 0 or 1.
    Returns:
        Two sets of (left, right), counted from 0: the sure links, and the possible ones alone.
    Raises:
        ValueError: A pair has another form.
    """
    sure, possible = set(), set()
    for pair in text.split():
        left, kind, right = pair.partition("p" if "p" in pair else "-")
        if not (left.isdecimal() and right.isdecimal()):
            raise ValueError(f"A link must look like 3-4 (sure) or 3p4. Received: {pair!r}")
        (possible if kind == "p" else sure).add((int(left) - first, int(right) - first))
    return sure, possible


def alignment_error_rate(found, sure, possible):
    """Scores found links against sure and possible ones, over a whole corpus.

        AER = 1 - (|A and S| + |A and P|) / (|A| + |S|)     (Och & Ney, 2003); P contains S

    Args:
        found, sure, possible: For each sentence pair a set of links. Sure links count as possible,
            whether or not `possible` repeats them.
    Returns:
        A percentage, the lower the better.
    Raises:
        ValueError: The lists differ in length, or there is nothing to score.
    """
    check_as_many(found=found, sure=sure, possible=possible)
    hits = total = 0
    for a, s, p in zip(found, sure, possible, strict=True):
        hits += len(a & s) + len(a & (s | p))
        total += len(a) + len(s)
    if not total:
        raise ValueError("There must be links to score. Received: none")
    return 100 * (1 - hits / total)


def heaviest_links(weights):
    """Links each target symbol to the source symbol that has most of its attention.

    Args:
        weights: Float (T, S).
    Returns:
        A set of T links (target position, source position).
    """
    return {(t, int(np.argmax(row))) for t, row in enumerate(weights)}


def alignment_share(weights, links):
    """Counts how often the heaviest weight of a linked target symbol lies on one of its links.

    Args:
        weights: For each sentence float (T, S).
        links: For each sentence a set of (target position, source position). Symbols without a
            link are not counted.
    Returns:
        A percentage of the linked target symbols.
    Raises:
        ValueError: The lists differ in length, or no symbol has a link.
    """
    check_as_many(weights=weights, links=links)
    linked = hits = 0
    for seen, known in zip(weights, links, strict=True):
        linked += len({t for t, _ in known})
        hits += len(heaviest_links(seen) & set(known))
    if not linked:
        raise ValueError("There must be linked symbols to score. Received: none")
    return 100 * hits / linked


def paired_bootstrap(first, second, resamples=10_000, seed=0):
    """Asks whether one system is better than another, or lucky with these examples.

    Both are scored on the same examples, drawn again and again with replacement (Koehn, 2004).

    Args:
        first, second: For each example whether the system was right, bool (N,) each.
        resamples: How often N examples are drawn.
        seed: Determines the draws.
    Returns:
        How many percentage points the second is better, a float; the bounds between which 95 % of
        the drawn differences lie, two floats; and the share of draws in which it is better.
    Raises:
        ValueError: The two differ in length, or there is nothing to compare.
    """
    first, second = np.asarray(first, bool), np.asarray(second, bool)
    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError("`first` and `second` must be two lists of one length, one entry for each "
                         f"example. Received: shapes {first.shape} and {second.shape}")
    # How often a draw takes an example that only the second, only the first, or both get right.
    gains = [np.mean(second & ~first), np.mean(first & ~second), np.mean(first == second)]
    counts = np.random.default_rng(seed).multinomial(len(first), gains, resamples)
    drawn = 100 * (counts[:, 0] - counts[:, 1]) / len(first)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return 100 * float(gains[0] - gains[1]), float(low), float(high), float(np.mean(drawn > 0))


def entropy(weights):
    """Measures how widely each row of weights is spread, in bits.

    Args:
        weights: Float (T, S), each row sums to one.
    Returns:
        Float (T,): 0 where one symbol has it all, log2 S where all have the same (Shannon, 1948).
    """
    weights = np.asarray(weights, "float64")
    return -np.sum(weights * np.log2(np.where(weights > 0, weights, 1.0)), axis=-1)


def coverage(weights):
    """Adds up how much attention each source symbol gets from all target symbols.

    Args:
        weights: Float (T, S).
    Returns:
        Float (S,): about 1 where a symbol is translated once, near 0 where it is overlooked.
    """
    return np.sum(np.asarray(weights, "float64"), axis=0)


def check_as_many(**lists):
    """Refuses lists of different length.

    Raises:
        ValueError: Names them and their lengths.
    """
    if len({len(items) for items in lists.values()}) > 1:
        names = ", ".join(f"`{name}`" for name in lists)
        sizes = ", ".join(f"{name} {len(items)}" for name, items in lists.items())
        raise ValueError(f"{names} must have one entry for each sentence. Received: {sizes}")

"""Batches: from pairs of texts to padded ids, in an order that (seed, epoch) determines."""

import numpy as np

from seq2seq_tf.guards import check_sizes
from seq2seq_tf.vocabulary import END, START, pad


def epoch_order(lengths, batch_size, seed, epoch):
    """Groups examples of like length into batches and shuffles the batches.

    Args:
        lengths: Int (examples, any): what to group by, the most important column first.
        batch_size: Most examples in a batch.
        seed, epoch: Together they determine the order, and nothing else does.
    Returns:
        A list of int arrays, the examples of each batch. Every example stands in one of them.
    """
    random = np.random.default_rng((seed, epoch))
    keys = [random.random(len(lengths)), *np.asarray(lengths).T[::-1]]
    order = np.lexsort(keys)  # by length; among equals at random
    groups = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    return [groups[i] for i in random.permutation(len(groups))]


def steps_per_epoch(examples, batch_size):
    """Counts the batches of one pass."""
    return -(-examples // batch_size)


def batches(pairs, source_vocabulary, target_vocabulary, batch_size=64, seed=0, epoch=0,
            max_source=None, max_target=None):
    """Makes the `tf.data.Dataset` that `Seq2Seq.fit` wants, one pass over it an epoch.

    Args:
        pairs: A list of (source text, target text).
        source_vocabulary, target_vocabulary: What turns them into ids.
        batch_size: Most pairs in a batch, all of like length.
        seed: With the epoch's number it determines the order.
        epoch: Number of the epoch that the first pass stands for; each further pass is the next.
        max_source, max_target: Most symbols of a text.
    Returns:
        A dataset of ({"source": (B, S), "target": (B, T)}, targets (B, T)), all int32: the
        target begins with start, the targets end with end.
    Raises:
        ValueError: There are no pairs, or a text is refused by its vocabulary.
    """
    check_sizes(batch_size=batch_size)
    if not pairs:
        raise ValueError("`pairs` must hold at least one pair. Received: none")
    import tensorflow as tf

    source = [source_vocabulary.encode(s, max_source) for s, _ in pairs]
    target = [target_vocabulary.encode(t, max_target) for _, t in pairs]
    lengths = [(len(t), len(s)) for s, t in zip(source, target, strict=True)]
    passes = iter(range(epoch, 2**62))

    def generate():
        for chosen in epoch_order(lengths, batch_size, seed, next(passes)):
            yield (
                {"source": pad([source[i] for i in chosen]),
                 "target": pad([[START] + target[i] for i in chosen])},
                pad([target[i] + [END] for i in chosen]),
            )

    ids = tf.TensorSpec((None, None), tf.int32)
    data = tf.data.Dataset.from_generator(
        generate, output_signature=({"source": ids, "target": ids}, ids))
    count = steps_per_epoch(len(pairs), batch_size)
    return data.apply(tf.data.experimental.assert_cardinality(count)).prefetch(4)

"""Batches: the shift by one, buckets, and an order that (seed, epoch) determines."""

import numpy as np
import pytest

from seq2seq_tf.batches import batches, epoch_order, steps_per_epoch
from seq2seq_tf.vocabulary import END, START, CharacterVocabulary

VOCABULARY = CharacterVocabulary("abcdefgh")
PAIRS = [("ab", "hg"), ("c", "fed"), ("abcde", "h"), ("gh", "ab"), ("h", "g")]


def collect(dataset):
    return [[np.array(inputs["source"]), np.array(inputs["target"]), np.array(targets)]
            for inputs, targets in dataset]


def test_targets_are_the_decoders_input_shifted_by_one():
    for _, target, answers in collect(batches(PAIRS, VOCABULARY, VOCABULARY, 2)):
        for given, wanted in zip(target, answers, strict=True):
            given, wanted = given[given > 0], wanted[wanted > 0]
            assert given[0] == START
            assert wanted[-1] == END
            assert given[1:].tolist() == wanted[:-1].tolist()


def test_every_pair_comes_once_an_epoch():
    found = [
        (VOCABULARY.decode(s), VOCABULARY.decode(t))
        for source, _, target in collect(batches(PAIRS, VOCABULARY, VOCABULARY, 2))
        for s, t in zip(source, target, strict=True)]
    assert sorted(found) == sorted(PAIRS)
    assert steps_per_epoch(5, 2) == 3 == len(batches(PAIRS, VOCABULARY, VOCABULARY, 2))


def flat(epoch):
    return [array.tolist() for batch in epoch for array in batch]


def test_the_order_is_a_function_of_seed_and_epoch():
    pairs = [("ab"[: 1 + i % 2], "abcdefgh"[i % 7 :]) for i in range(40)]
    stream = batches(pairs, VOCABULARY, VOCABULARY, 4, seed=1)
    first, second, third = (flat(collect(stream)) for _ in range(3))
    assert first != second != third
    resumed = batches(pairs, VOCABULARY, VOCABULARY, 4, seed=1, epoch=2)
    assert flat(collect(resumed)) == third
    assert flat(collect(batches(pairs, VOCABULARY, VOCABULARY, 4, seed=2))) != first


def test_a_batch_holds_examples_of_like_length():
    random = np.random.default_rng(0)
    lengths = random.integers(3, 20, (1000, 1)) + random.integers(-2, 3, (1000, 2))

    def share_of_real_tokens(groups):
        return lengths.sum() / sum(len(g) * lengths[g].max(axis=0).sum() for g in groups)

    groups = epoch_order(lengths, 32, seed=0, epoch=0)
    assert sorted(np.concatenate(groups)) == list(range(1000))
    assert max(map(len, groups)) == 32
    assert share_of_real_tokens(groups) > 0.85
    assert share_of_real_tokens(np.split(random.permutation(1000), range(32, 1000, 32))) < 0.6


@pytest.mark.parametrize(("pairs", "changes", "message"), [
    ([], {}, "at least one pair"),
    ([("", "a")], {}, "at least one symbol"),
    ([("a", "")], {}, "at least one symbol"),
    ([("abc", "a")], {"max_source": 2}, "at most 2 symbols"),
    ([("a", "abc")], {"max_target": 2}, "at most 2 symbols"),
    (PAIRS, {"batch_size": 0}, "`batch_size` must be an integer of at least 1"),
])
def test_pairs_that_cannot_be_used_are_refused(pairs, changes, message):
    with pytest.raises(ValueError, match=message):
        batches(pairs, VOCABULARY, VOCABULARY, **changes)


def test_seed_and_epoch_do_not_stand_for_each_other():
    lengths = np.ones((100, 2), int)
    orders = [np.concatenate(epoch_order(lengths, 8, seed, epoch)).tolist()
              for seed, epoch in ((1, 2), (2, 1), (3, 0), (0, 3))]
    assert len({tuple(order) for order in orders}) == 4


def test_a_batch_has_other_members_in_another_epoch():
    lengths = np.ones((100, 2), int)
    members = [{frozenset(group) for group in epoch_order(lengths, 10, 0, epoch)}
               for epoch in (0, 1)]
    assert not members[0] & members[1]


def test_the_first_column_of_lengths_matters_most():
    lengths = np.stack([np.arange(100) % 10, np.arange(100) // 10], axis=1)
    for group in epoch_order(lengths, 10, seed=0, epoch=0):
        assert len(set(lengths[group, 0])) == 1

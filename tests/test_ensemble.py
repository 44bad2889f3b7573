"""Ensembles: the mean of probabilities, in both ways to run, and one model like any other."""

import numpy as np
import pytest
from keras import ops

from conftest import make_model, source_and_target
from seq2seq_tf.ensemble import ensemble
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.vocabulary import END, START, CharacterVocabulary


@pytest.fixture(scope="module")
def members():
    return [make_model("dot", "gru", seed=1), make_model("none", "lstm", layers=2, seed=2),
            make_model("bahdanau", "lstm", seed=3), make_model("transformer", layers=2, seed=4)]


def test_its_probabilities_are_the_mean_of_theirs(members):
    source, target = source_and_target()
    both = ensemble(members)
    have = ops.softmax(both({"source": source, "target": target}))
    wanted = [ops.softmax(model({"source": source, "target": target})) for model in members]
    np.testing.assert_allclose(have, np.mean([np.array(w) for w in wanted], axis=0), atol=1e-6)


def test_step_unrolled_gives_what_the_call_gives(members):
    source, target = source_and_target()
    both = ensemble(members)
    memory, mask, state = both.encoder(source)
    prepared = both.decoder.prepare(memory, mask)
    logits, _ = both.decoder(target, state, prepared)
    state = both.decoder.begin(state, prepared, target.shape[1])
    for t in range(target.shape[1]):
        log_probs, state = both.decoder.step(target[:, t], state, prepared)
        np.testing.assert_allclose(log_probs, ops.log_softmax(logits[:, t]), atol=1e-5)


@pytest.mark.slow
def test_its_weights_are_the_mean_of_those_who_look(members):
    words, answers = ["abc", "de"], ["gab", "f"]
    looks = [model.look(words, answers) for model in members]
    for i, have in enumerate(ensemble(members).look(words, answers)):
        np.testing.assert_allclose(have, (looks[0][i] + looks[2][i] + looks[3][i]) / 3,
                                   atol=1e-6)
    assert ensemble(members[1:2]).look(words, answers) == [None, None]


@pytest.mark.slow
def test_a_transformer_and_a_recurrent_model_vote_together(members):
    """Greedy search by hand, each with its own kind of state."""
    pair = [members[3], members[0]]
    both = ensemble(pair)
    for word, found in zip(["abc", "g"], both.translate(["abc", "g"]), strict=True):
        source, ids = both.source_vocabulary.batch([word]), [START]
        while len(ids) <= both.max_target and ids[-1] != END:
            inputs = {"source": source, "target": np.array([ids])}
            ids.append(int(np.argmax(sum(ops.softmax(m(inputs))[0, -1] for m in pair))))
        assert found == both.target_vocabulary.decode(ids[1:])


@pytest.mark.slow
def test_the_vote_of_one_is_its_own(members):
    words = ["abc", "g", "fedcba"]
    alone = ensemble(members[:1])
    assert alone.translate(words, width=3) == members[0].translate(words, width=3)


@pytest.mark.slow
def test_a_beam_follows_each_members_state(members):
    """Scored again by the teacher-forced call, each hypothesis has the score that it was given."""
    both = ensemble(members)
    found = both.hypotheses(["abcde", "ga"], 4)
    for word, best in zip(["abcde", "ga"], found, strict=True):
        for text, score in best:
            ids = both.target_vocabulary.encode(text) if text else []
            ended = [*ids, END][: both.max_target]
            source = both.source_vocabulary.batch([word])
            target = np.array([[START, *ended[:-1]]])
            log_p = ops.log_softmax(both({"source": source, "target": target}))[0]
            assert score == pytest.approx(sum(float(log_p[t, w]) for t, w in enumerate(ended)),
                                          abs=1e-4)


@pytest.mark.slow
def test_it_is_saved_as_one_model(members, tmp_path):
    both = ensemble(members)
    both.save(tmp_path / "both.keras")
    loaded = Seq2Seq.load(tmp_path / "both.keras")
    words = ["abc", "g", "fedcba"]
    assert loaded.translate(words, width=2) == both.translate(words, width=2)


def test_members_that_speak_differently_are_refused(members):
    other = make_model()
    other.target_vocabulary = CharacterVocabulary("gfedcba")
    with pytest.raises(ValueError, match="same target_vocabulary.*another one in model 3"):
        ensemble([*members[:2], other])
    with pytest.raises(ValueError, match="at least one model"):
        ensemble([])

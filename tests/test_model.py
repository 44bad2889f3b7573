"""Seq2Seq: fits, translates, saves, loads, and refuses what it cannot use."""

import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
from keras import ops

from conftest import DECODERS, LETTERS, make_model, source_and_target
from seq2seq_tf.batches import batches
from seq2seq_tf.decoders import RecurrentDecoder
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.masking import padding_mask
from seq2seq_tf.model import Seq2Seq
from seq2seq_tf.vocabulary import END, START, CharacterVocabulary

WORDS = ["abc", "g", "fedcba", "aa", "bdfg"]


def test_translate_equals_one_step_after_another(decoder):
    """The compiled, batched, padded search against a plain loop over one text."""
    model = make_model(decoder)
    for word, found in zip(WORDS, model.translate(WORDS), strict=True):
        memory, mask, state = model.encoder(model.source_vocabulary.batch([word]))
        source = model.decoder.prepare(memory, mask)
        state = model.decoder.begin(state, source, model.max_target)
        ids, token = [], START
        while len(ids) < model.max_target and token != END:
            log_probs, state = model.decoder.step(np.array([token]), state, source)
            token = int(np.argmax(log_probs[0]))
            ids.append(token)
        assert found == model.target_vocabulary.decode(ids)


def test_order_and_batch_size_change_no_translation(decoder):
    model = make_model(decoder)
    wanted = model.translate(WORDS)
    assert model.translate(WORDS[::-1])[::-1] == wanted
    assert model.translate(WORDS, batch_size=2) == wanted
    assert [model.translate([word])[0] for word in WORDS] == wanted


def test_weights_belong_to_what_was_written(decoder):
    model = make_model(decoder)
    texts, weights = model.translate(WORDS, return_weights=True)
    for word, text, seen in zip(WORDS, texts, weights, strict=True):
        if decoder == "none":
            assert seen is None
            continue
        symbols = model.target_vocabulary.encode(text) if text else []
        target = np.array([[START, *symbols]], "int32")
        _, wanted = model.forced(model.source_vocabulary.batch([word]), target)
        assert seen.shape == (len(symbols), len(word))
        np.testing.assert_allclose(seen, wanted[0, :-1], atol=1e-5)


def test_greedy_scores_equal_the_teacher_forced_ones(decoder):
    model = make_model(decoder)
    source = model.source_vocabulary.batch(WORDS)
    ids, lengths, scores = (np.array(part) for part in model._search(source))
    start = np.full((len(ids), 1), START, "int32")
    logits, _ = model.forced(source, np.concatenate([start, ids[:, :-1]], axis=1))
    log_p = np.array(ops.log_softmax(logits, axis=-1))
    for row, length, score in zip(range(len(ids)), lengths, scores, strict=True):
        wanted = sum(log_p[row, t, ids[row, t]] for t in range(length))
        assert score == pytest.approx(wanted, abs=1e-4)


def test_one_graph_serves_all_shapes():
    model = make_model()
    for n in range(1, 6):
        model.translate(WORDS[:1] * n, return_weights=True)
        model.translate(["abcdefgabcdefg"] * n, return_weights=True)
    assert model._search.experimental_get_tracing_count() == 1
    assert model._forced.experimental_get_tracing_count() == 1


def test_initial_loss_is_near_ln_v(recurrent):
    keras.utils.set_random_seed(0)
    small = make_model(recurrent)
    model = Seq2Seq.from_config(small.get_config())  # with Keras's own start, not a large one
    model.compile()
    source, target = source_and_target()
    targets = np.roll(target, -1, axis=1) * (target > 0)
    loss = model.evaluate({"source": source, "target": target}, targets, verbose=0)[0]
    assert loss == pytest.approx(np.log(len(LETTERS) + 4), rel=0.05)


def test_the_reported_loss_weighs_every_token_the_same():
    model = make_model()
    model.compile()
    source, target = source_and_target()
    targets = np.where(target > 0, np.roll(target, -1, axis=1), 0)
    log_p = np.array(ops.log_softmax(model.forced(source, target)[0], axis=-1))
    real = [(b, t) for b in range(3) for t in range(4) if targets[b, t] > 0]
    wanted = np.mean([-log_p[b, t, targets[b, t]] for b, t in real])
    inputs = {"source": source, "target": target}
    for batch_size in (1, 2, 3):
        logs = model.evaluate(inputs, targets, batch_size=batch_size, return_dict=True, verbose=0)
        assert set(logs) == {"loss", "accuracy"}
        assert logs["loss"] == pytest.approx(wanted, abs=1e-5)


@pytest.mark.slow
def test_it_learns_to_copy_words_it_has_never_seen(recurrent):
    random = np.random.default_rng(0)
    words = {"".join(random.choice(list(LETTERS), random.integers(2, 5))) for _ in range(1500)}
    words = sorted(words)
    random.shuffle(words)
    held_out, seen = words[:50], words[50:]
    keras.utils.set_random_seed(0)
    vocabulary = CharacterVocabulary(LETTERS)
    sizes = {"embedding_size": 16, "units": 48, "cell": "gru"}
    model = Seq2Seq(RecurrentEncoder(11, **sizes), DECODERS[recurrent](11, **sizes),
                    vocabulary, vocabulary, max_target=12)
    data = batches([(w, w) for w in seen], vocabulary, vocabulary, 32)
    model.compile(keras.optimizers.Adam(0.01))
    model.fit(data, epochs=15, shuffle=False, verbose=0)
    right = sum(a == b for a, b in zip(held_out, model.translate(held_out), strict=True))
    assert right >= 35, f"{right} of 50 unseen words copied"


@pytest.mark.slow
def test_a_loaded_model_translates_as_before(decoder, tmp_path):
    model = make_model(decoder, layers=2)
    model.compile(keras.optimizers.Adam(0.01))
    wanted, weights = model.translate(WORDS, return_weights=True)
    model.save(tmp_path / "model.keras")
    loaded = Seq2Seq.load(tmp_path / "model.keras")
    found, again = loaded.translate(WORDS, return_weights=True)
    assert found == wanted
    if decoder != "none":
        np.testing.assert_allclose(np.concatenate([w.ravel() for w in again]),
                                   np.concatenate([w.ravel() for w in weights]), atol=1e-6)
    assert (loaded.max_source, loaded.max_target) == (20, 12)


@pytest.mark.slow
def test_training_goes_on_after_loading(tmp_path):
    """The optimiser's moments are saved too: two epochs equal one, a save, a load, and one."""
    def fit(model, epoch):
        data = batches([(w, w) for w in WORDS], model.source_vocabulary, model.target_vocabulary,
                       2, epoch=epoch)
        return model.fit(data, shuffle=False, verbose=0).history["loss"][0]

    whole = make_model(cell="gru")
    whole.compile(keras.optimizers.Adam(0.01))
    fit(whole, 0)
    whole.save(tmp_path / "model.keras")
    resumed = Seq2Seq.load(tmp_path / "model.keras")
    assert fit(resumed, 1) == pytest.approx(fit(whole, 1), abs=1e-6)
    for have, want in zip(resumed.weights, whole.weights, strict=True):
        np.testing.assert_allclose(have, want, atol=1e-6)


@pytest.mark.slow
def test_a_fresh_process_loads_it_too(tmp_path):
    model = make_model("additive")
    model.save(tmp_path / "model.keras")
    code = ("import sys; from seq2seq_tf.model import Seq2Seq;"
            "print(*Seq2Seq.load(sys.argv[1]).translate(sys.argv[2:]), sep='\\n')")
    found = subprocess.run([sys.executable, "-c", code, tmp_path / "model.keras", *WORDS],
                           capture_output=True, text=True, check=True)
    assert found.stdout.split("\n")[:-1] == model.translate(WORDS)
    assert found.stderr == ""


def test_damaged_and_foreign_files_are_refused(tmp_path):
    path = tmp_path / "model.keras"
    make_model().save(path)
    whole = path.read_bytes()
    foreign = tmp_path / "foreign.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(foreign)
    damaged = {"cut.keras": whole[: len(whole) // 2], "text.keras": b"not a model",
               "empty.keras": b""}
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
    for name in [*damaged, "missing.keras"]:
        with pytest.raises(ValueError, match=r"must be a \.keras file saved by Seq2Seq"):
            Seq2Seq.load(tmp_path / name)
    with pytest.raises(ValueError, match="must hold a Seq2Seq. Received: a Sequential"):
        Seq2Seq.load(foreign)


def test_a_file_that_carries_code_is_not_run(tmp_path, monkeypatch):
    """A Lambda layer runs Python from the file; only `safe_mode` keeps it from doing so."""
    ran = tmp_path / "ran"
    monkeypatch.chdir(tmp_path)
    hostile = keras.Sequential([
        keras.Input((2,)), keras.layers.Lambda(lambda x: (__import__("os").mkdir("ran"), x)[1])])
    hostile.save(tmp_path / "hostile.keras")
    with zipfile.ZipFile(tmp_path / "hostile.keras") as file:
        assert b"lambda" in file.read("config.json")
    if ran.exists():
        ran.rmdir()  # it ran when the model was made, as any code of one's own does
    with pytest.raises(ValueError, match="saved by Seq2Seq"):
        Seq2Seq.load(tmp_path / "hostile.keras")
    assert not ran.exists()


def test_saving_in_the_middle_of_nowhere_leaves_the_model_alone(tmp_path):
    model = make_model()
    with pytest.raises((ValueError, OSError)):
        model.save(tmp_path / "no" / "such" / "folder" / "model.keras")
    assert model.translate(["abc"])


@pytest.mark.parametrize(("texts", "message"), [
    (["abc", ""], "at least one symbol. Received: ''"),
    (["a" * 21], "at most 20 symbols. Received 21"),
    ("abc", "a list of texts. Received: one string"),
])
def test_texts_that_cannot_be_translated_are_refused(texts, message):
    with pytest.raises(ValueError, match=message):
        make_model().translate(texts)


def test_no_texts_give_no_translations():
    assert make_model().translate([]) == []


def test_symbols_outside_the_vocabulary_are_read_as_unknown():
    model = make_model()
    assert model.translate(["a?b"]) == model.translate(["a!b"])


def test_a_vocabulary_of_another_size_is_refused():
    model = make_model()
    with pytest.raises(ValueError, match="The encoder's `vocabulary_size` must be 6"):
        Seq2Seq(model.encoder, model.decoder, CharacterVocabulary("xy"), model.target_vocabulary)


def test_layers_that_do_not_fit_each_other_are_refused():
    vocabulary = CharacterVocabulary(LETTERS)
    model = Seq2Seq(RecurrentEncoder(11, 6, units=8), RecurrentDecoder(11, 6, units=10),
                    vocabulary, vocabulary)
    with pytest.raises(ValueError, match="encoder and decoder must agree"):
        model.translate(["abc"])


@pytest.mark.slow
def test_mixed_precision_gives_finite_losses_and_full_precision_scores():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = make_model("additive")
        source, target = source_and_target()
        logits, weights = model.forced(source, target)
        assert (logits.dtype, weights.dtype) == ("float16", "float16")
        assert np.all(np.array(weights)[~np.array(padding_mask(source))[:, None].repeat(4, 1)] == 0)
        model.compile()
        data = batches([(w, w) for w in WORDS], model.source_vocabulary, model.target_vocabulary)
        assert np.isfinite(model.fit(data, shuffle=False, verbose=0).history["loss"][0])
        assert model._search(source)[2].dtype == "float32"
        assert len(model.translate(WORDS)) == len(WORDS)
    finally:
        keras.config.set_dtype_policy("float32")


def test_look_gives_what_translate_saw(decoder):
    model = make_model(decoder)
    texts, weights = model.translate(WORDS, return_weights=True)
    pairs = [(word, text, seen) for word, text, seen in zip(WORDS, texts, weights, strict=True)
             if text]
    looked = model.look([word for word, *_ in pairs], [text for _, text, _ in pairs], batch_size=2)
    for (_, _, seen), again in zip(pairs, looked, strict=True):
        if decoder == "none":
            assert again is None
        else:
            np.testing.assert_allclose(again, seen, atol=1e-6)


def test_look_wants_as_many_targets():
    with pytest.raises(ValueError, match="one length. Received: 2 and 1"):
        make_model().look(["ab", "c"], ["d"])


def log_p(model, word, text):
    """log p(text, end | word) by one teacher-forced call."""
    target = [*model.target_vocabulary.encode(text)] if text else []
    logits, _ = model.forced(model.source_vocabulary.batch([word]),
                             np.array([[START, *target]], "int32"))
    log_probs = np.array(ops.log_softmax(logits, axis=-1))[0]
    return sum(log_probs[t, w] for t, w in enumerate([*target, END]))


@pytest.mark.slow
def test_hypotheses_have_the_scores_that_the_model_gives_them(decoder):
    model = make_model(decoder)
    for word, found in zip(WORDS, model.hypotheses(WORDS, width=3), strict=True):
        assert 1 <= len(found) <= 3
        scores = [score for _, score in found]
        assert scores == sorted(scores, reverse=True)
        for text, score in found:
            if len(text) < model.max_target:  # one that was cut has no end
                assert score == pytest.approx(log_p(model, word, text), abs=1e-3), word


@pytest.mark.slow
def test_translate_with_a_width_gives_the_first_hypothesis_in_the_texts_order():
    model = make_model("dot")
    wide = model.translate(WORDS, width=4)
    assert wide == [found[0][0] for found in model.hypotheses(WORDS, width=4, batch_size=2)]
    assert wide != model.translate(WORDS)
    with pytest.raises(ValueError, match="must be a list of texts. Received: one string"):
        model.hypotheses("word", width=2)


@pytest.mark.slow
def test_weights_of_a_beam_belong_to_what_it_wrote():
    model = make_model("dot")
    texts, weights = model.translate(WORDS, return_weights=True, width=3)
    for word, text, seen in zip(WORDS, texts, weights, strict=True):
        assert seen.shape == (len(text), len(word))
        if text:
            np.testing.assert_allclose(model.look([word], [text])[0], seen, atol=1e-5)


@pytest.mark.parametrize("width", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_weights_that_became_nan_are_refused(width):
    model = make_model()
    model.decoder.readout.kernel.assign(model.decoder.readout.kernel * np.nan)
    with pytest.raises(ValueError, match="Received: NaN or a number above 0 while row 0"):
        model.translate(["abc"], width=width)
    with pytest.raises(ValueError, match="Received: NaN or a number above 0 while row 0"):
        model.hypotheses(["abc"], width=width)

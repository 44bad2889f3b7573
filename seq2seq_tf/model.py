"""Seq2Seq: encoder, decoder and both vocabularies in one model that fits, translates and saves."""

import functools

import keras
import numpy as np
from keras import ops

from seq2seq_tf.guards import check_scores, check_sizes
from seq2seq_tf.masking import MaskedAccuracy, MaskedCrossentropy, padding_mask
from seq2seq_tf.search import beam_search, graph, greedy
from seq2seq_tf.vocabulary import END, START, pad


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class Seq2Seq(keras.Model):
    """Learns to turn one sequence into another, and translates texts.

        p(Y | X) = product over t of p(y_t | y_1 ... y_{t-1}, X)

    Args:
        encoder: Such as `RecurrentEncoder`.
        decoder: Such as `LuongDecoder`.
        source_vocabulary, target_vocabulary: `Vocabulary` objects; saved with the model.
        max_source: Most symbols of a source text.
        max_target: Most symbols that are written for one text, the end token included.
    Call arguments:
        inputs: {"source": int (B, S), "target": int (B, T)}; the target begins with the start
            token, the end token is left to the loss: `batches` makes both.
    Returns:
        Logits (B, T, V).
    Raises:
        ValueError: A vocabulary's size differs from its layer's, or a maximum is below 1.
    Lesson: notebooks/04_encoder_decoder.ipynb
    """

    def __init__(self, encoder, decoder, source_vocabulary, target_vocabulary,
                 max_source=64, max_target=64, **kwargs):
        super().__init__(**kwargs)
        check_sizes(max_source=max_source, max_target=max_target)
        check_vocabulary("encoder", encoder.vocabulary_size, source_vocabulary)
        check_vocabulary("decoder", decoder.vocabulary_size, target_vocabulary)
        self.encoder, self.decoder = encoder, decoder
        self.source_vocabulary, self.target_vocabulary = source_vocabulary, target_vocabulary
        self.max_source, self.max_target = max_source, max_target
        self.step = decoder.step  # stored once: search traces a graph for each new object
        self.token_loss = keras.metrics.Mean(name="token_loss")
        self.build()

    def build(self, input_shape=None):
        for layer in (self.encoder, self.decoder):
            if not layer.built:  # a loaded one is
                layer.build()

    def call(self, inputs, training=None):
        return self.forced(inputs["source"], inputs["target"], training)[0]

    def forced(self, source, target, training=None):
        """Runs the decoder over a given target (teacher forcing).

        Args:
            source: Int (B, S).
            target: Int (B, T), beginning with the start token.
            training: Whether dropout is on.
        Returns:
            Logits (B, T, V) and weights (B, T, S), or None without attention.
        """
        memory, mask, state = self.encoder(source, training=training)
        prepared = self.decoder.prepare(memory, mask)
        return self.decoder(target, state, prepared, training=training)

    def compile(self, optimizer="adam", loss=None, metrics=None, jit_compile=False, **kwargs):
        """Compiles as Keras does; loss and accuracy count the real target tokens alone."""
        loss = MaskedCrossentropy() if loss is None else loss
        metrics = [MaskedAccuracy()] if metrics is None else metrics
        super().compile(optimizer, loss, metrics=metrics, jit_compile=jit_compile, **kwargs)
        self.optimizer.build(self.trainable_variables)

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Reports a loss in which every real token weighs the same, whatever its batch."""
        loss = self.compute_loss(x, y, y_pred, sample_weight, training=False)
        self.token_loss.update_state(loss, sample_weight=ops.sum(
            ops.cast(padding_mask(y), "float32")))
        return super().compute_metrics(x, y, y_pred, sample_weight)

    def get_metrics_result(self):
        logs = super().get_metrics_result()
        logs["loss"] = logs.pop("token_loss")
        return logs

    def translate(self, texts, return_weights=False, batch_size=128, width=1, length_penalty=0.0):
        """Writes a translation of each text.

        Args:
            texts: A list of source texts.
            return_weights: Also give, for each text, what each written symbol looked at.
            batch_size: How many texts run at once.
            width: 1 for greedy search, more for a beam of that width.
            length_penalty: As in `beam_search`.
        Returns:
            A list of texts, in order; with `return_weights` also a list of arrays
            (written symbols, source symbols), the end token left out; None without attention.
        Raises:
            ValueError: A text is empty, longer than `max_source`, or refused by the vocabulary; or
                the weights are NaN, after a training that failed.
        """
        search = self._search if width == 1 else self._beam(width, 1, length_penalty)
        found, weights = [""] * len(texts), [None] * len(texts)
        for chosen, rows in self._encoded(texts, batch_size):
            source = pad(rows)
            ids, _, scores, *_ = search(source)
            check_scores(scores)
            ids = ops.convert_to_numpy(ids).reshape(len(rows), -1)
            seen = self._weights(source, ids) if return_weights else None
            for row, i in enumerate(chosen):
                found[i] = self.target_vocabulary.decode(ids[row])
                if seen is not None:
                    symbols = self.target_vocabulary.positions(ids[row])
                    weights[i] = seen[row, symbols, : len(rows[row])]
        return (found, weights) if return_weights else found

    def hypotheses(self, texts, width, length_penalty=0.0, batch_size=128):
        """Lists what a beam search found for each text, the best first.

        Args:
            texts, length_penalty, batch_size: As in `translate`.
            width: How many hypotheses live at once, and are returned.
        Returns:
            For each text a list of up to `width` pairs (text, score).
        """
        search, found = self._beam(width, width, length_penalty), [[]] * len(texts)
        for chosen, rows in self._encoded(texts, batch_size):
            ids, lengths, scores, _ = map(ops.convert_to_numpy, search(pad(rows)))
            check_scores(scores)
            for row, i in enumerate(chosen):
                found[i] = [(self.target_vocabulary.decode(ids[row, n]), float(scores[row, n]))
                            for n in range(width) if lengths[row, n]]
        return found

    def _encoded(self, texts, batch_size):
        """Yields texts of like length: their numbers, and their ids."""
        if isinstance(texts, str):
            raise ValueError("`texts` must be a list of texts. Received: one string")
        rows = [self.source_vocabulary.encode(text, self.max_source) for text in texts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        for first in range(0, len(order), batch_size):
            chosen = order[first : first + batch_size]
            yield chosen, [rows[i] for i in chosen]

    def look(self, texts, targets, batch_size=128):
        """Finds what each symbol of given translations looks at.

        Args:
            texts: A list of source texts.
            targets: As many target texts.
            batch_size: How many pairs run at once.
        Returns:
            A list of arrays (target symbols, source symbols); None without attention.
        Raises:
            ValueError: The lists differ in length, or a text is refused by its vocabulary.
        """
        if len(texts) != len(targets):
            raise ValueError("`texts` and `targets` must be of one length. "
                             f"Received: {len(texts)} and {len(targets)}")
        found = []
        for first in range(0, len(texts), batch_size):
            part = slice(first, first + batch_size)
            rows = [self.source_vocabulary.encode(text, self.max_source) for text in texts[part]]
            ids = [self.target_vocabulary.encode(text, self.max_target) for text in targets[part]]
            seen = self._weights(pad(rows), pad(ids))
            found += [None if seen is None else seen[i, : len(y), : len(x)]
                      for i, (x, y) in enumerate(zip(rows, ids, strict=True))]
        return found

    def begin(self, tokens):
        """Reads sources, int (B, S), and gives what a search begins with.

        Returns:
            Start tokens, int (B,); the decoder's first state; and the source as it wants to see it.
        """
        memory, mask, state = self.encoder(tokens)
        source = self.decoder.prepare(memory, mask)
        start = ops.full((ops.shape(tokens)[0],), START, dtype="int32")
        return start, self.decoder.begin(state, source, self.max_target), source

    @functools.cached_property
    def _search(self):
        def search(tokens):
            return greedy(self.step, *self.begin(tokens), end=END, max_length=self.max_target)

        return graph(search, 2)

    @functools.cached_property
    def _beam(self):
        @functools.cache  # a graph for each setting
        def compiled(width, n_best, length_penalty):
            def search(tokens):
                return beam_search(
                    self.step, *self.begin(tokens), end=END, width=width, n_best=n_best,
                    max_length=self.max_target, length_penalty=length_penalty)

            return graph(search, 2)

        return compiled

    @functools.cached_property
    def _forced(self):
        return graph(lambda source, target: self.forced(source, target), 2, 2)

    def _weights(self, source, ids):
        """Looks once more, teacher-forced by what was written: (B, T, S)."""
        start = np.full((len(ids), 1), START, "int32")
        weights = self._forced(source, np.concatenate([start, ids[:, :-1]], axis=1))[1]
        return None if weights is None else ops.convert_to_numpy(weights)

    def get_config(self):
        parts = ("encoder", "decoder", "source_vocabulary", "target_vocabulary")
        config = {part: keras.saving.serialize_keras_object(getattr(self, part)) for part in parts}
        return {"name": self.name, "max_source": self.max_source, "max_target": self.max_target,
                **config}

    @classmethod
    def from_config(cls, config):
        return cls(**{key: keras.saving.deserialize_keras_object(value)
                      if isinstance(value, dict) else value for key, value in config.items()})

    @classmethod
    def load(cls, path):
        """Opens a model saved with `save`; never runs code that came with the file.

        Raises:
            ValueError: The file is missing, damaged, or holds something else.
        """
        try:
            model = keras.saving.load_model(path, safe_mode=True)
        except Exception as error:
            raise ValueError(
                f"`path` must be a .keras file saved by {cls.__name__}. "
                f"Received: {path} ({type(error).__name__}: {str(error)[:200]})"
            ) from error
        if not isinstance(model, cls):
            raise ValueError(f"`path` must hold a {cls.__name__}. Received: a "
                             f"{type(model).__name__} in {path}")
        return model


def check_vocabulary(name, size, vocabulary):
    """Refuses a layer made for another vocabulary.

    Raises:
        ValueError: Names the layer and both sizes.
    """
    if size != len(vocabulary):
        raise ValueError(f"The {name}'s `vocabulary_size` must be {len(vocabulary)}, as its "
                         f"vocabulary has it. Received: {size}")


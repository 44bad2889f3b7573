"""Text to ids and back.

Four ids are the same in every vocabulary: 0 padding, 1 unknown, 2 start, 3 end.
"""

import base64
import io
from collections import Counter

import keras
import numpy as np

from seq2seq_tf.masking import PAD

UNKNOWN, START, END = 1, 2, 3
SPECIAL = ("<pad>", "<unk>", "<start>", "<end>")


class Vocabulary:
    """Maps the symbols of a language to ids and back.

    Use a subclass: it says how text is cut into symbols and joined again.

    Args:
        symbols: The symbols, without the four special ones; the first gets id 4.
        unknown: True: a symbol outside the vocabulary becomes `<unk>`.
            False: it is refused, as it should be where `<unk>` would be learned as an answer.
    Raises:
        ValueError: `symbols` is empty, repeats itself, or contains a special symbol.
    """

    def __init__(self, symbols, unknown=True):
        symbols = list(symbols)
        if not symbols:
            raise ValueError("`symbols` must hold at least one symbol. Received: none")
        twice = [s for s, n in Counter([*SPECIAL, *symbols]).items() if n > 1]
        if twice:
            raise ValueError(f"`symbols` must differ from each other. Received twice: {twice[:5]}")
        self.symbols = symbols
        self.unknown = unknown
        self._all = [*SPECIAL, *symbols]
        # Without the special ones: no text can name them.
        self._ids = {symbol: i for i, symbol in enumerate(symbols, len(SPECIAL))}

    @staticmethod
    def split(text):
        """Cuts a text into its symbols."""
        raise NotImplementedError

    @staticmethod
    def join(symbols):
        """Joins symbols to a text."""
        raise NotImplementedError

    @classmethod
    def from_texts(cls, texts, min_count=1, **kwargs):
        """Collects the symbols of `texts`, most frequent first, ties in alphabetical order.

        Args:
            texts: The texts to learn from: the training part alone.
            min_count: A symbol seen less often is left out.
        Raises:
            ValueError: `texts` is one string, or holds no symbol.
        """
        if isinstance(texts, str):
            raise ValueError("`texts` must be a list of texts. Received: one string")
        counts = Counter(symbol for text in texts for symbol in cls.split(text))
        kept = [s for s, n in sorted(counts.items(), key=lambda p: (-p[1], p[0])) if n >= min_count]
        return cls(kept, **kwargs)

    def __len__(self):
        return len(self._all)

    def encode(self, text, max_length=None):
        """Turns one text into its ids, without start and end.

        Raises:
            ValueError: The text is empty, has more than `max_length` symbols, or holds a symbol
                outside a vocabulary with `unknown=False`.
        """
        symbols = self.split(text)
        if not symbols:
            raise ValueError(f"A text must hold at least one symbol. Received: {text!r}")
        if max_length is not None and len(symbols) > max_length:
            raise ValueError(
                f"A text may have at most {max_length} symbols. "
                f"Received {len(symbols)}: {text[:40]!r}"
            )
        ids = [self._ids.get(symbol, UNKNOWN) for symbol in symbols]
        if not self.unknown and UNKNOWN in ids:
            stranger = symbols[ids.index(UNKNOWN)]
            raise ValueError(
                f"Every symbol must be one of {' '.join(self.symbols[:80])} . "
                f"Received {stranger!r} in {text[:40]!r}"
            )
        return ids

    def decode(self, ids):
        """Turns ids into a text, up to the first end; padding and start are left out.

        Raises:
            ValueError: An id lies outside the vocabulary.
        """
        return self.join(self.tokens(ids))

    def tokens(self, ids):
        """Turns ids into a list of symbols, up to the first end, as a heatmap's axis needs them."""
        return [self._all[ids[t]] for t in self.positions(ids)]

    def positions(self, ids):
        """Lists the places of symbols among ids: up to the first end, without padding and start."""
        places = []
        for t, i in enumerate(ids):
            if not 0 <= i < len(self):
                raise ValueError(f"An id must lie in [0, {len(self)}). Received: {i}")
            if i == END:
                break
            if i not in (PAD, START):
                places.append(t)
        return places

    def batch(self, texts, max_length=None, start=False, end=False, multiple_of=1):
        """Turns texts into one array of ids, padded at the right with 0.

        Args:
            texts: A list of texts.
            max_length: Most symbols that a text may have.
            start: Put the start token before each text.
            end: Put the end token after each text.
            multiple_of: S is rounded up to a multiple of this.
        Returns:
            Int32 (B, S).
        Raises:
            ValueError: `texts` is one string or empty, or one text is refused by `encode`.
        """
        if isinstance(texts, str):
            raise ValueError("`texts` must be a list of texts. Received: one string")
        rows = [[START] * start + self.encode(t, max_length) + [END] * end for t in texts]
        if not rows:
            raise ValueError("`texts` must hold at least one text. Received: none")
        return pad(rows, multiple_of)

    def get_config(self):
        return {"symbols": self.symbols, "unknown": self.unknown}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def pad(rows, multiple_of=1):
    """Lays lists of ids into one int32 array (B, S), padded at the right with 0.

    S is the longest row's length, rounded up to a multiple of `multiple_of`.
    """
    longest = max(len(row) for row in rows)
    steps = -(-longest // multiple_of) * multiple_of
    ids = np.full((len(rows), steps), PAD, "int32")
    for row, values in zip(ids, rows, strict=True):
        row[: len(values)] = values
    return ids


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class CharacterVocabulary(Vocabulary):
    """Every character is a symbol: "cat" is c, a, t."""

    @staticmethod
    def split(text):
        return list(text)

    @staticmethod
    def join(symbols):
        return "".join(symbols)


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class WordVocabulary(Vocabulary):
    """What stands between spaces is a symbol: words, or the phonemes of "K AE T"."""

    @staticmethod
    def split(text):
        return text.split()

    @staticmethod
    def join(symbols):
        return " ".join(symbols)


@keras.saving.register_keras_serializable(package="seq2seq_tf")
class SubwordVocabulary(Vocabulary):
    """Pieces that were frequent in training are symbols: words, endings, single characters.

    The pieces come from byte pair encoding (Sennrich et al., 2016) as sentencepiece does it (Kudo &
    Richardson, 2018). A space is part of a piece and written ▁, so that joining is exact.

    Args:
        model: A trained sentencepiece model in base64: `from_texts` makes it.
        unknown: As in `Vocabulary`: whether a character never seen becomes `<unk>`.
    Raises:
        ValueError: `model` is no such model, or its first four pieces are not the special ones.
    Lesson: notebooks/03_text_and_masks.ipynb
    """

    def __init__(self, model, unknown=True):
        import sentencepiece

        try:
            self._processor = sentencepiece.SentencePieceProcessor()
            self._processor.load_from_serialized_proto(base64.b64decode(model))
        except (RuntimeError, TypeError, ValueError) as error:
            raise ValueError("`model` must be a sentencepiece model in base64. "
                             f"Received: {str(model)[:20]!r}") from error
        pieces = self._processor.id_to_piece(list(range(self._processor.get_piece_size())))
        if tuple(pieces[:4]) != SPECIAL:
            raise ValueError(f"The first pieces must be {SPECIAL}. Received: {pieces[:4]}")
        super().__init__(pieces[4:], unknown)
        self.model = model

    def split(self, text):
        return self._processor.encode(text, out_type=str)

    @staticmethod
    def join(symbols):
        return "".join(symbols).replace("▁", " ").removeprefix(" ")

    @classmethod
    def from_texts(cls, texts, size=500, unknown=True):
        """Merges the most frequent pair of pieces, again and again, until there are `size` ids.

        Args:
            texts: The texts to learn from: the training part alone.
            size: Number of ids, the four special ones and every character of `texts` included.
            unknown: As in `Vocabulary`.
        Raises:
            ValueError: `texts` is one string, holds no symbol, or cannot give `size` ids.
        """
        if isinstance(texts, str):
            raise ValueError("`texts` must be a list of texts. Received: one string")
        import sentencepiece

        model = io.BytesIO()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(texts), model_writer=model, model_type="bpe",
                vocab_size=size, character_coverage=1.0, normalization_rule_name="identity",
                num_threads=1, minloglevel=2,  # reproducible, and quiet
                max_sentence_length=10**6,  # longer texts would be skipped in silence
                pad_id=PAD, unk_id=UNKNOWN, bos_id=START, eos_id=END, pad_piece=SPECIAL[PAD],
                unk_piece=SPECIAL[UNKNOWN], bos_piece=SPECIAL[START], eos_piece=SPECIAL[END])
        except RuntimeError as error:
            reason = str(error).rpartition("] ")[2]
            raise ValueError("`texts` must hold symbols, and allow for `size` ids. "
                             f"Received: size={size}. {reason}".rstrip()) from error
        return cls(base64.b64encode(model.getvalue()).decode("ascii"), unknown)

    def get_config(self):
        return {"model": self.model, "unknown": self.unknown}

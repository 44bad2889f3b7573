"""Corpora: real pairs, checked before they are read, and split the same way everywhere."""

from seq2seq_tf.corpora.corpus import Corpus, part_of
from seq2seq_tf.corpora.own import pairs
from seq2seq_tf.corpora.pronouncing import cmudict, relatives
from seq2seq_tf.corpora.translation import multi30k, tatoeba

__all__ = ["Corpus", "cmudict", "multi30k", "pairs", "part_of", "relatives", "tatoeba"]

"""Recipes: for each recorded task the pairs, the vocabularies and the scores."""

import functools

from seq2seq_tf.corpora import multi30k, tatoeba
from seq2seq_tf.recipes.general import (
    Own,
    Pronunciation,
    Recipe,
    Translation,
    suitable_scores,
)
from seq2seq_tf.recipes.generated import Dates
from seq2seq_tf.recipes.phrases import Phrases

RECIPES = {
    "multi30k-de-en": functools.partial(Translation, multi30k, lowercase=True),
    "tatoeba-fra-eng": functools.partial(Translation, functools.partial(tatoeba, "fra-eng"),
                                         units=384, embedding=192, dropout=0.2, epochs=15),
    "cmudict": Pronunciation,
    "dates": Dates,
    "phrasebook-fr": functools.partial(Phrases, "french"),
    "phrasebook-zh": functools.partial(Phrases, "chinese"),
}

__all__ = ["RECIPES", "Dates", "Own", "Phrases", "Pronunciation", "Recipe",
           "Translation", "suitable_scores"]

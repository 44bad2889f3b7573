"""Search: from a `step` function to the best sequences. It knows no network.

`step(tokens, state, source) -> (log_probs, state)` reads the ids chosen last, (N,), and gives
float log-probabilities (N, V). It may be a decoder's step or a table on paper. Its first answer is
looked at before a search begins, and a score is NaN where a later one was NaN or above zero.
"""

from seq2seq_tf.search.beam import beam_search
from seq2seq_tf.search.exact import exact_search
from seq2seq_tf.search.running import graph
from seq2seq_tf.search.walking import greedy, sample

__all__ = ["beam_search", "exact_search", "graph", "greedy", "sample"]

"""Plotting: NumPy in, figure out. The colours can be told apart by everyone, and on grey paper."""

from seq2seq_tf.plotting.diagrams import diagram
from seq2seq_tf.plotting.html import heatmap_html
from seq2seq_tf.plotting.lines import curves, gradient_flow
from seq2seq_tf.plotting.maps import gates, heatmap, mask_map, symbol_map
from seq2seq_tf.plotting.trees import beam_tree, beam_tree_html

__all__ = ["beam_tree", "beam_tree_html", "curves", "diagram", "gates", "gradient_flow", "heatmap",
           "heatmap_html", "mask_map", "symbol_map"]

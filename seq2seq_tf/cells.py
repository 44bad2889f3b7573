"""Recurrent layers by name."""

import keras

LAYERS = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}


def recurrent_layer(cell, units, **kwargs):
    """Makes Keras's fused recurrent layer that gives every step.

    Args:
        cell: "lstm" or "gru".
        units: Size U of the state.
        **kwargs: For the layer, such as `return_state`.
    Raises:
        ValueError: `cell` is another name.
    """
    if cell not in LAYERS:
        raise ValueError(f"`cell` must be one of {sorted(LAYERS)}. Received: cell={cell!r}")
    return LAYERS[cell](units, return_sequences=True, **kwargs)

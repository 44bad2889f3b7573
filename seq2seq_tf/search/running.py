"""Running a search: compiled once, with what `step` gives checked before and after."""

import functools

import keras
from keras import ops

from seq2seq_tf.guards import check_log_probs, check_scores


def graph(function, *ranks):
    """Compiles a function of tensors where the backend is TensorFlow; elsewhere it runs as is.

    Args:
        function: Takes and gives nests of tensors.
        *ranks: For a function of id arrays, the rank of each: then one graph serves all shapes.
            Without them a dimension that changes is left open at the second trace.
    """
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    signature = [tf.TensorSpec([None] * rank, "int32") for rank in ranks] or None
    return tf.function(function, signature, autograph=False, reduce_retracing=signature is None)


compiled = functools.cache(graph)  # for functions that live as long as the module


def run(search, step, start, state, source, *extra, end, **settings):
    """Runs a search compiled, and checks what `step` gives, before and after.

    Within a graph it does neither: traced there again and again, a compiled function would draw a
    warning, and no value can be seen.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if tf.inside_function():
            return search(step, start, state, source, *extra, end=end, **settings)
    check_log_probs(step(ops.cast(start, "int32"), state, source)[0], end)
    found = compiled(search)(step, start, state, source, *extra, end=end, **settings)
    check_scores(found[2])
    return found


def are_log_probs(log_probs):
    """Tells for each row (..., V) whether all of it is at most zero: NaN is not."""
    return ops.all(log_probs <= 1e-3, axis=-1)


def rows(nest, chosen):
    """Takes the chosen rows of every tensor in a nest."""
    return keras.tree.map_structure(lambda part: ops.take(part, chosen, axis=0), nest)

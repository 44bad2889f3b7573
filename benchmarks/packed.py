"""Real tokens alone: the same training step without the work for padding.

Sequences of different length stand in one array (R, any): by falling length, step after step, as
many rows at step t as there are sequences longer than t. PyTorch calls this a packed sequence.
A recurrent layer, the readout and the loss do R rows of work then, not B * T, and come to the same
numbers: `tests/test_packed.py` compares loss and gradients.
"""

import keras
import tensorflow as tf

from seq2seq_tf.masking import padding_mask
from seq2seq_tf.model import Seq2Seq


class Packing:
    """Says where each real token of ids (B, T) stands among the packed ones, and back."""

    def __init__(self, tokens):
        rows, columns = tf.unstack(tf.shape(tokens))
        lengths = tf.reduce_sum(tf.cast(padding_mask(tokens), "int32"), axis=1)
        self.order = tf.argsort(lengths, direction="DESCENDING", stable=True)  # (B,)
        alive = tf.gather(lengths, self.order) > tf.range(tf.reduce_max(lengths))[:, None]
        self.sizes = tf.reduce_sum(tf.cast(alive, "int32"), axis=1)  # (T,)
        steps, ranks = tf.unstack(tf.cast(tf.where(alive), "int32"), axis=1)  # (R,) each
        sequences = tf.gather(self.order, ranks)
        self.shape = rows, columns
        self.places = sequences * columns + steps  # (R,), among B * T
        self.backward = self.places + tf.gather(lengths, sequences) - 1 - 2 * steps  # last first
        starts = tf.cumsum(self.sizes, exclusive=True)
        self.last = tf.gather(starts, lengths - 1) + tf.argsort(self.order)  # (B,), among R

    def pack(self, values, places=None):
        """Takes the real ones of (B, T) or (B, T, U): (R,) or (R, U)."""
        flat = tf.reshape(values, (-1, *values.shape[2:]))
        return tf.gather(flat, self.places if places is None else places)

    def unpack(self, packed, places=None):
        """Puts (R, U) back to (B, T, U), zeros at padding."""
        (rows, columns), units = self.shape, packed.shape[-1]
        places = (self.places if places is None else places)[:, None]
        return tf.reshape(tf.scatter_nd(places, packed, (rows * columns, units)),
                          (rows, columns, units))


def gru(cell, packed, sizes, first):
    """Runs a Keras GRU cell over packed inputs (R, E), from first states (B, U): (R, U)."""
    kernel, recurrent, bias = (tf.cast(w, packed.dtype) for w in cell.trainable_variables)
    b, d = tf.unstack(bias)
    count = tf.size(sizes)

    def steps(columns):
        return tf.TensorArray(packed.dtype, count, infer_shape=False,
                              element_shape=(None, columns))

    shares = steps(3 * cell.units).split(tf.matmul(packed, kernel) + b, sizes)

    def advance(t, h, kept):
        share = shares.read(t)
        h = h[: tf.shape(share)[0]]  # the others have ended
        z_x, r_x, g_x = tf.split(share, 3, axis=-1)
        z_h, r_h, g_h = tf.split(tf.matmul(h, recurrent) + d, 3, axis=-1)
        z, r = tf.sigmoid(z_x + z_h), tf.sigmoid(r_x + r_h)
        h = z * h + (1 - z) * tf.tanh(g_x + r * g_h)
        return t + 1, h, kept.write(t, h)

    shapes = tf.TensorShape(()), tf.TensorShape((None, cell.units)), tf.TensorShape(None)
    _, _, kept = tf.while_loop(lambda t, *_: t < count, advance, (0, first, steps(cell.units)),
                               shapes, maximum_iterations=count)
    return tf.ensure_shape(kept.concat(), (None, cell.units))


def encode(encoder, tokens, training=None):
    """Does what a bidirectional `RecurrentEncoder` with one GRU layer does: memory and state."""
    packing, (both,) = Packing(tokens), encoder.recurrent
    zeros = tf.zeros((packing.shape[0], encoder.units // 2), encoder.compute_dtype)
    memory, state = [], []
    for layer, places in ((both.forward_layer, packing.places),
                          (both.backward_layer, packing.backward)):
        x = encoder.embedding(packing.pack(tokens, places))
        hidden = gru(layer.cell, encoder.drop(x, training=training), packing.sizes, zeros)
        memory.append(packing.unpack(hidden, places))
        state.append(tf.gather(hidden, packing.last))
    return tf.concat(memory, -1), tf.concat(state, -1)


def crossentropy(answers, logits, label_smoothing=0.0):
    """Gives `token_crossentropy` of (R,) and (R, V), with the gradient in closed form.

        d loss / d logits = softmax(logits) - (1 - e) * one_hot(answers) - e / V
    """
    symbols = logits.shape[-1]

    @tf.custom_gradient
    def measured(logits):
        logits_32 = tf.cast(logits, "float32")
        highest = tf.reduce_max(logits_32, axis=-1, keepdims=True)
        p = tf.exp(logits_32 - highest)
        total = tf.reduce_sum(p, axis=-1, keepdims=True)
        loss = tf.squeeze(tf.math.log(total) + highest, -1)
        loss -= (1 - label_smoothing) * tf.gather(logits_32, answers, batch_dims=1)
        if label_smoothing:
            loss -= label_smoothing * tf.reduce_mean(logits_32, axis=-1)

        def gradient(upstream):
            found = p * (upstream[:, None] / total)
            if label_smoothing:
                found -= upstream[:, None] * (label_smoothing / symbols)
            places = tf.stack([tf.range(tf.size(answers)), answers], axis=1)
            found = tf.tensor_scatter_nd_sub(found, places, (1 - label_smoothing) * upstream)
            return tf.cast(found, logits.dtype)

        return loss, gradient

    return measured(logits)


class OnRealTokens(Seq2Seq):
    """Trains a `RecurrentEncoder` and a `TiedDecoder`, both with one GRU layer, on packed tokens.

    Weights and loss are those of `Seq2Seq`, compiled with a `MaskedCrossentropy`.
    """

    def loss_of(self, source, target, answers, training=None):
        """Gives the mean loss of the real target tokens."""
        decoder, packing = self.decoder, Packing(target)
        memory, state = encode(self.encoder, source, training)
        seen = decoder.prepare(memory, padding_mask(source))
        x = decoder.drop(decoder.embedding(packing.pack(target)), training=training)
        hidden = gru(decoder.recurrent[0].cell, x, packing.sizes, tf.gather(state, packing.order))
        context, _ = decoder.attention(
            packing.unpack(hidden), seen["keys"], seen["values"], values_mask=seen["mask"])
        found = decoder.combine(tf.concat([packing.pack(context), hidden], axis=-1))
        logits = decoder.readout(decoder.drop(found, training=training))
        smoothing = self.loss.label_smoothing
        return tf.reduce_mean(crossentropy(packing.pack(answers), logits, smoothing))

    def train_step(self, data):
        inputs, answers, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = self.loss_of(inputs["source"], inputs["target"], answers, training=True)
        weights = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": loss}

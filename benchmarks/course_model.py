"""The translator of a well-known course, twice, with the same weights: attention for each step.

    s_0 = tanh([forward h_S; backward h_1] W_0)
    weights_t = softmax over s of v . tanh([s_{t-1}; memory_s] W_a)
    s_t = GRU([embedding(y_{t-1}); context_t], s_{t-1})
    p(y_t) = softmax([s_t; context_t; embedding(y_{t-1})] W + b)       (Bahdanau et al., 2015)

`in_torch` goes step by step, as courses write it: at every step the query is set beside each key
and both go through W_a. `InKeras` computes the same numbers with less work: a product with W_a is
a sum of two, one for the keys, made once, one for the query; the gates' share of the embedding is
made for all steps at once; and only what depends on the step before stays in the loop, where no
gradient of a weight is made. The batch goes through it in parts of like length, which leaves little
padding. All real tokens go through W together, after the loop.
"""

import keras
import tensorflow as tf
from keras import ops
from packed import crossentropy, encode

from seq2seq_tf.attention import AdditiveAttention
from seq2seq_tf.encoders import RecurrentEncoder
from seq2seq_tf.masking import masked_softmax, padding_mask

EMBEDDING, UNITS, PARTS = 256, 512, 4


class InKeras(keras.Model):
    """Gives the mean cross-entropy over the real target tokens.

    Call arguments:
        source: Int (B, S).
        target: Int (B, T), beginning with start.
        answers: Int (B, T), ending with end.
    """

    def __init__(self, source_size, target_size):
        super().__init__()
        self.encoder = RecurrentEncoder(source_size, EMBEDDING, 2 * UNITS, cell="gru")
        self.bridge = keras.layers.Dense(UNITS, "tanh")
        self.embedding = keras.layers.Embedding(target_size, EMBEDDING)
        self.attention = AdditiveAttention(UNITS)
        self.attention.U = keras.layers.Dense(UNITS)  # with a bias, as a concatenation would have
        self.cell = keras.layers.GRUCell(UNITS)
        self.readout = keras.layers.Dense(target_size)
        self.encoder.build()
        self.bridge.build((None, 2 * UNITS))
        self.embedding.build()
        self.attention.build((None, None, UNITS), None, (None, None, 2 * UNITS))
        self.cell.build((None, EMBEDDING + 2 * UNITS))
        self.readout.build((None, UNITS + 2 * UNITS + EMBEDDING))
        self.built = True

    def call(self, source, target, answers):
        memory, state = encode(self.encoder, source)
        order = tf.argsort(lengths(target), direction="DESCENDING")
        each = [tf.split(tf.gather(part, order), PARTS)
                for part in (source, target, answers, memory, state)]
        seen, answers = zip(*(self.read(*part) for part in zip(*each, strict=True)), strict=True)
        logits = self.readout(tf.concat(seen, axis=0))  # (R, V): none for padding
        return ops.mean(crossentropy(tf.concat(answers, axis=0), logits))

    def read(self, source, target, answers, memory, state):
        """Runs the decoder over targets of like length: (R, 4U) and answers (R,), real ones."""
        longest, steps = tf.reduce_max(lengths(source)), tf.reduce_max(lengths(target))
        mask, memory = padding_mask(source)[:, :longest], memory[:, :longest]
        target, answers = target[:, :steps], tf.transpose(answers[:, :steps])
        keys = self.attention.project(memory)
        embedded = ops.swapaxes(self.embedding(target), 0, 1)  # (T, B, E)
        of_token, of_context = ops.split(self.cell.kernel, [EMBEDDING], axis=0)
        b, d = ops.unstack(self.cell.bias, 2)
        recurrent, of_state = self.cell.recurrent_kernel, self.attention.W.kernel
        first, kept = self.bridge(state), []

        def before():
            return tf.concat([first[None], kept[0][:-1]], axis=0)

        recurrent, for_h = late(recurrent, "ibu,ibg->ug", before, answers)
        of_state, for_query = late(of_state, "ibu,ibg->ug", before, answers)
        of_context, for_share = late(of_context, "ibu,ibg->ug", lambda: kept[1], answers)
        memory, for_context = late(memory, "ibs,ibu->bsu", lambda: kept[2], answers)
        shares = ops.matmul(embedded, of_token) + b + for_share  # (T, B, 3U)

        def advance(last, at):
            h, sizes = last[0], [3 * UNITS, 6 * UNITS, 7 * UNITS]
            share, of_h, query, context = ops.split(at, sizes, axis=-1)
            met = ops.tanh((ops.matmul(h, of_state) + query)[:, None] + keys)
            weights = masked_softmax(ops.squeeze(self.attention.w(met), -1), mask)
            context = context + tf.linalg.matvec(memory, weights, transpose_a=True)
            z_x, r_x, g_x = ops.split(share + ops.matmul(context, of_context), 3, axis=-1)
            z_h, r_h, g_h = ops.split(ops.matmul(h, recurrent) + of_h, 3, axis=-1)
            z, r = ops.sigmoid(z_x + z_h), ops.sigmoid(r_x + r_h)
            h = z * h + (1 - z) * ops.tanh(g_x + r * g_h)
            return (h, context, weights), (h, context, weights)

        empty = first, ops.zeros_like(memory[:, 0]), ops.zeros_like(memory[:, :, 0])
        given = ops.concatenate([shares, for_h + d, for_query, for_context], axis=-1)
        kept += ops.scan(advance, empty, given)[1]
        seen = ops.concatenate([kept[0], kept[1], embedded], axis=-1)  # (T, B, 4U)
        places = padding_mask(answers)
        return tf.boolean_mask(seen, places), tf.boolean_mask(answers, places)


def lengths(tokens):
    """Counts the real tokens of each row: (B,)."""
    return tf.reduce_sum(tf.cast(padding_mask(tokens), "int32"), axis=1)


def late(weight, formula, inputs, steps):
    """Takes a weight's gradient out of a loop: one product for all steps, not one for each.

    Args:
        weight: What each step of the loop multiplies its input with.
        formula: How inputs and gradients of all steps make the weight's gradient, as for einsum.
        inputs: Gives the inputs of all steps (T, B, any); asked after the loop.
        steps: A tensor (T, B).
    Returns:
        The weight, of which the loop makes no gradient; and zeros (T, B, columns) that each step
        has to add to its product: it is their gradient that makes the weight's.
    """
    weight = ops.convert_to_tensor(weight)

    @tf.custom_gradient
    def zeros(weight):
        shape = tf.concat([tf.shape(steps), tf.shape(weight)[-1:]], axis=0)
        return tf.zeros(shape, weight.dtype), lambda gradient: tf.einsum(
            formula, inputs(), gradient)

    return tf.stop_gradient(weight), tf.ensure_shape(zeros(weight), (None, None, weight.shape[-1]))


def in_torch(source_size, target_size):
    """Makes the PyTorch module; called as `InKeras` is."""
    import torch
    from torch import nn

    class InTorch(nn.Module):
        def __init__(self):
            super().__init__()
            self.source_embedding = nn.Embedding(source_size, EMBEDDING)
            self.encoder = nn.GRU(EMBEDDING, UNITS, bidirectional=True, batch_first=True)
            self.bridge = nn.Linear(2 * UNITS, UNITS)
            self.embedding = nn.Embedding(target_size, EMBEDDING)
            self.joined = nn.Linear(UNITS + 2 * UNITS, UNITS)
            self.v = nn.Linear(UNITS, 1, bias=False)
            self.recurrent = nn.GRU(EMBEDDING + 2 * UNITS, UNITS, batch_first=True)
            self.readout = nn.Linear(UNITS + 2 * UNITS + EMBEDDING, target_size)

        def forward(self, source, target, answers):
            real = source != 0
            packed = nn.utils.rnn.pack_padded_sequence(
                self.source_embedding(source), real.sum(1), batch_first=True, enforce_sorted=False)
            memory, last = self.encoder(packed)
            memory, _ = nn.utils.rnn.pad_packed_sequence(memory, batch_first=True)
            h = torch.tanh(self.bridge(torch.cat([last[0], last[1]], dim=1)))
            logits = []
            for t in range(target.shape[1]):
                h, scores = self.step(target[:, t], h, memory, real)
                logits.append(scores)
            logits = torch.stack(logits, dim=1)
            return nn.functional.cross_entropy(
                logits.flatten(0, 1), answers.flatten(), ignore_index=0)

        def step(self, token, h, memory, real):
            queries = h[:, None].expand(-1, memory.shape[1], -1)
            meeting = torch.tanh(self.joined(torch.cat([queries, memory], dim=2)))
            scores = self.v(meeting)[:, :, 0].masked_fill(~real, -1e9)
            context = torch.bmm(torch.softmax(scores, dim=1)[:, None], memory)
            x = self.embedding(token)[:, None]
            out, h = self.recurrent(torch.cat([x, context], dim=2), h[None])
            return h[0], self.readout(torch.cat([out, context, x], dim=2))[:, 0]

    return InTorch()


def copy_weights(theirs, ours):
    """Gives the Keras model the PyTorch module's weights."""
    import numpy as np

    values = {name: value.detach().numpy() for name, value in theirs.named_parameters()}

    def gates(matrix):  # theirs r, z, g by rows; ours z, r, g by columns
        r, z, g = np.split(matrix, 3)
        return np.concatenate([z, r, g]).T

    def gru(name, suffix):
        kernels = [gates(values[f"{name}.weight_{part}_l0{suffix}"]) for part in ("ih", "hh")]
        biases = [gates(values[f"{name}.bias_{part}_l0{suffix}"]) for part in ("ih", "hh")]
        return [*kernels, np.stack(biases)]

    ours.encoder.embedding.set_weights([values["source_embedding.weight"]])
    ours.encoder.recurrent[0].set_weights(gru("encoder", "") + gru("encoder", "_reverse"))
    ours.embedding.set_weights([values["embedding.weight"]])
    ours.cell.set_weights(gru("recurrent", ""))
    for layer, name in ((ours.bridge, "bridge"), (ours.readout, "readout")):
        layer.set_weights([values[f"{name}.weight"].T, values[f"{name}.bias"]])
    query, key = np.split(values["joined.weight"].T, [UNITS])
    ours.attention.W.set_weights([query])
    ours.attention.U.set_weights([key, values["joined.bias"]])
    ours.attention.w.set_weights([values["v.weight"].T])

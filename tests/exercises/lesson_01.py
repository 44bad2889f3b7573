"""Exercises of lesson 01: a reference for each check, and what readers get wrong."""

import math

import numpy as np
import tensorflow as tf

from seq2seq_tf.checks.lesson_01 import (
    check_clip_together,
    check_one_step_back,
    check_steps_to_fade,
)


def steps_to_fade(radius, share):
    """A reference in closed form."""
    return math.ceil(math.log(share) / math.log(radius))


def clip_together(gradients, limit):
    """TensorFlow's."""
    clipped, _ = tf.clip_by_global_norm([tf.constant(g) for g in gradients], limit)
    return [g.numpy() for g in clipped]


def one_step_back(gradient, h, U):
    """Number by number: h' = tanh(... + h U), so dL/dh[i] = sum over j of dL/dh'[j] slope[j] U."""
    if gradient.ndim == 2:
        return np.array([one_step_back(g, row, U) for g, row in zip(gradient, h, strict=True)])
    slopes = [1 - number * number for number in h]
    return np.array([sum(g * s * u for g, s, u in zip(gradient, slopes, row, strict=True))
                     for row in U])


def each(function):
    """Does to each array by itself what should be done to all of them."""
    return lambda gradients, limit: [function([g], limit)[0] for g in gradients]


REFERENCES = [(check_steps_to_fade, steps_to_fade), (check_clip_together, clip_together),
              (check_one_step_back, one_step_back)]
MISTAKES = [
    (check_steps_to_fade, lambda r, s: math.floor(math.log(s) / math.log(r)), "you round down"),
    (check_steps_to_fade, lambda r, s: math.ceil((1 - s) / (1 - r)), "does not subtract"),
    (check_steps_to_fade,
     lambda r, s: next(k for k in range(9999) if r**k < s), "exactly the share is enough"),
    (check_clip_together, each(clip_together), "each array by itself"),
    (check_clip_together, lambda gs, limit: [g.clip(-limit, limit) for g in gs],
     "each number by itself"),
    (check_clip_together,
     lambda gs, limit: [g * limit / np.linalg.norm(np.concatenate(gs)) for g in gs],
     "you always scale"),
    (check_clip_together,
     lambda gs, limit: [g * min(1, limit / np.sum(np.square(gs))) for g in gs], "square root"),
    (check_clip_together,
     lambda gs, limit: [g * min(1, limit / sum(map(np.linalg.norm, gs))) for g in gs],
     "do not add up"),
    (check_one_step_back, lambda g, h, U: (g * (1 - h**2)) @ U, "as it was planted"),
    (check_one_step_back, lambda g, h, U: (g @ U.T) * (1 - h**2), "the reverse of the way forward"),
    (check_one_step_back, lambda g, h, U: g @ U.T, "left out the slope"),
    (check_one_step_back, lambda g, h, U: (g * (1 - h)) @ U.T, "1 - h squared"),
]

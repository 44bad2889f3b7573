"""Checks of notebook 01, recurrent cells."""

import math

import numpy as np

from seq2seq_tf.checks import check


def check_steps_to_fade(function):
    """Checks `steps_to_fade(radius, share)` -> after how many steps at most `share` is left."""
    def right(radius, share):
        steps, left = 0, 1.0
        while left > share:
            steps, left = steps + 1, left * radius
        return steps

    def rounded_down(radius, share):
        return int(math.log(share) / math.log(radius))

    def subtracted(radius, share):
        return math.ceil((1 - share) / (1 - radius))

    def below(radius, share):
        steps, left = 0, 1.0
        while left >= share:
            steps, left = steps + 1, left * radius
        return steps

    return check(function, right, [
        (0.5, 0.5), (0.5, 0.25), (0.5, 0.2), (0.9, 0.01), (0.99, 0.001),
    ], {
        "you round down; after a step fewer too much is still left": rounded_down,
        "each step multiplies by the radius, it does not subtract the same piece": subtracted,
        "you go on until *less* than the share is left; exactly the share is enough": below,
    })


def check_clip_together(function):
    """Checks `clip_together(gradients, limit)` -> the arrays, together no longer than `limit`."""
    def scaled(gradients, factor):
        return [g * factor for g in gradients]

    def right(gradients, limit):
        length = math.sqrt(sum(np.sum(g**2) for g in gradients))
        return scaled(gradients, min(1, limit / length))

    def one_by_one(gradients, limit):
        return [g * min(1, limit / np.linalg.norm(g)) for g in gradients]

    def numbers(gradients, limit):
        return [np.clip(g, -limit, limit) for g in gradients]

    def always(gradients, limit):
        return scaled(gradients, limit / math.sqrt(sum(np.sum(g**2) for g in gradients)))

    def squared(gradients, limit):
        return scaled(gradients, min(1, limit / sum(np.sum(g**2) for g in gradients)))

    def added(gradients, limit):
        return scaled(gradients, min(1, limit / sum(np.linalg.norm(g) for g in gradients)))

    return check(function, right, [
        ([np.array([3.0, 4.0])], 1.0),
        ([np.array([0.3, 0.4])], 1.0),
        ([np.array([1.0, 2.0]), np.array([2.0, 0.0])], 3.0),
        ([np.array([3.0, 1.0]), np.array([1.0, 5.0])], 2.0),
    ], {
        "you clip each array by itself; all of them share one length and one factor": one_by_one,
        "you clip each number by itself, which turns the direction": numbers,
        "you always scale; what is shorter than the limit must stay as it is": always,
        "a length is the square root of the sum of squares": squared,
        "lengths do not add up: 3 and 4 at a right angle make 5": added,
    })


def check_one_step_back(function):
    """Checks `one_step_back(gradient, h, U)` -> dL/dh at the step before, from dL/dh and h."""
    def right(gradient, h, U):
        return (gradient * (1 - h**2)) @ U.T

    def not_transposed(gradient, h, U):
        return (gradient * (1 - h**2)) @ U

    def tanh_last(gradient, h, U):
        return (gradient @ U.T) * (1 - h**2)

    def no_tanh(gradient, h, U):
        return gradient @ U.T

    def not_squared(gradient, h, U):
        return (gradient * (1 - h)) @ U.T

    U = np.array([[0.5, 1.0], [0.0, -0.5]])
    return check(function, right, [
        (np.array([1.0]), np.array([0.5]), np.array([[0.5]])),
        (np.array([1.0, 0.0]), np.array([0.5, 0.0]), U),
        (np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.5, -0.5], [0.0, 0.9]]), U),
    ], {
        "this is the bug as it was planted; look for it from its symptom: one unit is right, two "
        "are not": not_transposed,
        "first back through tanh, then through U: the order is the reverse of the way forward":
            tanh_last,
        "you left out the slope of tanh": no_tanh,
        "the slope of tanh is 1 - h squared": not_squared,
    })

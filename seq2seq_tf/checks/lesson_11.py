"""Checks of notebook 11, the Transformer."""

import math

import numpy as np

from seq2seq_tf.checks import check


def check_meet(function):
    """Checks `meet(distance, width)`: layers until a step sees another, `distance` steps away."""
    def right(distance, width):
        return math.ceil(2 * distance / (width - 1))

    def both_sides(distance, width):
        return math.ceil(distance / (width - 1))

    def rounded_down(distance, width):
        return 2 * distance // (width - 1)

    def not_rounded(distance, width):
        return 2 * distance / (width - 1)

    def past_it(distance, width):
        return rounded_down(distance, width) + 1

    def one_more(distance, width):
        return right(distance, width) + 1

    def doubled(distance, width):
        return math.ceil(math.log2(2 * distance / (width - 1) + 1))

    def powers(distance, width):
        layers = 0
        while width**layers < 2 * distance + 1:
            layers += 1
        return layers

    check(function, right, [(1, 3), (2, 3), (3, 3), (4, 5), (5, 5), (7, 7), (20, 3), (40, 7)], {
        "that is how far a layer reaches to both sides together; a half of it lies to each side":
            both_sides,
        "a layer that is needed in part is needed: round up": rounded_down,
        "there are no parts of a layer: round up": not_rounded,
        "what is reached exactly is reached; you go on to the step behind it": past_it,
        "you count one too many; the vectors that the first layer reads are no layer": one_more,
        "you double the reach with each layer; it grows by the same amount each time": doubled,
        "you multiply the windows; they overlap, so the reach is a sum": powers,
    })


def check_place(function):
    """Checks `place(p, units)` -> the vector (units,) of place p, sines and cosines in turn."""
    def rates(units, share=1.0, base=1e4):
        return base ** (-share * np.arange(0, units, 2) / units)

    def in_turn(angles):
        return np.stack([np.sin(angles), np.cos(angles)], axis=-1).ravel()

    def right(p, units):
        return in_turn(p * rates(units))

    def in_halves(p, units):
        return np.concatenate([np.sin(p * rates(units)), np.cos(p * rates(units))])

    def swapped(p, units):
        return right(p, units).reshape(-1, 2)[:, ::-1].ravel()

    def half_the_power(p, units):
        return in_turn(p * rates(units, share=0.5))

    def own_rates(p, units):
        angles = p * 1e4 ** (-np.arange(units) / units)
        return np.where(np.arange(units) % 2 == 0, np.sin(angles), np.cos(angles))

    def multiplied(p, units):
        return in_turn(p / rates(units))

    def other_base(p, units):
        return in_turn(p * rates(units, base=1e3))

    check(function, right, [(0, 2), (1, 2), (1, 4), (2, 4), (3, 6), (7, 8)], {
        "all sines stand before all cosines; they come in pairs: sin, cos, sin, cos": in_halves,
        "in each pair the sine comes first": swapped,
        "the power is 2i / U, where i counts pairs; yours is i / U": half_the_power,
        "both members of a pair have the same wave; yours has a new one for each unit": own_rates,
        "you multiply by 10000^(2i / U); divided by it, the waves get longer": multiplied,
        "the base is 10000": other_base,
    })


def check_heads(function):
    """Checks `heads(x, count)`: (S, U) -> (count, S, D), neighbouring units in one head."""
    def right(x, count):
        return np.stack(np.split(x, count, axis=1))

    def reshaped(x, count):
        return x.reshape(count, len(x), -1)

    def every_nth(x, count):
        return np.stack([x[:, h::count] for h in range(count)])

    def steps_first(x, count):
        return x.reshape(len(x), count, -1)

    def units_first(x, count):
        return np.swapaxes(right(x, count), 1, 2)

    check(function, right, [
        (np.array([[1, 2]]), 1), (np.array([[1, 2], [3, 4], [5, 6]]), 2),
        (np.arange(1, 13).reshape(3, 4), 2), (np.arange(1, 13).reshape(2, 6), 3),
    ], {
        "cut each step, then move the axes; a reshape alone mixes one step's units with another's":
            reshaped,
        "a head has neighbouring units; yours takes every count-th": every_nth,
        "the heads come first: (count, S, D); yours is (S, count, D)": steps_first,
        "steps come before units in a head; yours is (count, D, S)": units_first,
    })


def check_scored(function):
    """Checks `scored(steps, cached)`: query-key pairs scored while so many symbols are written."""
    def total(of_step, steps, first=1):
        return sum(of_step(t) for t in range(first, first + steps))

    def with_cache(steps, cached=True):
        return total(lambda t: t, steps)

    def without(steps, cached=False):
        return total(lambda t: t * t, steps)

    def right(steps, cached):
        return with_cache(steps) if cached else without(steps)

    def swapped(steps, cached):
        return right(steps, not cached)

    def from_zero(steps, cached):
        return total(lambda t: t if cached else t * t, steps, first=0)

    def masked_left_out(steps, cached):
        return with_cache(steps) if cached else total(lambda t: t * (t + 1) // 2, steps)

    def one_table(steps, cached):
        return steps**2

    def one_table_or_cache(steps, cached):
        return with_cache(steps) if cached else steps**2

    def whole_rows(steps, cached):
        return steps**2 if cached else without(steps)

    def last_step(steps, cached):
        return steps if cached else steps**2

    check(function, right, [
        (1, True), (1, False), (2, True), (2, False), (3, True), (3, False), (40, True),
        (40, False),
    ], {
        "you count from 0; the first step scores a pair, its own query with its own key": from_zero,
        "that is one call over the whole target, as in training; to write takes a call for each "
        "symbol": one_table,
        "your number without a cache is one call over the whole target; to write takes a call for "
        "each symbol": one_table_or_cache,
        "you give both the same; without a cache the old queries are asked again": with_cache,
        "you give both the same; with a cache the newest query alone is asked": without,
        "masked pairs are scored, too: the mask comes after the product": masked_left_out,
        "you have the two cases the wrong way round": swapped,
        "at step t the cache holds t keys, not yet all of them": whole_rows,
        "that is the last step alone; add up all of them": last_step,
    })


def check_visible(function):
    """Checks `visible(steps)` -> bool (T, T), True where the row's step may see the column's."""
    def compared(compare):
        def table(steps):
            places = np.arange(steps)
            return compare(places[:, None], places[None, :])
        return table

    check(function, compared(np.greater_equal), [(1,), (2,), (3,), (5,)], {
        "this is the bug as it was planted; look for it from its symptom": compared(np.less_equal),
        "a step sees itself, too: what it reads there is already written": compared(np.greater),
        "you tell what is hidden; True stands where a step may see": compared(np.less),
        "everything is visible": lambda steps: np.full((steps, steps), True),
        "a step sees itself alone; it may see all before it": compared(np.equal),
    })

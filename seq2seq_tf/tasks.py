"""Tasks: generated pairs whose answers, and whose alignments, are known.

Everything is a function of its arguments: the same seed gives the same examples everywhere.
"""

import dataclasses
import datetime

import numpy as np

from seq2seq_tf.corpora import part_of
from seq2seq_tf.guards import check_sizes

DIGITS = "0123456789"
MONTHS = ("January February March April May June July August September October November "
          "December").split()  # not `calendar`'s: those follow the machine's language
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
FIRST, LAST = datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)


@dataclasses.dataclass(frozen=True)
class Example:
    """A source, its one right target, and which source symbols each target symbol comes from.

    Attributes:
        source, target: Texts; every character is a symbol.
        links: Pairs (target position, source position). A symbol that comes from a whole field,
            as both digits of a month come from its name, is linked to all of the field.
    """

    source: str
    target: str
    links: frozenset

    @property
    def pair(self):
        """(source, target), as `batches` wants it."""
        return self.source, self.target


def reversal(count, shortest, longest, seed=0, symbols=DIGITS):
    """Makes strings to be written backwards: "407" -> "704".

    Args:
        count: How many.
        shortest, longest: Bounds of their length, both included; every length is equally likely.
        seed: Determines them.
        symbols: What they are made of.
    Returns:
        A list of `Example`; target symbol t is linked to source symbol S - 1 - t.
    Raises:
        ValueError: A size is below 1, or `longest` is below `shortest`.
    """
    check_sizes(count=count, shortest=shortest, longest=longest)
    if longest < shortest:
        raise ValueError(f"`longest` must be at least `shortest`. Received: {shortest}, {longest}")
    random = np.random.default_rng(seed)
    examples = []
    for length in random.integers(shortest, longest + 1, count):
        source = "".join(random.choice(list(symbols), length))
        links = frozenset((t, int(length) - 1 - t) for t in range(length))
        examples.append(Example(source, source[::-1], links))
    return examples


def recall(count, steps, seed=0, symbols=8):
    """Makes sequences whose *first* symbol has to be named at the end; the rest is distraction.

    Args:
        count: How many, N.
        steps: Their length S.
        seed: Determines them.
        symbols: How many symbols V there are; guessing is right once in V.
    Returns:
        x, float32 (N, S, V), one-hot; and y, int32 (N,), the first symbol of each.
    Raises:
        ValueError: A size is below 1.
    """
    check_sizes(count=count, steps=steps, symbols=symbols)
    ids = np.random.default_rng(seed).integers(0, symbols, (count, steps))
    return np.eye(symbols, dtype="float32")[ids], ids[:, 0].astype("int32")


def dates(count, part="train", seed=0):
    """Makes written dates and their ISO form: "3 March 1998" -> "1998-03-03".

    The day always stands before a month written as a number. Years run from 1950 to 2049; of two
    digits 00 to 49 mean 20yy, 50 to 99 mean 19yy.

    Args:
        count: How many; a date may come several times, in several forms.
        part: "train", "validation" or "test": an ISO date belongs to one of them.
        seed: Determines them.
    Returns:
        A list of `Example`; digits of year, month and day are linked to the field they come from.
    Raises:
        ValueError: `count` is below 1, or `part` has another name.
    """
    check_sizes(count=count)
    if part not in ("train", "validation", "test"):
        raise ValueError(f'`part` must be "train", "validation" or "test". Received: {part!r}')
    random = np.random.default_rng((seed, len(part)))
    days, examples = (LAST - FIRST).days + 1, []
    while len(examples) < count:
        date = FIRST + datetime.timedelta(int(random.integers(days)))
        form = FORMS[random.integers(len(FORMS))]
        if part_of(date.isoformat()) == part:
            examples.append(write_date(date, form))
    return examples


# Each form is a list of pieces: a field (y, m or d) and how it is written, or plain text.
YEAR, YEAR2 = ("y", "{0.year}"), ("y", "{yy:02}")
NAME, SHORT, NUMBER, NUMBER2 = (("m", form) for form in ("{name}", "{name:.3}", "{0.month}",
                                                        "{0.month:02}"))
DAY, DAY2 = ("d", "{0.day}"), ("d", "{0.day:02}")
FORMS = [
    [DAY, " ", NAME, " ", YEAR], [DAY, " ", SHORT, " ", YEAR], [DAY, " ", SHORT, " ", YEAR2],
    [NAME, " ", DAY, ", ", YEAR], [SHORT, " ", DAY, ", ", YEAR], [DAY2, "/", NUMBER2, "/", YEAR],
    [DAY, "/", NUMBER, "/", YEAR2], [DAY, ".", NUMBER, ".", YEAR], [DAY, ".", NUMBER, ".", YEAR2],
    [("", "{weekday}"), ", ", DAY, " ", NAME, " ", YEAR], [YEAR, " ", NAME, " ", DAY],
]


def write_date(date, form):
    """Writes one date in one form and links its ISO digits to the fields they come from."""
    source, spans = "", {}
    for piece in form:
        field, pattern = piece if isinstance(piece, tuple) else ("", piece)
        text = pattern.format(date, yy=date.year % 100, name=MONTHS[date.month - 1],
                              weekday=WEEKDAYS[date.weekday()])
        if field:
            spans[field] = range(len(source), len(source) + len(text))
        source += text
    fields = dict(enumerate("yyyy mm dd"))  # of 1998-03-03, the hyphens stand for nothing
    links = frozenset((t, s) for t, field in fields.items() if field != " " for s in spans[field])
    return Example(source, date.isoformat(), links)

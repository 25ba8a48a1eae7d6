"""The first rows of a list as a table shows them: cells as they were read, and what becomes of each number.

Made in threads: a cell can have megabytes, a list hundreds of columns, and numbers are laid out by their plans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from mitto_tui.recipients.countries import country_name
from mitto_tui.recipients.verdicts import CellReading, Reason, Status, displayed
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from mitto_tui.recipients.readers.model import Row
    from mitto_tui.recipients.vote import Vote
    from mitto_tui.workspace.lists import NumberChoices, OpenedList

WIDEST: Final = 30
"""Terminal cells that a column takes at most."""
_NARROWEST: Final = 3
_MEASURED: Final = 60
"""Rows that a column's width is taken from."""
_LOOKED_AT: Final = 4 * WIDEST
"""Characters of a cell that are looked at to show it in a column."""


class State(Enum):
    """What becomes of a number. ``sign`` and ``word`` say it, ``style`` ends the name of a component class."""

    OK = ("✓", "ok", "success")
    CHANGED = ("→", "changed", "muted")
    WARNED = ("!", "warned", "warning")
    AMBIGUOUS = ("?", "ambiguous", "warning")
    INVALID = ("✕", "invalid", "error")

    def __init__(self, sign: str, word: str, style: str) -> None:
        self.sign = sign
        self.word = word
        self.style = style

    @property
    def sent(self) -> bool:
        """Whether a message can go there."""
        return self not in (State.AMBIGUOUS, State.INVALID)


@dataclass(frozen=True, slots=True)
class NumberSeen:
    """A number as it is read. ``sent_to`` is as people write it, empty where nothing can be sent.

    ``about`` says what kind of number it is and what was done to it, ``sentence`` what is to be said of it. All three
    can have text out of the list in them.
    """

    state: State
    sent_to: str = ""
    why: str = ""
    about: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows to be shown. ``phone`` is the index of the column with the numbers, None where there is none.

    ``seen`` has a number for each row, or is empty; ``widths`` are those of ``columns`` in terminal cells. ``counts``
    are numbers by their state: more than there are rows where every number of a cell is taken. ``beyond`` tells
    whether a row has more cells than there are columns, ``whole`` whether the list has no further rows.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    phone: int | None = None
    seen: tuple[NumberSeen, ...] = ()
    counts: dict[State, int] | None = None
    beyond: bool = False
    whole: bool = True

    def cell(self, row: int, column: int) -> str:
        """A cell, safe to draw and cut to what a column takes."""
        cells = self.rows[row][1]
        if column >= len(self.columns):
            return shown("  ·  ".join(shown(cell) for cell in cells[len(self.columns) : len(self.columns) + 4]))
        return shown(cells[column])


def shown(text: str) -> str:
    """``text`` on one line, cut to what a column takes."""
    return one_line(text[: 2 * _LOOKED_AT].strip(), _LOOKED_AT)


def preview_of(opened: OpenedList, numbers: NumberChoices, vote: Vote | None, whole: bool) -> Preview:
    """The rows of ``opened``, with their numbers where ``numbers`` names a column and ``vote`` is its own."""
    columns, rows = opened.columns, opened.rows
    beyond = any(len(cells) > len(columns) for _, cells in rows)
    laid = tuple(_width(name, index, rows) for index, name in enumerate(columns))
    if numbers.phone_column is None or vote is None:
        return Preview(columns, rows, laid, None, beyond=beyond, whole=whole)
    seen, counts = _numbers(opened, numbers, vote)
    return Preview(columns, rows, laid, numbers.phone_column, seen, counts, beyond, whole)


def _width(name: str, index: int, rows: Sequence[Row]) -> int:
    width = _cells(name)
    for _, cells in rows[:_MEASURED]:
        if width >= WIDEST:
            return WIDEST
        width = max(width, _cells(cells[index]))
    return min(max(width, _NARROWEST), WIDEST)


def _cells(text: str) -> int:
    text = text[: 2 * _LOOKED_AT]
    return len(text) if text.isascii() and text.isprintable() else cell_len(shown(text))


def _numbers(opened: OpenedList, numbers: NumberChoices, vote: Vote) -> tuple[tuple[NumberSeen, ...], dict[State, int]]:
    counts = Counter[State]()
    seen = []
    reader = opened.reader(numbers, vote)
    assert numbers.phone_column is not None
    for (_, cells), reading in zip(opened.rows, opened.readings(numbers, vote), strict=True):
        every = [reading]
        if numbers.take_all and reading.others:
            every = reader.read_all(cells[numbers.phone_column])
        counts.update(map(state_of, every))
        seen.append(_seen(reading, cells[numbers.phone_column]))
    return tuple(seen), dict(counts)


def state_of(reading: CellReading) -> State:
    """What becomes of a number."""
    if reading.status is Status.INVALID:
        return State.INVALID
    if reading.status is Status.AMBIGUOUS:
        return State.AMBIGUOUS
    if reading.reason is not Reason.NONE:
        return State.WARNED
    return State.CHANGED if reading.changes or reading.others else State.OK


def _seen(reading: CellReading, cell: str) -> NumberSeen:
    state = state_of(reading)
    sentence = reading.sentence[:600]
    if not state.sent:
        return NumberSeen(state, why=reading.reason.value.replace("_", " "), sentence=sentence)
    kind = ", ".join(filter(None, (country_name(reading.region) if reading.region else "", reading.line)))
    change = reading.change
    if not change and cell.strip() != f"+{reading.digits}":
        change = "only blanks and punctuation differ"
    about = " · ".join(filter(None, (kind, change)))
    return NumberSeen(state, displayed(reading.digits), about=about, sentence=sentence)

"""A row of a recipient list after checking: the words that what checks, what stores and what shows it share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from mitto_tui.sms.segments import Encoding


class RowStatus(StrEnum):
    """What becomes of a row: exactly one of these. The words are part of the command line's contract."""

    OK = "ok"
    DUPLICATE = "duplicate"
    INVALID = "invalid"
    OPTED_OUT = "opted_out"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True, eq=False)
class RowKind:
    """What is said alike of many rows, which share the object: a list of a million has some dozens.

    ``reason`` is a stable word on why a row isn't ok, or on what an ok one is warned about, and ``sentence`` says it;
    both are empty where there is nothing to say. ``changes`` are stable words, with commas between, on what was done to
    the number's notation, and ``change`` says it. ``region`` is ISO 3166 alpha-2, ``line`` a word such as mobile.

    ``encoding`` and ``segments`` are those of an ok row's text, else None and 0; ``encoding`` is our own choice, also
    where Mitto decides.
    """

    status: RowStatus
    reason: str = ""
    sentence: str = ""
    changes: str = ""
    change: str = ""
    region: str = ""
    line: str = ""
    encoding: Encoding | None = None
    segments: int = 0


class CheckedRow(NamedTuple):
    """One row, or one number of it where every number of a cell is taken.

    ``row`` is the line or sheet row that the person sees. ``to`` is E.164 digits without the plus, empty where there is
    none; ``written`` is the number as the list has it. ``text`` is an ok row's text, else empty. ``cells`` is the whole
    row as read. ``detail`` is a sentence on this very row, in place of its kind's, or empty. ``repeats`` is the row
    that a duplicate repeats, else 0.
    """

    row: int
    kind: RowKind
    to: str
    written: str
    text: str
    cells: list[str]
    detail: str = ""
    repeats: int = 0

    @property
    def status(self) -> RowStatus:
        return self.kind.status

    @property
    def reason(self) -> str:
        return self.kind.reason

    @property
    def sentence(self) -> str:
        """Why it isn't ok, or what it is warned about; empty where there is nothing to say."""
        return self.detail or self.kind.sentence


@dataclass(frozen=True, slots=True, eq=False)
class CheckedBatch:
    """Some rows of a list, in its order. Iterating makes ``CheckedRow`` objects, at a third of a microsecond each.

    Whoever handles millions takes the columns instead: all rows that are ok (``rows`` are their numbers, ``places``
    their indexes in the batch), and ``special``, by index, those that are not. ``details`` has what is said of single
    ok rows, by index.
    """

    places: Sequence[int]
    rows: Sequence[int]
    kinds: Sequence[RowKind]
    to: Sequence[str]
    written: Sequence[str]
    texts: Sequence[str]
    cells: Sequence[list[str]]
    special: Mapping[int, CheckedRow]
    details: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.rows) + len(self.special)

    def __iter__(self) -> Iterator[CheckedRow]:
        columns = zip(self.rows, self.kinds, self.to, self.written, self.texts, self.cells, strict=True)
        details, special = self.details, self.special
        if not details and not special:
            yield from map(CheckedRow._make, ((*values, "", 0) for values in columns))
            return
        good = zip(self.places, columns, strict=True)
        for place in range(len(self)):
            if place in special:
                yield special[place]
            else:
                _, values = next(good)
                yield CheckedRow._make((*values, details.get(place, ""), 0))

"""A batch of rows on its way through the check, column by column, and the words for what is found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, Final, NamedTuple

from mitto_tui.recipients.text_counter import Counted
from mitto_tui.recipients.verdicts import CellReading, Status, Verdict
from mitto_tui.sms.checked_row import RowKind, RowStatus

NOTHING: Final = Counted(None, 0)
"""What a text costs that isn't sent."""
_FEW: Final = 30


class Refusal(NamedTuple):
    """Why a row isn't ok: ``sentence`` is that of all such rows, ``detail`` one of its own in its place."""

    status: RowStatus
    reason: str
    sentence: str = ""
    detail: str = ""
    repeats: int = 0


@dataclass(slots=True)
class Candidates:
    """Rows of a batch that may still turn out ok, column by column. ``indexes`` are their places in the batch."""

    indexes: list[int]
    numbers: list[int]
    cells: list[list[str]]
    phones: list[str]
    readings: list[CellReading]
    digits: list[str]
    texts: list[str] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)

    def drop(self, places: Collection[int]) -> None:
        """Take those at ``places`` out."""
        columns: list[list[Any]] = [self.indexes, self.numbers, self.cells, self.phones, self.readings, self.digits]
        columns += filter(None, (self.texts, self.counted))  # nothing is in them yet where the number was refused
        if len(places) <= _FEW:
            # Nearly every batch of a long list has a duplicate or two: each column whole again would cost more.
            for place in sorted(places, reverse=True):
                for column in columns:
                    del column[place]
            return
        kept = bytearray(b"\1" * len(self.indexes))
        for place in places:
            kept[place] = 0
        for column in columns:
            column[:] = compress(column, kept)


def kind_of(said: Verdict, counted: Counted, refusal: Refusal | None = None) -> RowKind:
    """What is said alike of all rows with such a number, text and refusal."""
    changes = ",".join(change.value for change in said.changes)
    if refusal is None:
        status, reason, sentence = RowStatus.OK, said.reason.value, said.sentence
    else:
        status, reason, sentence = refusal.status, refusal.reason, refusal.sentence
    return RowKind(
        status, reason, sentence, changes, said.change, said.region, said.line, counted.encoding, counted.segments
    )


def meanings_of(reading: CellReading) -> str:
    """``CellReading.sentence`` of what is ambiguous, without asking phonenumbers how to group each number's digits."""
    if reading.status is not Status.AMBIGUOUS or not reading.others:
        return ""
    meanings = " or ".join(f"+{digits}" for digits in reading.others)
    return f"This can be {meanings}: begin with + to say which. {reading.verdict.sentence}".rstrip()


def also_holds(sentence: str, others: Sequence[str]) -> str:
    """What is said of a number, and that its cell has others."""
    listed = ", ".join(f"+{other}" if other.isascii() and other.isdigit() else other for other in others)
    return f"{sentence} This cell also holds {listed}.".lstrip()

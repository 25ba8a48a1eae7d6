"""The history as a list of lines for a table: read in threads, a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mitto_tui.sms.status import Status

if TYPE_CHECKING:
    from mitto_tui.storage.history import History
    from mitto_tui.storage.rows import HistoryFilter, MessageRow


class Group(Enum):
    """Statuses that a person asks for together. ``word`` is the chip's; ``statuses`` None means any."""

    ALL = ("All", None)
    IN_DOUBT = ("In doubt", frozenset({Status.IN_DOUBT}))
    FAILED = ("Failed", frozenset({Status.FAILED, Status.REJECTED, Status.UNDELIVERED, Status.EXPIRED}))
    DELIVERED = ("Delivered", frozenset({Status.DELIVERED}))
    ON_THE_WAY = (
        "On the way",
        frozenset({Status.QUEUED, Status.SENDING, Status.ACCEPTED, Status.BUFFERED, Status.SENT}),
    )

    def __init__(self, word: str, statuses: frozenset[Status] | None) -> None:
        self.word = word
        self.statuses = statuses


@dataclass(frozen=True, slots=True)
class Line:
    """A message and its number as people write it. ``oldest_first`` is the list's order."""

    message: MessageRow
    to: str
    oldest_first: bool = False

    @property
    def id(self) -> int:
        """Its place in the list, which falls from line to line: not always the message's id."""
        return -self.message.id if self.oldest_first else self.message.id


@lru_cache(maxsize=4096)
def number_for_display(digits: str) -> str:
    """``+49 172 5551234`` for digits in E.164 without the plus; the digits with a plus where they are no number."""
    from mitto_tui.recipients.numbers import read_number

    reading = read_number(f"+{digits}")
    return reading.display if reading.digits == digits else f"+{digits}"


def masked(text: str) -> str:
    """``text`` with a dot for each digit."""
    return "".join("•" if char.isdigit() else char for char in text)


class HistoryRows:
    """A ``RowSource`` over the messages that meet a filter."""

    def __init__(self, history: History, chosen: HistoryFilter, *, oldest_first: bool = False) -> None:
        self._history = history
        self._filter = chosen
        self._oldest_first = oldest_first

    def count(self) -> int:
        return self._history.count(self._filter)

    def rows(self, before: int | None, skip: int, limit: int) -> Sequence[Line]:
        beyond = None if before is None else abs(before)
        return self._lines(self._history.page, before=beyond, skip=skip, limit=limit, oldest_first=self._oldest_first)

    def rows_before_last(self, behind: int, limit: int) -> Sequence[Line] | None:
        if self._oldest_first:
            return None  # what comes in meanwhile comes at the end: counted from there, rows would be other ones
        return self._lines(self._history.page, skip=behind, limit=limit, oldest_first=True)[::-1]

    def newer_than(self, row_id: int) -> int:
        if self._oldest_first:
            return self._history.count(self._filter, older_than=-row_id)
        return self._history.count(self._filter, newer_than=row_id)

    def _lines(self, page: Callable[..., list[MessageRow]], **part: Any) -> list[Line]:
        return [
            Line(message, number_for_display(message.to), self._oldest_first) for message in page(self._filter, **part)
        ]

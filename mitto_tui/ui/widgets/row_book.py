"""What is known of a very long list: some of its rows, by index, and places from which more can be read quickly."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final, Generic, Protocol, TypeVar, runtime_checkable

BLOCK: Final = 100
"""Rows read at once."""
_KEPT: Final = 12
"""Blocks remembered."""


class Row(Protocol):
    """What a list is made of. ``id`` falls from one row to the next and names the same thing for ever."""

    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Row)
R_co = TypeVar("R_co", bound=Row, covariant=True)


class RowSource(Protocol[R_co]):
    """Where rows come from, newest (largest id) first. Its methods may block: call them in a thread."""

    def count(self) -> int:
        """How many rows there are now."""
        ...

    def rows(self, before: int | None, skip: int, limit: int) -> Sequence[R_co]:
        """Of the rows whose id is below ``before`` (None: of all), leave out ``skip`` and return the next ``limit``."""
        ...

    def newer_than(self, row_id: int) -> int:
        """How many rows have a larger id."""
        ...


@runtime_checkable
class ReadsFromEnd(Protocol[R_co]):
    """A source that can begin at its end as well: the last rows of a million cost no more than the first."""

    def rows_before_last(self, behind: int, limit: int) -> Sequence[R_co] | None:
        """Of all but the last ``behind`` rows, the last ``limit``, in the list's order; None where it can't tell."""
        ...


class RowBook(Generic[R]):
    """A cache of blocks of ``BLOCK`` rows, least recently used out first. Not for several threads."""

    def __init__(self, total: int = 0) -> None:
        self.total = total
        self._blocks: OrderedDict[int, Sequence[R]] = OrderedDict()
        self._places: list[int] = [0]
        self._before: dict[int, int | None] = {0: None}

    def get(self, index: int) -> R | None:
        """The row at ``index``, or None where it is not known (or there is none)."""
        block = self._blocks.get(index // BLOCK)
        if block is None or index < 0:
            return None
        offset = index % BLOCK
        return block[offset] if offset < len(block) else None

    def put(self, block: int, rows: Sequence[R]) -> None:
        """Remember ``rows`` as those of ``block``."""
        self._blocks[block] = rows
        self._blocks.move_to_end(block)
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)
        if rows:
            self.mark(block * BLOCK, rows[0].id + 1)
            self.mark(block * BLOCK + len(rows), rows[-1].id)

    def mark(self, index: int, before: int) -> None:
        """Remember that the rows from ``index`` on are those whose id is below ``before``."""
        if index and index not in self._before:
            insort(self._places, index)
        if index:
            self._before[index] = before

    def place(self, index: int) -> tuple[int, int | None]:
        """The nearest known place at or above ``index``, and the id that the rows from there on are below."""
        found = self._places[bisect_right(self._places, index) - 1]
        return found, self._before[found]

    def missing(self, first: int, last: int) -> int | None:
        """The first block between the indexes ``first`` and ``last`` (inclusive) that is not there, or None.

        What is there counts as used.
        """
        last = min(last, self.total - 1)
        absent: int | None = None
        for block in range(max(first, 0) // BLOCK, last // BLOCK + 1):
            if block in self._blocks:
                self._blocks.move_to_end(block)
            elif absent is None:
                absent = block
        return absent

    def blocks(self) -> Mapping[int, Sequence[R]]:
        """The blocks that are there."""
        return self._blocks


def read_block(source: RowSource[R], book: RowBook[R], block: int) -> Sequence[R]:
    """A block's rows, from the nearest place that is known or from the end. It may block: call it in a thread."""
    first = block * BLOCK
    place, before = book.place(first)
    size = min(BLOCK, book.total - first)
    behind = book.total - first - size
    if isinstance(source, ReadsFromEnd) and behind < first - place:
        rows = source.rows_before_last(behind, size)
        if rows is not None:
            return rows
    return source.rows(before, first - place, BLOCK)

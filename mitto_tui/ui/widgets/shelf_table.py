"""A table over things of which there are few enough to know each, and too much in each to read them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from mitto_tui.ui.widgets.paged_table import PagedTable

K = TypeVar("K")
"""What is known of each before it is read."""
L = TypeVar("L")
"""What is read to show one."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[L]):
    """A thing in its place: ``id`` is how many come after it, and 1."""

    id: int
    line: L


class ListSource(Generic[K, L]):
    """Rows for a ``PagedTable`` from a list that is there, each read when it is wanted; ``read`` may block."""

    def __init__(self, keys: Sequence[K], read: Callable[[K], L]) -> None:
        self.keys = keys
        self._read = read

    def row_id(self, index: int) -> int:
        """The id of the row at ``index``, or at the nearest there is."""
        return len(self.keys) - max(min(index, len(self.keys) - 1), 0)

    def count(self) -> int:
        """How many there are."""
        return len(self.keys)

    def rows(self, before: int | None, skip: int, limit: int) -> list[Placed[L]]:
        """The rows from a place on; see ``row_book.RowSource``."""
        total = len(self.keys)
        first = (0 if before is None else max(total - before + 1, 0)) + skip
        return [
            Placed(total - index, self._read(self.keys[index])) for index in range(first, min(first + limit, total))
        ]

    def newer_than(self, row_id: int) -> int:
        """How many come before a row."""
        return max(len(self.keys) - row_id, 0)


class ShelfTable(PagedTable[Placed[L]], Generic[L], can_focus=False):
    """Its rows are moved through from outside, by whoever has the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"paged-table--accent", "paged-table--muted"}

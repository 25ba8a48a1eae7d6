"""One look at a long list: as it is now, with the rows that are wanted, wherever they have moved to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from mitto_tui.ui.widgets.row_book import R, RowBook, RowSource, read_block


@dataclass(frozen=True, slots=True)
class Reading(Generic[R]):
    """What one look at the store gave: the list as it is now, and where the view and the cursor are in it."""

    book: RowBook[R]
    top: int
    cursor: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where view and cursor are: as indexes, and as the ids of their rows. ``top_id`` None means: stay at the top."""

    top: int = 0
    cursor: int = 0
    top_id: int | None = None
    cursor_id: int | None = None


def look(source: RowSource[R], stood: Standing, height: int) -> Reading[R]:
    """In a thread: the list as it is now, with the rows that will be visible and the cursor's."""
    book: RowBook[R] = RowBook(source.count())
    newest = max(book.total - 1, 0)
    top, cursor = stood.top, stood.cursor
    if stood.top_id is not None:
        top = source.newer_than(stood.top_id)
        book.mark(top, stood.top_id + 1)
    if stood.cursor_id is not None:
        cursor = source.newer_than(stood.cursor_id)
        book.mark(cursor, stood.cursor_id + 1)
    top, cursor = min(top, newest), min(cursor, newest)
    for first, last in ((top, top + height), (cursor, cursor)):
        while (block := book.missing(first, last)) is not None:
            book.put(block, read_block(source, book, block))
    return Reading(book, top, cursor)

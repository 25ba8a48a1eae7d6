"""Reading a block of a long list from whichever end is nearer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from mitto_tui.ui.widgets.row_book import BLOCK, RowBook, read_block


@dataclass(frozen=True)
class Numbered:
    id: int


class Numbers:
    """Rows ``size`` to 1; remembers how far it had to walk."""

    def __init__(self, size: int, *, both_ends: bool) -> None:
        self.size = size
        self.walked = 0
        if both_ends:
            self.rows_before_last = self._rows_before_last

    def count(self) -> int:
        return self.size

    def newer_than(self, row_id: int) -> int:
        return self.size - row_id

    def rows(self, before: int | None, skip: int, limit: int) -> Sequence[Numbered]:
        self.walked = skip
        first = (self.size if before is None else before - 1) - skip
        return [Numbered(number) for number in range(first, max(first - limit, 0), -1)]

    def _rows_before_last(self, behind: int, limit: int) -> Sequence[Numbered]:
        self.walked = behind
        return [Numbered(number) for number in range(behind + limit, behind, -1)]


@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 10 * BLOCK + 7])
def test_every_block_is_the_same_from_either_end(size: int) -> None:
    plain, both = Numbers(size, both_ends=False), Numbers(size, both_ends=True)
    last = (size - 1) // BLOCK
    for block in range(last + 1):
        empty: RowBook[Numbered] = RowBook(size)
        assert read_block(both, empty, block) == read_block(plain, empty, block)
        assert both.walked <= size / 2
    assert len(read_block(both, RowBook(size), last)) == (size - 1) % BLOCK + 1


def test_a_known_place_nearby_is_nearer_than_the_end() -> None:
    source, book = Numbers(10 * BLOCK, both_ends=True), RowBook[Numbered](10 * BLOCK)
    book.put(7, read_block(source, book, 7))
    read_block(source, book, 8)
    assert source.walked == 0

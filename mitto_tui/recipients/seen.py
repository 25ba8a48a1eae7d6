"""Which numbers a list has had already, and in which row first.

A dictionary of a million numbers takes more than 100 MB, which is most of what reading a list may take in all. A hash
table in flat arrays (open addressing, linear probing) takes less than a third of that, and twice the time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Final

_SMALLEST: Final = 1 << 12
_SPACIOUS: Final = 1 << 22
"""Slots up to which three of four stay free: then nearly every number finds its own slot at once. Beyond, half do."""


class Seen:
    """E.164 digits to the first row that had them. Rows are 0 to 2^32 - 1."""

    __slots__ = ("_count", "_limit", "_numbers", "_owners", "_rows")

    def __init__(self) -> None:
        # Everything ever asked about, in order, from place 1 on; a slot holds the place of its first, 0 is nobody's.
        self._numbers = array("Q", [0])
        self._rows = array("I", [0])
        self._count = 0
        self._clear(_SMALLEST)

    def __len__(self) -> int:
        return self._count

    def first_row(self, digits: str, row: int) -> int:
        """The row that had ``digits`` (1 to 19 of them, the first not 0) first: ``row`` itself if it is new."""
        return self.first_rows((digits,), (row,))[0]

    def first_rows(self, digits: Sequence[str], rows: Iterable[int]) -> list[int]:
        """``first_row`` of many, in their order."""
        found = list(rows)
        numbers, kept = self._numbers, self._rows
        begin = len(numbers)
        numbers.extend(map(int, digits))
        kept.extend(found)
        if len(numbers) != len(kept):
            raise ValueError("there must be a row for each number")
        while self._count + len(found) > self._limit:
            self._grow(begin)
        owners, mask = self._owners, len(self._owners) - 1
        known = 0
        for place, slot in enumerate([hashed & mask for hashed in map(hash, digits)], begin):
            owner = owners[slot]
            if owner:
                number = numbers[place]
                while owner and numbers[owner] != number:
                    slot = slot + 1 & mask
                    owner = owners[slot]
                if owner:
                    found[place - begin] = kept[owner]
                    known += 1
                    continue
            owners[slot] = place
        self._count += len(found) - known
        return found

    def _clear(self, slots: int) -> None:
        self._owners = array("I", bytes(4 * slots))
        self._limit = slots // (4 if slots <= _SPACIOUS else 2)

    def _grow(self, end: int) -> None:
        self._clear(len(self._owners) * (4 if len(self._owners) < _SPACIOUS else 2))
        owners, numbers, mask = self._owners, self._numbers, len(self._owners) - 1
        for place in range(1, end):
            number = numbers[place]
            slot = hash(str(number)) & mask
            while (owner := owners[slot]) and numbers[owner] != number:
                slot = slot + 1 & mask
            if not owner:
                owners[slot] = place

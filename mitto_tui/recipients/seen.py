"""Which numbers a list has had already, and in which row first.

A dictionary of a million numbers takes more than 100 MB, which is most of what reading a list may take in all. A hash
table in two flat arrays (open addressing, linear probing) takes a third of that, for less than half a second more.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Final

_MULTIPLIER: Final = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio: spreads numbers that differ in their last digits only (Knuth, volume 3, 6.4)."""
_WORD: Final = (1 << 64) - 1
_SMALLEST: Final = 12


class Seen:
    """E.164 digits to the first row that had them. Rows are 0 to 2^32 - 1."""

    __slots__ = ("_bits", "_count", "_numbers", "_rows")

    def __init__(self) -> None:
        self._clear(_SMALLEST)

    def __len__(self) -> int:
        return self._count

    def first_row(self, digits: str, row: int) -> int:
        """The row that had ``digits`` (1 to 19 of them, the first not 0) first: ``row`` itself if it is new."""
        return self.first_rows((digits,), (row,))[0]

    def first_rows(self, digits: Iterable[str], rows: Iterable[int]) -> list[int]:
        """``first_row`` of many, in their order."""
        found = []
        numbers, kept, bits = self._numbers, self._rows, self._bits
        shift, mask, limit = 64 - bits, (1 << bits) - 1, (1 << bits) * 5 // 8
        for number, row in zip(map(int, digits), rows, strict=True):
            slot = (number * _MULTIPLIER & _WORD) >> shift
            while (there := numbers[slot]) and there != number:
                slot = slot + 1 & mask
            if there:
                found.append(kept[slot])
                continue
            numbers[slot] = number
            kept[slot] = row
            found.append(row)
            self._count += 1
            if self._count > limit:
                self._grow()
                numbers, kept, bits = self._numbers, self._rows, self._bits
                shift, mask, limit = 64 - bits, (1 << bits) - 1, (1 << bits) * 5 // 8
        return found

    def _clear(self, bits: int) -> None:
        self._bits = bits
        self._count = 0
        self._numbers = array("Q", bytes(8 << bits))
        self._rows = array("I", bytes(4 << bits))

    def _grow(self) -> None:
        numbers, rows = self._numbers, self._rows
        self._clear(self._bits + 2 if self._bits < 20 else self._bits + 1)
        shift, mask = 64 - self._bits, (1 << self._bits) - 1
        grown, kept = self._numbers, self._rows
        for number, row in zip(numbers, rows, strict=True):
            if number:
                slot = (number * _MULTIPLIER & _WORD) >> shift
                while grown[slot]:
                    slot = slot + 1 & mask
                grown[slot] = number
                kept[slot] = row
                self._count += 1

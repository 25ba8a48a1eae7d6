"""The texts of an XLSX workbook (ECMA-376 part 1, 18.4), which its cells refer to by number."""

from __future__ import annotations

from array import array
from collections.abc import Generator
from typing import Final

_LEFT_TO_SETTLE: Final = 8
"""Pieces, of a chunk each, that may be left when the last cell has got its text."""


class SharedStrings:
    """The texts of a workbook, as one run of UTF-8: a third of the memory of as many str objects.

    They stand in a part of their own, mostly in the order in which the sheet refers to them, so ``coming`` is read only
    as far as a text that is asked for: the first rows of a list need few of its million texts.
    """

    def __init__(self) -> None:
        self.coming: Generator[None, None, None] | None = None
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "replace")
        self._ends.append(len(self._bytes))

    def __getitem__(self, index: int) -> str:
        while index >= len(self._ends) - 1:
            if not self.read_on():
                return ""
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()

    def read_on(self) -> bool:
        """Read a piece more; False where there is none."""
        if self.coming is not None and next(self.coming, self) is self:
            self.coming = None
        return self.coming is not None

    def settle(self) -> bool:
        """Read what little may be left, and say whether all is read."""
        return not all(self.read_on() for _ in range(_LEFT_TO_SETTLE))

    def close(self) -> None:
        """Let go of the file."""
        if self.coming is not None:
            self.coming.close()

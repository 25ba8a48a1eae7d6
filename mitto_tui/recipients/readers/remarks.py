"""What is noticed while the rows of a text are read, as sentences for the person."""

from __future__ import annotations

from typing import Final

from mitto_tui.recipients.readers.model import counted

_NAMED: Final = 3
_CELL: Final = 131_072  # csv's own limit of a cell


class Remarks:
    """What was noticed while the rows were read, as sentences."""

    def __init__(self) -> None:
        self.unclosed: list[int] = []
        self.suspicious: list[int] = []
        self.long_cells: list[int] = []
        self.damaged = 0
        self.damaged_line = 0
        self.zeros = 0
        self.empty = 0

    def sentences(self) -> list[str]:
        found = []
        if len(self.unclosed) == 1:
            found.append(f"Line {self.unclosed[0]:,} opens a quote that is never closed: it was read as it stands.")
        elif self.unclosed:
            found.append(f"{_lines(self.unclosed)} open quotes that are never closed: they were read as they stand.")
        if self.suspicious:
            found.append(
                f"{_lines(self.suspicious)} {_has(self.suspicious)} a cell of several lines with a telephone number in "
                "it: look whether a quote is missing."
            )
        if self.long_cells:
            found.append(f"{_lines(self.long_cells)} {_has(self.long_cells)} a cell of more than {_CELL:,} characters.")
        if self.damaged:
            found.append(
                f"{counted(self.damaged, 'character')} can't be read in this encoding, the first in line "
                f"{self.damaged_line:,}: shown as \ufffd."
            )
        if self.zeros:
            found.append(f"{counted(self.zeros, 'NUL character')} {'was' if self.zeros == 1 else 'were'} left out.")
        if self.empty:
            found.append(f"{counted(self.empty, 'empty row')} {'was' if self.empty == 1 else 'were'} skipped.")
        return found


def _has(numbers: list[int]) -> str:
    return "has" if len(numbers) == 1 else "have"


def _lines(numbers: list[int]) -> str:
    named = ", ".join(f"{number:,}" for number in numbers[:_NAMED])
    if len(numbers) > _NAMED:
        return f"Lines {named} and {len(numbers) - _NAMED:,} more"
    return f"{'Line' if len(numbers) == 1 else 'Lines'} {named}"

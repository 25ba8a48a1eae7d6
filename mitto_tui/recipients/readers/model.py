"""What a list is, once it is read: rows of text cells, and what was understood of the file they came from."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

from mitto_tui.sms.errors import MittoTuiError

Row = tuple[int, list[str]]
"""The number of a row and its cells.

The number is what the person sees beside the row: the line in an editor for text (for a record with quoted line breaks
the line it begins in), the row of the sheet for a workbook, the line of BEGIN:VCARD for cards. The first is 1. There
are never fewer cells than columns: what is missing is empty. There are more where the row has more.
"""

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

Blocks = Generator[list[Row], None, None]
"""Rows in blocks of any size, or batches of a size; closing it closes the file."""

WORKBOOKS: Final = frozenset({"xlsx", "xls", "xlsb", "ods"})
FORMATS: Final = ("csv", "tsv", "txt", "xlsx", "xls", "xlsb", "ods", "vcf")
"""What ``Detected.format`` can be. ``txt`` is text with a single column; csv has any delimiter but the tabulator."""


class ListProblem(MittoTuiError):
    """The list can't be read at all, or not to its end. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person decided instead of us; None is to be detected.

    ``format`` is one of FORMATS, or ``text`` for delimited text of any kind. ``encoding`` is a Python codec name.
    ``delimiter`` is a single character, one of the words tab, comma, semicolon, pipe, or empty for a single column.
    ``header`` says whether the first row names the columns. ``sheet`` is the name of a sheet or its number from 1.
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    sheet: str | int | None = None


@dataclass(frozen=True, slots=True)
class Detected:
    """How the file is read.

    ``encoding`` is a Python codec name (utf-8-sig for UTF-8 with a mark), empty for workbooks and pasted text, and
    ``encoding_sure`` False where it is a guess that the person should look at. ``delimiter`` is a character, empty for
    a single column and for what is not delimited. ``sheets`` are the visible sheets of a workbook. ``columns`` are the
    header's names, or "Column 1" and on; none is empty and no two are equal. ``notes`` are sentences about what was
    found at opening.
    """

    format: str
    encoding: str
    encoding_sure: bool
    delimiter: str
    header: bool
    sheet: str
    sheets: tuple[str, ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """How delimited text is written. ``encoding`` ends with -sig for UTF-8 with a mark; ``formulas`` says that numbers
    are written as ``="0172…"``.
    """

    encoding: str
    delimiter: str
    line_end: str
    quote_all: bool = False
    excel_line: bool = False
    formulas: bool = False


def column_names(cells: list[str], width: int) -> tuple[str, ...]:
    """Names for ``width`` columns out of a header row: the empty are numbered, and what is there twice too."""
    names: list[str] = []
    taken: set[str] = set()
    for index in range(max(width, len(cells))):
        given = " ".join(cells[index].split()) if index < len(cells) else ""
        name = given or f"Column {index + 1}"
        again = 2
        while name.casefold() in taken:
            name = f"{given or 'Column'} ({again})"
            again += 1
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def pad(rows: list[Row], width: int) -> None:
    """Give every row at least ``width`` cells, in place."""
    for _, cells in rows:
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))


def counted(number: int, noun: str) -> str:
    """``1 row``, ``1,204 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

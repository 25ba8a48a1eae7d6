"""Lists in workbooks: a sheet, its header and its rows."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import Final

from mitto_tui.recipients.readers.books import Book, BookRemarks, Sheet, sheets_to_try
from mitto_tui.recipients.readers.columns import LOOKED_AT, looks_like_number
from mitto_tui.recipients.readers.model import (
    Blocks,
    Choices,
    Detected,
    ListProblem,
    Progress,
    Row,
    Style,
    counted,
    pad,
)
from mitto_tui.recipients.readers.sources import Source
from mitto_tui.recipients.readers.tables import layout_of
from mitto_tui.sms.visible import one_line

_SHEETS_TRIED: Final = 20


class WorkbookList:
    """A sheet of a workbook."""

    style: Style | None = None

    def __init__(self, source: Source, choices: Choices, kind: str, notes: list[str]) -> None:
        self._book = _book(source, kind)
        sheets, notes_on_sheets = sheets_to_try(self._book, choices.sheet, source.name)
        found = self._likeliest(sheets)
        if found is None:
            raise ListProblem(f"{source.name} has nothing in {_it(sheets)}.", "Choose another sheet or another file.")
        self._sheet, sample = found
        if len(sheets) > 1:
            others = f"there {'is' if len(sheets) == 2 else 'are'} {counted(len(sheets) - 1, 'other sheet')}"
            notes_on_sheets.append(f"Sheet “{one_line(self._sheet.name, 40)}” is read; {others}.")
        layout = layout_of(sample, choices.header, source.name, whole=len(sample) <= LOOKED_AT)
        self._after = layout.after
        self.detected = Detected(
            format=kind,
            encoding="",
            encoding_sure=True,
            delimiter="",
            header=layout.header,
            sheet=self._sheet.name,
            sheets=tuple(sheet.name for sheet in self._book.sheets if sheet.visible),
            columns=layout.columns,
            notes=(*notes, *notes_on_sheets, *layout.notes),
        )

    def _likeliest(self, sheets: list[Sheet]) -> tuple[Sheet, list[Row]] | None:
        """The first sheet with telephone numbers in most rows, or else the first with anything in it."""
        found: tuple[Sheet, list[Row]] | None = None
        for sheet in sheets[:_SHEETS_TRIED]:
            sample = self._sample(sheet)
            if sum(any(map(looks_like_number, cells)) for _, cells in sample) * 2 >= max(len(sample), 1):
                return sheet, sample
            if sample and found is None:
                found = sheet, sample
        return found

    def _sample(self, sheet: Sheet) -> list[Row]:
        with closing(self._book.rows(sheet, BookRemarks())) as blocks:
            return list(islice((row for block in blocks for row in block), LOOKED_AT + 1))

    def rows(self, progress: Progress | None, notes: list[str]) -> Blocks:
        """The rows under the header; see ``Reader.rows``."""
        remarks = BookRemarks()
        with closing(self._book.rows(self._sheet, remarks, progress)) as blocks:
            for rows in blocks:
                data = [row for row in rows if row[0] > self._after] if rows and rows[0][0] <= self._after else rows
                pad(data, len(self.detected.columns))
                yield data
        notes += remarks.sentences()


def _it(sheets: list[Sheet]) -> str:
    return f"its sheet “{one_line(sheets[0].name, 40)}”" if len(sheets) == 1 else "any sheet that can be seen"


def _book(source: Source, kind: str) -> Book:
    if kind == "xlsx":
        from mitto_tui.recipients.readers.xlsx import XlsxBook

        return XlsxBook(source)
    if kind == "ods":
        from mitto_tui.recipients.readers.ods import OdsBook

        return OdsBook(source)
    from mitto_tui.recipients.readers.binary_book import BinaryBook

    return BinaryBook(source)

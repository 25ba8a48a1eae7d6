"""Opening a list: any file, stream or pasted text to rows of cells, with what was understood of it."""

from __future__ import annotations

import os
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from mitto_tui.recipients.readers.columns import LOOKED_AT, PhoneColumn, guess_columns
from mitto_tui.recipients.readers.formats import format_of, unpacked
from mitto_tui.recipients.readers.model import (
    FORMATS,
    WORKBOOKS,
    Blocks,
    Choices,
    Detected,
    ListProblem,
    Progress,
    Row,
    Style,
)
from mitto_tui.recipients.readers.sources import Readable, Source, source_of

BATCH: Final = 5000
_NOTHING: Final = Choices()


class Reader(Protocol):
    """What a format gives: how it was understood, and its rows as often as they are asked for."""

    detected: Detected
    style: Style | None
    """How it is written, for delimited text."""

    def rows(self, progress: Progress | None, notes: list[str]) -> Blocks:
        """The data rows in blocks of any size, each with a cell for every column.

        Puts sentences into ``notes`` when all are read.
        """
        ...


class ListFile:
    """A list that can be read several times. Close it, or use it as a context manager."""

    def __init__(self, source: Source, reader: Reader) -> None:
        self.name = source.name
        self.detected = reader.detected
        self.style = reader.style
        self.path = None if source.path is None else Path(os.path.abspath(source.path))
        """The file that it was read from, as it was named; None for a stream and for what was pasted."""
        self._source = source
        self._reader = reader
        self._found: tuple[str, ...] = ()
        self._closed = False

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of opening, and of the last time that all rows were read."""
        return self.detected.notes + self._found

    def look(self) -> None:
        """Raises ListProblem if the file is gone, or not what was opened any more."""
        self._source.open().close()

    def preview(self, count: int = 20) -> list[Row]:
        """The first data rows as they are read. Raises ListProblem."""
        with closing(self._blocks(None)) as blocks:
            return list(islice((row for block in blocks for row in block), count))

    def phone_column(self) -> PhoneColumn:
        """The column that seems to hold the telephone numbers. Raises ListProblem."""
        return guess_columns(self.detected.columns, [cells for _, cells in self.preview(LOOKED_AT)])

    def batches(self, size: int = BATCH, progress: Progress | None = None) -> Blocks:
        """All data rows, ``size`` at a time; the last batch may be smaller. Raises ListProblem.

        Stop iterating to cancel: the file is closed when the iterator is. ``progress`` is called a few times a second
        or more, with bytes as they are stored (for XLSX and ODS, bytes of the sheet unpacked).
        """
        if size < 1:
            raise ValueError("a batch has at least one row")
        waiting: list[Row] = []
        with closing(self._blocks(progress)) as blocks:
            for block in blocks:
                waiting = waiting + block if waiting else block
                at = 0
                while len(waiting) - at >= size:
                    yield waiting[at : at + size]
                    at += size
                waiting = waiting[at:]
        if waiting:
            yield waiting

    def _blocks(self, progress: Progress | None) -> Blocks:
        notes: list[str] = []
        with closing(self._reader.rows(progress, notes)) as blocks:
            self._check_open()
            for rows in blocks:
                if rows:
                    yield rows
                    self._check_open()
        self._found = tuple(notes)

    def _check_open(self) -> None:
        if self._closed:
            raise ListProblem(f"{self.name} was closed while it was being read.", "Open it again.")

    def close(self) -> None:
        """Let go of the list. Whoever still iterates over it gets a ListProblem."""
        self._closed = True
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_list(source: Path | Readable | str, choices: Choices = _NOTHING) -> ListFile:
    """Open a file, a binary stream (which is read to its end) or pasted text as a list.

    The format is detected by content. ``choices`` are the person's, and win. Raises ListProblem, with a sentence, for
    whatever is no list: a directory, a picture, a broken workbook, a header without rows, an empty file.
    """
    opened = source_of(source)
    try:
        opened, notes = _unpacked(opened)
        return ListFile(opened, _reader(opened, choices, notes))
    except BaseException:
        opened.close()
        raise


def _unpacked(source: Source) -> tuple[Source, list[str]]:
    if source.pasted:
        return source, []
    content, notes = unpacked(source)
    if content is not source:
        content.path = source.path
        source.close()
    return content, notes


def _reader(source: Source, choices: Choices, notes: list[str]) -> Reader:
    if choices.format is not None and choices.format not in (*FORMATS, "text"):
        raise ListProblem(f"There is no format {choices.format[:20]!r}.", f"Use one of {', '.join(FORMATS)}.")
    found = format_of(source)
    chosen = choices.format or found
    if (chosen in WORKBOOKS) != (found in WORKBOOKS) or (chosen in WORKBOOKS and chosen != found):
        raise ListProblem(f"{source.name} is no {chosen.upper()} file.", f"By what is in it, it is {found.upper()}.")
    if chosen in WORKBOOKS:
        from mitto_tui.recipients.readers.workbook_list import WorkbookList

        return WorkbookList(source, choices, found, notes)
    if chosen == "vcf":
        from mitto_tui.recipients.readers.card_list import CardList

        return CardList(source, choices, notes)
    from mitto_tui.recipients.readers.text_list import TextList

    return TextList(source, choices, notes)

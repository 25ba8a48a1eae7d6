"""Writing rows as the list they came from is written, so that they can be mended and read again."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from mitto_tui.recipients.readers.delimiters import NO_DELIMITER
from mitto_tui.recipients.readers.list_file import ListFile
from mitto_tui.recipients.readers.model import WORKBOOKS, ListProblem, Row, Style
from mitto_tui.recipients.readers.sources import explained
from mitto_tui.sms.visible import one_line

_PLAIN: Final = Style("utf-8-sig", ",", "\r\n")
_CSV_END: Final = "\r\n"
_MARKS: Final = {
    "utf-8-sig": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
"""What stands at the beginning: without it, UTF-16 could only be guessed when it is read again."""


class RowWriter:
    """Rows into a file; a context manager that closes what it opened.

    ``note`` says where the list's own format can't be written, and is empty where it can.
    """

    def __init__(self, stream: IO[bytes], style: Style, note: str, *, owned: bool) -> None:
        self.note = note
        self._stream, self._owned, self._style = stream, owned, style
        self._codec = style.encoding.removesuffix("-sig")
        self._record = io.StringIO()
        # Its end of a record is taken off again: with another one, csv would leave a \r or \n of a cell unquoted.
        self._writer = csv.writer(
            self._record,
            delimiter=style.delimiter or NO_DELIMITER,
            quoting=csv.QUOTE_ALL if style.quote_all else csv.QUOTE_MINIMAL,
            lineterminator=_CSV_END,
        )

    def begin(self, header: Iterable[str] | None) -> None:
        """Write what comes before the rows: the encoding's mark, Excel's ``sep=`` line, the header."""
        self._stream.write(_MARKS.get(self._style.encoding, b""))
        if self._style.excel_line:
            self._put(f"sep={self._style.delimiter}{self._style.line_end}")
        if header is not None:
            self.write([(0, list(header))])

    def write(self, rows: Iterable[Row]) -> None:
        """Write the cells of ``rows``. Raises ListProblem where the disk is full or gone."""
        for _, cells in rows:
            self._writer.writerow(cells)
            record = self._record.getvalue().removesuffix(_CSV_END)
            self._record.seek(0)
            self._record.truncate()
            self._put(record + self._style.line_end)

    def _put(self, text: str) -> None:
        with explained("The file"):
            self._stream.write(text.encode(self._codec, "replace"))

    def close(self) -> None:
        """Write what is left."""
        with explained("The file"):
            self._stream.flush()
            if self._owned:
                self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def writer_like(list_file: ListFile, target: Path | IO[bytes], *, overwrite: bool = False) -> RowWriter:
    """A writer in the format, delimiter, encoding, quoting and line ends of ``list_file``, with its header written.

    Workbooks and vCards become CSV in UTF-8 with a mark, and the writer's ``note`` says so. A path is created for its
    owner alone; one that exists is only replaced with ``overwrite``. Raises ListProblem.
    """
    detected = list_file.detected
    note, style = "", list_file.style
    if style is None:
        kind = detected.format.upper() if detected.format in WORKBOOKS else "vCard"
        note = f"The list is {kind}; these rows are written as CSV in UTF-8, which every spreadsheet program opens."
        style = _PLAIN
    header = detected.columns if detected.header or detected.format == "vcf" else None
    if isinstance(target, Path):
        writer = RowWriter(_created(target, overwrite), style, note, owned=True)
    else:
        writer = RowWriter(target, style, note, owned=False)
    writer.begin(header)
    return writer


def _created(path: Path, overwrite: bool) -> IO[bytes]:
    name = one_line(path.name, 80)
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0) | (os.O_TRUNC if overwrite else os.O_EXCL)
    try:
        with explained(name):
            return os.fdopen(os.open(path, flags, 0o600), "wb")
    except ListProblem as problem:
        if isinstance(problem.__context__, FileExistsError):
            raise ListProblem(f"{name} exists already.", "Choose another name.") from None
        raise

"""Writing rows as the list they came from is written, so that they can be mended and read again."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from mitto_tui.recipients.readers.delimiters import NO_DELIMITER
from mitto_tui.recipients.readers.formulas import kept
from mitto_tui.recipients.readers.list_file import ListFile
from mitto_tui.recipients.readers.model import FORMATS, WORKBOOKS, ListProblem, Row, Style
from mitto_tui.sms.visible import one_line

_PLAIN: Final = Style("utf-8-sig", ",", "\r\n")
_CSV_END: Final = "\r\n"
_LINE_ENDS: Final = ("\r\n", "\n", "\r")
_MARKS: Final = {
    "utf-8-sig": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
"""What stands at the beginning: without it, UTF-16 could only be guessed when it is read again."""
_IN_CSV: Final = "these rows are written as CSV in UTF-8, which every spreadsheet program opens."
_SIGNS: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "…": "...", "→": "->"})


class RowWriter:
    """Rows into a file; a context manager that closes what it opened.

    ``note`` says where the list's own format can't be written, and is empty where it can. ``spoilt`` counts the rows
    with characters that the encoding doesn't have: question marks stand for them.
    """

    def __init__(self, stream: IO[bytes], style: Style, note: str, *, owned: bool) -> None:
        self.note = note
        self.spoilt = 0
        self.encoding = style.encoding
        self.delimiter = style.delimiter
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
        with _explained("The file"):
            self._stream.write(_MARKS.get(self._style.encoding, b""))
        if self._style.excel_line:
            self._put(f"sep={self._style.delimiter}{self._style.line_end}")
        if header is not None:
            self.write([(0, list(header))])

    def write(self, rows: Iterable[Row]) -> None:
        """Write the cells of ``rows``. Raises ListProblem where the disk is full or gone."""
        for _, cells in rows:
            self._writer.writerow(map(kept, cells) if self._style.formulas else cells)
            record = self._record.getvalue().removesuffix(_CSV_END)
            self._record.seek(0)
            self._record.truncate()
            self._put(record + self._style.line_end)

    def in_its_signs(self, text: str) -> str:
        """A sentence of ours, with plain quotes and dashes where the encoding has no others."""
        try:
            text.encode(self._codec)
        except UnicodeEncodeError:
            return text.translate(_SIGNS)
        return text

    def _put(self, text: str) -> None:
        try:
            octets = text.encode(self._codec)
        except UnicodeEncodeError:
            self.spoilt += 1
            octets = text.encode(self._codec, "replace")
        with _explained("The file"):
            self._stream.write(octets)

    def close(self) -> None:
        """Write what is left."""
        with _explained("The file"):
            try:
                self._stream.flush()
            finally:
                if self._owned:
                    self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Way:
    """How a list is written: what its note says, and its header where it has one."""

    style: Style
    header: Sequence[str] | None
    note: str = ""


def writer_like(list_file: ListFile, target: Path | IO[bytes], *, overwrite: bool = False) -> RowWriter:
    """A writer in the format, delimiter, encoding, quoting and line ends of ``list_file``, with its header written.

    Workbooks and vCards become CSV in UTF-8 with a mark, and the writer's ``note`` says so. A path is created for its
    owner alone; one that exists is only replaced with ``overwrite``. Raises ListProblem.
    """
    found = list_file.detected
    return _writer(_way(found.format, list_file.style, found.columns, header=found.header), target, overwrite, ())


def writer_of(
    source: Mapping[str, object],
    target: Path | IO[bytes],
    *,
    overwrite: bool = False,
    more_columns: Sequence[str] = (),
) -> RowWriter:
    """What ``writer_like`` gives, by what ``Checking.source`` said of the list, which may be gone.

    ``more_columns`` are put behind the header's, where it has one; whoever writes rows adds their cells, which a
    tabulator separates where the list has a single column. A ``source`` that doesn't say how to write is taken for CSV
    in UTF-8 with a mark, and ``note`` says so. Raises ListProblem.
    """
    kind, columns = source.get("format"), source.get("columns")
    names = [str(name) for name in columns] if isinstance(columns, (list, tuple)) else []
    known = kind if isinstance(kind, str) and kind in FORMATS else ""
    way = _way(known, _style_in(source.get("style")), names, header=source.get("header") is True)
    return _writer(way, target, overwrite, more_columns)


def _way(kind: str, style: Style | None, columns: Sequence[str], *, header: bool) -> _Way:
    names = columns if columns and (header or kind == "vcf") else None
    if kind == "vcf" or kind in WORKBOOKS:
        return _Way(_PLAIN, names, f"The list is {'vCard' if kind == 'vcf' else kind.upper()}; {_IN_CSV}")
    if style is None:
        return _Way(_PLAIN, names, f"How the list was written isn't known any more; {_IN_CSV}")
    return _Way(style, names)


def _style_in(found: object) -> Style | None:
    """A style out of its own ``asdict``; None for anything that nothing can be written in."""
    if not isinstance(found, Mapping):
        return None
    values = {field.name: found.get(field.name, False) for field in fields(Style)}
    encoding, delimiter = values["encoding"], values["delimiter"]
    flags = (values["quote_all"], values["excel_line"], values["formulas"])
    if not isinstance(encoding, str) or not isinstance(delimiter, str) or values["line_end"] not in _LINE_ENDS:
        return None
    if delimiter in ('"', "\r", "\n", "\0") or len(delimiter) > 1 or not all(isinstance(flag, bool) for flag in flags):
        return None
    try:
        if "a".encode(encoding) * 2 != "aa".encode(encoding) and encoding not in _MARKS:
            return None  # it would begin every row anew, with a mark
    except (LookupError, ValueError):  # unknown or no encoding of text; nothing can be written in it
        return None
    quote_all, excel_line, formulas = (flag is True for flag in flags)
    return Style(encoding, delimiter, str(values["line_end"]), quote_all, excel_line and bool(delimiter), formulas)


def _writer(way: _Way, target: Path | IO[bytes], overwrite: bool, more_columns: Sequence[str]) -> RowWriter:
    header = None if way.header is None else [*way.header, *more_columns]
    if more_columns and not way.style.delimiter:
        way = replace(way, style=replace(way.style, delimiter="\t"))
    if not isinstance(target, Path):
        writer = RowWriter(target, way.style, way.note, owned=False)
        writer.begin(header)
        return writer
    writer = RowWriter(_created(target, overwrite), way.style, way.note, owned=True)
    try:
        writer.begin(header)
    except BaseException:
        writer.close()
        raise
    return writer


def _created(path: Path, overwrite: bool) -> IO[bytes]:
    name = one_line(path.name, 80)
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0) | (os.O_TRUNC if overwrite else os.O_EXCL)
    with _explained(name):
        return os.fdopen(os.open(path, flags, 0o600), "wb")


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn what the operating system says of writing into a sentence."""
    try:
        yield
    except FileExistsError:
        raise ListProblem(f"{name} exists already.", "Choose another name.") from None
    except FileNotFoundError:
        raise ListProblem(f"{name} can't be written: there is no such folder.", "Check the path.") from None
    except PermissionError:
        raise ListProblem(
            f"{name} can't be written: permission is denied.", "Choose another folder, or another name."
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        what = f"{name} can't be written: {one_line(reason, 200)}."
        raise ListProblem(what, "Make room, or choose another place.") from None

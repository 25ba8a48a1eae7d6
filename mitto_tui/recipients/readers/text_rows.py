"""Text to rows, a block at a time, close to the speed of ``csv.reader`` alone.

A block of whole lines is handed to ``csv.reader`` at once. Where every record is one line, which is nearly always, its
rows are numbered by counting; only blocks with quoted line breaks are looked at record by record. A quote that is never
closed would swallow the rest of the file, or everything up to the next quote: such a line is read as it stands instead,
and named.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import gc
import io
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Final, Protocol

from mitto_tui.recipients.readers.charsets import Charset
from mitto_tui.recipients.readers.columns import looks_like_number
from mitto_tui.recipients.readers.delimiters import NO_DELIMITER, Delimiting
from mitto_tui.recipients.readers.formulas import may_have_formulas, without_formulas
from mitto_tui.recipients.readers.model import ListProblem, Progress, Row, pad
from mitto_tui.recipients.readers.remarks import Remarks
from mitto_tui.recipients.readers.sources import Source, blocks

LONGEST_LINE: Final = 1_000_000
LONGEST_RECORD: Final = 128 * 1024
"""Characters of a record with quoted line breaks; a single cell has csv's own limit of as much."""
MOST_LINES: Final = 200
"""Lines of a record with quoted line breaks. A message or an address has a few, an unclosed quote thousands."""

_DIGITS: Final = re.compile(r"\d(?:[^\w\r\n]*\d){6}")
_END_OF_FILE: Final = "\x1a"
"""What DOS programs write behind the last line."""
_END: Final = "\ue000\ue001\ue000"


def text_blocks(
    source: Source,
    charset: Charset,
    remarks: Remarks,
    progress: Progress | None = None,
    longest_line: int = LONGEST_LINE,
) -> Generator[str, None, None]:
    """The text in blocks that end with a line, the last one too. Raises ListProblem for a line beyond its limit."""
    decoder = codecs.getincrementaldecoder(charset.codec)("strict")
    skip, line, rest, begun = charset.mark, 1, "", False
    for block in chain(blocks(source, progress), (b"",)):
        final = not block
        text = rest + _decoded(decoder, block[skip:], remarks, line, final=final)
        skip = 0
        if final:
            rest, text = "", text.removesuffix(_END_OF_FILE)
            if text and not text.endswith(("\n", "\r")):
                text += "\n"
        else:
            end = text.rfind("\n") + 1 or text.rfind("\r", 0, -1) + 1  # the last \r may be half of \r\n
            text, rest = text[:end], text[end:]
        if len(rest) > longest_line:
            raise ListProblem(
                f"Line {line + _line_ends(text):,} of {source.name} has more than {longest_line:,} characters.",
                "This is not a list with a recipient a line. Look at it in an editor.",
            )
        if text and not begun:
            begun, text = True, text.lstrip("\ufeff")  # joined files have a mark more
        if text:
            yield text
            line += _line_ends(text)


def _line_ends(text: str) -> int:
    return text.count("\n") + (text.count("\r") - text.count("\r\n") if "\r" in text else 0)


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, remarks: Remarks, line: int, *, final: bool) -> str:
    state = decoder.getstate()
    try:
        text = decoder.decode(block, final)
    except UnicodeDecodeError:
        decoder.setstate(state)
        decoder.errors = "replace"
        text = decoder.decode(block, final)
        decoder.errors = "strict"
        if not remarks.damaged:
            remarks.damaged_line = line + _line_ends(text[: text.find("\ufffd")])
        remarks.damaged += text.count("\ufffd")
    if "\x00" in text:
        remarks.zeros += text.count("\x00")
        text = text.replace("\x00", "")
    return text


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Without garbage collection, which would walk over all of the app again and again: new rows set it off, and none
    of them is garbage. That takes half of the time in a large process.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Reader(Protocol):
    """What csv.reader gives; its own type has no public name."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class RowReader:
    """Rows out of blocks of text, without the empty ones. Feed every block in order and then call ``finish``.

    Rows get at least ``width`` cells.
    """

    def __init__(self, delimiting: Delimiting, remarks: Remarks, width: int = 0) -> None:
        self._delimiter = delimiting.delimiter or NO_DELIMITER
        self._skip_space = delimiting.skip_space
        self._remarks = remarks
        self._width = width  # columns, to recognise rows inside a cell; 0 where that is not known yet
        self._line = 1  # the number of the first line that was not read yet
        self._pending = ""  # a record whose end has not come yet

    def feed(self, block: str, *, last: bool = False) -> list[Row]:
        """The rows of ``block`` that are complete; all of them if it is the ``last``."""
        text = self._pending + block
        if self._delimiter == NO_DELIMITER and NO_DELIMITER in text:
            text = text.replace(NO_DELIMITER, " ")
        self._pending = ""
        rows = self._rows(text, last)
        return without_formulas(rows) if may_have_formulas(text) else rows

    def _rows(self, text: str, last: bool) -> list[Row]:
        with _collection_paused():
            reader = self._reader(io.StringIO(text, newline=""))
            try:
                cells = list(reader)
            except csv.Error:
                return self._one_by_one(text, last)
            if reader.line_num != len(cells) or cells[-1] != [_END]:
                return self._one_by_one(text, last)
            cells.pop()
            first, self._line = self._line, self._line + len(cells)
            rows = list(zip(range(first, self._line), cells, strict=True))
        if all(map(any, cells)):
            if min(map(len, cells), default=self._width) < self._width:
                pad(rows, self._width)
            return rows
        return self._filled(rows)

    def finish(self) -> list[Row]:
        """What was waiting for its end."""
        return self.feed("", last=True) if self._pending else []

    def _one_by_one(self, text: str, last: bool) -> list[Row]:
        lines = list(io.StringIO(text, newline=""))
        rows: list[Row] = []
        sound = self._sound(lines)
        at = 0  # the line that the next record begins in
        while at < len(lines):
            start, reader = at, self._reader(lines[at:] if at else lines)
            while True:
                try:
                    cells = next(reader)
                except csv.Error:
                    rows.append(self._as_it_stands(lines, at))
                    at += 1
                    break
                end = start + reader.line_num
                if end > len(lines):  # the mark at the end was read
                    if at < len(lines):
                        if not last and self._may_go_on(lines, at):
                            self._pending = "".join(lines[at:])
                            self._line += at
                            return self._filled(rows)
                        rows.append(self._as_it_stands(lines, at))
                        at += 1
                    break
                if end - at > 1 and self._swallowed(lines[at:end], cells, sound=end <= sound):
                    rows.append(self._as_it_stands(lines, at))
                    at += 1
                    break
                if end - at > 1 and self._holds_number(cells):
                    self._remarks.suspicious.append(self._line + at)
                rows.append((self._line + at, cells))
                at = end
        self._line += len(lines)
        return self._filled(rows)

    def _reader(self, lines: Iterable[str]) -> _Reader:
        return csv.reader(chain(lines, (_END,)), delimiter=self._delimiter, skipinitialspace=self._skip_space)

    def _may_go_on(self, lines: list[str], at: int) -> bool:
        open_lines = len(lines) - at
        return open_lines <= MOST_LINES and sum(map(len, lines[at:])) <= LONGEST_RECORD

    def _sound(self, lines: list[str]) -> int:
        """How many lines there are before the first with something after the quote that closes a cell."""
        reader: _Reader = csv.reader(lines, delimiter=self._delimiter, skipinitialspace=self._skip_space, strict=True)
        read = 0
        with contextlib.suppress(csv.Error):
            for _ in reader:
                read = reader.line_num
        return read

    def _swallowed(self, lines: list[str], cells: list[str], *, sound: bool) -> bool:
        """Whether a record of several lines is really a stray quote and the rows up to the next quote."""
        if len(lines) > MOST_LINES:
            return True
        # Something after the quote that closes it: that quote was meant to open another cell.
        if not sound and not self._sound(lines):
            return True
        return len(cells) != self._width > 1 and any(map(self._is_row, lines[1:]))

    def _holds_number(self, cells: list[str]) -> bool:
        """Whether a cell of several lines has a telephone number in it, as a swallowed row would."""
        for cell in cells:
            if ("\n" in cell or "\r" in cell) and _DIGITS.search(cell):
                pieces = re.split(f"[{re.escape(self._delimiter)}\r\n]", cell)
                if any(looks_like_number(piece.strip(' "')) for piece in pieces):
                    return True
        return False

    def _is_row(self, line: str) -> bool:
        cells = line.split(self._delimiter)
        return len(cells) >= self._width and any(looks_like_number(cell.strip(' "\r\n')) for cell in cells)

    def _filled(self, rows: list[Row]) -> list[Row]:
        """The rows that have anything in them. Lines with nothing at all are no rows; the others are counted."""
        kept = [row for row in rows if any(row[1])]
        self._remarks.empty += sum(1 for row in rows if row[1] and not any(row[1]))
        pad(kept, self._width)
        return kept

    def _as_it_stands(self, lines: list[str], at: int) -> Row:
        (self._remarks.unclosed if '"' in lines[at] else self._remarks.long_cells).append(self._line + at)
        line = lines[at].rstrip("\r\n")
        return self._line + at, line.split(self._delimiter)

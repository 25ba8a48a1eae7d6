"""Lists of text: CSV with any delimiter, a number a line, pasted rows."""

from __future__ import annotations

from contextlib import closing
from typing import Final

from mitto_tui.recipients.readers.charsets import charset_of
from mitto_tui.recipients.readers.columns import LOOKED_AT as ROWS_LOOKED_AT
from mitto_tui.recipients.readers.columns import looks_like_number
from mitto_tui.recipients.readers.delimiters import delimiting_of
from mitto_tui.recipients.readers.formulas import keeps_numbers
from mitto_tui.recipients.readers.model import Blocks, Choices, Detected, ListProblem, Progress, Row, Style
from mitto_tui.recipients.readers.remarks import Remarks
from mitto_tui.recipients.readers.sources import Source
from mitto_tui.recipients.readers.tables import layout_of
from mitto_tui.recipients.readers.text_rows import RowReader, text_blocks

_DELIMITERS: Final = {"tsv": "\t", "txt": ""}
_SAMPLE: Final = 32 * 1024
"""Characters, at least, that a list is understood by."""
_FORMATS: Final = {delimiter: name for name, delimiter in _DELIMITERS.items()}


class TextList:
    """Delimited text, read in blocks."""

    def __init__(self, source: Source, choices: Choices, notes: list[str]) -> None:
        self._source = source
        self._charset = charset_of(source, choices.encoding)
        start, whole = "", False
        with closing(text_blocks(source, self._charset, Remarks())) as blocks:
            while len(start) < _SAMPLE and not whole:
                block = next(blocks, None)
                start, whole = start + (block or ""), block is None
        if not start.strip():
            if whole:
                raise ListProblem(f"{source.name} is empty.", "There is nobody to send to in it.")
            raise ListProblem(f"{source.name} begins with nothing but blanks.", "Remove them in an editor.")
        delimiter = choices.delimiter if choices.delimiter is not None else _DELIMITERS.get(choices.format or "")
        self._delimiting = delimiting_of(start, delimiter)
        records = RowReader(self._delimiting, Remarks()).feed(start, last=True)
        first = records[1:] if self._delimiting.said_by_file else records
        if not first:
            raise ListProblem(f"{source.name} has no rows.", "There is nobody to send to in it.")
        layout = layout_of(first, choices.header, source.name, whole=whole and len(first) <= ROWS_LOOKED_AT)
        self._after = layout.after or int(self._delimiting.said_by_file)
        notes = [*notes, *([self._charset.note] if self._charset.note else []), *layout.notes]
        if whole and len(first) == 1 and sum(map(looks_like_number, first[0][1])) > 2:
            notes.append("All numbers stand in one line: put each on a line of its own.")
        self.style: Style | None = self._style_of(start)
        self.detected = Detected(
            format=_FORMATS.get(self._delimiting.delimiter, "csv"),
            encoding="" if source.pasted else self._charset.name,
            encoding_sure=self._charset.sure,
            delimiter=self._delimiting.delimiter,
            header=layout.header,
            sheet="",
            sheets=(),
            columns=layout.columns,
            notes=tuple(notes),
        )

    def _style_of(self, start: str) -> Style:
        at = min(position for position in (start.find("\n"), start.find("\r")) if position >= 0)
        line_end = "\r\n" if start.startswith("\r\n", at) else start[at]
        delimiter = self._delimiting.delimiter
        lines = [line for line in start[:_SAMPLE].splitlines()[:-1] if line][int(self._delimiting.said_by_file) :]
        quoted = [line.startswith('"') and line.endswith('"') for line in lines]
        cut = f'"{delimiter}"'
        all_quoted = (
            bool(quoted) and all(quoted) and all(line.count(delimiter or cut) <= line.count(cut) for line in lines)
        )
        return Style(
            self._charset.name, delimiter, line_end, all_quoted, self._delimiting.said_by_file, keeps_numbers(start)
        )

    def rows(self, progress: Progress | None, notes: list[str]) -> Blocks:
        """The rows under the header; see ``Reader.rows``."""
        remarks = Remarks()
        reader = RowReader(self._delimiting, remarks, len(self.detected.columns))
        with closing(text_blocks(self._source, self._charset, remarks, progress)) as blocks:
            for block in blocks:
                yield self._data(reader.feed(block))
        yield self._data(reader.finish())
        notes += remarks.sentences()

    def _data(self, rows: list[Row]) -> list[Row]:
        if rows and rows[0][0] <= self._after:
            return [row for row in rows if row[0] > self._after]
        return rows

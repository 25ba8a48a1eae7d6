"""The editor's document: an SMS text, in which only LF ends a line.

Textual's own document takes every Unicode line boundary for a line's end and writes one kind of newline back, so that a
form feed (in the GSM alphabet), a NEL or a U+2028 would silently become a line feed. Here every character stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.document._document import Document, EditResult
from textual.geometry import clamp

if TYPE_CHECKING:
    from textual.document._document import Location


class SmsDocument(Document):
    """A text whose lines end with LF and nothing else. It is kept whole beside its lines: both are asked for often."""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._text = text
        self._lines = text.split("\n")
        self._row_known = (0, 0)  # a row, and the index at which it begins
        self.version = 0
        """Another number after each change."""

    @property
    def text(self) -> str:
        return self._text

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """As Textual's, but for what ends a line. Places outside the text are taken for the nearest within."""
        top, bottom = sorted((self._within(start), self._within(end)))
        begin = self.index_of(top)
        stop = self.index_of(bottom)
        lines = self._lines
        inserted = text.split("\n")
        inserted[0] = lines[top[0]][: top[1]] + inserted[0]
        end_column = len(inserted[-1])
        inserted[-1] += lines[bottom[0]][bottom[1] :]
        replaced = self._text[begin:stop]
        lines[top[0] : bottom[0] + 1] = inserted
        self._text = self._text[:begin] + text + self._text[stop:]
        self._row_known = (top[0], begin - top[1])
        self.version += 1
        return EditResult((top[0] + len(inserted) - 1, end_column), replaced)

    def get_text_range(self, start: Location, end: Location) -> str:
        """The text between two places."""
        top, bottom = sorted((self._within(start), self._within(end)))
        return self._text[self.index_of(top) : self.index_of(bottom)]

    def _within(self, location: Location) -> Location:
        row, column = location
        if row >= len(self._lines):
            return self.end
        row = max(row, 0)
        return row, clamp(column, 0, len(self._lines[row]))

    # -- places -------------------------------------------------------------------------------------------------------

    def index_of(self, location: Location) -> int:
        """A place as an index into the text."""
        row, column = location
        return self._row_start(row) + column

    def location_of(self, index: int) -> Location:
        """An index into the text as a place; too large a one is its end."""
        index = clamp(index, 0, len(self._text))
        known_row, known = self._row_known
        row, known = (known_row, known) if index >= known else (0, 0)
        row += self._text.count("\n", known, index)
        return row, index - (self._text.rfind("\n", 0, index) + 1)

    def get_index_from_location(self, location: Location) -> int:
        return self.index_of(location)

    def get_location_from_index(self, index: int) -> Location:
        if not 0 <= index <= len(self._text):
            raise ValueError(f"Index {index!r} does not correspond to a location in the document.")
        return self.location_of(index)

    def _row_start(self, row: int) -> int:
        # From the nearest row known: with a million lines, adding up all their lengths is dearer than a key may be.
        known = min((0, 0), self._row_known, (len(self._lines), len(self._text) + 1), key=lambda at: abs(at[0] - row))
        known_row, start = known
        if known_row <= row:
            start += sum(map(len, self._lines[known_row:row])) + row - known_row
        else:
            start -= sum(map(len, self._lines[row:known_row])) + known_row - row
        self._row_known = (row, start)
        return start

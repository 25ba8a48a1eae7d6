"""Where the cursor goes by key: Textual's rules by row, without taking whole paragraphs apart for each key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.document._document_navigator import DocumentNavigator
from textual.geometry import Offset

if TYPE_CHECKING:
    from textual.document._document import Location

    from mitto_tui.ui.widgets.sms_wrapped import SmsWrapped

_WORDS_EDGE: Final = re.compile(r"(?<=\W)(?=\w)|(?<=\w)(?=\W)")
_WORD: Final = re.compile(r"\w+")


class SmsNavigator(DocumentNavigator):
    """Takes the place of Textual's."""

    def __init__(self, wrapped_document: SmsWrapped) -> None:
        super().__init__(wrapped_document)
        self._wrapped = wrapped_document

    def get_location_above(self, location: Location) -> Location:
        x, y = self._wrapped.location_to_offset(location)
        if y == 0:
            return 0, 0
        return self._wrapped.offset_to_location(Offset(max(x, self.last_x_offset), y - 1))

    def get_location_below(self, location: Location) -> Location:
        x, y = self._wrapped.location_to_offset(location)
        if y == self._wrapped.height - 1:
            return self._wrapped.document.end
        return self._wrapped.offset_to_location(Offset(max(x, self.last_x_offset), y + 1))

    def get_location_end(self, location: Location) -> Location:
        return self._wrapped.end_of(self._wrapped.row_at(self._wrapped.y_of(location)))

    def get_location_home(self, location: Location, smart_home: bool = False) -> Location:
        row = self._wrapped.row_at(self._wrapped.y_of(location))
        return row.line, row.start


def word_before(line: str, column: int) -> int:
    """The column at which the word before ``column`` begins."""
    end = len(line[:column].rstrip())
    step = 256
    while True:
        begin = max(end - step, 0)
        edges = [found.start() for found in _WORDS_EDGE.finditer(line, begin, end)]
        if edges and edges[-1] > 0:
            return edges[-1]
        if not begin:
            return 0
        step *= 2


def word_after(line: str, column: int) -> int:
    """The column at which the word at or behind ``column``, or the gap behind it, ends."""
    rest = line[column:]
    words = rest.lstrip()
    edge = _WORDS_EDGE.search(words)
    return len(line) if edge is None else column + len(rest) - len(words) + edge.start()


def word_end(line: str, column: int) -> int | None:
    """The column at which the first word behind ``column`` ends, or None if there is none."""
    found = _WORD.search(line, column)
    return found.end() if found else None

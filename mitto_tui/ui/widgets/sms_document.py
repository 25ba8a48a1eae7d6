"""The editor's document: an SMS text, in which only LF ends a line.

Textual's own document takes every Unicode line boundary for a line's end and writes one kind of newline back, so that a
form feed (in the GSM alphabet), a NEL or a U+2028 would silently become a line feed. Here every character stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, overload

from textual.document._document import Document, EditResult
from textual.document._wrapped_document import WrappedDocument

from mitto_tui.ui.literal import one_for_one

if TYPE_CHECKING:
    from textual.document._document import DocumentBase, Location


class SmsDocument(Document):
    """A text whose lines end with LF and nothing else."""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._lines = text.split("\n")

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """As Textual's, but for what ends a line."""
        (top_row, top_column), (bottom_row, bottom_column) = sorted((start, end))
        lines = self._lines
        replaced = self.get_text_range(start, end)
        before = lines[top_row][:top_column] if top_row < len(lines) else ""
        after = lines[bottom_row][bottom_column:] if bottom_row < len(lines) else ""
        inserted = text.split("\n")
        inserted[0] = before + inserted[0]
        end_column = len(inserted[-1])
        inserted[-1] += after
        lines[top_row : bottom_row + 1] = inserted
        return EditResult((top_row + len(inserted) - 1, end_column), replaced)


class ShownLines:
    """A document's lines as they are drawn, one sign a character, so that wrapping measures what a person sees."""

    def __init__(self, document: DocumentBase) -> None:
        self._document = document

    @property
    def lines(self) -> list[str]:
        """All lines as drawn."""
        return [one_for_one(line) for line in self._document.lines]

    @property
    def line_count(self) -> int:
        """How many lines there are, at least one."""
        return self._document.line_count

    def get_line(self, index: int) -> str:
        """One line as drawn."""
        return one_for_one(self._document.get_line(index))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [one_for_one(line) for line in self._document.lines[index]]
        return one_for_one(self._document.lines[index])


def wrapped(document: DocumentBase, tab_width: int) -> WrappedDocument:
    """``document`` wrapped by what is drawn."""
    return WrappedDocument(cast("DocumentBase", ShownLines(document)), tab_width=tab_width)

"""The table of a checked list: what becomes of each row, its number, and its text or why it is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.reactive import reactive

from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.bulk.check_rows import CheckLine
from mitto_tui.ui.bulk.check_words import Group, row_words, size_words
from mitto_tui.ui.history_rows import masked
from mitto_tui.ui.literal import mask_numbers
from mitto_tui.ui.themes import BAD, DIM, WARN
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.table_cells import Cell, Column

_STATUS: Final = Column("Status", 11)
_NUMBER: Final = Column("Number", 17)
_WRITTEN: Final = Column("In the list", 18)
_SIZE: Final = Column("Parts", 7)
_TEXT: Final = Column("Text, or why not", 0)
_WHY: Final = Column("Why it is left out", 0)
_WARNING: Final = Column("Why there is a warning", 0)
_CHANGE: Final = Column("What was changed", 0)
_ROW: Final = "Row"
_NARROW: Final = 60
_WIDE: Final = 96
"""Widths, in cells, below and from which there are fewer and more columns."""
_NUMBER_SHOWN: Final = 40
_TEXT_SHOWN: Final = 300
_LEAST: Final = 4


class CheckTable(PagedTable[CheckLine]):
    """Rows by the line. ``masked`` shows dots for the digits of numbers."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paged-table--warning",
        "paged-table--error",
        "paged-table--muted",
    }
    BINDINGS: ClassVar[list[BindingType]] = [Binding("right,l", "open", "Open the row", show=False)]

    masked: reactive[bool] = reactive(False, repaint=False)
    group: reactive[Group] = reactive(Group.ALL, repaint=False)
    """Which columns tell most depends on which rows are shown."""
    last_row: reactive[int] = reactive(0, repaint=False)
    """The largest row number."""

    def watch_masked(self) -> None:
        self.redraw()

    def watch_group(self) -> None:
        self.redraw()

    def watch_last_row(self) -> None:
        self.redraw()

    def columns(self, width: int) -> Sequence[Column]:
        row = Column(_ROW, max(len(f"{self.last_row:,}"), _LEAST), right=True)
        if self.group is Group.CHANGED:
            return (row, _WRITTEN, _NUMBER, _CHANGE)
        if self.group is Group.WARNED:
            return (row, _NUMBER, _SIZE, _WARNING)
        if self.group.status is not None:
            return (row, _NUMBER, _WHY) if width < _WIDE else (row, _WRITTEN, _NUMBER, _WHY)
        if width < _NARROW:
            return (row, _STATUS, _NUMBER, _TEXT)
        if width < _WIDE:
            return (row, _STATUS, _NUMBER, _SIZE, _TEXT)
        return (row, _STATUS, _WRITTEN, _NUMBER, _SIZE, _TEXT)

    def cells(self, row: CheckLine, columns: Sequence[Column]) -> Sequence[Cell]:
        own_column = _WRITTEN in columns
        return [self._cell(row, column, own_column) for column in columns]

    def _cell(self, line: CheckLine, column: Column, written_has_own: bool) -> Cell:
        kind = line.kind
        ok = kind.status is RowStatus.OK
        if column.title == _ROW:
            return Cell(f"{line.row.row:,}", "muted")
        if column is _STATUS:
            shown = row_words(kind)
            return Cell(f"{shown.sign} {shown.word}", _CLASSES.get(shown.style, ""))
        if column is _NUMBER:
            if line.number or written_has_own:
                return Cell(self._number(line.number), "" if ok else "muted")
            return Cell(self._number(line.written), "muted")
        if column is _WRITTEN:
            return Cell(self._number(line.written), "muted")
        if column is _SIZE:
            plain = kind.segments <= 1 and kind.encoding is not Encoding.UNICODE
            return Cell(size_words(kind, short=True), "muted" if plain else "")
        if column is _CHANGE:
            return Cell(one_line(kind.change, _TEXT_SHOWN))
        if line.sentence and (kind.reason or not ok):
            said = one_line(line.sentence, _TEXT_SHOWN)
            return Cell(mask_numbers(said) if self.masked else said)
        text = one_line(line.text, _TEXT_SHOWN)
        return Cell(mask_numbers(text) if self.masked else text)

    def _number(self, shown: str) -> str:
        shown = one_line(shown, _NUMBER_SHOWN)
        return masked(shown) if self.masked else shown


_CLASSES: Final = {WARN: "warning", BAD: "error", DIM: "muted"}

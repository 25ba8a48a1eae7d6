"""The table of messages: status, time, to, from, text and parts, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.reactive import reactive

from mitto_tui.sms.status import Status
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.history_rows import Line, masked
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import ACCENT, BAD, DIM, GOOD, WARN
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.table_cells import Cell, Column

_STATUS: Final = Column("Status", 14)
_TIME: Final = Column("Time", 6, right=True)
_TO: Final = Column("To", 17)
_FROM: Final = Column("From", 11)
_TEXT: Final = Column("Text", 0)
_PARTS: Final = Column("Parts", 5, right=True)
_NARROW: Final = 60
_MIDDLE: Final = 84
"""Below these widths, in cells, the less telling columns give way to the text."""


class MessageTable(PagedTable[Line]):
    """Messages by the line. ``masked`` shows dots for the digits of numbers."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paged-table--accent",
        "paged-table--success",
        "paged-table--warning",
        "paged-table--error",
        "paged-table--muted",
    }
    BINDINGS: ClassVar[list[BindingType]] = [Binding("right,l", "open", "Open the row", show=False)]

    COUNTS_LATER = True

    masked: reactive[bool] = reactive(False, repaint=False)

    def watch_masked(self) -> None:
        self.redraw()

    def columns(self, width: int) -> Sequence[Column]:
        if width < _NARROW:
            return (_STATUS, _TO, _TEXT)
        if width < _MIDDLE:
            return (_STATUS, _TIME, _TO, _TEXT, _PARTS)
        return (_STATUS, _TIME, _TO, _FROM, _TEXT, _PARTS)

    def cells(self, row: Line, columns: Sequence[Column]) -> Sequence[Cell]:
        return [self._cell(row, column) for column in columns]

    def _cell(self, row: Line, column: Column) -> Cell:
        message = row.message
        if column is _STATUS:
            shown = words(message.status)
            return Cell(f"{shown.sign} {shown.word}", _CLASSES.get(shown.style, ""))
        if column is _TIME:
            return Cell(when(message.created_at), "muted")
        if column is _TO:
            return Cell(one_line(masked(row.to) if self.masked else row.to, 24))
        if column is _FROM:
            return Cell(one_line(message.sender, 24), "muted")
        if column is _PARTS:
            return Cell(
                f"{message.segments:,}" if message.segments > 1 else "1", "" if message.segments > 1 else "muted"
            )
        text = one_line(message.text, 300)
        return Cell(f"test · {text}" if message.test else text, "muted" if message.status in _DONE else "")


_CLASSES: Final = {ACCENT: "accent", GOOD: "success", WARN: "warning", BAD: "error", DIM: "muted"}
_DONE: Final = frozenset({Status.SKIPPED, Status.CANCELLED})


def when(moment: datetime, now: datetime | None = None) -> str:
    """A moment in six cells, in the person's own time zone: the time of today, else the day, else the month."""
    local = moment.astimezone()
    today = (now or datetime.now().astimezone()).astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if local.year == today.year:
        return f"{local.day:>2} {local:%b}"
    return f"{local:%b}’{local:%y}"

"""A table over any number of rows. It draws what is visible, reads it in a thread, and never waits for it.

Rows are read in blocks, from the nearest place known (see ``row_book``); where a row is not there yet, a placeholder
stands. When the store changes, ``refresh_rows`` reads anew what is visible: the cursor stays on its row and the view on
its rows, wherever these have moved to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mitto_tui.ui.widgets.row_book import BLOCK, R, Row, RowBook, RowSource, read_block
from mitto_tui.ui.widgets.row_reading import Reading, Standing, look
from mitto_tui.ui.widgets.table_cells import GAP, Cell, Column, fit, widths

_HEADER: Final = 1


class PagedTable(ScrollView, Generic[R], can_focus=True):
    """Subclass it with ``columns`` and ``cells``. Set ``source`` with ``show``."""

    DEFAULT_CSS = """
    PagedTable {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paged-table--header",
        "paged-table--cursor",
        "paged-table--hover",
        "paged-table--faint",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Previous row", show=False),
        Binding("down,j", "move(1)", "Next row", show=False),
        Binding("pageup", "page(-1)", "A page up", show=False),
        Binding("pagedown", "page(1)", "A page down", show=False),
        Binding("home,g", "go(0)", "First row", show=False),
        Binding("end,G,shift+g", "last", "Last row", show=False),
        Binding("enter", "open", "Open the row", show=False),
    ]
    ALLOW_SELECT = False
    COUNTS_LATER: ClassVar[bool] = False
    """Whether counting may take long: then a new list's first rows are shown before."""

    cursor: reactive[int] = reactive(0, repaint=False)
    """The index of the current row."""
    hovered: reactive[int] = reactive(-1, repaint=False)

    @dataclass
    class Moved(Message):
        """The current row is another one now, or has changed. ``row`` is None where there is none (yet)."""

        table: PagedTable[Any]
        row: Row | None

    @dataclass
    class Opened(Message):
        """A person wants to see the current row."""

        table: PagedTable[Any]
        row: Row

    @dataclass
    class Counted(Message):
        """The rows were read anew. ``total`` is how many there are; unless ``complete``, there are more."""

        table: PagedTable[Any]
        total: int
        complete: bool = True

    @dataclass
    class Failed(Message):
        """Reading failed. The table keeps what it shows."""

        table: PagedTable[Any]
        error: Exception

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._source: RowSource[R] | None = None
        self._book: RowBook[R] = RowBook()
        self._stale = False
        self._restart = False
        self._complete = True
        """Whether the total is known."""
        self._ends_later = False
        """Whether a person wants to be at the end, wherever that turns out to be."""
        self._at: int | None = None
        self._wake = asyncio.Event()
        self._told: R | None = None
        self._strips: dict[tuple[int, bool, bool], Strip] = {}
        self._styles: dict[tuple[str, str], Style] = {}

    # -- what a subclass gives ----------------------------------------------------------------------------------------

    def columns(self, width: int) -> Sequence[Column]:
        """The columns for a table that is ``width`` cells wide."""
        raise NotImplementedError

    def cells(self, row: R, columns: Sequence[Column]) -> Sequence[Cell]:
        """One cell for each of ``columns``."""
        raise NotImplementedError

    # -- what is shown ------------------------------------------------------------------------------------------------

    def show(self, source: RowSource[R], *, at: int | None = None) -> None:
        """Show another list, from its start or with the cursor on the row whose id is ``at``."""
        self._source = source
        self._at = at
        self._restart = self._stale = True
        self._wake.set()

    def refresh_rows(self) -> None:
        """Read anew what is visible, leaving cursor and view on their rows."""
        self._stale = True
        self._wake.set()

    def redraw(self) -> None:
        """Draw every row anew, after something about their looks has changed."""
        self._strips.clear()
        self.refresh()

    @property
    def total(self) -> int:
        """How many rows there are, as far as is known."""
        return self._book.total

    @property
    def current(self) -> R | None:
        """The row under the cursor, or None where it has not been read yet (or there is none)."""
        return self._book.get(self.cursor)

    def row_at(self, index: int) -> R | None:
        """The row at ``index``, or None where it has not been read yet (or there is none)."""
        return self._book.get(index)

    @property
    def settled(self) -> bool:
        """Whether all that is visible has been read."""
        return not self._stale and self._complete and self._book.missing(*self._window()) is None

    # -- reading ------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.run_worker(self._read_on(), group="rows", exit_on_error=False)

    async def _read_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._catch_up()
            except Exception as error:
                self._stale = False
                self.post_message(self.Failed(self, error))

    async def _catch_up(self) -> None:
        while (source := self._source) is not None:
            if self._stale:
                await self._look_again(source)
                continue
            block = self._book.missing(*self._window())
            if block is None:
                return
            book = self._book
            rows = await asyncio.to_thread(read_block, source, book, block)
            if book is self._book:
                book.put(block, rows)
                self._strips.clear()
                self.refresh()
                self._tell()

    async def _look_again(self, source: RowSource[R]) -> None:
        restart, self._stale, self._restart = self._restart, False, False
        if restart and self._at is None and self.COUNTS_LATER:
            self._ends_later = False
            rows = await asyncio.to_thread(source.rows, None, 0, BLOCK)
            if source is not self._source or self._restart:
                return
            book: RowBook[R] = RowBook(len(rows))
            book.put(0, rows)
            complete = len(rows) < BLOCK
            self._stale = self._stale or not complete
            self._take(Reading(book, 0, 0), Standing(), restart=True, complete=complete)
            return
        stood = Standing(cursor_id=self._at) if restart else self._standing()
        reading = await asyncio.to_thread(look, source, stood, self._height)
        if source is self._source and not self._restart:
            self._take(reading, stood, restart)

    def _standing(self) -> Standing:
        top = self._book.get(self._top) if self._top else None
        current = self.current
        return Standing(self._top, self.cursor, top.id if top else None, current.id if current else None)

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    @property
    def _height(self) -> int:
        return max(self.size.height - _HEADER, 1)

    def _take(self, reading: Reading[R], stood: Standing, restart: bool, complete: bool = True) -> None:
        # A person may have moved on while the rows were read: keep what they did.
        self._complete = complete
        top = reading.top if restart else reading.top + self._top - stood.top
        cursor = reading.cursor if restart else reading.cursor + self.cursor - stood.cursor
        self._book = reading.book
        self._strips.clear()
        self._resize_list()
        if top != self._top:
            self.scroll_to(y=top, animate=False, force=True)
        self.set_reactive(PagedTable.cursor, max(0, min(cursor, self.total - 1)))
        if restart:
            self._told = None
            self._keep_visible(self.cursor)
        if complete and self._ends_later:
            self.action_last()
        self._ends_later = False
        self.refresh()
        self._tell()
        self.post_message(self.Counted(self, self.total, complete))
        self._wake.set()

    def _tell(self) -> None:
        current = self.current
        # A row that is still being read is no news; that there is none at all is.
        if (current is not None and current != self._told) or not self.total:
            self._told = current
            self.post_message(self.Moved(self, current))

    def _window(self) -> tuple[int, int]:
        """The first and last index that should be there."""
        return self._top, self._top + self._height

    def _resize_list(self) -> None:
        self.virtual_size = Size(self.size.width, self._book.total + _HEADER)

    def on_resize(self) -> None:
        self._strips.clear()
        self._resize_list()
        self._keep_visible(self.cursor)
        self._wake.set()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._wake.set()

    # -- moving -------------------------------------------------------------------------------------------------------

    def validate_cursor(self, index: int) -> int:
        return max(0, min(index, self.total - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_line(old + _HEADER)
        self.refresh_line(new + _HEADER)
        self._keep_visible(new)
        self._tell()

    def _keep_visible(self, index: int) -> None:
        if index < self._top:
            self.scroll_to(y=index, animate=False, force=True)
        elif index > self._top + self._height - 1:
            self.scroll_to(y=index - self._height + 1, animate=False, force=True)

    def action_move(self, by: int) -> None:
        self._ends_later = False
        self.cursor += by

    def action_page(self, by: int) -> None:
        self._ends_later = False
        self.cursor += by * max(self._height - 1, 1)

    def action_go(self, index: int) -> None:
        self._ends_later = False
        self.cursor = index
        self._keep_visible(self.cursor)

    def action_last(self) -> None:
        self.action_go(self.total - 1)
        self._ends_later = not self._complete

    def action_open(self) -> None:
        if (row := self.current) is not None:
            self.post_message(self.Opened(self, row))

    def on_click(self, event: events.Click) -> None:
        index = self._index_at(event)
        if index < 0:
            return
        event.stop()
        self.cursor = index
        if event.chain > 1:
            self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.hovered = self._index_at(event)

    def on_leave(self) -> None:
        self.hovered = -1

    def watch_hovered(self, old: int, new: int) -> None:
        for index in (old, new):
            if index >= 0:
                self.refresh_line(index + _HEADER)

    def _index_at(self, event: events.MouseEvent) -> int:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < _HEADER:
            return -1
        index = self._top + offset.y - _HEADER
        return index if index < self.total else -1

    # -- drawing ------------------------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width or self.size.width
        if y < _HEADER:
            return self._header(width)
        index = self._top + y - _HEADER
        if index >= self.total:
            return Strip.blank(width, self._style("", ""))
        key = (index, index == self.cursor, index == self.hovered)
        strip = self._strips.get(key)
        if strip is None or strip.cell_length != width:
            strip = self._strips[key] = self._row(index, width, key[1], key[2])
        return strip

    def _header(self, width: int) -> Strip:
        columns = self.columns(width)
        cells = [Cell(column.title) for column in columns]
        return self._line(columns, cells, width, "header", "header")

    def _row(self, index: int, width: int, current: bool, hovered: bool) -> Strip:
        ground = "cursor" if current else "hover" if hovered else ""
        columns = self.columns(width)
        row = self._book.get(index)
        if row is None:
            return self._line(columns, [Cell("·", "faint") for _ in columns], width, ground, "")
        return self._line(columns, self.cells(row, columns), width, ground, "")

    def _line(self, columns: Sequence[Column], cells: Sequence[Cell], width: int, ground: str, style: str) -> Strip:
        blank = self._style(ground, style)
        segments = [Segment(" ", blank)]
        for column, cell, room in zip(columns, cells, widths(columns, width), strict=True):
            if len(segments) > 1:
                segments.append(Segment(" " * GAP, blank))
            segments.append(Segment(fit(cell.text, room, right=column.right), self._style(ground, cell.style or style)))
        segments.append(Segment(" ", blank))
        return Strip(segments).adjust_cell_length(width, blank).simplify()

    def _style(self, ground: str, style: str) -> Style:
        """The foreground of a component class on the background of another; empty names are the table's own."""
        key = (ground, style)
        found = self._styles.get(key)
        if found is None:
            base = self._component(ground)
            own = self._component(style)
            # On the current row what is dim elsewhere would be hard to read.
            colour = base.color if ground == "cursor" and style in ("", "faint") else own.color
            found = Style(color=colour, bgcolor=base.bgcolor, bold=base.bold or own.bold, dim=own.dim)
            self._styles[key] = found
        return found

    def _component(self, name: str) -> Style:
        return self.get_component_rich_style(f"paged-table--{name}") if name else self.rich_style

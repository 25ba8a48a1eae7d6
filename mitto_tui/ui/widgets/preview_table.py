"""The first rows of a list as they were read. The column with the numbers, and what becomes of them, stays in sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mitto_tui.ui.bulk.preview_rows import WIDEST, Preview, State, shown
from mitto_tui.ui.history_rows import masked as all_masked
from mitto_tui.ui.literal import mask_numbers
from mitto_tui.ui.widgets.table_cells import GAP, fit

_HEADER: Final = 1
_MARK: Final = "▸ "
_SENT_TO: Final = 17
_STATE: Final = 11
_SIGN: Final = 1
_NARROW: Final = 100
"""Below so many cells the number's own columns are kept short."""
_NARROW_PHONE: Final = 18
_VERY_NARROW: Final = 72
"""Below so many, a state is its sign alone; what becomes of the current row is said in full elsewhere."""
_LEAST: Final = 8
"""Cells that a column at the right end must have to be begun at all."""
_NOTHING: Final = Preview((), (), ())


class Place(NamedTuple):
    """A column as it is laid out. ``column`` is its index; the one after the last is what stands beyond them."""

    column: int
    x: int
    width: int


class PreviewTable(ScrollView, can_focus=True):
    """Rows under a cursor, columns that are scrolled one by one. ``masked`` shows dots for the digits of numbers."""

    DEFAULT_CSS = """
    PreviewTable {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"preview--{name}"
        for name in ("header", "phone", "cursor", "hover", "faint", "accent", "success", "warning", "error", "muted")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Previous row", show=False),
        Binding("down,j", "move(1)", "Next row", show=False),
        Binding("left,h", "shift(-1)", "Columns before", show=False),
        Binding("right,l", "shift(1)", "Columns after", show=False),
        Binding("pageup", "page(-1)", "A page up", show=False),
        Binding("pagedown", "page(1)", "A page down", show=False),
        Binding("home,g", "go(0)", "First row", show=False),
        Binding("end,G,shift+g", "last", "Last row", show=False),
    ]
    ALLOW_SELECT = False

    cursor: reactive[int] = reactive(0, repaint=False)
    """The index of the current row."""
    hovered: reactive[int] = reactive(-1, repaint=False)
    first: reactive[int] = reactive(0, repaint=False)
    """How many columns have been scrolled out of sight to the left."""
    masked: reactive[bool] = reactive(False, repaint=False)

    @dataclass
    class Moved(Message):
        """The current row is another one now. ``index`` is None where there is none."""

        table: PreviewTable
        index: int | None

    @dataclass
    class ColumnClicked(Message):
        """The name of a column was clicked."""

        table: PreviewTable
        index: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._preview = _NOTHING
        self._moving: tuple[int, ...] = ()
        self._number_width = 4
        self._strips: dict[tuple[int, bool, bool], Strip] = {}
        self._styles: dict[tuple[str, str], Style] = {}

    # -- what is shown ------------------------------------------------------------------------------------------------

    def show(self, preview: Preview) -> None:
        """Show other rows. Cursor and columns stay where they are, as far as there are such."""
        before, self._preview = self._preview, preview
        columns = range(len(preview.columns) + preview.beyond)
        self._moving = tuple(index for index in columns if index != preview.phone)
        self._number_width = max((len(f"{number:,}") for number, _ in preview.rows[-1:]), default=0)
        self._number_width = max(self._number_width, 3)
        self._strips.clear()
        self._resize_list()
        if before.columns != preview.columns:
            self.set_reactive(PreviewTable.first, 0)
        self.first = min(self.first, self.last_first)
        self.set_reactive(PreviewTable.cursor, self.validate_cursor(self.cursor))
        self._keep_visible(self.cursor)
        self.refresh()
        self._tell()

    @property
    def preview(self) -> Preview:
        """What is shown."""
        return self._preview

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self._preview.rows)

    @property
    def bad_rows(self) -> list[int]:
        """The rows that nothing can be sent to; where there are none, those that are warned about."""
        seen = self._preview.seen
        bad = [index for index, number in enumerate(seen) if not number.state.sent]
        return bad or [index for index, number in enumerate(seen) if number.state is State.WARNED]

    def to_next_bad(self) -> bool:
        """Go to the next row that isn't ok, and on to the first after the last. False where there is none."""
        bad = self.bad_rows
        if not bad:
            return False
        self.action_go(next((index for index in bad if index > self.cursor), bad[0]))
        return True

    def watch_masked(self) -> None:
        self._redraw()

    def _redraw(self) -> None:
        self._strips.clear()
        self.refresh()

    def _tell(self) -> None:
        self.post_message(self.Moved(self, self.cursor if self.total else None))

    # -- columns ------------------------------------------------------------------------------------------------------

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width or self.size.width

    @property
    def _phone_width(self) -> int:
        phone = self._preview.phone
        if phone is None:
            return 0
        mark = min(cell_len(shown(self._preview.columns[phone])) + len(_MARK), WIDEST)
        width = max(self._preview.widths[phone], mark, 10)
        return min(width, _NARROW_PHONE) if self._width < _NARROW else width

    @property
    def _state_width(self) -> int:
        return _SIGN if self._width < _VERY_NARROW else _STATE

    @property
    def _frozen(self) -> int:
        """Cells that don't move: the row's number, and the column with the numbers with what becomes of them."""
        own = self._number_width + 1 + GAP
        return own if self._preview.phone is None else own + self._phone_width + _SENT_TO + self._state_width + 3 * GAP

    def _column_width(self, index: int) -> int:
        widths = self._preview.widths
        return widths[index] if index < len(widths) else 20

    @property
    def places(self) -> list[Place]:
        """The columns that can be seen beside those that don't move, from left to right."""
        places, x, end = [], self._frozen, self._width - 1
        for index in self._moving[self.first :]:
            width = self._column_width(index)
            if x + min(width, _LEAST) > end:
                break
            places.append(Place(index, x, min(width, end - x)))
            x += width + GAP
        return places

    @property
    def last_first(self) -> int:
        """How far the columns can be scrolled: until the last one is whole."""
        room = self._width - 1 - self._frozen + GAP
        for shown_ones in range(len(self._moving)):
            room -= self._column_width(self._moving[-1 - shown_ones]) + GAP
            if room < 0:
                return len(self._moving) - max(shown_ones, 1)
        return 0

    def validate_first(self, first: int) -> int:
        return max(0, min(first, self.last_first))

    def watch_first(self) -> None:
        self._redraw()

    def action_shift(self, by: int) -> None:
        self.first += by

    # -- moving -------------------------------------------------------------------------------------------------------

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    @property
    def _height(self) -> int:
        return max(self.size.height - _HEADER, 1)

    def _resize_list(self) -> None:
        self.virtual_size = Size(self.size.width, self.total + _HEADER)

    def on_resize(self) -> None:
        self._strips.clear()
        self._resize_list()
        self.first = min(self.first, self.last_first)
        self._keep_visible(self.cursor)

    def validate_cursor(self, index: int) -> int:
        return max(0, min(index, self.total - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_line(old + _HEADER)
        self.refresh_line(new + _HEADER)
        self._keep_visible(new)
        self._tell()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.refresh()

    def _keep_visible(self, index: int) -> None:
        if index < self._top:
            self.scroll_to(y=index, animate=False)
        elif index > self._top + self._height - 1:
            self.scroll_to(y=index - self._height + 1, animate=False)

    def action_move(self, by: int) -> None:
        if self.cursor + by < 0:
            self.screen.focus_previous()
        self.cursor += by

    def action_page(self, by: int) -> None:
        self.cursor += by * max(self._height - 1, 1)

    def action_go(self, index: int) -> None:
        self.cursor = index
        self._keep_visible(self.cursor)

    def action_last(self) -> None:
        self.action_go(self.total - 1)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        if offset.y >= _HEADER:
            index = self._top + offset.y - _HEADER
            if index < self.total:
                self.cursor = index
            return
        for place in self.places:
            if place.x <= offset.x < place.x + place.width + GAP and place.column < len(self._preview.columns):
                self.post_message(self.ColumnClicked(self, place.column))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        offset = event.get_content_offset(self)
        index = -1 if offset is None or offset.y < _HEADER else self._top + offset.y - _HEADER
        self.hovered = index if index < self.total else -1

    def on_leave(self) -> None:
        self.hovered = -1

    def watch_hovered(self) -> None:
        self.refresh()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        width = self._width
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
        preview, plain = self._preview, self._style("", "header")
        before = "‹" if self.first else " "
        parts = [Segment(" " * (self._number_width + 1) + " " * GAP, plain)]
        if preview.phone is not None:
            name = fit(f"{_MARK}{self._hide(shown(preview.columns[preview.phone]))}", self._phone_width)
            parts += [Segment(name, self._style("", "phone")), Segment(" " * GAP, plain)]
            parts += [Segment(fit("Will be sent to", _SENT_TO) + " " * (GAP + self._state_width), plain)]
            parts += [Segment(before.rjust(GAP - 1) + " ", self._style("", "accent"))]
        places = self.places
        for place in places:
            is_column = place.column < len(preview.columns)
            name = self._hide(shown(preview.columns[place.column])) if is_column else "beyond the last one"
            parts += [Segment(fit(name, place.width) + " " * GAP, plain)]
        more = bool(places) and (places[-1].column != self._moving[-1] or self._cut(places[-1]))
        strip = Strip(parts).adjust_cell_length(width - 1, plain)
        return Strip([*strip, Segment("›" if more else " ", self._style("", "accent"))], width)

    def _cut(self, place: Place) -> bool:
        return place.width < self._column_width(place.column)

    def _row(self, index: int, width: int, current: bool, hovered: bool) -> Strip:
        ground = "cursor" if current else "hover" if hovered else ""
        plain = self._style(ground, "")
        preview, gap = self._preview, Segment(" " * GAP, plain)
        number = f"{preview.rows[index][0]:,}".rjust(self._number_width) + " "
        parts = [Segment(number, self._style(ground, "muted")), gap]
        if preview.phone is not None:
            seen = preview.seen[index]
            cell = preview.cell(index, preview.phone)
            where = (self._hide(seen.sent_to), "") if seen.state.sent else (seen.why, "muted")
            state = f"{seen.state.sign} {seen.state.word}"[: self._state_width].ljust(self._state_width)
            written = fit(all_masked(cell) if self.masked else cell, self._phone_width)
            parts += [Segment(written, self._style(ground, "")), gap]
            parts += [Segment(fit(where[0], _SENT_TO), self._style(ground, where[1])), gap]
            parts += [Segment(state, self._style(ground, seen.state.style))]
            parts += [gap]
        for place in self.places:
            text = fit(self._hide(preview.cell(index, place.column)), place.width)
            parts += [Segment(text, self._style(ground, "muted")), gap]
        return Strip(parts).adjust_cell_length(width, plain).simplify()

    def _hide(self, text: str) -> str:
        return mask_numbers(text) if self.masked else text

    def _style(self, ground: str, style: str) -> Style:
        """The foreground of a component class on the background of another; empty names are the table's own."""
        key = (ground, style)
        found = self._styles.get(key)
        if found is None:
            base = self._component(ground)
            own = self._component(style)
            # On the current row what is dim elsewhere would be hard to read.
            colour = base.color if ground == "cursor" and style in ("", "muted", "faint") else own.color
            found = Style(color=colour, bgcolor=base.bgcolor, bold=base.bold or own.bold, dim=own.dim)
            self._styles[key] = found
        return found

    def _component(self, name: str) -> Style:
        return self.get_component_rich_style(f"preview--{name}") if name else self.rich_style

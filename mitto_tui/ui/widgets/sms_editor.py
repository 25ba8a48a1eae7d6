"""The text of a message, with what matters to an SMS marked in it while it is typed."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.document._document import Location, Selection
from textual.strip import Strip
from textual.widgets import TextArea

from mitto_tui.sms.message import MessageType
from mitto_tui.ui.widgets import sms_cells, sms_rows
from mitto_tui.ui.widgets.in_order import InOrder
from mitto_tui.ui.widgets.sms_document import SmsDocument
from mitto_tui.ui.widgets.sms_navigator import SmsNavigator, word_after, word_before, word_end
from mitto_tui.ui.widgets.sms_rows import Looks, Shown
from mitto_tui.ui.widgets.sms_wrapped import Row, SmsWrapped

_KEPT: Final = 200
"""Rows that are not drawn anew as long as they look the same."""


class SmsEditor(InOrder, TextArea):
    """A text area that underlines what is not in the GSM alphabet, marks what costs two septets, and draws a line where
    a part of the message ends. What would steer the terminal is drawn as a sign; the text itself is never changed.

    A megabyte is edited like a line: rows are wrapped anew only where they changed, and drawn only where they are seen.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sms-editor--foreign",
        "sms-editor--double",
        "sms-editor--rule",
        "sms-editor--limit",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        # A message is text, not code: these say what a person expects of ctrl+a in a text field.
        Binding("ctrl+a", "select_all", "Select all", show=False),
        Binding("ctrl+home", "text_start", "Start of text", show=False),
        Binding("ctrl+end", "text_end", "End of text", show=False),
        Binding("ctrl+shift+home", "text_start(True)", "Select to start of text", show=False),
        Binding("ctrl+shift+end", "text_end(True)", "Select to end of text", show=False),
        # With priority, so that the focus has moved before the next key is handed out.
        Binding("tab", "app.focus_next", "Next field", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Field before", show=False, priority=True),
    ]
    document: SmsDocument
    wrapped_document: SmsWrapped

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        self._type = MessageType.AUTO
        self._drawn: dict[Shown, Strip] = {}
        self._looks: Looks | None = None
        super().__init__(
            id=id,
            tab_behavior="focus",
            placeholder=Content(placeholder),
            highlight_cursor_line=False,
        )
        self.match_cursor_bracket = False

    # -- marks --------------------------------------------------------------------------------------------------------

    def show_parts(self, type: MessageType, part_starts: tuple[int, ...]) -> None:  # noqa: A002 - the field's own name
        """Mark by the encoding asked for; ``part_starts`` are indexes into the text at which parts begin.

        No more than 256 of them are looked at: a message has 255 parts at most.
        """
        if type is not self._type:
            self._type = type
            self.refresh()
        y = self.wrapped_document.y_of(self.cursor_location)
        in_view = 0 <= y - self.scroll_offset.y < self.size.height
        if self.wrapped_document.show_parts(part_starts):
            self._refresh_size()
            if in_view and self.is_mounted:
                self.scroll_cursor_visible()
            else:
                self._cursor_offset = self.wrapped_document.location_to_offset(self.cursor_location)
            self.refresh()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        if not self.document.text and self.placeholder:
            return super().render_line(y)
        return self._render_line(y)

    def _render_line(self, y: int) -> Strip:
        """A row as drawn, from the row alone: however long the paragraph is, and again only when it looks different."""
        looks = self._current_looks()
        place = y + self.scroll_offset.y
        if place >= self.wrapped_document.height:
            return Strip.blank(self.size.width, looks.base)
        shown = self._shown(place)
        strip = self._drawn.get(shown)
        if strip is None:
            if len(self._drawn) >= _KEPT:
                self._drawn.clear()
            strip = self._drawn[shown] = sms_rows.draw(shown, self.scrollable_content_region.width, looks)
        return strip

    def _shown(self, y: int) -> Shown:
        wrapped = self.wrapped_document
        row = wrapped.row_at(y)
        letters = wrapped.letters_of(row)
        cursor = self.cursor_location
        here = cursor[0] == row.line and self._draw_cursor and wrapped.y_of(cursor) == y
        room = self.scrollable_content_region.width - sms_cells.width(letters)
        return Shown(
            text=self.document.lines[row.line][row.start : row.stop],
            letters=letters,
            type=self._type,
            part=row.part,
            room=room,
            selected=self._selected(row),
            cursor=cursor[1] - row.start if here else -1,
        )

    def _selected(self, row: Row) -> tuple[int, int]:
        top, bottom = sorted(self.selection)
        end = row.stop + 1 if row.last else row.stop  # a line's end is selected with what follows it, and shown so
        first = max(top, (row.line, row.start))
        last = min(bottom, (row.line, end))
        return (first[1] - row.start, last[1] - row.start) if first < last else (0, 0)

    def _current_looks(self) -> Looks:
        theme = self._theme
        base, selection, cursor = theme.base_style, theme.selection_style, theme.cursor_style
        base, selection, cursor = base or self.rich_style, selection or Style.null(), cursor or Style.null()
        looks = self._looks
        if looks is None or (looks.base, looks.selection, looks.cursor) != (base, selection, cursor):
            self._drawn.clear()
            foreign, double, limit = (
                self.get_component_rich_style(f"sms-editor--{name}", partial=True)
                for name in ("foreign", "double", "limit")
            )
            rule = self.get_component_rich_style("sms-editor--rule")  # not partial: its colour lets the surface through
            looks = self._looks = Looks(base, foreign, double, rule, limit, selection, cursor)
        return looks

    def notify_style_update(self) -> None:
        self._looks = None
        super().notify_style_update()

    # -- the document -------------------------------------------------------------------------------------------------

    def _set_document(self, text: str, language: str | None) -> None:
        # Not Textual's own: that makes a document of its own first. No language: a message is text.
        self.document = SmsDocument(text)
        self.wrapped_document = SmsWrapped(self.document, self.wrap_width)
        self.navigator = SmsNavigator(self.wrapped_document)
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    @property
    def cursor_index(self) -> int:
        """The cursor's place as an index into the text."""
        return self.document.index_of(self.cursor_location)

    def go_to(self, index: int) -> None:
        """Put the cursor at an index of the text, and scroll there."""
        self.move_cursor(self.document.location_of(index), center=True)

    def action_text_start(self, select: bool = False) -> None:
        """Go to the start of the text."""
        self.move_cursor((0, 0), select=select)

    def action_text_end(self, select: bool = False) -> None:
        """Go to the end of the text."""
        self.move_cursor(self.document.end, select=select)

    def _watch_selection(self, previous_selection: Selection, selection: Selection) -> None:
        self.wrapped_document.stand(selection.end)
        super()._watch_selection(previous_selection, selection)

    # -- what Textual looks for in the whole paragraph ----------------------------------------------------------------

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """None: brackets in a message need no partner, and looking for one can mean reading all of it."""
        return None

    def get_cursor_word_left_location(self) -> Location:
        row, column = self.cursor_location
        if row and not column:
            return row - 1, len(self.document.lines[row - 1])
        return row, word_before(self.document.lines[row], column)

    def get_cursor_word_right_location(self) -> Location:
        row, column = self.cursor_location
        line = self.document.lines[row]
        if column == len(line) and row < self.document.line_count - 1:
            return row + 1, 0
        return row, word_after(line, column)

    def action_delete_word_right(self) -> None:
        start, end = self.selection
        if start == end:
            row, column = end
            line = self.document.lines[row]
            stop = word_end(line, column)
            if stop is None and column == len(line) and row < self.document.line_count - 1:
                start = row + 1, 0
            else:
                start = row, len(line) if stop is None else stop
        if start != end:
            self._delete_via_keyboard(start, end)

    # -- pasting ------------------------------------------------------------------------------------------------------

    async def _on_paste(self, event: events.Paste) -> None:
        # Terminals send CR for each line's end of what is pasted.
        event.prevent_default()
        event.stop()
        self.put(event.text.replace("\r\n", "\n").replace("\r", "\n"))

    def put(self, text: str) -> None:
        """Put ``text`` in place of the selection, as one step that can be undone."""
        result = self.replace(text, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

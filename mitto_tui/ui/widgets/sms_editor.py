"""The text of a message, with what matters to an SMS marked in it while it is typed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.document._document_navigator import DocumentNavigator
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from mitto_tui.sms import gsm
from mitto_tui.sms.message import MessageType
from mitto_tui.ui.literal import one_for_one
from mitto_tui.ui.widgets.sms_document import SmsDocument, wrapped

_HEX = frozenset("0123456789abcdefABCDEF")


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Places next to each other as one stretch: a text in Cyrillic is one mark a word, not one a letter."""
    if not places:
        return
    start = end = places[0]
    for place in places[1:]:
        if place != end + 1:
            yield start, end + 1
            start = place
        end = place
    yield start, end + 1


class SmsEditor(TextArea):
    """A text area that underlines what is not in the GSM alphabet, marks what costs two septets, and shades every
    second part. What would steer the terminal is drawn as a sign; the text itself is never changed.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sms-editor--foreign",
        "sms-editor--double",
        "sms-editor--part",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        # A message is text, not code: these say what a person expects of ctrl+a in a text field.
        Binding("ctrl+a", "select_all", "Select all", show=False),
        # With priority, so that the focus has moved before the next key is handed out.
        Binding("tab", "app.focus_next", "Next field", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Field before", show=False, priority=True),
    ]

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        self._type = MessageType.AUTO
        self._part_starts: tuple[int, ...] = ()
        self._shown_lines: dict[int, Text] = {}
        self._shown_sections: dict[int, list[Text]] = {}
        super().__init__(
            id=id,
            tab_behavior="focus",
            placeholder=Content(placeholder),
            highlight_cursor_line=False,
        )
        self.match_cursor_bracket = False

    # -- marks --------------------------------------------------------------------------------------------------------

    def show_parts(self, type: MessageType, part_starts: tuple[int, ...]) -> None:  # noqa: A002 - the field's own name
        """Mark by the encoding asked for; ``part_starts`` are indexes into the text at which parts begin."""
        if type is not self._type or part_starts != self._part_starts:
            self._type = type
            self._part_starts = part_starts
            self._forget_lines()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        return self._marked(line_index).copy()

    def _marked(self, line_index: int) -> Text:
        shown = self._shown_lines.get(line_index)
        if shown is None:
            shown = self._shown_lines[line_index] = self._mark(line_index)
        return shown

    def _mark(self, line_index: int) -> Text:
        line = self.document.get_line(line_index)
        shown = Text(one_for_one(line), end="", no_wrap=True)
        self._shade_parts(shown, line_index, len(line))
        if self._type is MessageType.BINARY:
            foreign = [index for index, char in enumerate(line) if char not in _HEX]
            double: list[int] = []
        elif self._type is MessageType.UNICODE:
            foreign, double = [], []
        else:
            foreign, double = gsm.not_gsm(line), gsm.two_septets(line)
        for places, name in ((double, "sms-editor--double"), (foreign, "sms-editor--foreign")):
            style = self._component(name) if places else Style.null()
            for start, end in _runs(places):
                shown.stylize(style, start, end)
        return shown

    def _shade_parts(self, shown: Text, line_index: int, length: int) -> None:
        starts = self._part_starts
        if len(starts) < 2:
            return
        first = sum(len(line) + 1 for line in self.document.lines[:line_index])
        last = first + length
        part = bisect_right(starts, first) - 1
        style = self._component("sms-editor--part")
        while part < len(starts) and starts[part] <= last:
            end = starts[part + 1] if part + 1 < len(starts) else last
            if part % 2:
                shown.stylize(style, max(starts[part] - first, 0), min(end, last) - first)
            part += 1

    def _render_line(self, y: int) -> Strip:
        """A row as drawn. Textual's own divides the whole paragraph anew for each of its rows; in a text of 1,600
        characters that alone takes longer than a key may. Here the rows of a paragraph are divided once.
        """
        theme = self._theme
        base = theme.base_style if theme is not None and theme.base_style is not None else self.rich_style
        rows = self.wrapped_document._offset_to_line_info
        place = y + self.scroll_offset.y
        if place >= len(rows):
            return Strip.blank(self.size.width, base)
        line_index, section_index = rows[place]
        sections = self._sections(line_index)
        shown = sections[section_index].copy()
        start = sum(map(len, sections[:section_index]))
        if section_index == len(sections) - 1:
            shown.append(" ")  # where the cursor stands behind the last character
        if theme is not None:
            self._draw_selection(shown, line_index, start, theme)
        strip = Strip(shown.render(self.app.console), shown.cell_len)
        return strip.extend_cell_length(self.scrollable_content_region.width, base).apply_style(base)

    def _sections(self, line_index: int) -> list[Text]:
        """The rows that a paragraph is wrapped into."""
        sections = self._shown_sections.get(line_index)
        if sections is None:
            offsets = self.wrapped_document.get_offsets(line_index)
            sections = list(self._marked(line_index).divide(offsets))
            self._shown_sections[line_index] = sections
        return sections

    def _draw_selection(self, shown: Text, line_index: int, start: int, theme: TextAreaTheme) -> None:
        top, bottom = sorted(self.selection)
        if top != bottom and top[0] <= line_index <= bottom[0] and theme.selection_style is not None:
            first = top[1] if top[0] == line_index else 0
            last = bottom[1] if bottom[0] == line_index else start + len(shown)
            shown.stylize(theme.selection_style, max(first - start, 0), max(last - start, 0))
        row, column = self.selection.end
        if row == line_index and 0 <= column - start < len(shown) and self._draw_cursor and theme.cursor_style:
            shown.stylize(theme.cursor_style, column - start, column - start + 1)

    def _component(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    def _forget_lines(self) -> None:
        self._shown_lines.clear()
        self._shown_sections.clear()
        self._line_cache.clear()

    def _build_highlight_map(self) -> None:
        # Textual calls this after every change of the document: what was drawn is no longer true.
        super()._build_highlight_map()
        self._forget_lines()

    def _rewrap_and_refresh_virtual_size(self) -> None:
        self._shown_sections.clear()
        super()._rewrap_and_refresh_virtual_size()

    def notify_style_update(self) -> None:
        self._forget_lines()
        super().notify_style_update()

    # -- the document -------------------------------------------------------------------------------------------------

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document("", language)
        self.document = SmsDocument(text)
        self.wrapped_document = wrapped(self.document, self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    @property
    def cursor_index(self) -> int:
        """The cursor's place as an index into the text."""
        row, column = self.cursor_location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column

    def go_to(self, index: int) -> None:
        """Put the cursor at an index of the text, and scroll there."""
        row = 0
        for line in self.document.lines:
            if index <= len(line):
                break
            index -= len(line) + 1
            row += 1
        self.move_cursor((row, index), center=True)

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

"""The editor of texts with fields: while a name is being typed behind a brace, it offers the names there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from mitto_tui.ui.literal import one_for_one
from mitto_tui.ui.widgets.field_completion import FieldCompletion, FieldNames, FieldTyped, field_typed
from mitto_tui.ui.widgets.in_order import is_text
from mitto_tui.ui.widgets.sms_editor import SmsEditor
from mitto_tui.ui.widgets.sms_wrap import common, common_end


class ComposeEditor(SmsEditor):
    """An ``SmsEditor`` that completes ``{name}`` from ``field_names``; without names it is nothing but that.

    A list opens for what is typed or deleted, never for moving about. Up and down choose, tab and enter take, escape
    closes it until another field is begun; every other key goes on typing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "tab", "Next field, or complete a field's name", show=False, priority=True),
    ]

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        self._names = FieldNames()
        self._completion: FieldCompletion | None = None
        self._refused: tuple[int, int] | None = None
        self._taken_at: tuple[int, int] | None = None
        """Where a name was just taken: a person who types its closing brace by habit means the one that is there."""
        super().__init__(placeholder=placeholder, id=id)

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names that are offered."""
        return self._names.matching("")

    @field_names.setter
    def field_names(self, names: Sequence[str]) -> None:
        self._names = FieldNames(names)
        if self.completing:
            self._offer()

    @property
    def completing(self) -> bool:
        """Whether the list is open."""
        return self._completion is not None and self._completion.display

    def become(self, text: str) -> None:
        """Make the text another one, as one step that can be undone and leaves the cursor where it is."""
        before = self.text
        if text == before:
            return
        start = common(before, text)
        tail = common_end(before, text, min(len(before), len(text)) - start)
        place = self.document.location_of
        self.replace(text[start : len(text) - tail], place(start), place(len(before) - tail))

    # -- keys ---------------------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        taken_at, self._taken_at = self._taken_at, None
        if event.character == "}" and taken_at == self.cursor_location:
            event.stop()
            event.prevent_default()
            if self._behind_cursor == "}":
                self.action_cursor_right()
            return
        if self.completing and self._steer(event.key):
            event.stop()
            event.prevent_default()
            return
        if self._names and event.is_printable and is_text(event):
            await TextArea._on_key(self, event)  # which types it, and keeps Textual from typing it again
            self._offer()

    @property
    def _behind_cursor(self) -> str:
        row, column = self.cursor_location
        return self.document.get_line(row)[column : column + 1]

    def _steer(self, key: str) -> bool:
        """Let the list have a key; whether it took it."""
        match key:
            case "up":
                self._list.choose(-1)
            case "down":
                self._list.choose(1)
            case "enter":
                self._take(self._list.chosen)
            case "escape":
                typed = self._typed()
                self._refused = (self.cursor_location[0], typed.start) if typed else None
                self._list.close()
            case _:
                return False
        return True

    def action_tab(self) -> None:
        # It comes before the keys that still wait in the editor's queue, and must come behind them where they may
        # open the list; else at once, so that what is typed on lands in the next field.
        if self.completing or (self._names and self.message_queue_size):
            self.call_later(self._tab)
        else:
            self.screen.focus_next()

    def _tab(self) -> None:
        if self.completing:
            self._take(self._list.chosen)
        else:
            self.screen.focus_next()

    def action_delete_left(self) -> None:
        super().action_delete_left()
        if self._names:
            self._offer()

    # -- the list -----------------------------------------------------------------------------------------------------

    @property
    def _list(self) -> FieldCompletion:
        if self._completion is None:
            self._completion = FieldCompletion(self)
            self.screen.mount(self._completion)
        return self._completion

    def _typed(self) -> FieldTyped | None:
        row, column = self.cursor_location
        return field_typed(self.document.get_line(row), column) if self.selection.is_empty else None

    def _offer(self) -> None:
        """Offer what fits to what stands before the cursor, or nothing."""
        typed = self._typed()
        place = None if typed is None else (self.cursor_location[0], typed.start)
        if place != self._refused:
            self._refused = None
        names = () if typed is None or self._refused else self._names.matching(typed.name)
        if names:
            self._list.offer(names)
            self._place()
            self.call_after_refresh(self._place)  # what was typed may scroll the text
        else:
            self._close()

    def _place(self) -> None:
        typed = self._typed()
        if self.completing and typed is not None:
            self._list.place(self.cursor_screen_offset, cell_len(one_for_one(typed.name)) + 1)

    def _close(self) -> None:
        if self._completion is not None:
            self._completion.close()

    def _take(self, name: str) -> None:
        typed = self._typed()
        self._close()
        if typed is None:
            return
        row = self.cursor_location[0]
        typed = self._names.within(typed, self.document.get_line(row))
        text = f"{{{name}}}" if typed.closes else f"{{{name}"
        result = self.replace(text, (row, typed.start), (row, typed.end), maintain_selection_offset=False)
        self.move_cursor(result.end_location)
        self._taken_at = self.cursor_location

    @on(FieldCompletion.Taken)
    def _clicked(self, event: FieldCompletion.Taken) -> None:
        event.stop()
        self._take(event.name)

    # -- moving about -------------------------------------------------------------------------------------------------

    @on(TextArea.SelectionChanged)
    def _moved(self) -> None:
        if self.completing:
            self._offer()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self.completing:
            self.call_after_refresh(self._place)

    def on_resize(self) -> None:
        self._close()

    def on_blur(self) -> None:
        self._close()

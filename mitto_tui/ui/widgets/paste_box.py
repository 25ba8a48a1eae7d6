"""A box to paste rows into: edited while they are few, kept aside and shown from their start where they are many."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from mitto_tui.ui.literal import one_for_one
from mitto_tui.ui.widgets.in_order import InOrder

SHOWN: Final = 200
"""Lines of a long paste that are shown."""
_LONGEST: Final = 20_000
"""Characters beyond which rows are kept aside: an editor would have to measure all of them."""
_LINE: Final = 300
"""Characters of each line that are shown then."""


class PasteBox(InOrder, TextArea):
    """``rows`` is all of it, however much is shown. ``masked`` shows dots for digits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+a", "select_all", "Select all", show=False),
    ]

    class Pasted(Message):
        """Something was pasted into the box, and stands there now."""

        def __init__(self, box: PasteBox, text: str) -> None:
            super().__init__()
            self.box = box
            self.text = text

        @property
        def control(self) -> PasteBox:
            return self.box

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        self._aside: str | None = None
        self._masked = False
        super().__init__(
            id=id,
            tab_behavior="focus",
            soft_wrap=False,
            placeholder=Content(placeholder),
            highlight_cursor_line=False,
        )
        self.match_cursor_bracket = False

    @property
    def rows(self) -> str:
        """Everything that was pasted or typed, lines ended by line feeds."""
        return self.text if self._aside is None else self._aside

    @property
    def is_aside(self) -> bool:
        """Whether only the start is shown, and nothing can be typed."""
        return self._aside is not None

    @property
    def lines_said(self) -> str:
        """How many lines there are, in words; empty where there are none."""
        text = self.rows.rstrip("\n")
        count = text.count("\n") + 1 if text.strip() else 0
        return f"{count:,} {'line' if count == 1 else 'lines'}" if count else ""

    def mask(self, masked: bool) -> None:
        """Show digits as dots, or not."""
        if masked is not self._masked:
            self._masked = masked
            self._line_cache.clear()
            self.refresh()

    def take(self, text: str) -> None:
        """Have these rows, and nothing else."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        many = len(text) > _LONGEST or text.count("\n") > SHOWN
        self._aside = text if many else None
        self.read_only = many
        self.show_cursor = not many
        shown = "\n".join(line[:_LINE] for line in text[: SHOWN * _LINE].split("\n", SHOWN)[:SHOWN]) if many else text
        self.load_text(shown)
        if not many:
            self.move_cursor(self.document.end)

    def get_line(self, line_index: int) -> Text:
        # Tabs stay: they are drawn as blanks, and keep the columns of a spreadsheet apart.
        cells = [one_for_one(cell) for cell in self.document.get_line(line_index).split("\t")]
        line = "\t".join(cells)
        if self._masked:
            line = "".join("•" if char.isdigit() else char for char in line)
        return Text(line, end="", no_wrap=True)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            return
        if self._aside is not None or (len(self.text) + len(text) > _LONGEST or text.count("\n") > SHOWN):
            # In an empty box, or in the place of what is kept aside; rows that were typed before stay in front.
            before = "" if self._aside is not None or self.selected_text == self.text else self.text
            if before and not before.endswith("\n"):
                before += "\n"
            self.take(before + text)
        elif result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)
        self.post_message(self.Pasted(self, text))

    def action_delete_left(self) -> None:
        if self.is_aside:
            self._empty()
        else:
            super().action_delete_left()

    def action_delete_right(self) -> None:
        if self.is_aside:
            self._empty()
        else:
            super().action_delete_right()

    def _empty(self) -> None:
        """Nobody deletes a hundred thousand lines one by one: all that was kept aside goes."""
        self.take("")

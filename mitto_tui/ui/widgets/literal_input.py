"""A one-line field that draws whatever is in it literally."""

from __future__ import annotations

from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from mitto_tui.sms.visible import visible
from mitto_tui.ui.literal import one_for_one
from mitto_tui.ui.widgets.in_order import InOrder


class _Literal(Highlighter):
    """Draws one sign for each character; digits as dots where they are masked."""

    def __init__(self) -> None:
        self.masked = False

    def __call__(self, text: str | Text) -> Text:
        plain = text if isinstance(text, str) else text.plain
        shown = one_for_one(plain)
        if self.masked:
            shown = "".join("•" if char.isdigit() else char for char in shown)
        return Text(shown, end="", no_wrap=True, overflow="ignore")

    def highlight(self, text: Text) -> None:
        """Nothing is coloured."""


class Recent(Suggester):
    """Suggests what was used before, newest first. Only what can be shown as it is."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.values: tuple[str, ...] = ()

    def offer(self, values: list[str]) -> None:
        """Suggest these from now on."""
        self.values = tuple(value for value in values if visible(value) == value)

    async def get_suggestion(self, value: str) -> str | None:
        typed = value.casefold()
        return next((known for known in self.values if known.casefold().startswith(typed) and known != value), None)


class LiteralInput(InOrder, Input):
    """An ``Input`` that shows control characters and the like as signs, pastes safely and moves on with the arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "above", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        # With priority, so that the focus has moved before the next key is handed out: type-ahead lands right.
        Binding("enter", "submit", "Done", show=False, priority=True),
        Binding("tab", "app.focus_next", "Next field", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Field before", show=False, priority=True),
    ]

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name
        recent: Recent | None = None,
        max_length: int = 0,
        password: bool = False,
        moves_on: bool = False,
    ) -> None:
        """With ``moves_on`` enter goes to the next field."""
        self._moves_on = moves_on
        self._literal = _Literal()
        self._recent = recent
        super().__init__(
            value,
            placeholder=placeholder,
            id=id,
            highlighter=self._literal,
            suggester=recent,
            max_length=max_length,
            password=password,
            select_on_focus=False,
            compact=True,
        )

    def mask(self, masked: bool) -> None:
        """Show digits as dots, or not."""
        if masked is not self._literal.masked:
            self._literal.masked = masked
            # A suggestion would show a number that nobody has typed.
            self.suggester = None if masked else self._recent
            self.refresh()

    async def action_submit(self) -> None:
        # Moved at once and not by a message's way round, so that what is typed on lands in the next field.
        await super().action_submit()
        if self._moves_on:
            self.screen.focus_next()

    def action_above(self) -> None:
        """The field above; none is above the first, and the last is not where a person looks who presses up."""
        if self.screen.focus_chain[0] is not self:
            self.screen.focus_previous()

    def _on_paste(self, event: events.Paste) -> None:
        # A field of one line takes the first line that says something.
        event.prevent_default()
        event.stop()
        lines = [line for line in event.text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
        if lines:
            self.replace(lines[0].strip(), *self.selection)

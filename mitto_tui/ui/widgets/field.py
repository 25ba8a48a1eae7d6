"""A row of a form: a dim label, the control, and at the right a note that says what is made of it."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from mitto_tui.ui.themes import DIM


class Field(Horizontal):
    """``control`` is any widget of one line; clicking the label focuses it."""

    def __init__(self, label: str, control: Widget, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes="field -choice" if isinstance(control, Choice) else "field")
        self._label = label
        self.control = control
        self._note = Static("", markup=False, classes="note")

    def compose(self) -> ComposeResult:
        yield Static(self._label, markup=False, classes="label")
        yield self.control
        yield self._note

    def say(self, note: Content | str = "") -> None:
        """Show a note, or none. Where it is cut off, the mouse shows it whole."""
        shown = Content(note) if isinstance(note, str) else note
        self._note.update(shown)
        self._note.tooltip = shown.without_spans if shown else None

    def on_click(self, event: events.Click) -> None:
        if event.widget is not self.control:
            self.control.focus()


class Choice(Widget, can_focus=True):
    """One of a few words, all of them in sight: the arrows or a click choose."""

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            return self.choice

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left", "step(-1)", "The one before"),
        ("right,space", "step(1)", "The next one"),
        ("up", "app.focus_previous", "Field above"),
        ("down,enter", "app.focus_next", "Field below"),
    ]

    def __init__(self, options: dict[str, str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        """``options`` is value to the word shown; the first is chosen."""
        super().__init__(id=id)
        self._options = options
        self._value = next(iter(options))

    @property
    def value(self) -> str:
        """The value chosen."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        if value not in self._options:
            raise ValueError(value)
        if value != self._value:
            self._value = value
            self.refresh()
            self.post_message(self.Changed(self))

    def render(self) -> Content:
        focused = "bold $background on $accent" if self.has_focus else "bold $foreground on $panel"
        pieces = [
            Content.styled(f" {word} ", focused if value == self._value else DIM)
            for value, word in self._options.items()
        ]
        return Content("").join(pieces)

    def action_step(self, by: int) -> None:
        """The option ``by`` places further, as far as there is one."""
        values = list(self._options)
        self.value = values[min(max(values.index(self._value) + by, 0), len(values) - 1)]

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        right = 0
        for value, word in self._options.items():
            right += len(word) + 2
            if at.x < right:
                self.value = value
                return

"""A setting in a form: its field, and below it what is wrong with it, if anything."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.themes import BAD, GOOD
from mitto_tui.ui.widgets.field import Field


class SettingRow(Vertical):
    """``note`` stands at the right of the control while nothing else is said."""

    def __init__(self, label: str, control: Widget, note: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes="setting")
        self.field = Field(label, control)
        self._note = note
        self._complaint = Static(markup=False, classes="complaint")

    def compose(self) -> ComposeResult:
        yield self.field
        yield self._complaint

    def on_mount(self) -> None:
        self.hush()

    def hush(self, note: str | None = None) -> None:
        """Say nothing but the note (another one, if given)."""
        self._note = self._note if note is None else note
        self._complaint.display = False
        self.field.say(Content(self._note or " "))  # its place is kept, so that all fields end in one line

    def say_saved(self) -> None:
        """Say that the value has been kept."""
        self._complaint.display = False
        self.field.say(Content.styled("saved", GOOD))

    def complain(self, sentence: str) -> None:
        """Say what is wrong."""
        self.hush()  # what was said before is of another value
        self._complaint.update(literal_block(sentence, BAD))
        self._complaint.display = True

    @property
    def complaint(self) -> str:
        """What is wrong, or an empty string."""
        return str(self._complaint.content) if self._complaint.display else ""

"""The last question before many messages leave: answered by typing how many, or, of few, by a letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from mitto_tui.ui.bulk.send_words import typed_count
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import BAD, DIM, WARN
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.literal_input import LiteralInput

YES: Final = "yes"
_LABEL: Final = 10


class CountConfirm(Dialog):
    """Dismissed with ``YES`` or ``back``. With ``count`` that number must be typed; without it, Back has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # A field takes these keys for itself; here they are the way to the answers and back.
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[tuple[str, Content]],
        notes: Sequence[str],
        yes: str,
        *,
        count: int = 0,
        letter: str = "s",
        risky: bool = False,
    ) -> None:
        answers = (Answer("back", "Back", "esc"), Answer(YES, yes, "" if count else letter))
        super().__init__(title, "", answers, kind="-warning" if risky else "-confirm")
        self._rows = rows
        self._notes = notes
        self._count = count

    def body_widgets(self) -> ComposeResult:
        rows = [Paragraph(Content.styled(label, DIM), value) for label, value in self._rows]
        rows += [
            Paragraph(Content.styled("" if index else "Note", DIM), literal(note, 400, WARN))
            for index, note in enumerate(self._notes)
        ]
        yield HangingText(_LABEL, rows)

    def fields(self) -> ComposeResult:
        if self._count:
            with Horizontal(classes="field count-field"):
                yield Static(f"Type {self._count:,} to confirm", markup=False, classes="label")
                yield LiteralInput(id="count", max_length=20)
            yield Static(markup=False, id="count-said")

    def on_mount(self) -> None:
        if self._count:
            self.query_one("#count").focus()
            self.query_one("#count-said").display = False

    @on(Input.Changed, "#count")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#count-said").display = False

    @on(Input.Submitted, "#count")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_answer(YES)

    def action_answer(self, name: str) -> None:
        if name == YES and self._count:
            field = self.query_one("#count", LiteralInput)
            if typed_count(field.value) != self._count:
                said = self.query_one("#count-said", Static)
                what = "That is another number" if field.value.strip() else "Nothing is typed"
                said.update(Content.styled(f"{what}: type {self._count:,}, or go back with esc.", BAD))
                said.display = True
                field.focus()
                return
        super().action_answer(name)

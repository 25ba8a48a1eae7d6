"""Dialogs. The answer that changes nothing is always the one that has the focus."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Button, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.widgets.modal import Modal

_LOW = 16
"""Lines below which a dialog does without blank ones."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One button. ``key`` is a single letter that gives the answer at once. ``style`` is a Button variant."""

    name: str
    label: str
    key: str = ""
    variant: str = "default"


class Dialog(Modal[str]):
    """A question with its answers; the first has the focus and is the safe one, which escape gives too.

    It is dismissed with the answer's name. ``body`` is Content (from ``ui.literal`` where text is not ours) or widgets'
    own: override ``body_widgets`` for more.
    """

    AUTO_FOCUS = "#answers Button"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "safe", "Back", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, title: Content | str, body: Content | str, answers: Sequence[Answer], *, kind: str = "") -> None:
        super().__init__(classes=f"dialog {kind}".strip())
        self._title = literal(title) if isinstance(title, str) else title
        self._body = literal_block(body) if isinstance(body, str) else body
        self.answers = tuple(answers)
        for answer in self.answers:
            if answer.key:
                self._bindings.bind(answer.key, f"letter('{answer.name}')", answer.label, show=False)

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog")
        box.border_title = self._title
        with box:
            with VerticalScroll(id="dialog-body", can_focus=False):
                yield from self.body_widgets()
            yield from self.fields()
            with Horizontal(id="answers"):
                for answer in self.answers:
                    yield Button(_label(answer), id=f"answer-{answer.name}", variant=answer.variant)  # type: ignore[arg-type]

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height < _LOW, "-squeezed")

    def body_widgets(self) -> ComposeResult:
        """What stands above the answers."""
        yield Static(self._body, markup=False)

    def fields(self) -> ComposeResult:
        """What is to be filled in: it stays in sight however long the words above it are."""
        yield from ()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_answer((event.button.id or "").removeprefix("answer-"))

    def action_letter(self, name: str) -> None:
        """An answer's letter was pressed."""
        self.action_answer(name)

    def action_answer(self, name: str) -> None:
        self.dismiss(name)

    def action_safe(self) -> None:
        self.dismiss(self.answers[0].name)


def _label(answer: Answer) -> Content:
    if not answer.key:
        return Content(answer.label)
    parts: list[Any] = [answer.label, "  ", (answer.key, "dim")]
    return Content.assemble(*parts)


class ErrorDialog(Dialog):
    """What went wrong, what to do next, and for errors nobody expected the place in the program."""

    def __init__(self, title: str, message: str, advice: str = "", details: str = "") -> None:
        super().__init__(title, "", (Answer("close", "Close"),), kind="-error")
        self._message = message
        self._advice = advice
        self._details = details

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """A dialog for any error: its own words if it is one of ours."""
        if isinstance(error, MittoTuiError):
            return cls("That didn't work", error.message, error.advice)
        frames = traceback.extract_tb(error.__traceback__)
        place = "\n".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-4:])
        return cls(
            "Unexpected error",
            f"Something in mitto-tui went wrong: {type(error).__name__}: {error}",
            "What was stored is safe. You can go on; if it happens again, please report it with the lines below.",
            place,
        )

    def body_widgets(self) -> ComposeResult:
        yield Static(literal_block(self._message), markup=False)
        if self._advice:
            yield Static(literal_block(self._advice), markup=False, classes="advice")
        if self._details:
            yield Static(literal_block(self._details), markup=False, classes="details")

"""Before a list is sent to: what goes out, how fast, and a test to oneself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static

from mitto_tui.ui.bulk.send_limits import CHUNK, FIRST, IN_FLIGHT, RATE, SHARE, WAIT
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.literal_input import LiteralInput

_LABEL: Final = 9
_PACE: Final = ((RATE, "Messages a second", "no limit"), (CHUNK, "Recipients a request", ""))
_PACE_MORE: Final = ((IN_FLIGHT, "Requests at a time", ""),)
_CANARY: Final = (
    (FIRST, "First send to", "all at once"),
    (SHARE, "Go on if delivered", ""),
    (WAIT, "Wait for reports", ""),
)
_UNITS: Final = {SHARE: "%", WAIT: "min"}


@dataclass(frozen=True, slots=True)
class PlanShown:
    """What the plan shows: a margin and a value for each line of the summary, and the button's words."""

    rows: Sequence[tuple[str, Content]]
    send: str
    can_send: bool = True


class SendPlan(VerticalScroll, can_focus=False):
    """The button to send is ``send-now``, the one for the test ``send-test``; fields are ``send-<name>``."""

    class LimitsChanged(Message):
        """Something else stands in the fields for the limits."""

    def compose(self) -> ComposeResult:
        with Vertical(id="send-summary", classes="panel"):
            yield HangingText(_LABEL, id="send-rows")
        with Horizontal(id="send-forms"):
            with Horizontal(id="send-limits", classes="panel"):
                with Vertical():
                    for name, label, placeholder in (*_PACE, *_PACE_MORE):
                        yield _field(name, label, placeholder)
                with Vertical():
                    for name, label, placeholder in _CANARY:
                        yield _field(name, label, placeholder)
            with Vertical(id="send-myself", classes="panel"):
                with Horizontal(classes="field"):
                    yield Static("To", markup=False, classes="label")
                    yield LiteralInput(id="send-test-to", placeholder="your own number")
                    yield Static("row", markup=False, classes="label send-of")
                    yield LiteralInput("1", id="send-test-row")
                    yield Button("Send test", id="send-test")
                yield Static(markup=False, id="send-test-said")
        yield Static(markup=False, id="send-said")
        with Horizontal(id="send-buttons"):
            yield Button("Send", id="send-now")

    def on_mount(self) -> None:
        self.query_one("#send-summary").border_title = "Ready to send"
        self.query_one("#send-limits").border_title = "Limits"
        self.query_one("#send-myself").border_title = "Test to myself"
        self.query_one("#send-said").display = False

    def show(self, plan: PlanShown) -> None:
        """Show what is to be sent."""
        rows = self.query_one("#send-rows", HangingText)
        rows.show([Paragraph(Content.styled(label, DIM), value) for label, value in plan.rows])
        button = self.query_one("#send-now", Button)
        button.label = Content(plan.send)
        button.disabled = not plan.can_send

    def fill(self, values: Mapping[str, str]) -> None:
        """Put limits into their fields."""
        for name, value in values.items():
            self.query_one(f"#send-{name}", Input).value = value

    @property
    def limits(self) -> Mapping[str, str]:
        """What stands in the fields for limits, by the names of ``send_limits``."""
        names = [name for name, _, _ in (*_PACE, *_PACE_MORE, *_CANARY)]
        return {name: self.query_one(f"#send-{name}", Input).value for name in names}

    @property
    def test_to(self) -> LiteralInput:
        """One's own number."""
        return self.query_one("#send-test-to", LiteralInput)

    @property
    def test_row(self) -> LiteralInput:
        """Which recipient's text."""
        return self.query_one("#send-test-row", LiteralInput)

    def say_test(self, said: Content) -> None:
        """What became of the test."""
        self.query_one("#send-test-said", Static).update(said)

    def complain(self, field: str = "", sentence: str = "") -> None:
        """Mark a limit as wrong and say why, or that none is."""
        for row in self.query(".send-field"):
            row.set_class(bool(field) and row.id == f"send-field-{field}", "-wrong")
        said = self.query_one("#send-said", Static)
        said.update(Content.styled(sentence, BAD))
        said.display = bool(sentence)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if event.input.id and event.input.id.removeprefix("send-") in self.limits:
            event.stop()
            self.post_message(self.LimitsChanged())


def _field(name: str, label: str, placeholder: str) -> Horizontal:
    return Horizontal(
        Static(label, markup=False, classes="label"),
        LiteralInput(id=f"send-{name}", placeholder=placeholder, max_length=12, moves_on=True),
        Static(_UNITS.get(name, ""), markup=False, classes="note"),
        classes="field send-field",
        id=f"send-field-{name}",
    )

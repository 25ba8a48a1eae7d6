"""Adding a number that has opted out: how it is read is said before it is taken."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.again import Again
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.themes import BAD, DIM, WARN
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.opt_out_table import day
from mitto_tui.workspace.workspace import now

if TYPE_CHECKING:
    from mitto_tui.recipients.numbers import NumberReading
    from mitto_tui.storage.opt_outs import OptOut
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

_LONGEST_SOURCE = 200


class AddOptOutDialog(Modal["NumberReading | None"]):
    """Dismissed with the number that has opted out now, or None."""

    CSS_PATH = "../styles/opt_outs.tcss"
    AUTO_FOCUS = "#opt-out-number"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    def __init__(self, workspace: Workspace, typed: str = "") -> None:
        super().__init__(classes="dialog")
        self._workspace = workspace
        self._typed = typed
        self._adding = False
        self._read_again = Again(self, self._read, "reading")

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog")
        box.border_title = "Add a number that has opted out"
        with box:
            with Horizontal(classes="field"):
                yield Static("Number", markup=False, classes="label")
                yield LiteralInput(self._typed, id="opt-out-number", placeholder=self._example, moves_on=True)
            with Horizontal(classes="field"):
                yield Static("From", markup=False, classes="label")
                yield LiteralInput(
                    id="opt-out-source", placeholder="where you have it from, if you like", max_length=_LONGEST_SOURCE
                )
            yield Static(markup=False, id="opt-out-said")
            with Horizontal(id="answers"):
                yield Button("Back", id="opt-out-back")
                yield Button("Opt out", id="opt-out-add")

    def on_mount(self) -> None:
        self._number.mask(self._mitto.masked)
        self._number.cursor_position = len(self._typed)
        self._read_again()

    @property
    def _mitto(self) -> MittoApp:
        return cast("MittoApp", self.app)

    @property
    def _number(self) -> LiteralInput:
        return self.query_one("#opt-out-number", LiteralInput)

    @property
    def _example(self) -> str:
        country = self._workspace.profile.country
        return f"in any notation; national ones count as {country}" if country else "such as +49 172 5551234"

    @on(Input.Changed, "#opt-out-number")
    def _number_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._read_again()

    async def _read(self) -> None:
        typed = self._number.value
        if not typed.strip():
            self._say(Content(""))
            return
        reading = await asyncio.to_thread(self._workspace.read_number, typed)
        if typed == self._number.value and not self._adding:
            self._say_reading(reading, typing=self._number.has_focus)

    def _say_reading(self, reading: NumberReading, *, typing: bool) -> None:
        if reading.error:
            unfinished = typing and not reading.complete
            self._say(Content("") if unfinished else literal_block(self._mitto.number(reading.error), BAD))
            return
        where = ", ".join(part for part in (reading.country, reading.line) if part)
        words = literal(self._mitto.number(reading.display)) + literal(f"  {where}", style=DIM)
        if reading.warning:
            words += Content("\n") + literal_block(self._mitto.number(reading.warning), WARN)
        self._say(words)

    def _say(self, words: Content) -> None:
        self.query_one("#opt-out-said", Static).update(words)

    # -- taking it ----------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#opt-out-back")
    def action_close(self) -> None:
        if not self._adding:  # else it would say nothing of a number that is taken in a moment
            self.dismiss(None)

    @on(Input.Submitted, "#opt-out-number")
    def _number_done(self, event: Input.Submitted) -> None:
        event.stop()  # enter moves on

    @on(Input.Submitted, "#opt-out-source")
    @on(Button.Pressed, "#opt-out-add")
    def _asked(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        if not self._adding:
            self._adding = True
            self.run_worker(self._add(self._number.value, self.query_one("#opt-out-source", Input).value.strip()))

    async def _add(self, typed: str, source: str) -> None:
        workspace = self._workspace
        profile = workspace.profile.name

        def add() -> tuple[NumberReading, OptOut | None]:
            reading = workspace.read_number(typed)
            if reading.error or workspace.opt_outs.add(profile, reading.digits, now(), source):
                return reading, None
            return reading, workspace.opt_outs.get(profile, reading.digits)

        try:
            reading, before = await asyncio.to_thread(add)
        except MittoTuiError as error:
            self._refuse(literal_block(str(error), BAD))
        else:
            if reading.error:
                self._refuse(literal_block(self._mitto.number(reading.error), BAD))
            elif before is not None:
                self._refuse(self._known(reading, before))
            else:
                self.dismiss(reading)
        finally:
            self._adding = False

    def _known(self, reading: NumberReading, before: OptOut) -> Content:
        source = f" ({self._mitto.number(before.source)})" if before.source else ""
        words = f"{self._mitto.number(reading.display)} has opted out already, on {day(before.added_at)}{source}."
        return literal_block(words, WARN)

    def _refuse(self, words: Content) -> None:
        self._say(words)
        self._number.focus()

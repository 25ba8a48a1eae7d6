"""Deleting what is old, for good: what goes and what stays is said first, and a word must be typed."""

from __future__ import annotations

import asyncio
import threading
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.again import Again
from mitto_tui.ui.days_typed import read_day
from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.themes import BAD, DIM, GOOD, WARN
from mitto_tui.ui.time_left import TimeLeft
from mitto_tui.ui.widgets.field import Choice, Field
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.workspace.figures import days
from mitto_tui.workspace.purge_words import what_goes, what_stays

if TYPE_CHECKING:
    from mitto_tui.storage.purging import Purge
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

_AGES: Final = {"30": "30 days", "90": "90 days", "365": "a year", "730": "2 years", "day": "a day"}
_USUAL: Final = "365"
_WORD: Final = "delete"
_OFTEN: Final = 0.2


class PurgeDialog(Modal[None]):
    """Nothing goes before its number has been seen and the word typed."""

    CSS_PATH = "../styles/history.tcss"
    AUTO_FOCUS = "#purge-age"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(classes="dialog -warning")
        self._workspace = workspace
        self._read_again = Again(self, self._read, "preview")
        self._found: tuple[date, Purge] | None = None
        self._stop: threading.Event | None = None
        self._over = False
        self._left = TimeLeft()

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-purge")
        box.border_title = "Delete old messages"
        with box:
            with Vertical(id="purge-form"):
                yield Field("Older than", Choice(dict(_AGES), id="purge-age"))
                yield Field("Before", LiteralInput(id="purge-day", placeholder="2026-01-31", moves_on=True))
            yield Static(markup=False, id="purge-said")
            with Horizontal(classes="field count-field", id="purge-word-row"):
                yield Static(f"Type {_WORD} to confirm", markup=False, classes="label")
                yield LiteralInput(id="purge-word", max_length=20)
            yield Static(markup=False, id="purge-complaint")
            with Horizontal(id="answers"):
                yield Button("Back", id="purge-back")
                yield Button("Delete for good", id="purge-go")

    def on_mount(self) -> None:
        self.query_one("#purge-age", Choice).value = _USUAL
        self._offer()
        self._read_again()

    def on_unmount(self) -> None:
        if self._stop is not None:
            self._stop.set()

    # -- what would go ------------------------------------------------------------------------------------------------

    @property
    def _before(self) -> date | None:
        """The day before which all goes; None where none is typed."""
        age, today = self.query_one("#purge-age", Choice).value, datetime.now().astimezone().date()
        if age != "day":
            return today - timedelta(days=int(age))
        return read_day(self.query_one("#purge-day", LiteralInput).value, today)

    @on(Choice.Changed, "#purge-age")
    @on(Input.Changed, "#purge-day")
    def _changed(self, event: Choice.Changed | Input.Changed) -> None:
        event.stop()
        self._found = None
        self._offer()
        self._read_again()

    async def _read(self) -> None:
        before = self._before
        if before is None or self._stop is not None or self._over:
            return
        moment = days(before, before).since
        assert moment is not None
        try:
            found = await asyncio.to_thread(self._workspace.purging.preview, moment)
        except MittoTuiError as error:
            self._complain(str(error))
            return
        if before == self._before and self.is_mounted and self._stop is None:
            self._found = before, found
            self._offer()

    def _offer(self) -> None:
        """Show what can be chosen and answered now."""
        asking = self._stop is None and not self._over
        self.query_one("#purge-form").display = asking
        typed = self.query_one("#purge-age", Choice).value == "day"
        day = self.query_one("#purge-day").parent
        assert day is not None
        day.display = typed
        something = self._found is not None and not self._found[1].is_nothing
        self.query_one("#purge-word-row").display = asking and something
        self.query_one("#purge-go").display = asking and something
        self.query_one("#purge-complaint").display = False
        if asking:
            self._say(self._preview())

    def _preview(self) -> Content:
        if self._found is None:
            return Content.styled("Looking…" if self._before is not None else "Give a day.", DIM)
        before, found = self._found
        lines = []
        if found.is_nothing:
            lines.append(Content("Nothing is that old." if not found.kept else "Nothing that old has ended."))
        else:
            lines.append(Content.assemble((what_goes(found), "bold"), " would be deleted, for good:"))
            lines.append(Content(f"what was made, and changed last, before {before:%d %B %Y}, with all its reports."))
        if found.kept:
            lines.append(Content.styled(what_stays(found), WARN))
        lines.append(Content.styled("Opt-outs, drafts, templates and settings stay.", DIM))
        if (kept_for := self._workspace.profile.retention_days) is not None:
            by_itself = f"By this profile’s settings, what is {kept_for:,} days old goes by itself."
            lines.append(Content.styled(by_itself, DIM))
        return Content("\n").join(lines)

    # -- deleting -----------------------------------------------------------------------------------------------------

    @on(Input.Submitted, "#purge-day")
    def _day_typed(self, event: Input.Submitted) -> None:
        event.stop()

    @on(Input.Submitted, "#purge-word")
    @on(Button.Pressed, "#purge-go")
    def _asked(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        if self._stop is not None or self._over or self._found is None or self._found[1].is_nothing:
            return
        field = self.query_one("#purge-word", LiteralInput)
        if field.value.strip().casefold() != _WORD:
            self._complain(f"Type the word {_WORD}, or go back with esc.")
            field.focus()
            return
        self._stop = threading.Event()
        self._left = TimeLeft()
        self._offer()
        back = self.query_one("#purge-back", Button)
        back.label = "Stop"
        back.focus()
        self.run_worker(self._purge(*self._found, self._stop), group="purge", exit_on_error=False)

    async def _purge(self, before: date, found: Purge, stop: threading.Event) -> None:
        moment = days(before, before).since
        assert moment is not None
        timer = self.set_interval(_OFTEN, self._tell)
        self._tell()
        try:
            gone = await asyncio.to_thread(
                self._workspace.purging.purge,
                moment,
                lambda done: self._left(done, found.messages),
                stop=stop.is_set,
            )
            said = Content.styled(f"{what_goes(gone)} deleted.", GOOD)
            if stop.is_set():
                said += Content.styled("\nIt was stopped: the rest is as it was.", DIM)
            self._finish(said)
        except MittoTuiError as error:
            self._finish(literal_block(str(error), BAD))
        except Exception as error:
            self._finish(Content.styled("It could not be deleted.", BAD))
            cast("MittoApp", self.app).report_error(error)
        finally:
            timer.stop()
            self._workspace.touch()

    def _tell(self) -> None:
        if self._stop is not None:
            words = "Stopping…" if self._stop.is_set() else f"Deleting: {self._left.words}"
            self._say(Content.styled(words, DIM))

    def _finish(self, said: Content) -> None:
        self._stop, self._over = None, True
        self._offer()
        self._say(said)
        back = self.query_one("#purge-back", Button)
        back.label = "Close"
        back.focus()

    def _say(self, said: Content) -> None:
        self.query_one("#purge-said", Static).update(said)

    def _complain(self, sentence: str) -> None:
        line = self.query_one("#purge-complaint", Static)
        line.update(literal_block(sentence, BAD))
        line.display = True

    @on(Button.Pressed, "#purge-back")
    def _back(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_close()

    def action_close(self) -> None:
        """Stop what is being deleted; else be done."""
        if self._stop is not None:
            self._stop.set()
            self._tell()
        else:
            self.dismiss(None)

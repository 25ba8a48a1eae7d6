"""A decision on all messages in sight: how many, what it may cost, a typed word, and how far it is."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.ui.bulk.send_words import typed_count
from mitto_tui.ui.history_words import Action
from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import BAD, DIM, WARN
from mitto_tui.ui.time_left import TimeLeft
from mitto_tui.ui.widgets.field import Choice, Field
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.workspace.many import MOST, Done, Seen, assume_sent, look, of_status, send_again

if TYPE_CHECKING:
    from mitto_tui.storage.rows import HistoryFilter
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

_KINDS: Final[dict[str, tuple[str, frozenset[Status]]]] = {
    "left": ("never left", frozenset({Status.FAILED})),
    "refused": ("and refused", frozenset({Status.FAILED, Status.REJECTED})),
    "all": (
        "and not delivered",
        frozenset({Status.FAILED, Status.REJECTED, Status.UNDELIVERED, Status.EXPIRED}),
    ),
}
_DOUBT: Final = frozenset({Status.IN_DOUBT})
_TYPED_FROM: Final = 2
"""So many messages ask for their number to be typed."""


class ManyDialog(Modal[None]):
    """Takes what is in doubt as sent, or sends again what is in doubt or has failed: of what ``chosen`` shows.

    ``doubt`` says which of the two; what has failed is never what is in doubt.
    """

    CSS_PATH = "../styles/history.tcss"
    AUTO_FOCUS = "#many-back"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    def __init__(self, workspace: Workspace, chosen: HistoryFilter, action: Action, *, doubt: bool) -> None:
        super().__init__(classes="dialog -warning" if doubt else "dialog")
        self._workspace = workspace
        self._chosen = chosen
        self._action = action
        self._doubt = doubt
        self._seen: dict[Status, list[Seen]] | None = None
        self._working = self._stopping = self._over = False
        self._left = TimeLeft()

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-many")
        assume = self._action is Action.ASSUME_SENT
        box.border_title = "Take all of them as sent" if assume else "Send all of them again"
        with box:
            yield Static(markup=False, id="many-said")
            with Vertical(id="many-form"):
                if not self._doubt:
                    yield Field("Which", Choice({name: kind[0] for name, kind in _KINDS.items()}, id="many-which"))
                with Horizontal(classes="field count-field", id="many-count-row"):
                    yield Static(markup=False, classes="label", id="many-count-label")
                    yield LiteralInput(id="many-count", max_length=20)
            yield Static(markup=False, id="many-complaint")
            with Horizontal(id="answers"):
                yield Button("Back", id="many-back")
                yield Button("Take as sent" if assume else "Send again", id="many-go")

    def on_mount(self) -> None:
        self.query_one("#many-complaint").display = False
        self._offer()
        self.run_worker(self._look(), group="look", exit_on_error=False)

    # -- what it is about ---------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        statuses = _DOUBT if self._doubt else _KINDS["all"][1]
        chosen = of_status(self._chosen, statuses, self._workspace.profile.name)
        try:
            found = await asyncio.to_thread(look, self._workspace, chosen)
        except MittoTuiError as error:
            self._say(literal_block(str(error), BAD))
            return
        self._seen = {}
        for one in found:
            self._seen.setdefault(one.status, []).append(one)
        self._offer()

    @property
    def meant(self) -> list[Seen]:
        """The messages that it is about, as they were looked at; the oldest first."""
        if self._seen is None:
            return []
        statuses = _DOUBT if self._doubt else _KINDS[self.query_one("#many-which", Choice).value][1]
        return sorted((one for status in statuses for one in self._seen.get(status, ())), key=lambda one: one.id)

    @on(Choice.Changed)
    def _which(self, event: Choice.Changed) -> None:
        event.stop()
        self._offer()

    def _offer(self) -> None:
        meant = self.meant
        going = self._working or self._over
        self.query_one("#many-form").display = self._seen is not None and not going
        self.query_one("#many-count-row").display = len(meant) >= _TYPED_FROM
        self.query_one("#many-count-label", Static).update(f"Type {len(meant):,} to confirm")
        self.query_one("#many-go").display = bool(meant) and not going
        if not going:
            self._say(self._about(meant))

    def _about(self, meant: list[Seen]) -> Content:
        if self._seen is None:
            return Content.styled("Looking…", DIM)
        if not meant:
            return Content("Of the messages in sight, none is in doubt." if self._doubt else self._nothing())
        lines = [Content.assemble(f"{_messages(len(meant))}, ", (self._parts(meant), "bold"))]
        counts = Counter(one.status for one in meant)
        if not self._doubt:
            kinds = (f"{count:,} {words(status).word}" for status, count in counts.items())
            lines.append(Content.styled(", ".join(kinds), DIM))
        if self._action is Action.ASSUME_SENT:
            lines.append(Content("Nothing leaves. A delivery report that comes later still counts."))
        elif self._doubt:
            whom = "1 person may get it twice." if len(meant) == 1 else f"Up to {len(meant):,} people may get it twice."
            lines.append(Content.styled(whom, WARN))
        if counts[Status.REJECTED]:
            lines.append(Content.styled("What Mitto refused is refused again unless its cause is mended.", WARN))
        if counts[Status.UNDELIVERED] or counts[Status.EXPIRED]:
            lines.append(Content.styled("Mitto took those that were not delivered: they are charged again.", WARN))
        if len(meant) >= MOST:
            lines.append(Content.styled(f"These are the oldest {MOST:,}; the others come after them.", DIM))
        return Content("\n").join(lines)

    def _nothing(self) -> str:
        if self._seen:
            return "All messages in sight have left this machine. Choose more of them with the arrows."
        return "Of the messages in sight, none has failed. What is in doubt is decided on under In doubt."

    def _parts(self, meant: list[Seen]) -> str:
        parts = sum(one.segments for one in meant)
        return "1 part" if parts == 1 else f"{parts:,} parts"

    # -- doing it -----------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    @on(Button.Pressed, "#many-go")
    def _asked(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        meant = self.meant
        if self._working or self._over or not meant:
            return
        field = self.query_one("#many-count", LiteralInput)
        if len(meant) >= _TYPED_FROM and typed_count(field.value) != len(meant):
            what = "That is another number" if field.value.strip() else "Nothing is typed"
            self._complain(f"{what}: type {len(meant):,}, or go back with esc.")
            field.focus()
            return
        if self._action is not Action.ASSUME_SENT:
            try:
                self._workspace.config.require_sound(self._workspace.profile.name)
            except MittoTuiError as error:
                self._complain(str(error))
                return
        self._working = True
        self._complain("")
        self._offer()
        back = self.query_one("#many-back", Button)
        back.label = "Stop"
        back.focus()
        # Not the dialog's: what has left can't be called back.
        self.app.run_worker(self._carry_out(meant), group="sending", exit_on_error=False)

    async def _carry_out(self, meant: list[Seen]) -> None:
        work = assume_sent if self._action is Action.ASSUME_SENT else send_again
        try:
            done = await work(self._workspace, meant, lambda number: self._tell(number, len(meant)), self._is_stopping)
            self._finish(done)
        except Exception as error:
            self._finish(Done({}, len(meant), str(error)))
            if not isinstance(error, MittoTuiError):
                cast("MittoApp", self.app).report_error(error)
        self._workspace.touch()

    def _is_stopping(self) -> bool:
        return self._stopping

    def _tell(self, number: int, total: int) -> None:
        self._left(number, total)
        if self.is_mounted and not self._stopping:
            verb = "Deciding" if self._action is Action.ASSUME_SENT else "Sending"
            self._say(Content.styled(f"{verb}: {self._left.words}", DIM))

    def _finish(self, done: Done) -> None:
        self._working, self._over = False, True
        shown = [f"{words(status).sign} {count:,} {words(status).word}" for status, count in done.statuses.items()]
        lines = [Content("   ".join(shown))] if shown else []
        if done.left:
            lines.append(Content.styled(f"{_messages(done.left)} left as they were.", DIM))
        if done.stopped:
            lines.append(literal_block(done.stopped, BAD))
        if not self.is_mounted:
            return
        self._say(Content("\n").join(lines or [Content("Nothing was changed.")]))
        self._offer()
        back = self.query_one("#many-back", Button)
        back.label = "Close"
        back.focus()

    def _say(self, said: Content) -> None:
        self.query_one("#many-said", Static).update(said)

    def _complain(self, sentence: str) -> None:
        line = self.query_one("#many-complaint", Static)
        line.update(literal_block(sentence, BAD))
        line.display = bool(sentence)

    @on(Button.Pressed, "#many-back")
    def _back(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_close()

    def action_close(self) -> None:
        """Stop what is being done; else be done."""
        if self._working:
            self._stopping = True
            self._say(Content.styled("Stopping…", DIM))
        else:
            self.dismiss(None)


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number:,} messages"

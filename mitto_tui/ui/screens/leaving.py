"""Leaving while messages or campaigns are on their way: wait for Mitto's answers, so that nothing stays in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.widgets.dialog import Answer, Dialog

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace


class LeavingDialog(Dialog):
    """Ends the program as soon as nothing is under way any more, unless the person stays."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Leaving", "", (Answer("stay", "Stay"),))
        self._workspace = workspace
        self._left = round(workspace.profile.timeout) + 5

    def body_widgets(self) -> ComposeResult:
        yield Static(self._words(), markup=False, id="leaving")

    def on_mount(self) -> None:
        self.set_interval(0.1, self._look)
        self.set_interval(1, self._tick)

    def _words(self) -> str:
        count = self._workspace.sending
        messages = "1 message is" if count == 1 else f"{count} messages are"
        return (
            f"{messages} still on the way to Mitto.\n"
            f"Waiting for the answer, {self._left} seconds at the most; then the program ends."
        )

    def _tick(self) -> None:
        self._left = max(self._left - 1, 0)
        self.query_one("#leaving", Static).update(self._words())

    async def _look(self) -> None:
        if not self._workspace.sending:
            await self.app.run_action("app.quit")  # which keeps what answers have changed meanwhile
        elif not self._left:
            self.app.exit(0)


class LeavingCampaigns(Dialog):
    """Says what closing means for the campaigns that are being sent, and closes if that is wanted.

    The answers to what is on its way are waited for, then the campaigns are paused, then the program ends.
    """

    def __init__(self, workspace: Workspace) -> None:
        answers = (Answer("stay", "Stay", "esc"), Answer("close", "Pause and close", "c"))
        super().__init__("A campaign is being sent", "", answers, kind="-warning")
        self._workspace = workspace
        self._leaving = False

    def body_widgets(self) -> ComposeResult:
        yield Static("Counting what is sent…", markup=False, id="leaving")

    def on_mount(self) -> None:
        self.run_worker(self._look(), group="leaving", exit_on_error=False)

    async def _look(self) -> None:
        runs = self._workspace.runs
        said = []
        for run in runs.all:
            try:
                counts = await runs.counts(run.id)
            except MittoTuiError as error:
                said.append(f"Campaign {run.id} is being sent. {error.message}")
                continue
            total = sum(counts.values())
            done = total - counts.get(Status.QUEUED, 0) - counts.get(Status.SENDING, 0)
            sent = "1 is" if done == 1 else f"{done:,} are"
            said.append(f"Campaign {run.id}: {sent} sent of {total:,}.")
        what = "it" if len(said) == 1 else "them"
        said.append(f"Closing waits for what is on its way, then pauses {what}. Resume goes on, tomorrow if you like.")
        if not self._leaving:
            self._say("\n".join(said))

    def _say(self, words: str) -> None:
        self.query_one("#leaving", Static).update(literal_block(words))

    def action_answer(self, name: str) -> None:
        if name != "close":
            super().action_answer(name)
        elif not self._leaving:
            self._leaving = True
            self._say("Waiting for the answers to what is on its way…")
            self.query_one("#answers").display = False
            # What has begun goes on, whether somebody presses escape meanwhile or not.
            self.app.run_worker(self._pause_and_end(), group="leaving-campaigns", exit_on_error=False)

    def action_safe(self) -> None:
        if not self._leaving:
            super().action_safe()

    async def _pause_and_end(self) -> None:
        await self._workspace.runs.aclose()
        if self._workspace.runs.all:  # it was waited for as long as makes sense; the rest is written down as in doubt
            self.app.exit(0)
        else:
            await self.app.run_action("app.quit")

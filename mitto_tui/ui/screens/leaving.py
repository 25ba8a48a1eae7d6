"""Leaving while messages are on their way: wait for Mitto's answers, so that nothing stays in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

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

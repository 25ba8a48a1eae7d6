"""The first thing shown: opening the workspace, and what to do where that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.widgets.dialog import Answer, Dialog

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp


class StartScreen(Screen[None]):
    """Opens the workspace, then gives way to the first mode."""

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("mitto", markup=False, id="brand")
            yield Static("Opening…", markup=False, id="opening")

    def on_mount(self) -> None:
        self.open_workspace(sandbox=self.mitto.wanted_sandbox)

    @work(exclusive=True)
    async def open_workspace(self, *, sandbox: bool) -> None:
        """Open what was asked for; on failure say why and offer what is left to do."""
        from mitto_tui.workspace.workspace import Workspace

        try:
            workspace = await Workspace.open(self.mitto.wanted_profile, sandbox=sandbox)
        except MittoTuiError as error:
            dialog = Dialog(
                "mitto-tui can't start",
                f"{error.message}\n\n{error.advice}".strip(),
                (Answer("quit", "Quit", "q"), Answer("retry", "Try again", "r")),
                kind="-error",
            )
            self.app.push_screen(dialog, self._decide)
            return
        self.mitto.use_workspace(workspace)

    def _decide(self, answer: str | None) -> None:
        if answer == "retry":
            self.open_workspace(sandbox=self.mitto.wanted_sandbox)
        else:
            self.app.exit(2)

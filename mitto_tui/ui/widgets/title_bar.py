"""The line at the top: the modes as tabs on the left, whose account this is on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from mitto_tui.sms.status import Status
from mitto_tui.ui.commands import app as commands
from mitto_tui.ui.commands.base import Command
from mitto_tui.ui.literal import literal
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import ACCENT, DIM, FAINT, WARN

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp

TABS: dict[str, type[Command]] = {
    "compose": commands.ShowCompose,
    "bulk": commands.ShowBulk,
    "history": commands.ShowHistory,
    "settings": commands.ShowSettings,
}
"""Mode to the command that shows it, in their order."""


class Tab(Static):
    """One mode's name. A click goes there."""

    ALLOW_SELECT = False

    def __init__(self, mode: str, *, active: bool) -> None:
        super().__init__(markup=False, id=f"tab-{mode}", classes="-active" if active else "")
        self.mode = mode
        self.command = TABS[mode]
        self.tooltip = self.command.help

    def show(self, in_doubt: int = 0) -> None:
        """Draw the name, with the number of messages in doubt where there are any."""
        doubt = words(Status.IN_DOUBT)
        parts: list[Any] = [self.command.label]
        if in_doubt:
            parts.append((f" {doubt.sign}{in_doubt}", doubt.style))
        self.update(Content.assemble(*parts))

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        await self.app.run_action(self.command.action(), self.app)


class TitleBar(Horizontal):
    """Modes, and at the right: sandbox or account, sender, country."""

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

    @property
    def _app(self) -> MittoApp:
        return cast("MittoApp", self.app)

    def compose(self) -> ComposeResult:
        yield Static("mitto", markup=False, id="brand")
        for mode in self._app.MODES:
            yield Tab(mode, active=mode == self._mode)
        yield Static(self._account(), markup=False, id="account")

    def on_mount(self) -> None:
        for tab in self.query(Tab):
            tab.show()
        self.refresh_counts()

    def refresh_account(self) -> None:
        """Show the profile anew, after it was changed."""
        self.query_one("#account", Static).update(self._account())

    def _account(self) -> Content:
        workspace = self._app.workspace
        assert workspace is not None
        profile = workspace.profile
        name = (
            Content.styled("◆ sandbox", f"bold {WARN}")
            if workspace.sandbox
            else literal(profile.name, 20, f"bold {ACCENT}")
        )
        rest = [literal(part, 16, DIM) for part in (profile.sender, profile.country) if part]
        return Content.styled(" · ", FAINT).join([name, *rest])

    def refresh_counts(self) -> None:
        """Count again what is in doubt."""
        self._count()

    @work(exclusive=True, group="tab-counts", exit_on_error=False)
    async def _count(self) -> None:
        from asyncio import to_thread

        workspace = self._app.workspace
        if workspace is None or "history" not in self._app.MODES:
            return
        counts = await to_thread(workspace.history.by_status, workspace.profile.name)
        if self.is_mounted:
            self.query_one("#tab-history", Tab).show(counts.get(Status.IN_DOUBT, 0))

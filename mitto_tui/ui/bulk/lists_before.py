"""What was there before: lists that were checked, those being sent or sent last, and files that were opened last."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.storage.campaigns import Campaign, CampaignState
from mitto_tui.ui.again import Again
from mitto_tui.ui.aside import aside
from mitto_tui.ui.bulk.saved_lists import RecentTable, SavedTable
from mitto_tui.ui.commands import files as commands
from mitto_tui.ui.literal import literal
from mitto_tui.ui.recent_paths import Recent, RecentPaths
from mitto_tui.ui.themes import DIM
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

_MOST: Final = 200
"""Checked lists that are shown."""
_MOST_OVER: Final = 20
"""Of those that are finished or cancelled."""


def in_order(found: list[Campaign]) -> list[Campaign]:
    """What is worth going on with first: what is being sent or waits for it, drafts, and a few that are over."""
    drafts = [campaign for campaign in found if campaign.state is CampaignState.DRAFT]
    over = [campaign for campaign in found if campaign.state in (CampaignState.FINISHED, CampaignState.CANCELLED)]
    others = [campaign for campaign in found if campaign not in drafts and campaign not in over]
    return [*others, *drafts, *over[:_MOST_OVER]]


class ListsBefore(Container):
    """Two tables; a sentence on what to do where both are empty."""

    class Opened(Message):
        """A person wants to go on with it."""

        def __init__(self, what: Campaign | Recent) -> None:
            super().__init__()
            self.what = what

    class Said(Message):
        """What became of something that was done here: to be said where things are said."""

        def __init__(self, what: Content | MittoTuiError) -> None:
            super().__init__()
            self.what = what

    class Emptied(Message):
        """The table with the focus has gone, with the last thing in it."""

    def __init__(self) -> None:
        super().__init__(id="list-before")
        self._campaigns: list[Campaign] | None = None
        self._recent: list[Recent] = []
        self.look = Again(self, self._look_up, "lists")
        """Read everything again."""

    def compose(self) -> ComposeResult:
        with Vertical(id="list-saved", classes="panel"):
            yield SavedTable(id="list-saved-table")
        with Vertical(id="list-recent", classes="panel"):
            yield RecentTable(id="list-recent-table")
        yield Static(markup=False, id="list-nothing")

    def on_mount(self) -> None:
        self.query_one("#list-recent").border_title = "Files used last"
        for name in ("#list-saved", "#list-recent", "#list-nothing"):
            self.query_one(name).display = False
        self.look()

    @property
    def saved(self) -> SavedTable:
        """Lists checked before."""
        return self.query_one(SavedTable)

    @property
    def recent(self) -> RecentTable:
        """Files used last."""
        return self.query_one(RecentTable)

    @property
    def under_cursor(self) -> Campaign | Recent | None:
        """What the cursor is on, in the table that has the focus."""
        focused = self.screen.focused
        if not isinstance(focused, SavedTable | RecentTable) or focused.current is None:
            return None
        return focused.current.line

    @property
    def settled(self) -> bool:
        """Whether everything was read once."""
        return self._campaigns is not None

    @property
    def _workspace(self) -> Workspace:
        workspace = cast("MittoApp", self.app).workspace
        assert workspace is not None
        return workspace

    def mask(self, masked: bool) -> None:
        """Show dots for the digits of numbers, or not."""
        self.saved.masked = self.recent.masked = masked
        self.saved.redraw()
        self.recent.redraw()

    # -- reading ------------------------------------------------------------------------------------------------------

    async def _look_up(self) -> None:
        workspace = self._workspace
        profile, recents = workspace.profile.name, RecentPaths.of(workspace)

        def read() -> tuple[list[Campaign], list[Recent]]:
            found = workspace.campaigns.list(profile, _MOST)
            return in_order(found), recents.files()

        try:
            campaigns, recent = await aside(read)
        except MittoTuiError as error:
            self.post_message(self.Said(error))
            return
        if self.is_attached and (campaigns, recent) != (self._campaigns, self._recent):
            self._show(campaigns, recent)

    def _show(self, campaigns: list[Campaign], recent: list[Recent]) -> None:
        if (self.saved.has_focus and not campaigns) or (self.recent.has_focus and not recent):
            self.post_message(self.Emptied())
        stood = self.saved.current
        self._campaigns, self._recent = campaigns, recent
        self.saved.fill(campaigns, stood.line.id if stood is not None else None)
        self.recent.fill(recent)
        saved = self.query_one("#list-saved")
        saved.border_title = f"Checked before  {len(campaigns):,}"
        saved.display = bool(campaigns)
        self.query_one("#list-recent").display = bool(recent)
        self._say_nothing(there=bool(campaigns or recent))

    def _say_nothing(self, *, there: bool) -> None:
        nothing = self.query_one("#list-nothing", Static)
        nothing.display = not there
        key = cast("MittoApp", self.app).key_of(commands.BrowseFiles)
        look = f"press {key} to look for one" if key else "look for one"
        nothing.update(
            Content.styled(
                f"Type the path of a list, {look}, or paste rows above.\n"
                "Lists that were read and checked will wait for you here.",
                DIM,
            )
        )

    @on(PagedTable.Opened)
    def _opened(self, event: PagedTable.Opened) -> None:
        event.stop()
        if (what := self.under_cursor) is not None:
            self.post_message(self.Opened(what))

    @on(PagedTable.Failed)
    def _failed(self, event: PagedTable.Failed) -> None:
        event.stop()
        cast("MittoApp", self.app).report_error(event.error)

    # -- taking away --------------------------------------------------------------------------------------------------

    def delete(self, what: Campaign | Recent | None) -> None:
        """Take a file off the list of those used last, or ask whether a checked list is to be deleted."""
        if isinstance(what, Recent):
            work = partial(RecentPaths.of(self._workspace).forget, what.path)
            self.run_worker(self._change(work, ""), group="forget")
        elif what is not None and what.state is CampaignState.DRAFT:
            self._ask(what)
        elif what is not None:
            kept = f"Campaign {what.id} was approved, so it is kept with its messages; only drafts can be deleted."
            self.post_message(self.Said(Content.styled(kept, DIM)))

    def _ask(self, campaign: Campaign) -> None:
        rows = campaign.totals.get("rows")
        what = f"Its {rows:,} checked rows and the message" if isinstance(rows, int) else "Its rows and the message"
        question = Dialog(
            Content("Delete “") + literal(cast("MittoApp", self.app).number(campaign.name), 40) + Content("”?"),
            f"{what} are deleted for good. The file they were read from stays as it is.",
            (Answer("keep", "Keep it", "esc"), Answer("delete", "Delete it", "d")),
            kind="-warning",
        )

        def answered(answer: str | None) -> None:
            if answer == "delete":
                self.post_message(self.Said(Content.styled("Deleting…", DIM)))
                work = partial(self._workspace.campaigns.delete, campaign.id)
                self.run_worker(self._change(work, "The list is deleted."), group="delete-list")

        self.app.push_screen(question, answered)

    async def _change(self, work: partial[Any], words: str) -> None:
        try:
            await asyncio.to_thread(work)
        except MittoTuiError as error:
            self.post_message(self.Said(error))
        else:
            self.post_message(self.Said(Content.styled(words, DIM)))
        self.look()

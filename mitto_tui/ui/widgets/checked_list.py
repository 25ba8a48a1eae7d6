"""A checked list: its sums, the filters, the table, and the row under the cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.bulk.check_rows import CheckLine, CheckRows, Listing, place_of_repeated
from mitto_tui.ui.bulk.check_words import (
    REASONS_SHOWN,
    Group,
    bare_words,
    counted,
    left_out_words,
    sums_words,
    why_empty,
)
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.check_chips import CheckChips
from mitto_tui.ui.widgets.check_table import CheckTable
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.row_detail import RowDetail, RowView

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

_SETTLE = 0.06
"""Seconds that the cursor rests on a row until it is shown."""
_LEFT_OUT = "Left out: "
_KEPT = "kept as a draft: nothing is sent yet"


class CheckedList(Vertical):
    """Shows a ``Listing``. The class ``-detail`` is there while a row is looked at; see the style sheet."""

    class Failed(Message):
        """Something of it could not be read; what is shown stays."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    class Moved(Message):
        """Another row is under the cursor, or none."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._showing: Timer | None = None
        self.listing: Listing | None = None

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="check-sums")
        yield CheckChips()
        with Container(id="check"):
            with Vertical(id="check-list", classes="panel"):
                yield CheckTable()
                yield Static(markup=False, id="check-empty")
            with Vertical(id="check-row", classes="panel"):
                yield RowView()

    def on_mount(self) -> None:
        self.query_one("#check-empty").display = False
        self.query_one("#check-list").border_subtitle = _KEPT
        self.query_one("#check-row").border_title = "Row"

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def table(self) -> CheckTable:
        """The rows."""
        return self.query_one(CheckTable)

    @property
    def chips(self) -> CheckChips:
        """The filter."""
        return self.query_one(CheckChips)

    @property
    def view(self) -> RowView:
        """The row under the cursor."""
        return self.query_one(RowView)

    @property
    def group(self) -> Group:
        """The filter that is chosen."""
        return self.chips.group if self.is_mounted else Group.ALL

    @property
    def line(self) -> CheckLine | None:
        """The row under the cursor."""
        return self.table.current if self.is_mounted and self.listing is not None and self.table.display else None

    @property
    def row_is_open(self) -> bool:
        """Whether a row is looked at, and not the list."""
        return self.has_class("-detail")

    def mask(self, masked: bool) -> None:
        """Show the digits of numbers as dots, or not."""
        self.table.masked = self.view.masked = masked
        self.view.redraw()

    # -- the list -----------------------------------------------------------------------------------------------------

    def show(self, listing: Listing, key: str) -> None:
        """Show a list through the filter that is chosen. ``key`` goes to the row that a duplicate repeats."""
        self.listing = listing
        self._say_sums()
        self.table.last_row, self.chips.counts = listing.last_row, listing.counts
        self.view.show(None)
        self.view.key = key
        self._show_rows()

    def on_resize(self) -> None:
        self._say_sums()

    def _say_sums(self) -> None:
        if (listing := self.listing) is None:
            return
        campaign = listing.campaign
        said = sums_words(campaign, self._workspace.profile)
        lines = [Content(said) if listing.counts[Group.OK] else Content.styled(said, WARN)]
        room = self.size.width - len(_LEFT_OUT) - 2
        for most in range(REASONS_SHOWN, -1, -1):
            left_out = left_out_words(campaign, most)
            if len(left_out) <= room:
                break
        if left_out:
            lines.append(Content.styled(_LEFT_OUT, DIM) + literal(left_out, 400))
        if bare := bare_words(campaign):
            lines.append(Content.styled("Without +: ", DIM) + literal(bare, 400, DIM))
        self.query_one("#check-sums", Static).update(Content("\n").join(lines))

    def _show_rows(self, at: int | None = None) -> None:
        if self.listing is not None:
            self.table.group = self.chips.group
            self.table.show(CheckRows(self._workspace.campaigns, self.listing, self.chips.group), at=at)

    def show_group(self, group: Group) -> None:
        """Choose a filter, and go to the list."""
        self.chips.group = group
        self.focus_list()

    @on(CheckChips.Chosen)
    def _filtered(self, event: CheckChips.Chosen) -> None:
        event.stop()
        if event.group is self.chips.group and event.group is not self.table.group:
            current = self.table.current
            self._show_rows(at=current.id if current is not None else None)

    @on(PagedTable.Counted)
    def _counted(self, event: PagedTable.Counted) -> None:
        event.stop()
        group = self.table.group
        self.query_one("#check-list").border_title = counted(event.total, group.noun)
        in_list = self.screen.focused in (None, self.table, self.chips)
        had_rows, self.table.display = self.table.display, event.total > 0
        empty = self.query_one("#check-empty", Static)
        empty.display = event.total == 0
        if event.total == 0:
            sentence, more = why_empty(group)
            empty.update(Content.assemble(sentence, "\n\n", (more, DIM)))
        if in_list and had_rows is not self.table.display:
            self.focus_list()

    def focus_list(self) -> None:
        """Go to the list, or where it is empty to the filter."""
        self.remove_class("-detail")
        # Not is_on_screen: where it has just been shown, its layout is still to come.
        if self.screen.is_current and all(node.display for node in self.ancestors_with_self):
            (self.table if self.table.display else self.chips).focus()

    @on(PagedTable.Failed)
    def _failed(self, event: PagedTable.Failed) -> None:
        event.stop()
        self.post_message(self.Failed(event.error))

    # -- a row --------------------------------------------------------------------------------------------------------

    @on(PagedTable.Moved)
    def _moved(self, event: PagedTable.Moved) -> None:
        event.stop()
        # Drawing a row moves everything below it about: too much for each of the rows that a held key runs over.
        if self._showing is not None:
            self._showing.stop()
        self._showing = self.set_timer(_SETTLE, self._show_row)
        self.post_message(self.Moved())

    def _show_row(self) -> None:
        self._showing = None
        listing, line = self.listing, self.line
        panel = self.query_one("#check-row")
        if listing is None or line is None:
            panel.border_title = "Row"
            self.view.show(None)
            return
        panel.border_title = f"Row {line.row.row:,}"
        self.view.show(RowDetail.of(line, listing.campaign.source, listing.campaign.options))

    @on(PagedTable.Opened)
    def _opened(self, event: PagedTable.Opened) -> None:
        event.stop()
        self._show_row()
        self.add_class("-detail")
        self.view.focus()

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        # What has the focus now, not when the event was posted: it may have moved on.
        focused = self.screen.focused
        self.set_class(focused is not None and self.view in focused.ancestors_with_self, "-detail")

    async def go_to_repeated(self) -> None:
        """Go to the row that the current one repeats, in the whole list."""
        listing, line = self.listing, self.line
        if listing is None or line is None:
            return
        campaigns = self._workspace.campaigns
        try:
            place = await asyncio.to_thread(place_of_repeated, campaigns, listing.campaign.id, line)
        except MittoTuiError as error:
            self.post_message(self.Failed(error))
            return
        if place is not None and self.listing is listing:
            self.chips.group = Group.ALL
            self._show_rows(at=-place)
            self.focus_list()

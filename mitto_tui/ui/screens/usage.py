"""Mitto's own count by country, beside ours for the same days."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.storage.statistics import Statistics
from mitto_tui.storage.usage import Usage
from mitto_tui.ui import statistics_words as said
from mitto_tui.ui.days_typed import read_day
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.widgets.field import Field
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.workspace.figures import beside, by_country, days

if TYPE_CHECKING:
    from mitto_tui.storage.usage import FetchedUsage
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

WHY: str = (
    "They can differ: Mitto may count parts, and days in another time zone; others may use the account. "
    "What is in doubt, and tests, are not in our count."
)


class UsageDialog(Modal[None]):
    """``period`` is the first and the last day to begin with; None is this month."""

    CSS_PATH = "../styles/statistics.tcss"
    AUTO_FOCUS = "#usage-account"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    def __init__(self, workspace: Workspace, period: tuple[date, date] | None) -> None:
        super().__init__(classes="dialog")
        today = datetime.now().astimezone().date()
        self._workspace = workspace
        self._period = period or (today.replace(day=1), today)
        self._asking = False

    def compose(self) -> ComposeResult:
        first, last = self._period
        box = Vertical(id="dialog", classes="-usage")
        box.border_title = "Mitto’s own count"
        with box:
            account = LiteralInput(id="usage-account", placeholder="the account’s name at Mitto", moves_on=True)
            yield Field("Account", account)
            yield Field("From", LiteralInput(first.isoformat(), id="usage-first", moves_on=True))
            yield Field("To", LiteralInput(last.isoformat(), id="usage-last"))
            yield Static(markup=False, id="usage-said")
            with VerticalScroll(id="usage-body", can_focus=False):
                yield Static(markup=False, id="usage-table")
            with Horizontal(id="answers"):
                yield Button("Back", id="usage-back")
                yield Button("Ask Mitto", id="usage-go")

    def on_mount(self) -> None:
        self.query_one("#usage-body").display = False
        self._say(Content.styled(WHY, DIM))
        self.run_worker(self._recall(), group="recall", exit_on_error=False)

    async def _recall(self) -> None:
        """Show what was fetched last, with its time."""
        usage = Usage(self._workspace.database)
        try:
            found = await asyncio.to_thread(usage.latest, self._workspace.profile.name)
        except MittoTuiError as error:
            self._say(literal_block(str(error), BAD))
            return
        if found is None or self._asking or self.query_one("#usage-account", LiteralInput).value:
            return
        for name, value in (("account", found.account), ("first", str(found.start)), ("last", str(found.end))):
            self.query_one(f"#usage-{name}", LiteralInput).value = value
        await self._show(found)

    @on(Input.Submitted)
    @on(Button.Pressed, "#usage-go")
    def _asked(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        if isinstance(event, Input.Submitted) and event.input.id != "usage-last":
            return
        account = self.query_one("#usage-account", LiteralInput).value.strip()
        first, last = (self._day(name) for name in ("first", "last"))
        if not account:
            self._complain("Which account? Mitto counts by its name.", "account")
        elif first is None or last is None:
            self._complain("That is no day. Write 2026-11-23.", "first" if first is None else "last")
        elif last < first:
            self._complain("The last day lies before the first.", "last")
        elif not self._asking:
            self._asking = True
            self._say(Content.styled("Asking Mitto…", DIM))
            self.run_worker(self._ask(account, first, last), group="usage", exit_on_error=False)

    def _day(self, name: str) -> date | None:
        typed = self.query_one(f"#usage-{name}", LiteralInput).value
        return read_day(typed, datetime.now().astimezone().date())

    async def _ask(self, account: str, first: date, last: date) -> None:
        profile = self._workspace.profile.name
        try:
            await self._workspace.usage(first, last, account)
            usage = Usage(self._workspace.database)
            found = await asyncio.to_thread(usage.latest, profile, account, first, last)
            if found is not None:
                await self._show(found)
        except MittoTuiError as error:
            self._say(literal_block(str(error), BAD))
        except Exception as error:
            cast("MittoApp", self.app).report_error(error)
        finally:
            self._asking = False

    async def _show(self, found: FetchedUsage) -> None:
        statistics = Statistics(self._workspace.database, self._workspace.profile.name)
        own = await asyncio.to_thread(by_country, statistics, days(found.start, found.end))
        rows = beside([(row.country, row.messages, row.cost) for row in found.rows], own)
        table = said.usage(rows) if rows else Content("Neither Mitto nor the history has anything in these days.")
        self.query_one("#usage-table", Static).update(table)
        self.query_one("#usage-body").display = True
        asked = f"{found.fetched_at.astimezone():%d %b %Y, %H:%M}".lstrip("0")
        told = Content.assemble(literal(found.account, 40, "bold"), f", as Mitto counted it on {asked}.\n", (WHY, DIM))
        self._say(told)

    def _say(self, words: Content) -> None:
        self.query_one("#usage-said", Static).update(words)

    def _complain(self, sentence: str, name: str) -> None:
        self._say(Content.styled(sentence, BAD))
        self.query_one(f"#usage-{name}").focus()

    @on(Button.Pressed, "#usage-back")
    def action_close(self) -> None:
        self.dismiss(None)

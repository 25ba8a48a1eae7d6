"""Narrowing the history down: by day, sender, campaign and profile."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.days_typed import read_day
from mitto_tui.ui.history_view import ALL_PROFILES, Narrowing
from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.widgets.chooser import Chooser, Item
from mitto_tui.ui.widgets.field import Field
from mitto_tui.ui.widgets.literal_input import LiteralInput, Recent
from mitto_tui.ui.widgets.modal import Modal

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

_ANY = 0
"""What stands for any campaign: none has this id."""
_RECENT = 50


class NarrowDialog(Modal["Narrowing | None"]):
    """Dismissed with what is asked for, or None where nothing is to change."""

    CSS_PATH = "../styles/history.tcss"
    AUTO_FOCUS = "#narrow-first"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    def __init__(self, workspace: Workspace, now: Narrowing) -> None:
        super().__init__(classes="dialog")
        self._workspace = workspace
        self._before = now
        self._senders = Recent()
        self._names: dict[int, str] = {now.campaign: now.campaign_name} if now.campaign is not None else {}

    def compose(self) -> ComposeResult:
        before = self._before
        box = Vertical(id="dialog", classes="-narrow")
        box.border_title = "Filter the history"
        with box:
            for name, label, day in (("first", "Since", before.first), ("last", "Until", before.last)):
                shown = "" if day is None else day.isoformat()
                hint = "any day: 2026-11-23, yesterday, 7d"
                yield Field(label, LiteralInput(shown, id=f"narrow-{name}", placeholder=hint, moves_on=True))
            sender = LiteralInput(
                before.sender or "", id="narrow-sender", placeholder="any sender", recent=self._senders, moves_on=True
            )
            yield Field("From", sender)
            yield Field("Campaign", Chooser[int](id="narrow-campaign"))
            yield Field("Profile", Chooser[str](id="narrow-profile"))
            yield Static(markup=False, id="narrow-said")
            with Horizontal(id="answers"):
                yield Button("Back", id="narrow-back")
                yield Button("Clear", id="narrow-clear")
                yield Button("Show", id="narrow-show")

    async def on_mount(self) -> None:
        self._offer_profiles()
        self._offer_campaigns([])
        for name in ("first", "last"):
            self._say_day(name)
        self.query_one("#narrow-said").display = False
        self.run_worker(self._look_up(), group="look-up", exit_on_error=False)

    def _offer_profiles(self) -> None:
        own = self._workspace.profile.name
        items = [Item(own, own, remark=" (this one)")]
        items += [Item(name, name) for name in sorted(self._workspace.config.profiles) if name != own]
        items.append(Item(ALL_PROFILES, "all profiles"))
        before = self._before.profile
        self.query_one("#narrow-profile", Chooser).offer(items, own if before is None else before)

    def _offer_campaigns(self, campaigns: list[Campaign]) -> None:
        self._names |= {campaign.id: campaign.name for campaign in campaigns}
        items = [Item(_ANY, "any, and single messages")]
        items += [
            Item(number, name, prefix=f"{number}  ") for number, name in sorted(self._names.items(), reverse=True)
        ]
        chooser = self.query_one("#narrow-campaign", Chooser)
        chooser.offer(items, chooser.value if chooser.items else self._before.campaign or _ANY)

    async def _look_up(self) -> None:
        workspace, profile = self._workspace, self._workspace.profile.name
        try:
            self._senders.offer(await asyncio.to_thread(workspace.history.recent_senders, profile, _RECENT))
            campaigns = await asyncio.to_thread(workspace.campaigns.list, profile)
        except MittoTuiError as error:
            self._complain(str(error))
        else:
            self._offer_campaigns(campaigns)

    # -- days ---------------------------------------------------------------------------------------------------------

    def _day(self, name: str) -> tuple[str, date | None]:
        typed = self.query_one(f"#narrow-{name}", LiteralInput).value.strip()
        return typed, read_day(typed, datetime.now().astimezone().date()) if typed else None

    @on(Input.Changed, "#narrow-first, #narrow-last")
    def _day_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._say_day((event.input.id or "").removeprefix("narrow-"))

    def _say_day(self, name: str) -> None:
        typed, day = self._day(name)
        field = self.query_one(f"#narrow-{name}").parent
        assert isinstance(field, Field)
        field.say("" if not typed else f"{day:%a, %d %b %Y}" if day is not None else Content.styled("no day", DIM))

    # -- answering ----------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _moved_on(self, event: Input.Submitted) -> None:
        event.stop()

    @on(Button.Pressed, "#narrow-show")
    def _show(self, event: Button.Pressed) -> None:
        event.stop()
        days: dict[str, date | None] = {}
        for name in ("first", "last"):
            typed, days[name] = self._day(name)
            if typed and days[name] is None:
                self._complain(f"“{typed}” is no day. Write 2026-11-23, yesterday, or 7d for a week ago.")
                self.query_one(f"#narrow-{name}").focus()
                return
        first, last = days["first"], days["last"]
        if first is not None and last is not None and last < first:
            self._complain("“Until” lies before “Since”, so that there is no day between them.")
            self.query_one("#narrow-last").focus()
            return
        campaign = self.query_one("#narrow-campaign", Chooser).value or None
        profile = self.query_one("#narrow-profile", Chooser).value
        self.dismiss(
            Narrowing(
                None if profile == self._workspace.profile.name else profile,
                self.query_one("#narrow-sender", LiteralInput).value.strip() or None,
                campaign,
                "" if campaign is None else self._names.get(campaign, ""),
                first,
                last,
            )
        )

    @on(Button.Pressed, "#narrow-clear")
    def _clear(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(Narrowing())

    @on(Button.Pressed, "#narrow-back")
    def action_close(self) -> None:
        self.dismiss(None)

    def _complain(self, sentence: str) -> None:
        said = self.query_one("#narrow-said", Static)
        said.update(literal_block(cast("MittoApp", self.app).number(sentence), BAD))
        said.display = True

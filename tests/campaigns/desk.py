"""Campaigns in this process: the engine, the store on a real file, the client over real HTTP, and a clock to turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from mitto_tui.mitto.client import MittoClient
from mitto_tui.sending.campaign import CampaignRun
from mitto_tui.sending.pacing import Pacer
from mitto_tui.sending.task import CampaignPolicy, CampaignTask
from mitto_tui.sms.campaign import CampaignLimits, CampaignState
from mitto_tui.sms.message import Options
from mitto_tui.sms.submission import Content, WireType
from mitto_tui.storage.campaign_approval import Approvals
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.campaigns import Campaign, Campaigns
from mitto_tui.storage.database import BUSY_TIMEOUT, Database
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.storage.rows import HistoryFilter, MessageRow
from mitto_tui.workspace.gateway import ClientGateway
from tests.campaigns import lists

PROFILE = "default"


@dataclass
class Clock:
    """The wall's time, and as much ahead of it (or behind) as somebody has turned it."""

    ahead: timedelta = field(default=timedelta(0))

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def turn(self, hours: float) -> None:
        """Set it so many hours ahead (or back) from what it shows."""
        self.ahead += timedelta(hours=hours)


class Desk:
    """One program's way to work on campaigns of a store. Several may be open on one file."""

    def __init__(self, home: Path, *, owner: str = "desk", busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.home = home
        self.owner = owner
        self.clock = Clock()
        self.database = Database.open(home / "data" / "messages.db", busy_timeout=busy_timeout)
        self.campaigns = Campaigns(self.database)
        self.messages = Messages(self.database, PROFILE)
        self.history = History(self.database)
        self.opt_outs = OptOuts(self.database)
        self.store = CampaignSending(self.database, PROFILE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    def approved(
        self, to: Sequence[str], limits: CampaignLimits, *, personalised: bool, test: bool = False
    ) -> Campaign:
        """A campaign for these recipients, ready to be sent."""
        saved = lists.save(self.campaigns, to, personalised=personalised, options=Options(test=test))
        content = Content("MITTO SMS", "", WireType.GSM, test=test)
        Approvals(self.database).approve(saved.id, content, limits, self.clock, lambda done, total: None)
        return self.get(saved.id)

    def get(self, campaign: int) -> Campaign:
        found = self.campaigns.get(campaign)
        assert found is not None
        return found

    def messages_of(self, campaign: int) -> dict[str, MessageRow]:
        """Its messages by their recipients."""
        rows = self.history.page(HistoryFilter(campaign=campaign), limit=10_000)
        return {row.to: row for row in rows}

    async def send(
        self,
        campaign: Campaign,
        url: str,
        *,
        within: float = 20.0,
        key: str = "a-key",
        patience: float | None = None,
        on_begun: Callable[[CampaignRun], None] = lambda _: None,
    ) -> CampaignState:
        """Send it to its end, or until it pauses. ``on_begun`` gets the run."""
        limits = campaign.limits
        assert limits is not None
        bulk = campaign.text is not None and limits.chunk > 1
        async with MittoClient(url, key, timeout=within) as client:
            run = CampaignRun(
                CampaignTask(campaign.id, bulk, bool(campaign.options.get("test")), limits),
                ClientGateway(client),
                self.store,
                self.clock,
                self.owner,
                CampaignPolicy(timeout=within, patience=patience),
                Pacer(limits.rate, asyncio.get_running_loop().time),
            )
            on_begun(run)
            return await run.run()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what is only to be looked at, such as a run's progress."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it tells nobody when it changes
            await asyncio.sleep(0.005)

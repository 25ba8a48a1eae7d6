"""Carries out what a person wants done with campaigns: prepare, begin, pause, cancel; and knows how each stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual.message import Message

from mitto_tui.sms.campaign import CampaignLimits, CampaignState
from mitto_tui.sms.status import Status
from mitto_tui.ui.bulk.board_words import Board, merged
from mitto_tui.ui.time_left import TimeLeft

if TYPE_CHECKING:
    from textual.widget import Widget

    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.workspace.runs import RunningCampaign
    from mitto_tui.workspace.workspace import Workspace

_UNMADE = (CampaignState.DRAFT, CampaignState.APPROVING)


class MakingStopped(Exception):
    """The preparing of a campaign was stopped by a person; what was made stays."""


@dataclass(slots=True)
class Watched:
    """What is known of a campaign. ``counts`` were read when the run had stored ``before``."""

    campaign: Campaign
    counts: Mapping[Status, int] = field(default_factory=dict)
    before: Mapping[Status, int] = field(default_factory=dict)
    run: RunningCampaign | None = None
    making: TimeLeft | None = None
    made: asyncio.Task[None] | None = None
    stop_making: bool = False
    stopping: str = ""
    starting: bool = False

    def board(self, loop_time: float) -> Board:
        """As it is to be shown now."""
        progress = self.run.progress if self.run is not None else None
        counts = merged(self.counts, self.before, progress.counts) if progress is not None else self.counts
        making = self.making.share if self.making is not None else None
        return Board(self.campaign, counts, progress, making, self.stopping, loop_time)

    @property
    def busy(self) -> bool:
        """Whether anything of it goes on in this program."""
        return self.run is not None or self.making is not None or self.starting


class Sending:
    """For the event loop. ``node`` is told with ``Ended``, ``Failed`` and ``Moved``."""

    class Ended(Message):
        """A run, or the preparing of one, is over; the campaign's state says how."""

        def __init__(self, watched: Watched) -> None:
            super().__init__()
            self.watched = watched

    class Failed(Message):
        """Something could not be done."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    class Moved(Message):
        """Something began, or was read anew: what can be done may be something else now."""

    def __init__(self, node: Widget, workspace: Workspace) -> None:
        self._node = node
        self._workspace = workspace
        self._tasks: set[asyncio.Task[None]] = set()
        self.watched: dict[int, Watched] = {}

    # -- looking ------------------------------------------------------------------------------------------------------

    def board(self, campaign: int) -> Board | None:
        """How a campaign stands, as far as it was looked at."""
        found = self.watched.get(campaign)
        return found.board(asyncio.get_running_loop().time()) if found is not None else None

    @property
    def under_way(self) -> list[Board]:
        """Those that something is done for in this program, oldest first."""
        return [board for campaign in sorted(self._busy) if (board := self.board(campaign)) is not None]

    @property
    def _busy(self) -> list[int]:
        return [campaign for campaign, watched in self.watched.items() if watched.busy]

    async def read(self, campaign: int) -> Watched | None:
        """Look at it in the store: None where it is gone. Raises the store's errors."""
        found = await asyncio.to_thread(self._workspace.campaigns.get, campaign)
        if found is None:
            self.watched.pop(campaign, None)
            return None
        counts: Mapping[Status, int] = {}
        if found.state not in _UNMADE:
            counts = await self._workspace.runs.counts(campaign)
        watched = self.watched.setdefault(campaign, Watched(found))
        watched.campaign, watched.counts = found, counts
        if watched.run is None and not watched.starting:
            watched.run = self._workspace.runs.of(campaign)
            if watched.run is not None:
                self._start(self._follow(watched, watched.run))
        # What the run stored until now is in the counts: it says so a moment after the store.
        watched.before = dict(watched.run.progress.counts) if watched.run is not None else {}
        return watched

    # -- doing --------------------------------------------------------------------------------------------------------

    def begin(self, campaign: Campaign, limits: CampaignLimits) -> None:
        """Approve a draft, and send it."""
        watched = self.watched.setdefault(campaign.id, Watched(campaign))
        if not watched.busy:
            self._make(watched, limits)

    def resume(self, campaign: int) -> None:
        """Begin or go on with one that was approved."""
        watched = self.watched.get(campaign)
        if watched is None or watched.busy:
            return
        if watched.campaign.state in _UNMADE:
            self._make(watched, watched.campaign.limits or CampaignLimits())
        else:
            watched.starting = True
            self._start(self._guarded(watched, self._start_run(watched)))

    def _make(self, watched: Watched, limits: CampaignLimits) -> None:
        watched.making, watched.stop_making = TimeLeft(), False
        watched.made = self._start(self._guarded(watched, self._approve_and_start(watched, limits)))

    def stop_making(self, campaign: int) -> None:
        """Stop preparing; what was made stays."""
        watched = self.watched.get(campaign)
        if watched is not None and watched.making is not None:
            watched.stop_making = True

    def pause(self, campaign: int) -> None:
        """Pause it, whoever sends it."""
        self._end(campaign, "Pausing", lambda: self._workspace.runs.pause(campaign))

    def cancel(self, campaign: int) -> None:
        """Cancel all of it that is still queued."""
        self._end(campaign, "Cancelling", lambda: self._workspace.runs.cancel(campaign))

    def _end(self, campaign: int, word: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        watched = self.watched.get(campaign)
        if watched is not None:
            watched.stopping = word
            self._start(self._guarded(watched, self._ending(watched, work)))

    async def _ending(self, watched: Watched, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._node.post_message(self.Moved())
        try:
            await work()
        finally:
            if watched.run is None:
                watched.stopping = ""
        await self.read(watched.campaign.id)
        self._node.post_message(self.Moved())

    async def decide(self, work: Callable[[], Coroutine[Any, Any, int]], campaign: int) -> int | None:
        """A decision on what is in doubt: how many messages it was about, None where it could not be done."""
        try:
            number = await work()
            await self.read(campaign)
        except Exception as error:
            self._node.post_message(self.Failed(error))
            return None
        self._node.post_message(self.Moved())
        return number

    async def finish_making(self) -> None:
        """End what prepares campaigns, and wait for that."""
        for watched in self.watched.values():
            watched.stop_making = watched.making is not None
        if making := [watched.made for watched in self.watched.values() if watched.made is not None]:
            await asyncio.wait(making)

    # -- within -------------------------------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, watched: Watched, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except MakingStopped:
            await self._look(watched)
            self._node.post_message(self.Ended(watched))
        except Exception as error:
            await self._look(watched)
            self._node.post_message(self.Failed(error))

    async def _look(self, watched: Watched) -> None:
        """After something went wrong: as it is now, if that can be known."""
        try:
            await self.read(watched.campaign.id)
        except Exception as error:
            self._node.post_message(self.Failed(error))

    async def _approve_and_start(self, watched: Watched, limits: CampaignLimits) -> None:
        making = watched.making
        assert making is not None
        self._node.post_message(self.Moved())

        def progress(done: int, total: int) -> None:
            making(done, total)
            if watched.stop_making:
                raise MakingStopped

        try:
            watched.campaign = await self._workspace.runs.approve(watched.campaign.id, limits, progress)
        finally:
            watched.making = watched.made = None
        if watched.stop_making:
            raise MakingStopped
        await self._start_run(watched)

    async def _start_run(self, watched: Watched) -> None:
        watched.starting = True
        try:
            run = await self._workspace.runs.start(watched.campaign.id)
            watched.run, watched.stopping = run, ""
        finally:
            watched.starting = False
        self._start(self._follow(watched, run))
        await self.read(watched.campaign.id)
        self._node.post_message(self.Moved())

    async def _follow(self, watched: Watched, run: RunningCampaign) -> None:
        error: Exception | None = None
        try:
            await run.wait()
        except Exception as raised:
            error = raised
        try:
            watched.run = None
            await self.read(watched.campaign.id)
        except Exception as raised:
            error = error or raised
        watched.stopping = ""
        if error is not None:
            self._node.post_message(self.Failed(error))
        self._node.post_message(self.Ended(watched))

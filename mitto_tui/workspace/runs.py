"""Campaigns being sent by this program: approved, started, watched, paused, ended."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mitto_tui.sending.campaign import CampaignRun
from mitto_tui.sending.pacing import Pacer
from mitto_tui.sending.task import CampaignPolicy, CampaignTask
from mitto_tui.sms.campaign import CampaignLimits, CampaignState, PauseReason, RunProgress
from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.errors import InvalidInput, MittoTuiError, SetupProblem
from mitto_tui.sms.message import MessageType, Options, check_message
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Content
from mitto_tui.storage.campaign_approval import Approvals
from mitto_tui.storage.campaign_resolving import Resolving
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.workspace.gateway import ClientGateway
from mitto_tui.workspace.list_check import read_options

if TYPE_CHECKING:
    from mitto_tui.mitto.client import MittoClient
    from mitto_tui.sending.single import SendResult
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.workspace.workspace import Workspace

_NOBODY: Final = "491713920000"
_CLOSING_MARGIN: Final = 5.0
"""Seconds beyond a request's own timeout that closing waits for what is in flight."""
_CLOSED: Final = "mitto-tui was closed while it was being sent."


def _quiet(done: int, total: int) -> None:
    del done, total


class RunningCampaign:
    """One campaign that this program sends. Everything here is for the event loop."""

    def __init__(self, campaign: int, run: CampaignRun, task: asyncio.Task[Campaign]) -> None:
        self.id = campaign
        self._run = run
        self._task = task

    @property
    def progress(self) -> RunProgress:
        """How it stands just now. Cheap: look as often as you like."""
        return self._run.progress

    @property
    def over(self) -> bool:
        """Whether it has ended, however it did."""
        return self._task.done()

    @property
    def stopping(self) -> bool:
        """Whether it claims nothing more and only waits for what is in flight."""
        return self._run.stopping

    def pause(self, reason: PauseReason = PauseReason.PERSON, sentence: str = "") -> None:
        """Claim nothing more, at once; what is in flight is waited for, then the campaign is paused."""
        self._run.pause(reason, sentence)

    def stop(self) -> None:
        """As ``pause``, but what is in flight is not waited for: it is in doubt, unless nothing of it had left."""
        self._run.stop()

    async def ended(self) -> None:
        """Until it is over, whatever ended it."""
        await asyncio.wait([self._task])

    async def stop_known(self) -> None:
        """Until the store knows that it is stopped, or it is over."""
        await self._run.stop_known()

    async def wait(self) -> Campaign:
        """Until it is over, paused or cancelled: the campaign as it is then. Raises what ended it unexpectedly."""
        return await asyncio.shield(self._task)


class Runs:
    """The campaigns of a workspace. Use ``Workspace.runs``."""

    patience: float | None = None
    """Seconds that answers which can't be stored are kept and tried again; None is until the run is stopped."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._runs: dict[int, RunningCampaign] = {}
        self._rates: dict[int, float] = {}
        self._pacer: Pacer | None = None
        self._starting: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._closing = False
        database, profile = workspace.database, workspace.profile.name
        self._store = CampaignSending(database, profile, workspace.is_alive)
        self._approvals = Approvals(database)
        self._resolving = Resolving(database)

    def of(self, campaign: int) -> RunningCampaign | None:
        """The run of a campaign in this program, or None."""
        return self._runs.get(campaign)

    @property
    def all(self) -> Sequence[RunningCampaign]:
        """All runs of this program."""
        return list(self._runs.values())

    async def same_content(self, campaign: int) -> Sequence[Campaign]:
        """Others of the profile with the same messages to the same numbers that were approved, newest first."""
        return await asyncio.to_thread(self._approvals.same_content, campaign)

    async def approve(
        self, campaign: int, limits: CampaignLimits, progress: Callable[[int, int], None] = _quiet
    ) -> Campaign:
        """Make messages of a draft's rows and freeze both: ready. Goes on where an interrupted approval stopped.

        ``progress`` is called in another thread, with messages made and to be made. Raises SetupProblem where the
        draft's message can't be sent as it is stored, KeyMissing where there is no key, and the store's errors.
        """
        await self._workspace.client()
        found = await self._get(campaign)
        self._check_open()
        content = _content(found)
        await asyncio.to_thread(self._approvals.approve, campaign, content, limits, self._workspace.now, progress)
        return await self._get(campaign)

    async def start(self, campaign: int) -> RunningCampaign:
        """Begin to send a ready campaign, or go on with a paused one, with the limits kept at its approval.

        Where this program sends it already, that run is the answer; one that is just stopping is waited for first.
        """
        async with self._starting[campaign]:
            while (running := self._runs.get(campaign)) is not None:
                if not running.stopping:
                    return running
                await running.ended()
            found = await self._get(campaign)
            if found.state is CampaignState.APPROVING:
                found = await self.approve(campaign, found.limits or CampaignLimits())
            limits = await self._limits(found)
            client = await self._workspace.client()
            self._check_open()
            return self._start(found, limits, client)

    def _check_open(self) -> None:
        if self._closing:
            raise SetupProblem("mitto-tui is being closed, so nothing more is begun.", "Start it again.")

    def _start(self, found: Campaign, limits: CampaignLimits, client: MittoClient) -> RunningCampaign:
        workspace, profile = self._workspace, self._workspace.profile
        policy = CampaignPolicy(profile.timeout, profile.tracking, profile.callback, self.patience)
        task = CampaignTask(found.id, found.text is not None and limits.chunk > 1, _options(found).test, limits)
        if limits.rate is not None:
            self._rates[found.id] = limits.rate
        gateway, pacer = ClientGateway(client), self._paced()
        run = CampaignRun(task, gateway, self._store, workspace.now, workspace.owner, policy, pacer)
        running = RunningCampaign(found.id, run, asyncio.create_task(self._carry_out(found.id, run)))
        self._runs[found.id] = running
        return running

    async def pause(self, campaign: int) -> Campaign:
        """Pause it, whichever program sends it; comes back at once."""
        if (running := self._runs.get(campaign)) is not None:
            running.pause()
            await running.stop_known()  # by the run itself: twice could undo somebody's resume
        else:
            pause, at = self._store.pause, self._workspace.now()
            await asyncio.to_thread(pause, campaign, at=at, reason=PauseReason.PERSON, detail="")
        return await self._get(campaign)

    async def cancel(self, campaign: int, progress: Callable[[int, int], None] = _quiet) -> Campaign:
        """Cancel it, whichever program sends it; comes back when all that was queued is cancelled."""
        await self._get(campaign)
        if (running := self._runs.get(campaign)) is not None:
            running.pause()
        await asyncio.to_thread(self._approvals.cancel, campaign, self._workspace.now, progress)
        if running is not None:
            await running.wait()
        return await self._get(campaign)

    async def counts(self, campaign: int) -> Mapping[Status, int]:
        """How many of its messages are in each status, reports included."""
        return await asyncio.to_thread(self._store.counts, campaign)

    async def send_to_myself(self, campaign: int, to: str, place: int = 0) -> SendResult:
        """Send the text of one of the list's rows to ``to``, as a message of its own beside the campaign.

        ``place`` counts the rows that are sent to, from 0. Raises InvalidInput where ``to`` is no number.
        """
        found = await self._get(campaign)
        page = self._workspace.campaigns.page
        rows = await asyncio.to_thread(page, campaign, statuses=[RowStatus.OK], skip=place, limit=1)
        if not rows:
            raise InvalidInput("to", "The list has no such row to send.")
        text = rows[0].row.text if found.text is None else found.text
        message = await asyncio.to_thread(self._workspace.check, found.sender, to, text, _options(found))
        return await self._workspace.send(message)

    async def assume_sent(self, campaign: int, progress: Callable[[int, int], None] = _quiet) -> int:
        """A person's word: all its messages in doubt have been sent. How many there were."""
        await self._get(campaign)
        return await asyncio.to_thread(self._resolving.assume_sent, campaign, self._workspace.now, progress)

    async def send_again(self, campaign: int, seen: int, progress: Callable[[int, int], None] = _quiet) -> int:
        """A person's word: queue all its messages in doubt again; how many. Start it to send them.

        Raises Outdated, with nothing changed, where ``seen`` is not how many are in doubt.
        """
        await self._get(campaign)
        return await asyncio.to_thread(self._resolving.send_again, campaign, seen, self._workspace.now, progress)

    async def aclose(self, *, stop: bool = False) -> None:
        """End all runs: paused (CLOSED) as by ``pause``, or ``stop``."""
        self._closing = True
        running = list(self._runs.values())
        for one in running:
            one.pause(PauseReason.CLOSED, _CLOSED)
            if stop:
                one.stop()
        if not running:
            return
        ends = [asyncio.ensure_future(one.wait()) for one in running]
        _, late = await asyncio.wait(ends, timeout=self._workspace.profile.timeout + _CLOSING_MARGIN)
        if late:
            for one in running:
                one.stop()
            await asyncio.wait(late, timeout=_CLOSING_MARGIN)
        for end in ends:
            if not end.done():
                end.cancel()
            elif not end.cancelled():
                end.exception()  # what ended it unexpectedly was said where it happened, and is in the log

    # -- within -------------------------------------------------------------------------------------------------------

    async def _get(self, campaign: int) -> Campaign:
        found = await asyncio.to_thread(self._workspace.campaigns.get, campaign)
        if found is None or found.profile != self._workspace.profile.name:
            raise UnknownCampaign(campaign, found)
        return found

    async def _limits(self, found: Campaign) -> CampaignLimits:
        """Those kept with it, without a canary that a person went on after, or that is the whole list."""
        limits = found.limits or CampaignLimits()
        if limits.canary is None:
            return limits
        every = await self.counts(found.id)
        if found.reason is PauseReason.CANARY:
            await asyncio.to_thread(self._store.canary_passed, found.id)  # by a person's word
        elif sum(every.values()) > limits.canary.first:
            return limits
        return replace(limits, canary=None)

    def _paced(self) -> Pacer:
        """The profile's pacer, at the lowest rate that any of its campaigns under way asks for."""
        rate = min(self._rates.values(), default=None)
        if self._pacer is None:
            self._pacer = Pacer(rate, asyncio.get_running_loop().time)
        else:
            self._pacer.set_rate(rate)
        return self._pacer

    async def _carry_out(self, campaign: int, run: CampaignRun) -> Campaign:
        try:
            state = await run.run()
            if state is CampaignState.RUNNING:
                # Others have claimed what is left: if they are gone, that is to be said now.
                await asyncio.to_thread(self._workspace.settle)
        finally:
            self._runs.pop(campaign, None)
            self._rates.pop(campaign, None)
            self._paced()
            self._workspace.touch()
        return await self._get(campaign)


class UnknownCampaign(MittoTuiError):
    """There is no such campaign in this profile."""

    def __init__(self, campaign: int, found: Campaign | None) -> None:
        if found is None:
            super().__init__(f"There is no campaign {campaign}.", "See them all with: mitto-tui campaign list")
        else:
            super().__init__(
                f"Campaign {campaign} belongs to the profile {found.profile}.",
                f"Use it with: mitto-tui --profile {found.profile}",
            )


def _options(campaign: Campaign) -> Options:
    try:
        return read_options(campaign.options)
    except ValueError:
        raise SetupProblem(
            f"The options kept with campaign {campaign.id} can't be read, so it can't be sent.",
            "Check the list again: that makes a new one.",
        ) from None


def _content(campaign: Campaign) -> Content:
    """What all its messages ask for; the text is each row's own."""
    options = _options(campaign)
    sample = "00" if options.type is MessageType.BINARY else "0"
    return check_message(campaign.sender, _NOBODY, sample, options).content

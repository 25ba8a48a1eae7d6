"""A campaign to its outcome: claimed in small steps, sent in parallel, every answer stored before the next claim.

One transaction after the other stores what was answered meanwhile and claims as much anew, so that claimed messages
without a stored answer are never more than may be in flight: whatever ends the program, no others can be in doubt.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from mitto_tui.sending.canary import Go, judge
from mitto_tui.sending.lease import Lease
from mitto_tui.sending.lessons import Lessons
from mitto_tui.sending.meter import Meter
from mitto_tui.sending.pacing import Pacer
from mitto_tui.sending.points import Point, reached
from mitto_tui.sending.ports import CampaignStore, Clock, Gateway, MayLeave
from mitto_tui.sending.requests import Ended, Requests, failed, not_left
from mitto_tui.sending.storing import AT_ONCE, IN_FLIGHT, Storing, at_once
from mitto_tui.sending.task import CampaignPolicy, CampaignTask
from mitto_tui.sending.watch import Stop
from mitto_tui.sms.campaign import (
    Answered,
    CampaignState,
    Canary,
    ClaimedRequest,
    PauseReason,
    Phase,
    RunProgress,
    Turn,
)
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status

_HORIZON: Final = 0.02
"""Seconds before its turn to leave that a request may be claimed: what is claimed must not lie about."""
_LOOK: Final = 0.4
"""Seconds between looks at whether somebody else has paused the campaign."""
_GATHER: Final = 0.008
"""Seconds between transactions while enough is in flight, so that each has many answers to store."""
_TRY_AGAIN: Final = 1.0
"""Seconds between tries to store what couldn't be stored."""
_CANARY_LOOK: Final = 0.5
_CLOSED: Final = "mitto-tui was closed while it was being sent."
_log = logging.getLogger(__name__)
_END_PATIENCE: Final = 60.0
"""Seconds for which the end of a run is tried to be stored."""

_SENDING: Final = Phase("sending")
_WAITING: Final = Phase("finishing", "Waiting for the last answers.")
_STOPPING: Final = Phase("stopping", "Waiting for the answers to what is on its way.")


class CampaignRun:
    """One program's work on one campaign. Several programs may work on the same one.

    ``run`` does it; everything else may be called meanwhile, on the same event loop.
    """

    def __init__(
        self,
        task: CampaignTask,
        gateway: Gateway,
        store: CampaignStore,
        clock: Clock,
        owner: str,
        policy: CampaignPolicy,
        pacer: Pacer,
    ) -> None:
        self._task = task
        self._requests = Requests(gateway, policy, pacer, bulk=self._task.limits.chunk > 1 and task.bulk)
        self._storing = Storing(task.id, store, clock, owner, policy.timeout)
        self._policy = policy
        self._pacer = pacer
        self._loop = asyncio.get_running_loop()
        limits = task.limits
        self._lessons = Lessons(limits, pacer, self._loop.time)
        self._meter = Meter(self._loop.time)
        self._chunk = limits.chunk if task.bulk else 1
        self._canary = None if task.test else limits.canary
        self._canary_since: float | None = None
        self._under_way: set[asyncio.Task[Ended]] = set()
        self._answered: list[Answered] = []
        self._open = 0
        """Requests that are claimed and have no stored answer."""
        self._open_messages = 0
        self._more = True
        self._stop: Stop | None = None
        self._ended_elsewhere = False
        self._stop_stored = False
        self._stop_known = asyncio.Event()
        self._hard = False
        self._changed = asyncio.Event()
        self._last_turn = 0.0
        self._phase = _SENDING

    # -- for whoever watches ------------------------------------------------------------------------------------------

    @property
    def progress(self) -> RunProgress:
        """How it stands just now."""
        meter = self._meter
        return RunProgress(
            phase=self._phase,
            counts=dict(meter.counts),
            requests=self._requests.sent,
            in_flight=self._open_messages,
            rate=meter.rate,
            seconds=meter.seconds,
            window=self._lessons.window,
        )

    @property
    def stopping(self) -> bool:
        """Whether it claims nothing more and only waits for what is in flight."""
        return self._stop is not None or self._ended_elsewhere

    def pause(self, reason: PauseReason = PauseReason.PERSON, sentence: str = "") -> None:
        """Claim nothing more; ``run`` comes back when what is in flight is answered and stored."""
        if self._stop is None:
            self._stop = Stop(reason, sentence)
        self._changed.set()

    def stop(self) -> None:
        """Don't wait for answers either: what has left is in doubt, what has not is queued again."""
        self.pause()
        self._hard = True
        for task in self._under_way:
            task.cancel()
        self._changed.set()

    # -- the work -----------------------------------------------------------------------------------------------------

    async def run(self) -> CampaignState:
        """Send until nothing is queued, or something or somebody stops it; the campaign's state then.

        Raises what the store raises when it fails for longer than the policy's patience; answers that could not be
        stored are in doubt then, once this program has ended or their lease has run out.
        """
        try:
            while True:
                await self._storing.begin()
                await self._send_all()
                state = await self._end()
                # Somebody may have queued a message again just as this came to its end.
                if state is not CampaignState.RUNNING or self.stopping or not await self._queued():
                    return state
                self._more = True
        except BaseException as error:
            await self._abandon(error)
            raise
        finally:
            self._stop_known.set()

    async def _send_all(self) -> None:
        while True:
            if self._stop is not None:
                await self._store_stop()
            sizes = self._sizes()
            if not sizes and not self._answered:
                if not self._open and self._is_over:
                    return
                if not await self._rest():
                    continue
            elif self._open and len(self._answered) * 2 < self._open and self._stop is None:
                await self._gather()
                sizes = self._sizes()
            await self._turn(sizes)

    @property
    def _is_over(self) -> bool:
        """Whether nothing more is to be claimed."""
        return self.stopping or (not self._more and self._canary is None)

    def _sizes(self) -> list[int]:
        """How many messages each of the requests may have that can be claimed and sent now."""
        if self.stopping or not self._more:
            return []
        # What is answered is stored by the very transaction that claims in its place.
        free = self._lessons.allowed - (self._open - self._storable)
        if free <= 0:
            return []
        size = self._pacer.largest(self._chunk)
        most = self._pacer.allowed(_HORIZON, size, free)
        room = IN_FLIGHT - self._open_messages + sum(len(one.request) for one in self._answered[: self._storable])
        return [size] * min(most, max(AT_ONCE // size, 1), max(room, 0) // size)

    @property
    def _storable(self) -> int:
        """How many of the answers go into the next transaction."""
        return len(self._answered) if self._open_messages <= AT_ONCE else at_once(self._answered)

    async def _rest(self) -> bool:
        """Wait until there may be something to do. Whether it is time to look into the store anyway."""
        if self._canary is not None and not self._open and not self._more:
            return await self._watch_canary(self._canary)
        self._say_why_waiting()
        wait = _LOOK
        if self._more and self._stop is None and self._open < self._lessons.allowed:
            wait = min(wait, max(self._pacer.delay() - _HORIZON / 2, 0.001))
        return not await self._sleep(wait) and self._loop.time() - self._last_turn >= _LOOK

    async def _watch_canary(self, canary: Canary) -> bool:
        """Look at the first messages' reports; see ``_rest``."""
        now = self._loop.time()
        if self._canary_since is None:
            self._canary_since = now
        try:
            counts = await self._storing.counts(canary.first)
        except MittoTuiError as error:
            self._phase = Phase("canary", str(error))
            return not await self._sleep(_CANARY_LOOK)
        said = judge(canary, counts, now - self._canary_since)
        if isinstance(said, Go):
            with suppress(MittoTuiError):  # whoever goes on after us only looks once more
                await self._storing.canary_passed()
            self._canary, self._more = None, True
            return False
        if isinstance(said, Stop):
            self._stop = self._stop or said
            return False
        self._phase = Phase("canary", said.sentence, now + said.left)
        return not await self._sleep(_CANARY_LOOK)

    def _say_why_waiting(self) -> None:
        if self.stopping:
            self._phase = _STOPPING
        elif self._more and (held := self._pacer.held) > _HORIZON:
            self._phase = Phase("holding", self._pacer.why, self._loop.time() + held)

    async def _sleep(self, seconds: float) -> bool:
        """Wait; whether something happened before the time was over."""
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def _gather(self) -> None:
        """Leave a moment between two transactions, unless most of what is in flight is answered."""
        until = self._last_turn + _GATHER
        while (left := until - self._loop.time()) > 0 and len(self._answered) * 2 < self._open:
            await self._sleep(left)

    async def _turn(self, sizes: Sequence[int]) -> None:
        storable = self._storable
        answered, self._answered = self._answered[:storable], self._answered[storable:]
        try:
            turn, lease = await self._stored(answered, sizes)
        except BaseException:
            self._answered[:0] = answered
            raise
        self._last_turn = self._loop.time()
        for one, statuses in zip(answered, turn.statuses, strict=True):
            self._open -= 1
            self._open_messages -= len(one.request)
            self._meter.stored(statuses)
        if turn.state is not CampaignState.RUNNING:
            self._ended_elsewhere = True
        self._more = turn.more
        self._pacer.share(turn.programs)
        self._meter.skipped(turn.skipped)
        for request in turn.claimed:
            if self.stopping:  # claimed while somebody stopped it
                self._give_back(request)
            else:
                self._begin(request, lease.may_leave)
        if not self.stopping:
            self._phase = _SENDING if self._more else _WAITING

    async def _stored(self, answered: list[Answered], sizes: Sequence[int]) -> tuple[Turn, Lease]:
        """One transaction, and the lease of what it claimed. Where it fails, only what is known is kept."""
        begun = self._loop.time()
        first = None if self._canary is None else self._canary.first
        while True:
            try:
                return await self._storing.turn(answered, sizes, first, self._claimed_late)
            except MittoTuiError as error:
                patience = self._policy.patience
                if self._hard or (patience is not None and self._loop.time() - begun > patience):
                    raise
                sizes = ()
                waiting = sum(len(one.request) for one in (*answered, *self._answered))
                kept = f" The answers for {waiting:,} messages are kept until they can be stored." if waiting else ""
                self._phase = Phase("storing", f"{error.message}{kept} {error.advice}".strip())
            await self._sleep(_TRY_AGAIN)

    def _claimed_late(self, turn: Turn) -> None:
        """The run was cancelled during a transaction, which came about all the same."""
        for request in turn.claimed:
            self._give_back(request)

    # -- one request --------------------------------------------------------------------------------------------------

    def _begin(self, request: ClaimedRequest, may_leave: MayLeave) -> None:
        self._open += 1
        self._open_messages += len(request)
        wait = self._pacer.reserve(len(request))
        task = self._loop.create_task(self._requests.carry(request, wait, may_leave))
        self._under_way.add(task)
        task.add_done_callback(partial(self._ended, request))

    def _give_back(self, request: ClaimedRequest) -> None:
        """Queue again what is claimed and has not left."""
        self._open += 1
        self._open_messages += len(request)
        self._answered.append(Answered(request, not_left(request).outcomes))

    def _ended(self, request: ClaimedRequest, task: asyncio.Task[Ended]) -> None:
        self._under_way.discard(task)
        if task.cancelled():  # before it began
            ended = not_left(request)
        elif (error := task.exception()) is not None:
            ended = failed(request, error, None)
        else:
            ended = task.result()
        if ended.fault:
            self.pause(PauseReason.FAULT, ended.fault)
        reached(Point.ANSWERED)
        try:
            given_up, verdict = self._lessons.learn(request, ended)
            self._stop = self._stop or verdict
        except Exception as error:  # in a callback nobody would hear of it, and the run would wait for ever
            self.pause(PauseReason.FAULT, failed(request, error, None).fault)
            given_up = frozenset()
        self._answered.append(Answered(request, ended.outcomes, given_up))
        self._changed.set()

    # -- stopping -----------------------------------------------------------------------------------------------------

    async def _store_stop(self) -> None:
        """Let everybody who works on the campaign stop, too; tried again at the end where it fails."""
        stop = self._stop
        if stop is None or self._stop_stored or stop.reason is PauseReason.CLOSED:
            return
        with suppress(MittoTuiError):
            await self._storing.pause(stop)
            self._stop_stored = True
            self._stop_known.set()

    async def stop_known(self) -> None:
        """Until the store knows that it is stopped, or the run is over."""
        await self._stop_known.wait()

    async def _queued(self) -> int:
        return (await self._storing.counts()).get(Status.QUEUED, 0)

    async def _end(self) -> CampaignState:
        # What is stored already is not said again: somebody else may have resumed it since.
        stop = None if self._stop_stored else self._stop
        begun = self._loop.time()
        while True:
            try:
                return await self._storing.end(stop)
            except MittoTuiError:
                if self._hard or self._loop.time() - begun > (self._policy.patience or _END_PATIENCE):
                    raise
            await asyncio.sleep(_TRY_AGAIN)

    async def _abandon(self, error: BaseException) -> None:
        """Something ended the run that should not have: keep what is known, as far as that works."""
        self.stop()
        while self._under_way:
            with suppress(asyncio.CancelledError):  # a second time: what is known is still to be kept
                await asyncio.wait(self._under_way)
        stop = Stop(PauseReason.STORE, "Sending was stopped by an error of the store or of mitto-tui itself.")
        if isinstance(error, asyncio.CancelledError):
            stop = Stop(PauseReason.CLOSED, _CLOSED)
        turn = partial(self._storing.turn, self._answered, (), None, self._claimed_late)
        for step in (turn, partial(self._storing.end, stop)):
            try:
                await step()
            except asyncio.CancelledError:
                continue  # it has come to its end all the same
            except Exception as failure:
                _log.error("a campaign's end could not be stored", exc_info=failure)

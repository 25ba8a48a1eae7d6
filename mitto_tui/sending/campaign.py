"""A campaign to its outcome: claimed in small steps, sent in parallel, every answer stored before the next claim.

One transaction after the other stores what was answered meanwhile and claims as much anew, so that claimed messages
without a stored answer are never more than may be in flight: whatever ends the program, no others can be in doubt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from mitto_tui.sending.canary import Go, judge
from mitto_tui.sending.meter import Meter
from mitto_tui.sending.pacing import Pacer, Window
from mitto_tui.sending.points import Point, reached
from mitto_tui.sending.ports import CampaignStore, Clock, Gateway
from mitto_tui.sending.requests import Ended, Requests, failed, not_left
from mitto_tui.sending.task import CampaignPolicy, CampaignTask
from mitto_tui.sending.watch import Stop, Tries, Watch, gave_up
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
from mitto_tui.sms.submission import OutcomeKind

_HORIZON: Final = 0.02
"""Seconds before its turn to leave that a request may be claimed: what is claimed must not lie about."""
_LOOK: Final = 0.4
"""Seconds between looks at whether somebody else has paused the campaign."""
_GATHER: Final = 0.008
"""Seconds between transactions while enough is in flight, so that each has many answers to store."""
_LEASE_MARGIN: Final = timedelta(seconds=60)
"""Beyond the longest that a request may take: after it, a claim may be called abandoned."""
_TRY_AGAIN: Final = 1.0
"""Seconds between tries to store what couldn't be stored."""
_CANARY_LOOK: Final = 0.5
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
        self._requests = Requests(gateway, clock, policy, pacer, bulk=self._task.limits.chunk > 1 and task.bulk)
        self._store = store
        self._clock = clock
        self._owner = owner
        self._policy = policy
        self._pacer = pacer
        self._loop = asyncio.get_running_loop()
        limits = task.limits
        self._window = Window(limits.in_flight, self._loop.time)
        self._watch = Watch(limits.max_rejected, self._loop.time)
        self._tries = Tries()
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
        self._hard = False
        self._why_held = ""
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
            window=self._window.size,
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
        await asyncio.to_thread(self._store.begin_work, self._task.id, owner=self._owner, at=self._clock())
        try:
            await self._send_all()
        except BaseException:
            await self._abandon()
            raise
        return await self._end()

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

    @property
    def _allowed(self) -> int:
        """How many requests may be without a stored answer."""
        return 1 if self._watch.probing else self._window.size

    def _sizes(self) -> list[int]:
        """How many messages each of the requests may have that can be claimed and sent now."""
        if self.stopping or not self._more:
            return []
        # What is answered is stored by the very transaction that claims in its place.
        free = self._allowed - (self._open - len(self._answered))
        if free <= 0:
            return []
        size = self._pacer.largest(self._chunk)
        most = self._pacer.allowed(_HORIZON, size, free)
        return [size] * most

    async def _rest(self) -> bool:
        """Wait until there may be something to do. Whether it is time to look into the store anyway."""
        if self._canary is not None and not self._open and not self._more:
            return await self._watch_canary(self._canary)
        self._say_why_waiting()
        wait = _LOOK
        if self._more and self._stop is None and self._open < self._allowed:
            wait = min(wait, max(self._pacer.delay() - _HORIZON / 2, 0.001))
        return not await self._sleep(wait) and self._loop.time() - self._last_turn >= _LOOK

    async def _watch_canary(self, canary: Canary) -> bool:
        """Look at the first messages' reports; see ``_rest``."""
        now = self._loop.time()
        if self._canary_since is None:
            self._canary_since = now
        try:
            counts = await asyncio.to_thread(self._store.counts, self._task.id, first=canary.first)
        except MittoTuiError as error:
            self._phase = Phase("canary", str(error))
            return not await self._sleep(_CANARY_LOOK)
        said = judge(canary, counts, now - self._canary_since, self._task.test)
        if isinstance(said, Go):
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
            self._phase = Phase("holding", self._why_held, self._loop.time() + held)

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
        answered, self._answered = self._answered, []
        try:
            turn, at = await self._stored(answered, sizes)
        except BaseException:
            self._answered = answered + self._answered
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
        for request in turn.claimed:
            self._begin(request, at + _LEASE_MARGIN)
        if not self.stopping:
            self._phase = _SENDING if self._more else _WAITING

    async def _stored(self, answered: list[Answered], sizes: Sequence[int]) -> tuple[Turn, datetime]:
        """One transaction, and when it was. Where it fails, nothing new is claimed, and what is known is kept."""
        begun = self._loop.time()
        while True:
            try:
                return await asyncio.to_thread(self._transact, answered, sizes)
            except MittoTuiError as error:
                patience = self._policy.patience
                if self._hard or (patience is not None and self._loop.time() - begun > patience):
                    raise
                sizes = ()
                waiting = sum(len(one.request) for one in (*answered, *self._answered))
                kept = f" The answers for {waiting:,} messages are kept until they can be stored." if waiting else ""
                self._phase = Phase("storing", f"{error.message}{kept} {error.advice}".strip())
            await self._sleep(_TRY_AGAIN)
            answered += self._answered
            self._answered = []

    def _transact(self, answered: Sequence[Answered], sizes: Sequence[int]) -> tuple[Turn, datetime]:
        reached(Point.STORING)
        now = self._clock()
        turn = self._store.turn(
            self._task.id,
            answered,
            sizes,
            owner=self._owner,
            lease_until=self._lease(now),
            at=now,
            first=None if self._canary is None else self._canary.first,
        )
        reached(Point.STORED)
        return turn, now

    def _lease(self, at: datetime) -> datetime:
        return at + timedelta(seconds=self._policy.timeout) + _LEASE_MARGIN

    # -- one request --------------------------------------------------------------------------------------------------

    def _begin(self, request: ClaimedRequest, until: datetime) -> None:
        self._open += 1
        self._open_messages += len(request)
        wait = self._pacer.reserve(len(request))
        task = self._loop.create_task(self._requests.carry(request, wait, until))
        self._under_way.add(task)
        task.add_done_callback(partial(self._ended, request))

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
        self._learn(request, ended)

    def _learn(self, request: ClaimedRequest, ended: Ended) -> None:
        """An answer is there: to be stored, and what it means for the rest of the campaign, at once."""
        given_up: frozenset[int] = frozenset()
        outcomes, departed = ended.outcomes, ended.departed
        if departed is not None:
            first = outcomes[0]
            self._watch.seen(outcomes, departed)
            if first.kind is OutcomeKind.SLOW_DOWN:
                self._window.slow_down(departed)
                self._pacer.slow_down(departed)
            elif first.kind is not OutcomeKind.NEVER_LEFT:
                self._window.went_well()
            self._pacer.took(sum(outcome.kind is OutcomeKind.ACCEPTED for outcome in outcomes))
            if (hold := self._watch.hold_for) > 0:
                self._why_held = first.detail if first.kind in _NOT_TAKEN else self._why_held
                self._pacer.hold(hold)
            given_up = self._tries.seen(request.message_ids, outcomes)
            verdict = self._watch.verdict() or (gave_up(given_up, first) if given_up else None)
            if verdict is not None and self._stop is None:
                self._stop = verdict
        self._answered.append(Answered(request, outcomes, given_up))
        self._changed.set()

    # -- stopping -----------------------------------------------------------------------------------------------------

    async def _store_stop(self) -> None:
        """Let everybody who works on the campaign stop, too; tried again at the end where it fails."""
        stop = self._stop
        if stop is None or self._stop_stored or stop.reason is PauseReason.CLOSED:
            return
        self._stop_stored = True
        with suppress(MittoTuiError):
            await asyncio.to_thread(
                self._store.pause, self._task.id, at=self._clock(), reason=stop.reason, detail=stop.sentence
            )

    async def _end(self) -> CampaignState:
        stop = self._stop
        begun = self._loop.time()
        while True:
            try:
                return await asyncio.to_thread(
                    self._store.end_work,
                    self._task.id,
                    owner=self._owner,
                    at=self._clock(),
                    pause=None if stop is None else stop.reason,
                    detail="" if stop is None else stop.sentence,
                )
            except MittoTuiError:
                if self._hard or self._loop.time() - begun > (self._policy.patience or _END_PATIENCE):
                    raise
            await asyncio.sleep(_TRY_AGAIN)

    async def _abandon(self) -> None:
        """Something ended the run that should not have: keep what is known, as far as that works."""
        self.stop()
        if self._under_way:
            await asyncio.wait(self._under_way)
        with suppress(MittoTuiError):
            await asyncio.shield(asyncio.to_thread(self._transact, self._answered, ()))
        with suppress(MittoTuiError):
            end = self._store.end_work
            why = "Sending was stopped by an error of the store or of mitto-tui itself."
            await asyncio.shield(
                asyncio.to_thread(
                    end, self._task.id, owner=self._owner, at=self._clock(), pause=PauseReason.STORE, detail=why
                )
            )


_NOT_TAKEN: Final = frozenset({OutcomeKind.NEVER_LEFT, OutcomeKind.SLOW_DOWN})

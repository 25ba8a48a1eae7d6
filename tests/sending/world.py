"""A store in memory and a gateway that does as it is told, for the rules of the campaign engine."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mitto_tui.sending.campaign import CampaignRun
from mitto_tui.sending.pacing import Pacer
from mitto_tui.sending.ports import MayLeave
from mitto_tui.sending.task import CampaignPolicy, CampaignTask
from mitto_tui.sms.campaign import Answered, CampaignLimits, CampaignState, ClaimedRequest, PauseReason, Turn
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Content, Outcome, OutcomeKind, WireType

ACCEPTED = Outcome(OutcomeKind.ACCEPTED, "accepted", "Mitto accepted it.", 200, 0, mitto_id="id")
DOUBT = Outcome(OutcomeKind.IN_DOUBT, "read_timeout", "It is not known whether Mitto took it.")
REFUSED = Outcome(OutcomeKind.REJECTED, "code_4", "Mitto refused it (code 4).", 200, 4)
NO_KEY = Outcome(OutcomeKind.UNAUTHORISED, "http_401", "Mitto refused the key.", 401)
SLOW = Outcome(OutcomeKind.SLOW_DOWN, "http_429", "Mitto asked to slow down.", 429, retry_after=0.2)
NO_WAY = Outcome(OutcomeKind.NEVER_LEFT, "connect_refused", "Nothing left this machine: it refused the connection.")

AFTER = {
    OutcomeKind.ACCEPTED: Status.ACCEPTED,
    OutcomeKind.REJECTED: Status.REJECTED,
    OutcomeKind.IN_DOUBT: Status.IN_DOUBT,
    OutcomeKind.UNAUTHORISED: Status.QUEUED,
    OutcomeKind.SLOW_DOWN: Status.QUEUED,
    OutcomeKind.NEVER_LEFT: Status.QUEUED,
}


class Broken(MittoTuiError):
    """The store can't."""


@dataclass(slots=True)
class MemoryStore:
    """Messages 1 to n of one campaign, whose recipients are their ids as digits."""

    number: int
    state: CampaignState = CampaignState.READY
    reason: PauseReason | None = None
    detail: str = ""
    status: dict[int, Status] = field(default_factory=dict)
    attempts: Counter[int] = field(default_factory=Counter)
    opted_out: set[int] = field(default_factory=set)
    broken: bool = False
    turns: int = 0
    canaries_passed: int = 0
    faults: list[Exception] = field(default_factory=list)
    most_open: int = 0
    stored: set[tuple[int, int]] = field(default_factory=set)
    workers: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.status = dict.fromkeys(range(1, self.number + 1), Status.QUEUED)

    def turn(
        self,
        campaign: int,
        answered: Sequence[Answered],
        sizes: Sequence[int],
        *,
        owner: str,
        lease_until: datetime,
        at: datetime,
        first: int | None = None,
    ) -> Turn:
        with self.lock:
            if self.broken:
                raise Broken("The disk is full.", "Make room.")
            self.turns += 1
            if self.faults:
                raise self.faults.pop()
            statuses = []
            for one in answered:
                request = one.request
                for message, attempt, outcome in zip(request.message_ids, request.attempts, one.outcomes, strict=True):
                    if (message, attempt) in self.stored:
                        continue
                    self.stored.add((message, attempt))
                    assert self.status[message] is Status.SENDING
                    self.status[message] = AFTER[outcome.kind]
                    if message in one.given_up:
                        self.status[message] = Status.FAILED
                statuses.append([self.status[message] for message in one.request.message_ids])
            queued = [message for message in self._within(first) if self.status[message] is Status.QUEUED]
            claimed, skipped = [], 0
            for size in sizes if self.state is CampaignState.RUNNING else ():
                some: list[int] = []
                while queued and len(some) < size:
                    message = queued.pop(0)
                    if message in self.opted_out:
                        self.status[message] = Status.SKIPPED
                        skipped += 1
                    else:
                        some.append(message)
                if some:
                    claimed.append(self._claimed(some))
            self.most_open = max(self.most_open, sum(one is Status.SENDING for one in self.status.values()))
            return Turn(self.state, claimed, statuses, skipped, bool(queued))

    def _within(self, first: int | None) -> Sequence[int]:
        return range(1, (self.number if first is None else min(first, self.number)) + 1)

    def _claimed(self, some: list[int]) -> ClaimedRequest:
        for message in some:
            self.status[message] = Status.SENDING
            self.attempts[message] += 1
        content = Content("MITTO", "hello", WireType.GSM, reference="spring")
        token = f"token{some[0]}"
        return ClaimedRequest(token, content, some, [str(one) for one in some], [self.attempts[one] for one in some])

    def begin_work(self, campaign: int, *, owner: str, at: datetime) -> CampaignState:
        self.state = CampaignState.RUNNING
        self.workers.add(owner)
        return self.state

    def end_work(
        self, campaign: int, *, owner: str, at: datetime, pause: PauseReason | None = None, detail: str = ""
    ) -> CampaignState:
        self.workers.discard(owner)
        if self.state is CampaignState.RUNNING:
            if not {Status.QUEUED, Status.SENDING} & set(self.status.values()):
                self.state = CampaignState.FINISHED
            elif pause is not None:
                self.pause(campaign, at=at, reason=pause, detail=detail)
        return self.state

    def pause(self, campaign: int, *, at: datetime, reason: PauseReason, detail: str) -> CampaignState:
        self.state, self.reason, self.detail = CampaignState.PAUSED, reason, detail
        return self.state

    def canary_passed(self, campaign: int) -> None:
        self.canaries_passed += 1

    def counts(self, campaign: int, *, first: int | None = None) -> Mapping[Status, int]:
        return Counter(self.status[message] for message in self._within(first))

    @property
    def sums(self) -> dict[Status, int]:
        return dict(Counter(self.status.values()))


Answer = Callable[[Sequence[str]], Awaitable[Outcome]]


class Gateway:
    """Answers each request, that is its recipients, as ``answer`` says, and keeps what it was given."""

    def __init__(self, answer: Answer | Outcome = ACCEPTED) -> None:
        self.answer = answer
        self.posts: Counter[str] = Counter()
        self.requests: list[tuple[str, ...]] = []
        self.contents: list[Content] = []
        self.times: list[float] = []
        self.bulk = 0
        self.under_way = 0
        self.most = 0

    async def _ended(self, recipients: Sequence[str], content: Content) -> Outcome:
        self.posts.update(recipients)
        self.requests.append(tuple(recipients))
        self.contents.append(content)
        self.times.append(asyncio.get_running_loop().time())
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            if isinstance(self.answer, Outcome):
                return self.answer
            return await self.answer(recipients)
        finally:
            self.under_way -= 1

    async def submit(self, recipient: str, content: Content, may_leave: MayLeave) -> Outcome:
        return await self._ended([recipient], content)

    async def submit_many(self, recipients: Sequence[str], content: Content, may_leave: MayLeave) -> Sequence[Outcome]:
        self.bulk += 1
        return [await self._ended(recipients, content)] * len(recipients)


class WallClock:
    """A clock on the wall that somebody may set."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


def run_of(
    store: MemoryStore,
    gateway: Gateway,
    *,
    limits: CampaignLimits | None = None,
    bulk: bool = False,
    clock: WallClock | None = None,
    patience: float | None = None,
    pacer: Pacer | None = None,
) -> CampaignRun:
    """A run of campaign 1 in ``store``, within a loop."""
    limits = limits or CampaignLimits(in_flight=4)
    return CampaignRun(
        CampaignTask(1, bulk, test=False, limits=limits),
        gateway,
        store,
        clock or WallClock(),
        "owner",
        CampaignPolicy(timeout=5, patience=patience),
        pacer or Pacer(limits.rate, asyncio.get_running_loop().time),
    )

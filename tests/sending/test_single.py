"""One message to its outcome: the order of things, and what is tried again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from mitto_tui.sending.ports import MayLeave
from mitto_tui.sending.single import NotBegun, SendPolicy, SingleSender
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.message import Claim, NewMessage, Options, check_message
from mitto_tui.sms.reference import token_of
from mitto_tui.sms.status import Event, EventKind, Status, fold
from mitto_tui.sms.submission import Content, Outcome, OutcomeKind

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MESSAGE = check_message("MITTO SMS", "491725551234", "Hello", Options(reference="Spring"))


class MemoryStore:
    """Remembers events in memory, and what was on record whenever the gateway was called."""

    def __init__(self) -> None:
        self.message: NewMessage | None = None
        self.events: list[Event] = []
        self.claims: list[Claim] = []
        self.leases: list[datetime] = []
        self.opted_out = False

    def add(self, message: NewMessage, at: datetime) -> int:
        self.message = message
        self.events.append(Event(EventKind.QUEUED, at))
        return 7

    def claim(self, message_id: int, *, token: str, owner: str, lease_until: datetime, at: datetime) -> Claim | None:
        assert self.message is not None
        if self.opted_out:
            self.events.append(Event(EventKind.SKIPPED, at))
        if self.status(message_id) is not Status.QUEUED:
            return None
        claim = Claim(message_id, len(self.claims) + 1, token, self.message.recipient, self.message.content)
        self.claims.append(claim)
        self.leases.append(lease_until)
        self.events.append(Event(EventKind.CLAIMED, at, claim.attempt))
        return claim

    def status(self, message_id: int) -> Status:
        return fold(self.events).status

    def record(self, claim: Claim, outcome: Outcome, at: datetime) -> Status:
        self.events.append(Event(EventKind(outcome.kind), at, claim.attempt, data={"reason": outcome.reason}))
        return self.status(claim.message_id)

    def give_up(self, message_id: int, attempt: int, detail: str, at: datetime) -> Status:
        self.events.append(Event(EventKind.GAVE_UP, at, attempt))
        return self.status(message_id)


class ScriptedGateway:
    """Answers with the given outcomes in turn, and notes what it was asked and what was on record by then."""

    def __init__(self, store: MemoryStore, *outcomes: Outcome | BaseException) -> None:
        self.store = store
        self.outcomes = list(outcomes)
        self.asked: list[tuple[str, Content]] = []
        self.on_record: list[Status] = []
        self.hold: asyncio.Event | None = None
        self.was_asked = asyncio.Event()

    async def submit(self, recipient: str, content: Content, may_leave: MayLeave) -> Outcome:
        self.asked.append((recipient, content))
        self.on_record.append(self.store.status(7))
        self.was_asked.set()
        if self.hold is not None:
            await self.hold.wait()
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def submit_many(self, recipients: Sequence[str], content: Content, may_leave: MayLeave) -> Sequence[Outcome]:
        raise NotImplementedError


def outcome(kind: OutcomeKind, **values: object) -> Outcome:
    return Outcome(kind, "reason", "A sentence.", **values)  # type: ignore[arg-type]  # spelled at each use


ACCEPTED = outcome(OutcomeKind.ACCEPTED, mitto_id="d88ae721")
NEVER_LEFT = outcome(OutcomeKind.NEVER_LEFT)
QUICK = SendPolicy(timeout=5, backoff=0.001)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def sender(store: MemoryStore) -> Callable[..., tuple[SingleSender, ScriptedGateway]]:
    def make(*outcomes: Outcome | BaseException, policy: SendPolicy = QUICK) -> tuple[SingleSender, ScriptedGateway]:
        gateway = ScriptedGateway(store, *outcomes)
        return SingleSender(gateway, store, lambda: NOW, "owner", policy), gateway

    return make


Make = Callable[..., tuple[SingleSender, ScriptedGateway]]


async def test_the_claim_is_on_record_before_the_request_leaves(store: MemoryStore, sender: Make) -> None:
    single, gateway = sender(ACCEPTED)
    result = await single.send(MESSAGE)
    assert (result.message_id, result.status, result.outcome) == (7, Status.ACCEPTED, ACCEPTED)
    assert gateway.on_record == [Status.SENDING]
    assert [event.kind for event in store.events] == [EventKind.QUEUED, EventKind.CLAIMED, EventKind.ACCEPTED]
    assert store.leases[0] >= NOW + timedelta(seconds=QUICK.timeout)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (OutcomeKind.ACCEPTED, Status.ACCEPTED),
        (OutcomeKind.REJECTED, Status.REJECTED),
        (OutcomeKind.UNAUTHORISED, Status.QUEUED),
        (OutcomeKind.IN_DOUBT, Status.IN_DOUBT),
    ],
)
async def test_what_may_have_been_read_is_asked_once(kind: OutcomeKind, status: Status, sender: Make) -> None:
    single, gateway = sender(outcome(kind), ACCEPTED)
    result = await single.send(MESSAGE)
    assert result.status is status
    assert len(gateway.asked) == 1


async def test_what_never_left_is_tried_again_with_a_token_of_its_own(sender: Make) -> None:
    single, gateway = sender(NEVER_LEFT, ACCEPTED)
    result = await single.send(MESSAGE)
    assert result.status is Status.ACCEPTED
    references = [content.reference for _, content in gateway.asked]
    assert all(reference is not None and reference.startswith("Spring #") for reference in references)
    tokens = [token_of(reference) for reference in references]
    assert None not in tokens
    assert len(set(tokens)) == 2


async def test_what_never_leaves_fails_after_bounded_attempts(store: MemoryStore, sender: Make) -> None:
    single, gateway = sender(*[NEVER_LEFT] * 9)
    result = await single.send(MESSAGE)
    assert result.status is Status.FAILED
    assert result.outcome is NEVER_LEFT
    assert len(gateway.asked) == QUICK.attempts
    assert store.events[-1].kind is EventKind.GAVE_UP


async def test_no_further_attempt_begins_once_the_time_is_up(sender: Make) -> None:
    single, gateway = sender(*[NEVER_LEFT] * 3, policy=SendPolicy(timeout=0.05, backoff=0.04))
    assert (await single.send(MESSAGE)).status is Status.FAILED
    assert len(gateway.asked) == 2


async def test_slow_down_is_heeded_and_then_sent(sender: Make) -> None:
    single, gateway = sender(outcome(OutcomeKind.SLOW_DOWN, retry_after=0.05), ACCEPTED)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert (await single.send(MESSAGE)).status is Status.ACCEPTED
    assert loop.time() - begun >= 0.05
    assert len(gateway.asked) == 2


async def test_a_longer_wait_than_the_timeout_leaves_it_queued(sender: Make) -> None:
    single, gateway = sender(outcome(OutcomeKind.SLOW_DOWN, retry_after=3600.0), ACCEPTED)
    assert (await single.send(MESSAGE)).status is Status.QUEUED
    assert len(gateway.asked) == 1


async def test_an_opted_out_recipient_is_never_asked_for(store: MemoryStore, sender: Make) -> None:
    single, gateway = sender(ACCEPTED)
    store.opted_out = True
    result = await single.send(MESSAGE)
    assert (result.status, result.outcome) == (Status.SKIPPED, None)
    assert gateway.asked == []


async def test_being_stopped_leaves_a_doubt_on_record(store: MemoryStore, sender: Make) -> None:
    single, gateway = sender(ACCEPTED)
    gateway.hold = asyncio.Event()
    sending = asyncio.create_task(single.send(MESSAGE))
    async with asyncio.timeout(5):
        await gateway.was_asked.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert store.status(7) is Status.IN_DOUBT
    assert len(gateway.asked) == 1


async def test_being_stopped_before_anything_left_is_no_doubt_and_no_further_attempt(
    store: MemoryStore, sender: Make
) -> None:
    single, gateway = sender(NEVER_LEFT, ACCEPTED)
    submit = gateway.submit

    async def stopped(recipient: str, content: Content, may_leave: MayLeave) -> Outcome:
        with contextlib.suppress(asyncio.CancelledError):
            gateway.was_asked.set()
            await asyncio.Event().wait()
        return await submit(recipient, content, may_leave)

    gateway.submit = stopped  # type: ignore[method-assign]  # one that hears of the cancellation in time
    sending = asyncio.create_task(single.send(MESSAGE))
    async with asyncio.timeout(5):
        await gateway.was_asked.wait()
        sending.cancel()
        result = await sending
    assert (result.status, result.outcome) == (Status.FAILED, NEVER_LEFT)
    assert len(gateway.asked) == 1


async def test_an_error_of_our_own_leaves_a_doubt_on_record(store: MemoryStore, sender: Make) -> None:
    single, _ = sender(RuntimeError("oops"))
    with pytest.raises(RuntimeError):
        await single.send(MESSAGE)
    assert store.status(7) is Status.IN_DOUBT


async def test_without_tracking_the_reference_is_untouched(sender: Make) -> None:
    single, gateway = sender(ACCEPTED, policy=SendPolicy(tracked=False))
    await single.send(MESSAGE)
    assert gateway.asked[0][1].reference == "Spring"


async def test_the_accounts_callback_is_used_where_the_message_has_none(sender: Make) -> None:
    single, gateway = sender(ACCEPTED, ACCEPTED, policy=SendPolicy(callback="https://example.org/r"))
    await single.send(MESSAGE)
    own = check_message("MITTO SMS", "491725551234", "Hello", Options(callback="https://example.org/mine"))
    store = MemoryStore()
    again = SingleSender(gateway, store, lambda: NOW, "owner", SendPolicy(callback="https://example.org/r"))
    gateway.store = store
    await again.send(own)
    assert [content.callback for _, content in gateway.asked] == ["https://example.org/r", "https://example.org/mine"]


class FailingStore(MemoryStore):
    """Raises at the named step, as often as told."""

    def __init__(self, step: str, times: int) -> None:
        super().__init__()
        self.step = step
        self.times = times

    def _may_fail(self, step: str) -> None:
        if step == self.step and self.times:
            self.times -= 1
            raise MittoTuiError("The disk is full.", "Make room.")

    def claim(self, message_id: int, *, token: str, owner: str, lease_until: datetime, at: datetime) -> Claim | None:
        self._may_fail("claim")
        return super().claim(message_id, token=token, owner=owner, lease_until=lease_until, at=at)

    def record(self, claim: Claim, outcome: Outcome, at: datetime) -> Status:
        self._may_fail("record")
        return super().record(claim, outcome, at)


async def test_an_outcome_is_stored_as_soon_as_the_store_takes_it() -> None:
    store = FailingStore("record", 3)
    gateway = ScriptedGateway(store, ACCEPTED)
    result = await SingleSender(gateway, store, lambda: NOW, "owner", QUICK).send(MESSAGE)
    assert (result.status, result.not_stored) == (Status.ACCEPTED, None)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("answer", [ACCEPTED, NEVER_LEFT])
async def test_an_outcome_that_cannot_be_stored_is_in_doubt_and_not_tried_again(answer: Outcome) -> None:
    store = FailingStore("record", 100)
    gateway = ScriptedGateway(store, answer, answer)
    result = await SingleSender(gateway, store, lambda: NOW, "owner", QUICK).send(MESSAGE)
    assert (result.message_id, result.status, result.outcome) == (7, Status.IN_DOUBT, answer)
    assert result.not_stored == "The disk is full."
    assert len(gateway.asked) == 1


async def test_what_could_not_be_claimed_is_not_sent_and_is_named() -> None:
    store = FailingStore("claim", 1)
    gateway = ScriptedGateway(store, ACCEPTED)
    sender = SingleSender(gateway, store, lambda: NOW, "owner", QUICK)
    with pytest.raises(NotBegun, match=r"The disk is full\. Make room\.") as caught:
        await sender.send(MESSAGE)
    assert gateway.asked == []
    assert store.status(caught.value.message_id) is Status.QUEUED
    assert (await sender.send_stored(caught.value.message_id)).status is Status.ACCEPTED

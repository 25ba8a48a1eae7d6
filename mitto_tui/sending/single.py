"""One message to its outcome.

The order is the promise: the attempt is claimed on disk, then the request leaves, then the outcome is stored. Only what
provably was not taken (never left, or told to slow down) is tried again, a bounded number of times, each time as a new
attempt with a token of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from mitto_tui.sending.lease import Lease
from mitto_tui.sending.ports import Clock, Gateway, Store
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.message import Claim, NewMessage
from mitto_tui.sms.reference import new_token, with_token
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Outcome, OutcomeKind


@dataclass(frozen=True, slots=True)
class SendResult:
    """How sending a message ended. ``outcome`` is the last attempt's, or None where the last claim was refused.

    ``not_stored`` says why the outcome could not be stored, where it couldn't: the message is in doubt from then on,
    since nobody who asks the store can know better.
    """

    message_id: int
    status: Status
    outcome: Outcome | None
    not_stored: str | None = None

    @property
    def detail(self) -> str:
        """What became of the last attempt, in words; empty where there was none."""
        if self.outcome is None:
            return ""
        unstored = f" That could not be stored: {self.not_stored}" if self.not_stored is not None else ""
        return f"{self.outcome.detail}{unstored}"


class NotBegun(MittoTuiError):
    """A message was stored, but the store failed before anything left. ``message_id`` is the one that waits there."""

    def __init__(self, message_id: int, cause: MittoTuiError) -> None:
        super().__init__(cause.message, cause.advice)
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class SendPolicy:
    """What an account asks for around each request. Times are in seconds.

    ``timeout`` is the longest a request may take, and no further attempt begins after it. ``tracked`` puts
    the attempt's token into the reference. ``callback`` is used where a message names none.
    """

    timeout: float = 30.0
    attempts: int = 3
    backoff: float = 0.5
    tracked: bool = True
    callback: str | None = None


_STORING = 4
"""How often storing an outcome is tried, at most."""


class SingleSender:
    """Sends single messages through a gateway, remembering each step in a store."""

    def __init__(self, gateway: Gateway, store: Store, clock: Clock, owner: str, policy: SendPolicy) -> None:
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._owner = owner
        self._policy = policy

    async def send(self, message: NewMessage, on_stored: Callable[[], None] = lambda: None) -> SendResult:
        """Store a new message and carry it to its outcome. ``on_stored`` is called as soon as it is in the store.

        Raises what the store raises, or NotBegun where the message is in it already; nothing has left then.
        """
        message_id = await asyncio.to_thread(self._store.add, message, self._clock())
        on_stored()
        try:
            return await self.send_stored(message_id)
        except MittoTuiError as error:
            raise NotBegun(message_id, error) from error

    async def send_stored(self, message_id: int) -> SendResult:
        """Carry a stored, queued message to its outcome, with bounded further attempts where nothing was taken."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._policy.timeout
        attempt = 0
        while True:
            attempt += 1
            lease = Lease(self._policy.timeout, self._clock)
            claim = await self._claim(message_id, lease)
            if claim is None:
                # Opted out, settled by a report, or taken by another program: not ours to send.
                return SendResult(message_id, await asyncio.to_thread(self._store.status, message_id), None)
            outcome = await self._attempt(claim, lease)
            try:
                status = await self._record(claim, outcome)
            except MittoTuiError as error:
                return SendResult(message_id, Status.IN_DOUBT, outcome, error.message)
            if status is not Status.QUEUED:
                return SendResult(message_id, status, outcome)
            pause = self._pause(outcome, attempt)
            if pause is None or _is_being_stopped() or loop.time() + pause > until:
                return await self._stop(claim, outcome, status)
            await asyncio.sleep(pause)

    async def _claim(self, message_id: int, lease: Lease) -> Claim | None:
        claim = await asyncio.to_thread(
            self._store.claim,
            message_id,
            token=new_token(),
            owner=self._owner,
            lease_until=lease.until,
            at=lease.at,
        )
        if claim is None:
            return None
        content = claim.content
        if self._policy.tracked:
            content = replace(content, reference=with_token(content.reference, claim.token))
        if content.callback is None:
            content = replace(content, callback=self._policy.callback)
        return replace(claim, content=content)

    async def _attempt(self, claim: Claim, lease: Lease) -> Outcome:
        try:
            return await self._gateway.submit(claim.recipient, claim.content, lease.may_leave)
        except asyncio.CancelledError:
            # Whoever stops us, the request may have been read: say so before going.
            await self._record_doubt(claim, "interrupted", "The program was stopped while it waited for the answer.")
            raise
        except Exception as error:
            # A gateway answers with outcomes; anything else is a fault of ours, after which nothing is certain.
            await self._record_doubt(claim, "internal_error", f"An unexpected error came up: {type(error).__name__}.")
            raise

    async def _record(self, claim: Claim, outcome: Outcome) -> Status:
        """Store how an attempt ended: it can't be asked for again, so a store that fails gets more than one chance."""
        for attempt in range(_STORING - 1):
            try:
                return await asyncio.to_thread(self._store.record, claim, outcome, self._clock())
            except MittoTuiError:
                await asyncio.sleep(self._policy.backoff * 2**attempt)
        return await asyncio.to_thread(self._store.record, claim, outcome, self._clock())

    async def _record_doubt(self, claim: Claim, reason: str, detail: str) -> None:
        outcome = Outcome(OutcomeKind.IN_DOUBT, reason, detail)
        # A claim that nothing more is known of is in doubt all the same, as soon as this program has ended.
        with contextlib.suppress(MittoTuiError):
            # Shielded: a second interrupt must not keep the doubt from being written down.
            await asyncio.shield(asyncio.to_thread(self._store.record, claim, outcome, self._clock()))

    def _pause(self, outcome: Outcome, attempt: int) -> float | None:
        """Seconds until the next attempt, or None where there is to be none."""
        if attempt >= self._policy.attempts:
            return None
        backoff: float = self._policy.backoff * 2 ** (attempt - 1)
        match outcome.kind:
            case OutcomeKind.NEVER_LEFT:
                return backoff
            case OutcomeKind.SLOW_DOWN:
                return max(outcome.retry_after, backoff) if outcome.retry_after is not None else backoff
            case _:
                return None

    async def _stop(self, claim: Claim, outcome: Outcome, status: Status) -> SendResult:
        if outcome.kind is OutcomeKind.NEVER_LEFT:
            status = await asyncio.to_thread(
                self._store.give_up, claim.message_id, claim.attempt, outcome.detail, self._clock()
            )
        return SendResult(claim.message_id, status, outcome)


def _is_being_stopped() -> bool:
    """Whether this task was cancelled, and the gateway could say for certain that nothing had left."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0

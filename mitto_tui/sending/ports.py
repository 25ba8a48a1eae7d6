"""What the engine needs of the world: a gateway that submits, a store that remembers, a clock.

Nothing here knows HTTP or SQL. The store's calls are synchronous and may block on a disk: the engine makes them in
threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from mitto_tui.sms.campaign import Answered, CampaignState, PauseReason, Turn
from mitto_tui.sms.message import Claim, NewMessage
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Content, Outcome

Clock = Callable[[], datetime]
"""The time now: aware, UTC."""


MayLeave = Callable[[], bool]
"""Whether a request may still leave: not once another program may have called it abandoned."""


class Gateway(Protocol):
    """A provider. Every failure comes back as an Outcome; nothing but cancellation is raised.

    ``may_leave`` is asked right before the first byte goes, when a connection stands; where it says no, nothing leaves.
    """

    async def submit(self, recipient: str, content: Content, may_leave: MayLeave) -> Outcome:
        """One message to one recipient (digits only). Never repeats the request by itself."""
        ...

    async def submit_many(self, recipients: Sequence[str], content: Content, may_leave: MayLeave) -> Sequence[Outcome]:
        """One text to many recipients in one request: one outcome for each recipient, in their order."""
        ...


class Store(Protocol):
    """What must be remembered about messages. Each call is one transaction, on disk when it returns."""

    def add(self, message: NewMessage, at: datetime) -> int:
        """Remember a new message as queued; its id."""
        ...

    def claim(self, message_id: int, *, token: str, owner: str, lease_until: datetime, at: datetime) -> Claim | None:
        """Begin an attempt, or None where the message is not queued any more or its recipient has opted out."""
        ...

    def status(self, message_id: int) -> Status:
        """The message's status now."""
        ...

    def record(self, claim: Claim, outcome: Outcome, at: datetime) -> Status:
        """Store how an attempt ended; the message's status after it."""
        ...

    def give_up(self, message_id: int, attempt: int, detail: str, at: datetime) -> Status:
        """Stop trying a message that never left this machine; the message's status after it."""
        ...


class CampaignStore(Protocol):
    """What must be remembered about campaigns while they are sent. Each call is one short transaction."""

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
        """Store how requests ended and claim new ones, all of it or nothing, on disk when it returns.

        ``sizes`` are how many messages each new request may have at most; fewer requests come back where fewer messages
        are queued, and none unless the campaign is running. Messages are claimed in the list's order, and with
        ``first``, only among the campaign's first so many; ``more`` of the answer then speaks of those, too. Storing
        the same answer again changes nothing.
        """
        ...

    def begin_work(self, campaign: int, *, owner: str, at: datetime) -> CampaignState:
        """Say that ``owner`` sends this campaign from now on: ready and paused become running. The state after it."""
        ...

    def end_work(
        self, campaign: int, *, owner: str, at: datetime, pause: PauseReason | None = None, detail: str = ""
    ) -> CampaignState:
        """Say that ``owner`` sends it no more; the state after it.

        A running or paused campaign with nothing queued and nothing under way, whoever claimed it, is finished. With
        ``pause``, a running one that isn't is paused, with that reason and a sentence on it, unless ``pause`` is CLOSED
        and another living owner still works on it.
        """
        ...

    def pause(self, campaign: int, *, at: datetime, reason: PauseReason, detail: str) -> CampaignState:
        """Pause it for everybody, unless it is not running; the state after it."""
        ...

    def canary_passed(self, campaign: int) -> None:
        """Forget the canary among its limits: the rest may be sent, also by whoever resumes it."""
        ...

    def counts(self, campaign: int, *, first: int | None = None) -> Mapping[Status, int]:
        """How many of its messages (with ``first``: of its first so many) are in each status."""
        ...

"""What the engine needs of the world: a gateway that submits, a store that remembers, a clock.

Nothing here knows HTTP or SQL. The store's calls are synchronous and may block on a disk: the engine makes them in
threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from mitto_tui.sms.message import Claim, NewMessage
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Content, Outcome

Clock = Callable[[], datetime]
"""The time now: aware, UTC."""


class Gateway(Protocol):
    """A provider. Every failure comes back as an Outcome; nothing but cancellation is raised."""

    async def submit(self, recipient: str, content: Content) -> Outcome:
        """One message to one recipient (digits only). Never repeats the request by itself."""
        ...

    async def submit_many(self, recipients: Sequence[str], content: Content) -> Sequence[Outcome]:
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

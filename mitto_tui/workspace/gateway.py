"""Mitto's client as the engine needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mitto_tui.sending.ports import MayLeave
from mitto_tui.sms.submission import Content, Outcome, OutcomeKind

if TYPE_CHECKING:
    from mitto_tui.mitto.client import MittoClient


class ClientGateway:
    """A ``Gateway``. A submission that is cancelled before anything left says so as its outcome."""

    def __init__(self, client: MittoClient) -> None:
        self._client = client

    async def submit(self, recipient: str, content: Content, may_leave: MayLeave) -> Outcome:
        """See ``Gateway``."""
        from mitto_tui.mitto.flight import Flight

        flight = Flight(may_leave=may_leave)
        try:
            return await self._client.submit(recipient, content, flight=flight)
        except asyncio.CancelledError:
            if flight.stood:
                raise
            return _not_left()

    async def submit_many(self, recipients: Sequence[str], content: Content, may_leave: MayLeave) -> Sequence[Outcome]:
        """See ``Gateway``."""
        from mitto_tui.mitto.flight import Flight

        flight = Flight(may_leave=may_leave)
        try:
            return await self._client.submit_many(recipients, content, flight=flight)
        except asyncio.CancelledError:
            if flight.stood:
                raise
            return [_not_left()] * len(recipients)


def _not_left() -> Outcome:
    return Outcome(OutcomeKind.NEVER_LEFT, "stopped", "Nothing left this machine: the program was stopped before.")

"""One claimed request out and its answer back, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from mitto_tui.sending.pacing import Pacer
from mitto_tui.sending.points import Point, reached
from mitto_tui.sending.ports import Gateway, MayLeave
from mitto_tui.sending.task import CampaignPolicy
from mitto_tui.sms.campaign import ClaimedRequest
from mitto_tui.sms.reference import with_token
from mitto_tui.sms.submission import Content, Outcome, OutcomeKind

_SHORT: Final = 0.05
"""Seconds of a hold that what is claimed already need not be given back for."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a request ended: an outcome for each of its messages, in their order.

    ``departed`` is the loop's time when it left, or None where it never came to that, for a reason of our own.
    ``fault`` is a sentence on a fault of this program's own, else empty.
    """

    outcomes: Sequence[Outcome]
    departed: float | None
    fault: str = ""


class Requests:
    """Carries claimed requests through a gateway. With ``bulk`` each goes in one piece, else has one recipient."""

    def __init__(self, gateway: Gateway, policy: CampaignPolicy, pacer: Pacer, *, bulk: bool) -> None:
        self._gateway = gateway
        self._policy = policy
        self._pacer = pacer
        self._bulk = bulk
        self._loop = asyncio.get_running_loop()
        self.sent = 0
        """How many have been given to the gateway."""

    async def carry(self, request: ClaimedRequest, wait: float, may_leave: MayLeave) -> Ended:
        """Send a request ``wait`` seconds from now, if it may still leave by then.

        Never raises: cancelled, it comes back with what is certain.
        """
        departed: float | None = None
        try:
            reached(Point.CLAIMED)
            if wait > 0:
                await asyncio.sleep(wait)
            if self._pacer.held > _SHORT:
                return not_left(request, _HELD)
            if not may_leave():
                return not_left(request, _TOO_LATE)
            departed = self._loop.time()
            self.sent += 1
            outcomes = await self._submit(request, may_leave)
            if len(outcomes) != len(request):
                raise ValueError("the gateway gave another number of outcomes than there are recipients")
            return Ended(outcomes, departed)
        except asyncio.CancelledError:
            # Only a stop cancels it. The request may have been read, and that is what is to be stored.
            if departed is None:
                return not_left(request)
            return Ended([_INTERRUPTED] * len(request), departed)
        except Exception as error:
            # A gateway answers with outcomes; anything else is a fault of ours, after which nothing is certain.
            return failed(request, error, departed)

    async def _submit(self, request: ClaimedRequest, may_leave: MayLeave) -> Sequence[Outcome]:
        content = self._content(request)
        if self._bulk:
            return await self._gateway.submit_many(request.recipients, content, may_leave)
        return [await self._gateway.submit(request.recipients[0], content, may_leave)]

    def _content(self, request: ClaimedRequest) -> Content:
        content, policy = request.content, self._policy
        reference = with_token(content.reference, request.token) if policy.tracked else content.reference
        return replace(content, reference=reference, callback=content.callback or policy.callback)


_STOPPED: Final = Outcome(
    OutcomeKind.NEVER_LEFT, "stopped", "Nothing left this machine: the campaign was stopped before."
)
_HELD: Final = Outcome(
    OutcomeKind.NEVER_LEFT, "held_back", "Nothing left this machine: the campaign had to wait just before."
)
_TOO_LATE: Final = Outcome(
    OutcomeKind.NEVER_LEFT, "too_late", "Nothing left this machine: it slept, or its clock was set, just before."
)
_INTERRUPTED: Final = Outcome(
    OutcomeKind.IN_DOUBT, "interrupted", "The program was stopped while it waited for the answer."
)


def not_left(request: ClaimedRequest, why: Outcome = _STOPPED) -> Ended:
    """It never came to sending it, for a reason of our own."""
    return Ended([why] * len(request), None)


def failed(request: ClaimedRequest, error: BaseException, departed: float | None) -> Ended:
    """A fault of this program's own came up; after it nothing is certain."""
    _log.error("a request of %d messages failed", len(request), exc_info=error)
    fault = f"An unexpected error came up: {type(error).__name__}. The log has more."
    return Ended([Outcome(OutcomeKind.IN_DOUBT, "internal_error", fault)] * len(request), departed, fault)

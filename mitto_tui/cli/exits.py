"""Exit codes: part of the command line's contract."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from mitto_tui.sms.campaign import CampaignState, PauseReason
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Outcome, OutcomeKind


class Exit(IntEnum):
    """What a script learns from the exit code alone."""

    DONE = 0
    REFUSED = 1
    """Something was refused by Mitto, or failed; the output says what."""
    USAGE = 2
    """Usage or input is wrong; nothing was sent."""
    IN_DOUBT = 3
    """At least one message is in doubt."""
    KEY = 4
    """No key, or the key or the IP address was refused."""
    INTERRUPTED = 130


_BAD: Final = frozenset(
    {
        Status.QUEUED,
        Status.SENDING,
        Status.REJECTED,
        Status.FAILED,
        Status.SKIPPED,
        Status.CANCELLED,
        Status.UNDELIVERED,
        Status.EXPIRED,
    }
)


def exit_for(status: Status, outcome: Outcome | None) -> Exit:
    """The exit code of one message that ended as ``status`` after ``outcome``."""
    if status is Status.IN_DOUBT:
        return Exit.IN_DOUBT
    if status not in _BAD:
        return Exit.DONE
    if outcome is not None and outcome.kind is OutcomeKind.UNAUTHORISED:
        return Exit.KEY
    return Exit.REFUSED


_LEFT: Final = frozenset({Status.QUEUED, Status.SENDING, Status.REJECTED, Status.FAILED, Status.CANCELLED})
"""What a campaign has to have nothing of to be all done. Who has opted out was not to get it."""


def exit_for_campaign(state: CampaignState, reason: PauseReason | None, counts: Mapping[Status, int]) -> Exit:
    """The exit code of a campaign as it stands, with its messages counted by status."""
    if state is CampaignState.PAUSED and reason is PauseReason.UNAUTHORISED:
        return Exit.KEY
    if counts.get(Status.IN_DOUBT, 0):
        return Exit.IN_DOUBT
    if state is not CampaignState.FINISHED or any(counts.get(status, 0) for status in _LEFT):
        return Exit.REFUSED
    return Exit.DONE


def worst(codes: list[Exit]) -> Exit:
    """The one code for several messages: key before doubt before refusal."""
    for code in (Exit.KEY, Exit.IN_DOUBT, Exit.REFUSED):
        if code in codes:
            return code
    return Exit.DONE

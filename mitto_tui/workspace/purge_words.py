"""What a purge takes away and what it leaves, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitto_tui.sms.status import Status

if TYPE_CHECKING:
    from mitto_tui.storage.purging import Purge

_REPORT: Final = "a delivery report may still come"
_WHY: Final = {
    Status.QUEUED: "still to be sent",
    Status.SENDING: "just being sent",
    Status.IN_DOUBT: "still to be decided on: was it sent or not?",
    Status.ACCEPTED: _REPORT,
    Status.BUFFERED: _REPORT,
    Status.SENT: _REPORT,
}


def what_goes(found: Purge) -> str:
    """``1,204 messages, 3 reports without a message and 2 lists``; ``nothing`` where it is."""
    parts = []
    if found.messages:
        parts.append(_counted(found.messages, "message"))
    if found.reports:
        parts.append(_counted(found.reports, "report") + " without a message")
    if found.lists:
        parts.append(_counted(found.lists, "list"))
    if len(parts) < 2:
        return parts[0] if parts else "nothing"
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def what_stays(found: Purge) -> str:
    """Why there is more of that age than goes; empty where all of it goes."""
    if not found.kept:
        return ""
    kept = ", ".join(f"{count:,} {status.value.replace('_', ' ')}" for status, count in sorted(found.kept.items()))
    return f"Kept, because it or its campaign has not ended: {kept}."


def why_kept(status: Status) -> str:
    """Why a message of this status stays although it is old: what is still to happen to it."""
    return _WHY.get(status, "the campaign, or the request they went out with, has not ended")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

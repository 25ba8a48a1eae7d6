"""A campaign in words for people and in JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mitto_tui.cli.output import pairs, plural, say, table
from mitto_tui.cli.timeline import local, word
from mitto_tui.sms.campaign import CampaignState, PauseReason, RunProgress
from mitto_tui.sms.status import Status
from mitto_tui.sms.visible import one_line
from mitto_tui.workspace.history_export import stamp

if TYPE_CHECKING:
    from datetime import datetime

    from mitto_tui.cli.context import Globals
    from mitto_tui.storage.campaigns import Campaign

Counts = Mapping[Status, int]

UNFINISHED: Final = frozenset(
    {CampaignState.APPROVING, CampaignState.READY, CampaignState.RUNNING, CampaignState.PAUSED}
)
_WHY: Final = {
    PauseReason.PERSON: "Somebody paused it.",
    PauseReason.UNAUTHORISED: "Mitto refused the key, or this machine's address.",
    PauseReason.UNREACHABLE: "Mitto could not be reached.",
    PauseReason.REJECTIONS: "Mitto refused too many of the messages.",
    PauseReason.CANARY: "The first few were not delivered as they should be.",
    PauseReason.CLOSED: "mitto-tui ended while it was being sent.",
    PauseReason.STORE: "What became of messages could not be stored.",
    PauseReason.FAULT: "mitto-tui ran into a fault of its own.",
}
_WAITING: Final = frozenset({Status.QUEUED, Status.SENDING})
_NOT_TAKEN: Final = frozenset(
    {Status.REJECTED, Status.FAILED, Status.IN_DOUBT, Status.SKIPPED, Status.CANCELLED, *_WAITING}
)


@dataclass(frozen=True, slots=True)
class Sums:
    """A campaign's messages, each counted once. ``queued`` includes those that another program has under way."""

    accepted: int
    rejected: int
    failed: int
    in_doubt: int
    queued: int
    skipped: int
    cancelled: int

    @classmethod
    def of(cls, counts: Counts) -> Sums:
        """By the statuses that they are in. What Mitto took is accepted, whatever was reported of it later."""
        return cls(
            accepted=sum(number for status, number in counts.items() if status not in _NOT_TAKEN),
            rejected=counts.get(Status.REJECTED, 0),
            failed=counts.get(Status.FAILED, 0),
            in_doubt=counts.get(Status.IN_DOUBT, 0),
            queued=sum(counts.get(status, 0) for status in _WAITING),
            skipped=counts.get(Status.SKIPPED, 0),
            cancelled=counts.get(Status.CANCELLED, 0),
        )


def program(chosen: Globals) -> str:
    """How to call this program again for the same profile."""
    if chosen.sandbox:
        return "mitto-tui --sandbox"
    return f"mitto-tui --profile {chosen.profile}" if chosen.profile else "mitto-tui"


def recipients(campaign: Campaign) -> int:
    """How many messages it has, or will have."""
    return _whole(campaign.totals, "ok")


def summary(campaign: Campaign, counts: Counts, run: RunProgress | None) -> dict[str, Any]:
    """The contract's summary: counts of the whole campaign, ``requests`` and ``seconds`` of one run."""
    source, totals, sums = campaign.source, campaign.totals, Sums.of(counts)
    return {
        "campaign": campaign.id,
        "format": source.get("format") or None,
        "encoding": source.get("encoding") or None,
        "delimiter": source.get("delimiter") or None,
        "rows": _whole(totals, "rows"),
        "recipients": _whole(totals, "ok"),
        "invalid": _whole(totals, "invalid"),
        "duplicates": _whole(totals, "duplicates"),
        "opted_out": _whole(totals, "opted_out"),
        "ambiguous": _whole(totals, "ambiguous"),
        "segments": _whole(totals, "segments"),
        "unicode": _whole(totals, "unicode"),
        "accepted": sums.accepted,
        "rejected": sums.rejected,
        "failed": sums.failed,
        "in_doubt": sums.in_doubt,
        "queued": sums.queued,
        "skipped": sums.skipped,
        "cancelled": sums.cancelled,
        "requests": run.requests if run else 0,
        "seconds": round(run.seconds, 3) if run else 0.0,
        "state": campaign.state,
        "reason": campaign.reason,
    }


def as_dict(campaign: Campaign, counts: Counts) -> dict[str, Any]:
    """A campaign for ``show`` and ``list``, with its messages counted by status."""
    return {
        "id": campaign.id,
        "name": campaign.name,
        "profile": campaign.profile,
        "state": campaign.state,
        "reason": campaign.reason,
        "detail": campaign.detail,
        "from": campaign.sender,
        "text": campaign.template,
        "created_at": stamp(campaign.created_at),
        "started_at": _stamp(campaign.started_at),
        "finished_at": _stamp(campaign.finished_at),
        "recipients": recipients(campaign),
        "counts": {status.value: counts.get(status, 0) for status in Status},
    }


def say_list(found: list[tuple[Campaign, Counts]]) -> None:
    """Say campaigns in a table, as they come."""
    rows = []
    for campaign, counts in found:
        sums = Sums.of(counts)
        started = campaign.state is not CampaignState.DRAFT
        numbers = (sums.accepted, sums.rejected + sums.failed, sums.in_doubt, sums.queued)
        rows.append(
            (
                str(campaign.id),
                local(campaign.created_at)[:10],
                state_words(campaign),
                f"{recipients(campaign):,}",
                *(f"{number:,}" if started else "" for number in numbers),
                campaign.name,
            )
        )
    columns = ("id", "created", "state", "all", "accepted", "refused", "doubt", "queued", "list")
    table(rows, header=columns)


def state_words(campaign: Campaign) -> str:
    """A state as people say it, with the reason's word where it is paused: ``paused (unreachable)``."""
    state = campaign.state.value
    return f"{state} ({campaign.reason.value})" if campaign.reason else state


def why(campaign: Campaign) -> str:
    """Why it is paused, in sentences; empty where it isn't."""
    return campaign.detail or (_WHY[campaign.reason] if campaign.reason else "")


def say_campaign(campaign: Campaign, counts: Counts, call: str) -> None:
    """Say everything about a campaign, and what there is to do."""
    values = {
        "Campaign": str(campaign.id),
        "List": one_line(campaign.name, 200),
        "State": state_words(campaign),
        "Why": one_line(why(campaign), 1000),
        "From": one_line(campaign.sender, 40),
        "Text": one_line(campaign.template, 300),
        "Recipients": f"{recipients(campaign):,}",
        "Created": local(campaign.created_at),
        "Started": local(campaign.started_at) if campaign.started_at else "",
        "Ended": local(campaign.finished_at) if campaign.finished_at else "",
    }
    pairs({name: value for name, value in values.items() if value})
    if any(counts.values()):
        say()
        pairs({word(status).capitalize(): f"{counts[status]:,}" for status in Status if counts.get(status)})
    say_what_to_do(campaign, counts, call)


def say_summary(campaign: Campaign, counts: Counts, run: RunProgress, call: str, *, interrupted: bool) -> None:
    """Say how a run ended: what became of the messages, and what there is to do."""
    sums = Sums.of(counts)
    accepted = f"{sums.accepted:,} of {recipients(campaign):,} accepted"
    first = "Interrupted. " if interrupted else ""
    say(f"{first}Campaign {campaign.id} is {_ended(campaign)}: {accepted}{_in(run)}.")
    others = {
        "rejected": sums.rejected,
        "failed": sums.failed,
        "in doubt": sums.in_doubt,
        "skipped, as they have opted out": sums.skipped,
        "cancelled": sums.cancelled,
        "still queued": sums.queued,
    }
    if left := [f"{number:,} {what}" for what, number in others.items() if number]:
        say(f"The others: {', '.join(left)}.")
    if (reason := why(campaign)) and not interrupted:
        say(one_line(reason, 1000))
    say_what_to_do(campaign, counts, call)


def say_what_to_do(campaign: Campaign, counts: Counts, call: str) -> None:
    """Say what needs a person's attention, each with the command for it."""
    sums, number = Sums.of(counts), campaign.id
    if sums.in_doubt:
        say()
        say(f"{plural(sums.in_doubt, 'message')} may have been sent or not, so they are not sent again by themselves.")
        say("Delivery reports will settle it, or you can. To see them:")
        say(f"  {call} history --campaign {number} --status in_doubt")
        say("To take all of them as sent:")
        say(f"  {call} history resolve --campaign {number} --assume-sent")
        if campaign.state is not CampaignState.CANCELLED:
            say("To send all of them again, where some may arrive twice:")
            say(f"  {call} history resolve --campaign {number} --send-again")
    if sums.rejected or sums.failed:
        say()
        say("Why messages were refused or failed:")
        say(f"  {call} history --campaign {number} --status rejected --status failed")
    if campaign.state is CampaignState.DRAFT:
        say()
        say("It is a draft: nobody has approved it. Open it in the app, in the Bulk screen.")
    elif campaign.state is CampaignState.RUNNING:
        say()
        say("It is being sent. To pause it:")
        say(f"  {call} campaign pause {number}")
    elif campaign.state in UNFINISHED and (sums.queued or campaign.state is CampaignState.APPROVING):
        say()
        say("To go on with what is queued:")
        say(f"  {call} campaign resume {number}")


def _ended(campaign: Campaign) -> str:
    if campaign.state is CampaignState.RUNNING:
        return "still being sent by another program"
    return campaign.state.value


def _in(run: RunProgress) -> str:
    if not run.requests:
        return ""
    return f" ({plural(run.requests, 'request')} in {run.seconds:,.1f} s)"


def _whole(totals: Mapping[str, object], name: str) -> int:
    found = totals.get(name)
    return found if isinstance(found, int) else 0


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)

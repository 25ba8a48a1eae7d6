"""What happened to a message, in words and in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mitto_tui.sms.status import EventKind, Status
from mitto_tui.workspace.event_words import ANSWERS, event_words
from mitto_tui.workspace.history_export import stamp

if TYPE_CHECKING:
    from mitto_tui.storage.rows import TimelineEntry


def local(moment: datetime) -> str:
    """A moment in the person's own time zone, to the second."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def word(status: Status) -> str:
    """A status as people say it."""
    return status.value.replace("_", " ")


def title(entry: TimelineEntry) -> str:
    """One line that says what happened, the attempt's number with it."""
    event = entry.event
    if event.kind is EventKind.REPORT:
        said = entry.report.status_text if entry.report is not None else (event.report or "")
        words = f"Delivery report: {said}"
    else:
        words = event_words(event.kind, event.attempt)
    if event.attempt is None or event.kind is EventKind.CLAIMED:  # a claim's own words name the attempt
        return words
    return f"{words} (attempt {event.attempt})"


def details(entry: TimelineEntry) -> Iterator[str]:
    """What is known beyond the title: the reason in words, the answer and the report as they came."""
    event, attempt, report = entry.event, entry.attempt, entry.report
    if isinstance(detail := event.data.get("detail"), str) and detail:
        yield detail
    if report is not None:
        yield f"{report.source}: {report.raw}"
    elif attempt is not None and event.kind in ANSWERS and attempt.http_status is not None:
        yield f"HTTP {attempt.http_status}: {attempt.raw or ''}"


def entry_dict(entry: TimelineEntry) -> dict[str, Any]:
    """One entry as JSON: the event, and the raw report where it is one."""
    event, report = entry.event, entry.report
    return {
        "at": stamp(event.at),
        "kind": event.kind,
        "attempt": event.attempt,
        "report": event.report,
        "provider_time": stamp(event.provider_time) if event.provider_time else None,
        "data": dict(event.data),
        "raw": report.raw if report else None,
        "source": report.source if report else None,
    }

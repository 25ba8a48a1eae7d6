"""What happened to a message, event by event, in plain words and in the form in which it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mitto_tui.sms.status import EventKind, ReportStatus
from mitto_tui.ui.themes import ACCENT, BAD, DIM, GOOD, WARN
from mitto_tui.workspace.event_words import ANSWERS, event_words

if TYPE_CHECKING:
    from mitto_tui.storage.rows import AttemptRow, MessageRow, TimelineEntry


@dataclass(frozen=True, slots=True)
class Told:
    """One event. ``title`` and ``style`` are ours; ``details`` may quote anybody; ``raw`` is what came, untouched."""

    title: str
    style: str
    details: tuple[str, ...] = ()
    raw: str = ""


_PLAIN: Final = "$foreground"

_STYLES: Final[dict[EventKind, str]] = {
    EventKind.QUEUED: DIM,
    EventKind.CLAIMED: DIM,
    EventKind.NEVER_LEFT: BAD,
    EventKind.UNAUTHORISED: BAD,
    EventKind.SLOW_DOWN: WARN,
    EventKind.ACCEPTED: ACCENT,
    EventKind.REJECTED: BAD,
    EventKind.IN_DOUBT: WARN,
    EventKind.GAVE_UP: BAD,
    EventKind.NO_REPORT: DIM,
    EventKind.ASSUMED_SENT: _PLAIN,
    EventKind.SEND_AGAIN: _PLAIN,
    EventKind.SKIPPED: DIM,
    EventKind.CANCELLED: DIM,
    EventKind.CONVERTED: _PLAIN,
}
_REPORTED: Final[dict[ReportStatus, tuple[str, str]]] = {
    ReportStatus.BUFFERED: ("Report: the network holds it", ACCENT),
    ReportStatus.SENT: ("Report: handed to the network", ACCENT),
    ReportStatus.DELIVERED: ("Report: delivered", GOOD),
    ReportStatus.UNDELIVERED: ("Report: not delivered", BAD),
    ReportStatus.EXPIRED: ("Report: expired", BAD),
    ReportStatus.UNKNOWN: ("Report: in a word that is not known", WARN),
}
_APART: Final = 5.0
"""Seconds between Mitto's clock and ours that are worth telling."""


def tell(entry: TimelineEntry, message: MessageRow) -> Told:
    """The words for one entry of a message's timeline; what the message says of itself is not repeated."""
    event = entry.event
    if event.kind is EventKind.REPORT:
        title, style = _REPORTED[event.report or ReportStatus.UNKNOWN]
        return Told(title, style, _of_report(entry), entry.report.raw if entry.report else "")
    title, style = event_words(event.kind, event.attempt), _STYLES[event.kind]
    if event.kind in ANSWERS:
        answered = entry.attempt
        # The attempt's row shows the answer that stands; an event that was overruled has only its own words.
        own = answered is not None and answered.outcome is not None and answered.outcome.value == event.kind.value
        raw = (answered.raw or "") if answered is not None and own else ""
        return Told(title, style, _of_answer(event.data, answered if own else None, message), raw)
    detail = event.data.get("detail")
    return Told(title, style, (detail,) if isinstance(detail, str) and detail else ())


def _of_answer(data: Mapping[str, object], attempt: AttemptRow | None, message: MessageRow) -> tuple[str, ...]:
    facts = []
    if data.get("http_status") is not None:
        facts.append(f"HTTP {data['http_status']}")
    if data.get("response_code"):
        facts.append(f"code {data['response_code']}")
    if data.get("response_code") and data.get("response_text"):
        facts.append(f"“{data['response_text']}”")
    if attempt is not None and attempt.finished_at is not None:
        seconds = (attempt.finished_at - attempt.claimed_at).total_seconds()
        facts.append(f"after {seconds:.1f} s" if seconds >= 0.1 else f"after {seconds * 1000:.0f} ms")
    if attempt is not None and attempt.message_parts and attempt.message_parts != message.segments:
        facts.append(f"Mitto counts {attempt.message_parts} parts")
    if data.get("retry_after") is not None:
        facts.append(f"Retry-After {data['retry_after']} s")
    lines = [" · ".join(facts)] if facts else []
    if data.get("mitto_id") and data["mitto_id"] != message.mitto_id:
        lines.append(f"id {data['mitto_id']}")
    detail = data.get("detail")
    if isinstance(detail, str) and detail != message.error and data.get("reason") != "accepted":
        lines.insert(0, detail)
    return tuple(lines)


def _of_report(entry: TimelineEntry) -> tuple[str, ...]:
    report = entry.report
    if report is None:
        return ()
    facts = []
    if report.status is ReportStatus.UNKNOWN or report.status_text.casefold() != report.status.value:
        facts.append(f"“{report.status_text}”")
    if report.error_code and report.error_code.strip("0"):
        facts.append(f"error {report.error_code}")
    if report.mccmnc:
        facts.append(f"network {report.mccmnc}")
    if report.provider_time is not None and abs((report.provider_time - entry.event.at).total_seconds()) > _APART:
        facts.append(f"Mitto’s time {report.provider_time.astimezone():%d %b %H:%M:%S}")
    return (" · ".join(facts),) if facts else ()

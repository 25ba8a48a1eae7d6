"""What the store gives back: plain records, free of SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.status import Event, ReportStatus, Status
from mitto_tui.sms.submission import OutcomeKind, WireType


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message as it is now. ``to`` is digits only; ``reference`` is the person's own; times are aware, UTC.

    ``error`` is one sentence on why it is still queued, rejected, failed, in doubt, undelivered or expired, else None.
    ``conflicting`` where final reports of one attempt contradict each other.
    """

    id: int
    profile: str
    campaign: int | None
    to: str
    sender: str
    text: str
    status: Status
    mitto_id: str | None
    reference: str | None
    encoding: Encoding | None
    type: WireType
    segments: int
    attempts: int
    test: bool
    created_at: datetime
    updated_at: datetime
    error: str | None
    validity: int | None
    pid: int | None
    udh: str | None
    flash: bool
    callback: str | None
    conflicting: bool = False


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt and the answer that stands for it. ``outcome`` is None while nobody knows how it ended.

    ``response_text``, ``mitto_id`` and ``raw`` are the provider's: hostile until shown literally.
    """

    message_id: int
    number: int
    token: str = field(repr=False)
    owner: str
    lease_until: datetime
    claimed_at: datetime
    finished_at: datetime | None
    outcome: OutcomeKind | None
    reason: str | None
    detail: str | None
    http_status: int | None
    response_code: int | None
    response_text: str | None
    mitto_id: str | None
    message_parts: int | None
    text_length: int | None
    provider_time: datetime | None
    retry_after: float | None
    test: bool | None
    raw: str | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One delivery report as it came. ``message_id`` and ``attempt`` are None while nobody knows whose it is.

    Every text is the sender's: hostile until shown literally.
    """

    id: int
    profile: str
    source: str
    received_at: datetime
    status: ReportStatus
    status_text: str
    mitto_id: str | None
    reference: str | None
    receiver: str | None
    error_code: str | None
    mccmnc: str | None
    provider_time: datetime | None
    message_id: int | None
    attempt: int | None
    raw: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened, in the order it was stored: its event, and what is known around it.

    ``attempt`` is the attempt it belongs to, if any. ``report`` is the raw report, for reports only; it may have been
    received before ``event.at``, if it came before anybody knew whose it was.
    """

    event: Event
    attempt: AttemptRow | None = None
    report: ReportRow | None = None


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which messages: all that meet every condition given. ``profile`` None means all profiles.

    ``statuses`` None means any (an empty collection: none). ``search`` is looked for literally, whatever its case, in
    text, sender, reference and Mitto's id; in the number where it looks like one; where it is a number, it is our own
    id, too; a reference as it went over the wire finds its message by the token.
    ``to`` is a whole number (anything but digits in it is ignored), ``sender`` a whole sender as it was written.
    Created at ``since`` or later, before ``until``.
    """

    profile: str | None = None
    statuses: Collection[Status] | None = None
    search: str = ""
    to: str | None = None
    sender: str | None = None
    campaign: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AppliedReport:
    """What became of a received report. ``message_id`` and ``status`` are None where nobody knows whose it is yet.

    ``status`` is the message's after it; ``changed`` tells whether that is another than before.
    """

    report_id: int
    message_id: int | None
    status: Status | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A message half written, exactly as typed. ``id`` is None until it is saved; ``options`` are JSON's own types."""

    id: int | None
    profile: str
    sender: str
    recipient: str
    text: str
    options: Mapping[str, object]
    updated_at: datetime
    name: str | None = None


@dataclass(frozen=True, slots=True)
class DraftHead:
    """A draft without its text. ``recipient`` is as typed; ``updated_at`` is UTC."""

    id: int
    name: str | None
    recipient: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SavedTemplate:
    """A text kept under a name, for all profiles. ``name`` is a line without blanks around it."""

    id: int
    name: str
    text: str
    updated_at: datetime

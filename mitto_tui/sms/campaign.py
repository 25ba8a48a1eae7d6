"""Campaigns on their way out: the words that the engine, the store and the screens share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Content, Outcome


class CampaignState(StrEnum):
    """Where a campaign stands. The words from ``DRAFT`` on are part of the command line's contract."""

    SAVING = "saving"
    """Its rows are being written: nobody sees it yet."""
    DRAFT = "draft"
    """Whole, and not approved: none of its rows is a message."""
    APPROVING = "approving"
    """Approved; its messages are being made, and none can be claimed before all are there."""
    READY = "ready"
    """All its messages are there, queued. Nobody has begun to send."""
    RUNNING = "running"
    """Its queued messages may be claimed."""
    PAUSED = "paused"
    """Nothing more may be claimed until a person resumes it. ``reason`` says why."""
    FINISHED = "finished"
    """Nothing is queued and nothing under way. Some may still be in doubt."""
    CANCELLED = "cancelled"
    """A person ended it: what was still queued is cancelled."""


class PauseReason(StrEnum):
    """Why a campaign is paused. The words are stable, for programs."""

    PERSON = "person"
    """Somebody paused it."""
    UNAUTHORISED = "unauthorised"
    """401 or 403: the key, or this machine's address."""
    UNREACHABLE = "unreachable"
    """A run of connection failures."""
    REJECTIONS = "rejections"
    """Too large a share of what was sent last was refused."""
    CANARY = "canary"
    """The first few were not delivered as they should, or no report came in time."""
    CLOSED = "closed"
    """The program that was sending it was closed, or ended."""
    STORE = "store"
    """What became of messages could not be stored."""
    FAULT = "fault"
    """A fault of this program's own."""


@dataclass(frozen=True, slots=True)
class Canary:
    """Send to the first ``first`` recipients, then wait up to ``wait`` seconds for their reports.

    It goes on by itself once ``share`` (0 to 1) of them are delivered, and is paused when that can't happen any more,
    or not in time.
    """

    first: int
    share: float = 0.8
    wait: float = 3600.0


@dataclass(frozen=True, slots=True)
class CampaignLimits:
    """How hard a campaign may push. ``rate`` is messages a second; None is no limit.

    ``chunk`` is how many recipients of one text go in a request at most; 1 means: each by itself. ``in_flight`` is how
    many requests may be without a stored answer at a time. ``max_rejected`` is the share (0 to 1) of refused messages
    above which it pauses.
    """

    chunk: int = 100
    in_flight: int = 16
    rate: float | None = None
    max_rejected: float = 0.5
    canary: Canary | None = None

    def as_json(self) -> Mapping[str, object]:
        """In JSON's own types, to be kept."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: Mapping[str, object]) -> CampaignLimits:
        """As ``as_json`` kept them. Raises ValueError for anything else."""
        try:
            values = dict(kept)
            canary = values.pop("canary", None)
            if canary is not None and not isinstance(canary, Mapping):
                raise TypeError
            return cls(**values, canary=None if canary is None else Canary(**canary))  # type: ignore[arg-type]
        except TypeError:
            raise ValueError("a campaign's limits make no sense") from None


@dataclass(frozen=True, slots=True)
class ClaimedRequest:
    """What goes out in one request: one claimed attempt each at some messages with the same content.

    The three sequences are side by side: messages' ids, their recipients (digits), and which attempt at each this is
    (from 1). All these attempts have the one ``token``. ``content.reference`` is the person's own, without it.
    """

    token: str
    content: Content
    message_ids: Sequence[int]
    recipients: Sequence[str]
    attempts: Sequence[int]

    def __len__(self) -> int:
        return len(self.message_ids)


@dataclass(frozen=True, slots=True)
class Answered:
    """How a claimed request ended: one outcome for each of its recipients, side by side.

    ``given_up`` are ids of its messages for which there is to be no further attempt, though nothing left.
    """

    request: ClaimedRequest
    outcomes: Sequence[Outcome]
    given_up: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one transaction of the engine's came to.

    ``state`` is the campaign's, as the store has it at that moment. ``claimed`` are new requests to send; ``statuses``
    are those of the messages of each ``Answered`` that was stored, in the same order, side by side. ``skipped`` counts
    messages that were not claimed because their recipients have opted out. ``more`` is whether any is still queued.
    ``programs`` is how many send campaigns of the same profile just now.
    """

    state: CampaignState
    claimed: Sequence[ClaimedRequest] = ()
    statuses: Sequence[Sequence[Status]] = ()
    skipped: int = 0
    more: bool = True
    programs: int = 1


@dataclass(frozen=True, slots=True)
class Phase:
    """What a run is doing, for people. ``until`` is the loop's time when it goes on, where that is known."""

    word: str
    sentence: str = ""
    until: float | None = None


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run of a campaign as it is at a moment. Counts are of messages, and of this run alone, unless said otherwise.

    ``counts`` are outcomes stored by this run, by the status they led to (queued: not taken, to be tried again).
    ``requests`` were sent. ``in_flight`` messages are claimed and have no stored answer yet. ``rate`` is messages a
    second over the last seconds. ``seconds`` it has been running.
    """

    phase: Phase
    counts: Mapping[Status, int] = field(default_factory=dict)
    requests: int = 0
    in_flight: int = 0
    rate: float = 0.0
    seconds: float = 0.0
    window: int = 0
    """Requests that may be under way just now: fewer than the limit after Mitto asked to slow down."""

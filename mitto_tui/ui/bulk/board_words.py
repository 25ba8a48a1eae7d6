"""What the board says of a campaign that is sent: how far, how fast, with what outcome, and what to do. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from textual.content import Content

from mitto_tui.sms.campaign import CampaignState, PauseReason, RunProgress
from mitto_tui.sms.status import Status
from mitto_tui.ui.bulk.check_words import counted, recipients_of
from mitto_tui.ui.literal import literal
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import ACCENT, DIM, FAINT, GOOD, WARN
from mitto_tui.ui.time_left import span

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign

_OPEN: Final = (Status.QUEUED, Status.SENDING)
_GOOD_WAY: Final = (
    Status.DELIVERED,
    Status.SENT,
    Status.BUFFERED,
    Status.ACCEPTED,
    Status.NO_REPORT,
    Status.SENDING,
    Status.QUEUED,
)
_OTHERS: Final = (
    Status.IN_DOUBT,
    Status.REJECTED,
    Status.UNDELIVERED,
    Status.EXPIRED,
    Status.FAILED,
    Status.ASSUMED_SENT,
    Status.SKIPPED,
    Status.CANCELLED,
)
_ALWAYS: Final = frozenset(
    {
        Status.DELIVERED,
        Status.SENT,
        Status.ACCEPTED,
        Status.SENDING,
        Status.QUEUED,
        Status.IN_DOUBT,
        Status.REJECTED,
        Status.UNDELIVERED,
        Status.FAILED,
        Status.SKIPPED,
    }
)
"""Shown though there are none: a column of numbers that jumps is hard to read."""
_REFUSED: Final = (Status.REJECTED, Status.FAILED)
_STOPPED: Final = (Status.SKIPPED, Status.CANCELLED)
_WORD: Final = 13
_COUNT: Final = 11
_SHARE: Final = 8
_BAR_LEAST: Final = 6
_BAR_MOST: Final = 24


@dataclass(frozen=True, slots=True)
class Board:
    """A campaign as it is shown. ``progress`` is that of this program's run, None where it has none.

    ``making`` is how far its approval has come in this program, 0 to 1. ``loop_time`` is the loop's time now.
    """

    campaign: Campaign
    counts: Mapping[Status, int] = field(default_factory=dict)
    progress: RunProgress | None = None
    making: float | None = None
    stopping: str = ""
    loop_time: float = 0.0

    @property
    def total(self) -> int:
        """Messages there are, or are to be."""
        return recipients_of(self.campaign.totals)

    @property
    def done(self) -> int:
        """Those that were dealt with, in doubt or not."""
        return max(sum(self.counts.values()) - self.open - self.counts.get(Status.CANCELLED, 0), 0)

    @property
    def open(self) -> int:
        """Those that are queued or on their way to Mitto."""
        return sum(self.counts.get(status, 0) for status in _OPEN)

    @property
    def in_doubt(self) -> int:
        """Those that may have been sent, or not."""
        return self.counts.get(Status.IN_DOUBT, 0)

    @property
    def share(self) -> float:
        """What is done, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

    @property
    def unmade(self) -> bool:
        """Whether not all of its messages have been made yet."""
        return self.campaign.state in (CampaignState.DRAFT, CampaignState.APPROVING)

    @property
    def waiting(self) -> bool:
        """Whether it was over, and some of it is queued again since."""
        return self.campaign.state is CampaignState.FINISHED and bool(self.counts.get(Status.QUEUED))

    @property
    def runs_here(self) -> bool:
        """Whether this program sends it."""
        return self.progress is not None


def merged(counts: Mapping[Status, int], before: Mapping[Status, int], now: Mapping[Status, int]) -> dict[Status, int]:
    """``counts``, read a moment ago when a run had stored ``before``, with what it has stored until ``now``."""
    found = dict(counts)
    moved = 0
    for status, number in now.items():
        if status not in _OPEN and (more := number - before.get(status, 0)) > 0:
            found[status] = found.get(status, 0) + more
            moved += more
    for status in (Status.SENDING, Status.QUEUED):
        taken = min(found.get(status, 0), moved)
        if taken:
            found[status] -= taken
            moved -= taken
    if moved:  # counted in both: what was read had it already
        return dict(counts)
    return found


# -- the head ---------------------------------------------------------------------------------------------------------

_HEADS: Final[Mapping[CampaignState, tuple[str, str, str]]] = {
    CampaignState.DRAFT: ("◌", "Being prepared", ACCENT),
    CampaignState.APPROVING: ("◌", "Being prepared", ACCENT),
    CampaignState.READY: ("◌", "Ready", ACCENT),
    CampaignState.RUNNING: ("▶", "Sending", f"bold {ACCENT}"),
    CampaignState.PAUSED: ("‖", "Paused", f"bold {WARN}"),
    CampaignState.FINISHED: ("✓", "Finished", f"bold {GOOD}"),
    CampaignState.CANCELLED: ("–", "Cancelled", "bold"),
}
_REASONS: Final[Mapping[PauseReason, str]] = {
    PauseReason.PERSON: "You paused it. Resume goes on where it stopped.",
    PauseReason.UNAUTHORISED: "Mitto refused the key or this machine’s address. Test the key in Settings, then resume.",
    PauseReason.UNREACHABLE: "Mitto could not be reached. Check the network, then resume.",
    PauseReason.REJECTIONS: "Too many messages were refused. Look at them in History, then resume or cancel.",
    PauseReason.CANARY: "Too few of the first messages were delivered. Look at them in History, then resume or cancel.",
    PauseReason.CLOSED: "mitto-tui was closed while it was being sent. Resume goes on where it stopped.",
    PauseReason.STORE: "What became of messages could not be stored. Make room on the disk, then resume.",
    PauseReason.FAULT: "Something in mitto-tui went wrong. What was stored is safe; resume goes on.",
}


def head(board: Board) -> Content:
    """Sign and word for where it stands, and how long it has been running: ``▶ Sending  1:23``."""
    sign, word, style = _HEADS.get(board.campaign.state, ("", board.campaign.state.value, ""))
    if board.stopping:
        word = board.stopping
    elif board.waiting:
        sign, word, style = "‖", "To be sent again", f"bold {WARN}"
    elif board.campaign.state is CampaignState.FINISHED and board.in_doubt:
        sign, style = words(Status.IN_DOUBT).sign, f"bold {WARN}"
        word = f"Finished, but {counted(board.in_doubt, 'message')} in doubt"
    pieces = [Content.styled(f"{sign} {word}", style)]
    if (seconds := _seconds(board)) is not None:
        pieces.append(Content.styled(f"  {clock(seconds)}", DIM))
    return Content("").join(pieces)


def _seconds(board: Board) -> float | None:
    if board.progress is not None:
        return board.progress.seconds
    campaign = board.campaign
    if campaign.state is CampaignState.FINISHED and campaign.started_at and campaign.finished_at:
        return (campaign.finished_at - campaign.started_at).total_seconds()
    return None


def clock(seconds: float) -> str:
    """``0:07``, ``12:03``, ``1:02:03``."""
    whole = max(int(seconds), 0)
    hours, rest = divmod(whole, 3600)
    tail = f"{rest % 60:02d}"
    return f"{hours}:{rest // 60:02d}:{tail}" if hours else f"{rest // 60}:{tail}"


def percent(share: float) -> str:
    """``41 %``; not 100 before everything is done, and not 0 once something is."""
    if 0 < share < 0.01:
        return "<1 %"
    return f"{int(share * 100 + 1e-9)} %"


def bar(share: float, width: int, *, style: str = ACCENT) -> Content:
    """A bar of ``width`` cells with what is done, and the share behind it."""
    room = max(width - 7, 4)
    filled = int(room * share + 1e-9) if share < 1 else room
    filled = max(filled, 1 if share > 0 else 0)
    return Content.assemble(("━" * filled, style), ("─" * (room - filled), FAINT), f"  {percent(share):>5}")


def facts(board: Board) -> Content:
    """``5,012 of 12,180 done · 812 a second · 9 s left · 16 of 16 requests under way``."""
    if board.unmade:
        return Content.styled(f"{counted(board.total, 'message')} to be made before the first one leaves", DIM)
    said: list[Content] = [Content.assemble((f"{board.done:,}", "bold"), f" of {board.total:,}")]
    progress = board.progress
    if progress is not None:
        if progress.phase.word != "canary":
            said.append(Content.assemble((rate_words(progress.rate), "bold"), " a second"))
        if progress.phase.word == "sending" and progress.rate > 0 and board.open:
            said.append(Content(f"{span(board.open / progress.rate)} left"))
        if progress.window:
            said.append(Content(_under_way(progress)))
    return Content.styled(" · ", FAINT).join(said)


def _under_way(progress: RunProgress) -> str:
    window = "1 request" if progress.window == 1 else f"{progress.window:,} requests"
    return f"{progress.in_flight:,} under way in up to {window}"


def rate_words(rate: float) -> str:
    """``0``, ``0.4``, ``812``, ``20,113``."""
    return f"{rate:.1f}" if 0 < rate < 9.95 else f"{rate:,.0f}"


# -- sentences --------------------------------------------------------------------------------------------------------


def sentence(board: Board) -> Content:
    """What is happening, or why nothing is and what to do. Empty where everything goes as it should."""
    state, progress = board.campaign.state, board.progress
    if board.waiting and progress is None:
        number = board.counts[Status.QUEUED]
        are, them = ("is", "it") if number == 1 else ("are", "them")
        return Content.styled(f"{counted(number, 'message')} {are} queued again. Resume sends {them}.", WARN)
    if board.stopping:
        return Content.styled("Waiting for the answers to what is on its way.", DIM)
    if progress is not None and state in (CampaignState.RUNNING, CampaignState.READY, CampaignState.PAUSED):
        return _phase(board, progress)
    match state:
        case CampaignState.APPROVING | CampaignState.DRAFT:
            if board.making is not None:
                return Content.styled("Each recipient’s message is stored. Nothing leaves before all are there.", DIM)
            return Content.styled("Its preparing was stopped; what was made stays. Resume goes on with it.", WARN)
        case CampaignState.READY:
            return Content.styled("Everything is prepared and nothing has been sent. Resume begins.", "")
        case CampaignState.RUNNING:
            return Content.styled("Another mitto-tui on this machine sends it. It can be paused from here.", DIM)
        case CampaignState.PAUSED:
            return literal(why_paused(board.campaign), 600, WARN)
        case _:
            return literal(summary(board), 600, "" if not board.in_doubt else WARN)


def _phase(board: Board, progress: RunProgress) -> Content:
    phase = progress.phase
    if not phase.sentence:
        return Content("")
    left = phase.until - board.loop_time if phase.until is not None else 0.0
    said = phase.sentence.strip()
    if left > 0 and phase.word == "canary":
        said = f"{said} Waiting {span(left)} more at most."
    elif left > 0:
        said = f"{said} Going on in {span(left)}."
    return literal(said, 600, WARN if phase.word not in ("sending", "finishing") else DIM)


def why_paused(campaign: Campaign) -> str:
    """Full sentences: why, and what to do."""
    return campaign.detail.strip() or _REASONS.get(campaign.reason or PauseReason.PERSON, "")


def summary(board: Board) -> str:
    """What came of it: ``1,204 messages: 1,190 taken by Mitto, 4 refused. 1,100 are delivered so far.``"""
    counts = board.counts
    taken = sum(counts.get(status, 0) for status in _GOOD_WAY if status not in _OPEN)
    taken += counts.get(Status.UNDELIVERED, 0) + counts.get(Status.EXPIRED, 0) + counts.get(Status.ASSUMED_SENT, 0)
    said = [f"{taken:,} taken by Mitto"]
    for status, word in (
        (_REFUSED, "not taken"),
        ((Status.IN_DOUBT,), "in doubt"),
        ((Status.SKIPPED,), "opted out since the check"),
        ((Status.CANCELLED,), "cancelled"),
    ):
        if number := sum(counts.get(one, 0) for one in status):
            said.append(f"{number:,} {word}")
    delivered = counts.get(Status.DELIVERED, 0)
    reports = ""
    if taken and board.campaign.options.get("test") is not True:
        late = sum(counts.get(one, 0) for one in (Status.ACCEPTED, Status.BUFFERED, Status.SENT))
        reports = f" {_are(delivered)} delivered" + (f"; reports of {late:,} are still to come." if late else ".")
    elif taken:
        reports = " It was a test: nothing was delivered or charged."
    return f"{counted(board.total, 'message')}: {', '.join(said)}.{reports}"


def _are(number: int) -> str:
    return "1 is" if number == 1 else f"{number:,} are"


# -- outcomes ---------------------------------------------------------------------------------------------------------


def outcome_lines(board: Board, width: int) -> Content:
    """Two columns of outcomes, with bars where there is room: what goes well, and what needs looking at."""
    counts, total = board.counts, max(sum(board.counts.values()), board.total, 1)
    columns = [
        [status for status in group if status in _ALWAYS or counts.get(status)] for group in (_GOOD_WAY, _OTHERS)
    ]
    room = max((width - 4) // 2, _WORD + _COUNT)
    lines = []
    for index in range(max(map(len, columns))):
        left, right = (
            _outcome(column[index], counts.get(column[index], 0), total, room) if index < len(column) else Content("")
            for column in columns
        )
        lines.append(left + Content(" " * (room - left.cell_length + 4)) + right)
    return Content("\n").join(lines)


def _outcome(status: Status, number: int, total: int, room: int) -> Content:
    shown = words(status)
    there = number > 0
    style = shown.style if there else FAINT
    line = Content.assemble(
        (f"{shown.sign} {shown.word:<{_WORD}}", style), (f"{number:>{_COUNT},}", "bold" if there else FAINT)
    )
    if room < line.cell_length + _SHARE:
        return line
    share = number / total
    line += Content.styled(f"{percent(share) if there else '':>{_SHARE}}", DIM)
    bar_room = min(room - line.cell_length - 2, _BAR_MOST)
    if bar_room >= _BAR_LEAST and there:
        line += Content("  ") + Content.styled("━" * max(int(bar_room * share), 1), style)
    return line


def attention(board: Board) -> Content:
    """``▲ 12 messages need attention: …``, or empty."""
    if not board.in_doubt:
        return Content("")
    shown = words(Status.IN_DOUBT)
    number = board.in_doubt
    subject, them = ("1 message is", "it") if number == 1 else (f"{number:,} messages are", "them")
    return Content.assemble(
        (f"{shown.sign} Needs attention: {number:,}", f"bold {WARN}"),
        f"  {subject} in doubt: nobody knows whether Mitto took {them}.",
    )


STYLES: Final = {
    CampaignState.RUNNING: ACCENT,
    CampaignState.PAUSED: WARN,
    CampaignState.FINISHED: GOOD,
    CampaignState.CANCELLED: DIM,
    CampaignState.READY: ACCENT,
    CampaignState.APPROVING: ACCENT,
    CampaignState.DRAFT: DIM,
}
"""A state's colour where it is one word."""
BAR_STYLES: Final = {CampaignState.PAUSED: WARN, CampaignState.FINISHED: GOOD, CampaignState.CANCELLED: DIM}

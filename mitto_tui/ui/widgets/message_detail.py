"""One message: what its status means and what to do, its text, its facts, and everything that happened to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from mitto_tui.sms.segments import Encoding
from mitto_tui.ui.history_rows import Line, masked
from mitto_tui.ui.history_words import Action, Explained, explain
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import DIM, FAINT, WARN
from mitto_tui.ui.timeline_words import tell
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.still_scroll import StillScroll

if TYPE_CHECKING:
    from mitto_tui.storage.rows import ReportRow, TimelineEntry

_FACT: Final = 7
_TIME: Final = 10
_RAW_SHORT: Final = 96
"""Characters of a raw answer or report that are shown unless all is asked for."""
_ENCODINGS: Final = {
    Encoding.GSM: "GSM",
    Encoding.UNICODE: "Unicode",
    Encoding.BINARY: "binary",
    None: "Mitto decides how",
}


@dataclass(frozen=True, slots=True)
class Detail:
    """A message and everything that happened to it. ``place`` says where its number is from.

    ``possible`` are reports that may be about it; ``other_profile`` is whose it is, if it isn't the open one's.
    """

    line: Line
    timeline: Sequence[TimelineEntry]
    place: str = ""
    possible: Sequence[ReportRow] = ()
    other_profile: str = ""

    @property
    def explained(self) -> Explained:
        """What its status means."""
        return explain(self.line.message, self.timeline)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What can be decided about it here."""
        if self.other_profile:
            return ()
        return (*self.explained.actions, *((Action.TAKE_REPORT,) if self.possible else ()))


class MessageDetail(StillScroll, can_focus=True):
    """Shows a ``Detail``, or what to do where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Scroll down", show=False),
        Binding("k", "scroll_up", "Scroll up", show=False),
        Binding("g", "scroll_home", "To the top", show=False),
        Binding("G,shift+g", "scroll_end", "To the end", show=False),
    ]

    class Decided(Message):
        """A button was pressed."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self, key_of: Callable[[Action], str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        """``key_of`` gives the key that does the same as an action's button."""
        super().__init__(id=id)
        self._key_of = key_of
        self._detail: Detail | None = None
        self.masked = False
        self.whole = False
        """Whether raw answers and reports are shown to their end."""

    def compose(self) -> ComposeResult:
        yield HangingText(0, id="detail-head")
        with Horizontal(id="detail-actions"):
            for action, label in _LABELS.items():
                yield Button(_button(label, self._key_of(action)), id=f"detail-{action.value}")
        yield Static(markup=False, id="detail-text")
        yield HangingText(_FACT, id="detail-facts")
        yield HangingText(_TIME, id="detail-timeline")

    def on_mount(self) -> None:
        self.redraw()

    @property
    def detail(self) -> Detail | None:
        """What is shown."""
        return self._detail

    def show(self, detail: Detail | None) -> None:
        """Show a message, from its start if it is another one."""
        before = self._detail
        if detail == before:
            return
        self._detail = detail
        if before is None or detail is None or before.line.message.id != detail.line.message.id:
            self.whole = False
            self.scroll_home(animate=False)
        self.redraw()

    def redraw(self) -> None:
        """Draw anew, after something about the looks has changed."""
        detail = self._detail
        for child in self.children:
            child.display = detail is not None
        if detail is None:
            return
        explained = detail.explained
        self.query_one("#detail-head", HangingText).show(self._head(detail, explained))
        for action in _LABELS:
            self.query_one(f"#detail-{action.value}").display = action in detail.actions
        self.query_one("#detail-actions").display = bool(detail.actions)
        self.query_one("#detail-text", Static).update(literal_block(detail.line.message.text))
        self.query_one("#detail-facts", HangingText).show(self._facts(detail))
        self.query_one("#detail-timeline", HangingText).show(self._timeline(detail))

    def _head(self, detail: Detail, explained: Explained) -> list[Paragraph]:
        message = detail.line.message
        shown = words(message.status)
        first: list[Any] = [(f"{shown.sign} {shown.word}", f"bold {shown.style}")]
        if message.test:
            first.append(("  test", WARN))
        paragraphs = [Content.assemble(*first), literal(explained.meaning, 600)]
        if explained.advice:
            paragraphs.append(literal(explained.advice, 600, DIM))
        if detail.other_profile:
            here = f"It belongs to the profile {detail.other_profile}: open that one to decide on it."
            paragraphs.append(literal(here, 200, WARN))
        elif detail.possible:
            number = "A report names" if len(detail.possible) == 1 else f"{len(detail.possible)} reports name"
            paragraphs.append(Content.styled(f"{number} its number and may be about it; see below.", WARN))
        if message.conflicting:
            paragraphs.append(Content.styled("Its reports contradict each other; all of them are below.", WARN))
        return [Paragraph(Content(""), paragraph) for paragraph in paragraphs]

    def _facts(self, detail: Detail) -> list[Paragraph]:
        message = detail.line.message
        parts = "1 part" if message.segments == 1 else f"{message.segments:,} parts"
        to = literal(self._number(detail.line.to), 40)
        if detail.place:
            to += Content.styled(f"   {detail.place}", DIM)
        facts: list[tuple[str, Content]] = [
            ("To", to),
            ("From", literal(message.sender, 60)),
            ("Size", Content.assemble(parts, (f"   {_ENCODINGS[message.encoding]}", DIM))),
            ("Stored", Content(f"{message.created_at.astimezone():%d %B %Y, %H:%M:%S}")),
        ]
        given = {
            "Id": message.mitto_id,
            "Ref.": message.reference,
            "Valid": None if message.validity is None else f"{message.validity:,} minutes",
            "UDH": message.udh,
            "PID": None if message.pid is None else str(message.pid),
            "Flash": "yes" if message.flash else None,
            "Callback": message.callback,
        }
        facts += [(label, literal(value, 300)) for label, value in given.items() if value]
        return [Paragraph(Content.styled(label, DIM), value) for label, value in facts]

    def _timeline(self, detail: Detail) -> list[Paragraph]:
        paragraphs: list[Paragraph] = []
        day = None
        for entry in detail.timeline:
            at = entry.event.at.astimezone()
            if day not in (None, at.date()):
                paragraphs.append(Paragraph(Content(""), Content.styled(f"{at:%d %B %Y}", DIM)))
            day = at.date()
            told = tell(entry, detail.line.message)
            body = [Content.styled(told.title, told.style)]
            body += [literal(self._unnumbered(line, detail), 400, DIM) for line in told.details]
            paragraphs.append(Paragraph(_clock(at), Content("\n").join(body)))
            if told.raw:
                paragraphs.append(Paragraph(Content(""), self._raw(told.raw, detail), fold=True))
        for report in detail.possible:
            at = report.received_at.astimezone()
            said = literal(f"Perhaps a report: {report.status_text}", 100, WARN)
            why = Content.styled("It names this number; nothing else proves that it is about this message.", DIM)
            paragraphs.append(Paragraph(_clock(at), Content("\n").join((said, why))))
            paragraphs.append(Paragraph(Content(""), self._raw(report.raw, detail), fold=True))
        return paragraphs

    def _raw(self, raw: str, detail: Detail) -> Content:
        raw = self._unnumbered(raw, detail)
        if self.whole or len(raw) <= _RAW_SHORT:
            return literal_block(raw, FAINT)
        return literal(raw[:_RAW_SHORT], style=FAINT) + Content.styled("…", DIM)

    def _number(self, display: str) -> str:
        return masked(display) if self.masked else display

    def _unnumbered(self, text: str, detail: Detail) -> str:
        """``text`` without the recipient's number in it, where numbers are masked."""
        digits = detail.line.message.to
        return text.replace(digits, masked(digits)) if self.masked and digits else text

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Decided(Action((event.button.id or "").removeprefix("detail-"))))


_LABELS: Final = {
    Action.ASSUME_SENT: "Take as sent",
    Action.SEND_AGAIN: "Send again",
    Action.SEND_NOW: "Send now",
    Action.TAKE_REPORT: "Take report",
}


def _button(label: str, key: str) -> Content:
    pieces: list[Any] = [label]
    if key:
        pieces.append((f"  {key}", "dim"))
    return Content.assemble(*pieces)


def _clock(at: datetime) -> Content:
    return Content.styled(f"{at:%H:%M:%S}", DIM)

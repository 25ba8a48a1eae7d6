"""What became of the messages sent from here: a line each, which follows the delivery reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from textwrap import wrap

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mitto_tui.sms.status import FINAL, Status
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.literal import literal, mask_numbers
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import DIM, FAINT, WARN

_KEPT = 50
_WORD = 13
"""Cells of the longest status word and a blank."""
_LINES = 3
"""Lines of explanation, at the most."""
_SETTLED = FINAL | {Status.REJECTED, Status.FAILED, Status.SKIPPED, Status.CANCELLED, Status.ASSUMED_SENT}
_numbers = count(1)


@dataclass(slots=True)
class Sent:
    """One message sent from here. ``to`` is the number for display, ``said`` a sentence worth adding to the status."""

    to: str
    text: str
    test: bool = False
    message_id: int | None = None
    status: Status = Status.SENDING
    mitto_id: str | None = None
    said: str = ""
    key: int = field(default_factory=lambda: next(_numbers))

    @property
    def settled(self) -> bool:
        """Whether nothing more can be expected to happen to it."""
        return self.status in _SETTLED or (self.test and self.status is not Status.SENDING)


class Outcomes(OptionList):
    """The newest first. Enter opens a message in History."""

    class Opened(Message):
        """A message that is stored was chosen."""

        def __init__(self, message_id: int) -> None:
            super().__init__()
            self.message_id = message_id

    def __init__(self) -> None:
        super().__init__(id="outcomes", classes="panel", markup=False)
        self.rows: list[Sent] = []
        self.masked = False
        self.border_title = "Sent from here"
        self.display = False

    def add(self, sent: Sent) -> None:
        """A new message, on its way."""
        self.rows.insert(0, sent)
        del self.rows[_KEPT:]
        self.redraw()

    def redraw(self) -> None:
        """Draw every row anew; what is highlighted stays so."""
        chosen = self.highlighted_option
        self.clear_options()
        self.add_options([Option(self._words(sent), id=_id(sent)) for sent in self.rows])
        self.display = bool(self.rows)
        if chosen is not None and chosen.id in self._id_to_option:
            self.highlighted = self.get_option_index(chosen.id)

    def update_row(self, sent: Sent) -> None:
        """Draw one row anew, if it is still kept."""
        if sent in self.rows:
            self.replace_option_prompt(_id(sent), self._words(sent))

    @property
    def _room(self) -> int:
        """Cells of a line, beside an option's padding and a scrollbar."""
        return self.content_region.width - 4

    def _words(self, sent: Sent) -> Content:
        shown = words(sent.status)
        to = mask_numbers(sent.to) if self.masked else sent.to
        head = Content.assemble(
            (f"{shown.sign} {shown.word:<{_WORD}}", f"bold {shown.style}"),
            ("test  ", WARN) if sent.test else "",
            literal(to, 24),
            "  ",
        )
        tail = self._id_words(sent)
        room = max(self._room - head.cell_length - tail.cell_length - 2, 10)
        text = literal(sent.text, room, DIM)
        line = head + text + Content(" " * max(room - text.cell_length + 2, 2)) + tail
        return Content("\n").join([line, *self._explanation(sent)])

    def _explanation(self, sent: Sent) -> list[Content]:
        """Below a message that did not simply go out: what happened, and what to do."""
        shown = words(sent.status)
        said = sent.said or (shown.meaning if sent.status is Status.IN_DOUBT else "")
        if not said:
            return []
        advice = "" if sent.status in (Status.REJECTED, Status.FAILED) else shown.advice
        width = max(self._room - _WORD - 2, 20)
        said = mask_numbers(said) if self.masked else said
        lines = wrap(one_line(f"{said} {advice}", 400), width, max_lines=_LINES, placeholder=" …")
        return [Content.styled(" " * (_WORD + 2) + line, DIM) for line in lines]

    def _id_words(self, sent: Sent) -> Content:
        """Mitto's id, whole where there is room for it and something of the text."""
        if not sent.mitto_id:
            return Content("")
        return Content.assemble(("id ", FAINT), literal(sent.mitto_id, 40 if self._room >= 90 else 9, DIM))

    def on_resize(self) -> None:
        self.redraw()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        message_id = self.rows[event.option_index].message_id
        if message_id is not None:
            self.post_message(self.Opened(message_id))


def _id(sent: Sent) -> str:
    return f"sent-{sent.key}"

"""A walk through rows of a list: the message as it is rendered for each, on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from mitto_tui.sms.message import MessageType
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.template_names import EmptyValue
from mitto_tui.ui.bulk.message_words import sign_of
from mitto_tui.ui.counting import parts, tally, why_not
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.themes import ACCENT, BAD, DIM, WARN
from mitto_tui.ui.widgets.phone_preview import Arriving, Phone

if TYPE_CHECKING:
    from mitto_tui.sms.template import Renderer

_SOON: Final = 0.05
_SIGNS: Final = 4
_ENCODINGS: Final = {Encoding.GSM: "GSM", Encoding.UNICODE: "Unicode", Encoding.BINARY: "binary"}


@dataclass(frozen=True, slots=True)
class Stop:
    """A row to be shown. ``to`` is digits, or empty where it isn't known yet; ``written`` is the cell with its number.

    ``longest`` and ``forces`` say what is remarkable about it (see ``Sample``); ``left_out`` is a sentence on why it
    gets no message.
    """

    row: int
    to: str
    written: str
    cells: tuple[str, ...]
    longest: bool = False
    forces: str = ""
    left_out: str = ""

    @property
    def remarkable(self) -> bool:
        """Whether there is a reason to look at this one."""
        return self.longest or bool(self.forces) or bool(self.left_out)


@dataclass(frozen=True, slots=True)
class Writing:
    """The message that is written. ``render`` is None where it can't be rendered, and then ``problem`` says why.

    ``current`` tells whether what is remarkable about the rows was found for this very text.
    """

    render: Renderer | None = None
    problem: str = ""
    sender: str = ""
    type: MessageType = MessageType.AUTO
    udh: bytes = b""
    flash: bool = False
    current: bool = False


class _Head(Widget):
    """Which row it is. Its ends are clicked to go on."""

    ALLOW_SELECT = False

    class Clicked(Message):
        """Go so many rows further."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self) -> None:
        super().__init__(classes="walk-head")
        self._words = Content("")

    def show(self, words: Content) -> None:
        if words != self._words:
            self._words = words
            self.refresh()

    def render(self) -> Content:
        room = max(self.size.width - 4, 1)
        words = self._words.truncate(room, ellipsis=True)
        return Content.assemble(("‹ ", ACCENT), words, " " * (room - words.cell_length), (" ›", ACCENT))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Clicked(-1 if event.x < self.size.width // 2 else 1))


class RowWalk(Vertical, can_focus=True):
    """Shows one row after the other: ``offer`` gives the rows, ``write`` the message. Left and right go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "The row before", show=False),
        Binding("right,space,enter", "step(1)", "The next row", show=False),
        Binding("home", "first", "The first row", show=False),
        Binding("end", "last", "The last row", show=False),
        Binding("up", "scroll_phone(-1)", "Scroll up", show=False),
        Binding("down", "scroll_phone(1)", "Scroll down", show=False),
        Binding("pageup", "scroll_phone(-5)", "Scroll up", show=False),
        Binding("pagedown", "scroll_phone(5)", "Scroll down", show=False),
    ]

    def __init__(self, number: Callable[[Stop], str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        """``number`` says how a row's number is to be shown."""
        super().__init__(id=id, classes="panel")
        self._number = number
        self._stops: tuple[Stop, ...] = ()
        self._index = 0
        self._writing = Writing()
        self._waiting: Timer | None = None
        self.border_title = "Row by row"

    def compose(self) -> ComposeResult:
        yield _Head()
        yield Static("", markup=False, classes="walk-said")
        yield Phone()

    def on_mount(self) -> None:
        self._draw()

    # -- where it is --------------------------------------------------------------------------------------------------

    @property
    def stop(self) -> Stop | None:
        """The row that is shown."""
        return self._stops[self._index] if self._stops else None

    @property
    def has_rows(self) -> bool:
        """Whether there is more than one row to go to."""
        return len(self._stops) > 1

    @property
    def has_remarkable(self) -> bool:
        """Whether a row is worth a look of its own."""
        return any(stop.remarkable for stop in self._stops)

    def offer(self, stops: Sequence[Stop]) -> None:
        """Walk through these from now on; the row that is shown stays, or the one that is nearest."""
        if (offered := tuple(stops)) == self._stops:
            return
        row = self.stop.row if self.stop is not None else 0
        self._stops = offered
        nearest = min(range(len(offered)), key=lambda index: abs(offered[index].row - row), default=0)
        self._index = nearest
        self._draw()

    def write(self, writing: Writing) -> None:
        """Show another message, a moment later: a key must not wait for it."""
        self._writing = writing
        if self._waiting is None:
            self._waiting = self.set_timer(_SOON, self._draw)

    def step(self, by: int) -> None:
        """Go ``by`` rows further, round the ends."""
        if self._stops:
            self._index = (self._index + by) % len(self._stops)
            self._draw()

    def next_remarkable(self) -> bool:
        """Go to the next row that is worth a look; False if there is none."""
        for by in range(1, len(self._stops) + 1):
            if self._stops[(self._index + by) % len(self._stops)].remarkable:
                self.step(by)
                return True
        return False

    def action_step(self, by: int) -> None:
        self.step(by)

    def action_first(self) -> None:
        self.step(-self._index)

    def action_last(self) -> None:
        self.step(-self._index - 1)

    def action_scroll_phone(self, by: int) -> None:
        self.query_one(Phone).scroll_relative(y=by, animate=False)

    @on(_Head.Clicked)
    def _clicked(self, event: _Head.Clicked) -> None:
        event.stop()
        self.step(event.by)

    # -- drawing ------------------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Numbers are to be shown in another way."""
        self._draw()

    def _draw(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        if not self.is_mounted:
            return
        head, said, phone = self.query_one(_Head), self.query_one(".walk-said", Static), self.query_one(Phone)
        stop = self.stop
        head.display = stop is not None
        self.border_title = f"Row by row · {self._index + 1:,} of {len(self._stops):,}" if stop else "Row by row"
        if stop is None:
            self._say(said, phone, Content.styled("The rows of the list stand here, each with its message.", DIM))
            self.border_subtitle = ""
            return
        words = Content.assemble((f"row {stop.row:,}", "bold"), (" · ", DIM), self._number(stop))
        writing, text = self._writing, None
        why = writing.problem
        if writing.render is not None:
            try:
                text = writing.render(stop.cells)
            except EmptyValue as error:
                why = str(error)
        if text is None:
            self._say(said, phone, literal_block(why, WARN if writing.render else DIM))
            if writing.render is not None:
                words += Content.styled(" · left out", WARN)
            self.border_subtitle = ""
        else:
            counted = tally(text, writing.type, writing.udh)
            chosen = counted.chosen
            words += Content.styled(" · ", DIM)
            if chosen.error is not None or chosen.encoding is None:
                words += Content.styled(why_not(chosen), BAD)
            elif text:
                style = WARN if chosen.encoding is Encoding.UNICODE else ""
                words += Content.assemble(f"{parts(chosen.segments)} ", (_ENCODINGS[chosen.encoding], style))
            else:
                words += Content.styled("no text", WARN)
            said.display = False
            phone.display = True
            phone.show(Arriving(counted, writing.sender, flash=writing.flash, udh=writing.udh))
            self.border_subtitle = self._remark(stop, text)
        head.show(words)

    def _say(self, said: Static, phone: Phone, words: Content) -> None:
        phone.display = False
        said.display = True
        said.update(words)

    def _remark(self, stop: Stop, text: str) -> Content:
        """What is remarkable about the row, as far as it is so still."""
        remarks: list[str] = []
        if stop.left_out:
            remarks.append(stop.left_out)
        if stop.longest and self._writing.current:
            remarks.append("the longest text")
        forces = [char for char in stop.forces if char in text]
        if forces and self._writing.type in (MessageType.AUTO, MessageType.MITTO):
            more = f" and {len(forces) - _SIGNS:,} more" if len(forces) > _SIGNS else ""
            remarks.append(f"Unicode for {', '.join(map(sign_of, forces[:_SIGNS]))}{more}")
        return literal(" · ".join(remarks), 60, WARN if forces or stop.left_out else DIM)

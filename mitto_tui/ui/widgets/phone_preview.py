"""How a message arrives: the sender, the text in a bubble as a phone wraps it, and where its parts meet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from mitto_tui.sms.message import MessageType
from mitto_tui.sms.segments import MAX_SEGMENTS, Count, Encoding
from mitto_tui.ui.counting import Tally, tally, why_not
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.themes import BAD, DIM, WARN
from mitto_tui.ui.widgets.segment_meter import unit_words

MOST_PARTS: Final = 10
"""Parts that are drawn; of the others their number is said."""
LEAST: Final = 8
"""Lines below which a column has no room for a phone."""
_OCTETS: Final = 8
_SOON: Final = 0.1
_LONG: Final = 5_000
_LATER: Final = 0.3


@dataclass(frozen=True, slots=True)
class Arriving:
    """What is about to arrive. ``sender`` is as typed, ``udh`` the header's octets."""

    tally: Tally
    sender: str = ""
    flash: bool = False
    udh: bytes = b""

    @property
    def count(self) -> Count:
        """The count of what is sent."""
        return self.tally.chosen


class Phone(VerticalScroll):
    """The message as the phone shows it. ``keys`` lets it take the focus, to be scrolled without a mouse."""

    def __init__(self, *, keys: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes="panel", can_focus=keys)
        self.border_title = "On the phone"

    def compose(self) -> ComposeResult:
        yield Static("", markup=False, classes="phone-sender")
        yield _Bubble()
        yield Static("", markup=False, classes="phone-note")

    def show(self, arriving: Arriving) -> None:
        """Show a message. Only once it is mounted."""
        sender = arriving.sender.strip()
        name = literal(sender, 32, "bold") if sender else Content.styled("no sender yet", DIM)
        flash = Content.styled("   flash message", WARN) if arriving.flash else Content("")
        self.query_one(".phone-sender", Static).update(name + flash)
        self.query_one(_Bubble).show(arriving)
        note = self.query_one(".phone-note", Static)
        note.update(words := _note(arriving))
        note.display = bool(words)
        note.set_class(bool(arriving.count.text) and arriving.count.error is None, "-below")


class PhonePreview(Vertical):
    """A ``Phone`` for the rest of a column: as high as it needs, hidden where less than ``LEAST`` lines are left."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._shown: Arriving | None = None
        self._next = Arriving(tally(""))
        self._waiting: Timer | None = None

    @property
    def _phone(self) -> Phone | None:
        """There is one as soon as there was room for it: its widgets would make the screen wait, seen or not."""
        return next(iter(self.query(Phone)), None)

    async def on_resize(self, event: Resize) -> None:
        room = event.size.height >= LEAST
        if (phone := self._phone) is not None:
            phone.display = room
        elif room:
            await self.mount(Phone())
            self._draw()

    def show(self, arriving: Arriving) -> None:
        """Show a message, a moment later: a key must not wait for it."""
        self._next = arriving
        long = len(arriving.count.text) > _LONG
        if self._waiting is not None:
            if not long:
                return
            self._waiting.stop()
        self._waiting = self.set_timer(_LATER if long else _SOON, self._show)

    def _show(self) -> None:
        self._waiting = None
        if self._next != self._shown:
            self._draw()

    def _draw(self) -> None:
        if (phone := self._phone) is not None:
            self._shown = self._next
            phone.show(self._shown)


class _Bubble(Widget):
    """The text, or the octets, of at most ``MOST_PARTS`` parts."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[Content] = []
        self._titles: list[str] = []
        self._laid: tuple[int, Content] = (-1, Content(""))
        self.display = False

    def show(self, arriving: Arriving) -> None:
        """Show this one; nothing where there is nothing to arrive."""
        count = arriving.count
        self._pieces = _pieces(arriving.tally)
        unit = unit_words(count)
        self._titles = [
            f"part {number} of {count.segments:,} · {units} {unit}"
            for number, units in enumerate(count.segment_units[: len(self._pieces)], 1)
        ]
        more = count.segments - len(self._pieces)
        if self._pieces and more:
            self._pieces.append(Content.styled(f"… and {more:,} more", DIM))
            self._titles.append("")
        self._laid = (-1, Content(""))
        self.display = bool(self._pieces)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._lay(width).plain.count("\n") + 1

    def render(self) -> Content:
        return self._lay(self.size.width)

    def _lay(self, width: int) -> Content:
        if self._laid[0] != width:
            lines: list[Content] = []
            for index, (piece, title) in enumerate(zip(self._pieces, self._titles, strict=True)):
                if index:
                    lines.append(Content.styled(f" {title} ".center(width, "─") if title else "─" * width, DIM))
                lines += piece.wrap(width) or [Content("")]
            self._laid = (width, Content("\n").join(line.rstrip() for line in lines))
        return self._laid[1]


def _pieces(shown: Tally) -> list[Content]:
    """The first parts, safe to draw."""
    count, text = shown.chosen, shown.chosen.text
    if count.error is not None or not text:
        return []
    starts = shown.part_starts[: MOST_PARTS + 1]
    ends = (*starts, len(text)) if len(starts) <= MOST_PARTS else starts
    parts = [text[start:end] for start, end in pairwise(ends)]
    if count.encoding is Encoding.BINARY:
        return [Content(_octets(part)) for part in parts]
    # A line break of two characters may be cut by the end of a part; it breaks the line once all the same.
    return [
        literal_block(part[:-1] if part.endswith("\r") and after.startswith("\n") else part)
        for part, after in pairwise([*parts, ""])
    ]


def _octets(digits: str) -> str:
    octets = [digits[at : at + 2].upper() for at in range(0, len(digits), 2)]
    return "\n".join(" ".join(octets[at : at + _OCTETS]) for at in range(0, len(octets), _OCTETS))


def _note(shown: Arriving) -> Content:
    """What a picture can't say."""
    count = shown.count
    if not count.text:
        return Content.styled("What you write stands here as it arrives.", DIM)
    if count.error is not None:
        return Content.assemble(("It can't be sent like this: ", BAD), (f"{why_not(count)}.", BAD))
    said: list[str] = []
    if count.encoding is Encoding.BINARY:
        said.append("Octets for a program on the phone; it shows no text.")
    if shown.flash:
        said.append("It comes up at once, over everything, and is often not kept.")
    if count.segments > 1:
        said.append("Phones join the parts into one message.")
    if shown.tally.type is MessageType.MITTO:
        said.append("By our count; Mitto decides the encoding.")
    if shown.udh:
        said.append(f"Each part has a header of {len(shown.udh)} octets of yours.")
    too_long = Content.styled(f"Too long to be sent: {MAX_SEGMENTS} parts at most. ", BAD) if count.too_long else ""
    return Content.assemble(too_long, (" ".join(said), DIM))

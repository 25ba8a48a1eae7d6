"""What the text costs: every encoding at once where there is room, one line where there is not."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widget import Widget

from mitto_tui.sms.message import MessageType
from mitto_tui.sms.segments import Count, CountError, Encoding
from mitto_tui.ui.cost import Cost, Price, cost, most_segments
from mitto_tui.ui.counting import COUNTED, Tally, misfits, parts, tally, why_not
from mitto_tui.ui.themes import ACCENT, BAD, DIM, WARN

NAMES: Final = {
    MessageType.AUTO: "Auto",
    MessageType.GSM: "GSM",
    MessageType.UNICODE: "Unicode",
    MessageType.BINARY: "Binary",
    MessageType.MITTO: "Mitto decides",
}
_ENCODINGS: Final = {Encoding.GSM: "GSM", Encoding.UNICODE: "Unicode", Encoding.BINARY: "Binary"}
_DECIDING: Final = {MessageType.AUTO: "Auto", MessageType.MITTO: "Mitto"}
"""The choices that leave the encoding to somebody."""
_TABLE_HEIGHT: Final = 6
_COLUMNS: Final = ("chars", "units", "parts", "left")

Piece = str | tuple[str, str]


class SegmentMeter(Widget):
    """Draws a ``Tally``. Higher than one line it is a table of eight lines, else one line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._tally = tally("")
        self._price: Price | None = None
        self.warn_from = 0
        """Parts above which the number of parts is a warning; 0: none."""

    @property
    def price(self) -> Price | None:
        """What a part costs where the message goes; None: nothing is said of costs."""
        return self._price

    @price.setter
    def price(self, price: Price | None) -> None:
        if price != self._price:
            self._price = price
            self.refresh()

    def show(self, new: Tally) -> None:
        """Draw another tally."""
        if new is not self._tally:
            self._tally = new
            self.refresh()

    def render(self) -> Content:
        if self.size.height >= _TABLE_HEIGHT:
            return self._table()
        return _line(self._tally, self.size.width, self._parts_style(), self._cost())

    def _parts_style(self) -> str:
        chosen = self._tally.chosen
        if chosen.too_long:
            return f"bold {BAD}"
        if self.warn_from and chosen.segments > self.warn_from:
            return f"bold {WARN}"
        return "bold"

    def _cost(self) -> Cost | None:
        shown = self._tally
        if shown.chosen.too_long or not shown.chosen.text:
            return None
        most = most_segments(shown.by_type) if shown.type is MessageType.MITTO else 0
        return cost(self._price, shown.chosen, most)

    def _table(self) -> Content:
        shown, costs = self._tally, self._cost()
        rows = [Content.styled(f"{'':<10}" + "".join(f"{word:>7}" for word in _COLUMNS), DIM)]
        rows.append(_decision(shown))
        rows += [_encoding(shown, kind) for kind in COUNTED]
        if costs is None:
            rows.append(Content(""))
        rows.append(_bar(shown.chosen, self.size.width))
        rows.append(_sentence(shown, self._parts_style()))
        if costs is not None:
            rows.append(_cost_line(costs))
        return Content("\n").join([row.truncate(self.size.width, ellipsis=True) for row in rows])


def _decision(shown: Tally) -> Content:
    """The row of Auto, or of Mitto where it decides: what it comes to."""
    kind = MessageType.MITTO if shown.type is MessageType.MITTO else MessageType.AUTO
    count = shown.by_type[MessageType.AUTO]
    chosen = kind is shown.type
    label = _label(_DECIDING[kind], chosen=chosen)
    if count.error is CountError.UDH_LENGTH:
        return label + Content.styled("  —", DIM)  # wrong in every encoding, and so said once, below
    if count.encoding is None:
        return label + Content.styled(f"  {why_not(count)}", BAD if chosen else DIM)
    ours = "  by our count" if kind is MessageType.MITTO else ""
    return label + _assemble(("  → ", DIM), (_ENCODINGS[count.encoding], "bold" if chosen else DIM), (ours, DIM))


def _encoding(shown: Tally, kind: MessageType) -> Content:
    """The row of one encoding: bright where it is the one that is sent."""
    count = shown.by_type[kind]
    asked = kind is shown.type
    label = _label(NAMES[kind], chosen=asked)
    if count.error is CountError.UDH_LENGTH:
        return label + Content.styled("  —", DIM)
    if count.error is not None:
        reason = "not hex digits" if count.error is CountError.NOT_HEX and not asked else why_not(count)
        return label + Content.styled(f"  {reason}", BAD if asked else DIM)
    numbers = (_number(number) for number in (count.characters, count.units, count.segments, count.remaining))
    cells = "".join(f"{number:>7}" for number in numbers)
    sent = count.encoding is shown.chosen.encoding
    return label + Content.styled(cells, "bold" if sent else DIM)


def _label(name: str, *, chosen: bool) -> Content:
    return Content.styled(f"{'›' if chosen else ' '} {name:<8}", f"bold {ACCENT}" if chosen else "")


def _number(number: int) -> str:
    return f"{number:,}" if number < 100_000 else f"{number // 1000:,}k"


def _assemble(*pieces: Piece) -> Content:
    return Content.assemble(*pieces)


def _bar(count: Count, width: int) -> Content:
    """How full the last part is."""
    if count.error is not None:
        return Content("")
    used = count.per_segment - count.remaining
    label = f" {used} / {count.per_segment}"
    length = max(width - len(label), 4)
    halves = round(2 * length * used / count.per_segment) if count.per_segment else 0
    if used and not halves:
        halves = 1
    full, half = divmod(halves, 2)
    return _assemble(
        ("━" * full + ("╸" if half else ""), "$accent"),
        ("━" * (length - full - half), "$border-blurred"),
        (label, DIM),
    )


def _sentence(shown: Tally, parts_style: str) -> Content:
    """What will go over the air, in words."""
    count = shown.chosen
    if count.error is not None:
        reason = why_not(count) if count.error is CountError.UDH_LENGTH else "it can't be sent like this"
        return Content.styled(f"{reason[0].upper()}{reason[1:]}.", BAD)
    assert count.encoding is not None
    pieces: list[Piece] = [(f"{_ENCODINGS[count.encoding]}, ", DIM), (parts(count.segments), parts_style)]
    if count.too_long:
        pieces.append((", 255 at most", BAD))
    elif shown.type is MessageType.MITTO and (most := most_segments(shown.by_type)) > count.segments:
        pieces.append((f"; as Unicode {parts(most)}", DIM))
    elif count.segments > 1:
        pieces.append((f", {count.per_segment} {unit_words(count)} each", DIM))
    return _assemble(*pieces)


def _cost_line(costs: Cost) -> Content:
    """What it costs, and how that comes about."""
    how = costs.worst_words or (f"{costs.segments} × {costs.price.each}" if costs.segments > 1 else "")
    return _assemble((costs.words, "bold"), (f"   {how}" if how else "", DIM))


def unit_words(count: Count) -> str:
    """What a part is filled with."""
    if count.encoding is Encoding.BINARY:
        return "octets"
    return "septets" if count.encoding is Encoding.GSM else "units"


def _line(shown: Tally, width: int, parts_style: str, costs: Cost | None = None) -> Content:
    """The meter on one line; what matters least is left out first."""
    count = shown.chosen
    name = _DECIDING.get(shown.type, NAMES[shown.type])
    if count.error is not None:
        return _with_others(_assemble((f"{name}  ", f"bold {ACCENT}"), (why_not(count), BAD)), shown, width)
    assert count.encoding is not None
    encoding = _ENCODINGS[count.encoding]
    line = _assemble((f"{name}→{encoding}" if shown.type in _DECIDING else name, f"bold {ACCENT}"))
    line += _assemble(f"  {count.per_segment - count.remaining}/{count.per_segment}  ")
    line += _assemble((parts(count.segments), parts_style))
    more: list[Piece] = [(" of 255 at most" if count.too_long else f"  {count.remaining} left", DIM)]
    if costs is not None:
        more.append(f"  {costs.words}")
        if costs.worst_words:
            more.append((f" {costs.worst_words}", DIM))
    if count.units != count.characters or count.segments > 1:
        more.append((f"  {count.characters:,} chars", DIM))
    for piece in more:
        longer = line + _assemble(piece)
        if longer.cell_length > width:
            return line
        line = longer
    return _with_others(line, shown, width)


def _with_others(line: Content, shown: Tally, width: int) -> Content:
    """At the right, the encodings that are not sent, as far as there is room."""
    others: list[str] = []
    if shown.chosen.error is CountError.UDH_LENGTH:
        return line
    for kind in COUNTED:
        other = shown.by_type[kind]
        if kind is shown.type or (other.encoding is not None and other.encoding is shown.chosen.encoding):
            continue
        if other.error is None:
            others.append(f"{NAMES[kind]} {other.segments:,}")
        else:
            others.append(f"{NAMES[kind]} ✕{misfits(other) if other.error is CountError.NOT_GSM else ''}")
    while others:
        tail = Content.styled(" · ".join(others), DIM)
        gap = width - line.cell_length - tail.cell_length
        if gap >= 2:
            return line + Content(" " * gap) + tail
        others.pop()
    return line

"""What the text costs: every encoding at once where there is room, one line where there is not."""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.widget import Widget

from mitto_tui.sms.message import MessageType
from mitto_tui.sms.segments import Count, CountError, Encoding
from mitto_tui.ui.counting import COUNTED, Tally, parts, tally, why_not
from mitto_tui.ui.themes import ACCENT, BAD, DIM, WARN

NAMES = {
    MessageType.AUTO: "Auto",
    MessageType.GSM: "GSM",
    MessageType.UNICODE: "Unicode",
    MessageType.BINARY: "Binary",
    MessageType.MITTO: "Mitto decides",
}
_ENCODINGS = {Encoding.GSM: "GSM", Encoding.UNICODE: "Unicode", Encoding.BINARY: "Binary"}
_TABLE_HEIGHT = 6

Piece = str | tuple[str, str]


class SegmentMeter(Widget):
    """Draws a ``Tally``. Higher than one line it is a table, else one line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._tally = tally("")
        self.warn_from = 0

    def show(self, new: Tally) -> None:
        """Draw another tally."""
        if new is not self._tally:
            self._tally = new
            self.refresh()

    def render(self) -> Content:
        if self.size.height >= _TABLE_HEIGHT:
            return self._table()
        return _line(self._tally, self.size.width, self._parts_style())

    def _parts_style(self) -> str:
        chosen = self._tally.chosen
        if chosen.too_long:
            return f"bold {BAD}"
        if self.warn_from and chosen.segments > self.warn_from:
            return f"bold {WARN}"
        return "bold"

    def _table(self) -> Content:
        shown = self._tally
        rows = [_row([("", 10), ("chars", 7), ("units", 7), ("parts", 7), ("left", 7)], DIM)]
        auto = MessageType.MITTO if shown.type is MessageType.MITTO else MessageType.AUTO
        for kind in (auto, *COUNTED):
            rows.append(self._encoding_row(kind))
        rows.append(Content(""))
        rows.append(_bar(shown.chosen, self.size.width))
        rows.append(_sentence(shown, self._parts_style()))
        return Content("\n").join(rows)

    def _encoding_row(self, kind: MessageType) -> Content:
        count = self._tally.by_type[MessageType.AUTO if kind is MessageType.MITTO else kind]
        chosen = kind is self._tally.type
        mark = "› " if chosen else "  "
        name = "Mitto" if kind is MessageType.MITTO else NAMES[kind]
        label = f"{mark}{name}"
        reason = "not hex digits" if count.error is CountError.NOT_HEX and not chosen else why_not(count)
        if reason and count.error is not None:
            return _assemble((f"{label:<12}", f"bold {ACCENT}" if chosen else ""), (reason, BAD if chosen else DIM))
        cells = f"{count.characters:>5,}{count.units:>7,}{count.segments:>7,}{count.remaining:>7,}"
        if chosen:
            return _assemble((f"{label:<12}", f"bold {ACCENT}"), (cells, "bold"))
        return _assemble(f"{label:<12}", (cells, DIM))


def _assemble(*pieces: Piece) -> Content:
    return Content.assemble(*pieces)


def _row(cells: list[tuple[str, int]], style: str) -> Content:
    first, *rest = cells
    return Content.styled(f"{first[0]:<{first[1]}}" + "".join(f"{text:>{width}}" for text, width in rest), style)


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
        return Content.styled("It can't be sent like this.", BAD)
    assert count.encoding is not None
    encoding = _ENCODINGS[count.encoding]
    pieces: list[Piece] = [(f"{encoding}, ", DIM), (parts(count.segments), parts_style)]
    if shown.type is MessageType.MITTO:
        pieces.append((" by our count; Mitto decides", DIM))
    elif count.too_long:
        pieces.append((", 255 at most", BAD))
    elif count.segments > 1:
        pieces.append((f", {count.per_segment} {_unit(count)} each", DIM))
    return Content.assemble(*pieces)


def _unit(count: Count) -> str:
    if count.encoding is Encoding.BINARY:
        return "octets"
    return "septets" if count.encoding is Encoding.GSM else "units"


def _line(shown: Tally, width: int, parts_style: str) -> Content:
    """The meter on one line; what matters least is left out first."""
    count = shown.chosen
    name = "Mitto" if shown.type is MessageType.MITTO else NAMES[shown.type]
    if count.error is not None:
        head: list[Piece] = [(f"{name} ", f"bold {ACCENT}"), (why_not(count), BAD)]
    else:
        assert count.encoding is not None
        encoding = _ENCODINGS[count.encoding]
        head = [(f"{name}→{encoding}" if name in ("Auto", "Mitto") else name, f"bold {ACCENT}")]
        used = count.per_segment - count.remaining
        head += [f"  {used}/{count.per_segment}  ", (parts(count.segments), parts_style)]
        head.append((" of 255 at most" if count.too_long else f"  {count.remaining} left", DIM))
        if count.units != count.characters or count.segments > 1:
            head.append((f"  {count.characters:,} chars", DIM))
    line = Content.assemble(*head)
    others: list[Any] = []
    for kind in COUNTED:
        other = shown.by_type[kind]
        if count.encoding is not None and kind.value == count.encoding.value:
            continue
        if other.error is not None:
            short = f"✕{len(other.offending)}" if kind is MessageType.GSM else "✕"
            others.append(f"{NAMES[kind]} {short}")
        else:
            others.append(f"{NAMES[kind]} {other.segments:,}")
    while others:
        tail = Content.styled(" · ".join(others), DIM)
        gap = width - line.cell_length - tail.cell_length
        if gap >= 2:
            return line + Content(" " * gap) + tail
        others.pop()
    return line

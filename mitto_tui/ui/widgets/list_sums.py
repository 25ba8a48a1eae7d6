"""What a message comes to over the whole list: a panel where there is room, one line where there is not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from mitto_tui.ui.bulk.message_words import Bar, bars, blank_words, forcing_words, left_out, many
from mitto_tui.ui.counting import parts
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import ACCENT, BAD, DIM, FAINT, WARN

if TYPE_CHECKING:
    from mitto_tui.recipients.totals import Totals
    from mitto_tui.ui.list_cost import ListCost
    from mitto_tui.workspace.list_check import Sums

_LABEL: Final = 12
_TITLE: Final = "The whole list"
_PROGRESS: Final = 16
_BARS: Final = 4
_BAR: Final = 40
"""Cells of the longest bar."""
_CHARACTERS: Final = 6
_COUNTRIES: Final = 4


class Standing(Enum):
    """What the sums are worth."""

    NONE = "none"
    CURRENT = "current"
    PARTIAL = "partial"
    """Those of the rows so far."""
    OLD = "old"
    """Of another message than the one that stands there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be drawn. ``words`` say how far the count is, or why there is none; ``share`` is 0 to 1.

    ``failed`` is set where ``words`` tell of a failure.
    """

    sums: Sums | None = None
    cost: ListCost | None = None
    standing: Standing = Standing.NONE
    words: str = ""
    share: float = 0.0
    failed: bool = False


class ListSums(Widget):
    """Draws a ``Shown``. In one line (``line``) or as many as it needs."""

    def __init__(self, *, line: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes="" if line else "panel")
        self._line = line
        self._shown = Shown()
        self._laid: tuple[int, Content] = (-1, Content(""))
        if not line:
            self.border_title = _TITLE

    def show(self, shown: Shown) -> None:
        """Draw something else."""
        if shown == self._shown:
            return
        before = self._laid[1].plain.count("\n")
        self._shown = shown
        if not self._line:
            self.border_title = title_of(shown)
        self._laid = (-1, Content(""))
        if self._line or not self.is_mounted:
            self.refresh()
        else:  # most often only figures change, and then nothing else has to move
            self.refresh(layout=self._lay(self.content_region.width).plain.count("\n") != before)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1 if self._line else self._lay(width).plain.count("\n") + 1

    def render(self) -> Content:
        return self._lay(self.content_region.width)

    def _lay(self, width: int) -> Content:
        if self._laid[0] != width:
            lines = [line_of(self._shown, width)] if self._line else panel_of(self._shown, width)
            self._laid = (width, Content("\n").join(line.truncate(width, ellipsis=True) for line in lines))
        return self._laid[1]


def line_of(shown: Shown, width: int) -> Content:
    """All of it on one line, the most important first."""
    state = Content.styled(shown.words, BAD if shown.failed else DIM)
    sums = shown.sums
    if sums is None or shown.standing is Standing.NONE:
        return state
    totals = sums.totals
    pieces = [many(totals.ok, "recipient"), parts(totals.segments)]
    if gone := totals.rows - totals.ok:
        pieces.append(f"{gone:,} left out")
    if totals.unicode:
        pieces.append(f"{totals.unicode:,} Unicode")
    if shown.cost is not None:
        pieces.append(shown.cost.worst_words or shown.cost.words)
    old = shown.standing is Standing.OLD
    line = Content.styled(" · ", DIM).join(
        Content.styled(piece, FAINT if old else "bold" if index < 2 else "") for index, piece in enumerate(pieces)
    )
    if not shown.words:
        return line
    room = max(width - state.cell_length - 3, 10)
    return state + Content("   ") + line.truncate(room, ellipsis=True)


def panel_of(shown: Shown, width: int) -> list[Content]:
    """The sums, line by line; where there are none, why."""
    sums = shown.sums
    if sums is None or shown.standing is Standing.NONE:
        return [literal(shown.words, style=BAD if shown.failed else DIM)]
    lines = _sums_lines(sums, shown.cost, width)
    if shown.standing is Standing.OLD:
        return [Content.styled(line.plain, FAINT) for line in lines]
    return lines


def title_of(shown: Shown) -> Content:
    """What the panel is about, and how far the count is."""
    if shown.standing in (Standing.NONE, Standing.CURRENT):
        return Content(_TITLE)
    if not shown.share:
        return Content(f"{_TITLE} · {shown.words}")
    full, half = divmod(round(2 * _PROGRESS * shown.share), 2)
    return Content.assemble(
        f"{_TITLE}  ",
        ("━" * full + ("╸" if half else ""), "$accent"),
        ("━" * (_PROGRESS - full - half), "$border-blurred"),
        f" {shown.words} ",
    )


def _sums_lines(sums: Sums, costs: ListCost | None, width: int) -> list[Content]:
    totals = sums.totals
    lines = [_labelled("Recipients", _recipients(sums))]
    if not totals.ok:
        return lines
    lines.append(_labelled("Parts", _parts(sums)))
    lines += _histogram(bars(totals.histogram(), _BARS), width)
    if costs is not None:
        lines.append(_labelled("Cost", _cost(costs)))
    if totals.unicode:
        words = Content.styled(many(totals.unicode, "row"), f"bold {WARN}")
        lines.append(_labelled("Unicode", words + _forcing(totals, width - _LABEL - words.cell_length)))
    lines += [_labelled("Blank", Content.styled(words, WARN)) for words in blank_words(sums.blanks)]
    return lines


def _labelled(label: str, words: Content) -> Content:
    return Content.styled(f"{label:<{_LABEL}}", DIM) + words


def _recipients(sums: Sums) -> Content:
    totals = sums.totals
    words = Content.styled(f"{totals.ok:,}", "bold" if totals.ok else f"bold {BAD}")
    if totals.rows == totals.ok:
        return words + Content.styled(", every row of the list", DIM)
    gone = many(totals.rows - totals.ok, "row")
    words += Content.styled(f" of {many(totals.rows, 'row')}   {gone} left out: ", DIM)
    return words + Content(", ".join(left_out(totals)))


def _parts(sums: Sums) -> Content:
    totals = sums.totals
    words = Content.styled(f"{totals.segments:,}", "bold")
    if sums.worst:
        most = sum(sums.worst.values())
        words += Content.styled("   by our count; Mitto decides", DIM)
        if most > totals.segments:
            words += Content(f", up to {most:,}")
    longest = totals.longest
    if longest.row and totals.ok > 1:
        size = f"{longest.characters:,} characters, {parts(longest.segments)}"
        words += Content.styled(f"   longest: row {longest.row:,}, {size}", DIM)
    return words


def _histogram(drawn: list[Bar], width: int) -> list[Content]:
    if len(drawn) < 2:
        return []
    widest = max(len(bar.label) for bar in drawn)
    figures = max(len(f"{bar.rows:,}") for bar in drawn)
    room = max(min(width - _LABEL - widest - figures - 4, _BAR), 4)
    lines = []
    for bar in drawn:
        full, half = divmod(bar.halves(room), 2)
        lines.append(
            Content.assemble(
                " " * _LABEL,
                (f"{bar.label:<{widest}}  ", DIM),
                ("━" * full + ("╸" if half else ""), ACCENT),
                f" {bar.rows:,}",
            )
        )
    return lines


def _forcing(totals: Totals, room: int) -> Content:
    """As many of the characters as there is room for."""
    forcing = totals.forcing()
    for most in range(min(len(forcing), _CHARACTERS), 0, -1):
        words = Content.styled("   for ", DIM) + Content(" · ".join(forcing_words(forcing, most)))
        if words.cell_length <= room or most == 1:
            return words
    return Content("")


def _cost(costs: ListCost) -> Content:
    words = Content.styled(costs.words, "bold")
    if costs.worst_words:
        words += Content(f", {costs.worst_words}")
    if len(costs.priced) > 1:
        shown = [f"{one.name} {one.cost.words}" for one in costs.priced[:_COUNTRIES] if one.cost]
        if more := len(costs.priced) - _COUNTRIES:
            shown += [f"{more:,} more countries"] if more > 1 else [] if more < 0 else ["1 more country"]
        words += Content.styled(f"   {' · '.join(shown)}", DIM)
    if costs.without:
        names = ", ".join(one.name for one in costs.without[:_COUNTRIES])
        words += Content.styled(f"   without a price: {many(costs.rows_without, 'recipient')} ({names})", WARN)
    return words

"""One of a few filters, each with how many there are. Arrows or a click choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from mitto_tui.sms.status import Status
from mitto_tui.ui.history_rows import Group
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import DIM, FAINT

_EDGES: Final = 2
"""Columns left and right of the line."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter. ``group`` is what it stands for, ``style`` the colour it has where there are any, or empty."""

    group: Any
    word: str
    sign: str
    count: int
    style: str = ""


Shortening = Callable[[Chip, bool], tuple[str, str]]
"""From a chip, and whether it is to be told in full, to its word and its number."""


def whole(chip: Chip, full: bool) -> tuple[str, str]:
    """Word and number, whatever the room."""
    del full
    return chip.word, f"{chip.count:,}" if chip.count or not chip.sign else ""


def signs(chip: Chip, full: bool) -> tuple[str, str]:
    """A sign and the number; the word only in full."""
    word, number = whole(chip, full)
    return word if full else "", number


class ChipLine(Widget, can_focus=True):
    """Filters in one line. Where that is too short, signs stand for all but the chosen one and the first.

    Subclass it with ``chips``; ``SHORTENINGS`` are tried until one fits, and the last is taken in any case.
    """

    ALLOW_SELECT = False
    SHORTENINGS: ClassVar[tuple[Shortening, ...]] = (whole, signs)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "The one before", show=False),
        Binding("right", "step(1)", "The next one", show=False),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down,enter", "app.focus_next", "The list", show=False),
    ]

    group: reactive[Any] = reactive(None, layout=True)

    class Chosen(Message):
        """Another group was chosen."""

        def __init__(self, group: Any) -> None:
            super().__init__()
            self.group = group

    def chips(self) -> Sequence[Chip]:
        """The filters, in their order. The first is for everything, and has no sign."""
        raise NotImplementedError

    def render(self) -> Content:
        return Content(" ").join(self._drawn())

    def _drawn(self) -> list[Content]:
        chips = self.chips()
        drawn: list[Content] = []
        for shorten in self.SHORTENINGS:
            drawn = [self._draw(chip, *shorten(chip, chip.group is self.group or not chip.sign)) for chip in chips]
            if sum(chip.cell_length + 1 for chip in drawn) - 1 <= self.screen.size.width - _EDGES:
                break
        return drawn

    def _draw(self, chip: Chip, word: str, number: str) -> Content:
        shown = f" {' '.join(part for part in (chip.sign, word, number) if part)} "
        if chip.group is self.group:
            return Content.styled(
                shown, "bold $background on $accent" if self.has_focus else "bold $foreground on $panel"
            )
        if chip.style and chip.count:
            return Content.styled(shown, chip.style)
        return Content.styled(shown, DIM if chip.count else FAINT)

    def watch_group(self, group: Any) -> None:
        self.post_message(self.Chosen(group))

    def action_step(self, by: int) -> None:
        groups = [chip.group for chip in self.chips()]
        self.group = groups[min(max(groups.index(self.group) + by, 0), len(groups) - 1)]

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        right = 0
        for chip, drawn in zip(self.chips(), self._drawn(), strict=True):
            right += drawn.cell_length + 1
            if at.x < right:
                self.group = chip.group
                return


_SIGNS: Final[Mapping[Group, Status]] = {
    Group.IN_DOUBT: Status.IN_DOUBT,
    Group.FAILED: Status.FAILED,
    Group.DELIVERED: Status.DELIVERED,
    Group.ON_THE_WAY: Status.ACCEPTED,
}


class FilterChips(ChipLine):
    """The groups of statuses."""

    group: reactive[Group] = reactive(Group.ALL, layout=True)
    counts: reactive[Mapping[Status, int]] = reactive(dict, layout=True)

    def count(self, group: Group) -> int:
        """How many messages are in a group, as far as is known."""
        return sum(count for status, count in self.counts.items() if group.statuses is None or status in group.statuses)

    def chips(self) -> Sequence[Chip]:
        return [
            Chip(
                group,
                group.word,
                words(_SIGNS[group]).sign if group in _SIGNS else "",
                self.count(group),
                words(Status.IN_DOUBT).style if group is Group.IN_DOUBT else "",
            )
            for group in Group
        ]

"""One of a few filters, each with how many there are. Arrows or a click choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

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

_SIGNS: Final[Mapping[Group, Status]] = {
    Group.IN_DOUBT: Status.IN_DOUBT,
    Group.FAILED: Status.FAILED,
    Group.DELIVERED: Status.DELIVERED,
    Group.ON_THE_WAY: Status.ACCEPTED,
}
_EDGES: Final = 2
"""Columns left and right of the line."""


class FilterChips(Widget, can_focus=True):
    """The groups of statuses, in one line. Where that is too short, signs stand for all but the chosen one."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "The one before", show=False),
        Binding("right", "step(1)", "The next one", show=False),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down,enter", "app.focus_next", "The list", show=False),
    ]

    group: reactive[Group] = reactive(Group.ALL, layout=True)
    counts: reactive[Mapping[Status, int]] = reactive(dict, layout=True)

    class Chosen(Message):
        """Another group was chosen."""

        def __init__(self, group: Group) -> None:
            super().__init__()
            self.group = group

    def count(self, group: Group) -> int:
        """How many messages are in a group, as far as is known."""
        return sum(count for status, count in self.counts.items() if group.statuses is None or status in group.statuses)

    def render(self) -> Content:
        return Content(" ").join(self._chips())

    def _chips(self) -> list[Content]:
        chips = [self._chip(group, group.word) for group in Group]
        if sum(chip.cell_length + 1 for chip in chips) - 1 <= self.screen.size.width - _EDGES:
            return chips
        return [self._chip(group, group.word if group in (self.group, Group.ALL) else "") for group in Group]

    def _chip(self, group: Group, word: str) -> Content:
        sign = words(_SIGNS[group]).sign if group in _SIGNS else ""
        count = self.count(group)
        number = f"{count:,}" if count or group is Group.ALL else ""
        shown = f" {' '.join(part for part in (sign, word, number) if part)} "
        if group is self.group:
            return Content.styled(
                shown, "bold $background on $accent" if self.has_focus else "bold $foreground on $panel"
            )
        if group is Group.IN_DOUBT and count:
            return Content.styled(shown, words(Status.IN_DOUBT).style)
        return Content.styled(shown, DIM if count else FAINT)

    def watch_group(self, group: Group) -> None:
        self.post_message(self.Chosen(group))

    def action_step(self, by: int) -> None:
        groups = list(Group)
        self.group = groups[min(max(groups.index(self.group) + by, 0), len(groups) - 1)]

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        right = 0
        for group, chip in zip(Group, self._chips(), strict=True):
            right += chip.cell_length + 1
            if at.x < right:
                self.group = group
                return

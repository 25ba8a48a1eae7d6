"""A text before and after its replacements, side by side or as much of both as there is room for."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Final

from textual.content import Content

from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import DIM, GOOD, WARN

if TYPE_CHECKING:
    from mitto_tui.sms.friendly import Plan, Replacement

_AROUND: Final = 30
"""Characters around a place that are shown of a long text, at least."""


class Comparison:
    """A text before and after, with what is replaced marked; of a long one only what is around the chosen places."""

    def __init__(self, made: Plan) -> None:
        self._plan = made

    @cached_property
    def _marks(self) -> list[tuple[int, Replacement]]:
        return sorted(
            ((place, one) for one in self._plan.replacements for place in one.places), key=lambda mark: mark[0]
        )

    def show(self, chosen: Replacement | None, room: int) -> tuple[Content, Content]:
        """Before and after, each of about ``room`` characters. What belongs to ``chosen`` stands out."""
        marks, text = self._marks, self._plan.text
        before: list[Content] = []
        after: list[Content] = []
        end = 0
        for start, stop in self._windows(chosen, room):
            if start > end:
                _add(before, after, Content.styled("… " if not end else " … ", DIM))
            at = start
            for index in range(bisect_left(marks, start, key=lambda mark: mark[0]), len(marks)):
                place, one = marks[index]
                if place >= stop:
                    break
                _add(before, after, literal(text[at:place]))
                mine = chosen is not None and one.found == chosen.found
                before.append(_marked(one.found, WARN, chosen=mine))
                after.append(_marked(one.by, GOOD, chosen=mine))
                at = place + len(one.found)
            _add(before, after, literal(text[at:stop]))
            end = max(stop, at)
        if end < len(text):
            _add(before, after, Content.styled(" …", DIM))
        return Content("").join(before), Content("").join(after)

    def _windows(self, chosen: Replacement | None, room: int) -> list[tuple[int, int]]:
        text = self._plan.text
        if len(text) <= room:
            return [(0, len(text))]
        room = max(room, 2 * _AROUND)
        windows: list[tuple[int, int]] = []
        for place in (place for place, _ in self._marks) if chosen is None else chosen.places:
            start, stop = max(place - _AROUND, 0), min(place + _AROUND, len(text))
            if windows and start <= windows[-1][1]:
                room += windows[-1][1] - windows[-1][0]
                start, _ = windows.pop()
            stop = min(stop, start + room)
            windows.append((start, stop))
            room -= stop - start
            if room < _AROUND:
                break
        return windows


def _add(before: list[Content], after: list[Content], piece: Content) -> None:
    before.append(piece)
    after.append(piece)


def _marked(text: str, style: str, *, chosen: bool) -> Content:
    return literal(text, style=f"bold {style} reverse" if chosen else f"{style} underline")

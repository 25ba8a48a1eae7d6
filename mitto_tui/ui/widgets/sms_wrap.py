"""Where the rows of a paragraph begin: Textual's word wrap, fast enough for a megabyte, with room for parts' lines.

A row ends behind the blanks after its last whole word; a word longer than a row is cut. Where a part of the message
ends, its row ends too, and keeps room for the line that says so (see ``sms_rows``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mitto_tui.ui.widgets.sms_cells import (
    BLANK,
    FILL,
    GLUED_AT_MOST,
    NONE,
    ONE,
    WIDENER,
    cells,
    depends_on,
    letters,
    letters_behind,
)
from mitto_tui.ui.widgets.sms_cells import width as cells_of

_ROOM: Final = ((42, 14), (18, 6), (8, 4))
"""From this width on, so many cells for a line: with the part's name, with its number alone, with one digit."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of a document, wrapped. ``cuts`` and ``breaks`` are columns: where parts end, where rows begin."""

    text: str
    letters: str
    cuts: tuple[int, ...]
    breaks: list[int]


def rule_room(width: int) -> int:
    """Cells that the last row of a part keeps free, of ``width``: a blank for the cursor, and the line."""
    return next((room for wide_enough, room in _ROOM if width >= wide_enough), 0)


@lru_cache(maxsize=64)
def _row_pattern(width: int, glued: bool, blank: bool) -> re.Pattern[str]:
    """Matches row after row in ``cells``: to the last start of a word, else as much as there is room for."""
    # Nothing but what takes no cell: the rest of what was too much for one character, and the start of harmful texts.
    rest = f"{NONE}{{0,{GLUED_AT_MOST * width}}}+" if glued else ""
    row = f"{rest}(?:[^{NONE}]{NONE}{{0,{GLUED_AT_MOST}}}+){{1,{width}}}" if glued else f".{{1,{width}}}"
    words = rf"{row}(?:(?<= )(?=[^ {FILL}]|{FILL}[^ ])|\Z)|" if blank else ""
    alone = f"|{NONE}{{1,{GLUED_AT_MOST * width}}}+" if glued else ""
    return re.compile(rf"{words}{row}(?<!{FILL})(?!{WIDENER}){alone}|{FILL}?.")


def _rows(shown: str, start: int, stop: int, width: int) -> Iterator[int]:
    """The columns between ``start`` and ``stop`` at which rows begin."""
    step = max(4096, 64 * width)
    while start < stop:
        end = min(start + step, stop)
        drawn = cells(shown[start:end])
        wide = FILL in drawn
        pattern = _row_pattern(width, NONE in drawn, BLANK in drawn)
        for row in pattern.finditer(drawn):
            if row.end() == len(drawn):
                break  # not a whole row, unless it is the last
            taken = row.end() - row.start()
            start += taken - drawn.count(FILL, row.start(), row.end()) if wide else taken
            yield start
        if end == stop:
            return


def _part_rows(shown: str, start: int, stop: int, width: int) -> Iterator[int]:
    """As ``_rows``, with room for a line behind the last one."""
    last = start
    for last in _rows(shown, start, stop, width):
        yield last
    limit = width - rule_room(width)
    row = shown[last:stop]
    if cells_of(row) <= limit:
        return
    first = next(_rows(row, 0, len(row), limit), 0)
    if cells_of(row[first:]) > limit:
        first = next(_rows(row.replace(BLANK, ONE), 0, len(row), limit), 0)
    if first:
        yield last + first


def _breaks(shown: str, width: int, cuts: tuple[int, ...], start: int) -> Iterator[int]:
    """Where rows begin behind ``start``, which begins one."""
    for cut in cuts[bisect_right(cuts, start) :]:
        yield from _part_rows(shown, start, cut, width)
        if cut < len(shown):
            yield cut
        start = cut
    yield from _rows(shown, start, len(shown), width)


def wrap(text: str, width: int, cuts: tuple[int, ...] = (), shown: str | None = None) -> Paragraph:
    """``text`` wrapped to ``width`` cells, at least one. ``shown`` are its letters, where they are known."""
    shown = letters(text) if shown is None else shown
    return Paragraph(text, shown, cuts, list(_breaks(shown, width, cuts, 0)))


def rewrap(text: str, width: int, cuts: tuple[int, ...], head: Paragraph, tail: Paragraph) -> Paragraph:
    """``wrap``, for a text that begins much as ``head`` does and ends much as ``tail``: what stayed is not done again.

    Both must have been wrapped to the same width; they may be one.
    """
    if head is tail and text == head.text:
        before = after = len(text)
    else:
        before = common(head.text, text)
        after = common_end(tail.text, text, min(len(text), len(tail.text)) - (before if head is tail else 0))
        after = min(after, len(text) - before)
    shift = len(text) - len(tail.text)
    # No row's end depends on more characters behind its start than these.
    far = GLUED_AT_MOST * width + (GLUED_AT_MOST + 1) * (width + 2)
    kept = bisect_right(head.breaks, min(before, _first_difference(head.cuts, cuts)) - far)
    start = head.breaks[kept - 1] if kept else 0
    # Two characters decide together whether they are joined.
    resumed = bisect_left(tail.breaks, max(len(tail.text) - after + 2, start - shift))
    end = tail.breaks[resumed] if resumed < len(tail.breaks) else len(tail.text)
    known = head.letters[:start]
    shown = known + letters_behind(text, known, end + shift) + tail.letters[end:]
    if depends_on(tail.text, tail.letters, end) != depends_on(text, shown, end + shift):
        end = len(tail.text)
        shown = known + letters_behind(text, known, len(text))
    settled = max(end + shift, cuts[-1] if cuts else 0, tail.cuts[-1] + shift if tail.cuts else 0)
    breaks = head.breaks[:kept]
    for place in _breaks(shown, width, cuts, start):
        if place >= settled:
            same = bisect_left(tail.breaks, place - shift)
            if same < len(tail.breaks) and tail.breaks[same] == place - shift:
                rest = tail.breaks[same:]
                breaks += [known + shift for known in rest] if shift else rest
                break
        breaks.append(place)
    return Paragraph(text, shown, cuts, breaks)


def _first_difference(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return min(mine, theirs)
    longer = one if len(one) > len(other) else other
    shared = min(len(one), len(other))
    return longer[shared] if shared < len(longer) else 1 << 62


def common(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_end(one: str, other: str, most: int) -> int:
    """How many characters, ``most`` at most, two texts have in common at their end."""
    low, high = 0, max(most, 0)
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low

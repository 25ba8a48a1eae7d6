"""A row of the editor as it is drawn: its marks, the selection, the cursor, and the line where a part ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from mitto_tui.sms import gsm
from mitto_tui.sms.message import MessageType
from mitto_tui.sms.segments import MAX_SEGMENTS
from mitto_tui.ui.widgets import sms_cells
from mitto_tui.ui.widgets.sms_cells import NONE, WIDENER

_DASH: Final = "╌"
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_ENOUGH: Final = 2
"""Dashes without which a longer name is not worth it."""


@dataclass(frozen=True, slots=True)
class Looks:
    """The styles that rows are drawn in. All but ``base`` go over it."""

    base: Style
    foreign: Style
    double: Style
    rule: Style
    limit: Style
    selection: Style
    cursor: Style


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows: two rows that are equal look the same. Places are columns within the row."""

    text: str
    letters: str
    type: MessageType
    part: int
    """The part that begins below, or 0."""
    room: int
    """For a blank where the cursor can stand behind the text, and the line: no more than this is drawn. In cells."""
    selected: tuple[int, int]
    cursor: int
    """-1 where it isn't on this row."""


def rule(part: int, room: int) -> str:
    """The line above a part, ``room`` cells long: with the part's name, where there is room for it."""
    names = [f" part {part} {_DASH}", f" {part}"]
    if part > MAX_SEGMENTS:
        names.insert(0, f" {MAX_SEGMENTS} parts at most {_DASH}")
    name = next((name for name in names if room - len(name) >= _ENOUGH), names[-1])
    return (_DASH * max(room - len(name), 1) + name)[: max(room, 0)]


def foreign_and_double(text: str, type: MessageType) -> tuple[list[int], list[int]]:  # noqa: A002 - the field's own name
    """Columns of what is not in the alphabet asked for, and of what costs two places."""
    if type is MessageType.UNICODE:
        return [], []
    if type is MessageType.BINARY:
        return [column for column, char in enumerate(text) if char not in _HEX], []
    return gsm.not_gsm(text), gsm.two_septets(text)


def draw(row: Shown, width: int, looks: Looks) -> Strip:
    """``row`` on ``width`` cells."""
    base = looks.base
    text = sms_cells.drawn(row.text, row.letters) + " "
    styles = [base] * len(text)
    foreign, double = foreign_and_double(row.text, row.type)
    for columns, style in ((double, base + looks.double), (foreign, base + looks.foreign)):
        for column in columns:
            styles[column] = style
    for column in range(max(row.selected[0], 0), min(row.selected[1], len(text))):
        styles[column] += looks.selection
    if 0 <= row.cursor < len(text):
        column = row.cursor
        while column and row.letters[column : column + 1] in (NONE, WIDENER):
            column -= 1
        styles[column] += looks.cursor
    # What is drawn as one has one style: its first character's.
    for column, letter in enumerate(row.letters):
        if column and letter in (NONE, WIDENER):
            styles[column] = styles[column - 1]
    segments = []
    column = 0
    for style, run in groupby(styles):
        end = column + len(list(run))
        segments.append(Segment(text[column:end], style))
        column = end
    taken = sms_cells.width(row.letters) + 1
    if row.part and row.room > 1:
        line = rule(row.part, row.room - 1)
        segments.append(Segment(line, base + (looks.limit if row.part > MAX_SEGMENTS else looks.rule)))
        taken += len(line)
    strip = Strip(segments, taken)
    return strip.extend_cell_length(width, base) if taken <= width else strip.crop(0, width)

"""A text in rows: where each row of each line begins, on which row a place is shown, and where parts end.

Most lines of a message are one row. Only those that are more are kept, in order, so that a text of a million lines is
as quick as one of a million characters without any.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset, clamp

from mitto_tui.sms.segments import MAX_SEGMENTS
from mitto_tui.ui.literal import one_for_one
from mitto_tui.ui.widgets import sms_cells
from mitto_tui.ui.widgets.sms_cells import BLANK, WIDE_BLANK, letters
from mitto_tui.ui.widgets.sms_wrap import Paragraph, rewrap, wrap

if TYPE_CHECKING:
    from textual.document._document import Location

    from mitto_tui.ui.widgets.sms_document import SmsDocument

_LONG: Final = 2000
"""Characters from which on it is worth looking what stayed of a line."""


class Row(NamedTuple):
    """One row: columns ``start`` to ``stop`` of ``line``. ``part`` is the part that begins below, or 0."""

    line: int
    start: int
    stop: int
    last: bool
    """The line's last row."""
    part: int


class SmsWrapped(WrappedDocument):
    """Takes the place of Textual's. ``show_parts`` says where the parts of the message begin."""

    def __init__(self, document: SmsDocument, width: int = 0) -> None:
        self._sms = document
        self._starts: tuple[int, ...] = ()
        self._parts: dict[int, dict[int, int]] = {}
        """Line to column to the number of the part that begins there, or, at the line's end, below."""
        self._lines: list[int] = []
        """The lines of more than one row, in order; ``_paragraphs`` and ``_tops`` (their first rows) go with them."""
        self._paragraphs: list[Paragraph] = []
        self._tops: list[int] = []
        self._wrapped_version = -1
        self._line_count = 1
        self._leaning: Location | None = None
        super().__init__(document, width)

    # -- wrapping -----------------------------------------------------------------------------------------------------

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Wrap everything to ``width`` cells, unless it is; 0 for one row a line. Tabs are drawn as signs."""
        if width == self._width and self._wrapped_version == self._sms.version:
            return
        same = self._wrapped_version == self._sms.version
        known = dict(zip(self._lines, self._paragraphs, strict=True)) if same else {}
        self._width = width
        self._parts = self._find_parts()
        self._lines, self._paragraphs = self._wrap_lines(0, self._sms.line_count, known) if width else ([], [])
        self._tops = []
        self._place_from(0)
        self._wrapped_version, self._line_count = self._sms.version, self._sms.line_count

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Wrap anew what an edit changed. Called after the edit of the document."""
        count, shift = self._sms.line_count, self._sms.line_count - self._line_count
        top = clamp(min(start[0], old_end[0]), 0, min(self._line_count, count) - 1)
        old_bottom = clamp(max(start[0], old_end[0]), top, self._line_count - 1)
        bottom = clamp(old_bottom + shift, top, count - 1)
        old_parts, self._parts = self._parts, self._find_parts()
        self._wrapped_version, self._line_count = self._sms.version, count
        if not self._width:
            self._place_from(0)
            return
        first, after = bisect_left(self._lines, top), bisect_right(self._lines, old_bottom)
        lines, paragraphs = self._wrap_lines(top, bottom + 1, {}, self._paragraph(top), self._paragraph(old_bottom))
        if shift:
            self._lines[after:] = [line + shift for line in self._lines[after:]]
        self._lines[first:after] = lines
        self._paragraphs[first:after] = paragraphs
        moved = {
            line + shift if line > old_bottom else line: parts
            for line, parts in old_parts.items()
            if not top <= line <= old_bottom
        }
        self._place_from(min(first, self._cut_again(moved, range(top, bottom + 1))))

    def show_parts(self, starts: tuple[int, ...]) -> bool:
        """``starts`` are the indexes at which parts begin, the first being 0. Whether any row is another now."""
        starts = starts[: MAX_SEGMENTS + 1]
        if starts == self._starts:
            return False
        self._starts = starts
        before, self._parts = self._parts, self._find_parts()
        if before == self._parts:
            return False
        if self._width:
            self._place_from(self._cut_again(before, range(0)))
        return True

    def _find_parts(self) -> dict[int, dict[int, int]]:
        text = self._sms.text
        found: dict[int, dict[int, int]] = {}
        row = row_start = place = 0
        for part, start in enumerate(self._starts[1:], 2):
            if start >= len(text):
                break
            # What is drawn as one stays whole, on the row below the line, even where a part ends within.
            start = sms_cells.start_of_one(text, start)
            if start <= place:
                continue
            ends = text.count("\n", place, start)
            if ends:
                row += ends
                row_start = text.rfind("\n", place, start) + 1
            place = start
            if start > row_start:
                found.setdefault(row, {})[start - row_start] = part
            else:
                found.setdefault(row - 1, {})[len(self._sms.lines[row - 1])] = part
        return found

    def _wrap_lines(
        self,
        first: int,
        end: int,
        known: dict[int, Paragraph],
        head: Paragraph | None = None,
        tail: Paragraph | None = None,
    ) -> tuple[list[int], list[Paragraph]]:
        """The lines of more than one row from ``first`` to before ``end``, wrapped.

        Lines in ``known`` are the same texts, at another width; ``head`` and ``tail`` are what the first began and the
        last ended with before an edit.
        """
        all_lines, half = self._sms.lines, self._width // 2
        there = all_lines if end - first == len(all_lines) else all_lines[first:end]
        found = [line for line, text in enumerate(there, first) if len(text) > half or line in self._parts]
        lines, paragraphs = [], []
        for line in found:
            if line in known:
                cuts = tuple(self._parts.get(line, ()))
                paragraph = wrap(all_lines[line], self._width, cuts, known[line].letters)
            else:
                paragraph = self._wrap_line(line, head if line == first else None, tail if line == end - 1 else None)
            if paragraph.breaks:
                lines.append(line)
                paragraphs.append(paragraph)
        return lines, paragraphs

    def _wrap_line(self, line: int, head: Paragraph | None, tail: Paragraph | None) -> Paragraph:
        text = self._sms.lines[line]
        cuts = tuple(self._parts.get(line, ()))
        if len(text) <= _LONG or not (head or tail):
            return wrap(text, self._width, cuts)
        nothing = Paragraph("", "", (), [])
        return rewrap(text, self._width, cuts, head or nothing, tail or nothing)

    def _cut_again(self, before: dict[int, dict[int, int]], done: range) -> int:
        """Wrap again the lines in which parts end elsewhere; the first place in ``_lines`` from which on rows moved."""
        first = len(self._lines)
        for line in sorted(before.keys() | self._parts.keys()):
            if line in done or tuple(before.get(line, ())) == tuple(self._parts.get(line, ())):
                continue
            known = self._paragraph(line)
            paragraph = self._wrap_line(line, known, known)
            at = bisect_left(self._lines, line)
            until = at + 1 if known else at
            self._lines[at:until] = [line] if paragraph.breaks else []
            self._paragraphs[at:until] = [paragraph] if paragraph.breaks else []
            first = min(first, at)
        return first

    def _place_from(self, first: int) -> None:
        more = 0
        if first:
            more = self._tops[first - 1] - self._lines[first - 1] + len(self._paragraphs[first - 1].breaks)
        tops = self._tops[:first]
        for line, paragraph in zip(self._lines[first:], self._paragraphs[first:], strict=True):
            tops.append(line + more)
            more += len(paragraph.breaks)
        self._tops = tops
        self._height = self._sms.line_count + more

    # -- rows ---------------------------------------------------------------------------------------------------------

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self._height

    @property
    def wrapped(self) -> bool:
        return bool(self._lines)

    def _paragraph(self, line: int) -> Paragraph | None:
        at = bisect_left(self._lines, line)
        return self._paragraphs[at] if at < len(self._lines) and self._lines[at] == line else None

    def _top_of(self, line: int) -> int:
        at = bisect_left(self._lines, line)
        if at < len(self._lines) and self._lines[at] == line:
            return self._tops[at]
        if not at:
            return line
        return self._tops[at - 1] + len(self._paragraphs[at - 1].breaks) + line - self._lines[at - 1]

    def row_at(self, y: int) -> Row:
        """The row at ``y``, counted from the top of the text; outside of it, its first or last."""
        y = clamp(y, 0, self._height - 1)
        at = bisect_right(self._tops, y) - 1
        if at < 0:
            return self._row(y, 0, [])
        section = y - self._tops[at]
        beyond = section - len(self._paragraphs[at].breaks)
        if beyond > 0:
            return self._row(self._lines[at] + beyond, 0, [])
        return self._row(self._lines[at], section, self._paragraphs[at].breaks)

    def _row(self, line: int, section: int, breaks: list[int]) -> Row:
        last = section == len(breaks)
        stop = len(self._sms.lines[line]) if last else breaks[section]
        part = self._parts[line].get(stop, 0) if line in self._parts and self._width else 0
        return Row(line, breaks[section - 1] if section else 0, stop, last, part)

    def letters_of(self, row: Row) -> str:
        """One letter for each character of a row (see ``sms_cells``)."""
        paragraph = self._paragraph(row.line)
        if paragraph is not None:
            return paragraph.letters[row.start : row.stop]
        return letters(self._sms.lines[row.line]) if self._width else ""

    # -- places -------------------------------------------------------------------------------------------------------

    @property
    def leaning(self) -> Location | None:
        """A place between two rows that is shown behind the upper one, where it was pointed at; else it is below."""
        return self._leaning

    def stand(self, location: Location) -> None:
        """The cursor is at ``location`` now: no other place leans any longer."""
        if location != self._leaning:
            self._leaning = None

    def y_of(self, location: Location) -> int:
        """The row on which a place is shown."""
        line = clamp(location[0], 0, self._sms.line_count - 1)
        paragraph = self._paragraph(line)
        if paragraph is None:
            return self._top_of(line)
        section = bisect_right(paragraph.breaks, location[1])
        if location == self._leaning and section and paragraph.breaks[section - 1] == location[1]:
            section -= 1
        return self._top_of(line) + section

    def location_to_offset(self, location: Location) -> Offset:
        """Where a place is shown."""
        y = self.y_of(location)
        row = self.row_at(y)
        column = location[1] - row.start
        return Offset(sms_cells.width(self.letters_of(row)[:column]) if self._width else column, y)

    def offset_to_location(self, offset: Offset) -> Location:
        """The place shown at ``offset``, or nearest to it. Right of a row's end is its end, and leans there."""
        row = self.row_at(offset.y)
        self._leaning = None
        if not self._width:
            return row.line, clamp(offset.x, 0, row.stop)
        column = row.start + sms_cells.column_at(self.letters_of(row), max(offset.x, 0))
        return (row.line, column) if column < row.stop else self.end_of(row)

    def end_of(self, row: Row) -> Location:
        """The place at a row's end: before the blank where the row ends with one, else leaning behind its last."""
        self._leaning = None
        if not row.last:
            if not row.part and self.letters_of(row)[-1:] in (BLANK, WIDE_BLANK):
                return row.line, row.stop - 1
            self._leaning = (row.line, row.stop)
        return row.line, row.stop

    # -- as Textual has it --------------------------------------------------------------------------------------------

    def get_offsets(self, line_index: int) -> list[int]:
        """The columns at which the rows of a line begin, but for the first."""
        if not 0 <= line_index < self._sms.line_count:
            raise ValueError(f"There is no line {line_index!r}.")
        paragraph = self._paragraph(line_index)
        return [] if paragraph is None else paragraph.breaks

    def get_sections(self, line_index: int) -> list[str]:
        """The rows of a line, as drawn."""
        text = self._sms.lines[line_index]
        places = [0, *self.get_offsets(line_index), len(text)]
        return [one_for_one(text[start:stop]) for start, stop in pairwise(places)]

    @property
    def lines(self) -> list[list[str]]:
        return [self.get_sections(line) for line in range(self._sms.line_count)]

    def get_tab_widths(self, line_index: int) -> list[int]:
        return []

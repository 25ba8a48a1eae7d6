"""From the first rows of a list to its columns: where the header is, and what the columns are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mitto_tui.recipients.readers.cells import trimmed
from mitto_tui.recipients.readers.columns import LOOKED_AT
from mitto_tui.recipients.readers.headers import has_header, rows_above
from mitto_tui.recipients.readers.model import ListProblem, Row, column_names, counted
from mitto_tui.sms.visible import one_line


@dataclass(frozen=True, slots=True)
class Layout:
    """``after`` is the number of the last row before the data, 0 where there is none."""

    header: bool
    columns: tuple[str, ...]
    after: int
    notes: tuple[str, ...] = ()


def layout_of(sample: Sequence[Row], chosen: bool | None, name: str, *, whole: bool) -> Layout:
    """Find the header in the first rows, none of them empty. ``whole`` says that there are no others.

    Raises ListProblem where the list is nothing but a header.
    """
    rows = list(sample[:LOOKED_AT])
    cells = [row for _, row in rows]
    above = rows_above(cells) if chosen is not False else 0
    notes = _above(rows[:above])
    rows, cells = rows[above:], cells[above:]
    header = has_header(cells) if chosen is None else chosen
    if header and len(rows) == 1 and whole:
        raise ListProblem(f"{name} has a header, and no rows under it.", "There is nobody to send to in it.")
    if not header:
        width = max(map(len, cells), default=0)
        return Layout(False, column_names([], width), rows[0][0] - 1 if above else 0, notes)
    data = cells[1:]
    names = list(cells[0])
    while names and not names[-1].strip() and not any(len(row) >= len(names) and row[len(names) - 1] for row in data):
        names.pop()  # delimiters at the end of every line
    width = max((len(trimmed(row)) for row in data), default=0)
    return Layout(True, column_names(names, max(width, len(names))), rows[0][0], notes)


def _above(rows: Sequence[Row]) -> tuple[str, ...]:
    if not rows:
        return ()
    title = next((cell for _, cells in rows for cell in cells if cell.strip()), "")
    words = f"{counted(len(rows), 'row')} above the header, “{one_line(title.strip(), 40)}”"
    return (f"{words}, {'is' if len(rows) == 1 else 'are'} no recipients.",)

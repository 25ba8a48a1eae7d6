"""What is said of a list of opt-outs: how it was read, what it comes to, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from textual.content import Content

from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import ACCENT, DIM, WARN
from mitto_tui.ui.widgets.hanging_text import Paragraph

if TYPE_CHECKING:
    from mitto_tui.recipients.readers.model import Detected
    from mitto_tui.workspace.opt_out_import import ImportSums

_DELIMITERS: Final = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "pipes"}
_CELL: Final = 30
_NAME: Final = 40
_SHOWN: Final = 100
"""Rows that are shown: laying out many more would hold up the screen, and nobody reads them."""


def understood(name: str, found: Detected, why: str) -> Content:
    """How the list was read, and why the numbers are in that column: two lines."""
    parts = [found.format.upper()]
    if found.sheet:
        parts.append(f"sheet “{found.sheet}”")
    if found.encoding:
        parts.append(found.encoding if found.encoding_sure else f"{found.encoding} (a guess)")
    if found.delimiter:
        parts.append(f"{_DELIMITERS.get(found.delimiter, found.delimiter)} between cells")
    if found.format != "vcf":
        parts.append("with a header" if found.header else "without a header")
    first = literal(name, _NAME) + literal(f"  {', '.join(parts)}", 200, DIM)
    return Content("\n").join([first, literal(f"Numbers: {why}", 200, DIM)])


def column_choices(columns: Sequence[str]) -> list[tuple[Content, int]]:
    """The columns as a ``Select`` takes them."""
    return [(literal(name, _NAME), index) for index, name in enumerate(columns)]


def findings(sums: ImportSums, mask: Callable[[str], str]) -> Content:
    """What the list comes to. ``mask`` hides digits where they are to be hidden."""
    new = Content.styled(_counted(sums.new, "number"), ACCENT) + Content(" to be opted out")
    others = [
        (sums.rows, "row" if sums.rows == 1 else "rows"),
        (sums.known, "opted out before"),
        (sums.duplicates, "repeated"),
        (sums.empty, "without a number"),
    ]
    lines = [new + Content.styled("".join(f"  ·  {count:,} {words}" for count, words in others if count), DIM)]
    lines.extend(literal(note, 200, DIM) for note in sums.notes)
    if sums.unreadable:
        count = _counted(sums.unreadable, "number")
        lines.append(Content(""))
        lines.append(Content.styled(f"{count} can’t be read, so whoever has them may still be written to:", WARN))
    return Content("\n").join(lines)


def unread_rows(sums: ImportSums, mask: Callable[[str], str]) -> list[Paragraph]:
    """What could not be read, by row; ``mask`` as above."""
    found = [
        Paragraph(
            Content.styled(f"  row {unread.row:,}", DIM),
            literal(mask(unread.cell) or "nothing", _CELL) + literal(f"  {mask(unread.sentence)}", 200, DIM),
        )
        for unread in sums.unread[:_SHOWN]
    ]
    if (more := sums.unreadable - len(found)) > 0:
        found.append(Paragraph(Content(""), Content.styled(f"and {more:,} more", DIM)))
    return found


def taken_words(sums: ImportSums, added: int) -> str:
    """What was taken, in a sentence or two."""
    known = sums.known + sums.new - added
    words = f"{_counted(added, 'number')} {'has' if added == 1 else 'have'} opted out now"
    if known:
        words += f", {known:,} had before"
    if sums.unreadable:
        words += f". {sums.unreadable:,} could not be read"
    return f"{words}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

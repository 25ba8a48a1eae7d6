"""One row of a checked list: what becomes of it and why, its number before and after, its text, and its own cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from mitto_tui.recipients.countries import country_name
from mitto_tui.sms import gsm
from mitto_tui.sms.message import MessageType
from mitto_tui.sms.segments import Encoding
from mitto_tui.ui.bulk.check_rows import CheckLine
from mitto_tui.ui.bulk.check_words import row_words, size_words
from mitto_tui.ui.counting import MOST_FOREIGN, Foreign
from mitto_tui.ui.excerpts import LONGEST, and_more
from mitto_tui.ui.history_rows import masked
from mitto_tui.ui.literal import literal, literal_block, mask_numbers
from mitto_tui.ui.themes import DIM, FAINT, WARN
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.still_scroll import StillScroll

_FACT: Final = 9
_COLUMN: Final = 14
_CELLS: Final = 60
_CELL: Final = 400
_FORCING: Final = 8
_DETECTS: Final = (MessageType.AUTO.value, MessageType.MITTO.value)


@dataclass(frozen=True, slots=True)
class RowDetail:
    """A row and what of its list is needed to show it. ``asked_type`` is the type that was chosen for the message.

    ``phone_column`` is an index from 0, or None.
    """

    line: CheckLine
    columns: Sequence[str] = ()
    phone_column: int | None = None
    asked_type: str = MessageType.AUTO.value

    @classmethod
    def of(cls, line: CheckLine, source: Mapping[str, object], options: Mapping[str, object]) -> RowDetail:
        """With what a campaign keeps of how its list was read and of its message's options."""
        columns, phone = source.get("columns"), source.get("phone_column")
        return cls(
            line,
            tuple(map(str, columns)) if isinstance(columns, list) else (),
            phone if isinstance(phone, int) else None,
            str(options.get("type", "")),
        )


class RowView(StillScroll, can_focus=True):
    """Shows a ``RowDetail``. ``key`` is the one that goes to the row that a duplicate repeats."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Scroll down", show=False),
        Binding("k", "scroll_up", "Scroll up", show=False),
        Binding("g", "scroll_home", "To the top", show=False),
        Binding("G,shift+g", "scroll_end", "To the end", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.key = ""
        self.masked = False
        self._detail: RowDetail | None = None

    def compose(self) -> ComposeResult:
        yield HangingText(0, id="row-head")
        yield Static(markup=False, id="row-text")
        yield HangingText(_FACT, id="row-facts")
        yield Static("In the list", markup=False, classes="heading", id="row-cells-title")
        yield HangingText(_COLUMN, id="row-cells")

    def on_mount(self) -> None:
        self.redraw()

    @property
    def detail(self) -> RowDetail | None:
        """What is shown."""
        return self._detail

    def show(self, detail: RowDetail | None) -> None:
        """Show a row, or none."""
        before, self._detail = self._detail, detail
        if before is None or detail is None or before.line.place != detail.line.place:
            self.scroll_home(animate=False)
        self.redraw()

    def redraw(self) -> None:
        """Draw anew, after something about the looks has changed."""
        detail = self._detail
        for child in self.children:
            child.display = detail is not None
        if detail is None:
            return
        line = detail.line
        self.query_one("#row-head", HangingText).show(self._head(line))
        text = self.query_one("#row-text", Static)
        text.display = bool(line.text)
        if line.text:
            text.update(self._text(line))
        self.query_one("#row-facts", HangingText).show(self._facts(detail))
        cells = self._cells(detail)
        self.query_one("#row-cells-title").display = bool(cells)
        self.query_one("#row-cells", HangingText).show(cells)

    def _head(self, line: CheckLine) -> list[Paragraph]:
        shown = row_words(line.kind)
        said = [Content.styled(f"{shown.sign} {shown.word}", f"bold {shown.style}".rstrip())]
        if line.sentence:
            said.append(literal(self._unnumbered(line.sentence), 600))
        if line.row.repeats and self.key:
            said.append(Content.styled(f"{self.key} goes to row {line.row.repeats:,}.", DIM))
        return [Paragraph(Content(""), paragraph) for paragraph in said]

    def _text(self, line: CheckLine) -> Content:
        shown = line.text[:LONGEST]
        if self.masked:
            for number in (line.row.written.strip(), line.row.to):
                shown = shown.replace(number, masked(number)) if number else shown
            shown = mask_numbers(shown)
        body = literal_block(shown)
        left = len(line.text) - LONGEST
        return Content("\n").join([body, and_more(left)]) if left > 0 else body

    def _facts(self, detail: RowDetail) -> list[Paragraph]:
        line, kind = detail.line, detail.line.kind
        facts: list[tuple[str, Content]] = []
        if line.written:
            facts.append(("Written", literal(self._number(line.written), 80)))
        if line.number:
            place = ", ".join(part for part in (country_name(kind.region) if kind.region else "", kind.line) if part)
            number: list[Any] = [(self._number(line.number), "bold")]
            if place:
                number.append((f"\n{place}", DIM))
            facts.append(("→ To" if line.written else "To", Content.assemble(*number)))
        if kind.change:
            facts.append(("Change", literal(self._unnumbered(kind.change), 200)))
        if size := size_words(kind):
            facts.append(("Size", Content(size)))
        if kind.encoding is Encoding.UNICODE and detail.asked_type in _DETECTS:
            facts.append(("Unicode", self._forcing(line.text)))
        return [Paragraph(Content.styled(label, DIM), value) for label, value in facts]

    def _forcing(self, text: str) -> Content:
        places: dict[str, list[int]] = {}
        for index in islice(gsm.each_not_gsm(text), MOST_FOREIGN):
            places.setdefault(text[index], []).append(index)
        found = [Foreign(char, tuple(at)) for char, at in places.items()]
        lines = [
            literal(one.char, style=WARN) + literal(f"  {one.code} {one.name}", 60, DIM) for one in found[:_FORCING]
        ]
        if len(found) > _FORCING:
            lines.append(Content.styled(f"and {len(found) - _FORCING:,} more characters", DIM))
        return Content("\n").join(lines)

    def _cells(self, detail: RowDetail) -> list[Paragraph]:
        cells = detail.line.row.cells
        shown = []
        for index, cell in enumerate(cells[:_CELLS]):
            name = detail.columns[index] if index < len(detail.columns) else f"Column {index + 1}"
            if self.masked:
                cell = masked(cell) if index == detail.phone_column else mask_numbers(cell)
            value = literal(cell, _CELL) if cell.strip() else Content.styled("empty", FAINT)
            shown.append(Paragraph(literal(name, _COLUMN - 1, DIM), value))
        if len(cells) > _CELLS:
            shown.append(Paragraph(Content(""), Content.styled(f"and {len(cells) - _CELLS:,} more", DIM)))
        return shown

    def _number(self, shown: str) -> str:
        return masked(shown) if self.masked else shown

    def _unnumbered(self, sentence: str) -> str:
        return mask_numbers(sentence) if self.masked else sentence

"""The saved templates: to insert, to name, to throw away, and to save the text that stands in the form as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content

from mitto_tui.sms.message import MessageType, count_as
from mitto_tui.sms.template import FieldPiece, LiteralPiece, Template, TemplateError, parse
from mitto_tui.sms.visible import one_line
from mitto_tui.storage.templates import SavedTemplate, Templates
from mitto_tui.ui.commands import writing as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.counting import parts
from mitto_tui.ui.excerpts import LONGEST, and_more, first_words
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.screens.naming import NameDialog, SaveTemplateDialog
from mitto_tui.ui.screens.shelf import ShelfScreen
from mitto_tui.ui.themes import ACCENT, DIM
from mitto_tui.ui.widgets.shelf_table import Placed, ShelfTable
from mitto_tui.ui.widgets.table_cells import Cell, Column

_NAME: Final = Column("Name", 22)
_TEXT: Final = Column("Text", 0)
_PARTS: Final = Column("Parts", 5, right=True)
_NARROW: Final = 50
"""Cells below which the parts give way to the text."""


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template as the list shows it. ``template`` is None for a text that is none; ``segments`` what it costs.

    With fields that is the least: their values are not known.
    """

    saved: SavedTemplate
    template: Template | None
    segments: int

    @property
    def cost(self) -> str:
        """``1``, or ``1+`` where there are fields."""
        return f"{self.segments:,}+" if self.template and self.template.fields else f"{self.segments:,}"


def _line(saved: SavedTemplate) -> TemplateLine:
    try:
        template = parse(saved.text)
    except TemplateError:
        return TemplateLine(saved, None, count_as(saved.text, MessageType.AUTO).segments)
    least = "".join(
        piece.value if isinstance(piece, LiteralPiece) else piece.fallback or "" for piece in template.pieces
    )
    return TemplateLine(saved, template, count_as(least, MessageType.AUTO).segments)


class TemplateTable(ShelfTable[TemplateLine]):
    """Templates by the line."""

    def columns(self, width: int) -> Sequence[Column]:
        return (_NAME, _TEXT) if width < _NARROW else (_NAME, _TEXT, _PARTS)

    def cells(self, row: Placed[TemplateLine], columns: Sequence[Column]) -> Sequence[Cell]:
        line = row.line
        cells = {
            "Name": Cell(one_line(line.saved.name, 60)),
            "Text": Cell(one_line(first_words(line.saved.text), 200), "muted"),
            "Parts": Cell(line.cost, "" if line.segments > 1 else "muted"),
        }
        return [cells[column.title] for column in columns]


class TemplatesScreen(ShelfScreen[SavedTemplate, TemplateLine, SavedTemplate]):
    """Dismissed with the template to insert, or None. ``text`` is what stands in the form and may be saved as one."""

    NAME = "Templates"
    ABOUT = (
        "Texts that you use again, kept under names for all accounts. {name} in a text is a field, to be filled in "
        "when the template is inserted; {name|fallback} has something to say where nothing is filled in. Type to find "
        "a template by its name or text."
    )
    EMPTY = "No templates yet.\nWrite a message, with fields such as {name} if you like, and save it here as one."
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.TEMPLATES
    UNDO = commands.UndoTemplate
    BINDINGS: ClassVar[list[BindingType]] = bindings(*commands.TEMPLATES)

    def __init__(self, templates: Templates, text: str = "") -> None:
        super().__init__(TemplateTable(id="shelf-table"))
        self._templates = templates
        self._text = text

    @property
    def can_save(self) -> bool:
        """Whether there is a text that could be saved."""
        return bool(self._text.strip())

    def read_keys(self) -> Sequence[SavedTemplate]:
        return self._templates.list()

    def key_id(self, key: SavedTemplate) -> int:
        return key.id

    def line_id(self, line: TemplateLine) -> int:
        return line.saved.id

    def read_line(self, key: SavedTemplate) -> TemplateLine:
        return _line(key)

    def matches(self, key: SavedTemplate, wanted: str) -> bool:
        return wanted in key.name.casefold() or wanted in key.text[:LONGEST].casefold()

    def about(self, line: TemplateLine) -> Content:
        fields = line.template.fields if line.template else ()
        words = [literal(line.saved.name, 60), Content(f"{'at least ' if fields else ''}{parts(line.segments)}")]
        if line.template is None:
            words.append(Content("plain text: its braces are no fields"))
        return Content.styled(" · ", DIM).join(words)

    def text_of(self, line: TemplateLine) -> Content:
        text = line.saved.text
        return marked(line.template, text) + and_more(len(text) - LONGEST)

    def choose(self, line: TemplateLine) -> None:
        self.dismiss(line.saved)

    def action_insert(self) -> None:
        self.with_current(self.choose)

    def action_save(self) -> None:
        def saved(template: SavedTemplate | None) -> None:
            if template is not None:
                self.say(literal(template.name, 40) + Content.styled(" is saved.", DIM))
                self.read_again(template.id)

        self.app.push_screen(SaveTemplateDialog(self._templates, self._text), saved)

    def action_rename(self) -> None:
        self.with_current(self._rename)

    def _rename(self, line: TemplateLine) -> None:
        saved = line.saved
        dialog = NameDialog[SavedTemplate](
            "Name of the template",
            lambda name: self._templates.rename(saved.id, name),
            value=saved.name,
            about=first_words(saved.text),
        )
        self.app.push_screen(dialog, lambda done: self.read_again(done.id) if done is not None else None)

    def action_delete(self) -> None:
        self.with_current(self._delete)

    def _delete(self, line: TemplateLine) -> None:
        saved = line.saved

        def gone(there_was_one: bool) -> None:
            if there_was_one:
                self.deleted(literal(saved.name, 30), lambda: self._templates.save(saved.name, saved.text).id)
            else:
                self.read_again()

        self.in_thread(lambda: self._templates.delete(saved.id), gone)


def marked(template: Template | None, text: str) -> Content:
    """The start of ``text`` with its fields marked."""
    if template is None:
        return literal_block(text[:LONGEST])
    pieces = [
        literal_block(text[piece.start : min(piece.end, LONGEST)], ACCENT if isinstance(piece, FieldPiece) else "")
        for piece in template.pieces
        if piece.start < LONGEST
    ]
    return Content("").join(pieces)

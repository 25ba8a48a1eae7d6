"""The drafts: what was begun and set aside, to go on with, to name, or to throw away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content

from mitto_tui.sms.message import MessageType, count_as
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.visible import one_line
from mitto_tui.storage.drafts import Draft, DraftHead, Drafts
from mitto_tui.ui.commands import writing as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.counting import parts, why_not
from mitto_tui.ui.excerpts import LONGEST, and_more, first_words
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.screens.naming import NameDialog
from mitto_tui.ui.screens.shelf import ShelfScreen
from mitto_tui.ui.themes import ACCENT, DIM
from mitto_tui.ui.widgets.message_table import when
from mitto_tui.ui.widgets.shelf_table import Placed, ShelfTable
from mitto_tui.ui.widgets.table_cells import Cell, Column

_WHEN: Final = Column("Saved", 6, right=True)
_NAME: Final = Column("Draft", 18)
_TEXT: Final = Column("Text", 0)
_PARTS: Final = Column("Parts", 5, right=True)
_ENCODINGS: Final = {Encoding.GSM: "GSM", Encoding.UNICODE: "Unicode", Encoding.BINARY: "binary", None: ""}
_NARROW: Final = 50
"""Cells below which the parts give way to the text."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as the list shows it. ``start`` is the beginning of its text, which has ``length`` characters in all."""

    head: DraftHead
    sender: str
    start: str
    length: int
    segments: int
    encoding: Encoding | None
    trouble: str


def _line(head: DraftHead, draft: Draft | None) -> DraftLine:
    if draft is None:
        return DraftLine(head, "", "", 0, 0, None, "deleted meanwhile")
    try:
        kind = MessageType(str(draft.options.get("type", "auto")))
        udh = bytes.fromhex(str(draft.options.get("udh", "")))
    except ValueError:
        kind, udh = MessageType.AUTO, b""
    count = count_as(draft.text, kind, udh)
    return DraftLine(
        head, draft.sender, draft.text[:LONGEST], len(draft.text), count.segments, count.encoding, why_not(count)
    )


class DraftTable(ShelfTable[DraftLine]):
    """Drafts by the line. ``current`` is the id of the one that is being written."""

    def __init__(self, current_draft: int | None) -> None:
        super().__init__(id="shelf-table")
        self._current_draft = current_draft

    def columns(self, width: int) -> Sequence[Column]:
        return (_WHEN, _NAME, _TEXT) if width < _NARROW else (_WHEN, _NAME, _TEXT, _PARTS)

    def cells(self, row: Placed[DraftLine], columns: Sequence[Column]) -> Sequence[Cell]:
        return [self._cell(row.line, column) for column in columns]

    def _cell(self, line: DraftLine, column: Column) -> Cell:
        head = line.head
        if column is _WHEN:
            return Cell("open", "accent") if head.id == self._current_draft else Cell(when(head.updated_at), "muted")
        if column is _NAME:
            if head.name:
                return Cell(one_line(head.name, 40))
            return Cell(self._number(head.recipient), "muted")
        if column is _PARTS:
            if line.trouble:
                return Cell("–", "muted")
            return Cell(f"{line.segments:,}", "" if line.segments > 1 else "muted")
        return Cell(
            one_line(first_words(line.start), 200) or line.trouble or "no text yet", "" if line.start else "muted"
        )

    def _number(self, recipient: str) -> str:
        return one_line(shown_number(recipient, masked=self.app.masked), 40)  # type: ignore[attr-defined]  # the app is ours


def shown_number(recipient: str, *, masked: bool) -> str:
    """What was typed into the field To, whatever it is, as it may be shown."""
    recipient = recipient.strip() or "to nobody yet"
    return "".join("•" if char.isdigit() else char for char in recipient) if masked else recipient


class DraftsScreen(ShelfScreen[DraftHead, DraftLine, int]):
    """Dismissed with the id of the draft to open, or None. ``current`` is the one that is being written."""

    NAME = "Drafts"
    ABOUT = (
        "Everything that was begun and not sent, newest first. It is saved by itself while it is written. Type to find "
        "a draft by its name, number or text."
    )
    EMPTY = "No drafts yet.\nWhat you write is kept here by itself until it is sent."
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.DRAFTS
    UNDO = commands.UndoDraft
    BINDINGS: ClassVar[list[BindingType]] = bindings(*commands.DRAFTS)

    def __init__(self, drafts: Drafts, profile: str, current: int | None = None) -> None:
        super().__init__(DraftTable(current))
        self._drafts = drafts
        self._profile = profile
        self._current = current
        self._read: dict[DraftHead, DraftLine] = {}

    def read_keys(self) -> Sequence[DraftHead]:
        heads = self._drafts.heads(self._profile)
        self._read = {head: self._read[head] for head in heads if head in self._read}
        return heads

    def key_id(self, key: DraftHead) -> int:
        return key.id

    def line_id(self, line: DraftLine) -> int:
        return line.head.id

    def read_line(self, key: DraftHead) -> DraftLine:
        line = self._read.get(key)
        if line is None:
            line = self._read[key] = _line(key, self._drafts.get(key.id))
        return line

    def matches(self, key: DraftHead, wanted: str) -> bool:
        if wanted in (key.name or "").casefold() or wanted in key.recipient.casefold():
            return True
        digits = "".join(filter(str.isdigit, wanted))
        if digits and digits == wanted.lstrip("+") and digits in "".join(filter(str.isdigit, key.recipient)):
            return True
        return wanted in self.read_line(key).start.casefold()

    def about(self, line: DraftLine) -> Content:
        head = line.head
        to = shown_number(head.recipient, masked=self.mitto.masked)
        size = line.trouble or f"{parts(line.segments)} {_ENCODINGS[line.encoding]}".strip()
        words = [
            Content.styled("open now", ACCENT) if head.id == self._current else Content(""),
            literal(head.name or "", 60),
            literal(to, 60),
            literal(f"from {line.sender}" if line.sender.strip() else "", 40),
            Content(size),
            Content(f"{head.updated_at.astimezone():%d %b %Y, %H:%M}"),
        ]
        return Content.styled(" · ", DIM).join([word for word in words if word])

    def text_of(self, line: DraftLine) -> Content:
        if not line.start:
            return Content.styled("no text yet", DIM)
        return literal_block(line.start) + and_more(line.length - len(line.start))

    def choose(self, line: DraftLine) -> None:
        self.dismiss(line.head.id)

    def action_open(self) -> None:
        self.with_current(self.choose)

    def action_rename(self) -> None:
        self.with_current(self._rename)

    def _rename(self, line: DraftLine) -> None:
        draft_id = line.head.id
        dialog = NameDialog[bool](
            "Name of the draft",
            lambda name: self._drafts.rename(draft_id, name),
            value=line.head.name or "",
            about=first_words(line.start),
            placeholder="none",
        )
        self.app.push_screen(dialog, lambda done: self.read_again(draft_id) if done is not None else None)

    def action_delete(self) -> None:
        self.with_current(self._delete)

    def _delete(self, line: DraftLine) -> None:
        draft_id = line.head.id
        if draft_id == self._current:
            self.say(Content("This one is open: empty the form, and it is gone."))
            return

        def delete() -> Draft | None:
            draft = self._drafts.get(draft_id)
            self._drafts.delete(draft_id)
            return draft

        def gone(draft: Draft | None) -> None:
            if draft is None:
                self.read_again()
                return
            kept = draft
            name = kept.name or shown_number(kept.recipient, masked=self.mitto.masked)
            self.deleted(literal(name, 30), lambda: self._drafts.save(kept, kept.updated_at).id or draft_id)

        self.in_thread(delete, gone)

"""The characters that are not in the alphabet, with their places and what could stand for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.timer import Timer
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mitto_tui.sms.message import MessageType
from mitto_tui.ui.counting import Tally, tally
from mitto_tui.ui.literal import literal
from mitto_tui.ui.replacing import Row, gain_of_all, plan_for, row_by, row_head, rows
from mitto_tui.ui.themes import DIM

if TYPE_CHECKING:
    from mitto_tui.sms.friendly import Replacement

_PLACES = 14
"""Cells for the places of a row."""
_NAME = 16
"""Cells below which a name that has to be cut is left out."""
_MOST = 200
_SOON = 0.08
_LONG = 5_000
"""Characters from which a plan takes longer than a key may: it is made when the keys rest for ``_LATER`` seconds."""
_LATER = 0.3
_TITLES = {MessageType.GSM: "Not in the GSM alphabet", MessageType.BINARY: "Not hex digits"}


class ForeignList(OptionList):
    """Shows what forces Unicode. Enter posts ``Chosen`` with the place to go to, r posts ``ReplaceOne``.

    Hidden where nothing is foreign. On its lower edge stands what replacing everything wins.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "replace", "Replace it everywhere", show=False)]

    class Chosen(Message):
        """A place in the text was chosen."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Emptied(Message):
        """Nothing is foreign any more, and the list goes with the focus on it."""

    class ReplaceOne(Message):
        """A person wants this replacement made everywhere in the text."""

        def __init__(self, replacement: Replacement) -> None:
            super().__init__()
            self.replacement = replacement

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes="panel", markup=False)
        self._rows: tuple[Row, ...] = ()
        self._visits: dict[str, int] = {}
        self._next: tuple[Tally, bytes] = (tally(""), b"")
        self._edge = Content("")
        self._waiting: Timer | None = None
        self._width = 0
        self._column = 0
        self.display = False

    def show(self, shown: Tally, udh: bytes = b"") -> None:
        """Show what is foreign in a text, a moment later: drawing a list is dearer than a key may be."""
        self._next = (shown, udh)
        long = len(shown.chosen.text) > _LONG
        if self._waiting is not None:
            if not long:
                return
            self._waiting.stop()
        self._waiting = self.set_timer(_LATER if long else _SOON, self._show)

    def _show(self) -> None:
        (shown, udh), self._waiting = self._next, None
        if len(shown.chosen.text) > _LONG:
            self._look_aside(shown, udh)
        else:
            self.workers.cancel_group(self, "look")
            self._become(shown, *_look(shown, udh))

    @work(exclusive=True, group="look")
    async def _look_aside(self, shown: Tally, udh: bytes) -> None:
        found, edge = await asyncio.to_thread(_look, shown, udh)
        self._become(shown, found, edge)

    def _become(self, shown: Tally, found: tuple[Row, ...], edge: Content) -> None:
        """Keep the highlight where it was."""
        title = _TITLES.get(shown.type, "What forces Unicode")
        if title != self.border_title:
            self.border_title = title
        if edge != self._edge:  # drawing an edge draws everything within
            self._edge = edge
            self.border_subtitle = edge
        if found == self._rows:
            return
        if [row.found for row in found] != [row.found for row in self._rows]:
            self._visits.clear()
        self._rows = found
        self._draw()

    def _draw(self) -> None:
        """Draw what is not drawn yet."""
        self._column = max((len(_places(row)) for row in self._rows), default=0)
        drawn = [self._words(row) for row in self._rows]
        if len(drawn) == self.option_count:  # most often only the places moved
            for index, words in enumerate(drawn):
                if words != self.get_option_at_index(index).prompt:
                    self.replace_option_prompt_at_index(index, words)
            return
        highlighted = self.highlighted
        self.clear_options()
        self.add_options([Option(words) for words in drawn])
        if highlighted is not None and self._rows:
            self.highlighted = min(highlighted, len(self._rows) - 1)
        if self.has_focus and not self._rows:
            self.post_message(self.Emptied())
        self.display = bool(self._rows)

    def on_focus(self) -> None:
        if self.highlighted is None and self._rows:
            self.highlighted = 0  # else enter and r do nothing

    def on_resize(self, event: Resize) -> None:
        if event.size.width != self._width:
            self._width = event.size.width
            self._draw()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        row = self._rows[event.option_index]
        visit = self._visits.get(row.found, 0)
        self._visits[row.found] = visit + 1
        self.post_message(self.Chosen(row.places[visit % len(row.places)]))

    def action_replace(self) -> None:
        """Ask for the highlighted row's replacement, or say that there is none."""
        if self.highlighted is None:
            return
        row = self._rows[self.highlighted]
        if row.replacement is None:
            self.notify(f"Nothing is known that could stand for {row.code} {row.name}.", markup=False)
        else:
            self.post_message(self.ReplaceOne(row.replacement))

    def _words(self, row: Row) -> Content:
        line = row_head(row) + Content(f"at {_places(row):<{self._column}}  ") + row_by(row)
        room = self.content_region.width - 3 - line.cell_length - (2 if row.replacement else 0)
        if room < min(len(row.name), _NAME):
            return line
        return Content.assemble(line, "  " if row.replacement else "", literal(row.name, room, DIM))


def _places(row: Row) -> str:
    """As many of its places as there is room for, from 1."""
    shown = str(row.places[0] + 1)
    for place in row.places[1:]:
        longer = f"{shown}, {place + 1}"
        if len(longer) >= _PLACES:
            return f"{shown}…"
        shown = longer
    return shown


def _look(shown: Tally, udh: bytes) -> tuple[tuple[Row, ...], Content]:
    """The rows, and what stands on the lower edge."""
    if not shown.foreign:
        return (), Content("")
    made = plan_for(shown.chosen.text, shown.type, udh)
    found = rows(shown.foreign, made.replacements if made else (), _MOST)
    if made is not None:
        won = gain_of_all(made)
        return found, Content.styled(won.words, won.style)
    words = "" if shown.type is MessageType.BINARY else "Too long to look for replacements"
    return found, Content.styled(words, DIM)

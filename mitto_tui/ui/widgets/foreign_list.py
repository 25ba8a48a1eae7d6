"""The characters that are not in the alphabet, with their places; choosing one goes there."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mitto_tui.sms.message import MessageType
from mitto_tui.sms.visible import visible
from mitto_tui.ui.counting import Foreign, Tally, tally
from mitto_tui.ui.literal import UNSHOWABLE
from mitto_tui.ui.themes import DIM, WARN

_PLACES = 3
_MOST = 200
_SOON = 0.08
_TITLES = {MessageType.GSM: "Not in the GSM alphabet", MessageType.BINARY: "Not hex digits"}


class ForeignList(OptionList):
    """Shows ``Foreign`` characters; posts ``Chosen`` with the place to go to."""

    class Chosen(Message):
        """A place in the text was chosen."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes="panel", markup=False)
        self._foreign: tuple[Foreign, ...] = ()
        self._visits: dict[str, int] = {}
        self._next = tally("")
        self._waiting: Timer | None = None
        self.display = False

    def show(self, shown: Tally) -> None:
        """Show what is foreign in a text, a moment later: drawing a list is dearer than a key may be."""
        self._next = shown
        if self._waiting is None:
            self._waiting = self.set_timer(_SOON, self._show)

    def _show(self) -> None:
        """Keep the highlight where it was."""
        shown, self._waiting = self._next, None
        title = _TITLES.get(shown.type, "What forces Unicode")
        if title != self.border_title:
            self.border_title = title
        foreign = shown.foreign[:_MOST]
        if foreign == self._foreign:
            return
        same = [found.char for found in foreign] == [found.char for found in self._foreign]
        self._foreign, before = foreign, self._foreign
        if same:  # only the places moved
            for index, (found, known) in enumerate(zip(foreign, before, strict=True)):
                if found.places[:_PLACES] != known.places[:_PLACES]:
                    self.replace_option_prompt_at_index(index, _words(found))
            return
        highlighted = self.highlighted
        self._visits.clear()
        self.clear_options()
        self.add_options([Option(_words(found)) for found in foreign])
        if highlighted is not None and foreign:
            self.highlighted = min(highlighted, len(foreign) - 1)
        self.display = bool(foreign)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        found = self._foreign[event.option_index]
        visit = self._visits.get(found.char, 0)
        self._visits[found.char] = visit + 1
        self.post_message(self.Chosen(found.places[visit % len(found.places)]))


def _words(found: Foreign) -> Content:
    shown = visible(found.char)
    sign = shown if len(shown) == 1 else UNSHOWABLE
    places = ", ".join(str(place + 1) for place in found.places[:_PLACES])
    more = "…" if len(found.places) > _PLACES else ""
    return Content.assemble(
        (sign, f"bold {WARN}"),
        " " * (3 - Content(sign).cell_length),
        f"{found.code:<7} at {places}{more}  ",
        (found.name, DIM),
    )

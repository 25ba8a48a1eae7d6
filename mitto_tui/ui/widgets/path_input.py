"""A field for a path, which completes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input

from mitto_tui.sms.visible import one_line
from mitto_tui.ui.again import Again
from mitto_tui.ui.aside import aside
from mitto_tui.ui.literal import one_for_one
from mitto_tui.ui.paths_at_hand import Completer, Entry, Kind, Offer
from mitto_tui.ui.themes import DIM
from mitto_tui.ui.typed_path import is_whole_path, meanings
from mitto_tui.ui.widgets.field_completion import FieldCompletion
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.table_cells import fit

_ROWS: Final = 8
_WIDEST: Final = 56
_LONGEST: Final = 200
_PATIENCE: Final = 0.6
"""Seconds that tab and enter wait for a folder that is being read."""
_CURRENT: Final = "$block-cursor-foreground on $block-cursor-background"


class PathCompletion(FieldCompletion):
    """The entries of a folder that fit, and how many more there are."""

    def __init__(self, field: PathInput) -> None:
        super().__init__(field)
        self._entries: dict[str, Entry] = {}
        self._more = 0

    @property
    def entry(self) -> Entry:
        """The entry that stands out."""
        return self._entries[self.chosen]

    def entry_of(self, name: str) -> Entry | None:
        """One that is offered."""
        return self._entries.get(name)

    def offer_entries(self, offer: Offer) -> None:
        """Choose from these from now on."""
        self._entries = {entry.name: entry for entry in offer.entries}
        self._more = offer.more
        self.offer(tuple(self._entries))

    def place(self, cursor: Offset, back: int) -> None:
        room = self.screen.size
        foot = 1 if self._more else 0
        below, above = room.height - cursor.y - 1, cursor.y
        wanted = min(len(self._names), _ROWS) + foot
        down = below >= wanted or below >= above
        height = max(min(wanted, below if down else above), 1 + foot)
        self._rows = height - foot
        widest = max(cell_len(_shown(entry)) for entry in self._entries.values())
        width = min(max(widest, len(self._foot()) if foot else 0) + 4, room.width)
        x = max(min(cursor.x - back - 1, room.width - width), 0)
        self.absolute_offset = Offset(x or int(not down), cursor.y + 1 if down else cursor.y - height)
        self.styles.width, self.styles.height = width, height
        self.refresh(layout=True)
        self.choose(0)

    def render(self) -> Content:
        last = len(self._names) - self._rows
        room = max(self.size.width - 4, 1)
        lines = []
        for row, name in enumerate(self._names[self._top : self._top + self._rows]):
            more = "↑" if row == 0 and self._top else "↓" if row == self._rows - 1 and self._top < last else " "
            entry = self._entries[name]
            current = self._top + row == self._current
            style = _CURRENT if current else DIM if entry.kind is Kind.OTHER else "$foreground"
            lines.append(Content.styled(f" {fit(_shown(entry), room)} {more} ", style))
        if self._more:
            lines.append(Content.styled(f" {fit(self._foot(), room)}   ", DIM))
        return Content("\n").join(lines)

    def _foot(self) -> str:
        return f"and {self._more:,} more: type on"


def _shown(entry: Entry) -> str:
    return one_line(entry.name, _WIDEST - 1) + ("/" if entry.kind is Kind.FOLDER else "")


class PathInput(LiteralInput):
    """Offers what could complete the path while one types. Up and down choose, tab and enter take, escape closes.

    Enter on a file takes it and is done (``Input.Submitted``); a folder is gone on into. A file dropped on the terminal
    takes the place of what stood there. Rows that were pasted here by mistake are posted as ``RowsPasted``.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "list_move(-1)", show=False),
        Binding("down", "list_move(1)", show=False),
        Binding("escape", "close_list", show=False),
        Binding("enter", "submit", "Done", show=False, priority=True),
        Binding("tab", "tab", "Complete, or next field", show=False, priority=True),
    ]

    class RowsPasted(Message):
        """Several lines were pasted: they are no path."""

        def __init__(self, field: PathInput, text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> PathInput:
            return self.field

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(value, placeholder=placeholder, id=id)
        self._completer = Completer()
        self._completion: PathCompletion | None = None
        self._offer: Offer | None = None
        self._looked = value
        """The text that the offer is for, or that none is wanted for."""
        self._refused: str | None = None
        self._moved = False
        self._then: tuple[str, Callable[[], None]] | None = None
        self._look = Again(self, self._look_up, "complete")

    @property
    def completing(self) -> bool:
        """Whether the list is open."""
        return self._completion is not None and self._completion.display

    @property
    def settled(self) -> bool:
        """Whether what is offered is for what stands here."""
        return self._looked == self.value

    def become(self, text: str) -> None:
        """Put ``text`` here without offering anything."""
        self._looked = text
        self._close()
        self.value = text
        self.cursor_position = len(text)

    # -- the list -----------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self) -> None:
        self._moved = False
        if self.value != self._looked:
            self._look()

    async def _look_up(self) -> None:
        text = self.value
        if not self.has_focus or not text.strip():
            offer = None
        else:
            offer = await aside(lambda: self._completer.offer(text, wanted=lambda: self.value == text))
        if text != self.value or not self.is_attached:
            return  # it is asked again already
        self._looked = text
        self._show(offer if self.has_focus else None)
        self._go_on()

    def _show(self, offer: Offer | None) -> None:
        if offer is None or offer.head != self._refused:
            self._refused = None
        if offer is None or self._refused is not None:
            self._close()
            return
        if self._completion is None:
            self._completion = PathCompletion(self)
            self.screen.mount(self._completion)
        self._offer = offer
        self._completion.offer_entries(offer)
        self._place()
        self.call_after_refresh(self._place)  # what was typed may scroll the field

    def _place(self) -> None:
        if self.completing and self._completion is not None and self._offer is not None:
            back = min(cell_len(one_for_one(self._offer.part[:_LONGEST])), self.size.width)
            self._completion.place(self.cursor_screen_offset, back)

    def _close(self) -> None:
        self._offer = None
        if self._completion is not None:
            self._completion.close()

    def _take(self, entry: Entry) -> None:
        if self._offer is None:
            return
        text = self._offer.taken(entry)
        self._close()
        if entry.kind is not Kind.FOLDER:
            self._looked = text  # there is nothing to go on with
        self.value = text
        self.cursor_position = len(text)

    @on(FieldCompletion.Taken)
    def _clicked(self, event: FieldCompletion.Taken) -> None:
        event.stop()
        entry = self._completion.entry_of(event.name) if self._completion is not None else None
        if entry is not None:
            self._take(entry)

    # -- keys ---------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "close_list":
            return self.completing
        return super().check_action(action, parameters)

    def action_list_move(self, by: int) -> None:
        if self.completing and self._completion is not None:
            self._completion.choose(by)
            self._moved = True
        elif by > 0:
            self.screen.focus_next()
        else:
            self.action_above()

    def action_close_list(self) -> None:
        self._refused = self._offer.head if self._offer is not None else None
        self._close()

    def action_tab(self) -> None:
        self._when_settled(self._tab)

    async def action_submit(self) -> None:
        self._when_settled(self._enter)

    def _tab(self) -> None:
        if self.completing and self._completion is not None:
            self._take(self._completion.entry)
        else:
            self.screen.focus_next()

    def _enter(self) -> None:
        offer, completion = self._offer, self._completion
        # Nobody has asked for the first of all the entries of a folder.
        if self.completing and offer is not None and completion is not None and (offer.part or self._moved):
            entry = completion.entry
            if offer.taken(entry) != self.value:
                self._take(entry)
                if entry.kind is Kind.FOLDER:
                    return
        self._close()
        self.post_message(self.Submitted(self, self.value))

    def _when_settled(self, do: Callable[[], None]) -> None:
        """Do it once the keys before this one have had their effect, and what they ask for is there."""

        def now() -> None:
            if self.settled:
                do()
                return
            waiting = self._then = self.value, do
            self.set_timer(_PATIENCE, lambda: self._go_on() if self._then is waiting else None)

        # Both keys come before those that still wait in the queue.
        if self.message_queue_size or not self.settled:
            self.call_later(now)
        else:
            do()

    def _go_on(self) -> None:
        if self._then is not None:
            (text, do), self._then = self._then, None
            if text == self.value and self.has_focus:
                do()

    # -- pasting ------------------------------------------------------------------------------------------------------

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        text = event.text
        if "\n" in text.replace("\r", "\n").strip().replace("\n\n", "\n"):
            self.post_message(self.RowsPasted(self, text))
            return
        text = text.strip("\r\n")
        if is_whole_path(text):
            found = meanings(text)
            self.become(found[-1].written if found else text)
        else:
            self.replace(text.strip(), *self.selection)

    # -- moving about -------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._close()

    def on_blur(self) -> None:
        self._then = None
        self._close()

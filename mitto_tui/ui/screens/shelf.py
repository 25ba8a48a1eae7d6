"""A list of things kept, to take one, and to name or throw away others: what drafts and saved templates share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.commands import app as app_commands
from mitto_tui.ui.commands.base import Command
from mitto_tui.ui.screens.help import HelpScreen
from mitto_tui.ui.screens.shelf_list import ShelfList
from mitto_tui.ui.themes import ACCENT, DIM
from mitto_tui.ui.widgets.modal import R
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.shelf_table import K, L, ShelfTable

_Done = TypeVar("_Done")


class ShelfScreen(ShelfList[K, L, R], Generic[K, L, R]):
    """Subclass it with what it lists (see ``ShelfList``) and what can be done to it."""

    ABOUT: ClassVar[str]
    """What F1 says."""
    ACTIONS: ClassVar[tuple[type[Command], ...]] = ()
    UNDO: ClassVar[type[Command]]
    BINDINGS: ClassVar[list[BindingType]] = [
        app_commands.Help.binding(),
        Binding("escape", "close", "Close", show=False),
    ]

    def __init__(self, table: ShelfTable[L]) -> None:
        super().__init__(table)
        self._undo: list[Callable[[], int]] = []

    def choose(self, line: L) -> None:
        """A person takes it."""
        raise NotImplementedError

    @property
    def has_current(self) -> bool:
        """Whether there is something under the cursor."""
        return self.is_mounted and self.table.current is not None

    @property
    def can_undo(self) -> bool:
        """Whether something was deleted here."""
        return bool(self._undo)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        for command in self.ACTIONS:
            if command.action() == action:
                return True if command.possible(self) else None
        return super().check_action(action, parameters)

    @on(PagedTable.Opened)
    def _opened(self, event: PagedTable.Opened) -> None:
        event.stop()
        self.with_current(self.choose)

    def deleted(self, words: Content, bring_back: Callable[[], int]) -> None:
        """Say that something is gone; ``bring_back`` undoes that, in a thread, and gives its id."""
        self._undo.append(bring_back)
        key = Content.styled(self.mitto.key_of(self.UNDO), ACCENT)
        self.say(words + Content(" is deleted.  ") + key + Content.styled(" brings it back", DIM))
        self.refresh_bindings()
        self.read_again()

    def in_thread(
        self, work: Callable[[], _Done], then: Callable[[_Done], None], failed: Callable[[], None] = lambda: None
    ) -> None:
        """Do work on the store, then something on the screen with what it gave; a problem is said instead."""

        async def run() -> None:
            try:
                done = await asyncio.to_thread(work)
            except MittoTuiError as error:
                failed()
                self.complain(error)
                self.read_again()
            else:
                then(done)

        self.run_worker(run(), group="shelf-store")

    def action_undo(self) -> None:
        if not self._undo:
            return
        bring_back = self._undo.pop()

        def back(key_id: int) -> None:
            self.refresh_bindings()
            self.say(Content.styled("It is there again.", DIM))
            self.read_again(key_id)

        self.in_thread(bring_back, back, lambda: self._undo.append(bring_back))

    def action_close(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        keys = [(self.mitto.key_of(command), command.help) for command in self.ACTIONS]
        more = [("↑ ↓", "Another one in the list."), ("^↑ ^↓", "Scroll the text."), ("esc", "Close.")]
        self.app.push_screen(HelpScreen(self.ABOUT, "", [*keys, *more], []))

"""What the screens of all modes share: the title line, the footer, commands, and news from the store.

A mode's screen sets ``MODE``, ``ACTIONS`` and ``BINDINGS = bindings(*ACTIONS)``, composes its body in ``body`` and
overrides the hooks it needs: ``store_changed``, ``masking_changed``, ``before_quit``. ``JUMPS`` gives letters to the
fields that the jump key reaches, ``HELP_TEXTS`` says by selector what F1 tells of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.dom import DOMNode
from textual.screen import Screen

from mitto_tui.ui.bridge import StoreChanged
from mitto_tui.ui.commands.base import Command
from mitto_tui.ui.widgets.key_line import KeyLine
from mitto_tui.ui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace


class ModeScreen(Screen[None]):
    """A mode's screen. It is made once and keeps its state while another mode is shown."""

    MODE: ClassVar[str] = ""
    """The mode's name, as in ``MittoApp.MODES``."""
    ABOUT: ClassVar[str] = ""
    """A sentence on what this screen is for, shown by F1."""
    ACTIONS: ClassVar[tuple[type[Command], ...]] = ()
    """This screen's commands; each has its method ``action_<action>`` here."""
    JUMPS: ClassVar[dict[str, str]] = {}
    """Letter to the selector of what it focuses."""
    HELP_TEXTS: ClassVar[dict[str, str]] = {}
    """Selector to what F1 says when that widget has the focus. Plain text, ours."""

    def __init__(self) -> None:
        super().__init__(classes="mode-screen")
        self._stale = False

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    @property
    def workspace(self) -> Workspace:
        """The opened workspace. Screens of modes are only made when there is one."""
        workspace = self.mitto.workspace
        assert workspace is not None
        return workspace

    def compose(self) -> ComposeResult:
        yield TitleBar(self.MODE)
        yield from self.body()
        if self.workspace.config.ui.footer:
            yield KeyLine()

    @property
    def acting(self) -> DOMNode | None:
        """A part of the screen that has commands of its own (``ACTIONS``), or None."""
        return None

    def body(self) -> ComposeResult:
        """What is between the title line and the footer."""
        yield from ()

    def store_changed(self) -> None:
        """Something in the store changed while this screen is shown, or before it was shown again."""

    def masking_changed(self) -> None:
        """Numbers are to be masked, or shown again: draw them anew, by ``self.mitto.number``."""

    async def before_quit(self) -> None:
        """The program is about to end: keep what must be kept."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        for command in self.ACTIONS:
            if command.action() == action:
                return True if command.possible(self) else None
        return super().check_action(action, parameters)

    def on_store_changed(self, event: StoreChanged) -> None:
        event.stop()
        self.query_one(TitleBar).refresh_counts()
        if self.is_current or self in self.app.screen_stack:
            self.store_changed()
        else:
            self._stale = True

    def on_screen_resume(self) -> None:
        if self._stale:
            self._stale = False
            self.store_changed()

"""F1: what the focused thing is for, and every key that works here."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from mitto_tui.ui.commands.base import Command, nodes_of
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.themes import ACCENT
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.modal import Modal

_KEY_WIDTH = 12


class HelpScreen(Modal[None]):
    """A page of help. Any of escape, F1 and q closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q,enter", "dismiss(None)", "Close", show=False)]
    AUTO_FOCUS = "#help-body"

    def __init__(self, about: str, focused: str, commands: list[tuple[str, str]], keys: list[tuple[str, str]]) -> None:
        super().__init__(classes="dialog")
        self._about = about
        self._focused = focused
        self._commands = commands
        self._keys = keys

    @classmethod
    def on(cls, screen: Screen[Any]) -> Self:
        """Help on what is focused on ``screen``."""
        app: Any = screen.app
        own = [command for node in nodes_of(screen) for command in getattr(node, "ACTIONS", ())]
        actions: list[type[Command]] = [*own, *app.ACTIONS]
        commands = [(app.key_of(command), command.help) for command in actions if command.key]
        widget = screen.focused
        about = screen.ABOUT if isinstance(screen, ModeScreen) else ""
        return cls(about, _help_text(screen, widget), commands, _own_keys(app, widget))

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-help")
        box.border_title = "Help"
        box.border_subtitle = "esc close"
        with box, VerticalScroll(id="help-body"):
            if self._about:
                yield Static(self._about, markup=False)
            if self._focused:
                yield Static("Here", markup=False, classes="heading")
                yield Static(self._focused, markup=False)
            yield Static("Keys on this screen", markup=False, classes="heading")
            yield self._table(self._commands)
            if self._keys:
                yield Static("Keys for what is focused", markup=False, classes="heading")
                yield self._table(self._keys)

    def _table(self, rows: list[tuple[str, str]]) -> HangingText:
        table = HangingText(_KEY_WIDTH)
        table.show([Paragraph(Content.styled(key, ACCENT), Content(text)) for key, text in rows])
        return table


def _help_text(screen: Screen[Any], widget: Widget | None) -> str:
    if widget is None:
        return ""
    for selector, text in getattr(screen, "HELP_TEXTS", {}).items():
        if any(widget in (found, *found.walk_children()) for found in screen.query(selector)):
            return str(text)
    return ""


def _own_keys(app: Any, widget: Widget | None) -> list[tuple[str, str]]:
    if widget is None:
        return []
    seen: dict[str, list[str]] = {}
    for _, binding in widget._bindings:
        if binding.description:
            seen.setdefault(binding.description, []).append(app.get_key_display(binding))
    return [(" ".join(keys[:2]), description) for description, keys in seen.items()]

"""How the program looks: its theme, and whether numbers are masked when it starts."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Select

from mitto_tui.settings.config import UiConfig
from mitto_tui.ui.widgets.field import Choice, Field
from mitto_tui.ui.widgets.setting_row import SettingRow

_MASKING = {"false": "shown", "true": "masked"}


class LooksPanel(Vertical):
    """Posts ``Edited`` with what ``change_ui`` takes."""

    class Edited(Message):
        """A setting has another value now."""

        def __init__(self, key: str, value: str) -> None:
            super().__init__()
            self.key = key
            self.value = value

    def __init__(self, themes: Iterable[str]) -> None:
        super().__init__(id="looks-panel", classes="panel")
        self.border_title = "Looks"
        self._themes = list(themes)
        self._theme = ""

    def compose(self) -> ComposeResult:
        options = [(theme, theme) for theme in self._themes]
        yield Field("Theme", Select(options, allow_blank=False, id="set-theme", compact=True), id="theme-row")
        yield SettingRow("Numbers", Choice(_MASKING, id="set-mask-numbers"), "at the start", id="mask-row")

    def show(self, ui: UiConfig, theme: str) -> None:
        """Show what is kept, and the theme that is in use."""
        self._theme = theme
        with self.prevent(Select.Changed, Choice.Changed):
            if theme in self._themes:
                self.query_one("#set-theme", Select).value = theme
            self.query_one("#set-mask-numbers", Choice).value = "true" if ui.mask_numbers else "false"

    @on(Select.Changed, "#set-theme")
    def _theme_chosen(self, event: Select.Changed) -> None:
        event.stop()
        if self._theme and event.value != self._theme:
            self.post_message(self.Edited("theme", str(event.value)))

    @on(Choice.Changed)
    def _masking_chosen(self, event: Choice.Changed) -> None:
        event.stop()
        self.post_message(self.Edited("mask_numbers", event.choice.value))

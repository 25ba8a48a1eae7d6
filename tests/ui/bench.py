"""Widgets and dialogs of Compose by themselves, in the app's own styles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

import mitto_tui.ui
from mitto_tui.ui import themes
from mitto_tui.ui.app import MittoApp

_STYLES = Path(mitto_tui.ui.__file__).parent / "styles"


class Bench(App[int]):
    """Shows ``widgets``, and ``dialog`` above them. ``answers`` are what dialogs were dismissed with."""

    CSS_PATH = [_STYLES / name for name in ("common.tcss", "compose.tcss")]  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = MittoApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = MittoApp.VERTICAL_BREAKPOINTS

    def __init__(self, *widgets: Widget, dialog: Callable[[], Screen[Any]] | None = None) -> None:
        super().__init__()
        self._widgets = widgets
        self._dialog = dialog
        self.answers: list[Any] = []
        self.register_theme(themes.DARK)
        self.theme = themes.DARK.name

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def on_mount(self) -> None:
        if self._dialog is not None:
            self.ask(self._dialog())

    def ask(self, dialog: Screen[Any]) -> None:
        """Push ``dialog`` and keep its answer."""
        self.push_screen(dialog, self.answers.append)


@asynccontextmanager
async def bench(
    *widgets: Widget, dialog: Callable[[], Screen[Any]] | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[int], list[Any]]]:
    """A bench that runs, and the answers to its dialogs."""
    app = Bench(*widgets, dialog=dialog)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, app.answers

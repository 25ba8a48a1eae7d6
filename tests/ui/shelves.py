"""Dialogs on their own: the app without a workspace, for what needs no more than a store."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen

from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.screens.shelf import ShelfScreen
from tests.ui.rooms import until

Shelf = TypeVar("Shelf", bound=ShelfScreen[Any, Any, Any])


class BareApp(MittoApp):
    """The app's themes, keys and styles, over an empty screen."""

    def __init__(self, *, masked: bool = False) -> None:
        super().__init__()
        self.masked = masked
        self.answers: list[Any] = []
        """What dialogs were dismissed with."""

    def get_default_screen(self) -> Screen[Any]:
        return Screen()

    def ask(self, screen: ModalScreen[Any]) -> None:
        """Show a dialog, and keep its answer."""
        self.push_screen(screen, self.answers.append)


@asynccontextmanager
async def bare(
    screen: ModalScreen[Any], *, size: tuple[int, int] = (100, 30), masked: bool = False
) -> AsyncIterator[tuple[BareApp, Pilot[int]]]:
    """A dialog, shown."""
    app = BareApp(masked=masked)
    async with app.run_test(size=size) as pilot:
        app.ask(screen)
        await until(pilot, lambda: app.screen is screen and screen.is_mounted and screen.focused is not None)
        yield app, pilot


@asynccontextmanager
async def shelf(screen: Shelf, *, masked: bool = False) -> AsyncIterator[tuple[BareApp, Pilot[int]]]:
    """A list to choose from, shown and read."""
    async with bare(screen, masked=masked) as (app, pilot):
        await until(pilot, lambda: screen.settled)
        yield app, pilot


def picture(screen: ShelfScreen[Any, Any, Any] | ModalScreen[Any]) -> Callable[[Pilot[Any]], Any]:
    """What to do before a picture is taken of a dialog."""

    async def show(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, BareApp)
        pilot.app.ask(screen)
        await until(pilot, lambda: screen.is_mounted and screen.focused is not None)
        if isinstance(screen, ShelfScreen):
            await until(pilot, lambda: screen.settled)
        for field in screen.query("LiteralInput"):
            field.cursor_blink = False  # type: ignore[attr-defined]  # they are Inputs
        await pilot.pause()

    return show


@pytest.fixture
def utc() -> Iterator[None]:
    """The world on Greenwich time."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    del os.environ["TZ"]
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()

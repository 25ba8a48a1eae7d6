"""What pictures of the whole app need: a world that stands still, and an app that closes its workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from mitto_tui.ui.app import MittoApp
from screenshots import make
from screenshots.stage import Stage, staged
from tests.ui.rooms import QuickApp, move_in, until

SIZES = [pytest.param(make.WIDE, id="120x36"), pytest.param(make.SMALL, id="80x24")]
Compare = Callable[..., bool]


class Closing:
    """Closes its workspace when it ends."""

    workspace: Any

    async def on_unmount(self) -> None:
        await self.workspace.aclose()


class QuickClosing(Closing, QuickApp):
    """Without Compose."""


class WholeClosing(Closing, MittoApp):
    """With everything."""


@contextmanager
def still(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The world that stands still, with a key for the account ``work``."""
    backend = move_in(home, monkeypatch)
    backend.secrets["mitto-tui", "work"] = "example-key-of-no-account"
    with staged(home) as found:
        yield found


def before(scene: Callable[[Pilot[int], Stage], Awaitable[None]], stage: Stage) -> Callable[[Pilot[int]], Any]:
    """What brings a scene onto the screen, to be looked at."""

    async def run(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: pilot.app.current_mode == "compose" and pilot.app.screen.is_mounted)
        await scene(pilot, stage)
        for field in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
            field.cursor_blink = False
        await pilot.pause()
        await asyncio.sleep(0)

    return run

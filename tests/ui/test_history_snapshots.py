"""How the screens look, with a world that stands still: one picture a screen and size."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

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


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    backend = move_in(tmp_path, monkeypatch)
    backend.secrets["mitto-tui", "work"] = "example-key-of-no-account"
    with staged(tmp_path) as found:
        yield found


def _before(scene: Callable[[Pilot[int], Stage], Awaitable[None]], stage: Stage) -> Callable[[Pilot[int]], Any]:
    async def run(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: pilot.app.current_mode == "compose" and pilot.app.screen.is_mounted)
        await scene(pilot, stage)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()
        await asyncio.sleep(0)

    return run


@pytest.mark.parametrize("size", SIZES)
def test_history(snap_compare: Compare, stage: Stage, size: tuple[int, int]) -> None:
    app = QuickClosing(sandbox=True)
    assert snap_compare(app, terminal_size=size, run_before=_before(make.history, stage))


def test_message_at_80_columns(snap_compare: Compare, stage: Stage) -> None:
    app = QuickClosing(sandbox=True)
    assert snap_compare(app, terminal_size=make.SMALL, run_before=_before(make.message, stage))


@pytest.mark.parametrize("size", SIZES)
def test_settings(snap_compare: Compare, stage: Stage, tmp_path: Path, size: tuple[int, int]) -> None:
    file = tmp_path / "mitto-tui" / "config.toml"
    file.parent.mkdir()
    file.write_text(make.CONFIG)
    assert snap_compare(QuickClosing(), terminal_size=size, run_before=_before(make.settings, stage))


@pytest.mark.parametrize("size", SIZES)
def test_first_run(snap_compare: Compare, stage: Stage, size: tuple[int, int]) -> None:
    assert snap_compare(WholeClosing(), terminal_size=size, run_before=_before(make.first_run, stage))

"""The first start without a key: two ways to go on, asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from mitto_tui.sms.status import Status
from mitto_tui.ui.screens.first_run import FirstRunScreen
from mitto_tui.ui.screens.settings_key import SetKeyDialog
from tests.ui.rooms import MemoryKeyring, app_of, history_of, move_in, opened, screen_text, send, until, workspace_of


@pytest.fixture(autouse=True)
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    return move_in(tmp_path, monkeypatch)


async def test_choosing_the_sandbox_opens_it_and_the_welcome_does_not_come_back() -> None:
    async with opened(sandbox=False, size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))
        shown = screen_text(pilot)
        assert "Open the sandbox" in shown
        assert "Enter the key" in shown
        await pilot.press("enter")
        await until(pilot, lambda: workspace_of(pilot).sandbox and app_of(pilot).current_mode == "compose")
        await until(pilot, lambda: "◆ sandbox" in screen_text(pilot))
        # It is a whole sandbox: a message goes out and comes back delivered.
        await send(pilot, "00")
        screen = await history_of(pilot)
        await until(pilot, lambda: screen.message is not None and screen.message.status is Status.DELIVERED)
        assert app_of(pilot).welcomed


async def test_at_60_columns_the_whole_welcome_is_in_sight() -> None:
    async with opened(sandbox=False, size=(60, 20)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))
        await until(pilot, lambda: pilot.app.focused is not None)
        await pilot.pause()
        shown = screen_text(pilot)
        for words in ("Welcome to mitto", "Open the sandbox", "Enter the key", "F10 quit"):
            assert words in shown


async def test_what_does_not_fit_begins_at_its_beginning() -> None:
    async with opened(sandbox=False, size=(60, 16)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))
        await until(pilot, lambda: pilot.app.focused is not None)
        await pilot.pause()
        assert "Welcome to mitto" in screen_text(pilot)
        await pilot.press("right")
        await until(pilot, lambda: "Enter the key" in screen_text(pilot))


async def test_entering_a_key_stores_it_and_goes_on(backend: MemoryKeyring) -> None:
    async with opened(sandbox=False) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))
        await pilot.press("k")
        await until(pilot, lambda: isinstance(pilot.app.screen, SetKeyDialog))
        for wrong, words in (("", "is empty"), ("two words", "a space"), ("k\u202ey", "plain ASCII")):
            pilot.app.screen.query_one("#key", Input).value = wrong
            await pilot.press("enter")
            await until(pilot, lambda words=words: words in " ".join(screen_text(pilot).split()))  # type: ignore[misc]
        pilot.app.screen.query_one("#key", Input).value = "a-key-that-works-0123"
        await pilot.press("enter")
        await until(pilot, lambda: app_of(pilot).current_mode == "compose" and not pilot.app.screen.is_modal)
        assert backend.secrets == {("mitto-tui", "default"): "a-key-that-works-0123"}
        await until(pilot, lambda: "Nothing can be sent yet" not in screen_text(pilot))
        assert not workspace_of(pilot).sandbox


async def test_with_a_key_or_in_the_sandbox_there_is_no_welcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITTO_API_KEY", "a-key-in-the-environment")
    async with opened(sandbox=False) as pilot:
        await until(pilot, lambda: not any(worker.group == "welcome" for worker in pilot.app.workers))
        assert app_of(pilot).current_mode == "compose"
        assert not pilot.app.screen.is_modal
    monkeypatch.delenv("MITTO_API_KEY")
    async with opened() as pilot:
        await until(pilot, lambda: not any(worker.group == "welcome" for worker in pilot.app.workers))
        assert not pilot.app.screen.is_modal

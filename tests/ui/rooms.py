"""The app, opened on a home of its own, for the tests of its screens."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from sqlalchemy import insert
from textual.pilot import Pilot

from mitto_tui.mitto.simulator.scenario import MAGIC_PREFIX
from mitto_tui.sms.message import Options
from mitto_tui.sms.status import Event, EventKind, Status
from mitto_tui.storage import schema
from mitto_tui.storage.search import searchable
from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.screens.history import HistoryScreen
from mitto_tui.ui.screens.settings import SettingsScreen
from mitto_tui.workspace.workspace import Workspace

PATIENCE = 20.0
"""Seconds until a condition that never comes is given up."""


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps secrets as long as the test lasts."""

    priority = 1
    name = "Test Keyring"

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


def move_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """Let the program keep everything in ``home``, with a keyring in memory and no key."""
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MITTO_TUI_HOME", str(home / "mitto-tui"))
    monkeypatch.delenv("MITTO_API_KEY", raising=False)
    monkeypatch.delenv("MITTO_BASE_URL", raising=False)
    backend = MemoryKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    return backend


class AnteRoom(ModeScreen):
    """Stands where Compose would, for tests of other screens: it costs nothing to make."""

    MODE = "compose"


class QuickApp(MittoApp):
    """The app, without Compose."""

    MODES: ClassVar[dict[str, Any]] = {**MittoApp.MODES, "compose": AnteRoom}


@asynccontextmanager
async def opened(
    *, sandbox: bool = True, size: tuple[int, int] = (120, 36), make: type[MittoApp] = MittoApp
) -> AsyncIterator[Pilot[int]]:
    """The app with its workspace open, and closed again in the end."""
    app = make(sandbox=sandbox)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.workspace is not None)
        try:
            yield pilot
        finally:
            await workspace_of(pilot).aclose()


quickly = partial(opened, make=QuickApp)
"""``opened``, without Compose, whose making takes longer than many a test."""


async def until(pilot: Pilot[int], condition: Callable[[], bool], within: float = PATIENCE) -> None:
    """Wait for a condition, with the app running."""
    end = time.monotonic() + within
    pause = 0.01
    while not condition():
        assert time.monotonic() < end, f"the condition never came; the screen shows:\n{screen_text(pilot)}"
        await pilot.pause(pause)
        pause = min(pause * 1.5, 0.1)
    await pilot.pause()


def app_of(pilot: Pilot[int]) -> MittoApp:
    """The app, by its own type."""
    assert isinstance(pilot.app, MittoApp)
    return pilot.app


def workspace_of(pilot: Pilot[int]) -> Workspace:
    """What is open now."""
    workspace = app_of(pilot).workspace
    assert workspace is not None
    return workspace


async def history_of(pilot: Pilot[int]) -> HistoryScreen:
    """The history, shown and read."""
    await app_of(pilot).run_action("history")
    screen = pilot.app.screen
    assert isinstance(screen, HistoryScreen)
    await settled(pilot, screen)
    return screen


async def settled(pilot: Pilot[int], screen: HistoryScreen) -> None:
    """Wait until the list shows all that is stored, and the message under the cursor."""
    await until(pilot, lambda: screen.is_mounted and screen.table.settled)
    await until(pilot, lambda: (screen.detail.detail is None) == (screen.table.current is None))


async def settings_of(pilot: Pilot[int]) -> SettingsScreen:
    """The settings, shown."""
    await app_of(pilot).run_action("settings")
    screen = pilot.app.screen
    assert isinstance(screen, SettingsScreen)
    await until(pilot, lambda: screen.is_mounted and screen.account.name_shown != "")
    return screen


def magic(outcome: str) -> str:
    """The number that has the simulator do what docs/simulator.md says at these two digits."""
    return f"+{MAGIC_PREFIX}{outcome}"


async def send(pilot: Pilot[int], to: str, text: str = "Your parcel is here.", options: Options | None = None) -> int:
    """Send a message through the sandbox and return its id. Numbers of two digits are magic."""
    workspace = workspace_of(pilot)
    number = magic(to) if len(to) == 2 else to
    result = await workspace.send(workspace.check("MITTO SMS", number, text, options or Options()))
    return result.message_id


async def until_status(pilot: Pilot[int], message_id: int, status: Status) -> None:
    """Wait until a message has a status in the store."""

    def reached() -> bool:
        row = workspace_of(pilot).history.get(message_id)
        return row is not None and row.status is status

    await until(pilot, reached)


def store_many(workspace: Workspace, count: int, text: Callable[[int], str] = "message {}".format) -> Sequence[int]:
    """Put queued messages into the store, in one transaction; their ids."""
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with workspace.database.write() as connection:
        ids = []
        for number in range(count):
            at = start + timedelta(seconds=number)
            values = {
                "profile": workspace.profile.name,
                "recipient": f"49171392{number:05d}",
                "sender": "MITTO SMS",
                "type": "GSM",
                "encoding": "gsm",
                "segments": 1,
                "flash": False,
                "test": False,
                "created_at": at,
                "status": Status.QUEUED.value,
                "attempts": 0,
                "conflicting": False,
                "updated_at": at,
                "text": text(number),
                "search": searchable(text(number), "MITTO SMS", None),
            }
            stored = connection.execute(insert(schema.messages), values).inserted_primary_key
            assert stored is not None
            ids.append(int(stored[0]))
        connection.execute(
            insert(schema.events),
            [
                {"message_id": message_id, "kind": Event(EventKind.QUEUED, start).kind.value, "at": start, "data": {}}
                for message_id in ids
            ],
        )
    return ids


def screen_text(pilot: Pilot[int]) -> str:
    """Everything that can be read on the screen now."""
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)

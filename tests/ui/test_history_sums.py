"""Statistics, Mitto's own count, export and purge: opened from the history, over the sandbox."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Button

from mitto_tui.sms.status import Status
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.ui.screens.export_history import ExportHistory
from mitto_tui.ui.screens.statistics import StatisticsScreen
from mitto_tui.ui.screens.usage import UsageDialog
from mitto_tui.ui.widgets.field import Choice
from mitto_tui.ui.widgets.path_input import PathInput
from mitto_tui.workspace.workspace import now
from tests.ui.rooms import (
    app_of,
    history_of,
    move_in,
    quickly,
    screen_text,
    send,
    settled,
    store_many,
    until,
    until_status,
    workspace_of,
)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


async def test_statistics_and_mittos_own_count_beside_ours() -> None:
    async with quickly() as pilot:
        store_many(workspace_of(pilot), 40)
        for digits, status in (("00", Status.DELIVERED), ("18", Status.REJECTED)):
            await until_status(pilot, await send(pilot, digits), status)
        await history_of(pilot)
        await pilot.press("t")
        await until(pilot, lambda: "2 messages" in screen_text(pilot))
        shown = screen_text(pilot)
        for words in ("100 % delivered of 1 taken", "1 failed", "Messages a day:", "On the phone: half within"):
            assert words in shown
        pilot.app.screen.query_one("#statistics-period", Choice).value = ""
        await until(pilot, lambda: "42 messages" in screen_text(pilot))
        pilot.app.screen.query_one("#statistics-body").scroll_end(animate=False)
        await until(pilot, lambda: "single messages" in screen_text(pilot))
        assert "Germany" in screen_text(pilot)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, UsageDialog) and pilot.app.screen.is_mounted)
        pilot.app.screen.query_one("#usage-go", Button).press()
        await until(pilot, lambda: "Which account?" in screen_text(pilot))
        await pilot.press(*"acme")
        pilot.app.screen.query_one("#usage-go", Button).press()
        await until(pilot, lambda: "as Mitto counted it on" in screen_text(pilot))
        assert "the same" in screen_text(pilot)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, StatisticsScreen | UsageDialog))


async def test_what_is_in_sight_is_exported_and_an_older_file_replaced_only_when_asked(tmp_path: Path) -> None:
    async with quickly() as pilot:
        ids = store_many(workspace_of(pilot), 1_200, "=SUM({})".format)
        screen = await history_of(pilot)
        await settled(pilot, screen)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportHistory) and pilot.app.screen.is_mounted)
        dialog = pilot.app.screen
        await until(pilot, lambda: "1,200 messages in sight" in screen_text(pilot))
        path = dialog.query_one("#export-path", PathInput)
        assert path.value.endswith(".csv")
        dialog.query_one("#export-format", Choice).value = "jsonl"
        await until(pilot, lambda: path.value.endswith(".jsonl"))
        path.value = str(tmp_path / "out.csv")
        await until(pilot, lambda: dialog.query_one("#export-format", Choice).value == "sheet")
        (tmp_path / "out.csv").write_text("mine")
        dialog.query_one("#export-go", Button).press()
        await until(pilot, lambda: "Replace “out.csv”?" in screen_text(pilot))
        assert (tmp_path / "out.csv").read_text() == "mine"
        await pilot.press("r")
        await until(pilot, lambda: "1,200 messages are in" in screen_text(pilot))
        with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [int(row["id"]) for row in rows] == ids[::-1]
        assert rows[-1]["text"] == "'=SUM(0)", "no spreadsheet runs it"
        assert (tmp_path / "out.csv").stat().st_mode & 0o077 == 0


async def test_nothing_is_purged_before_its_number_was_seen_and_the_word_typed(tmp_path: Path) -> None:
    async with quickly() as pilot:
        workspace = workspace_of(pilot)
        old = store_many(workspace, 30)
        for message_id in old[:20]:
            workspace.messages.cancel(message_id, now())
        with workspace.database.write() as connection:
            before = int((now() - timedelta(days=800)).timestamp() * 1e6)
            connection.exec_driver_sql("UPDATE messages SET created_at = ?, updated_at = ?", (before, before))
        new = await send(pilot, "00")
        await until_status(pilot, new, Status.DELIVERED)
        await history_of(pilot)
        await app_of(pilot).screen.run_action("purge")
        await until(pilot, lambda: "20 messages would be deleted" in screen_text(pilot))
        assert "10 queued" in screen_text(pilot)
        dialog = pilot.app.screen
        dialog.query_one("#purge-age", Choice).value = "day"
        await until(pilot, lambda: "Give a day." in screen_text(pilot))
        assert not dialog.query_one("#purge-go").display
        dialog.query_one("#purge-age", Choice).value = "730"
        await until(pilot, lambda: "20 messages would be deleted" in screen_text(pilot))
        dialog.query_one("#purge-go", Button).press()
        await until(pilot, lambda: "Type the word delete" in screen_text(pilot))
        assert workspace.history.count(HistoryFilter()) == 31
        await pilot.press(*"delete", "enter")
        await until(pilot, lambda: "20 messages deleted." in screen_text(pilot))
        assert workspace.history.count(HistoryFilter()) == 11
        await pilot.press("escape")
        await until(pilot, lambda: "11 messages" in screen_text(pilot))

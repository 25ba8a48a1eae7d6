"""Filters, order, and decisions on all that is in sight: in the app, over the sandbox."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Button

from mitto_tui.mitto.simulator.scenario import MAGIC_PREFIX
from mitto_tui.sms.status import Status
from mitto_tui.ui.history_rows import Group
from mitto_tui.ui.screens.many import ManyDialog
from mitto_tui.ui.screens.narrow import NarrowDialog
from mitto_tui.workspace.workspace import now
from tests.storage.builders import report
from tests.ui.rooms import (
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


async def test_a_filter_by_day_and_sender_is_asked_for_shown_and_taken_back() -> None:
    async with quickly() as pilot:
        old = store_many(workspace_of(pilot), 300)
        new = await send(pilot, "00", "of today")
        screen = await history_of(pilot)
        await settled(pilot, screen)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, NarrowDialog) and pilot.app.screen.is_mounted)
        await pilot.press(*"nonsense")
        pilot.app.screen.query_one("#narrow-show", Button).press()
        await until(pilot, lambda: "“nonsense” is no day." in screen_text(pilot))
        await pilot.press(*["backspace"] * 8, *"1.3.2026", "enter", *"31 mar 2026", "enter", *"MITTO SMS")
        assert "Tue, 31 Mar 2026" in screen_text(pilot)
        pilot.app.screen.query_one("#narrow-show", Button).press()
        await until(pilot, lambda: screen.is_current and screen.table.total == 300 and screen.table.settled)
        shown = screen_text(pilot)
        assert "from MITTO SMS · 1 Mar 2026 to 31 Mar 2026" in shown
        assert "All 300" in shown, "the groups count what is narrowed down to"
        await pilot.press("o")
        await until(pilot, lambda: screen.table.current is not None and screen.table.current.message.id == old[0])
        await pilot.press("end")
        await until(pilot, lambda: screen.message is not None and screen.message.id == old[-1])
        assert "oldest first" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: screen.table.total == 301 and screen.table.settled)
        await pilot.press("end")
        await until(pilot, lambda: screen.message is not None and screen.message.id == new)


async def test_all_that_is_in_doubt_is_taken_as_sent_after_its_number_was_typed() -> None:
    async with quickly() as pilot:
        ids = [await send(pilot, "30") for _ in range(3)]
        for message_id in ids:
            await until_status(pilot, message_id, Status.IN_DOUBT)
        screen = await history_of(pilot)
        await settled(pilot, screen)
        await pilot.press("2", "A")
        await until(pilot, lambda: "Type 3 to confirm" in screen_text(pilot))
        dialog = pilot.app.screen
        assert isinstance(dialog, ManyDialog)
        assert dialog.focused is dialog.query_one("#many-back"), "the safe answer has the focus"
        dialog.query_one("#many-count").focus()
        await pilot.press("4", "enter")
        await until(pilot, lambda: "That is another number" in screen_text(pilot))
        assert {workspace_of(pilot).messages.status(message_id) for message_id in ids} == {Status.IN_DOUBT}
        await pilot.press("backspace", "3", "enter")
        await until(pilot, lambda: "3 assumed sent" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: screen.is_current)
        assert {workspace_of(pilot).messages.status(message_id) for message_id in ids} == {Status.ASSUMED_SENT}


async def test_sending_all_failed_ones_again_leaves_doubt_and_refusals_alone() -> None:
    async with quickly() as pilot:
        refused, doubt = await send(pilot, "18"), await send(pilot, "30")
        await until_status(pilot, refused, Status.REJECTED)
        await until_status(pilot, doubt, Status.IN_DOUBT)
        failed = store_many(workspace_of(pilot), 2)
        for message_id in failed:
            workspace_of(pilot).messages.give_up(message_id, 0, "It could not leave.", now())
        screen = await history_of(pilot)
        await settled(pilot, screen)
        await pilot.press("S")
        await until(pilot, lambda: "Type 2 to confirm" in screen_text(pilot))
        dialog = pilot.app.screen
        dialog.query_one("#many-count").focus()
        await pilot.press("2", "enter")
        await until(pilot, lambda: "left as they were" in screen_text(pilot) or "accepted" in screen_text(pilot))
        for message_id in failed:
            row = workspace_of(pilot).history.get(message_id)
            assert row is not None
            assert row.attempts == 1
        assert workspace_of(pilot).messages.status(refused) is Status.REJECTED
        assert workspace_of(pilot).messages.status(doubt) is Status.IN_DOUBT


async def test_a_report_that_only_names_the_number_is_offered_and_taken_on_a_persons_word() -> None:
    async with quickly() as pilot:
        doubt = await send(pilot, "30")
        await until_status(pilot, doubt, Status.IN_DOUBT)
        workspace = workspace_of(pilot)
        told = report(receiver=f"+{MAGIC_PREFIX}30", mitto_id="somebody's", status_text="[b]DELIVRD[/b]")
        workspace.reports.receive("sandbox", told, '{"msgid": "[red]x"}', "GET", now() + timedelta(seconds=1))
        screen = await history_of(pilot)
        await until(pilot, lambda: "Perhaps a report: [b]DELIVRD[/b]" in screen_text(pilot))
        assert '{"msgid": "[red]x"}' in screen_text(pilot)
        screen.query_one("#detail-take_report", Button).press()
        await until(pilot, lambda: "Take the report?" in screen_text(pilot))
        assert workspace.messages.status(doubt) is Status.IN_DOUBT
        await pilot.press("t")
        await until_status(pilot, doubt, Status.DELIVERED)


async def test_another_profiles_message_can_be_read_and_not_decided_on() -> None:
    async with quickly() as pilot:
        workspace = workspace_of(pilot)
        doubt = await send(pilot, "30")
        await until_status(pilot, doubt, Status.IN_DOUBT)
        with workspace.database.write() as connection:
            connection.exec_driver_sql("UPDATE messages SET profile = 'default'")
        screen = await history_of(pilot)
        await until(pilot, lambda: "Nothing has been sent yet." in screen_text(pilot))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, NarrowDialog) and pilot.app.screen.is_mounted)
        pilot.app.screen.query_one("#narrow-profile").focus()
        await pilot.press("right")
        pilot.app.screen.query_one("#narrow-show", Button).press()
        await until(pilot, lambda: "It belongs to the profile default" in screen_text(pilot).replace("\n", " "))
        assert screen.looked_at.group is Group.ALL
        assert not screen.can_resend
        assert not screen.can_assume_sent
        await pilot.press("escape")
        await until(pilot, lambda: screen.table.total == 0)

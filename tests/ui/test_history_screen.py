"""The history over the sandbox: real messages, really sent and reported on."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitto_tui.sms.message import Options
from mitto_tui.sms.status import Status
from mitto_tui.ui.history_rows import Group
from mitto_tui.ui.screens.history import HistoryScreen
from mitto_tui.ui.screens.history_decisions import ConfirmDecision
from mitto_tui.ui.widgets.hanging_text import HangingText
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


async def test_an_empty_history_says_what_to_do_and_a_sent_message_turns_delivered_before_ones_eyes() -> None:
    async with quickly() as pilot:
        screen = await history_of(pilot)
        await until(pilot, lambda: "Nothing has been sent yet." in screen_text(pilot))
        assert "F2 goes to Compose" in screen_text(pilot)
        message_id = await send(pilot, "00", "Hello Jürgen")
        await until(pilot, lambda: screen.message is not None and screen.message.status is Status.DELIVERED)
        await until(pilot, lambda: "Report: delivered" in screen_text(pilot))
        assert screen.message is not None
        assert screen.message.id == message_id
        shown = screen_text(pilot)
        for words in ("● delivered", "It is on the phone.", "Hello Jürgen", "Attempt 1", "HTTP 200"):
            assert words in shown
        assert screen.table.has_focus


async def test_every_status_is_a_sign_and_a_word_and_chips_count_and_filter() -> None:
    async with quickly() as pilot:
        ids = [await send(pilot, digits) for digits in ("00", "01", "02", "18", "20", "30")]
        for message_id, status in zip(
            ids,
            (
                Status.DELIVERED,
                Status.UNDELIVERED,
                Status.EXPIRED,
                Status.REJECTED,
                Status.QUEUED,
                Status.IN_DOUBT,
            ),
            strict=True,
        ):
            await until_status(pilot, message_id, status)
        screen = await history_of(pilot)
        await until(pilot, lambda: "▲ In doubt 1" in screen_text(pilot))
        shown = screen_text(pilot)
        for words in ("● delivered", "✕ undelivered", "✕ expired", "✕ rejected", "◌ queued", "▲ in doubt"):
            assert words in shown
        for chip in ("All 6", "✕ Failed 3", "● Delivered 1", "◔ On the way 1", "History ▲1"):
            assert chip in shown
        for key, group, expected in (
            ("2", Group.IN_DOUBT, [ids[5]]),
            ("3", Group.FAILED, [ids[3], ids[2], ids[1]]),
            ("4", Group.DELIVERED, [ids[0]]),
            ("5", Group.ON_THE_WAY, [ids[4]]),
        ):
            await pilot.press(key)
            await until(pilot, lambda expected=expected: screen.table.total == len(expected))  # type: ignore[misc]
            assert screen.chips.group is group
            found = [screen.table.row_at(index) for index in range(len(expected))]
            assert [line.id for line in found if line is not None] == expected
        await pilot.press("escape")
        await until(pilot, lambda: screen.table.total == 6)


async def test_search_finds_text_number_and_reference_or_says_that_there_is_nothing() -> None:
    async with quickly() as pilot:
        await send(pilot, "00", "hay")
        wanted = await send(pilot, "01", "a needle", Options(reference="My Order 7"))
        screen = await history_of(pilot)
        for needle in ("needle", "NEEDLE", "1713920001", "my order"):
            await pilot.press("slash")
            screen.search.value = needle
            await pilot.press("enter")
            await until(pilot, lambda: screen.table.total == 1 and screen.table.current is not None)
            assert screen.table.current is not None
            assert screen.table.current.id == wanted
            assert screen.table.has_focus
            await pilot.press("escape")
            await until(pilot, lambda: screen.table.total == 2)
        screen.search.value = "[/no] such"
        await until(pilot, lambda: "No message matches “[/no] such”." in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: screen.table.total == 2 and screen.table.has_focus)
        assert screen.search.value == ""


async def test_assuming_that_a_doubtful_message_was_sent_asks_first() -> None:
    async with quickly() as pilot:
        message_id = await send(pilot, "30")
        screen = await history_of(pilot)
        assert "not known whether Mitto took it" in screen_text(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDecision))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        row = workspace_of(pilot).history.get(message_id)
        assert row is not None
        assert row.status is Status.IN_DOUBT, "the safe answer has the focus"
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDecision))
        await pilot.press("a")
        await until_status(pilot, message_id, Status.ASSUMED_SENT)
        await until(pilot, lambda: screen.message is not None and screen.message.status is Status.ASSUMED_SENT)
        assert not screen.can_resend
        assert "History ▲" not in screen_text(pilot)


async def test_a_key_pressed_at_once_after_moving_is_about_the_message_under_the_cursor() -> None:
    async with quickly() as pilot:
        doubtful = await send(pilot, "30", "the doubtful one")
        await send(pilot, "10", "the refused one")
        screen = await history_of(pilot)
        for keys in (("down", "a"), ("up", "down", "enter", "a")):
            # Without the pauses of pilot.press: the message has not been read when the last key comes.
            for key in keys:
                pilot.app.simulate_key(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDecision))
            assert "the doubtful one" in screen_text(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is screen)
            await pilot.press("escape")
            await until(pilot, lambda: screen.table.has_focus)
        assert screen.message is not None
        assert screen.message.id == doubtful


async def test_sending_a_doubtful_message_again_names_the_worst_and_sends_once_more() -> None:
    async with quickly() as pilot:
        message_id = await send(pilot, "30", "Only once, please")
        screen = await history_of(pilot)
        await pilot.press("enter", "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDecision))
        assert "would then arrive twice" in screen_text(pilot)
        await pilot.press("s")
        # The simulator cuts every connection of this number, so the second attempt is in doubt as well.
        await until(pilot, lambda: screen.message is not None and screen.message.attempts == 2)
        await until_status(pilot, message_id, Status.IN_DOUBT)
        await until(pilot, lambda: "Attempt 2" in _timeline(screen))
        assert screen.message is not None
        assert screen.message.id == message_id


async def test_a_message_that_was_not_let_in_says_what_to_mend_and_can_be_sent_now() -> None:
    async with quickly() as pilot:
        message_id = await send(pilot, "20")
        screen = await history_of(pilot)
        shown = screen_text(pilot)
        assert "◌ queued" in shown
        assert "HTTP 401" in shown
        assert "allow list" in shown
        assert "Send now" in shown
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDecision))
        await pilot.press("s")
        await until(pilot, lambda: screen.message is not None and screen.message.attempts == 2)
        await until_status(pilot, message_id, Status.QUEUED)


async def test_at_80_columns_a_message_opens_in_place_of_the_list_which_keeps_its_place() -> None:
    async with quickly(size=(80, 24)) as pilot:
        store_many(workspace_of(pilot), 300)
        screen = await history_of(pilot)
        await until(pilot, lambda: screen.table.total == 300)
        for _ in range(4):
            await pilot.press("pagedown")
        await settled(pilot, screen)
        cursor, scroll = screen.table.cursor, screen.table.scroll_offset.y
        assert scroll > 0
        await pilot.press("enter")
        await until(pilot, lambda: screen.detail.region.height > 0 and screen.detail.has_focus)
        assert screen.table.region.height == 0
        await pilot.press("escape")
        await until(pilot, lambda: screen.table.region.height > 0)
        assert (screen.table.cursor, screen.table.scroll_offset.y) == (cursor, scroll)
        await until(pilot, lambda: screen.table.has_focus)
        await pilot.press("enter", "slash")
        await until(pilot, lambda: screen.search.has_focus and screen.search.region.height > 0)


async def test_new_messages_come_in_without_moving_cursor_or_view() -> None:
    async with quickly() as pilot:
        store_many(workspace_of(pilot), 500)
        screen = await history_of(pilot)
        await until(pilot, lambda: screen.table.total == 500)
        for _ in range(3):
            await pilot.press("pagedown")
        await settled(pilot, screen)
        before = screen.table.current
        assert before is not None
        line = screen.table.cursor - screen.table.scroll_offset.y
        await send(pilot, "00")
        await until(pilot, lambda: screen.table.total == 501)
        after = screen.table.current
        assert after is not None
        assert after.id == before.id
        assert screen.table.cursor - screen.table.scroll_offset.y == line
        await pilot.press("home")
        await until(pilot, lambda: screen.message is not None and screen.message.status is Status.DELIVERED)


async def test_an_opened_message_stays_open_when_it_leaves_the_filter() -> None:
    async with quickly() as pilot:
        message_id = await send(pilot, "30")
        screen = await history_of(pilot)
        await pilot.press("2")
        await until(pilot, lambda: screen.table.total == 1 and screen.chips.group is Group.IN_DOUBT)
        await pilot.press("enter")
        await workspace_of(pilot).assume_sent(message_id)
        await until(pilot, lambda: screen.table.total == 0)
        await until(pilot, lambda: screen.message is not None and screen.message.status is Status.ASSUMED_SENT)
        await pilot.press("escape")
        await until(pilot, lambda: "Nothing is in doubt." in screen_text(pilot))
        await until(pilot, lambda: screen.panel.detail is None)
        await pilot.press("1")
        await until(pilot, lambda: screen.table.total == 1 and screen.table.has_focus)


async def test_a_number_that_no_message_matches_is_masked_as_well() -> None:
    async with quickly() as pilot:
        screen = await history_of(pilot)
        screen.search.value = "+491713920031 x"
        await until(pilot, lambda: "No message matches “+491713920031 x”." in screen_text(pilot))
        await pilot.press("f12")
        await until(pilot, lambda: "No message matches “+•••••••••••• x”." in screen_text(pilot))
        assert "3920031" not in screen_text(pilot)


async def test_at_60_columns_every_filter_is_there_and_the_chosen_one_has_its_name() -> None:
    async with quickly(size=(60, 20)) as pilot:
        await send(pilot, "30")
        await send(pilot, "20")
        screen = await history_of(pilot)
        await until(pilot, lambda: " All 2   ▲ 1   ✕   ●   ◔ 1" in screen_text(pilot))
        await pilot.press("5")
        await until(pilot, lambda: " All 2   ▲ 1   ✕   ●   ◔ On the way 1" in screen_text(pilot))
        assert await pilot.click("FilterChips", offset=(9, 0))
        assert screen.chips.group is Group.IN_DOUBT
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: " ▲ In doubt 1   ✕ Failed   ● Delivered   ◔ On the way 1" in screen_text(pilot))


async def test_text_number_and_id_are_copied_and_the_number_can_be_masked_everywhere() -> None:
    async with quickly() as pilot:
        message_id = await send(pilot, "00", "to be copied")
        await until_status(pilot, message_id, Status.DELIVERED)
        screen = await history_of(pilot)
        assert screen.message is not None
        for key, expected in (("c", "to be copied"), ("n", "+491713920000"), ("i", screen.message.mitto_id)):
            await pilot.press(key)
            assert pilot.app.clipboard == expected
        await pilot.press("r")
        assert "491713920000" in _timeline(screen)
        assert "+49 171 3920000" in screen_text(pilot)
        await pilot.press("f12")
        await until(pilot, lambda: "+••" in screen_text(pilot))
        shown = screen_text(pilot)
        assert "3920000" not in shown
        assert "3920000" not in _timeline(screen)


async def test_compose_opens_a_message_wherever_it_is_in_the_list() -> None:
    async with quickly() as pilot:
        ids = store_many(workspace_of(pilot), 700)
        await pilot.app.open_message(ids[150])  # type: ignore[attr-defined]  # the app is ours
        screen = await history_of(pilot)
        await until(pilot, lambda: screen.table.current is not None and screen.table.current.id == ids[150])
        await until(pilot, lambda: screen.message is not None and screen.message.id == ids[150])
        assert screen.table.cursor == 700 - 151


async def test_a_late_word_from_the_list_takes_nothing_from_the_message_that_was_opened() -> None:
    async with quickly() as pilot:
        ids = store_many(workspace_of(pilot), 3)
        screen = await history_of(pilot)
        await screen.open_message(ids[0])
        screen.detail.show(None)  # as while it is still being read
        screen._moved()
        assert screen.panel.wanted == ids[0]
        await until(pilot, lambda: screen.message is not None and screen.message.id == ids[0])


async def test_five_thousand_messages_scroll_to_the_end_and_back() -> None:
    async with quickly(size=(80, 24)) as pilot:
        ids = store_many(workspace_of(pilot), 5000)
        screen = await history_of(pilot)
        await until(pilot, lambda: screen.table.total == 5000)
        await pilot.press("end")
        await until(pilot, lambda: screen.table.current is not None and screen.table.current.id == ids[0], within=2)
        await until(pilot, lambda: "message 0 " in screen_text(pilot), within=2)
        await pilot.press("home")
        await until(pilot, lambda: "message 4999 " in screen_text(pilot), within=2)
        screen.table.cursor = 2500
        await until(pilot, lambda: screen.table.current is not None and screen.table.current.id == ids[2499], within=2)


def _timeline(screen: HistoryScreen) -> str:
    """All of the timeline's words, scrolled to or not."""
    return "\n".join(str(paragraph.body) for paragraph in screen.query_one("#detail-timeline", HangingText).paragraphs)

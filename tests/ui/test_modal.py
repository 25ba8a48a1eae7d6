"""Dialogs: answered once."""

from __future__ import annotations

from textual.widgets import Button

from mitto_tui.ui.widgets.dialog import Answer, Dialog
from tests.ui.bench import bench
from tests.ui.rooms import until


async def test_the_second_click_of_two_is_no_answer() -> None:
    async with bench(dialog=lambda: Dialog("Send?", "", (Answer("back", "Back"), Answer("send", "Send")))) as (
        pilot,
        answers,
    ):
        button = pilot.app.screen.query_one("#answer-send", Button)
        button.press().press()
        await until(pilot, lambda: not isinstance(pilot.app.screen, Dialog))
        assert answers == ["send"]
        assert len(pilot.app.screen_stack) == 1

"""Bulk's fifth step: a checked list is sent to, watched, paused, gone on with, and what is in doubt is decided."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from textual.widgets import Button, Input
from textual.widgets._toast import Toast

from mitto_tui.mitto.simulator.scenario import MAGIC_PREFIX
from mitto_tui.sms.campaign import CampaignState, PauseReason
from mitto_tui.sms.status import Status
from mitto_tui.storage.campaigns import Campaign
from mitto_tui.ui.bulk.check_step import CheckStep
from mitto_tui.ui.bulk.list_step import ListStep
from mitto_tui.ui.bulk.send_doubt import DoubtDialog
from mitto_tui.ui.bulk.send_step import SendStep
from mitto_tui.ui.screens.bulk import BulkScreen
from mitto_tui.ui.screens.leaving import LeavingCampaigns
from mitto_tui.ui.widgets.campaign_board import CampaignBoard
from mitto_tui.ui.widgets.send_confirm import CountConfirm
from mitto_tui.workspace.list_check import ListCheck
from mitto_tui.workspace.lists import BulkMessage, OpenedList
from tests.ui.rooms import app_of, move_in, quickly, screen_text, until, workspace_of

ME = "+491725551299"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


def ordinary(number: int) -> list[str]:
    return [f"+491725551{place:03d}" for place in range(number)]


def draft(pilot: Pilot[int], numbers: Sequence[str], text: str = "Your order is ready.") -> Campaign:
    """A checked list, as the fourth step keeps it."""
    workspace = workspace_of(pilot)
    opened = OpenedList.open("\n".join(("phone", *numbers)), workspace.profile)
    try:
        message = BulkMessage("MITTO SMS", text)
        return ListCheck(workspace, opened, opened.numbers, message).store("customers.csv", lambda done, of: None)[0]
    finally:
        opened.close()


async def shown(pilot: Pilot[int], campaign: Campaign) -> tuple[BulkScreen, SendStep]:
    """The last step with a campaign, come to by way of the lists that were checked before."""
    await app_of(pilot).run_action("bulk")
    screen = pilot.app.screen
    assert isinstance(screen, BulkScreen)
    await until(pilot, lambda: isinstance(screen.acting, ListStep) and screen.acting.is_mounted)
    screen.post_message(ListStep.Resumed(campaign.id))
    if campaign.state is CampaignState.DRAFT:
        await until(pilot, lambda: isinstance(screen.acting, CheckStep) and screen.acting.has_rows)
        await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(screen.acting, SendStep) and screen.acting.is_mounted)
    step = screen.acting
    assert isinstance(step, SendStep)
    await until(pilot, lambda: step.plan.display or step.board.display)
    return screen, step


async def confirmed(pilot: Pilot[int], count: int) -> None:
    """Send, and say yes to the question."""
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, CountConfirm))
    pilot.app.screen.query_one("#count", Input).value = f"{count:,}"
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, CountConfirm))


def state(pilot: Pilot[int], campaign: Campaign) -> CampaignState:
    found = workspace_of(pilot).campaigns.get(campaign.id)
    assert found is not None
    return found.state


def counts(step: SendStep) -> dict[Status, int]:
    board = step.standing
    return {status: number for status, number in board.counts.items() if number} if board is not None else {}


def titles(written: Sequence[str]) -> list[str]:
    """The titles that the terminal was given."""
    return re.findall(r"\x1b\]2;(.*?)\x07", "".join(written))


async def test_a_list_is_tried_out_confirmed_sent_and_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda driver, data: written.append(data))
    async with quickly(size=(80, 24)) as pilot:
        numbers = ordinary(30)
        campaign = draft(pilot, numbers)
        screen, step = await shown(pilot, campaign)
        await until(pilot, lambda: "Send to 30 recipients…" in screen_text(pilot))
        # A test to oneself leaves the campaign a draft.
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "Type your own number first." in screen_text(pilot))
        step.plan.test_to.value = ME
        await pilot.press("ctrl+t")
        await until(pilot, lambda: f"● delivered  {ME}" in screen_text(pilot))
        assert state(pilot, campaign) is CampaignState.DRAFT
        await pilot.press("f12")
        await until(pilot, lambda: "delivered  +•••" in screen_text(pilot) and "5551299" not in screen_text(pilot))
        await pilot.press("f12")
        # A limit that makes no sense is said, and nothing is asked.
        step.plan.fill({"chunk": "0"})
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Recipients a request must be a whole number" in screen_text(pilot))
        assert pilot.app.screen is screen
        step.plan.fill({"chunk": "10"})
        # Another number than that of the recipients begins nothing.
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, CountConfirm))
        await pilot.press("3", "enter")
        await until(pilot, lambda: "That is another number" in screen_text(pilot))
        assert state(pilot, campaign) is CampaignState.DRAFT
        await pilot.press("0", "enter")
        await until(pilot, lambda: counts(step) == {Status.DELIVERED: 30} and "✓ Finished" in screen_text(pilot))
        assert "30 messages: 30 taken by Mitto. 30 are delivered." in screen_text(pilot)
        assert state(pilot, campaign) is CampaignState.FINISHED
        # The terminal's title has told whoever looked elsewhere; here the board says it, and nothing covers it.
        assert titles(written)[-1] == f"mitto: campaign {campaign.id} is finished"
        assert not pilot.app.screen.query(Toast)
        # The same once more, though they are few: it is said, and the number has to be typed.
        again = draft(pilot, numbers)
        await pilot.press("alt+n")
        screen, step = await shown(pilot, again)
        await until(pilot, lambda: f"campaign {campaign.id}" in screen_text(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Type 30 to confirm" in screen_text(pilot) and "finished" in screen_text(pilot))
    assert "".join(written).endswith("\x1b[23;2t")


async def test_it_is_paused_by_closing_and_gone_on_with_after_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda driver, data: written.append(data))
    async with quickly(size=(120, 36)) as pilot:
        campaign = draft(pilot, ordinary(24))
        screen, step = await shown(pilot, campaign)
        step.plan.fill({"rate": "2", "chunk": "1"})
        await confirmed(pilot, 24)
        await until(pilot, lambda: counts(step).get(Status.QUEUED, 24) < 24 and step.can_pause)
        await pilot.press("p")
        await until(pilot, lambda: "You paused it." in screen_text(pilot) and step.can_resume)
        assert state(pilot, campaign) is CampaignState.PAUSED
        assert re.fullmatch(rf"mitto: campaign {campaign.id}, \d+ %", titles(written)[0])
        assert titles(written)[-1] == f"mitto: campaign {campaign.id} is paused"
        await until(pilot, lambda: isinstance(pilot.app.focused, Button) and pilot.app.focused.id == "board-resume")
        await pilot.press("r")
        await until(pilot, lambda: step.can_pause)
        # Another list meanwhile: a line says what goes on.
        await pilot.press("alt+n")
        await until(pilot, lambda: f"Campaign {campaign.id} is being sent:" in screen_text(pilot))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeavingCampaigns) and "of 24" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert workspace_of(pilot).runs.all
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeavingCampaigns))
        ended: list[object] = []
        monkeypatch.setattr(pilot.app, "exit", ended.append)  # so that it can still be looked at
        await pilot.press("c")
        await until(pilot, lambda: ended == [0])
        assert not workspace_of(pilot).runs.all
        assert state(pilot, campaign) is CampaignState.PAUSED
    async with quickly(size=(80, 24)) as pilot:
        found = workspace_of(pilot).campaigns.get(campaign.id)
        assert found is not None
        assert (found.state, found.reason) == (CampaignState.PAUSED, PauseReason.CLOSED)
        screen, step = await shown(pilot, found)
        await until(pilot, lambda: "‖ Paused" in screen_text(pilot) and "closed" in screen_text(pilot))
        before = counts(step)
        assert 0 < before.pop(Status.QUEUED) < 24
        await pilot.press("r")
        await until(pilot, lambda: step.can_pause)
        # What is left is cancelled; what has left is not called back.
        await pilot.press("x")
        await until(pilot, lambda: "will be cancelled" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert state(pilot, campaign) is CampaignState.RUNNING
        await pilot.press("x", "c")
        await until(pilot, lambda: "– Cancelled" in screen_text(pilot) and Status.CANCELLED in counts(step))
        await until(pilot, lambda: counts(step).keys() == {Status.DELIVERED, Status.CANCELLED})
        assert sum(counts(step).values()) == 24


async def test_what_is_in_doubt_is_shown_and_decided_by_a_person() -> None:
    async with quickly(size=(80, 24)) as pilot:
        campaign = draft(pilot, [*ordinary(3), f"+{MAGIC_PREFIX}25", f"+{MAGIC_PREFIX}27"])
        screen, step = await shown(pilot, campaign)
        step.plan.fill({"chunk": "1"})
        await pilot.press("ctrl+s")  # so few are confirmed by a letter, and Back has the focus
        await until(pilot, lambda: isinstance(pilot.app.screen, CountConfirm))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert state(pilot, campaign) is CampaignState.DRAFT
        await pilot.press("ctrl+s", "s")
        await until(pilot, lambda: "Finished, but 2 messages in doubt" in screen_text(pilot))
        assert "Needs attention: 2" in screen_text(pilot)
        # Asked to send them again: they are queued, and nothing leaves before somebody resumes.
        await look_at_doubt(pilot, "3920025")
        await pilot.press("g")
        await until(pilot, lambda: "up to 2 people may get it twice" in screen_text(pilot))
        await pilot.press("2", "enter")
        await until(pilot, lambda: counts(step).get(Status.QUEUED) == 2 and step.can_resume)
        assert "2 messages are queued again. Resume sends them." in screen_text(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "Finished, but 2 messages in doubt" in screen_text(pilot) and not step._busy)
        # Masked, and taken as sent.
        await pilot.press("f12")
        await look_at_doubt(pilot, "+•• ")
        assert "3920025" not in screen_text(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "Take all 2 as sent?" in screen_text(pilot))
        await pilot.press("a")
        await until(pilot, lambda: counts(step).get(Status.ASSUMED_SENT) == 2)
        await until(pilot, lambda: "✓ Finished" in screen_text(pilot) and "Needs attention" not in screen_text(pilot))


async def look_at_doubt(pilot: Pilot[int], words: str) -> None:
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, DoubtDialog) and words in screen_text(pilot))


async def test_the_preparing_can_be_stopped_and_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    from mitto_tui.storage import campaign_approval

    async with quickly(size=(80, 24)) as pilot:
        campaign = draft(pilot, ordinary(40))
        _, step = await shown(pilot, campaign)
        approve: Callable[..., None] = campaign_approval.Approvals.approve
        entered, go_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(self: object, *args: object) -> None:
            *others, progress = args
            assert callable(progress)

            def told(done: int, total: int) -> None:
                loop.call_soon_threadsafe(entered.set)
                asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)
                progress(done, total)

            approve(self, *others, told)

        monkeypatch.setattr(campaign_approval.Approvals, "approve", slow)
        await confirmed(pilot, 40)
        await until(pilot, lambda: entered.is_set() and step.can_stop_making and "Being prepared" in screen_text(pilot))
        assert isinstance(step.board, CampaignBoard)
        await pilot.press("s")
        go_on.set()
        await until(pilot, lambda: step.can_resume)
        assert not workspace_of(pilot).runs.all
        assert counts(step).get(Status.DELIVERED, 0) == 0
        await pilot.press("r")
        await until(pilot, lambda: counts(step) == {Status.DELIVERED: 40})
        assert state(pilot, campaign) is CampaignState.FINISHED

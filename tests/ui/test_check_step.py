"""Bulk's fourth step: the whole list is checked and kept, once and whole, and every row can be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Button

import mitto_tui.ui
from mitto_tui.storage.campaigns import Campaign
from mitto_tui.ui.bulk import check_run
from mitto_tui.ui.bulk.check_step import CheckStep
from mitto_tui.ui.bulk.check_words import Group
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.screens.export_rows import ExportRows
from mitto_tui.workspace.list_check import CheckStopped, ListCheck
from mitto_tui.workspace.lists import OpenedList
from tests.ui.rooms import QuickApp, app_of, move_in, opened, screen_text, until, workspace_of

STYLES = Path(mitto_tui.ui.__file__).parent / "styles"
LIST = """name,phone
Jürgen,0172 5551230
Zoë,0172 5551231
“Ed”,491725551232
Bob,+49 172 5551230
Eve,abc [/b]
Ann,+49 30 1234567
Out,0172 5551239
"""
"""One OK, one that needs no change, a duplicate, an invalid one, a landline, and one that has opted out."""


class CheckScreen(ModeScreen):
    """Stands where Bulk would, with this step alone."""

    MODE = "bulk"
    CSS_PATH: ClassVar[Any] = [STYLES / "bulk.tcss", STYLES / "bulk_check.tcss"]

    def __init__(self) -> None:
        super().__init__()
        self.job = BulkJob(sender="MITTO SMS", template="Dear {name}, see you!")
        self.changes = 0

    def body(self) -> ComposeResult:
        yield CheckStep(self.job)

    @property
    def acting(self) -> CheckStep | None:
        return self.step if self.is_mounted else None

    @property
    def step(self) -> CheckStep:
        return self.query_one(CheckStep)

    def masking_changed(self) -> None:
        self.step.masking_changed()

    def store_changed(self) -> None:
        self.step.store_changed()

    async def before_quit(self) -> None:
        await self.step.before_quit()

    def on_bulk_step_changed(self) -> None:
        self.changes += 1


class CheckApp(QuickApp):
    MODES: ClassVar[dict[str, Any]] = {**QuickApp.MODES, "bulk": CheckScreen}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    move_in(tmp_path, monkeypatch)
    return tmp_path


@asynccontextmanager
async def checking(
    home: Path, text: str = LIST, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[Pilot[int], CheckScreen]]:
    """The step with a list that nobody has checked yet, not shown yet."""
    file = home / "customers.csv"
    file.write_text(text, encoding="utf-8")
    async with opened(make=CheckApp, size=size) as pilot:
        workspace = workspace_of(pilot)
        workspace.opt_outs.add(workspace.profile.name, "491725551239", datetime(2026, 1, 1, tzinfo=UTC))
        await app_of(pilot).switch_mode("bulk")
        screen = pilot.app.screen
        assert isinstance(screen, CheckScreen)
        await until(pilot, lambda: screen.is_mounted)
        screen.job.opened = OpenedList.open(file, workspace.profile)
        screen.job.numbers = replace(screen.job.opened.numbers, country="DE")
        try:
            yield pilot, screen
        finally:
            screen.job.opened.close()


async def shown(pilot: Pilot[int], screen: CheckScreen, group: Group = Group.ALL) -> None:
    """Wait until a filter's rows are read, and the row under the cursor is shown."""
    found = screen.step.found

    def there() -> bool:
        if not screen.step.has_rows or found.table.group is not group or not found.table.settled:
            return False
        row = found.view.detail
        return found.table.total == screen.step.listing.counts[group] and (  # type: ignore[union-attr]  # it has rows
            (row.line if row else None) == found.line
        )

    await until(pilot, there)


def drafts(pilot: Pilot[int]) -> list[Campaign]:
    return workspace_of(pilot).campaigns.list()


def half_stored(pilot: Pilot[int]) -> list[int]:
    """What there is of each table of campaigns, however it got there."""
    with workspace_of(pilot).database.read() as connection:
        return [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("campaigns", "campaign_rows", "campaign_kinds", "campaign_blocks")
        ]


async def test_the_way_through_a_checked_list(home: Path) -> None:
    async with checking(home) as (pilot, screen):
        step, job = screen.step, screen.job
        step.come()
        assert step.missing == "The list is being checked."
        await shown(pilot, screen)
        assert step.missing == ""
        campaign = job.current_campaign
        assert campaign is not None
        assert drafts(pilot) == [campaign]
        assert (campaign.name, job.current_sums is not None, screen.changes > 0) == ("customers.csv", True, True)
        words = screen_text(pilot)
        for said in (
            *("7 rows: 4 recipients, 3 left out · 4 parts", "Left out: 1 duplicate · 1 invalid (", "1 opted out"),
            *("✓ ok", "! warned", "= duplicate", "✕ invalid", "– opted out", "Dear Jürgen, see you!", "? Ambiguous"),
            *("+49 172 5551230", "1 GSM", "nothing is sent", "Without +: 1 number already carries 49."),
        ):
            assert said in words, said
        # A duplicate leads to the row that it repeats, which is shown in the whole list.
        await pilot.press("5")
        await shown(pilot, screen, Group.DUPLICATE)
        assert step.repeats == 2
        assert "Row 2 has this number already." in screen_text(pilot)
        await pilot.press("r")
        await shown(pilot, screen)
        assert step.line is not None
        assert (step.line.row.row, pilot.app.focused) == (2, step.found.table)
        assert "0172 5551230" in screen_text(pilot)
        assert "national number of Germany" in screen_text(pilot)
        # Going to a filter keeps the place where that is in it, else the next one below.
        await pilot.press("down", "down")
        await pilot.press("3")
        await shown(pilot, screen, Group.CHANGED)
        assert step.line is not None
        assert step.line.row.row == 4
        await pilot.press("c", "n")
        assert pilot.app.clipboard == "+491725551232"
        await until(pilot, lambda: "U+201C" in screen_text(pilot))
        # What is left out keeps its cells, literally.
        await pilot.press("6")
        await shown(pilot, screen, Group.INVALID)
        assert "abc [/b]" in screen_text(pilot)
        assert "In the list" in screen_text(pilot)
        await pilot.press("n")
        assert pilot.app.clipboard == "abc [/b]"
        await pilot.press("7")
        await until(pilot, lambda: "No number is ambiguous." in screen_text(pilot))
        assert (step.repeats, step.number_to_copy, step.text_to_copy) == (0, "", "")
        assert pilot.app.focused is step.found.chips
        await pilot.press("escape")
        await shown(pilot, screen)
        await pilot.press("f12")
        await until(pilot, lambda: "+•• ••• •••••••" in screen_text(pilot))
        assert "5551230" not in screen_text(pilot)
        # An opt-out that is added now changes nothing; checking again honours it, and leaves one draft.
        workspace = workspace_of(pilot)
        workspace.opt_outs.add(workspace.profile.name, "491725551231", datetime(2026, 1, 1, tzinfo=UTC))
        assert job.current_campaign is campaign
        await pilot.press("ctrl+r")
        await until(pilot, lambda: job.current_campaign not in (None, campaign))
        await shown(pilot, screen)
        await until(pilot, lambda: drafts(pilot) == [job.campaign])
        assert "7 rows: 3 recipients, 4 left out" in screen_text(pilot)
        # Another message makes the draft out of date: it is replaced when the step comes into sight again.
        job.template = "Hello"
        assert step.missing
        step.go()
        step.come()
        await shown(pilot, screen)
        await until(pilot, lambda: drafts(pilot) == [job.current_campaign])
        # A draft that is thrown away elsewhere is not shown any more.
        assert job.campaign is not None
        workspace.campaigns.delete(job.campaign.id)
        await until(pilot, lambda: "This draft has been thrown away." in screen_text(pilot))
        assert job.campaign is None
        assert pilot.app.screen.query_one("#check-again", Button).display


async def test_a_low_terminal_shows_the_row_in_place_of_the_list(home: Path) -> None:
    async with checking(home, size=(80, 24)) as (pilot, screen):
        screen.step.come()
        await shown(pilot, screen)
        assert "All 7" in screen_text(pilot)
        await pilot.press("5")
        await shown(pilot, screen, Group.DUPLICATE)
        await pilot.press("enter")
        await until(pilot, lambda: "In the list" in screen_text(pilot))
        assert "Left out" not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "Left out" in screen_text(pilot))
        assert screen.step.found.group is Group.DUPLICATE
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportRows))
        await pilot.press("escape", "escape")
        await shown(pilot, screen)


class Slow(ListCheck):
    """Waits after each batch until it may go on."""

    gate: ClassVar[asyncio.Event]
    loop: ClassVar[asyncio.AbstractEventLoop]
    reached: ClassVar[asyncio.Event]

    def store(self, name: str, progress: Any = None) -> Any:
        def slowly(done: int, of: int) -> None:
            progress(done, of)
            type(self).loop.call_soon_threadsafe(type(self).reached.set)
            if not self._checking._stopped:
                asyncio.run_coroutine_threadsafe(type(self).gate.wait(), type(self).loop).result(20)

        return super().store(name, slowly)


async def test_a_check_that_is_stopped_left_or_ended_by_quitting_leaves_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = "name,phone\n" + "".join(f"Ann,+49172{5_000_000 + row}\n" for row in range(30_000))
    async with checking(home, many) as (pilot, screen):
        step = screen.step
        monkeypatch.setattr(check_run, "ListCheck", Slow)
        Slow.gate, Slow.reached, Slow.loop = asyncio.Event(), asyncio.Event(), asyncio.get_running_loop()

        async def begun() -> None:
            Slow.gate.clear()
            Slow.reached.clear()
            step.come()
            await until(pilot, Slow.reached.is_set)

        # Stopped by a person: it says so at once, and can begin again.
        await begun()
        await until(pilot, lambda: pilot.app.focused is screen.query_one("#check-stop"))
        assert "Checking customers.csv" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "The check was stopped." in screen_text(pilot))
        assert not step.is_checking
        assert step.missing == "The list has not been checked to its end."
        Slow.gate.set()
        await step.keeping.finish()
        assert half_stored(pilot) == [0, 0, 0, 0]
        # Left, and come back to: the next one waits for the one that is ending, and is whole.
        await begun()
        step.go()
        step.come()
        assert step.is_checking
        Slow.gate.set()
        await shown(pilot, screen)
        assert half_stored(pilot) == [1, 30_000, 1, 15]
        # Quitting in the middle of checking again: what was there before is as it was.
        kept = drafts(pilot)
        Slow.gate.clear()
        Slow.reached.clear()
        await pilot.press("ctrl+r")
        await until(pilot, Slow.reached.is_set)
        leaving = asyncio.create_task(step.before_quit())
        await pilot.pause()
        Slow.gate.set()
        await leaving
        assert drafts(pilot) == kept
        assert half_stored(pilot) == [1, 30_000, 1, 15]


async def test_what_cannot_be_checked_says_why_and_how_to_go_back(home: Path) -> None:
    async with checking(home) as (pilot, screen):
        step, job = screen.step, screen.job
        job.template = "Dear {nmae}"
        step.come()
        await until(pilot, lambda: "nmae" in screen_text(pilot) and not step.is_checking)
        assert pilot.app.focused is screen.query_one("#check-again")
        assert step.missing
        assert drafts(pilot) == []
        job.template = "Dear {name}"
        file = home / "customers.csv"
        file.write_text(LIST + "Kim,0172 5551240\n", encoding="utf-8")
        step.come()
        await until(pilot, lambda: "customers.csv was changed" in screen_text(pilot))
        assert "F8 goes back one step." in " ".join(screen_text(pilot).replace("│", "").split())
        assert job.opened is not None
        job.opened.close()
        job.opened = OpenedList.open(file, workspace_of(pilot).profile)
        await pilot.press("ctrl+r")
        await shown(pilot, screen)
        assert drafts(pilot) == [job.current_campaign]
        # A draft that was resumed without its list is shown, and can't be checked again.
        job.template = "Hello"
        step.come()
        await shown(pilot, screen)
        campaign, list_there = job.campaign, job.opened
        job.opened = None
        job.checked = job.asked
        step.go()
        step.come()
        await shown(pilot, screen)
        assert job.campaign is campaign
        assert not step.can_check
        job.checked = None
        step.come()
        await until(pilot, lambda: "There is no list to check." in screen_text(pilot))
        job.opened = list_there


async def test_nobody_is_left(home: Path) -> None:
    async with checking(home, "name,phone\nEve,abc\nOut,0172 5551239\n") as (pilot, screen):
        screen.step.come()
        await shown(pilot, screen)
        assert screen.step.missing == "Nobody is left to send to."
        assert "nobody is left to send to" in screen_text(pilot)
        await pilot.press("2")
        await until(pilot, lambda: "The other filters say why" in screen_text(pilot))


def test_a_run_that_was_stopped_before_it_began_reads_nothing() -> None:
    run = check_run.CheckRun(None, None, BulkJob())  # type: ignore[arg-type]  # neither is touched
    run.stop()
    with pytest.raises(CheckStopped):
        run.carry_out()

"""The first step of Bulk: a list is typed, looked for, pasted, or taken up again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual import events, on
from textual.app import ComposeResult
from textual.pilot import Pilot

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.storage.campaigns import NewCampaign
from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.list_step import ListStep
from mitto_tui.ui.recent_paths import RecentPaths
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.screens.pick_file import PickFile
from mitto_tui.ui.widgets.dialog import Dialog
from mitto_tui.ui.widgets.paste_box import SHOWN, PasteBox
from tests.ui.bench import bench
from tests.ui.rooms import move_in, opened, screen_text, until, workspace_of
from tests.ui.writing import STEERING


class StepScreen(ModeScreen):
    """The step, and what it posted."""

    MODE = "compose"
    CSS_PATH = "../../mitto_tui/ui/styles/bulk_list.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[Path | str] = []
        self.resumed: list[int] = []
        self.stopped = 0

    def body(self) -> ComposeResult:
        yield ListStep(BulkJob())

    def masking_changed(self) -> None:
        self.query_one(ListStep).masking_changed()

    @on(ListStep.Chosen)
    def _chosen(self, event: ListStep.Chosen) -> None:
        self.chosen.append(event.source)

    @on(ListStep.Resumed)
    def _resumed(self, event: ListStep.Resumed) -> None:
        self.resumed.append(event.campaign_id)

    @on(ListStep.Stopped)
    def _stopped(self) -> None:
        self.stopped += 1


class StepApp(MittoApp):
    """The app, with nothing but the step."""

    MODES: ClassVar[dict[str, Any]] = {**MittoApp.MODES, "compose": StepScreen}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    move_in(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lists").mkdir()
    for name in ("customers.csv", "spring \x1b[b].csv"):
        (tmp_path / "lists" / name).write_text("phone\n+491725551234\n")
    return tmp_path


@asynccontextmanager
async def stepping(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[ListStep, StepScreen, Pilot[int]]]:
    async with opened(make=StepApp, size=size) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, StepScreen) and bool(pilot.app.screen.query(ListStep)))
        screen = pilot.app.screen
        assert isinstance(screen, StepScreen)
        step = screen.query_one(ListStep)
        step.path.cursor_blink = False
        step.come()
        await until(pilot, lambda: step.path.has_focus and step.before.settled)
        yield step, screen, pilot


def store(pilot: Pilot[int], name: str, day: int, rows: int = 1_204) -> int:
    """A checked list in the store; its id."""
    workspace = workspace_of(pilot)
    new = NewCampaign(workspace.profile.name, name, "MITTO SMS", "Dear {name}, call +49 172 5551234", None, {}, {})
    at = datetime(2026, 3, day, 9, tzinfo=UTC)
    return workspace.campaigns.save(new, [], lambda: {"rows": rows, "ok": rows - 4}, lambda: at).id


def paste(pilot: Pilot[int], text: str) -> None:
    """As a terminal pastes: into what has the focus."""
    assert pilot.app.screen.focused is not None
    pilot.app.screen.focused.post_message(events.Paste(text))


async def test_a_path_is_typed_and_opened_or_it_is_said_why_not(home: Path) -> None:
    async with stepping() as (step, screen, pilot):
        assert "press ^o to look for one" in screen_text(pilot)
        step.path.value = "~/lists/cus"
        await pilot.press("end", "t", "tab", "enter")
        await until(pilot, lambda: bool(screen.chosen))
        assert screen.chosen == [home / "lists" / "customers.csv"]

        step.path.become("~/lists/gone.csv")
        await pilot.press("enter")
        await until(pilot, lambda: "no file “gone.csv”" in screen_text(pilot))
        step.complain(InvalidInput("file", "It is [/b] broken\x1b.", "Get it again."))
        await until(pilot, lambda: "It is [/b] broken␛. Get it again." in screen_text(pilot))
        await pilot.press("x")
        await until(pilot, lambda: "broken" not in screen_text(pilot))

        step.busy("Reading customers.csv")
        await until(pilot, lambda: "Reading customers.csv…" in screen_text(pilot))
        assert not step.proceed()
        chosen = [*screen.chosen, home / "lists" / "customers.csv"]
        step.path.become("~/lists/customers.csv")
        await pilot.press("enter", "enter")  # another one wins over it, and is opened once
        await until(pilot, lambda: screen.chosen == chosen)
        await pilot.press("escape")
        await until(pilot, lambda: screen.stopped == 1)
        step.busy(None)
        await pilot.press("escape")
        await pilot.pause()
        assert screen.stopped == 1
        assert "Reading" not in screen_text(pilot)

        step.path.become("~/lists")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickFile) and pilot.app.screen.settled)
        await pilot.press("s", "p", "enter")
        await until(pilot, lambda: len(screen.chosen) == 3)
        assert screen.chosen[-1] == home / "lists" / "spring \x1b[b].csv"
        assert not STEERING - {"\n"} & set(screen_text(pilot))


async def test_rows_are_pasted_and_what_stands_in_the_wrong_place_is_moved(home: Path) -> None:
    async with stepping() as (step, screen, pilot):
        paste(pilot, "name\tphone\r\nJürgen\t+49 172 5551234")  # into the field for the path
        await until(pilot, lambda: step.box.has_focus and "2 lines" in screen_text(pilot))
        assert (step.path.value, step.box.rows) == ("", "name\tphone\nJürgen\t+49 172 5551234")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: bool(screen.chosen))
        assert screen.chosen == ["name\tphone\nJürgen\t+49 172 5551234"]

        step.box.take("")
        paste(pilot, f"'{home}/lists/customers.csv' \n")  # into the box for rows
        await until(pilot, lambda: step.path.has_focus and "Enter opens it" in screen_text(pilot))
        assert (step.box.rows, step.path.value) == ("", str(home / "lists" / "customers.csv"))
        assert not step.proceed()  # what was typed last is what is meant
        await until(pilot, lambda: screen.chosen[1:] == [home / "lists" / "customers.csv"])

        step.path.become("+49 172 5551234")
        await pilot.press("enter")
        await until(pilot, lambda: step.box.rows == "+49 172 5551234")
        assert not step.proceed()
        await until(pilot, lambda: screen.chosen[2:] == ["+49 172 5551234"])
        assert not step.missing  # there is something: it is being opened
        await pilot.app.run_action("mask")
        await until(pilot, lambda: "+•• ••• •••••••" in screen_text(pilot))


async def test_lists_checked_before_are_gone_on_with_and_deleted_only_on_a_clear_word(home: Path) -> None:
    async with stepping(size=(120, 36)) as (step, screen, pilot):
        ids = [store(pilot, "customers.csv", 1), store(pilot, "[/b] big.csv", 2, rows=1_204_000)]
        step.store_changed()
        await until(pilot, lambda: step.before.saved.settled and "[/b] big.csv" in screen_text(pilot))
        shown = screen_text(pilot)
        for words in ("Checked before  2", "1,204,000", "1,203,996", "Dear {name}", "2 Mar"):
            assert words in shown
        assert shown.index("big.csv") < shown.index(" customers.csv")
        step.before.saved.focus()
        await pilot.press("enter")
        await until(pilot, lambda: screen.resumed == [ids[1]])
        for answer in ("enter", "d"):
            await pilot.press("delete")
            await until(pilot, lambda: isinstance(pilot.app.screen, Dialog))
            assert "1,204,000 checked rows" in screen_text(pilot)
            await pilot.press(answer)
            await until(pilot, lambda: pilot.app.screen is screen)
            assert (workspace_of(pilot).campaigns.get(ids[0])) is not None
        await until(pilot, lambda: "big.csv" not in screen_text(pilot) and "is deleted" in screen_text(pilot))
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Dialog))
        await pilot.press("d")
        await until(pilot, lambda: step.path.has_focus)  # not on a table that is not there any more
        assert workspace_of(pilot).campaigns.list() == []


async def test_files_used_last_are_remembered_and_those_that_are_gone_are_said_to_be(home: Path) -> None:
    async with stepping(size=(120, 36)) as (step, screen, pilot):
        gone = home / "gone.csv"
        for path in (gone, home / "lists" / "customers.csv"):
            step.remember(path)
            await until(pilot, lambda path=path: path.name in screen_text(pilot))  # type: ignore[misc]  # mypy, defaults
        assert "not there any more" in screen_text(pilot)
        step.before.recent.focus()
        await pilot.press("home", "enter")
        await until(pilot, lambda: screen.chosen == [home / "lists" / "customers.csv"])
        await pilot.press("down", "enter")
        await until(pilot, lambda: "no file “gone.csv”" in screen_text(pilot))
        await pilot.press("delete")
        await until(pilot, lambda: "not there any more" not in screen_text(pilot))
        recents = RecentPaths.of(workspace_of(pilot))
        assert [recent.path for recent in recents.files()] == [home / "lists" / "customers.csv"]


async def test_a_million_characters_are_kept_aside_and_their_start_is_shown() -> None:
    box = PasteBox()
    async with bench(box) as (pilot, _):
        box.focus()
        rows = "".join(f"{number}\t\x1b[31m[/b]\u202e\r\n" for number in range(60_000))
        box.post_message(events.Paste(rows))
        await until(pilot, lambda: box.is_aside)
        assert box.rows == rows.replace("\r\n", "\n")
        assert box.lines_said == "60,000 lines"
        assert box.document.line_count == SHOWN
        assert not STEERING - {"\n"} & set(screen_text(pilot))
        await pilot.press("x", "enter")
        assert box.rows == rows.replace("\r\n", "\n")
        box.post_message(events.Paste("x" * 1_000_000))  # in the place of what was kept aside
        await until(pilot, lambda: len(box.rows) == 1_000_000)
        assert len(box.text) < 1_000
        await pilot.press("backspace")
        assert (box.rows, box.is_aside, box.lines_said) == ("", False, "")
        await pilot.press("1", "enter", "2", "backspace")
        assert box.rows == "1\n"
        assert box.lines_said == "1 line"

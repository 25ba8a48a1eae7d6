"""The file picker: walked through, filtered, and asked for a place to save."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mitto_tui.storage.database import Database
from mitto_tui.storage.meta import Meta
from mitto_tui.ui.picking import Picked
from mitto_tui.ui.recent_paths import RecentPaths
from mitto_tui.ui.screens.help import HelpScreen
from mitto_tui.ui.screens.pick_file import PickFile
from tests.ui.rooms import screen_text, until
from tests.ui.shelves import BareApp, bare
from tests.ui.writing import STEERING


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "lists"
    (folder / "old" / "older").mkdir(parents=True)
    (folder / "customers.csv").write_text("x" * 1_234)
    for name in ("B.xlsx", "picture.png", ".hidden.csv", "\x1b[31m[b]\u202e.csv"):
        (folder / name).write_text("x")
    return folder


@pytest.fixture
def recents(tmp_path: Path) -> Iterator[RecentPaths]:
    with Database.open(tmp_path / "mitto.db") as database:
        yield RecentPaths(Meta(database), "work")


@asynccontextmanager
async def picking(screen: PickFile) -> AsyncIterator[tuple[BareApp, Pilot[int]]]:
    async with bare(screen) as (app, pilot):
        await until(pilot, lambda: screen.settled)
        yield app, pilot


def stands_on(screen: PickFile) -> str:
    row = screen.table.current
    return row.line.entry.name if screen.settled and row is not None else ""


async def test_one_walks_filters_and_chooses(lists: Path, recents: RecentPaths) -> None:
    recents.keep_folder(lists)
    screen = PickFile(recents=recents)
    async with picking(screen) as (app, pilot):
        shown = screen_text(pilot)
        for words in ("~/lists", "../", "old/", "customers.csv", "1.2 KB", "␛[31m[b]⟨U+202E⟩.csv"):
            assert words in shown
        assert not STEERING - {"\n"} & set(shown)
        assert "picture" not in shown
        assert stands_on(screen) == "old"
        await pilot.press("f8")
        await until(pilot, lambda: "picture.png" in screen_text(pilot) and ".hidden.csv" in screen_text(pilot))
        await pilot.press("f8")
        await until(pilot, lambda: "picture.png" not in screen_text(pilot))

        await pilot.press("enter")
        await until(pilot, lambda: screen.folder == lists / "old" and stands_on(screen) == "older")
        await pilot.press("enter")
        await until(pilot, lambda: screen.folder == lists / "old" / "older" and screen.settled)
        assert "This folder is empty." in screen_text(pilot)
        await pilot.press("backspace")
        await until(pilot, lambda: screen.folder == lists / "old" and stands_on(screen) == "older")
        await pilot.press("f7")
        await until(pilot, lambda: screen.folder == lists.parent and screen.settled)
        await pilot.press("f6")
        await until(pilot, lambda: screen.folder == lists and screen.settled)

        screen.field.value = "zz"
        await until(pilot, lambda: screen.settled)
        assert "Nothing here has “zz” in its name." in screen_text(pilot)
        screen.field.value = ""
        await pilot.press(*"OMER", "enter")  # faster than the list
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == [Picked(lists / "customers.csv")]
        assert recents.folders()[0] == lists


async def test_a_path_that_is_typed_is_gone_to_and_problems_are_said(lists: Path) -> None:
    screen = PickFile(lists / "gone" / "deeper")
    async with picking(screen) as (app, pilot):
        assert screen.folder == lists  # the nearest there is
        for typed, said in (("~/nowhere/x.csv", "There is no folder"), ("./gone.csv", "no file “gone.csv”")):
            screen.field.value = typed
            await pilot.press("enter")
            await until(pilot, lambda said=said: said in screen_text(pilot))  # type: ignore[misc]  # mypy and defaults
        screen.field.value = "~/lists/old/"
        await pilot.press("enter")
        await until(pilot, lambda: screen.folder == lists / "old" and stands_on(screen) == "older")
        shutil.rmtree(lists / "old" / "older")
        await pilot.press("enter")
        await until(pilot, lambda: "no folder “older” any more" in screen_text(pilot))
        assert screen.folder == lists / "old"
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("escape", "escape")
        assert app.answers == [None]


async def test_the_mouse_chooses_and_opens(lists: Path) -> None:
    screen = PickFile(lists)
    async with picking(screen) as (app, pilot):
        await pilot.click(screen.table, offset=(4, 2))  # behind the header and the way up
        assert screen.folder == lists
        await pilot.click(screen.table, offset=(4, 2), times=2)
        await until(pilot, lambda: screen.folder == lists / "old" and stands_on(screen) == "older")
        await pilot.click(screen.table, offset=(4, 1), times=2)
        await until(pilot, lambda: screen.folder == lists and stands_on(screen) == "old")
        assert not app.answers


async def test_a_place_to_save_is_chosen_and_what_is_there_is_not_replaced_unseen(
    lists: Path, recents: RecentPaths
) -> None:
    screen = PickFile(lists, save_as="customers-to-mend.csv", recents=recents)
    async with picking(screen) as (app, pilot):
        assert screen.field.value == "customers-to-mend.csv"
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == [Picked(lists / "customers-to-mend.csv")]
        app.ask(screen := PickFile(lists, save_as="new.csv"))
        await until(pilot, lambda: app.screen is screen and screen.is_mounted and screen.settled)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: screen.field.value == "B.xlsx")
        await until(pilot, lambda: "of this name already" in screen_text(pilot))
        screen.field.value = "nowhere/new.csv"
        await pilot.press("enter")
        await until(pilot, lambda: "There is no folder" in screen_text(pilot))
        screen.field.value = "  "
        await pilot.press("enter")
        await until(pilot, lambda: "Type a name" in screen_text(pilot))
        screen.field.value = "old"
        await pilot.press("enter")
        await until(pilot, lambda: screen.folder == lists / "old" and screen.settled)
        assert screen.field.value == "new.csv"
        screen.field.value = "../customers.csv"
        await pilot.press("enter")
        await until(pilot, lambda: len(app.answers) == 2)
        assert app.answers[1] == Picked(lists / "old" / ".." / "customers.csv", overwrite=True)

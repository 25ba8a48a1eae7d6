"""The field for a path: completed while one types, and ready for what a terminal puts into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events, on
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.widgets import Input

from mitto_tui.ui.paths_at_hand import MOST_OFFERED
from mitto_tui.ui.widgets.path_input import PathCompletion, PathInput
from tests.ui.bench import bench
from tests.ui.rooms import screen_text, until
from tests.ui.writing import STEERING


class Around(Vertical):
    """Keeps what the field says."""

    def __init__(self, field: PathInput) -> None:
        super().__init__(field, Input(id="next"))
        self.submitted: list[str] = []
        self.rows: list[str] = []

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.submitted.append(event.value)

    @on(PathInput.RowsPasted)
    def _rows(self, event: PathInput.RowsPasted) -> None:
        self.rows.append(event.text)


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("customers.csv", "Customers 2.xlsx", "picture.png", ".hidden.csv", "[b] \x1b[31m\u202e.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "spring.csv").write_text("x")
    return tmp_path


@asynccontextmanager
async def typing(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[PathInput, Around, Pilot[int]]]:
    field = PathInput(id="path")
    around = Around(field)
    async with bench(around, size=size) as (pilot, _):
        field.cursor_blink = False
        field.focus()
        await pilot.pause()
        yield field, around, pilot


async def typed(pilot: Pilot[int], field: PathInput, text: str) -> tuple[str, ...]:
    """Let ``text`` stand in the field; what is offered for it."""
    field.value = text
    field.cursor_position = len(text)
    await pilot.pause()
    await until(pilot, lambda: field.settled)
    return field.screen.query_one(PathCompletion).names if field.completing else ()


async def test_one_types_chooses_takes_and_goes_on_into_folders(lists: Path) -> None:
    async with typing() as (field, around, pilot):
        assert await typed(pilot, field, "cus") == ("Customers 2.xlsx", "customers.csv")
        await pilot.press("down", "tab")
        assert (field.value, field.completing, field.has_focus) == ("customers.csv", False, True)
        assert not around.submitted
        await pilot.press("enter")
        assert around.submitted == ["customers.csv"]

        assert await typed(pilot, field, "~/OL") == ("old",)
        assert "old/" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: field.settled)
        assert (field.value, field.completing) == ("~/old/", True)
        await pilot.press("enter")  # nobody has asked for the first of all that is in it
        assert around.submitted[-1] == "~/old/"
        assert await typed(pilot, field, "~/old/s") == ("spring.csv",)
        await pilot.press("enter")
        assert around.submitted[-1] == field.value == "~/old/spring.csv"

        assert ".hidden.csv" not in await typed(pilot, field, "./")
        assert await typed(pilot, field, "./.") == (".hidden.csv",)
        await pilot.press("escape")
        assert not field.completing
        assert await typed(pilot, field, "./.h") == ()  # as long as it is the same folder
        assert await typed(pilot, field, "old/") == ("spring.csv",)
        await pilot.click(PathCompletion, offset=(2, 0))
        await pilot.pause()
        assert (field.value, field.has_focus) == ("old/spring.csv", True)
        await pilot.press("tab")
        assert not field.has_focus


async def test_keys_that_come_before_the_folder_is_read_wait_for_it(lists: Path) -> None:
    async with typing() as (field, around, pilot):
        field.value = "customers"
        await pilot.press("end", ".", "c", "enter")
        await until(pilot, lambda: bool(around.submitted))
        assert around.submitted == ["customers.csv"]
        field.value = ""
        await pilot.press("p", "i", "tab")
        await until(pilot, lambda: field.value == "picture.png")
        assert field.has_focus


async def test_what_a_terminal_pastes_for_a_dropped_file_takes_the_place_of_what_stood_there(lists: Path) -> None:
    async with typing() as (field, around, pilot):
        wanted = str(lists / "Customers 2.xlsx")
        for pasted in (f"'{wanted}' ", wanted.replace(" ", "\\ "), (lists / "Customers 2.xlsx").as_uri() + "\r\n"):
            field.value = "something"
            field.post_message(events.Paste(pasted))
            await until(pilot, lambda: field.value == wanted)
            assert not field.completing
        field.become("old/")
        field.post_message(events.Paste("spring.csv\n"))
        await until(pilot, lambda: field.value == "old/spring.csv")
        for rows in ("+491725551234\n+491725551235", "a\rb", "\n\na\r\n\r\nb"):
            field.post_message(events.Paste(rows))
            await until(pilot, lambda rows=rows: around.rows[-1:] == [rows])  # type: ignore[misc]  # mypy and defaults
        assert field.value == "old/spring.csv"


async def test_names_are_shown_literally_cut_and_counted_and_never_leave_the_screen(lists: Path) -> None:
    for number in range(MOST_OFFERED + 7):
        (lists / "old" / f"{'long ' * 20}{number}.csv").touch()
    async with typing(size=(40, 8)) as (field, _, pilot):
        await typed(pilot, field, "[b")
        shown = screen_text(pilot)
        assert "[b] ␛[31m⟨U+202E⟩.csv" in shown
        assert not STEERING - {"\n"} & set(shown)
        await pilot.press("tab")
        assert field.value == "[b] \x1b[31m\u202e.csv"
        await typed(pilot, field, "old/")
        assert "and 8 more: type on" in screen_text(pilot)
        completion = field.screen.query_one(PathCompletion)
        assert field.screen.region.contains_region(completion.region)
        await pilot.press("up")
        assert completion.chosen == completion.names[-1]

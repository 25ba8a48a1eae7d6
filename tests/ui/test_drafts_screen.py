"""The drafts: found, opened, named, thrown away and brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from mitto_tui.storage.database import Database
from mitto_tui.storage.drafts import Draft, DraftHead, Drafts
from mitto_tui.storage.errors import StoreError
from mitto_tui.ui.bridge import StoreChanged
from mitto_tui.ui.screens.drafts import DraftsScreen
from mitto_tui.ui.screens.help import HelpScreen
from mitto_tui.ui.screens.naming import NameDialog
from tests.ui.rooms import screen_text, until
from tests.ui.shelves import BareApp, picture, shelf, utc
from tests.ui.writing import HOSTILE, STEERING

__all__ = ["utc"]
START = datetime(2001, 3, 2, 9, 0, tzinfo=UTC)
TEXTS = (
    ("Spring campaign", "+49 172 5551234", "Dear Jürgen, your order “4711” is ready… " * 4),
    (None, "+44 7400 123456", "Hi Sam, the keys are under the mat."),
    (None, "", "Reminder: your appointment is tomorrow"),
    ("Opening hours", "", "We are open from nine to six.\nOn Saturdays until two."),
    (None, "+33 6 12 34 56 78", ""),
)


class Counted(Drafts):
    """Knows which drafts were read."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.read: list[int] = []

    def get(self, draft_id: int) -> Draft | None:
        self.read.append(draft_id)
        return super().get(draft_id)


@pytest.fixture
def drafts(tmp_path: Path) -> Iterator[Counted]:
    with Database.open(tmp_path / "mitto.db") as database:
        yield Counted(database)


@pytest.fixture
def ids(drafts: Drafts) -> list[int]:
    """Of the drafts of ``work``, newest first."""
    stored = [
        drafts.save(Draft(None, "work", "MITTO SMS", to, text, {"type": "auto"}, START - timedelta(days=day), name))
        for day, (name, to, text) in enumerate(TEXTS)
    ]
    return [draft.id or 0 for draft in stored]


def stands_on(screen: DraftsScreen, draft_id: int) -> bool:
    """Whether the cursor is on a draft."""
    current = screen.table.current
    return screen.settled and current is not None and current.line.head.id == draft_id


def rows(screen: DraftsScreen) -> list[int]:
    """The ids of the drafts in the list."""
    return [key.id for key in screen.read_keys()]


async def test_it_shows_what_there_is_and_finds_by_name_number_and_text(drafts: Drafts, ids: list[int]) -> None:
    screen = DraftsScreen(drafts, "work", current=ids[1])
    async with shelf(screen) as (app, pilot):
        shown = screen_text(pilot)
        assert "Drafts  5" in shown
        for words in ("Spring campaign", "open  +44 7400 123456", "to nobody yet", "no text yet", "On Saturdays"):
            assert words in shown
        assert "3 parts Unicode" in shown
        await pilot.press("down")
        await until(pilot, lambda: "open now" in screen_text(pilot))
        for wanted, draft in (("HOURS", 3), ("7400", 1), ("4400", -1), ("+44 7", 1), ("tomorrow", 2), ("[/b]", -1)):
            screen.query_one(Input).value = wanted
            await until(pilot, lambda: screen.settled)
            current = screen.table.current
            assert (current.line.head.id if current else None) == (ids[draft] if draft >= 0 else None)
        assert "Nothing here has “[/b]” in it." in screen_text(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "undo brings it back" in " ".join(screen_text(pilot).replace("│", "").split())
        await pilot.press("escape", "escape")
        assert app.answers == [None]


async def test_enter_opens_what_the_filter_leaves_however_fast_one_types(drafts: Drafts, ids: list[int]) -> None:
    screen = DraftsScreen(drafts, "work")
    app = BareApp()
    async with app.run_test() as pilot:
        app.ask(screen)
        await pilot.press("h", "o", "u", "enter")
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == [ids[3]]


async def test_a_draft_is_named_deleted_and_brought_back(drafts: Drafts, ids: list[int]) -> None:
    screen = DraftsScreen(drafts, "work", current=ids[1])
    before = drafts.list("work")
    async with shelf(screen) as (app, pilot):
        await pilot.press("ctrl+z")  # there is nothing to undo
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, NameDialog))
        app.screen.query_one(Input).value += " 2"
        await pilot.press("enter")
        await until(pilot, lambda: "Spring campaign 2" in screen_text(pilot))
        screen.action_move(1)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "This one is open" in screen_text(pilot))
        screen.action_move(1)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "to nobody yet is deleted.  ^z brings it back" in screen_text(pilot))
        await until(pilot, partial(stands_on, screen, ids[3]))  # what took its place
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "Opening hours is deleted" in screen_text(pilot))
        assert rows(screen) == [ids[0], ids[1], ids[4]]
        for left in (ids[3], ids[2]):
            await pilot.press("ctrl+z")
            await until(pilot, partial(stands_on, screen, left))
        assert rows(screen) == ids
    named = [replace(before[0], name="Spring campaign 2"), *before[1:]]
    assert [replace(draft, updated_at=START) for draft in drafts.list("work")] == [
        replace(draft, updated_at=START) for draft in named
    ]


async def test_what_another_program_does_is_seen_and_the_cursor_stays(drafts: Drafts, ids: list[int]) -> None:
    screen = DraftsScreen(drafts, "work")
    async with shelf(screen) as (app, pilot):
        screen.action_move(2)
        drafts.delete(ids[0])
        drafts.save(Draft(None, "work", "", "", "newest", {}, START))
        screen.post_message(StoreChanged())
        await until(pilot, lambda: "newest" in screen_text(pilot) and "Spring" not in screen_text(pilot))
        assert screen.table.current is not None
        assert screen.table.current.line.head.id == ids[2]
        drafts.delete(ids[2])
        await pilot.press("ctrl+d")  # it is gone already
        await until(pilot, lambda: "Reminder" not in screen_text(pilot))
        assert not app.answers


class Fickle(Drafts):
    """Fails, or changes while it is read."""

    broken = False
    meanwhile: Callable[[], None] | None = None

    def heads(self, profile: str, limit: int = 1000) -> list[DraftHead]:
        if self.broken:
            raise StoreError("The disk is gone.", "Look for it.")
        found = super().heads(profile, limit)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return found


async def test_what_changes_while_it_reads_is_seen_and_a_key_without_effect_has_none_later(
    tmp_path: Path, ids: list[int]
) -> None:
    with Database.open(tmp_path / "mitto.db") as database:
        drafts = Fickle(database)
        screen = DraftsScreen(drafts, "work")
        async with shelf(screen) as (app, pilot):

            def change() -> None:
                drafts.save(Draft(None, "work", "", "", "newest", {}, START + timedelta(days=1)))
                app.call_from_thread(screen.read_again)

            drafts.meanwhile = change
            screen.read_again()
            await until(pilot, lambda: "newest" in screen_text(pilot))
            drafts.broken = True
            screen.read_again()
            screen.query_one(Input).value = "hours"
            await pilot.press("ctrl+d")
            await until(pilot, lambda: "The disk is gone." in screen_text(pilot))
            drafts.broken = False
            screen.query_one(Input).value = "hour"
            await until(pilot, partial(stands_on, screen, ids[3]))
            assert drafts.count("work") == len(ids) + 1


async def test_texts_are_literal_and_numbers_masked(drafts: Drafts) -> None:
    for text in HOSTILE:
        drafts.save(Draft(None, "work", text, f"+49 172 5551234{text}", text, {"type": text}, START, text))
    drafts.save(Draft(None, "work", "", "0172 5551234", "", {}, START + timedelta(days=1)))
    screen = DraftsScreen(drafts, "work")
    async with shelf(screen, masked=True) as (_, pilot):
        for _ in range(len(HOSTILE) + 1):
            shown = screen_text(pilot)
            assert not STEERING - {"\n"} & set(shown)
            assert "5551234" not in shown
            screen.action_move(1)
            await pilot.pause()
        assert "•••• •••••••" in shown
        assert "[bold red]not bold[/]" in shown


async def test_only_what_can_be_seen_is_read(drafts: Counted) -> None:
    for number in range(110):
        drafts.save(Draft(None, "work", "", "", f"{number} " + "x" * 10_000, {}, START + timedelta(minutes=number)))
    screen = DraftsScreen(drafts, "work")
    async with shelf(screen) as (_, pilot):
        assert len(drafts.read) == 100
        shown = screen_text(pilot)
        assert "109 xxx" in shown
        await pilot.press("ctrl+end")
        await until(pilot, lambda: screen.settled and screen.table.current is not None)
        assert len(drafts.read) == len(set(drafts.read)) == 110


def test_drafts(snap_compare: Any, drafts: Drafts, ids: list[int], utc: None) -> None:
    screen = DraftsScreen(drafts, "work", current=ids[1])
    assert snap_compare(BareApp(), terminal_size=(80, 24), run_before=picture(screen))


def test_no_drafts(snap_compare: Any, drafts: Drafts) -> None:
    assert snap_compare(BareApp(), terminal_size=(60, 20), run_before=picture(DraftsScreen(drafts, "work")))

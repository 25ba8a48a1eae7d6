"""Opt-outs: found, added in any notation, imported after a yes, and after a question allowed again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button, Input, Select

from mitto_tui.settings.profiles import Profile
from mitto_tui.storage.database import Database
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.ui.bridge import StoreChanged
from mitto_tui.ui.screens.help import HelpScreen
from mitto_tui.ui.screens.opt_outs import OptOutsScreen
from mitto_tui.ui.screens.opt_outs_add import AddOptOutDialog
from mitto_tui.ui.screens.opt_outs_import import ImportOptOutsDialog
from mitto_tui.ui.widgets.dialog import Dialog
from mitto_tui.ui.widgets.opt_out_table import first_below, row_id
from mitto_tui.workspace.workspace import Workspace, now
from tests.ui.rooms import app_of, move_in, quickly, screen_text, until, workspace_of
from tests.ui.shelves import BareApp, picture, utc
from tests.ui.writing import HOSTILE, STEERING

__all__ = ["utc"]
S = TypeVar("S", bound=Screen[Any])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    move_in(tmp_path, monkeypatch)
    return tmp_path


async def opt_outs_of(pilot: Pilot[int]) -> OptOutsScreen:
    """The list, shown and read."""
    screen = OptOutsScreen(workspace_of(pilot))
    pilot.app.push_screen(screen)
    await until(pilot, lambda: screen.settled and screen.focused is not None)
    return screen


async def dialog_of(pilot: Pilot[int], kind: type[S], key: str) -> S:
    """The dialog that a key opens."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.focused is not None)
    dialog = pilot.app.screen
    assert isinstance(dialog, kind)
    return dialog


def text_of(pilot: Pilot[int]) -> str:
    """What can be read on the screen, on one line and without frames."""
    return " ".join(screen_text(pilot).replace("│", " ").split())


def listed(workspace: Workspace) -> list[tuple[str, str]]:
    return [(one.recipient, one.source) for one in workspace.opt_outs.all(workspace.profile.name)]


async def test_numbers_are_added_found_allowed_again_and_put_back() -> None:
    async with quickly(size=(100, 30)) as pilot:
        workspace = workspace_of(pilot)
        screen = await opt_outs_of(pilot)
        assert "Nobody has opted out of the account sandbox." in text_of(pilot)
        assert "looked up once more when a message is claimed for sending" in text_of(pilot)
        await pilot.press("ctrl+d", "ctrl+z")  # there is nothing to do it to
        screen.query_one(Input).value = "0172"
        await until(pilot, lambda: screen.settled)
        dialog = await dialog_of(pilot, AddOptOutDialog, "ctrl+n")
        number, source = dialog.query_one("#opt-out-number", Input), dialog.query_one("#opt-out-source", Input)
        assert number.value == "0172", "what was searched for and not found"
        number.value = "0172/555"
        dialog.query_one("#opt-out-add", Button).press()
        await until(pilot, lambda: "This is not a number in Germany." in text_of(pilot))
        assert (dialog.focused, listed(workspace)) == (number, [])
        number.value = "0172/5551234"
        await until(pilot, lambda: "+49 172 5551234 Germany, mobile" in text_of(pilot))
        source.value = "STOP"
        await pilot.press("enter", "enter")
        await until(pilot, lambda: screen.is_active and screen.settled)
        assert listed(workspace) == [("491725551234", "STOP")]
        assert "+49 172 5551234 has opted out now." in text_of(pilot)

        dialog = await dialog_of(pilot, AddOptOutDialog, "f6")
        dialog.query(Input).first().value = "491725551234"
        dialog.query_one("#opt-out-add", Button).press()
        await until(pilot, lambda: "has opted out already, on" in text_of(pilot))
        await pilot.press("escape")
        # What another program adds is seen at once.
        workspace.opt_outs.add("sandbox", "447400123456", now(), "by phone")
        screen.post_message(StoreChanged())
        await until(pilot, lambda: "Opt-outs 2" in text_of(pilot) and "by phone" in text_of(pilot))

        for typed, found in (("+44 (0)7400", "447400123456"), ("stop", "491725551234")):
            screen.query_one(Input).value = typed
            await until(pilot, lambda: screen.settled)
            assert screen.table.current is not None
            assert (screen.table.current.opt_out.recipient, screen.table.total) == (found, 1)
        # Deleted is what was typed, and not what was there before the list had followed.
        screen.query_one(Input).value = "phone"
        question = await dialog_of(pilot, Dialog, "ctrl+d")
        await until(pilot, lambda: "Allow writing to +44 7400 123456 again?" in text_of(pilot))
        await pilot.press("enter")  # the safe answer
        await until(pilot, lambda: not question.is_active)
        assert len(listed(workspace)) == 2
        await dialog_of(pilot, Dialog, "ctrl+d")
        await pilot.press("a")
        await until(pilot, lambda: "+44 7400 123456 may be written to again. ^z puts it back" in text_of(pilot))
        assert listed(workspace) == [("491725551234", "STOP")]
        await until(pilot, lambda: "Nobody on this list matches “phone”" in text_of(pilot))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: screen.settled and screen.has_current)
        assert screen.table.current is not None
        assert screen.table.current.opt_out.recipient == "447400123456"
        assert listed(workspace) == [("447400123456", "by phone"), ("491725551234", "STOP")]
        await dialog_of(pilot, HelpScreen, "f1")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not screen.is_attached)


async def test_a_file_is_shown_and_taken_after_a_yes(home: Path) -> None:
    path = home / "[bold]stop.csv"
    path.write_text("Festnetz;Handy\n030 123456;0172 5551234\n030 123457;0172 5551235\n;0172/5551234\nx;12\ny;\n")
    async with quickly(size=(100, 32)) as pilot:
        workspace = workspace_of(pilot)
        workspace.opt_outs.add("sandbox", "491725551235", now(), "a reply")
        screen = await opt_outs_of(pilot)
        dialog = await dialog_of(pilot, ImportOptOutsDialog, "ctrl+o")
        assert not dialog.can_take
        field = dialog.query_one("#import-path", Input)
        field.value = str(home / "none.csv")
        await pilot.press("enter")
        await until(pilot, lambda: dialog.settled and "There is no file none.csv" in text_of(pilot))
        field.value = f'"{path}"'
        await pilot.press("enter")
        await until(pilot, lambda: dialog.can_take)
        shown = text_of(pilot)
        for words in (
            "[bold]stop.csv CSV, utf-8, semicolons between cells, with a header",
            "“Handy”",
            "1 number to be opted out · 5 rows · 1 opted out before · 1 repeated · 1 without a number",
            "1 number can’t be read, so whoever has them may still be written to: row 5 12 This is not a number in",
            "Opt out 1 number ^s",
        ):
            assert words in shown
        assert len(listed(workspace)) == 1, "nothing is taken yet"
        # Another column and country are read at once; what is typed is not taken for what was read.
        dialog.query_one("#import-column", Select).value = 0
        await until(pilot, lambda: "2 numbers to be opted out" in text_of(pilot))
        field.value += "x"
        await until(pilot, lambda: not dialog.can_take)
        await pilot.press("ctrl+s")
        field.value = str(path)
        dialog.query_one("#import-country", Input).value = "Narnia"
        await pilot.press("enter")
        await until(pilot, lambda: "not a country that is known" in text_of(pilot))
        dialog.query_one("#import-country", Input).value = ""
        await pilot.press("enter")
        await until(pilot, lambda: dialog.settled and "say which country the" in text_of(pilot))
        assert not dialog.can_take
        dialog.query_one("#import-country", Input).value = "germany"
        await pilot.press("tab", "tab", "tab")
        await until(pilot, lambda: dialog.can_take)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.is_active and screen.settled)
        assert "1 number has opted out now, 1 had before. 1 could not be read." in text_of(pilot)
        assert listed(workspace) == [("491725551234", "import [bold]stop.csv"), ("491725551235", "a reply")]
        # Leaving while it reads ends it.
        path.write_text("".join(f"+49172{number:07d}\n" for number in range(5_000_000, 5_030_000)))
        dialog = await dialog_of(pilot, ImportOptOutsDialog, "f9")
        dialog.query_one("#import-path", Input).value = str(path)
        await pilot.press("enter", "escape")
        await until(pilot, lambda: screen.is_active)
        assert len(listed(workspace)) == 2


async def test_sources_are_literal_and_numbers_masked() -> None:
    async with quickly(size=(80, 24)) as pilot:
        app_of(pilot).masked = True
        workspace = workspace_of(pilot)
        for place, text in enumerate(HOSTILE):
            workspace.opt_outs.add("sandbox", f"4917255512{place:02d}", now(), f"+49 172 5551299 {text}")
        screen = await opt_outs_of(pilot)
        for _ in HOSTILE:
            shown = screen_text(pilot)
            assert not STEERING - {"\n"} & set(shown)
            assert "555" not in shown
            await pilot.press("down")
        await dialog_of(pilot, Dialog, "ctrl+d")
        await until(pilot, lambda: "Allow writing to +•• ••• ••••••• again?" in text_of(pilot))
        assert "555" not in text_of(pilot)
        await pilot.press("a")
        await until(pilot, lambda: screen.can_undo)
        await until(pilot, lambda: "may be written to again" in text_of(pilot))
        assert "555" not in text_of(pilot)


@pytest.fixture
def room(home: Path) -> Iterator[Workspace]:
    """What the screen needs of a workspace."""
    with Database.open(home / "mitto.db") as database:
        opt_outs = OptOuts(database)
        for day, (number, source) in enumerate(
            (("491725551234", "a reply STOP"), ("447400123456", "by phone"), ("33612345678", "import stop.csv")), 1
        ):
            opt_outs.add("work", number, datetime(2026, 3, day, 9, 0, tzinfo=UTC), source)
        yield cast(Workspace, SimpleNamespace(profile=Profile("work"), opt_outs=opt_outs))


def test_opt_outs(snap_compare: Any, room: Workspace, utc: None) -> None:
    screen = OptOutsScreen(room)

    async def show(pilot: Pilot[Any]) -> None:
        await picture(screen)(pilot)
        await until(pilot, lambda: screen.settled and screen.has_current)

    assert snap_compare(BareApp(), terminal_size=(80, 24), run_before=show)


_DIGITS = st.text("0123456789", min_size=1, max_size=15)


@given(st.lists(_DIGITS, min_size=2, unique=True))
def test_ids_fall_in_the_order_of_the_numbers(numbers: list[str]) -> None:
    numbers.sort()
    for one, following in itertools.pairwise(numbers):
        assert row_id(one) > row_id(following)
        assert first_below(row_id(one) + 1) == one
        assert one < first_below(row_id(one)) <= following
    assert first_below(None) == ""

"""The saved templates: found, inserted, saved, named, thrown away and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mitto_tui.storage.database import Database
from mitto_tui.storage.templates import Templates
from mitto_tui.ui.screens.naming import NameDialog, SaveTemplateDialog
from mitto_tui.ui.screens.templates import TemplatesScreen
from mitto_tui.ui.widgets.dialog import Dialog
from tests.ui.rooms import screen_text, until
from tests.ui.shelves import BareApp, bare, picture, shelf
from tests.ui.writing import HOSTILE, STEERING

TEXTS = {
    "Appointment": "Reminder: your appointment is on {day} at {time}.",
    "JSON": '{"a": {1}',
    "Order ready": "Dear {name|customer}, your order {order} is ready. Bring {{ID}} along.",
    "Thanks": "Thank you for your visit!",
    "Water off": "Water will be off on {day}. " * 8,
}


@pytest.fixture
def templates(tmp_path: Path) -> Iterator[Templates]:
    with Database.open(tmp_path / "mitto.db") as database:
        yield Templates(database)


@pytest.fixture
def stored(templates: Templates) -> Templates:
    for name, text in TEXTS.items():
        templates.save(name, text)
    return templates


def shown(pilot: Pilot[int], words: str) -> bool:
    """Whether these can be read on the screen."""
    return words in screen_text(pilot).replace("│", "")


def is_there(templates: Templates, name: str) -> bool:
    """Whether there is a template of this name."""
    return templates.find(name) is not None


def names(templates: Templates) -> list[str]:
    """In their order."""
    return [template.name for template in templates.list()]


async def test_it_shows_what_each_costs_at_least_and_enter_inserts(stored: Templates) -> None:
    screen = TemplatesScreen(stored)
    async with shelf(screen) as (app, pilot):
        assert shown(pilot, "Templates  5")
        assert shown(pilot, "at least 1 part")
        screen.action_move(1)
        await until(pilot, lambda: "its braces are no fields" in screen_text(pilot))
        screen.action_last()
        await until(pilot, lambda: "at least 2 parts" in screen_text(pilot))
        assert "2+" in screen_text(pilot)
        await pilot.press("ctrl+s")  # there is no text to save
        screen.query_one(Input).value = "VISIT"
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == [stored.find("Thanks")]


async def test_the_text_in_the_form_is_saved_or_takes_the_place_of_one(stored: Templates) -> None:
    screen = TemplatesScreen(stored, "See you, {name}")
    async with shelf(screen) as (app, pilot):
        for answer, text in (("escape", TEXTS["Thanks"]), ("r", "See you, {name}")):
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, SaveTemplateDialog))
            app.screen.query_one(Input).value = "thanks "
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Dialog))
            assert TEXTS["Thanks"] in screen_text(pilot)
            await pilot.press(answer)
            await until(pilot, lambda: not isinstance(app.screen, Dialog))
            if answer == "escape":
                assert isinstance(app.screen, SaveTemplateDialog)
                await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)
            found = stored.find("Thanks")
            assert found is not None
            assert found.text == text
        await until(pilot, lambda: "Thanks is saved." in screen_text(pilot) and screen.settled)
        assert screen.table.current is not None
        assert screen.table.current.line.saved.name == "Thanks"
        assert names(stored) == list(TEXTS)


async def test_a_new_name_is_asked_for_until_it_can_be_one(templates: Templates) -> None:
    async with bare(SaveTemplateDialog(templates, "Hello [/b] {name}")) as (app, pilot):
        assert "Hello [/b] {name}" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "The template has no name." in screen_text(pilot))
        app.screen.query_one(Input).value = "Greeting"
        await pilot.click("#name-save")
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == [templates.find("greeting")]


async def test_a_template_is_named_deleted_and_brought_back(stored: Templates) -> None:
    screen = TemplatesScreen(stored)
    async with shelf(screen) as (app, pilot):
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, NameDialog))
        for name, said in (("JSON", "There is a template called JSON already."), ("Date", "")):
            app.screen.query_one(Input).value = name
            await pilot.press("enter")
            await until(pilot, partial(shown, pilot, said))
        await until(pilot, lambda: app.screen is screen and "Date" in screen_text(pilot))
        for name in ("Date", "JSON"):
            await pilot.press("ctrl+d")
            await until(pilot, partial(shown, pilot, f"{name} is deleted.  ^z brings it back"))
        assert names(stored) == ["Order ready", "Thanks", "Water off"]
        # What took the name meanwhile is in the way of what had it before; then it is not.
        usurper = stored.save("json", "")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "There is a template called json already." in screen_text(pilot))
        stored.delete(usurper.id)
        for name in ("JSON", "Date"):
            await pilot.press("ctrl+z")
            await until(pilot, partial(is_there, stored, name))
        assert not screen.can_undo
    found = stored.find("Date")
    assert found is not None
    assert found.text == TEXTS["Appointment"]


async def test_every_text_is_literal(templates: Templates) -> None:
    for number, text in enumerate(HOSTILE):
        templates.save(f"[/b] {number}", f"{text} {{{text}}}" if number % 2 else text)
    screen = TemplatesScreen(templates)
    async with shelf(screen) as (_, pilot):
        for _ in HOSTILE:
            assert not STEERING - {"\n"} & set(screen_text(pilot))
            screen.action_move(1)
            await pilot.pause()
        assert "[/b] 6" in screen_text(pilot)


def test_templates(snap_compare: Any, stored: Templates) -> None:
    screen = TemplatesScreen(stored, "Hello")
    assert snap_compare(BareApp(), terminal_size=(80, 24), run_before=picture(screen))

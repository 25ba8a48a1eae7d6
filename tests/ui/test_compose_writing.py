"""Compose from the first word to the next message: replacements, templates with fields, drafts and the preview."""

from __future__ import annotations

from asyncio import Event
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mitto_tui.ui.autosave import Writing
from mitto_tui.ui.screens.drafts import DraftsScreen
from mitto_tui.ui.screens.fill_fields import FillFields
from mitto_tui.ui.screens.naming import SaveTemplateDialog
from mitto_tui.ui.screens.preview import PreviewScreen
from mitto_tui.ui.screens.replace import ReplaceScreen
from mitto_tui.ui.screens.templates import TemplatesScreen
from mitto_tui.ui.widgets.foreign_list import ForeignList
from tests.ui.rooms import move_in, screen_text, until, workspace_of
from tests.ui.writing import compose_of, notified, opened, type_at_once, write

QUOTED = "Dear Jürgen, your order “4711” is ready… Bring {what|your passport}, {name}."


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


def _on(pilot: Pilot[int], screen: type) -> bool:
    return isinstance(pilot.app.screen, screen)


async def test_one_or_all_characters_are_replaced_as_a_step_that_can_be_undone() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        editor = write(screen, QUOTED).editor
        editor.go_to(5)
        foreign = screen.query_one(ForeignList)
        await until(pilot, lambda: foreign.display and "Replace all: 2 → 1 parts" in screen_text(pilot))
        await pilot.press("ctrl+g", "u")
        await until(pilot, lambda: foreign.highlighted == 0)
        await pilot.press("down", "down", "r")
        await until(pilot, lambda: editor.text == QUOTED.replace("…", "..."))
        assert editor.cursor_index == 5
        await pilot.press("ctrl+r")
        await until(pilot, partial(_on, pilot, ReplaceScreen))
        await pilot.press("a")
        plain = QUOTED.replace("…", "...").replace("“", '"').replace("”", '"')
        await until(pilot, lambda: editor.text == plain)
        assert "Jürgen" in editor.text
        await until(pilot, lambda: not foreign.display)
        for before in (QUOTED.replace("…", "..."), QUOTED):
            await pilot.press("ctrl+z")
            await until(pilot, lambda before=before: editor.text == before)  # type: ignore[misc]  # bound at once
        # With the last one the list goes, and the focus to the text.
        await until(pilot, lambda: foreign.display)
        foreign.focus()
        for left in (2, 1, 0):
            await pilot.press("r")
            await until(pilot, lambda left=left: foreign.option_count == left)  # type: ignore[misc]  # bound at once
        await until(pilot, lambda: editor.has_focus)
        assert editor.text == plain


async def test_a_text_becomes_a_template_and_comes_back_with_its_fields_filled_in() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        form = write(screen, QUOTED)
        await pilot.press("alt+s")
        await until(pilot, partial(_on, pilot, SaveTemplateDialog))
        await pilot.press(*"Ready", "enter")
        await until(pilot, lambda: "Saved as Ready." in notified(pilot))
        await pilot.press("alt+n")
        await until(pilot, lambda: form.form.blank)
        form.editor.focus()
        await pilot.press(*"PS ", "ctrl+l")
        await until(pilot, partial(_on, pilot, TemplatesScreen))
        await until(pilot, lambda: "at least" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, partial(_on, pilot, FillFields))
        await pilot.press("enter", *"Eva", "enter")
        await until(
            pilot,
            lambda: form.editor.text == "PS " + QUOTED.replace("{what|your passport}, {name}", "your passport, Eva"),
        )
        # The names of its fields are offered from now on.
        await until(pilot, lambda: set(form.editor.field_names) == {"what", "name"})
        await pilot.press("{", "n", "tab")
        await until(pilot, lambda: form.editor.text.endswith("Eva.{name}"))


async def test_what_was_begun_waits_among_the_drafts() -> None:
    async with opened(size=(80, 24)) as pilot:
        screen = await compose_of(pilot)
        form = write(screen, "first", to="+49 172 5551234")
        await pilot.press("alt+n")
        await until(pilot, lambda: form.form.blank)
        write(screen, "second", to="")
        await pilot.press("ctrl+o")
        await until(pilot, partial(_on, pilot, DraftsScreen))
        await until(pilot, lambda: "first" in screen_text(pilot) and "second" in screen_text(pilot))
        await pilot.press(*"first")
        await until(pilot, lambda: "second" not in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: form.form.text == "first")
        assert form.form.to == "+49 172 5551234"
        # Going on in it changes it, and the other one stays what it was.
        form.editor.put(" and more")
        drafts = workspace_of(pilot).drafts
        await until(pilot, lambda: {draft.text for draft in drafts.list("sandbox")} == {"first and more", "second"})
        await pilot.press("alt+p")
        await until(pilot, partial(_on, pilot, PreviewScreen))
        assert "first and more" in screen_text(pilot)
        assert "MITTO SMS" in screen_text(pilot)
        await pilot.press("alt+p")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_commands_wait_for_what_was_typed_before_them_and_for_each_other() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        form = write(screen, "first")
        form.editor.focus()
        type_at_once(pilot, *" and more", "alt+n", *"+49")
        await until(pilot, lambda: form.recipient.value == "+49")
        form.editor.focus()
        type_at_once(pilot, *"second", "f7")
        await until(pilot, lambda: form.editor.text == "first and more")
        drafts = workspace_of(pilot).drafts
        await until(pilot, lambda: {draft.text for draft in drafts.list("sandbox")} == {"first and more", "second"})
        # Another question must not lie below the drafts: opening one would empty the form that it asks about.
        type_at_once(pilot, "ctrl+o", "ctrl+s", "ctrl+t", "ctrl+r", "ctrl+e", "alt+n", "f7")
        await until(pilot, partial(_on, pilot, DraftsScreen))
        await until(pilot, lambda: "second" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert form.editor.text == "first and more"
        # A message that was refused meanwhile does not get between, either.
        written = Event()

        async def editing() -> None:
            await written.wait()

        screen.take_time(editing)
        form.empty()
        assert screen._give_back(form.form, Writing()) == ""
        written.set()

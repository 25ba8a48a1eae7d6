"""Completing the names of fields: offered while one is typed, in nobody's way else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

import mitto_tui.ui
from mitto_tui.ui import themes
from mitto_tui.ui.widgets.compose_editor import ComposeEditor
from mitto_tui.ui.widgets.field_completion import ROWS, FieldCompletion, FieldNames, FieldTyped, field_typed
from tests.ui.rooms import screen_text
from tests.ui.writing import STEERING

STYLES = Path(mitto_tui.ui.__file__).parent / "styles"
NAMES = ("Name", "First name", "order", "city", "country", "Phone number", "reference")


class EditorApp(App[int]):
    """An editor, and a field behind it."""

    CSS_PATH = [STYLES / "common.tcss", STYLES / "compose.tcss"]  # noqa: RUF012 - as Textual declares it

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(themes.DARK)
        self.theme = themes.DARK.name

    def compose(self) -> ComposeResult:
        yield ComposeEditor(id="text")
        yield Input(id="next")


@asynccontextmanager
async def editing(
    text: str = "", names: tuple[str, ...] = NAMES, size: tuple[int, int] = (60, 12)
) -> AsyncIterator[tuple[ComposeEditor, Pilot[int]]]:
    """An editor with the cursor behind ``text``."""
    app = EditorApp()
    async with app.run_test(size=size) as pilot:
        editor = app.query_one(ComposeEditor)
        editor.cursor_blink = False
        editor.field_names = names
        editor.load_text(text)
        editor.move_cursor(editor.document.end)
        editor.focus()
        await pilot.pause()
        yield editor, pilot


def offered(editor: ComposeEditor) -> tuple[str, ...]:
    """What the list offers now."""
    if not editor.completing:
        return ()
    return editor.screen.query_one(FieldCompletion).names


# -- rules -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("{", ""),
        ("Dear {na", "na"),
        ("{a} {First n", "First n"),
        ("{{{na", "na"),
        ("}{", ""),
        ("", None),
        ("no brace", None),
        ("{{", None),
        ("{{na", None),
        ("{{{{", None),
        ("{name}", None),
        ("{name|fa", None),
        ("{" + "x" * 200, None),
    ],
)
def test_what_is_the_name_of_a_field(line: str, typed: str | None) -> None:
    found = field_typed(line, len(line))
    assert (found and found.name) == typed


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", NAMES),
        ("n", ("Name", "First name", "country", "Phone number", "reference")),
        ("FIRST-N", ("First name",)),
        ("me", ("Name", "First name")),
        ("number", ("Phone number",)),
        ("x", ()),
    ],
)
def test_names_are_found_by_any_part_in_any_notation(typed: str, names: tuple[str, ...]) -> None:
    assert FieldNames(NAMES).matching(typed) == names


def test_names_that_no_field_can_have_are_not_offered_and_equal_ones_once() -> None:
    assert FieldNames([" name ", "NAME", "na|me", "{x}", "", "a\nb", "First_Name"]).matching("") == (
        "name",
        "First_Name",
    )
    assert not FieldNames(["{}"])


COMPLETED = (
    ("Dear {na", "", "Dear {Name}^"),
    ("Dear {na", "}, how are you", "Dear {Name}^, how are you"),
    ("Dear {na", "me|there}, how", "Dear {Name^|there}, how"),
    ("Dear {first ", "name}!", "Dear {First name}^!"),
    ("Dear {na", " see you :-}", "Dear {Name}^ see you :-}"),
    ("Dear {na", ", {city}", "Dear {Name}^, {city}"),
)
"""What stands before and behind the cursor, and what becomes of it."""


async def test_a_name_is_completed_with_its_brace_in_one_step() -> None:
    async with editing() as (editor, pilot):
        for before, after, result in COMPLETED:
            editor.load_text(before[:-1] + after)
            editor.move_cursor((0, len(before) - 1))
            await pilot.press("space" if before[-1] == " " else before[-1], "tab")
            assert editor.has_focus
            text = editor.text
            assert f"{text[: editor.cursor_index]}^{text[editor.cursor_index :]}" == result
            editor.undo()
            assert editor.text == before + after


async def test_a_closing_brace_typed_by_habit_is_the_one_that_is_there() -> None:
    async with editing("Dear ") as (editor, pilot):
        await pilot.press("{", "n", "enter", "}", "}", "!")
        assert editor.text == "Dear {Name}}!"
        editor.load_text("Dear }!")
        editor.move_cursor((0, 5))
        await pilot.press("{", "n", "enter", "}", "?")
        assert editor.text == "Dear {Name}?!"


def test_a_field_that_is_changed_ends_where_it_ended() -> None:
    names = FieldNames(NAMES)
    assert names.within(FieldTyped(0, "na", 3), "{name}") == FieldTyped(0, "na", 6)
    assert names.within(FieldTyped(0, "na", 3), "{na x}") == FieldTyped(0, "na", 3)


# -- the list ----------------------------------------------------------------------------------------------------------


async def test_it_follows_what_is_typed_and_arrows_and_enter_choose() -> None:
    async with editing("Dear ") as (editor, pilot):
        await pilot.press("{")
        assert offered(editor) == NAMES
        assert len([name for name in NAMES if name in screen_text(pilot)]) == ROWS
        await pilot.press("n")
        assert offered(editor) == ("Name", "First name", "country", "Phone number", "reference")
        await pilot.press("down", "down", "backspace")
        # What was chosen is so still.
        assert editor.screen.query_one(FieldCompletion).chosen == "country"
        await pilot.press("up", "enter", "enter")
        assert editor.text == "Dear {city}\n"
        assert not editor.completing


async def test_it_is_in_nobodys_way() -> None:
    async with editing() as (editor, pilot):
        await pilot.press("{", "escape", "n")
        assert not editor.completing
        await pilot.press("backspace", "backspace", "{")
        assert editor.completing
        await pilot.press("{")
        assert not editor.completing
        await pilot.press("backspace")
        assert editor.completing
        await pilot.press("home")
        assert not editor.completing
        await pilot.press("end", "x")
        assert (editor.text, editor.completing) == ("{x", False)
        editor.load_text("{Name}\n{")
        editor.move_cursor((0, 3))
        await pilot.pause()
        assert not editor.completing
        await pilot.press("tab")
        assert not editor.has_focus


async def test_without_names_there_is_nothing_and_tab_leaves() -> None:
    async with editing(names=()) as (editor, pilot):
        await pilot.press("{", "tab")
        assert not pilot.app.query(FieldCompletion)
        assert not editor.has_focus


@pytest.mark.parametrize("height", [5, 12])
async def test_it_never_covers_the_cursors_row_nor_leaves_the_screen(height: int) -> None:
    text = "\n".join(["x" * 55] * 12)
    async with editing(text, size=(60, height)) as (editor, pilot):
        for row in range(0, 10, 3):
            editor.move_cursor((row, 55))
            await pilot.press("{")
            await pilot.pause()
            completion = editor.screen.query_one(FieldCompletion)
            cursor = editor.cursor_screen_offset
            assert completion.display
            assert editor.screen.region.contains_region(completion.region)
            assert not completion.region.y <= cursor.y < completion.region.bottom
            assert cursor.y in (completion.region.y - 1, completion.region.bottom)
            assert completion.chosen in screen_text(pilot)
        await pilot.click("#next")  # leaving the editor closes it
        assert not editor.completing


async def test_the_mouse_takes_a_name_and_the_editor_keeps_the_focus() -> None:
    async with editing("Dear ") as (editor, pilot):
        await pilot.press("{")
        await pilot.click(FieldCompletion, offset=(2, 2))
        await pilot.pause()
        assert editor.text == "Dear {order}"
        assert editor.has_focus
        assert not editor.completing


async def test_names_are_drawn_literally() -> None:
    names = ("[/b] x", "\x1b[31mred", "\u202eevil", "日本" * 30)
    async with editing(names=names) as (_, pilot):
        await pilot.press("{")
        shown = screen_text(pilot)
        assert not STEERING - {"\n"} & set(shown)
        assert "[/b] x" in shown

"""The editor: what is in it stays what it is, and what is drawn is safe and marked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.pilot import Pilot

import mitto_tui.ui
from mitto_tui.sms.message import MessageType
from mitto_tui.ui import themes
from mitto_tui.ui.counting import tally
from mitto_tui.ui.widgets.sms_document import SmsDocument
from mitto_tui.ui.widgets.sms_editor import SmsEditor
from tests.ui.writing import HOSTILE, STEERING, drawn, styles_of

STYLES = Path(mitto_tui.ui.__file__).parent / "styles"


class EditorApp(App[None]):
    """An editor and nothing else."""

    CSS_PATH = [STYLES / "common.tcss", STYLES / "compose.tcss"]  # noqa: RUF012 - as Textual declares it

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(themes.DARK)
        self.theme = themes.DARK.name

    def compose(self) -> ComposeResult:
        yield SmsEditor(id="text")


@asynccontextmanager
async def editing(text: str = "", size: tuple[int, int] = (60, 12)) -> AsyncIterator[tuple[SmsEditor, Pilot[None]]]:
    """An editor with ``text`` in it and the focus."""
    app = EditorApp()
    async with app.run_test(size=size) as pilot:
        editor = app.query_one(SmsEditor)
        editor.cursor_blink = False
        editor.load_text(text)
        editor.focus()
        await pilot.pause()
        yield editor, pilot


def count_in(editor: SmsEditor, kind: MessageType = MessageType.AUTO) -> None:
    """Mark the text as the compose screen would."""
    editor.show_parts(kind, tally(editor.text, kind).chosen.segment_starts)


# -- the document ------------------------------------------------------------------------------------------------------

_TEXT = st.text(st.sampled_from("ab \n\r\x0c\x85\u2028\t\u202e€“😀"), max_size=12)


@given(_TEXT)
def test_a_text_comes_out_as_it_went_in(text: str) -> None:
    assert SmsDocument(text).text == text


@given(_TEXT, _TEXT, st.data())
def test_an_edit_is_the_edit_of_a_string(text: str, new: str, data: st.DataObject) -> None:
    document = SmsDocument(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    result = document.replace_range(_location(text, start), _location(text, end), new)
    assert document.text == text[:start] + new + text[end:]
    assert result.replaced_text == text[start:end]
    assert result.end_location == _location(document.text, start + len(new))


def _location(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n"), index - (before.rfind("\n") + 1)


# -- typing and pasting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_paste_keeps_every_character_and_can_be_undone(text: str) -> None:
    async with editing("before ") as (editor, pilot):
        editor.move_cursor(editor.document.end)
        editor.post_message(Paste(text))
        await pilot.pause()
        assert editor.text == f"before {text}"
        await pilot.press("ctrl+z")
        assert editor.text == "before "


async def test_a_terminals_line_ends_become_line_feeds() -> None:
    async with editing() as (editor, pilot):
        editor.post_message(Paste("one\rtwo\r\nthree\nfour"))
        await pilot.pause()
        assert editor.text == "one\ntwo\nthree\nfour"


async def test_ctrl_a_selects_everything_as_in_any_text_field() -> None:
    async with editing("one\ntwo") as (editor, pilot):
        await pilot.press("ctrl+a", "x")
        assert editor.text == "x"


async def test_places_and_the_cursor_agree() -> None:
    text = "ab\n“cd”\n\x0c😀e"
    async with editing(text) as (editor, _):
        for index in range(len(text) + 1):
            editor.go_to(index)
            assert editor.cursor_index == index


# -- drawing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
async def test_what_would_steer_the_terminal_is_drawn_as_signs(text: str) -> None:
    async with editing(text) as (editor, _):
        count_in(editor)
        assert not STEERING - {"\n"} & set(drawn(editor))
        assert editor.text == text


async def test_signs_take_their_room_when_lines_wrap() -> None:
    async with editing("\x1b" * 100, size=(30, 12)) as (editor, _):
        lines = drawn(editor).split("\n")
        signs = [line.count("␛") for line in lines]
        assert sum(signs) == 100
        assert max(signs) <= editor.wrap_width


async def test_foreign_characters_are_underlined_and_double_ones_bold() -> None:
    async with editing("a“€[x”") as (editor, _):
        count_in(editor)
        marks = {char: style for char, style in styles_of(editor, 0) if char.strip() and isinstance(style, Style)}
        assert [char for char, style in marks.items() if style.underline] == ["“", "”"]
        assert [char for char, style in marks.items() if style.bold] == ["€", "["]


async def test_unicode_marks_nothing_and_binary_what_is_no_hex_digit() -> None:
    async with editing("0a“g") as (editor, _):
        count_in(editor, MessageType.UNICODE)
        assert not [char for char, style in styles_of(editor, 0) if isinstance(style, Style) and style.underline]
        count_in(editor, MessageType.BINARY)
        assert [char for char, style in styles_of(editor, 0) if isinstance(style, Style) and style.underline] == [
            "“",
            "g",
        ]


async def test_every_second_part_is_shaded_exactly_where_it_begins_and_ends() -> None:
    text = "x" * 200 + "\n" + "y" * 200
    async with editing(text, size=(60, 30)) as (editor, _):
        count_in(editor)
        starts = tally(text).chosen.segment_starts
        assert starts == (0, 153, 306)
        surface = editor.get_component_rich_style("sms-editor--part", partial=True).bgcolor
        shaded = 0
        for y in range(editor.size.height):
            for char, style in styles_of(editor, y):
                if char in "xy" and isinstance(style, Style) and style.bgcolor == surface:
                    shaded += 1
        assert shaded == 152  # of 153 characters in the second part, one is the line's end


async def test_the_selection_and_the_cursor_are_drawn_on_wrapped_lines() -> None:
    async with editing("word " * 40, size=(30, 12)) as (editor, pilot):
        editor.select_all()
        await pilot.pause()
        theme = editor._theme
        assert theme is not None
        assert theme.selection_style is not None
        selected = sum(
            isinstance(style, Style) and style.bgcolor == theme.selection_style.bgcolor
            for y in range(editor.size.height)
            for _, style in styles_of(editor, y)
        )
        assert selected >= 200
        editor.move_cursor((0, 77))
        await pilot.pause()
        assert theme.cursor_style is not None
        cursors = [
            char
            for y in range(editor.size.height)
            for char, style in styles_of(editor, y)
            if isinstance(style, Style) and style.bgcolor == theme.cursor_style.bgcolor
        ]
        assert cursors == [editor.text[77]]

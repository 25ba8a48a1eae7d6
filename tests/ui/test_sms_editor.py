"""The editor: what is in it stays what it is, and what is drawn is safe and marked."""

from __future__ import annotations

import re
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

_TEXT = st.text(st.sampled_from("ab \n\r\x0c\x85\u2028\t\x00\x1b\ud800\u202e€“😀"), max_size=12)


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
    assert document.lines == document.text.split("\n")
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


# -- where parts end ---------------------------------------------------------------------------------------------------

LONG = (
    "Dear Jürgen, your order is ready and can be picked up at our counter in Frankfurt, Hauptwache 12, between 9 and "
    "18. It costs 12 € [at the counter]. Please bring this message and something that shows who you are, a passport or "
    "a driver's licence. If you can't come in the next seven days, we'll send everything back to the sender. Thank you!"
)
RULE = re.compile(" ╌+ part ([0-9]+) ╌ *$")


@pytest.mark.parametrize("columns", [120, 80, 60])
async def test_a_line_says_in_plain_text_where_each_part_ends(columns: int) -> None:
    async with editing(LONG, size=(columns, 20)) as (editor, _):
        count_in(editor)
        assert tally(LONG).chosen.segment_starts == (0, 150, 303)
        parts = [""]
        for row in drawn(editor).splitlines():
            rule = RULE.search(row)
            parts[-1] += row[: rule.start()] if rule else row
            if rule:
                parts.append("")
                assert int(rule[1]) == len(parts)
        shown = ["".join(part.split()) for part in parts]
        assert shown == ["".join(part.split()) for part in (LONG[:150], LONG[150:303], LONG[303:])]


async def test_a_full_row_leaves_room_for_the_line_and_a_narrow_one_for_the_number() -> None:
    async with editing("x" * 200, size=(60, 12)) as (editor, _):
        count_in(editor)
        assert drawn(editor).count(" part 2 ╌") == 1
    async with editing("x" * 170, size=(13, 30)) as (editor, _):
        count_in(editor)
        assert re.search("x ╌+ 2 *$", drawn(editor), re.MULTILINE)


async def test_what_is_more_than_a_message_can_have_is_said_once() -> None:
    text = "x" * 153 * 257
    async with editing(text, size=(80, 24)) as (editor, pilot):
        count_in(editor)
        editor.go_to(255 * 153)
        await pilot.pause()
        assert re.search("x ╌+ 255 parts at most ╌ *$", drawn(editor), re.MULTILINE)
        assert "part 257" not in drawn(editor)


async def test_a_click_on_the_line_and_the_end_key_go_to_the_end_of_the_part() -> None:
    async with editing(LONG, size=(60, 20)) as (editor, pilot):
        count_in(editor)
        y = next(y for y, row in enumerate(drawn(editor).splitlines()) if "part 2" in row)
        await pilot.click(editor, offset=(50, y))
        assert editor.cursor_index == 150
        cursor = [column for column, (_, style) in enumerate(styles_of(editor, y)) if _is_cursor(editor, style)]
        assert cursor == [drawn(editor).splitlines()[y].index(" ╌")]
        await pilot.press("up", "end", "down", "end")
        assert (editor.cursor_index, editor.wrapped_document.y_of(editor.cursor_location)) == (150, y)
        await pilot.press("left", "right")
        assert (editor.cursor_index, editor.wrapped_document.y_of(editor.cursor_location)) == (150, y + 1)
        await pilot.press("up", "home", "shift+end")
        assert LONG[:150].endswith(editor.selected_text)
        await pilot.press("shift+right", "delete", "ctrl+z", "escape")
        assert editor.text == LONG


async def test_the_lines_follow_the_typing() -> None:
    async with editing(LONG, size=(60, 20)) as (editor, pilot):
        count_in(editor)
        editor.go_to(0)
        await pilot.press("left_square_bracket", "a")
        count_in(editor)
        rows = drawn(editor).splitlines()
        y = next(y for y, row in enumerate(rows) if "part 2" in row)
        start = tally(editor.text).chosen.segment_starts[1]
        assert rows[y].split(" ╌")[0].endswith(editor.text[start - 5 : start])
        assert rows[y + 1][1:].startswith(editor.text[start : start + 5])
        editor.show_parts(MessageType.AUTO, (0,))
        assert "part" not in drawn(editor)


async def test_where_the_text_was_scrolled_to_is_where_it_stays() -> None:
    async with editing("line\n" * 300, size=(60, 12)) as (editor, pilot):
        editor.go_to(0)
        editor.scroll_to(y=200, animate=False)
        await pilot.pause()
        count_in(editor)
        await pilot.pause()
        assert editor.scroll_offset.y == 200


def _is_cursor(editor: SmsEditor, style: object) -> bool:
    cursor = editor._theme.cursor_style
    return isinstance(style, Style) and cursor is not None and style.bgcolor == cursor.bgcolor


# -- long texts --------------------------------------------------------------------------------------------------------

MEGABYTE = 1 << 20


@pytest.mark.parametrize("piece", ["Ваш заказ 漢字 🎉 4711, ", "\n"])
async def test_a_megabyte_is_a_text_like_any_other(piece: str) -> None:
    text = (piece * MEGABYTE)[:MEGABYTE]
    async with editing(size=(60, 12)) as (editor, pilot):
        editor.put(text)
        editor.show_parts(MessageType.AUTO, tally(text).part_starts)
        await pilot.press("ctrl+home", "x", "ctrl+end", "y", "enter", "z", "pageup", "up")
        editor.go_to(MEGABYTE // 2)
        await pilot.press("w", "ctrl+right", "ctrl+left", "end", "home")
        middle = MEGABYTE // 2 - 1
        assert editor.text == f"x{text[:middle]}w{text[middle:]}y\nz"
        await pilot.press("ctrl+a", "delete", "ctrl+z")
        assert len(editor.text) == MEGABYTE + 5


# -- the selection -----------------------------------------------------------------------------------------------------


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

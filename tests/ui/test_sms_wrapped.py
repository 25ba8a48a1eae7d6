"""A text in rows: as Textual wraps it, with parts that end where they end, and the same after any edit."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual._wrap import compute_wrap_offsets
from textual.geometry import Offset

from mitto_tui.ui.literal import one_for_one
from mitto_tui.ui.widgets import sms_cells, sms_wrapped
from mitto_tui.ui.widgets.sms_cells import NONE, WIDENER, letters, start_of_one
from mitto_tui.ui.widgets.sms_document import SmsDocument
from mitto_tui.ui.widgets.sms_navigator import SmsNavigator, word_after, word_before, word_end
from mitto_tui.ui.widgets.sms_wrap import rule_room, wrap
from mitto_tui.ui.widgets.sms_wrapped import Row, SmsWrapped

_WORDS = ("a", "to", "order", "Grüße", "заказ,", "漢字かな", "🎉", "4711", "\x1b[31m", "\u202eevil", "€" * 30)
ORDINARY = st.lists(st.sampled_from((*_WORDS, " ", "  ", "\u3000", "\u2003")), max_size=40).map("".join)
_STRANGE = (
    "👨‍👩‍👧‍👦",
    "❤️",
    "e\u0301",
    "\u0301" * 40,
    "👨\u200d",
    "\u200d",
    "\ufe0f",
    "\ud800",
    "\udc00",
    "\r",
    "\x0c",
    "\x85",
)
STRANGE = st.lists(
    st.sampled_from((*_WORDS, " ", "\n", "\t", "\x00", "\u00a0", "\u200b", "\u2028", "שלום", *_STRANGE)), max_size=30
).map("".join)
SEVERAL = st.integers(1, 12)
HANGING = st.text(st.sampled_from("a\u0301\u0301\u0301\ufe0f\u200d❤👨"), max_size=60)
"""What shows by what is before it, however far: more of it hangs on one character than is kept together."""


@given(ORDINARY, st.integers(2, 60))
def test_ordinary_text_is_wrapped_as_textual_does(text: str, width: int) -> None:
    assert wrap(text, width).breaks == compute_wrap_offsets(one_for_one(text), width, tab_size=4)


def test_a_long_text_is_wrapped_as_textual_does() -> None:
    text = "The order of Jürgen, 漢字 и заказ 🎉, is ready… " * 400
    for width in (20, 51, 75):
        assert wrap(text, width).breaks == compute_wrap_offsets(one_for_one(text), width, tab_size=4)


def test_a_blank_that_forbids_a_break_breaks_nothing() -> None:
    assert wrap("for 12\u00a0€ only", 7).breaks == [4, 9]


@given(STRANGE)
def test_a_text_is_measured_as_rich_measures_what_is_drawn(text: str) -> None:
    shown = letters(text)
    assert sms_cells.width(shown) == cell_len(sms_cells.drawn(text, shown))


@given(STRANGE, st.integers(2, 50), st.data())
def test_rows_fit_keep_together_what_is_one_and_end_where_parts_end(text: str, width: int, data: st.DataObject) -> None:
    line = text.replace("\n", " ")
    cuts = data.draw(st.lists(st.integers(1, len(line)), max_size=5, unique=True)) if line else []
    cuts = sorted({start_of_one(line, cut) if cut < len(line) else cut for cut in cuts} - {0})
    wrapped = wrap(line, width, tuple(cuts))
    rows = list(pairwise([0, *wrapped.breaks, len(line)]))
    assert all(start < stop for start, stop in rows) or not line
    assert set(cuts) - {len(line)} <= set(wrapped.breaks)
    for start, stop in rows:
        shown = wrapped.letters[start:stop]
        room = rule_room(width) if stop in cuts else 0
        assert sms_cells.width(shown) <= width - room
        if start and "\u0301" * 40 not in line:
            assert shown[0] not in (NONE, WIDENER)


# -- after edits -------------------------------------------------------------------------------------------------------


def _rows(wrapped: SmsWrapped) -> list[Row]:
    return [wrapped.row_at(y) for y in range(wrapped.height)]


def _text(document: SmsDocument, rows: list[Row]) -> str:
    lines: dict[int, str] = {}
    for row in rows:
        lines[row.line] = lines.get(row.line, "") + document.lines[row.line][row.start : row.stop]
    assert list(lines) == list(range(document.line_count))
    return "\n".join(lines.values())


@pytest.mark.parametrize("texts", [STRANGE, HANGING], ids=["strange", "hanging"])
@pytest.mark.parametrize("long", [0, 2000])
@given(data=st.data())
def test_after_any_edit_the_rows_are_those_of_a_text_wrapped_anew(
    long: int, texts: st.SearchStrategy[str], data: st.DataObject
) -> None:
    before, sms_wrapped._LONG = sms_wrapped._LONG, long  # type: ignore[misc]  # or no text here would be long
    try:
        _edit_and_compare(data, texts)
    finally:
        sms_wrapped._LONG = before  # type: ignore[misc]


def _edit_and_compare(data: st.DataObject, texts: st.SearchStrategy[str]) -> None:
    width = 0
    text = data.draw(texts) * data.draw(SEVERAL)
    document = SmsDocument(text)
    wrapped = SmsWrapped(document)
    for _ in range(data.draw(st.integers(1, 4))):
        if not width or data.draw(st.booleans()):
            width = data.draw(st.integers(2, 20))
            wrapped.wrap(width)
        length = len(document.text)
        start = data.draw(st.integers(0, length))
        end = data.draw(st.integers(start, length) if data.draw(st.booleans()) else st.just(start))
        new = data.draw(texts)
        top, bottom = document.location_of(start), document.location_of(end)
        wrapped.wrap_range(top, bottom, document.replace_range(top, bottom, new).end_location)
        text = text[:start] + new + text[end:]
        each = data.draw(st.integers(5, 80))
        starts = tuple(range(0, len(text) + 1, each)) if data.draw(st.booleans()) else wrapped._starts
        wrapped.show_parts(starts)
        fresh = SmsWrapped(SmsDocument(text), width)
        fresh.show_parts(starts)
        rows = _rows(wrapped)
        assert rows == _rows(fresh)
        assert _text(document, rows) == document.text == text
        assert [wrapped.letters_of(row) for row in rows] == [fresh.letters_of(row) for row in rows]


@pytest.mark.parametrize("text", ["a" + "\u0301" * 40 + "\ufe0fa", "\u0301\ufe0f\u200d👨" * 8, "\ufe0f" * 50])
def test_what_shows_by_what_is_far_before_it_follows_an_edit_there(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_wrapped, "_LONG", 0)
    for width, place, new in product((2, 6), range(len(text)), ("", "a", "\u0301")):
        document = SmsDocument(text)
        wrapped = SmsWrapped(document, width)
        end = (0, place) if new else (0, place + 1)
        wrapped.wrap_range((0, place), end, document.replace_range((0, place), end, new).end_location)
        fresh = SmsWrapped(SmsDocument(document.text), width)
        assert [wrapped.letters_of(row) for row in _rows(wrapped)] == [fresh.letters_of(row) for row in _rows(fresh)]


def test_a_part_that_begins_within_a_joined_emoji_is_drawn_from_its_start() -> None:
    text = "ab 👨‍👩‍👧‍👦 cd"
    for start in range(4, 10):
        wrapped = SmsWrapped(SmsDocument(text), 40)
        wrapped.show_parts((0, start))
        assert [(row.start, row.part) for row in _rows(wrapped)] == [(0, 2), (3, 0)]


def test_no_more_parts_are_drawn_than_a_message_can_have() -> None:
    text = "x" * 1000
    wrapped = SmsWrapped(SmsDocument(text), 60)
    wrapped.show_parts(tuple(range(0, 1000, 2)))
    assert [row.part for row in _rows(wrapped) if row.part] == list(range(2, 257))


# -- places ------------------------------------------------------------------------------------------------------------


@given(STRANGE, st.integers(2, 30), st.integers(5, 40))
def test_each_place_is_shown_once_and_found_there_again(text: str, width: int, each: int) -> None:
    document = SmsDocument(text)
    wrapped = SmsWrapped(document, width)
    wrapped.show_parts(tuple(range(0, len(text) + 1, each)))
    for index in range(len(text) + 1):
        location = document.location_of(index)
        assert document.index_of(location) == index
        wrapped.stand((-1, -1))  # nothing was pointed at
        offset = wrapped.location_to_offset(location)
        row = wrapped.row_at(offset.y)
        assert row.line == location[0]
        assert row.start <= location[1] < row.stop or (row.last and location[1] == row.stop)
        found = wrapped.offset_to_location(offset)
        # Behind the start of what is drawn as one, the place found is its start.
        assert wrapped.location_to_offset(found).y == offset.y
        assert found[1] - row.start == sms_cells.column_at(wrapped.letters_of(row), offset.x)


def test_the_end_of_a_part_is_a_place_of_its_own() -> None:
    document = SmsDocument("one two\nthree four")
    wrapped = SmsWrapped(document, 40)
    wrapped.show_parts((0, 5, 12))
    assert [(row.line, row.start, row.stop, row.part) for row in _rows(wrapped)] == [
        (0, 0, 5, 2),
        (0, 5, 7, 0),
        (1, 0, 4, 3),
        (1, 4, 10, 0),
    ]
    navigator = SmsNavigator(wrapped)
    assert wrapped.location_to_offset((0, 5)) == Offset(0, 1)
    assert wrapped.offset_to_location(Offset(30, 0)) == (0, 5)  # on the line behind the part
    assert wrapped.location_to_offset((0, 5)) == Offset(5, 0)
    assert navigator.get_location_home((0, 5)) == (0, 0)
    navigator.last_x_offset = 5
    assert navigator.get_location_below((0, 5)) == (0, 7)
    wrapped.stand((0, 7))
    assert wrapped.location_to_offset((0, 5)) == Offset(0, 1)
    assert navigator.get_location_end((0, 1)) == (0, 5)
    assert navigator.get_location_above((0, 5)) == (0, 0)


def test_parts_that_begin_at_a_lines_end_or_behind_it_need_no_row_of_their_own() -> None:
    for start in (3, 4):
        wrapped = SmsWrapped(SmsDocument("abc\ndef"), 40)
        wrapped.show_parts((0, start))
        assert [(row.line, row.part) for row in _rows(wrapped)] == [(0, 2), (1, 0)]


@given(STRANGE, st.integers(0, 60))
def test_words_are_found_from_any_column(text: str, column: int) -> None:
    line = text.replace("\n", " ")
    column = min(column, len(line))
    rest = line[column:]
    assert 0 <= word_before(line, column) <= column <= word_after(line, column) <= len(line)
    assert word_before(line, column) < column or not column
    assert word_after(line, column) > column or not rest
    assert (word_end(line, column) is None) == (not any(char.isalnum() or char == "_" for char in rest))


@pytest.mark.parametrize("size", [5, 300, 3000])
def test_words_are_as_long_as_they_are(size: int) -> None:
    line = f"one {'x' * size}, three"
    assert word_before(line, 4 + size) == 4
    assert word_before(line, 3) == 0
    assert word_after(line, 4) == 4 + size
    assert word_end(line, 3) == 4 + size

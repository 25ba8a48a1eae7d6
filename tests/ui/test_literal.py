"""The one door for untrusted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from mitto_tui.sms.visible import visible
from mitto_tui.ui.literal import literal, literal_block, literal_text, mask_numbers, one_for_one
from tests.ui.writing import HOSTILE, STEERING


@pytest.mark.parametrize("text", HOSTILE)
def test_labels_show_text_literally_and_without_spans(text: str) -> None:
    for shown in (literal(text), literal_block(text)):
        assert isinstance(shown, Content)
        assert not shown.spans
        assert not STEERING & set(shown.plain)
    assert not literal_text(text).spans
    assert literal(text).plain == literal_text(text).plain


def test_markup_is_text() -> None:
    assert literal("hi [/foo] x").plain == "hi [/foo] x"
    assert literal("[b]x[/b]", style="bold").plain == "[b]x[/b]"


def test_line_breaks_stay_in_blocks_and_become_signs_on_a_line() -> None:
    assert literal_block("one\r\ntwo\nthree").plain == "one\ntwo\nthree"
    assert literal("one\r\ntwo\nthree").plain == "one⏎two⏎three"


@given(st.text(st.characters(codec="utf-8")))
def test_an_editor_draws_one_safe_sign_for_each_character(text: str) -> None:
    shown = one_for_one(text)
    assert len(shown) == len(text)
    assert not STEERING & set(shown)
    for char, sign in zip(text, shown, strict=True):
        if visible(char) == char:
            assert sign == char
        elif char != "\u200d":
            assert cell_len(sign) == 1


def test_numbers_are_masked_and_small_ones_are_not() -> None:
    assert (
        mask_numbers("This can be +49 172 5551234 or 0172/5551234.") == "This can be +•• ••• ••••••• or ••••/•••••••."
    )
    assert mask_numbers("at most 15 digits, code 8, HTTP 500") == "at most 15 digits, code 8, HTTP 500"


def test_lone_surrogates_can_be_drawn() -> None:
    one_for_one("a\ud800b").encode()
    literal("a\ud800b").plain.encode()


def test_a_joiner_is_kept_between_emoji_only() -> None:
    assert one_for_one("👨\u200d👧") == "👨\u200d👧"
    assert one_for_one("a\u200db") == "a�b"

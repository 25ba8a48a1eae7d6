"""Digit patterns beside Python's own regular expressions."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients.patterns import NOTHING, PatternError, branches, parse

CLASSES = st.sampled_from(["0", "7", "\\d", "[0-4]", "[2579]", "[13-57]"])
COUNTS = st.sampled_from(["", "", "?", "{2}", "{0,2}", "{1,3}"])
PATTERNS = st.recursive(
    st.builds(str.__add__, CLASSES, COUNTS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.builds("(?:{}){}".format, st.lists(inner, min_size=1, max_size=3).map("|".join), COUNTS),
        st.builds("({}|){}".format, inner, COUNTS),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text("0123457", max_size=7))
def test_it_matches_what_re_matches(text: str, digits: str) -> None:
    assert parse(text).after_all(digits).nullable == (re.fullmatch(text, digits) is not None)


@given(PATTERNS, st.text("0123457", max_size=2), st.integers(0, 2))
def test_every_speaks_for_all_strings_of_a_length(text: str, begin: str, left: int) -> None:
    strings = ("".join(rest) for rest in itertools.product("0123456789", repeat=left))
    matches = {re.fullmatch(text, begin + rest) is not None for rest in strings}
    assert parse(text).after_all(begin).every(left) == (matches.pop() if len(matches) == 1 else None)


def test_equal_rests_are_one_object() -> None:
    assert parse("1(?:5|6)\\d{7}").after_all("15") is parse("2\\d{7}").after_all("2")
    assert parse("15").after_all("2") is NOTHING


@pytest.mark.parametrize("text", ["1+", "a", "(1", "1)", "[12", "^1", "1.", "\\w", "{2}"])
def test_what_digits_do_not_need_is_refused(text: str) -> None:
    with pytest.raises(PatternError):
        parse(text)


def test_branches_are_split_at_the_top_only() -> None:
    assert branches("(1|2)3|[4|]5|6") == ["(1|2)3", "[4|]5", "6"]
    assert branches("") == [""]

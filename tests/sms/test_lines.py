"""The words for lines: what settings, commands and lists take is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients import verdicts
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.lines import OTHER_LINES, lines_text, read_lines


def test_they_are_the_lines_that_a_check_knows() -> None:
    assert set(OTHER_LINES) == verdicts.OTHER_LINES
    assert len(OTHER_LINES) == len(set(OTHER_LINES))


@given(st.frozensets(st.sampled_from(OTHER_LINES)))
def test_what_is_written_is_read_again(lines: frozenset[str]) -> None:
    assert read_lines([lines_text(lines)]) == lines
    assert read_lines(sorted(lines)) == lines


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["landline,Premium"], {"landline", "premium-rate"}),
        ([" toll free ", "SHARED_COST,"], {"toll-free", "shared-cost"}),
        (["None"], set()),
        ([""], set()),
        (["ALL"], set(OTHER_LINES)),
    ],
)
def test_however_they_are_written(words: list[str], lines: set[str]) -> None:
    assert read_lines(words) == lines


@pytest.mark.parametrize("words", [["fax"], ["land"], ["mobile"], ["all", "pager"], ["none,pager"], ["\x1b[2J"]])
def test_what_is_none_is_refused(words: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_lines(words)
    assert "\x1b" not in str(caught.value)

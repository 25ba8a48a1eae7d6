"""The first row of each number, in little memory."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients.seen import Seen


@given(st.lists(st.integers(1, 40).map(lambda number: str(number * 111)), max_size=60))
def test_the_first_row_of_each_number(numbers: list[str]) -> None:
    seen, first = Seen(), dict[str, int]()
    expected = [first.setdefault(number, row) for row, number in enumerate(numbers)]
    assert [seen.first_row(number, row) for row, number in enumerate(numbers)] == expected
    assert len(seen) == len(first)


def test_many_numbers_that_differ_in_their_last_digits() -> None:
    chance = random.Random(4)
    numbers = [f"4917{chance.randrange(30_000):08}" for _ in range(60_000)] + ["999999999999999"]
    seen, first = Seen(), dict[str, int]()
    expected = [first.setdefault(number, row) for row, number in enumerate(numbers)]
    found = seen.first_rows(numbers[:7], range(7)) + seen.first_rows(numbers[7:], range(7, len(numbers)))
    assert found == expected
    assert len(seen) == len(first)

"""Usage by country: what was fetched last is there without a network."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mitto_tui.storage.database import Database
from mitto_tui.storage.usage import CountryUsage, FetchedUsage, Usage

from .builders import T0, at

START, END = date(2026, 2, 1), date(2026, 2, 28)


@pytest.fixture
def usage(database: Database) -> Usage:
    return Usage(database)


def test_nothing_was_fetched(usage: Usage) -> None:
    assert usage.latest("work") is None
    assert usage.latest("work", "main", START, END) is None


def test_what_was_fetched_comes_back_exactly(usage: Usage) -> None:
    rows = (
        CountryUsage("DEU", 1200, Decimal("84.0000000000000000001")),
        CountryUsage("[/x]\0\ud800", None, None),
        CountryUsage("AUT", 2**63, Decimal("1E+3")),
    )
    usage.save("work", "main", START, END, rows, T0)
    kept = (*rows[:2], CountryUsage("AUT", None, Decimal("1E+3")))  # a count beyond all measure is no count
    assert usage.latest("work", "main", START, END) == FetchedUsage("work", "main", START, END, T0, kept)


def test_the_newest_fetch_of_what_is_asked_for(usage: Usage) -> None:
    def fetched(account: str, end: date, count: int, seconds: float) -> None:
        usage.save("work", account, START, end, [CountryUsage("DEU", count, Decimal(1))], at(seconds))

    def messages(*which: object) -> int | None:
        found = usage.latest("work", *which)  # type: ignore[arg-type] # any of the conditions
        return None if found is None else found.rows[0].messages

    fetched("main", END, 1, 1)
    fetched("main", END, 2, 2)
    fetched("second", END, 3, 3)
    fetched("main", date(2026, 2, 27), 4, 4)
    assert messages("main", START, END) == 2
    assert messages("second") == 3
    assert messages("main") == 4
    assert messages() == 4
    assert messages("third") is None
    assert usage.latest("other") is None


def test_a_fetch_of_nothing_is_a_fetch(usage: Usage) -> None:
    usage.save("work", "main", START, END, [CountryUsage("DEU", 1, Decimal(1))], at(1))
    usage.save("work", "main", START, END, [], at(2))
    found = usage.latest("work", "main", START, END)
    assert found is not None
    assert (found.rows, found.fetched_at) == ((), at(2))

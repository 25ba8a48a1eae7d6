"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from mitto_tui.ui.days_typed import read_day

TODAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        (" 2026-1-3 ", date(2026, 1, 3)),
        ("23.11.2025", date(2025, 11, 23)),
        ("3. 3.", date(2026, 3, 3)),
        ("6.3.", date(2025, 3, 6)),
        ("5 Mar", TODAY),
        ("5. March", TODAY),
        ("mar 6", date(2025, 3, 6)),
        ("Nov 23, 2024", date(2024, 11, 23)),
        ("23 november 2024", date(2024, 11, 23)),
        ("today", TODAY),
        ("Yesterday", date(2026, 3, 4)),
        ("7d", date(2026, 2, 26)),
        ("2 weeks ago", date(2026, 2, 19)),
        ("1 y", date(2025, 3, 5)),
        ("20260105", date(2026, 1, 5)),
    ],
)
def test_a_day_is_read(typed: str, day: date) -> None:
    assert read_day(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed", ["", "x", "2026-13-01", "31.2.", "29.2.", "03/04", "9999y", "5 foo", "0 mar", "١٢d", "-1d"]
)
def test_what_is_no_day_is_none(typed: str) -> None:
    assert read_day(typed, TODAY) is None

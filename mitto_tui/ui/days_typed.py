"""A day as people type it: 2026-11-23, 23.11.2026, 23 Nov, today, yesterday, 7d."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AGO: Final = re.compile(r"(\d{1,4})\s*(d|days?|w|weeks?|m|months?|y|years?)(\s+ago)?", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DOTTED: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(\d{4})?", re.ASCII)
_NAMED: Final = re.compile(r"(?:(\d{1,2})\.?\s+([a-z]+)|([a-z]+)\s+(\d{1,2}),?)(?:\s+(\d{4}))?", re.ASCII)
_DAYS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}


def read_day(typed: str, today: date) -> date | None:
    """The day that ``typed`` means, or None. Without a year it is the last such day up to ``today``.

    Slashes are not read: 03/04 is one day here and another there.
    """
    text = " ".join(typed.split()).lower()
    try:
        if text in ("today", "yesterday"):
            return today - timedelta(days=text == "yesterday")
        if found := _AGO.fullmatch(text):
            return today - timedelta(days=int(found[1]) * _DAYS[found[2][0]])
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTTED.fullmatch(text):
            return _dated(int(found[1]), int(found[2]), found[3], today)
        if found := _NAMED.fullmatch(text):
            word, number = found[2] or found[3], found[1] or found[4]
            month = next((at for at, name in enumerate(_MONTHS, 1) if word.startswith(name)), 0)
            return _dated(int(number), month, found[5], today)
        return datetime.fromisoformat(text).date()
    except (ValueError, OverflowError):
        return None


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return date(int(year), month, day)
    found = date(today.year, month, day)
    return found if found <= today else date(today.year - 1, month, day)

"""Which column holds the telephone numbers, by what it is called and by what is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mitto_tui.recipients.readers import words
from mitto_tui.sms.visible import one_line

SEPARATOR: Final = " ::: "
"""What Google Contacts puts between several numbers in a cell, and we too."""

LOOKED_AT: Final = 200
"""Rows that a guess looks at."""
_LONGEST: Final = 200
_PARTS: Final = re.compile(r"\s*(?::::|[;,|\n\r]|\s/\s|/(?=\s*[+0]))\s*")
_NUMBER: Final = re.compile(
    r"(?:tel:|sms:)?[+＋]?\(?\d(?:[\d\s().\-/‐‑–\u200b-\u200f\u202a-\u202e\u2060\ufeff]*\d)?\)?(?:\s*(?:x|ext\.?|#)\s*\d+)?",
    re.IGNORECASE,
)
_LOST_DIGITS: Final = re.compile(r"\d[.,]\d+E\+1\d", re.IGNORECASE)
_NO_NUMBER: Final = re.compile(
    r"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?\b.*"  # dates
    r"|\d\d?[-/.]\d\d?[-/.](?:19|20)?\d\d\b.*"
    r"|\d+[.,]\d\d"  # amounts
    r"|\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?"
    r"|\d{1,3}(?:\.\d{1,3}){3}"  # IP addresses
)
_FEWEST, _MOST = 7, 15
_FEWEST_COUNTED, _LONGEST_STEP = 3, 1000
_AROUND: Final = "'\"’‘“”`´ \u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u2060\ufeff"
"""Signs that cells are wrapped in: an apostrophe for Excel, marks of direction from an address book."""
_GOOGLE: Final = re.compile(r"phone (\d+) - value", re.IGNORECASE)
_OUTLOOK: Final = frozenset({"business phone", "home phone", "mobile phone", "primary phone", "assistant's phone"})


@dataclass(frozen=True, slots=True)
class PhoneColumn:
    """The column with the telephone numbers. ``index`` counts from 0, None where there seems to be none.

    ``why`` is a sentence. ``others`` are further columns that hold telephone numbers by their look and name.
    """

    index: int | None
    why: str
    others: tuple[int, ...] = ()


def looks_like_number(cell: str) -> bool:
    """Whether ``cell`` could be a telephone number, or several. Says nothing about whether it exists."""
    if len(cell) > _LONGEST:
        return False
    cell = cell.strip()
    return any(_is_one(part.strip(_AROUND)) for part in _PARTS.split(cell)) or _LOST_DIGITS.fullmatch(cell) is not None


def _is_one(text: str) -> bool:
    text = text.removesuffix(".0")
    if not _NUMBER.fullmatch(text):
        return False
    digits = sum(char.isdigit() for char in text)
    most = _MOST if text.isdecimal() and not text.startswith("00") else _MOST + 2
    return _FEWEST <= digits <= most and (text[0] in "+＋" or not _NO_NUMBER.fullmatch(text))


def guess_columns(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> PhoneColumn:
    """Find the telephone numbers among ``columns``, with the cells of the first ``rows`` (LOOKED_AT are enough)."""
    found = [_Column(index, name, rows[:LOOKED_AT]) for index, name in enumerate(columns)]
    fitting = sorted((column for column in found if column.fits), key=lambda column: column.order, reverse=True)
    if not fitting:
        return _by_name_alone(found)
    google = _google(columns, rows[:LOOKED_AT], fitting)
    best = google or fitting[0]
    others = tuple(column.index for column in fitting if column is not best and not column.is_counter)
    return PhoneColumn(best.index, _why(best, columns, by_label=google is not None), others)


class _Column:
    def __init__(self, index: int, name: str, rows: Sequence[Sequence[str]]) -> None:
        self.index = index
        self.name = name
        self.rank = words.rank(name)
        cells = [text for row in rows if index < len(row) and (text := row[index].strip())]
        numbers = [cell for cell in cells if looks_like_number(cell)]
        self.total = len(rows)
        self.filled = len(cells)
        self.numbers = len(numbers)
        self.share = len(numbers) / len(cells) if cells else 0.0
        self.counts = _counts(numbers)
        self.marked = sum(cell.removeprefix("tel:").startswith(("+", "＋", "0", "(+", "(0")) for cell in numbers)

    @property
    def fits(self) -> bool:
        if self.rank == words.NEVER:
            return False
        if self.rank == words.OTHER:
            return self.share >= 0.5 and self.marked * 2 >= self.numbers > 0
        return self.share >= 0.5 or (self.rank >= words.PHONE and self.numbers > 0)

    @property
    def is_counter(self) -> bool:
        """Whether it numbers the rows: no name says that these are telephone numbers, and each follows the last."""
        return self.counts and self.rank < words.PHONE

    @property
    def order(self) -> tuple[bool, bool, int, float, float, int]:
        """A name that says mobile wins, but not with a single number where another column has them all."""
        useful = self.numbers * 10 >= self.total
        marked = round(self.marked / self.numbers, 1) if self.numbers else 0.0
        return useful, not self.is_counter, self.rank, marked, round(self.share, 1), -self.index


def _counts(numbers: Sequence[str]) -> bool:
    """Whether these are running numbers, as customers and orders have: bare digits, each a little above the last."""
    if len(numbers) < _FEWEST_COUNTED or not all(number.isdecimal() and number[0] != "0" for number in numbers):
        return False
    steps = [int(after) - int(before) for before, after in pairwise(numbers)]
    return all(0 < step <= _LONGEST_STEP for step in steps)


def _google(columns: Sequence[str], rows: Sequence[Sequence[str]], fitting: list[_Column]) -> _Column | None:
    """Google Contacts numbers its columns and says in the one beside what each number is: take most mobiles."""
    if not _GOOGLE.fullmatch(fitting[0].name.strip()):
        return None

    def mobiles(column: _Column) -> int:
        beside = column.index - 1  # Phone 1 - Label (or Type), Phone 1 - Value
        return sum(words.rank(row[beside]) == words.MOBILE for row in rows if 0 <= beside < len(row))

    best = max((column for column in fitting if _GOOGLE.fullmatch(column.name.strip())), key=mobiles)
    return best if mobiles(best) else None


def _why(best: _Column, columns: Sequence[str], *, by_label: bool) -> str:
    name = f"“{one_line(best.name, 40)}”"
    if _GOOGLE.fullmatch(best.name.strip()):
        label = ", where most mobile numbers are" if by_label else ""
        return f"This is a list from Google Contacts; its numbers are in {name}{label}."
    if {column.strip().casefold() for column in columns} >= _OUTLOOK - {"assistant's phone"}:
        return f"This is a list from Outlook; its mobile numbers are in {name}."
    looks = f"{best.numbers} of {best.filled} cells looked at are like telephone numbers"
    if best.rank >= words.PERHAPS:
        return f"{name} by its name; {looks}."
    return f"{name} by what is in it: {looks}."


def _by_name_alone(found: list[_Column]) -> PhoneColumn:
    named = max((column for column in found if column.rank >= words.PHONE), key=lambda each: each.rank, default=None)
    if named is None:
        return PhoneColumn(None, "No column looks like telephone numbers.")
    name = f"“{one_line(named.name, 40)}”"
    if named.filled:
        return PhoneColumn(named.index, f"{name} by its name, but none of its cells looks like a telephone number.")
    return PhoneColumn(named.index, f"{name} by its name; it has no numbers in the rows looked at.")

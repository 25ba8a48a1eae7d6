"""The text of a spreadsheet's cell: what the person would type to get it, not what a float looks like."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

MOST_COLUMNS: Final = 1024
"""Cells further to the right are left out, and said so: a stray one at the far end would make every row 16,384 wide."""

_EXACT: Final = 10**18
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_DATE_CODE: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_FORMAT_TOKEN: Final = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|(.)', re.DOTALL)
_IN_BRACKETS: Final = re.compile(r"\[(?![<>=])[^\]]*\]")
_BETWEEN_DIGITS: Final = frozenset(" -/()\u00a0")
_MOST_DIGITS: Final = 20


def number_text(value: str | float) -> str:
    """``491725551234`` for 491725551234.0 and 4.91725551234E+11; 15 digits at most, as Excel."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return value
    try:
        exact = Decimal(value if isinstance(value, str) else repr(value))
        if not exact.is_finite():
            return str(value)
        if abs(exact) < _EXACT and exact == exact.to_integral_value():
            return str(int(exact))
        return f"{float(exact):.15g}"
    except ArithmeticError:  # no number, or one without end
        return str(value)


def is_date_format(number: int, code: str = "") -> bool:
    """Whether a number format (ECMA-376 part 1, 18.8.30: a built-in number, or its code) shows a date or a time."""
    if code:
        plain = _QUOTED.sub("", code.split(";", 1)[0])
        return "general" not in plain.casefold() and _DATE_CODE.search(plain) is not None
    return number in _BUILT_IN_DATES


class Shape(NamedTuple):
    """What a number format adds to a whole number: a ``prefix`` of digits and a plus, and zeros up to ``digits``."""

    prefix: str
    digits: int


def number_shape(code: str) -> Shape | None:
    """What ``00000``, ``"+49 "0`` or ``0### ### ####`` adds to a number; None for a format that adds nothing.

    What stands between the digits, such as blanks, is left out.
    """
    section = _IN_BRACKETS.sub("", code.split(";", 1)[0])
    prefix, placeholders = "", ""
    for found in _FORMAT_TOKEN.finditer(section):
        quoted, escaped, plain = found.groups()
        if plain is not None and plain in "0#?":
            placeholders += plain
            continue
        added = "".join(char for char in quoted or escaped or plain or "" if char not in _BETWEEN_DIGITS)
        if not added:
            continue
        if placeholders or not re.fullmatch(r"\+?[0-9]*" if plain is None else r"\+", added):
            return None
        prefix += added
    digits = len(placeholders[placeholders.find("0") :]) if "0" in placeholders else 0
    if not placeholders or digits > _MOST_DIGITS or (digits < 2 and not prefix):
        return None
    return Shape(prefix, digits)


def shaped(value: str, shape: Shape) -> str:
    """The digits that are shown of a number."""
    text = number_text(value)
    return shape.prefix + text.zfill(shape.digits) if text.isdigit() else text


def date_text(serial: str, *, from_1904: bool = False) -> str:
    """A spreadsheet's day number as ``2026-01-05``, ``2026-01-05 14:30`` or ``14:30``."""
    try:
        days = float(serial)
        epoch = datetime.datetime(1904, 1, 1) if from_1904 else datetime.datetime(1899, 12, 30)  # noqa: DTZ001  # as Excel
        # Excel believes in 29 February 1900: days before it are one less.
        moment = epoch + datetime.timedelta(seconds=round((days + (0 < days < 60 and not from_1904)) * 86400))
    except (ValueError, OverflowError):
        return number_text(serial)
    return clock_text(moment.time()) if 0 <= days < 1 else moment_text(moment)


def moment_text(moment: datetime.datetime) -> str:
    """A date, with its time where it has one."""
    if moment.time() == datetime.time():
        return moment.date().isoformat()
    return f"{moment.date().isoformat()} {clock_text(moment.time())}"


def clock_text(clock: datetime.time) -> str:
    """Hours and minutes, and seconds where there are any."""
    return clock.strftime("%H:%M:%S" if clock.second else "%H:%M")


def python_text(value: object) -> str:
    """The text of a cell that a library read."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(str(value) if isinstance(value, int) else value)
    if isinstance(value, datetime.datetime):
        return moment_text(value)
    if isinstance(value, datetime.time):
        return clock_text(value)
    return str(value)


def column_index(letters: str) -> int:
    """0 for A, 27 for AB."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter.upper()) - 64
    return index - 1


def trimmed(cells: Sequence[str]) -> list[str]:
    """Without the empty cells at the end: a sheet is as wide as its widest row."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return list(cells[:end])

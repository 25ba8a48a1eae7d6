"""The ways in which lists write a number: quotes of spreadsheets, tel: URIs, decimals, scripts, several in one cell.

Nothing here knows a numbering plan: what comes out is an optional plus and ASCII digits, or why there is none.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from mitto_tui.recipients.verdicts import Change, Reason

LONGEST: Final = 64
"""Characters that one number may take with its blanks and punctuation."""

_LONGEST_CELL: Final = 1_000
"""Characters that several may take; more are no cell of numbers, and slow to look through."""

INVISIBLE: Final = "\\s\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff"
_EDGES: Final = re.compile(f"^[{INVISIBLE}]+|[{INVISIBLE}]+$")
# What people put between digits: blanks of all kinds, dots, dashes, slashes, brackets.
SEPARATORS: Final = re.compile(f"[{INVISIBLE}.\\-‐‑‒–—−/()\\[\\]]+")

_FORMULA: Final = re.compile(r'="(.*)"')
_QUOTES: Final = "'\"’‘“”`´"
_SCHEME: Final = re.compile(r"(?:tel|sms|smsto|callto):(?://)?", re.IGNORECASE)
_CONTEXT: Final = re.compile(r"(.*?);phone-context=(\+[\d().-]+)(?:;.*)?", re.IGNORECASE)
_URI_EXTENSION: Final = re.compile(r";(?:ext|isub)=", re.IGNORECASE)
_DECIMALS: Final = re.compile(r"([^.,٫]*\d)[.,٫](?:[0٠۰０]|([0٠۰０]{2}))[^\w]*")
_FEWEST_BEFORE_DECIMALS: Final = 7
_EXPONENT: Final = re.compile(r"\+?([1-9])(?:[.,](\d+))?[eE]\+?(\d{1,3})")
_EXTENSION: Final = re.compile(
    r"(?:[\s,;.\-/(]*(?:extension|ext|extn|durchwahl|poste|anexo|int|x|#)[\s.:=]*\d{1,7}\)?)$", re.IGNORECASE
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_BRACKETED_ZERO: Final = re.compile(r"^(\W*(?:[+＋]|00)[\s(\[]*\d{1,3}[\s)\]]*)[(\[]\s*0\s*[)\]]")

_HARD_BREAK: Final = re.compile(r"\s*:::\s*|[;|\n\r\v\f\u2028]+")
_SOFT_BREAK: Final = re.compile(r"[/,]")
_NUMBER_LIKE: Final = re.compile(f"[\\d+＋{INVISIBLE}.\\-‐‑‒–—−/,()\\[\\]'’\"]+|(?:tel|sms):.*", re.IGNORECASE)
_DIGIT: Final = re.compile(r"\d")


class Written(NamedTuple):
    """``compact``: an optional plus and ASCII digits. Or empty, and ``reason`` says why."""

    compact: str
    reason: Reason = Reason.NONE
    changes: tuple[Change, ...] = ()


def read_notation(cell: str) -> Written:
    """One number as it is written in a cell. Whether it is a number at all is for the plans to say."""
    text = cell.strip()
    if len(text) > _LONGEST_CELL:
        return Written("", Reason.NOT_A_NUMBER)
    text = _EDGES.sub("", text)
    if formula := _FORMULA.fullmatch(text):
        text = formula[1]
    text = _EDGES.sub("", text.strip(_QUOTES))
    if not text:
        return Written("", Reason.EMPTY)
    if len(text) > LONGEST:
        return Written("", Reason.NOT_A_NUMBER)
    if scheme := _SCHEME.match(text):
        text = text[scheme.end() :]
        if _URI_EXTENSION.search(text):
            return Written("", Reason.EXTENSION)
        if context := _CONTEXT.fullmatch(text):
            text = context[2] + context[1] if not context[1].startswith("+") else context[1]
        text = text.partition(";")[0].partition("?")[0]
    if spreadsheet := _from_spreadsheet(text):
        return spreadsheet
    if compact := _compact(text):
        return Written(compact)
    if _EXTENSION.search(text) and _DIGIT.search(text):
        return Written("", Reason.EXTENSION)
    if _DIGIT.search(text) and _LETTER.search(text):
        return Written("", Reason.LETTERS)
    return Written("", Reason.NOT_A_NUMBER)


def _from_spreadsheet(text: str) -> Written | None:
    """``491725551234.0``, and ``4.91725E+11``: whole only if no digit is missing."""
    whole = without_decimals(text)
    if whole is not None:
        return Written(_compact(whole), Reason.NONE, (Change.DECIMALS,))
    if exponent := _EXPONENT.fullmatch(text):
        first, fraction, power = exponent[1], exponent[2] or "", int(exponent[3])
        if len(fraction) != power:
            return Written("", Reason.LOST_DIGITS)
        return Written(_ascii_digits(first + fraction) or "", Reason.NONE, (Change.DECIMALS,))
    return None


def without_decimals(text: str) -> str | None:
    """The part before a spreadsheet's .0 or .00, or None if there is none; no blanks may be around ``text``.

    Read on, its zeros would make it somebody else's number. A point that stands between the groups of a number has
    another one beside it, or two digits after it.
    """
    found = _DECIMALS.fullmatch(text)
    if found is None:
        return None
    compact = _compact(found[1])
    if len(compact.removeprefix("+")) < _FEWEST_BEFORE_DECIMALS:
        return None
    return None if found[2] and SEPARATORS.search(found[1]) else found[1]


def _compact(text: str) -> str:
    """An optional plus and ASCII digits, or nothing where there is anything else but punctuation."""
    compact = SEPARATORS.sub("", text)
    plus = compact[:1] in ("+", "＋")
    digits = _ascii_digits(compact[plus:])
    return "+" + digits if plus and digits else digits


def _ascii_digits(compact: str) -> str:
    """Digits of any script as ASCII digits, or nothing where there is anything else."""
    if not compact.isdecimal():
        return ""
    return compact if compact.isascii() else "".join(str(int(char)) for char in compact)


def without_bracketed_zero(cell: str) -> str | None:
    """The cell without the (0) of ``+34 (0)612…``, or None if it has none."""
    text, count = _BRACKETED_ZERO.subn(r"\1", cell[:_LONGEST_CELL])
    return text if count else None


class Parts(NamedTuple):
    """A cell's numbers. ``sure``: what is between them stands between numbers only, never within one."""

    whole: str
    texts: list[str]
    sure: bool


def split_numbers(cell: str) -> Parts | None:
    """The texts of a cell that holds several numbers, or None where it holds one.

    A slash or a comma can stand within a number, too: then each side must be long enough to be one.
    """
    cell = cell.strip()
    if len(cell) > _LONGEST_CELL:
        return None
    if _SCHEME.match(_EDGES.sub("", cell)) and ":::" not in cell:
        return None
    parts = [part for part in (_EDGES.sub("", part) for part in _HARD_BREAK.split(cell)) if part]
    if len(parts) > 1:
        return Parts(cell, parts, sure=True) if all(map(_is_number_like, parts)) else None
    sides = [_EDGES.sub("", side) for side in _SOFT_BREAK.split(cell)]
    if len(sides) > 1 and all(len(_DIGIT.findall(side)) >= 7 for side in sides):
        return Parts(cell, sides, sure=False)
    return None


def _is_number_like(text: str) -> bool:
    return _NUMBER_LIKE.fullmatch(text) is not None and len(_DIGIT.findall(text)) >= 5

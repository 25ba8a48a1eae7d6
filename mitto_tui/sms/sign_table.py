"""Signs outside the GSM alphabet that have a plain form in it, and what is invisible.

The table follows what people paste: typographic signs and blanks of Word, Outlook and Pages, of web pages and of Excel,
and bullets of lists. It leaves out what would say something else: money signs (€ is in the alphabet, ₹ stays ₹), units
(µ, °C), and whatever has no plain form.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from mitto_tui.sms import gsm

_STANDS_FOR: Final[dict[str, str]] = {
    "'": "‘’‚‛′‵´`ʹʻʼʽʾʿ❛❜",
    '"': "“”„‟«»″‶❝❞〝〞〟",
    "-": "‐\u2011‒–—―−⁃﹘",  # U+2011 is the hyphen that does not break
    # A star tells a list from a range: "Mon • Tue" is not "Mon - Tue". U+F0B7 and U+F0A7 are Word's own bullets.
    "*": "•∙●○■□▪◦◆◇★☆∗\uf0b7\uf0a7",
    ">": "›❯‣►▸➤➢\uf0d8",
    "<": "‹❮",
    "->": "→➔➜\uf0e0",  # the last is what Word makes of -->
    "<-": "←",
    "=>": "⇒",
    "...": "…",
    "..": "‥",
    ".": "․",
    "/": "⁄∕",
    "|": "¦",
    "^": "ˆ",
    "~": "˜∼≈",
    "x": "×",
    "+/-": "±",
    "<=": "≤",
    ">=": "≥",
    "TM": "™",
    "(c)": "©",
    "(r)": "®",
    "No": "№",
    "o": "º",
    "a": "ª",
    " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2800",
    "\n": "\u000b\u2028\u2029",  # a line broken within a paragraph, as Word, InDesign and Slack write it
}
_WIDE: Final = (*range(0xFE50, 0xFE6C), *range(0xFF01, 0xFF5F), 0xFFE1, 0xFFE5)
WIDE_FORMS: Final = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in _WIDE} | {"\u3000": " "}
"""Small and full-width forms, as Chinese and Japanese print has them, and what they are forms of."""
PUNCTUATION: Final[dict[str, str]] = {char: by for by, chars in _STANDS_FOR.items() for char in chars} | {
    wide: narrow for wide, narrow in WIDE_FORMS.items() if narrow in gsm.ALPHABET
}
"""Punctuation, blanks and full-width forms outside the alphabet, and what stands for them in it."""

DIRECTION: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that steer right-to-left text: superfluous, unless there is such text."""
INVISIBLE: Final = frozenset("\u00ad\u034f\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff\ufffc") | DIRECTION
"""What shows and says nothing in Latin text: soft hyphens, joiners and selectors without their emoji."""

_DIGIT: Final = "\\d⁰¹²³⁴-⁹₀-₉¼-¾⅐-⅟"
_LETTER: Final = f"[^\\W_{_DIGIT}]"
_POWER: Final = f"(?<={_LETTER}).(?![{_DIGIT}])"
_FRACTION: Final = f"(?<![{_DIGIT}]).(?![{_DIGIT}])"
FITTING: Final[dict[str, tuple[str, re.Pattern[str]]]] = {
    char: (by, re.compile(where.replace(".", char)))
    for chars, where in (
        ("°o", "(?<=[Nn])."),  # n° 5, but 5° is not 5o
        ("²2 ³3 ₀0 ₁1 ₂2 ₃3 ₄4 ₅5 ₆6 ₇7 ₈8 ₉9", _POWER),  # m² and CO₂, but 10² is not 102
        ("½1/2 ¼1/4 ¾3/4 ⅓1/3 ⅔2/3 ⅛1/8", _FRACTION),  # but 1½ is not 11/2
    )
    for char, by in ((entry[0], entry[1:]) for entry in chars.split())
}
"""Signs that may be replaced if all their places match the pattern, because elsewhere they would say another thing."""

MIDDLE_DOT: Final = "·"
_BETWEEN_LETTERS: Final = re.compile(f"{_LETTER}·(?={_LETTER})")
_BESIDE_DIGITS: Final = re.compile(f"[{_DIGIT}]·|·[{_DIGIT}]")


def fitting(char: str, text: str) -> str | None:
    """What may stand for ``char`` (of ``FITTING``, or the middle dot) wherever it is in ``text``; None for nothing."""
    if char == MIDDLE_DOT:
        # Catalan's col·lecció; elsewhere a bullet, or 3·4.
        return "." if _BETWEEN_LETTERS.search(text) and not _BESIDE_DIGITS.search(text) else "*"
    by, where = FITTING[char]
    return by if len(where.findall(text)) == text.count(char) else None

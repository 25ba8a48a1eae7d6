"""What may stand for one character, or one letter and its marks, in the GSM alphabet.

``CLUSTERS`` and ``SINGLES`` cut a text into what can be looked up in ``stand_in``. Emoji are never cut: what makes a
sign an emoji, or binds emoji together, is part of no look-up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from mitto_tui.sms import gsm
from mitto_tui.sms.sign_table import DIRECTION, FITTING, INVISIBLE, MIDDLE_DOT, PUNCTUATION, WIDE_FORMS, fitting


class Rule(StrEnum):
    """Why one thing may stand for another."""

    COMPOSED = "composed"
    """The same characters by Unicode's canonical equivalence."""
    PUNCTUATION = "punctuation"
    """A sign, blank or full-width form, by our own table."""
    LETTER = "letter"
    """A Latin letter without its marks."""


_COMPOSING: Final = (
    "\u0653-\u0655\u093c\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0c56\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dca\u0dcf\u0ddf"
    "\u102e\u1161-\u1175\u11a8-\u11c2\u1b35\u3099\u309a"
)
_ENCLOSING: Final = "\u20d0-\u20f0"  # the keycap among them
_OVERLAYS: Final = "\u0334-\u0338"
"""Marks that strike out (s̶o̶l̶d̶), which says more than a letter's mark does: no letter loses them."""
_MARKS: Final = "\u0300-\u0333\u0339-\u034e\u0350-\u036f\u1ab0-\u1ace\u1dc0-\u1dff"
"""All others of Latin letters. The grapheme joiner (U+034F) is none."""
JOINED: Final = _MARKS + _OVERLAYS + _COMPOSING + _ENCLOSING
"""Character class of what belongs to the character before it, or composes with it."""
_ARE_MARKS: Final = re.compile(f"[{_MARKS}]+")

_EMOJI_TOO: Final = "©®™▪"
"""Signs of the table that are emoji where a selector (U+FE0F) follows."""
_HIDDEN: Final = "".join(sorted(INVISIBLE))
_AS_EMOJI: Final = f"[{_EMOJI_TOO}][{_HIDDEN}]*\ufe0f"
_OUTSIDE: Final = f"[^{re.escape(''.join(sorted(gsm.ALPHABET)))}]"
HAS_JOINED: Final = re.compile(f"[{JOINED}]")
SINGLES: Final = re.compile(f"{_AS_EMOJI}|{_OUTSIDE}")
CLUSTERS: Final = re.compile(f"{_AS_EMOJI}|[^{JOINED}][{JOINED}]+|{_OUTSIDE}")

_AROUND_INVISIBLE: Final = re.compile(
    f"(?P<before>[^{JOINED}{_HIDDEN}][{JOINED}]*)?(?P<run>[{_HIDDEN}]+)(?=(?P<after>[^{JOINED}]?[{JOINED}]*))"
)
_CHINESE_JAPANESE_KOREAN: Final = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)
_CYRILLIC: Final = re.compile("[\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f]")
_OWN_TO: Final[tuple[tuple[frozenset[str], Callable[[str], bool]], ...]] = (
    (frozenset(WIDE_FORMS), lambda text: _CHINESE_JAPANESE_KOREAN.search(text) is not None),
    (frozenset("№"), lambda text: _CYRILLIC.search(text) is not None),
    (DIRECTION, lambda text: any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in frozenset(text))),
)
"""Signs that belong to a script, and whether ``text`` has that script: then they are as they should be."""

_LONGEST_CLUSTER: Final = 31
"""A letter and 30 marks, the most that any language needs (UAX #15 §13). Ordering more takes Unicode's algorithm a time
that grows with their square."""
_WRITTEN_OUT: Final = {"ŀ": "l.", "Ŀ": "L.", "Œ": "OE", "ẞ": "SS"}
"""Where anyascii loses something: Catalan's l·l, and capitals among capitals."""
_KEEPING: Final = {mark: mark for mark in "\u0303\u0308\u030a\u0327"} | {"\u030b": "\u0308"}
"""Marks that make letters of the alphabet (ñ, ü, å, Ç), and the Hungarian long one (ő), which is ö to a reader."""


DEPENDING_ON_PLACES: Final = (*FITTING, MIDDLE_DOT)
"""Signs for ``stand_in_at_all_places``, in an order in which none makes room for one that was asked before."""


def stand_in(found: str) -> tuple[str, Rule] | None:
    """What may stand for what ``SINGLES`` or ``CLUSTERS`` found, and why; None where nothing may.

    For ``DEPENDING_ON_PLACES``, ask ``stand_in_at_all_places``.
    """
    return _single(found) if len(found) == 1 else _cluster(found)


def stand_in_at_all_places(char: str, text: str) -> tuple[str, Rule] | None:
    """What may stand for ``char`` wherever it is in ``text``, where that depends on what is beside it."""
    by = fitting(char, text)
    return None if by is None else (by, Rule.PUNCTUATION)


def withheld(text: str, asked: Iterable[str]) -> frozenset[str]:
    """Which of ``asked`` must stay in ``text``, because there they belong to a script, or bind or steer something."""
    singles = frozenset(asked)
    kept: set[str] = set()
    for signs, is_there in _OWN_TO:
        if (there := singles & signs) and is_there(text):
            kept |= there
    if singles & INVISIBLE:
        for around in _AROUND_INVISIBLE.finditer(text):
            if not (_binds_nothing(around["before"] or "") and _binds_nothing(around["after"])):
                kept |= singles.intersection(around["run"])
    return frozenset(kept)


@lru_cache(maxsize=4096)
def _single(char: str) -> tuple[str, Rule] | None:
    composed = unicodedata.normalize("NFC", char)
    if composed != char and gsm.ALPHABET.issuperset(composed):
        return composed, Rule.COMPOSED  # the signs for ohm and angstrom
    if char in INVISIBLE:
        return "", Rule.PUNCTUATION
    if (by := PUNCTUATION.get(composed)) is not None:
        return by, Rule.PUNCTUATION
    if "\x80" <= char <= "\x9f":
        return _windows(char)
    return (by, Rule.LETTER) if (by := _letter(char)) else None


def _windows(char: str) -> tuple[str, Rule] | None:
    """Windows-1252 taken for Latin-1, as HTML takes it too: these codes have no other use in a text."""
    meant = char.encode("latin-1").decode("cp1252", "ignore")
    if meant and meant not in gsm.ALPHABET:
        by = _single(meant)
        return (by[0], Rule.PUNCTUATION) if by else None
    return (meant, Rule.PUNCTUATION) if meant else None


def _cluster(found: str) -> tuple[str, Rule] | None:
    if len(found) > _LONGEST_CLUSTER:
        return None
    composed = unicodedata.normalize("NFC", found)
    if gsm.ALPHABET.issuperset(composed):
        return composed, Rule.COMPOSED
    if _ARE_MARKS.fullmatch(found, 1) and (letter := _letter(found)):
        return letter, Rule.LETTER
    # Not in the alphabet either way, but fewer units.
    return (composed, Rule.COMPOSED) if len(composed) < len(found) else None


def _letter(found: str) -> str:
    """A Latin letter and its marks as letters of the alphabet, or nothing where ``found`` has no such form."""
    apart = unicodedata.normalize("NFD", found)
    base, marks = apart[0], apart[1:]
    plain = _base(base)
    if plain and plain == base:
        for mark in filter(_KEEPING.__contains__, marks):
            kept = unicodedata.normalize("NFC", base + _KEEPING[mark])
            if kept in gsm.ALPHABET:
                return kept
    return plain


def _base(char: str) -> str:
    latin = unicodedata.name(char, "").startswith("LATIN ")
    if char in gsm.ALPHABET:
        return char if latin else ""
    if char in _WRITTEN_OUT:
        return _WRITTEN_OUT[char]
    if not (char.isalpha() or char.isdecimal()):
        return ""
    plain = unicodedata.normalize("NFKC", char)
    if plain.isascii() and plain.isalnum() and char != "ℹ":  # which is an emoji
        return plain  # ligatures, 1ᵉʳ, and the mathematical letters and digits that people take for decoration
    if not latin:
        return ""
    from anyascii import anyascii

    plain = anyascii(char)
    return plain if plain.replace("'", "").isalpha() or plain == "'" else ""


def _binds_nothing(cluster: str) -> bool:
    """Whether what is invisible beside ``cluster`` does nothing to it: a sign or letter of Latin text, or no text."""
    return not cluster or (len(cluster) <= _LONGEST_CLUSTER and _is_plain(cluster))


@lru_cache(maxsize=4096)
def _is_plain(cluster: str) -> bool:
    first = unicodedata.normalize("NFC", cluster)[0]
    if HAS_JOINED.match(first):
        return False
    return first in gsm.ALPHABET or first in DEPENDING_ON_PLACES or _single(first) is not None or _is_money(first)


def _is_money(char: str) -> bool:
    return unicodedata.category(char) == "Sc"

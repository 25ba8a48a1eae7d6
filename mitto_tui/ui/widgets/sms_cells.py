"""How wide a text is as it is drawn: one letter for each character, so that C loops can measure and wrap it.

A character that steers, reorders or hides is drawn as a sign of one cell (see ``ui.literal.one_for_one``); everything
else is as wide as Rich says, which is what Textual believes when it puts rows on the screen.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rich.cells import cell_len

from mitto_tui.ui.literal import UNSHOWABLE, one_for_one

ONE: Final = "x"
"""One cell."""
BLANK: Final = " "
"""One cell, after which a row may end."""
WIDE: Final = "w"
"""Two cells."""
WIDE_BLANK: Final = "W"
NONE: Final = "z"
"""No cell: it stays with the character before it."""
WIDENER: Final = "v"
"""One cell more for the character before it, and stays with that."""
FILL: Final = "-"
"""In ``cells``: the first half of what is wide."""

_JOINER: Final = "\u200d"
_EMOJI_LOOK: Final = "\ufe0f"
_CONTEXT: Final = re.compile(f"[{_JOINER}{_EMOJI_LOOK}]")
# A blank that forbids a break (U+00A0, U+2007, U+202F) is none here.
_BLANKS: Final = frozenset(" \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000")
GLUED_AT_MOST: Final = 15
"""Characters without a cell that are kept with the one before them; more of them are a text made to do harm."""


class _Letters(dict[int, str]):
    """Code point to letter, worked out when first met."""

    def __missing__(self, code: int) -> str:
        sign = one_for_one(chr(code))
        width = cell_len(sign)
        kinds = (NONE, BLANK, WIDE_BLANK) if sign in _BLANKS else (NONE, ONE, WIDE)
        letter = kinds[width]
        self[code] = letter
        return letter


_letters = _Letters()


def letters(text: str) -> str:
    """One letter for each character of ``text``."""
    found = text.translate(_letters)
    return _joined(text, found) if _JOINER in text or _EMOJI_LOOK in text else found


def _joined(text: str, found: str) -> str:
    """Emoji joined into one, and signs that a selector turns into emoji, by the characters around them."""
    shown = list(found)
    for match in _CONTEXT.finditer(text):
        at = match.start()
        if match[0] == _JOINER:
            if at and one_for_one(text[at - 1 : at + 2])[1] == _JOINER and not _many(shown, at):
                shown[at] = shown[at + 1] = NONE
        elif not _many(shown, at):
            shown[at] = WIDENER if _widens(text, shown, at) else NONE
        else:
            shown[at] = ONE
    return "".join(shown)


def _many(shown: list[str], at: int) -> bool:
    """Whether as many hang on one character already as are kept together; no emoji is made of so many."""
    first = at - GLUED_AT_MOST + 1
    return first >= 0 and shown[first] == NONE and shown[first:at].count(NONE) == at - first


def _widens(text: str, shown: list[str], at: int) -> bool:
    before = at - 1
    while before >= 0 and shown[before] == NONE:
        before -= 1
    return before >= 0 and shown[before] == ONE and _becomes_wide(text[before])


@lru_cache(maxsize=1024)
def _becomes_wide(char: str) -> bool:
    return cell_len(char + _EMOJI_LOOK) > cell_len(char)


def drawn(text: str, shown: str) -> str:
    """``text`` safe to draw, as its letters ``shown`` say: where too much hangs on one character, by a sign."""
    signs = one_for_one(text)
    if _JOINER not in signs and _EMOJI_LOOK not in signs:
        return signs
    return "".join(
        UNSHOWABLE if letter == ONE and sign in (_JOINER, _EMOJI_LOOK) else sign
        for sign, letter in zip(signs, shown, strict=True)
    )


def start_of_one(text: str, at: int) -> int:
    """Where what is drawn as one with the character at ``at`` begins: a joined emoji, a letter with its accent."""
    if text[at] != _JOINER and text[at - 1 : at] != _JOINER and letters(text[at]) != NONE:
        return at
    first = max(at - 4 * GLUED_AT_MOST, 0)
    shown = letters(text[first : at + 2])
    begin = at - first
    while begin and shown[begin] in (NONE, WIDENER):
        begin -= 1
    return first + begin if begin or not first else at


def cells(shown: str) -> str:
    """Letters with one character for each cell; what takes none still stands there as ``NONE``."""
    return shown.replace(WIDE, FILL + ONE).replace(WIDE_BLANK, FILL + BLANK)


def width(shown: str) -> int:
    """The cells that letters take."""
    return len(shown) + shown.count(WIDE) + shown.count(WIDE_BLANK) - shown.count(NONE)


def column_at(shown: str, x: int) -> int:
    """The index of the character that covers cell ``x`` of a row, or how many there are."""
    end = 0
    for column, letter in enumerate(shown):
        if letter == NONE:
            continue
        end += 2 if letter in (WIDE, WIDE_BLANK) else 1
        if end > x:
            return column - 1 if letter == WIDENER else column
    return len(shown)

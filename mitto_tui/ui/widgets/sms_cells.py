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
_IN_CONTEXT: Final = _JOINER + _EMOJI_LOOK
_CONTEXT: Final = re.compile(f"[{_IN_CONTEXT}]")
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


def letters_behind(text: str, known: str, end: int) -> str:
    """The letters of ``text`` up to ``end`` that follow those that are known."""
    start = len(known)
    stop = end + 1  # what follows a joiner decides about it
    found = text[start:stop].translate(_letters)
    if _CONTEXT.search(text, start, stop) is None:
        return found[: end - start]
    base = max(len(known.rstrip(NONE)) - 1, 0)
    return _joined(text[base:stop], known[base:] + found, start - base)[start - base : end - base]


def depends_on(text: str, shown: str, at: int) -> tuple[int, str, str]:
    """What the letters from ``at`` on depend on of what is before: where this is the same, so are they."""
    nothing = 0, "", ""
    if at == len(text) or _CONTEXT.search(text, max(at - 1, 0)) is None:
        return nothing
    if at and shown[at] not in (NONE, WIDENER) and text[at] not in _IN_CONTEXT and text[at - 1] != _JOINER:
        return nothing
    base = len(shown[:at].rstrip(NONE)) - 1
    hanging = at - base - 1
    if hanging >= GLUED_AT_MOST:
        return GLUED_AT_MOST, "", ""
    return hanging, text[base : base + 1], shown[base : base + 1]


def _joined(text: str, found: str, first: int = 0) -> str:
    """Emoji joined into one, and signs that a selector turns into emoji, by the characters around them.

    What is before ``first`` is done already.
    """
    shown = list(found)
    end = hanging = 0  # so many without a cell stand before ``end``
    for match in _CONTEXT.finditer(text, first):
        at = match.start()
        if at != end:
            hanging = _hanging(shown, at)
        end = at + 1
        # No emoji is made of so many.
        many = hanging >= GLUED_AT_MOST - 1
        if match[0] == _JOINER:
            if at and not many and one_for_one(text[at - 1 : at + 2])[1] == _JOINER:
                shown[at] = shown[end] = NONE
                end, hanging = end + 1, hanging + 2
                continue
        elif many:
            shown[at] = ONE
        else:
            base = at - hanging - 1
            widens = base >= 0 and shown[base] == ONE and _becomes_wide(text[base])
            shown[at] = WIDENER if widens else NONE
        hanging = hanging + 1 if shown[at] == NONE else 0
    return "".join(shown)


def _hanging(shown: list[str], at: int) -> int:
    """How many characters without a cell stand right before ``at``."""
    first = at
    while first and shown[first - 1] == NONE:
        first -= 1
    return at - first


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

"""The one door for untrusted text: whatever people, files or the provider wrote is shown literally.

Nothing here ever becomes markup, and nothing that steers a terminal gets through (see ``sms.visible``). Labels,
notifications and dialogs take ``literal``; texts of several lines take ``literal_block``; table cells and options take
``literal_text``; editors, which need one sign for each character, take ``one_for_one``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rich.text import Text
from textual.content import Content

from mitto_tui.sms.visible import one_line, visible

UNSHOWABLE: Final = "�"
"""Stands in an editor for one character that hides, reorders or can't be shown."""
_JOINER: Final = "\u200d"
_NUMBER: Final = re.compile(r"\d[\d ()/.-]{2,}\d")


def literal(text: str, limit: int | None = None, style: str = "") -> Content:
    """``text`` on one line, cut to ``limit`` characters. ``style`` is ours, a Textual style, never the text's."""
    shown = one_line(text, limit)
    return Content.styled(shown, style) if style else Content(shown)


def literal_block(text: str, style: str = "") -> Content:
    """``text`` with its line breaks kept and everything else made visible."""
    shown = visible(text.replace("\r\n", "\n"), keep="\n")
    return Content.styled(shown, style) if style else Content(shown)


def literal_text(text: str, limit: int | None = None) -> Text:
    """``text`` on one line as Rich text, for widgets that take no ``Content``."""
    return Text(one_line(text, limit), end="", no_wrap=True)


def mask_numbers(text: str) -> str:
    """``text`` with dots for the digits of everything that may be a telephone number, for sharing a screen."""
    return _NUMBER.sub(lambda found: "".join("•" if char.isdigit() else char for char in found[0]), text)


class _Signs(dict[int, str]):
    """Code point to the one sign that shows it, worked out when first met."""

    def __missing__(self, code: int) -> str:
        shown = visible(chr(code))
        sign = self[code] = shown if len(shown) == 1 else UNSHOWABLE
        return sign


_signs = _Signs()


@lru_cache(maxsize=512)
def one_for_one(text: str) -> str:
    """``text`` safe to draw, with exactly as many characters. A joiner between emoji stays what it is."""
    shown = text.translate(_signs)
    if _JOINER not in text or shown == text:
        return shown
    signs = list(shown)
    for index, char in enumerate(text):
        if char == _JOINER and visible(text[index - 1 : index + 2])[1:-1] == _JOINER:
            signs[index] = _JOINER
    return "".join(signs)

"""The beginnings of texts, which may have a million characters, for where it is shown what a text is about."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from mitto_tui.ui.themes import DIM

LONGEST: Final = 4_000
"""Characters of a text, from its start, that are shown and searched."""


def first_words(text: str, limit: int = 200) -> str:
    """The start of a text, blanks at its edges left out: at most ``limit`` characters. Not yet literal."""
    return text[: 4 * limit].strip()[:limit]


def and_more(left: int) -> Content:
    """What stands below an excerpt where ``left`` characters of the text are not in it."""
    return Content.styled(f"… and {left:,} more characters", DIM) if left > 0 else Content("")

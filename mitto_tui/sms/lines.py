"""The kinds of lines that a list can be made to refuse, in the words that settings, commands and screens share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import one_line

OTHER_LINES: Final = (
    "landline",
    "toll-free",
    "premium-rate",
    "shared-cost",
    "internet",
    "personal",
    "pager",
    "company",
    "voicemail",
)
"""All that the numbering plans tell apart, but for mobile ones."""
ALL: Final = "all"
NONE: Final = "none"


def read_lines(words: Iterable[str]) -> frozenset[str]:
    """The lines that are named, in any case; a word may hold several, with commas between them.

    ``premium`` is enough for premium-rate. ``all`` and ``none`` stand alone. Raises InvalidInput.
    """
    named = [line for word in words for part in word.split(",") if (line := "-".join(part.lower().split()))]
    for whole, lines in ((ALL, frozenset(OTHER_LINES)), (NONE, frozenset[str]())):
        if whole in named:
            if set(named) != {whole}:
                raise InvalidInput("refuse", f"“{whole}” can't stand beside other words.", f"Leave {whole} alone.")
            return lines
    return frozenset(map(_line, named))


def lines_text(lines: Iterable[str]) -> str:
    """``lines`` as ``read_lines`` takes them, in the plans' order."""
    chosen = set(lines)
    if not chosen:
        return NONE
    return ALL if chosen == set(OTHER_LINES) else ", ".join(line for line in OTHER_LINES if line in chosen)


def _line(word: str) -> str:
    word = word.replace("_", "-")
    for line in OTHER_LINES:
        if word in (line, line.partition("-")[0]):
            return line
    raise InvalidInput(
        "refuse", f"There is no line called {one_line(word, 40)}.", f"There are {', '.join(OTHER_LINES)}; or all."
    )

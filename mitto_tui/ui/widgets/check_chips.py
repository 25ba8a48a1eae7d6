"""The filters of a checked list, each with how many rows it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual.reactive import reactive

from mitto_tui.ui.bulk.check_words import Group
from mitto_tui.ui.widgets.filter_chips import Chip, ChipLine, Shortening, signs, whole

_MILLION: Final = 1_000_000
_THOUSAND: Final = 1_000
_ROUNDED: Final = 10_000
"""From so many on, a number is rounded where there is no room for it."""


def _words_with_rows(chip: Chip, full: bool) -> tuple[str, str]:
    """The word only where there are any rows."""
    word, number = whole(chip, full)
    return word if full or chip.count else "", number


def _rounded(chip: Chip, full: bool) -> tuple[str, str]:
    word, number = signs(chip, full)
    if not full and chip.count >= _ROUNDED:
        size, unit = (_MILLION, "M") if chip.count >= _MILLION else (_THOUSAND, "k")
        number = f"{chip.count // size}{unit}"
    return word, number


class CheckChips(ChipLine):
    """What becomes of rows. ``counts`` are how many there are of each group."""

    SHORTENINGS: ClassVar[tuple[Shortening, ...]] = (whole, _words_with_rows, signs, _rounded)

    group: reactive[Group] = reactive(Group.ALL, layout=True)
    counts: reactive[Mapping[Group, int]] = reactive(dict, layout=True)

    def chips(self) -> Sequence[Chip]:
        counts = self.counts
        return [Chip(group, group.word, group.sign, counts.get(group, 0), group.style) for group in Group]

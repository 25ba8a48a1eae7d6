"""Friendly replacements: what a text could say in the GSM alphabet, and what each replacement wins.

Three rules, in this order. What Unicode holds to be the same is composed (NFC): u and a combining diaeresis are ü.
Punctuation and blanks go by a table of our own (``sign_table``). A single Latin letter outside the alphabet loses its
marks. Everything else stays as it is: other scripts are never transliterated, emoji never described, and what is in the
alphabet already (ü, €) is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mitto_tui.sms import gsm, stand_ins
from mitto_tui.sms.segments import Count, CountError, Encoding, capacity, count
from mitto_tui.sms.sign_table import PUNCTUATION
from mitto_tui.sms.stand_ins import Rule

__all__ = ["PUNCTUATION", "Plan", "Replacement", "Rule", "apply", "plan", "suggest"]

_OF_PAIRS: Final = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Replacement:
    """``by`` may stand for ``found`` (one or more code points), which begins at ``places`` of the text, from 0."""

    found: str
    by: str
    rule: Rule
    places: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """What could be replaced in ``text``, and what that wins. ``type`` and ``udh`` as for ``count``.

    Replacing wins nothing where something else keeps the text Unicode, and … as ... even costs there: compare
    ``before`` and ``after``.
    """

    text: str
    replacements: tuple[Replacement, ...]
    type: str = "auto"
    udh: bytes = b""

    @cached_property
    def before(self) -> Count:
        """The text's count as it is."""
        return count(self.text, self.type, self.udh)

    @cached_property
    def replaced(self) -> str:
        """The text with everything replaced."""
        return apply(self.text, self.replacements)

    @cached_property
    def after(self) -> Count:
        """Its count with everything replaced."""
        return count(self.replaced, self.type, self.udh)

    def alone(self, replacement: Replacement) -> Count:
        """The count with ``replacement`` and nothing else replaced."""
        return count(apply(self.text, [replacement]), self.type, self.udh)

    def segments_alone(self, replacement: Replacement) -> int | None:
        """``alone(replacement).segments``, without counting anew wherever that can be told from the sums.

        None where it can't, and the text is too long to be sent: there may be thousands of such replacements.
        """
        if self.replacements == (replacement,):
            return self.after.segments
        if self.before.error and self.before.error is not CountError.UDH_TOO_LONG:
            return 0  # what else there is to replace is still in the way
        units = self._units + len(replacement.places) * (_units(replacement.by) - _units(replacement.found))
        alone, each = (capacity(Encoding.UNICODE, len(self.udh), concatenated=joined) for joined in (False, True))
        if units <= alone:
            return 1
        # A cut that would split a pair leaves a unit free, and no pair is cut at twice.
        if each > 1 and -(-units // each) == (most := -(-(units + self._pairs) // each)):
            return most
        return None if self.before.too_long else self.alone(replacement).segments

    @cached_property
    def _units(self) -> int:
        return _units(self.text)

    @cached_property
    def _pairs(self) -> int:
        """Two units that no cut may split: how many there are at most."""
        return len(_OF_PAIRS.findall(self.text))

    @cached_property
    def left(self) -> tuple[str, ...]:
        """What would still be outside the GSM alphabet: each character once, in order."""
        return tuple(dict.fromkeys(self.replaced[index] for index in gsm.not_gsm(self.replaced)))


def plan(text: str, type: str = "auto", udh: bytes = b"") -> Plan:  # noqa: A002 - the field's own name
    """Everything that may be replaced in ``text``, in the order in which it first stands there. Never raises."""
    return Plan(text, suggest(text), type, udh)


def suggest(text: str) -> tuple[Replacement, ...]:
    """The replacements for ``text``, in the order of their first places."""
    if gsm.marked_stream(text) is not None:
        return ()
    places: dict[str, list[int]] = {}
    for match in _pattern(text).finditer(text):
        places.setdefault(match[0], []).append(match.start())
    kept = stand_ins.withheld(text, places)
    made: dict[str, tuple[str, Rule]] = {}
    for found in places.keys() - kept:
        if (by := stand_ins.stand_in(found)) is not None:
            made[found] = by
    in_context = [found for found in stand_ins.DEPENDING_ON_PLACES if found in places]
    if in_context:
        # What is beside them is looked at as it will be: a full-width digit is a digit, what shows nothing is gone.
        beside = _replaced(text, {found: by for found, (by, _) in made.items()})
        for found in in_context:
            if (by := stand_ins.stand_in_at_all_places(found, beside)) is not None:
                made[found] = by
                beside = _replaced(beside, {found: by[0]})
    return tuple(Replacement(found, *made[found], tuple(where)) for found, where in places.items() if found in made)


def apply(text: str, replacements: Iterable[Replacement]) -> str:
    """``text`` with ``replacements`` made wherever they fit; ``places`` are not looked at."""
    by = {replacement.found: replacement.by for replacement in replacements}
    for found in stand_ins.withheld(text, by):
        del by[found]
    return _replaced(text, by)


def _replaced(text: str, by: dict[str, str]) -> str:
    return _pattern(text).sub(lambda match: by.get(match[0], match[0]), text) if by else text


def _pattern(text: str) -> re.Pattern[str]:
    return stand_ins.CLUSTERS if stand_ins.HAS_JOINED.search(text) else stand_ins.SINGLES


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

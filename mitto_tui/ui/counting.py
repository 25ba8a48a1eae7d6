"""What a text costs in every encoding at once, for the meter and the editor's marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from mitto_tui.sms import gsm
from mitto_tui.sms.message import MessageType, count_as
from mitto_tui.sms.segments import MAX_SEGMENTS, Count, CountError, Encoding
from mitto_tui.sms.visible import one_line

MOST_FOREIGN: Final = 10_000
"""So many foreign characters of a text are looked at: a count follows each key, and a text can be a megabyte."""
_KEPT: Final = 20_000
"""Characters up to which a text's tally is kept."""
_NOT_HEX: Final = re.compile("[^0-9A-Fa-f]")


@dataclass(frozen=True, slots=True)
class Foreign:
    """One character that is not in the alphabet asked for. ``places`` are indexes into the text, from 0.

    They are all of them, but for texts with more than ``MOST_FOREIGN``: of those, the first.
    """

    char: str
    places: tuple[int, ...]

    @property
    def code(self) -> str:
        """``U+201C``."""
        return f"U+{ord(self.char):04X}"

    @property
    def name(self) -> str:
        """Unicode's own name in lower case, or what is known of a character without one."""
        fallback = "control character" if unicodedata.category(self.char) == "Cc" else "unnamed character"
        return unicodedata.name(self.char, fallback).lower()


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one text. ``type`` is what was asked for, ``chosen`` its count; ``foreign`` what is in the way."""

    type: MessageType
    chosen: Count
    by_type: dict[MessageType, Count]
    foreign: tuple[Foreign, ...]

    @property
    def part_starts(self) -> tuple[int, ...]:
        """The indexes at which parts begin: the first 256 of them, for there are 255 parts at most."""
        chosen, most = self.chosen, MAX_SEGMENTS + 1
        if chosen.segments <= most:
            return chosen.segment_starts
        units = chosen.segment_units[:most]
        digits = 2 if chosen.encoding is Encoding.BINARY else 1  # of anything else, a unit is one character at most
        text = chosen.text[: digits * sum(units)]
        return Count(chosen.encoding, len(text), sum(units), chosen.per_segment, units, text).segment_starts

    def next_foreign(self, index: int) -> int | None:
        """The place of the first foreign character behind ``index``, else of the first of all; None without any."""
        if not self.foreign:
            return None
        return next(_each_foreign(self.chosen.text, self.type, index + 1), self.foreign[0].places[0])

    def foreign_at(self, index: int) -> Foreign | None:
        """What is foreign at ``index``, if it is."""
        text = self.chosen.text
        if not self.foreign or next(_each_foreign(text[index : index + 1], self.type), None) is None:
            return None
        return next((found for found in self.foreign if found.char == text[index]), Foreign(text[index], (index,)))


COUNTED = (MessageType.GSM, MessageType.UNICODE, MessageType.BINARY)


def tally(text: str, type: MessageType = MessageType.AUTO, udh: bytes = b"") -> Tally:  # noqa: A002 - the field's name
    """Count ``text`` in every encoding, beside the header ``udh``. Never raises."""
    return _kept(text, type, udh) if len(text) <= _KEPT else _tally(text, type, udh)


def _tally(text: str, type: MessageType, udh: bytes) -> Tally:  # noqa: A002 - the field's name
    by_type = {MessageType.AUTO: (auto := count_as(text, MessageType.AUTO, udh))}
    for kind in COUNTED:
        by_type[kind] = auto if auto.encoding == kind.value else count_as(text, kind, udh)
    chosen = by_type[MessageType.AUTO if type is MessageType.MITTO else type]
    places: dict[str, list[int]] = {}
    for index in islice(_each_foreign(text, type), MOST_FOREIGN):
        places.setdefault(text[index], []).append(index)
    foreign = tuple(Foreign(char, tuple(found)) for char, found in places.items())
    return Tally(type, chosen, by_type, foreign)


_kept = lru_cache(maxsize=16)(_tally)


def _each_foreign(text: str, type: MessageType, start: int = 0) -> Iterator[int]:  # noqa: A002 - the field's name
    """Indexes of what is not in the alphabet asked for, one after the other."""
    if type is MessageType.UNICODE:
        return iter(())
    if type is MessageType.BINARY:
        return (found.start() for found in _NOT_HEX.finditer(text, start))
    return gsm.each_not_gsm(text, start)


def misfits(count: Count) -> int:
    """How many characters of a text that isn't GSM, or isn't hex, are in the way; ``MOST_FOREIGN`` stands for more."""
    kind = MessageType.BINARY if count.error is CountError.NOT_HEX else MessageType.GSM
    return sum(1 for _ in islice(_each_foreign(count.text, kind), MOST_FOREIGN))


def why_not(count: Count) -> str:
    """In a few words, why a text can't be sent in an encoding; empty where it can."""
    match count.error:
        case CountError.NOT_GSM:
            number = misfits(count)
            more = "over " if number == MOST_FOREIGN else ""
            return "1 character doesn't fit" if number == 1 else f"{more}{number:,} characters don't fit"
        case CountError.NOT_HEX:
            first = next(_each_foreign(count.text, MessageType.BINARY))
            return f"not hex digits: {one_line(count.text[first])} at {first + 1}"
        case CountError.ODD_HEX:
            return "half an octet at the end"
        case CountError.UDH_LENGTH:
            return "the header's length is wrong"
        case CountError.UDH_TOO_LONG:
            return "the header leaves no room"
        case None:
            return f"{count.segments:,} parts, 255 at most" if count.too_long else ""


def parts(number: int) -> str:
    """``1 part``, ``2 parts``."""
    return "1 part" if number == 1 else f"{number:,} parts"

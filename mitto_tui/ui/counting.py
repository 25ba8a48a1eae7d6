"""What a text costs in every encoding at once, for the meter and the editor's marks."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from mitto_tui.sms.message import MessageType, count_as
from mitto_tui.sms.segments import Count, CountError
from mitto_tui.sms.visible import one_line


@dataclass(frozen=True, slots=True)
class Foreign:
    """One character that is not in the alphabet asked for. ``places`` are indexes into the text, from 0."""

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


COUNTED = (MessageType.GSM, MessageType.UNICODE, MessageType.BINARY)


@lru_cache(maxsize=16)
def tally(text: str, type: MessageType = MessageType.AUTO, udh: bytes = b"") -> Tally:  # noqa: A002 - the field's name
    """Count ``text`` in every encoding, beside the header ``udh``. Never raises."""
    by_type = {kind: count_as(text, kind, udh) for kind in (MessageType.AUTO, *COUNTED)}
    chosen = by_type[MessageType.AUTO if type is MessageType.MITTO else type]
    if type is MessageType.UNICODE:
        offending: tuple[int, ...] = ()
    elif type is MessageType.BINARY:
        offending = chosen.offending
    else:
        offending = by_type[MessageType.AUTO].offending
    places: dict[str, list[int]] = {}
    for index in offending:
        places.setdefault(text[index], []).append(index)
    foreign = tuple(Foreign(char, tuple(found)) for char, found in places.items())
    return Tally(type, chosen, by_type, foreign)


def why_not(count: Count) -> str:
    """In a few words, why a text can't be sent in an encoding; empty where it can."""
    match count.error:
        case CountError.NOT_GSM:
            number = len(count.offending)
            return "1 character doesn't fit" if number == 1 else f"{number:,} characters don't fit"
        case CountError.NOT_HEX:
            return f"not hex digits: {one_line(count.text[count.offending[0]])} at {count.offending[0] + 1}"
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

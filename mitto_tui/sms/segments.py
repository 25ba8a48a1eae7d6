"""Counting: what a text costs in each encoding, and where its segments begin.

Limits are those of a short message's 140 octets of user data (3GPP TS 23.040 §9.2.3.24): 160 septets, 70 UTF-16 code
units or 140 octets alone. A concatenated message spends 6 octets of each segment on its header (5 more where a header
is there already). A pair (an escape and its character, or two surrogates) is never split over two segments.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Final

from mitto_tui.sms import gsm

USER_DATA_OCTETS: Final = 140
MAX_SEGMENTS: Final = 255
"""The concatenation header numbers its parts in one octet."""
_CONCATENATION_ALONE: Final = 6
_CONCATENATION_ADDED: Final = 5


class Encoding(StrEnum):
    """How characters are put on the air."""

    GSM = "gsm"
    UNICODE = "unicode"
    BINARY = "binary"


class CountError(StrEnum):
    """Why a text can't be sent as asked. The words are part of the command line's contract."""

    NOT_GSM = "not_gsm"
    """``gsm`` was asked for, and ``offending`` lists the characters that are not in its alphabet."""
    NOT_HEX = "not_hex"
    """``binary`` was asked for, and ``offending`` lists the characters that are not hex digits."""
    ODD_HEX = "odd_hex"
    """``binary`` was asked for, and the last digit (``offending``) has no partner."""
    UDH_LENGTH = "udh_length"
    """The header's first octet does not say how many octets follow it."""
    UDH_TOO_LONG = "udh_too_long"
    """The header leaves no room for what must stay together."""


@dataclass(frozen=True, init=False)
class Count:
    """What a text costs. ``units`` are septets, UTF-16 code units or octets, by ``encoding``.

    ``characters`` are code points (octets for binary). ``per_segment`` is what one segment holds at this length,
    ``segment_units`` the units in each segment, ``remaining`` what the last one still takes.
    With ``error`` set, ``encoding`` is None and the sums are 0.
    """

    encoding: Encoding | None
    characters: int
    units: int
    segments: int
    per_segment: int
    remaining: int
    segment_units: tuple[int, ...]
    error: CountError | None
    text: str = field(repr=False)

    def __init__(
        self,
        encoding: Encoding | None,
        characters: int,
        units: int,
        per_segment: int,
        segment_units: tuple[int, ...],
        text: str,
        error: CountError | None = None,
    ) -> None:
        # Past __setattr__: a frozen dataclass's own __init__ takes longer than all the counting of a short text.
        fields = self.__dict__
        fields["encoding"] = encoding
        fields["characters"] = characters
        fields["units"] = units
        fields["segments"] = len(segment_units)
        fields["per_segment"] = per_segment
        fields["remaining"] = per_segment - segment_units[-1] if segment_units else 0
        fields["segment_units"] = segment_units
        fields["error"] = error
        fields["text"] = text

    @property
    def too_long(self) -> bool:
        """More than 255 segments, or a header that leaves no room for any."""
        return self.segments > MAX_SEGMENTS or self.error is CountError.UDH_TOO_LONG

    @cached_property
    def offending(self) -> tuple[int, ...]:
        """Indexes of the characters outside the GSM alphabet (or, for binary errors, of the wrong digits)."""
        if self.error is CountError.NOT_HEX:
            return tuple(index for index, char in enumerate(self.text) if char not in _HEX)
        if self.error is CountError.ODD_HEX:
            return (len(self.text) - 1,)
        if self.encoding in (Encoding.GSM, Encoding.BINARY):
            return ()
        return tuple(gsm.not_gsm(self.text))

    @cached_property
    def segment_starts(self) -> tuple[int, ...]:
        """Index into the text (code points; hex digits for binary) at which each segment begins."""
        if not self.segment_units:
            return ()
        starts = accumulate(self.segment_units[:-1], initial=0)
        if self.encoding is Encoding.BINARY:
            return tuple(2 * start for start in starts)
        wide = gsm.two_septets if self.encoding is Encoding.GSM else _two_units
        wide_at = [index + before for before, index in enumerate(wide(self.text))]
        # No pair is split, so a boundary lies as many units further than characters as there are pairs before it.
        return tuple(start - bisect_left(wide_at, start) for start in starts)


_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
_MEETING: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE: Final = re.compile("[\ud800-\udfff]+")


def _two_units(text: str) -> list[int]:
    return [found.start() for found in _ASTRAL.finditer(text)]


_HEX: Final = frozenset("0123456789abcdefABCDEF")


def capacity(encoding: Encoding, udh_octets: int = 0, *, concatenated: bool = False) -> int:
    """What one segment holds, in units of ``encoding``, beside a header of ``udh_octets`` (its length octet included).

    0 where the header leaves nothing.
    """
    octets = USER_DATA_OCTETS - udh_octets
    if concatenated:
        octets -= _CONCATENATION_ADDED if udh_octets else _CONCATENATION_ALONE
    if octets <= 0:
        return 0
    if encoding is Encoding.GSM:
        return octets * 8 // 7
    return octets // 2 if encoding is Encoding.UNICODE else octets


def count(text: str, type: str = "auto", udh: bytes = b"") -> Count:  # noqa: A002 - the field's own name
    """Count ``text`` as ``auto``, ``gsm``, ``unicode`` or ``binary`` (hex digits), beside the header ``udh``.

    Auto is GSM where every character is in its alphabet, else Unicode. Never raises for any text or header; what is
    wrong stands in ``error``. Raises ValueError for an unknown ``type``.
    """
    if udh:
        if udh[0] != len(udh) - 1:
            return _failed(text, CountError.UDH_LENGTH)
        if len(udh) > USER_DATA_OCTETS:
            return _failed(text, CountError.UDH_TOO_LONG)
    if type in ("auto", "gsm"):
        stream = gsm.marked_stream(text)
        if stream is not None:
            characters, units = len(text), len(stream)
            return _counted(Encoding.GSM, text, characters, units, len(udh), None if units == characters else stream)
        if type == "gsm":
            return _failed(text, CountError.NOT_GSM)
        return _count_unicode(text, len(udh))
    if type == "unicode":
        return _count_unicode(text, len(udh))
    if type == "binary":
        return _count_binary(text, len(udh))
    raise ValueError(f"unknown type {type!r}: use auto, gsm, unicode or binary")


def split(text: str, type: str = "auto", udh: bytes = b"") -> list[str]:  # noqa: A002
    """The parts that ``text`` is sent in. Empty where ``count`` finds an error."""
    counted = count(text, type, udh)
    starts = (*counted.segment_starts, len(text))
    return [text[start:end] for start, end in pairwise(starts)]


def _failed(text: str, error: CountError) -> Count:
    return Count(None, len(text), 0, 0, (), text, error)


def _count_unicode(text: str, udh: int) -> Count:
    whole = text
    try:
        data = text.encode("utf-16-le")
    except UnicodeEncodeError:
        # Lone surrogates: each is a unit, and where a high one meets a low one they are a pair on the air. Characters
        # that cost as much stand in for them: encoding them one by one takes twenty times as long.
        whole = _LONE.sub(lambda run: "\ufffd" * len(run[0]), _MEETING.sub("\U00010000", text))
        data = whole.encode("utf-16-le")
    units = len(data) // 2
    return _counted(Encoding.UNICODE, text, len(text), units, udh, data[1::2] if units > len(whole) else None)


def _count_binary(text: str, udh: int) -> Count:
    if not _HEX.issuperset(text):
        return _failed(text, CountError.NOT_HEX)
    if len(text) % 2:
        return _failed(text, CountError.ODD_HEX)
    octets = len(text) // 2
    return _counted(Encoding.BINARY, text, octets, octets, udh)


def _counted(
    encoding: Encoding, text: str, characters: int, units: int, udh: int, stream: bytes | None = None
) -> Count:
    alone, each = _ROOM[encoding][udh]
    if units <= alone:
        return Count(encoding, characters, units, alone, (units,), text)
    parts = _even(units, each) if stream is None else _cut(stream, each, *_PAIRS[encoding])
    if not parts:
        return _failed(text, CountError.UDH_TOO_LONG)
    return Count(encoding, characters, units, each, parts, text)


_UDH_LENGTHS: Final = range(USER_DATA_OCTETS + 1)
_ROOM: Final = {
    encoding: [(capacity(encoding, udh), capacity(encoding, udh, concatenated=True)) for udh in _UDH_LENGTHS]
    for encoding in Encoding
}
"""What one segment holds alone and concatenated, by the header's octets: looked up for every count."""

_PAIRS: Final = {
    Encoding.GSM: (frozenset({gsm.ESCAPE}), frozenset(range(0x80, 0x8A))),
    Encoding.UNICODE: (frozenset(range(0xD8, 0xDC)), frozenset(range(0xDC, 0xE0))),
}
"""The first and the second byte of what must stay together, where one byte stands for each unit."""


def _even(units: int, each: int) -> tuple[int, ...]:
    if not each:
        return ()
    whole, rest = divmod(units, each)
    return (each,) * whole + ((rest,) if rest else ())


def _cut(stream: bytes, each: int, first: frozenset[int], second: frozenset[int]) -> tuple[int, ...]:
    """The units in each segment, or nothing where a pair finds no room in one."""
    if not each:
        return ()
    parts: list[int] = []
    units = len(stream)
    start = 0
    while units - start > each:
        end = start + each
        if stream[end] in second and stream[end - 1] in first:
            end -= 1
            if end == start:
                return ()
        parts.append(end - start)
        start = end
    return (*parts, units - start)

"""Counting a second time, for clarity instead of speed, and the texts to compare with.

Written from the words of the command line's contract, one character after the other; the alphabet is another package's.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

importlib.import_module("gsmcodecs")  # registers the codec "gsm23.038"; it has no types to import


@dataclass(frozen=True)
class Plain:
    """What the contract says of a text. ``parts`` are the texts of the segments."""

    encoding: str | None
    characters: int
    units: int
    per_segment: int
    segment_units: tuple[int, ...]
    remaining: int
    offending: tuple[int, ...]
    error: str | None
    parts: tuple[str, ...]


@cache
def septets(char: str) -> int:
    """What ``char`` costs in GSM 7 bit; 0 where the alphabet does not have it."""
    return len(char.encode("gsm23.038", "ignore"))


def utf16_units(char: str) -> int:
    return 2 if ord(char) > 0xFFFF else 1


def room(encoding: str, udh_octets: int, *, concatenated: bool) -> int:
    octets = 140 - udh_octets
    if concatenated:
        octets -= 5 if udh_octets else 6
    if octets < 0:
        return 0
    return {"gsm": octets * 8 // 7, "unicode": octets // 2, "binary": octets}[encoding]


def pieces(text: str, encoding: str) -> list[tuple[str, int]]:
    """What must stay together, and the units it takes."""
    if encoding == "binary":
        return [(text[index : index + 2], 1) for index in range(0, len(text), 2)]
    if encoding == "gsm":
        return [(char, septets(char)) for char in text]
    found: list[tuple[str, int]] = []
    for char in text:
        last = found[-1][0] if found else ""
        if "\ud800" <= last <= "\udbff" and "\udc00" <= char <= "\udfff":
            found[-1] = (last + char, 2)  # halves that meet are one character on the air
        else:
            found.append((char, utf16_units(char)))
    return found


def plain_count(text: str, asked: str = "auto", udh: bytes = b"") -> Plain:
    offending = tuple(index for index, char in enumerate(text) if not septets(char))

    def wrong(error: str, offending: tuple[int, ...] = offending) -> Plain:
        return Plain(None, len(text), 0, 0, (), 0, offending, error, ())

    if udh and udh[0] + 1 != len(udh):
        return wrong("udh_length")
    if len(udh) > 140:
        return wrong("udh_too_long")
    encoding = asked
    if asked == "auto":
        encoding = "unicode" if offending else "gsm"
    if encoding == "gsm" and offending:
        return wrong("not_gsm")
    if encoding == "binary":
        not_hex = tuple(index for index, char in enumerate(text) if char not in "0123456789abcdefABCDEF")
        if not_hex:
            return wrong("not_hex", not_hex)
        if len(text) % 2:
            return wrong("odd_hex", (len(text) - 1,))
    if encoding != "unicode":
        offending = ()

    together = pieces(text, encoding)
    units = sum(size for _, size in together)
    characters = len(text) // 2 if encoding == "binary" else len(text)
    alone = room(encoding, len(udh), concatenated=False)
    if units <= alone:
        return Plain(encoding, characters, units, alone, (units,), alone - units, offending, None, (text,))
    each = room(encoding, len(udh), concatenated=True)
    if any(size > each for _, size in together):
        return wrong("udh_too_long", tuple(index for index, char in enumerate(text) if not septets(char)))
    parts, sizes = [""], [0]
    for piece, size in together:
        if sizes[-1] + size > each:
            parts.append("")
            sizes.append(0)
        parts[-1] += piece
        sizes[-1] += size
    return Plain(encoding, characters, units, each, tuple(sizes), each - sizes[-1], offending, None, tuple(parts))


def header(octets: int) -> bytes:
    """A user data header of ``octets`` octets whose length octet is right."""
    return bytes((octets - 1, *range(octets - 1))) if octets else b""


TELLING = (
    "\f^{}\\[~]|€",  # cost two septets
    "ΔΦΓΛΩΠΨΣΘΞ",  # the Greek capitals the alphabet has
    "ΑΒΕÇçéÉñÑ¿¡§¤£¥_@\n\r",  # look-alikes of Latin letters that it has not, and letters on both sides of its border
    "😀👍🏽👨‍👩‍👧🇩🇪𝒜",
    "\ud83d\ude00\udbff\udc00",  # surrogates, lone or meeting by chance
    "\u0301\u20e3\u200d\ufe0f",  # joined to what is before them
    "\x00\x09\x1b\x7f\x85\u2028\ufeff",
    "日本語한국어ไทย“”…–\u00a0",
)
"""Characters where counts go wrong, by kind."""

_telling = st.sampled_from("".join(TELLING)) | st.characters(codec=None)
_gsm_only = st.sampled_from("a b€{}ΔÇ\n@")
_EDGES = (0, 1, 66, 67, 68, 69, 70, 71, 133, 134, 135, 152, 153, 154, 158, 159, 160, 161, 305, 306, 307, 459)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Texts of a few hundred characters, rich in what is hard, with the hard places near the edges of segments."""
    kind = draw(st.sampled_from([_telling, _gsm_only, st.sampled_from("a€"), st.sampled_from("aж😀"), st.just("a")]))
    fill = draw(st.sampled_from(["a", "€", "ж", "😀", "a€", "ж😀", "aé"]))
    length = draw(st.sampled_from(_EDGES) | st.integers(0, 320))
    front = (fill * length)[:length]
    middle = "".join(draw(st.lists(kind, max_size=12)))
    back = (draw(st.sampled_from(["", fill, "b"])) * 200)[: draw(st.integers(0, 200))]
    return front + middle + back


udhs = st.integers(0, 140).map(header)

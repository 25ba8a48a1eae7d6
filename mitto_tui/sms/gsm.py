"""The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1 and §6.2.1.1).

Every character here is one byte of an internal code, so that a text is classified by C loops: below 0x80 for the 127
one-septet characters, and from 0x80 on for the ten that need an escape and so cost two septets.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

ESCAPE: Final = 0xC2
"""Stands, in ``marked_stream``, where the escape of a character that costs two septets goes."""

# Rows of sixteen. Position 0x09 is Ç (capital): TS 23.038 says so, the mapping file at unicode.org does not.
_DEFAULT: Final = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
_EXTENSION: Final = "\f^{}\\[~]|€"

ONE_SEPTET: Final = frozenset(_DEFAULT) - {"\x1b"}
"""The 127 characters that cost one septet."""
TWO_SEPTETS: Final = frozenset(_EXTENSION)
"""The ten characters that cost two: an escape and a code of the extension table."""
ALPHABET: Final = ONE_SEPTET | TWO_SEPTETS

# The internal code: NUL at 0 (not GSM, but with it the codec uses its fast look-up), then the one-septet characters,
# then from 0x80 on the extension characters.
_CODE: Final = "\0" + _DEFAULT.replace("\x1b", "") + _EXTENSION
_ENCODING: Final = codecs.charmap_build(_CODE)
# ASCII needs no look-up through the codec: this turns its bytes into the same code, and what is not GSM into 0xFF.
_NOT_GSM_BYTE: Final = 0xFF
_ASCII_TO_CODE: Final = bytes(
    _CODE.index(chr(code)) if chr(code) in ALPHABET else _NOT_GSM_BYTE for code in range(128)
) + bytes(128)

_NOT_GSM: Final = re.compile("[^" + re.escape("".join(sorted(ALPHABET))) + "]")
_TWO_SEPTET_CLASS: Final = re.compile("[" + re.escape("".join(sorted(TWO_SEPTETS))) + "]")


def marked_stream(text: str) -> bytes | None:
    """One byte a septet, or None where a character of ``text`` is not in the alphabet.

    What costs two septets is ``ESCAPE`` and a byte from 0x80 to 0x89; everything else is below 0x80. That is enough to
    count and to find where to cut; it is not the alphabet's own code.
    """
    code = _coded(text)
    # UTF-8 makes two bytes of the codes from 0x80 on, and nothing else: just what the escape does to septets.
    return code if code is None or code.isascii() else code.decode("latin-1").encode("utf-8")


def _coded(text: str) -> bytes | None:
    if text.isascii():
        code = text.encode("ascii").translate(_ASCII_TO_CODE)
        return code if code.isascii() or _NOT_GSM_BYTE not in code else None
    if "\0" in text:
        return None
    try:
        return codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return None


def escapes(text: str) -> int | None:
    """How many characters of ``text`` cost two septets, or None where a character is not in the alphabet."""
    stream = marked_stream(text)
    return None if stream is None else len(stream) - len(text)


def not_gsm(text: str) -> list[int]:
    """Indexes of the characters (code points) of ``text`` that are outside the alphabet."""
    return [found.start() for found in _NOT_GSM.finditer(text)]


def each_not_gsm(text: str, start: int = 0) -> Iterator[int]:
    """As ``not_gsm``, one after the other, from index ``start`` on: for long texts, of which the first few will do."""
    return (found.start() for found in _NOT_GSM.finditer(text, start))


def two_septets(text: str) -> list[int]:
    """Indexes of the characters of ``text`` that cost two septets."""
    return [found.start() for found in _TWO_SEPTET_CLASS.finditer(text)]

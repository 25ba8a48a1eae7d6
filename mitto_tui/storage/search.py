"""Finding messages by what a person types: literally, whatever the case, in any script.

Case is folded as Unicode has it (§3.13, canonical caseless matching), so ``STRASSE`` finds ``Straße``, and an accent
is the same whether it was typed as one character or two. The Turkish dotted İ is found by a plain i, too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from mitto_tui.sms.reference import token_of
from mitto_tui.sms.report import normal_id
from mitto_tui.storage.types import LARGEST

_SEPARATOR: Final = "\x1f"
_NUMBER: Final = re.compile(r"\+?[0-9()./ -]+")
_SHORTEST_ID: Final = 4
"""Characters from which on a search may be the beginning of Mitto's id."""
_SHORTEST_PREFIXED: Final = 5


def fold_case(text: str) -> str:
    """``text`` as it compares: equal for texts that differ in case or in composition only.

    NUL becomes U+0001: SQLite's index for searching would stop reading there.
    """
    text = text.replace("\0", "\x01")
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFC", folded).replace("i\u0307", "i")


def searchable(text: str, sender: str, reference: str | None) -> str:
    """What is stored beside a message to be searched."""
    return fold_case(_SEPARATOR.join((text, sender, reference or "")))


@dataclass(frozen=True, slots=True)
class Needle:
    """What a search may mean. ``text`` always counts; the others are None where it can't mean them."""

    text: str
    digits: str | None
    mitto_key: str | None
    message_id: int | None
    token: str | None


def needle(search: str) -> Needle:
    """What ``search`` may mean: part of a text, sender, reference or number, the beginning of Mitto's id, or our id."""
    bare = search.strip()
    digits = re.sub(r"[^0-9]", "", bare) if _NUMBER.fullmatch(bare) else ""
    if digits.startswith("00") and len(digits) >= _SHORTEST_PREFIXED:
        digits = digits[2:]
    key = normal_id(bare)
    own = bare.removeprefix("#")
    number = int(own) if own.isascii() and own.isdigit() and len(own) < len(str(LARGEST)) else None
    return Needle(
        text=fold_case(search),
        digits=digits or None,
        mitto_key=key if len(key) >= _SHORTEST_ID else None,
        message_id=number,
        token=token_of(bare),
    )

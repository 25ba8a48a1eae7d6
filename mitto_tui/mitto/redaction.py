"""Takes the API key out of what a server sends back."""

from __future__ import annotations

import re
from typing import Final

SHOWN_INSTEAD: Final = "[key]"
_SHORTEST: Final = 4
"""A shorter secret is none, and taking it out would tear ids and numbers apart."""

_NAMED: Final = {'"': "quot", "'": "apos", "&": "amp", "<": "lt", ">": "gt"}


class Redactor:
    """Replaces one secret, however JSON, XML, HTML or a URL would write it, in any case. Its repr says nothing."""

    def __init__(self, secret: str) -> None:
        self._pattern: re.Pattern[str] | None = None
        # Letters and digits are spelled in one way only, so a text without the longest run of them has no secret in it.
        self._run = max(re.split("[^0-9a-z]+", secret.lower()), key=len)
        if len(secret) >= _SHORTEST:
            self._pattern = re.compile("".join(map(_spellings, secret)), re.IGNORECASE)

    def __call__(self, text: str) -> str:
        # Beyond ASCII, signs that are not our letters in lower case may match them all the same (the Kelvin sign).
        if self._pattern is None or (text.isascii() and self._run not in text.lower()):
            return text
        return self._pattern.sub(SHOWN_INSTEAD, text)

    def __repr__(self) -> str:
        return "Redactor(…)"


def _spellings(char: str) -> str:
    """A pattern for ``char`` written plainly or escaped. Letters and digits are never escaped."""
    plain = re.escape(char)
    if char.isalnum():
        return plain
    code = ord(char)
    ways = [rf"\\u{code:04x}", f"%{code:02x}", f"&#0*{code};", f"&#x0*{code:x};", rf"\\{plain}", plain]
    if char in _NAMED:
        ways.insert(0, f"&{_NAMED[char]};")
    return f"(?:{'|'.join(ways)})"

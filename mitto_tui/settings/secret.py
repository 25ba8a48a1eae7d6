"""A secret that doesn't show itself, and what an API key may look like."""

from __future__ import annotations

import hmac
from typing import Final, NoReturn

from mitto_tui.settings.redaction import MARK, register_secret
from mitto_tui.sms.errors import InvalidInput

MAX_LENGTH: Final = 1024
_HINT_FROM: Final = 20
_HINT: Final = 4


class Secret:
    """Text that str, repr, format and tracebacks with local variables show as ``[redacted]``.

    Making one registers the text for redaction. It can't be pickled, so that it isn't stored by accident.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        register_secret(value)

    def reveal(self) -> str:
        """The text itself: for a request's header and the keyring, nothing else."""
        return self._value

    def hint(self) -> str:
        """Enough to tell two keys apart and never to use one: the last four characters of 20 or more, else nothing."""
        return f"…{self._value[-_HINT:]}" if len(self._value) >= _HINT_FROM else ""

    def __repr__(self) -> str:
        return f"Secret({MARK})"

    def __str__(self) -> str:
        return MARK

    def __format__(self, spec: str) -> str:
        return format(MARK, spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode("utf-8", "replace"), other._value.encode("utf-8", "replace"))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not written anywhere.")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self


def check_key(given: str | Secret, source: str = "The key") -> Secret:
    """An API key as typed or pasted, without the blanks and line breaks around it.

    It goes into an HTTP header, so it must be printable ASCII without blanks. Raises InvalidInput for the field "key";
    ``source`` begins its sentences.
    """
    secret = Secret((given.reveal() if isinstance(given, Secret) else given).strip())
    del given  # a traceback with local variables would show it
    if complaint := _complaint(secret):
        raise InvalidInput("key", f"{source} {complaint}.", _ASK)
    return secret


def _complaint(secret: Secret) -> str:
    key = secret.reveal()
    if not key:
        return "is empty"
    if len(key) > MAX_LENGTH:
        return f"has {len(key):,} characters, and no key is that long"
    for index, char in enumerate(key, start=1):
        if not "!" <= char <= "~":
            return f"can't be right: character {index} is {_kind(char)}"
    if len(key) > 1 and key[0] == key[-1] and key[0] in "\"'`":
        return "stands in quotation marks"
    return ""


_ASK: Final = "Copy the whole key, and nothing else, as Mitto gave it to you."


def _kind(char: str) -> str:
    if char == " ":
        return "a space"
    if char in "\r\n":
        return "a line break"
    if char < " " or char == "\x7f":
        return "a control character"
    return "not a plain ASCII character"

"""What a request to ``/sms`` or ``/smsbulk`` asks for, and the checks that Mitto's codes stand for, in their order."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mitto_tui.mitto import codes
from mitto_tui.sms import gsm
from mitto_tui.sms.segments import count

_TYPES: Final = {"gsm": "gsm", "unicode": "unicode", "binary": "binary", "byte": "binary", "auto": "auto"}
_RECIPIENT: Final = re.compile(r"\+?[0-9]{7,15}")
_ALPHANUMERIC_SENDER: Final = re.compile(r"[A-Za-z0-9 ]{3,11}")
_NUMERIC_SENDER: Final = re.compile(r"\+?[0-9]{3,14}")
_DIGITS_ONLY: Final = re.compile(r"\+?[0-9]+")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")


class Malformed(Exception):
    """A body that is not what the path takes, answered with 400. Its text says why."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A request's fields, of the right types and no more checked than that. ``recipients`` are as they came."""

    sender: str
    recipients: tuple[str, ...]
    text: str
    type: str
    reference: str
    udh: str
    callback: str | None
    test: bool

    @property
    def text_length(self) -> int:
        """UTF-16 units, as the .NET framework behind the live answers counts a string."""
        return len(self.text.encode("utf-16-le", "surrogatepass")) // 2

    @property
    def parts(self) -> int:
        """How many messages the text is charged as. A header that contradicts itself is not counted."""
        encoding = _TYPES[self.type.lower()]
        try:
            udh = bytes.fromhex(self.udh)
        except ValueError:
            udh = b""
        counted = count(self.text, encoding, udh)
        return counted.segments or count(self.text, encoding).segments


def parse_object(body: bytes) -> dict[str, object]:
    """The JSON object in ``body``. Raises Malformed."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    if not isinstance(data, dict):
        raise Malformed("The body is not a JSON object.")
    return data


def parse_submission(data: Mapping[str, object]) -> Submission:
    """The fields of a submission. Raises Malformed where one has the wrong type; null is the same as absent."""
    _integer(data, "validity")
    _integer(data, "pid")
    _boolean(data, "flash")
    return Submission(
        sender=_string(data, "from") or "",
        recipients=_recipients(data.get("to")),
        text=_string(data, "text") or "",
        type=_string(data, "type", "GSM"),
        reference=_string(data, "reference") or "",
        udh=_string(data, "udh") or "",
        callback=_string(data, "callback") or None,
        test=_boolean(data, "test"),
    )


def check(submission: Submission, *, bulk: bool) -> int:
    """The responseCode: 0, or that of the first check that fails."""
    if not submission.sender.strip():
        return codes.EMPTY_SENDER
    if not _sender_is_valid(submission.sender):
        return codes.INVALID_SENDER
    if not submission.recipients or "" in submission.recipients:
        return codes.EMPTY_RECEIVER
    if not bulk and len(submission.recipients) > 1:
        return codes.INVALID_RECEIVER
    if not all(map(_RECIPIENT.fullmatch, submission.recipients)):
        return codes.INVALID_RECEIVER
    if not submission.text:
        return codes.EMPTY_MESSAGE
    encoding = _TYPES.get(submission.type.lower())
    if encoding is None:
        return codes.INVALID_TYPE
    return codes.ACCEPTED if _fits(submission.text, encoding) else codes.NOT_IN_ENCODING


def digits_of(recipient: str) -> str | None:
    """A recipient without its plus, or None where it is no number."""
    return recipient.removeprefix("+") if _RECIPIENT.fullmatch(recipient) else None


def _sender_is_valid(sender: str) -> bool:
    if _DIGITS_ONLY.fullmatch(sender):
        return _NUMERIC_SENDER.fullmatch(sender) is not None
    return _ALPHANUMERIC_SENDER.fullmatch(sender) is not None


def _fits(text: str, encoding: str) -> bool:
    if encoding == "gsm":
        return gsm.escapes(text) is not None
    if encoding == "binary":
        return _HEX.fullmatch(text) is not None
    return not any("\ud800" <= char <= "\udfff" for char in text)  # half a surrogate pair is no character


def _recipients(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(","))
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(item.strip() for item in value)
    raise Malformed('"to" must be a string or an array of strings.')


def _string(data: Mapping[str, object], name: str, default: str = "") -> str:
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, str):
        return value
    raise Malformed(f'"{name}" must be a string.')


def _integer(data: Mapping[str, object], name: str) -> None:
    value = data.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Malformed(f'"{name}" must be an integer.')


def _boolean(data: Mapping[str, object], name: str) -> bool:
    value = data.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise Malformed(f'"{name}" must be true or false.')

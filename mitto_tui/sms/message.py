"""One message as a person asks for it, checked and counted before anything is stored or sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from string import hexdigits
from typing import Final
from urllib.parse import urlsplit

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.segments import MAX_SEGMENTS, Count, CountError, Encoding, count
from mitto_tui.sms.sender import check_sender
from mitto_tui.sms.submission import Content, WireType
from mitto_tui.sms.visible import one_line


class MessageType(StrEnum):
    """What a person can choose. ``AUTO`` decides here, ``MITTO`` sends ``auto`` and lets Mitto decide."""

    AUTO = "auto"
    GSM = "gsm"
    UNICODE = "unicode"
    BINARY = "binary"
    MITTO = "mitto"


_WIRE: Final = {
    Encoding.GSM: WireType.GSM,
    Encoding.UNICODE: WireType.UNICODE,
    Encoding.BINARY: WireType.BINARY,
}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


MAX_VALIDITY: Final = 63 * 7 * 24 * 60
"""Minutes: the longest validity that a short message can carry (3GPP TS 23.040 §9.2.3.12.1)."""


@dataclass(frozen=True, slots=True)
class Options:
    """What may be asked for beside sender, recipient and text. None and False mean: Mitto's default.

    ``validity`` is in minutes, ``pid`` 0 to 255, ``udh`` hex digits with the length octet. ``reference`` is the
    person's own, without our token.
    """

    type: MessageType = MessageType.AUTO
    reference: str | None = None
    validity: int | None = None
    pid: int | None = None
    udh: str | None = None
    flash: bool = False
    callback: str | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A checked message, ready to be stored. ``recipient`` is digits; ``content.reference`` is the person's own."""

    recipient: str
    content: Content
    encoding: Encoding | None
    """None where Mitto decides."""
    segments: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one stored message, committed before any byte leaves. ``attempt`` counts from 1."""

    message_id: int
    attempt: int
    token: str
    recipient: str
    content: Content


def udh_bytes(hex_digits: str | None) -> bytes:
    """The user data header's octets. Raises InvalidInput where it is not hex or its length octet lies."""
    try:
        udh = bytes.fromhex(hex_digits or "")
    except ValueError:
        raise InvalidInput("udh", "The user data header must be pairs of hex digits.") from None
    if udh and udh[0] != len(udh) - 1:
        raise InvalidInput(
            "udh", f"The user data header's first octet is {udh[0]}, but the octets after it are {len(udh) - 1}."
        )
    return udh


def count_as(text: str, type: MessageType, udh: bytes = b"") -> Count:  # noqa: A002 - the field's own name
    """``count`` for a person's choice; where Mitto decides, our own automatic choice is the best estimate."""
    return count(text, "auto" if type is MessageType.MITTO else type, udh)


def check_message(sender: str, recipient: str, text: str, options: Options) -> NewMessage:
    """Everything that can be known to be wrong before sending, as InvalidInput with its field; else the message.

    ``recipient`` must be digits already (see ``recipients.numbers``).
    """
    checked = check_sender(sender)
    if checked.error:
        raise InvalidInput("from", checked.error)
    udh = udh_bytes(options.udh)
    if not text:
        raise InvalidInput("text", "There is no text.", "Type a message first.")
    counted = count_as(text, options.type, udh)
    _check_count(counted, text)
    _check_options(options)
    encoding = counted.encoding
    assert encoding is not None
    let_mitto = options.type is MessageType.MITTO
    content = Content(
        sender=checked.value,
        text=text,
        type=WireType.AUTO if let_mitto else _WIRE[encoding],
        reference=options.reference or None,
        validity=options.validity,
        pid=options.pid,
        udh=udh.hex().upper() or None,
        flash=options.flash,
        callback=options.callback or None,
        test=options.test,
    )
    return NewMessage(recipient, content, None if let_mitto else encoding, counted.segments)


def _check_count(counted: Count, text: str) -> None:
    match counted.error:
        case None:
            pass
        case CountError.NOT_GSM:
            more = len(counted.offending) - 1
            others, replace = (f" and {more:,} more are", "Replace them") if more else (" is", "Replace it")
            raise InvalidInput(
                "text",
                f"{_named(text, counted.offending[0])}{others} not in the GSM alphabet.",
                f"{replace}, or choose auto or Unicode.",
            )
        case CountError.NOT_HEX:
            first = len(text) - len(text.lstrip(hexdigits))
            raise InvalidInput("text", f"Binary text is hex digits; {_named(text, first)} is none.")
        case CountError.ODD_HEX:
            raise InvalidInput("text", f"Binary text is pairs of hex digits; digit {len(text)} has no partner.")
        case CountError.UDH_LENGTH | CountError.UDH_TOO_LONG:
            raise InvalidInput("udh", "The user data header leaves no room for this text.")
    if counted.too_long:
        raise InvalidInput(
            "text", f"This text needs {counted.segments:,} segments; a message can have at most {MAX_SEGMENTS}."
        )
    if _SURROGATE.search(text):
        raise InvalidInput("text", "The text has half of a surrogate pair in it, which no phone can show.")


def _named(text: str, index: int) -> str:
    return f"{one_line(text[index])} (U+{ord(text[index]):04X}, character {index + 1})"


def _check_options(options: Options) -> None:
    if options.validity is not None and not 1 <= options.validity <= MAX_VALIDITY:
        raise InvalidInput("validity", f"Validity is in minutes: at least 1, at most {MAX_VALIDITY:,} (63 weeks).")
    if options.pid is not None and not 0 <= options.pid <= 255:
        raise InvalidInput("pid", "The protocol identifier is a number from 0 to 255.")
    if options.reference and _SURROGATE.search(options.reference):
        raise InvalidInput("reference", "The reference has half of a surrogate pair in it, which can't be sent.")
    if options.callback:
        check_callback(options.callback)


def check_callback(url: str) -> None:
    """Raises InvalidInput unless ``url`` is an absolute http or https URL without blanks or unprintable characters."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # also from .port, where it is no number or too large
        usable = False
    if not usable:
        raise InvalidInput("callback", "The callback must be a URL with http:// or https:// and a host.")
    if any(char == " " or not char.isprintable() for char in url):
        raise InvalidInput("callback", "The callback has a blank or an unprintable character in it.")

"""Request bodies as Mitto's reference spells them (``/sms``, ``/smsbulk``): field names, types, what is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from mitto_tui.sms.submission import Content


class Format(StrEnum):
    """What Mitto is asked to answer in. Requests are JSON either way."""

    JSON = "json"
    XML = "xml"


SMS: Final = {Format.JSON: "/sms", Format.XML: "/sms.xml"}
SMS_BULK: Final = {Format.JSON: "/smsbulk", Format.XML: "/smsbulk.xml"}
CONVERTED: Final = "/sms/converted"
USAGE: Final = "/usage/bycountry"
ACCEPT: Final = {Format.JSON: "application/json", Format.XML: "application/xml"}

_SEPARATORS: Final = str.maketrans("", "", " +-().\u00a0")
_DIGITS: Final = re.compile(r"[0-9]+")


def digits(number: object) -> str:
    """``number`` as its digits, without ``+`` and separators; empty where it is not a number."""
    if isinstance(number, str) and number.isascii() and number.isdigit():
        return number
    bare = str(number).translate(_SEPARATORS)
    return bare if _DIGITS.fullmatch(bare) else ""


def single(recipient: str, content: Content) -> bytes:
    """The body for ``/sms``. ``recipient`` is digits only."""
    return _encoded(content, recipient)


def bulk(recipients: Sequence[str], content: Content) -> bytes:
    """The body for ``/smsbulk``. ``recipients`` are digits only, their order and repetitions are kept."""
    return _encoded(content, list(recipients))


def encode(fields: object) -> bytes:
    """``fields`` as JSON in UTF-8; a lone surrogate, which UTF-8 can't hold, goes as its escape."""
    try:
        return msgspec.json.encode(fields)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(fields), separators=(",", ":")).encode("ascii")


class _Fields(msgspec.Struct, omit_defaults=True, rename={"sender": "from"}, gc=False):
    sender: str
    to: str | list[str]
    text: str
    type: str
    reference: str | None = None
    udh: str | None = None
    validity: int | None = None
    pid: int | None = None
    flash: bool = False
    callback: str | None = None
    test: bool = False


def _encoded(content: Content, to: str | list[str]) -> bytes:
    return encode(
        _Fields(
            content.sender,
            to,
            content.text,
            content.type.value,
            content.reference,
            content.udh,
            content.validity,
            content.pid,
            content.flash,
            content.callback,
            content.test,
        )
    )

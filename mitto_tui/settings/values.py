"""What each setting may be: one function a kind of value, from what TOML gave to what the program uses.

Each raises Unfit, whose text goes on from the setting's name: ``timeout`` + ``is "fast", not a number``.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from mitto_tui.settings.presets import preset_named
from mitto_tui.settings.profiles import WireFormat, is_profile_name
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.lines import read_lines
from mitto_tui.sms.message import check_callback
from mitto_tui.sms.sender import check_sender
from mitto_tui.sms.urls import check_base_url
from mitto_tui.sms.visible import one_line, visible

Check = Callable[[object], Any]

_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}")
_HOST: Final = re.compile(r"[A-Za-z0-9._:%\[\]-]+")


class Unfit(ValueError):
    """A value can't be used for its setting; the text says what it is instead."""


def shown(value: object) -> str:
    """``value`` as its file wrote it, more or less, short and on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{one_line(value, 40)}"'
        case dict():
            return "a table"
        case list():
            return "an array"
        case int():
            return str(value) if abs(value) < 10**20 else "a very large number"
        case float() | Decimal():
            return one_line(str(value), 40)
        case _:
            return "a date or time"


def text(value: object) -> str:
    """Text that isn't blank, with nothing in it that can't be seen or stored."""
    if not isinstance(value, str):
        raise Unfit(f"is {shown(value)}, not text")
    if not value.strip():
        raise Unfit("is empty")
    if visible(value) != value:
        raise Unfit(f"is {shown(value)}, which has a character in it that can't be seen")
    return value.strip()


def switch(value: object) -> bool:
    """``true`` and ``false``, and the words ``on`` and ``off``."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("on", "off"):
        return value.lower() == "on"
    raise Unfit(f"is {shown(value)}, neither on nor off")


def whole(least: int, most: int) -> Check:
    """A check for whole numbers from ``least`` to ``most``."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Unfit(f"is {shown(value)}, not a whole number")
        if not least <= value <= most:
            raise Unfit(f"is {shown(value)}, which is too {'small' if value < least else 'large'}")
        return value

    return check


def number(above: float, most: float) -> Check:
    """A check for numbers greater than ``above``, at most ``most``."""

    def check(value: object) -> float:
        result = float(_finite(value))
        if not above < result <= most:
            raise Unfit(f"is {shown(value)}, which is too {'small' if result <= above else 'large'}")
        return result

    return check


def price(value: object) -> Decimal:
    """Money for one segment: exact, not negative."""
    result = Decimal(str(_finite(value)))
    if not 0 <= result <= 1000:
        raise Unfit(f"is {shown(value)}, which is no price of one segment")
    return result


def _finite(value: object) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit(f"is {shown(value)}, not a number")
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise Unfit(f"is {shown(value)}, not a finite number")
    return value


def country(value: object) -> str:
    """A country by ISO 3166 alpha-2, upper-cased; only the form is checked."""
    if not isinstance(value, str) or not _COUNTRY.fullmatch(value.strip()):
        raise Unfit(f"is {shown(value)}, not a country's two letters")
    letters = value.strip().upper()
    if letters == "UK":
        raise Unfit('is "UK"; the United Kingdom\'s letters are GB')
    return letters


def currency(value: object) -> str:
    """A currency by ISO 4217, upper-cased; only the form is checked."""
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value.strip()):
        raise Unfit(f"is {shown(value)}, not a currency's three letters")
    return value.strip().upper()


def sender(value: object) -> str:
    """A sender ID that Mitto would take."""
    checked = check_sender(text(value))
    if checked.error:
        raise Unfit(f"is {shown(value)}. {checked.error.rstrip('.')}")
    return checked.value


def wire_format(value: object) -> WireFormat:
    """``json`` or ``xml``."""
    try:
        return WireFormat(text(value).lower())
    except ValueError:
        raise Unfit(f"is {shown(value)}") from None


def lines(value: object) -> frozenset[str]:
    """Kinds of lines, as an array of their words or as text with commas."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list):
        raise Unfit(f"is {shown(value)}, not the words for lines")
    for word in words:
        if not isinstance(word, str):
            raise Unfit(f"has {shown(word)} in it, not a word for a line")
    try:
        return read_lines(words)
    except InvalidInput as error:
        raise Unfit(f"can't be used: {error.message.rstrip('.')}") from None


def profile_name(value: object) -> str:
    """A profile's name, by its form."""
    if not isinstance(value, str) or not is_profile_name(value):
        raise Unfit(f"is {shown(value)}")
    return value


def key_press(value: object) -> str:
    """A key, or several with commas, as the app's key map takes them. Which keys exist is known to the app alone."""
    keys = text(value)
    if any(not key or " " in key for key in keys.split(",")):
        raise Unfit(f"is {shown(value)}, not a key")
    return keys


def callback(value: object) -> str:
    """An address that Mitto can call."""
    url = text(value)
    _parts(url)
    try:
        check_callback(url)
    except InvalidInput:
        raise Unfit(f"is {shown(value)}, not a URL") from None
    return url


def host(value: object) -> str:
    """A host name or address to listen on, without a port."""
    name = text(value)
    if not _HOST.fullmatch(name) or (":" in name and not _is_address(name)):
        raise Unfit(f"is {shown(value)}, not a host name or address")
    return name


def base_url(value: object) -> str:
    """A preset's name or a URL, as a URL without a trailing slash. Plain http only to this machine."""
    given = text(value)
    if preset := preset_named(given):
        return preset.base_url
    try:
        return check_base_url(given)
    except InvalidInput as error:
        if "@" in given:  # not shown: what stands there is a password
            raise Unfit("has a user name or password in its URL") from None
        reason = error.message.replace("The base URL's", "its", 1).replace("The base URL", "it", 1).rstrip(".")
        raise Unfit(f"is {shown(value)}: {reason}") from None


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or " " in url or not _HOST.fullmatch(parts.netloc.rpartition("@")[2]):
        raise Unfit(f"is {shown(url.rpartition('@')[2])}, not a URL")
    if "@" in parts.netloc:  # not shown: what stands there is a password
        raise Unfit("has a user name or password in its URL")
    return parts


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

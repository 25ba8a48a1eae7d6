"""URLs: where Mitto's API lives, and which addresses may be given a key."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import quote, urlsplit

from mitto_tui.sms.errors import InvalidInput

DEFAULT_BASE_URL: Final = "https://rest.mittoapi.com"
"""The host of Mitto's getting-started page and of its own clients."""

_FIELD: Final = "base_url"
_HOST_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
_UNUSABLE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"^`{|}\u2028\u2029\ud800-\udfff]")
_ENDPOINT: Final = re.compile(r"/(sms|smsbulk)(\.(json|xml))?$", re.IGNORECASE)


def check_base_url(url: str) -> str:
    """``url`` as the client wants it: scheme and host in lower case, a base path kept, no slash at the end.

    Only https is let through, so that the key never travels in the clear; http only to this machine itself
    (127.0.0.0/8, ::1, localhost). Raises InvalidInput otherwise, never repeating credentials found in ``url``.
    """
    url = url.strip()
    if not url:
        raise InvalidInput(_FIELD, "The base URL is empty.", f"Mitto's main address is {DEFAULT_BASE_URL}.")
    if _UNUSABLE.search(url):
        raise InvalidInput(_FIELD, "The base URL has a blank or another character in it that no URL can have.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidInput(
            _FIELD, "The base URL is not a URL.", "It looks like https://HOST or https://HOST:PORT."
        ) from None
    if parts.scheme not in ("https", "http"):
        raise InvalidInput(_FIELD, "The base URL does not start with https://.", f"For example {DEFAULT_BASE_URL}.")
    if "@" in parts.netloc:
        raise InvalidInput(
            _FIELD, "The base URL has a user name or password in it.", "Leave it out: the API key is kept elsewhere."
        )
    if "?" in url or "#" in url:
        raise InvalidInput(_FIELD, "The base URL has a query or a fragment.", "Leave out everything from ? or # on.")
    host = _checked_host(host)
    if port == 0:
        raise InvalidInput(_FIELD, "The base URL names port 0, where nothing can listen.")
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidInput(
            _FIELD,
            "The base URL is plain http, which would show your API key to everyone on the way.",
            "Use https; plain http is for this machine only (127.0.0.1, ::1, localhost).",
        )
    path = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~")
    if _ENDPOINT.search(path):
        raise InvalidInput(
            _FIELD, "The base URL names one call of the API.", "Give it without /sms or /smsbulk at the end."
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{'' if port is None else f':{port}'}{path}"


def is_loopback(host: str) -> bool:
    """Whether ``host`` (a name, or an address without brackets) can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Spelled out because the library's own is_loopback has changed its mind about mapped addresses.
    return address in _LOOPBACK_4 if address.version == 4 else address == _LOOPBACK_6


_LOOPBACK_4: Final = ipaddress.IPv4Network("127.0.0.0/8")
_LOOPBACK_6: Final = ipaddress.IPv6Address("::1")


def _checked_host(host: str) -> str:
    """``host`` in the form that goes over the wire (IDNA), or InvalidInput."""
    if not host:
        raise InvalidInput(_FIELD, "The base URL names no host.", f"For example {DEFAULT_BASE_URL}.")
    try:
        return str(ipaddress.ip_address(host)) if "%" not in host else _no_host()
    except ValueError:
        pass
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return _no_host()
    # A name whose last label is a number is an address that somebody mistyped, or spelled to mislead.
    if len(name) > 253 or not _HOST_NAME.fullmatch(name) or name.rstrip(".").rpartition(".")[2].isdigit():
        return _no_host()
    return name


def _no_host() -> str:
    raise InvalidInput(_FIELD, "The base URL's host is neither a host name nor an IP address.")

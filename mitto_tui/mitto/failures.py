"""Our own exception map: from what aiohttp and the socket raise to httpx's exceptions and our own words.

Whether a connection stood is not read from the exception, which can't tell; the request's Flight knows.
"""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Final

import aiohttp
import httpx
from aiohttp.http import HttpProcessingError

from mitto_tui.mitto.environment import UnusableProxy
from mitto_tui.mitto.flight import Flight

FAILURES: Final = (aiohttp.ClientError, HttpProcessingError, OSError, UnicodeError, UnusableProxy)
"""What aiohttp and the socket raise. UnicodeError comes from names that IDNA can't encode."""

_UNREACHABLE: Final = frozenset(
    {
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.EHOSTDOWN,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EACCES,
        errno.EPERM,
    }
)


def translated(
    failure: Exception,
    flight: Flight,
    *,
    secure: bool = False,
    proxied: bool = False,
    request: httpx.Request | None = None,
) -> httpx.TransportError:
    """The exception to raise for ``failure``; its reason, one of the words in ``outcomes``, goes into ``flight``."""
    if flight.stood:
        kind, flight.reason, text = after(failure)
    else:
        kind, flight.reason, text = before(failure, secure=secure, proxied=proxied)
    return kind(text, request=request)


_Translation = tuple[type[httpx.TransportError], str, str]


def before(failure: Exception, *, secure: bool, proxied: bool) -> _Translation:
    """No connection stood: exception, reason word, text. The texts hold no URL, since a proxy's may hold a password."""
    cause = failure
    if isinstance(failure, aiohttp.ClientConnectorError) and not isinstance(failure, aiohttp.ClientSSLError):
        cause = failure.os_error
    match cause:
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLCertVerificationError():
            return httpx.ConnectError, "certificate", "the certificate could not be verified"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return httpx.ConnectError, "tls", "no secure connection"
        case TimeoutError():
            return httpx.ConnectTimeout, "connect_timeout", "no connection in time"
        case _ if proxied or isinstance(cause, UnusableProxy):
            return httpx.ProxyError, "proxy", "the proxy could not be used"
        case socket.gaierror() | UnicodeError():
            return httpx.ConnectError, "dns", "the name could not be resolved"
        case ConnectionRefusedError():
            return httpx.ConnectError, "connect_refused", "connection refused"
        case ConnectionResetError() | ConnectionAbortedError() | BrokenPipeError() if secure:
            return httpx.ConnectError, "tls", "the server hung up before the connection was secure"
        case OSError() if cause.errno in _UNREACHABLE:
            return httpx.ConnectError, "unreachable", "no way to the host"
        case _ if isinstance(failure, aiohttp.ClientConnectorDNSError):
            return httpx.ConnectError, "dns", "the name could not be resolved"
        case _:
            return httpx.ConnectError, "connect_failed", "no connection"


def after(failure: Exception) -> _Translation:
    """A connection stood: exception, reason word, text. All of these are in doubt; the words only tell them apart."""
    match failure:
        case aiohttp.ServerTimeoutError():
            return httpx.ReadTimeout, "read_timeout", "no answer in time"
        case TimeoutError():
            return httpx.WriteTimeout, "write_timeout", "the request was not taken in time"
        case aiohttp.ServerDisconnectedError():
            return httpx.RemoteProtocolError, "disconnected", "the server hung up without an answer"
        case aiohttp.ClientPayloadError():
            return httpx.RemoteProtocolError, "half_body", "the answer broke off"
        case aiohttp.ClientResponseError() | HttpProcessingError():
            return httpx.RemoteProtocolError, "not_http", "the answer is not HTTP"
        case _:
            return httpx.ReadError, "reset", "the connection broke"

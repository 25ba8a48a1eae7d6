"""Name look-ups that never keep the program from ending.

The system's resolver can take half a minute to give up. asyncio's own way of calling it waits for that at the end of
the loop, long after whoever asked has been told that there is no connection; a daemon thread does not.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aiohttp.abc import AbstractResolver

from mitto_tui.sms.urls import is_loopback

if TYPE_CHECKING:
    from aiohttp.abc import ResolveResult

_NUMERIC: Final = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
_INTERNET: Final = frozenset({socket.AF_INET, socket.AF_INET6})


class DaemonResolver(AbstractResolver):
    """``getaddrinfo`` in a daemon thread. aiohttp's connector asks only once at a time for each name, and remembers."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The host's addresses. Raises OSError (``socket.gaierror``), or UnicodeError for what is no name."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[ResolveResult]] = loop.create_future()

        def tell(result: list[ResolveResult] | Exception) -> None:
            if found.done():
                return  # nobody waits any more
            if isinstance(result, Exception):
                found.set_exception(result)
            else:
                found.set_result(result)

        def look_up() -> None:
            result: list[ResolveResult] | Exception
            try:
                result = _addresses(host, port, family)
            except Exception as failure:
                result = failure
            with suppress(RuntimeError):  # the loop has ended in the meantime
                loop.call_soon_threadsafe(tell, result)

        threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
        return await found

    async def close(self) -> None:
        """Nothing to close."""


def _addresses(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    # Without the flag, addresses of a kind that this machine has no way to would come along; with it, Windows does
    # not know localhost when it is offline.
    flags = 0 if is_loopback(host) else socket.AI_ADDRCONFIG
    infos = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=flags)
    return [
        {
            "hostname": host,
            "host": str(address[0]),
            "port": int(address[1]),
            "family": kind,
            "proto": protocol,
            "flags": _NUMERIC,
        }
        for kind, _, protocol, _, address in infos
        if kind in _INTERNET
    ]

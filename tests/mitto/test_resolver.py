from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from mitto_tui.mitto.client import MittoClient
from mitto_tui.mitto.resolver import DaemonResolver
from mitto_tui.sms.submission import Outcome, OutcomeKind
from tests.mitto.bodies import CONTENT, KEY, NUMBER
from tests.servers.raw import LONGEST, RawServer, close_after_reading


async def test_a_name_and_its_addresses() -> None:
    addresses = await DaemonResolver().resolve("localhost", 4711)
    assert "127.0.0.1" in {address["host"] for address in addresses}
    assert {address["port"] for address in addresses} == {4711}
    assert {address["hostname"] for address in addresses} == {"localhost"}


async def test_localhost_is_reached_by_name() -> None:
    with RawServer(close_after_reading) as server:
        async with MittoClient(server.url.replace("127.0.0.1", "localhost"), KEY) as client:
            await client.submit(NUMBER, CONTENT)
        assert len(server.requests) == 1


@pytest.mark.parametrize(("host", "error"), [("a" * 64 + ".example", UnicodeError), ("no-such-host.invalid", OSError)])
async def test_what_can_not_be_found_is_an_error(host: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await DaemonResolver().resolve(host, 80)


def test_a_resolver_that_hangs_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the submission nor the end of the loop, and one thread is enough for many that ask."""
    hung, released = threading.Event(), threading.Event()
    asked: list[object] = []

    def hang(host: object, *_args: object, **_more: object) -> None:
        asked.append(host)
        hung.set()
        released.wait(LONGEST)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async def ask() -> list[Outcome]:
        async with MittoClient("https://slow.example", KEY, timeout=0.3) as client:
            return await asyncio.gather(*(client.submit(NUMBER, CONTENT) for _ in range(5)))

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    started = time.monotonic()
    outcomes = asyncio.run(ask())
    took = time.monotonic() - started
    released.set()
    assert hung.is_set()
    assert {(outcome.kind, outcome.reason) for outcome in outcomes} == {(OutcomeKind.NEVER_LEFT, "connect_timeout")}
    assert took < LONGEST / 2
    assert asked == ["slow.example"]

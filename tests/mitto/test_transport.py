from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
import tracemalloc
from collections.abc import AsyncIterator
from queue import Queue

import aiohttp
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey

from mitto_tui.mitto.failures import before
from mitto_tui.mitto.flight import EXTENSION, Flight, Phase
from mitto_tui.mitto.outcomes import NOTHING_LEFT
from mitto_tui.mitto.transport import AiohttpTransport
from tests.mitto.bodies import KEY
from tests.servers import raw
from tests.servers.raw import Peer, RawServer, answer

YES = answer(b"yes")


def no_tls() -> ssl.SSLContext:
    raise AssertionError("a TLS context was made for plain http")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = AiohttpTransport(max_connections=2, tls=no_tls)
    async with httpx.AsyncClient(transport=transport, timeout=20.0, trust_env=False) as client:
        yield client


async def failing(
    http: httpx.AsyncClient, url: str, *, body: bytes = b"{}", **limits: float
) -> tuple[httpx.TransportError, Flight]:
    flight = Flight()
    with pytest.raises(httpx.TransportError) as caught:
        await http.post(url, content=body, timeout=httpx.Timeout(20.0, **limits), extensions={EXTENSION: flight})
    return caught.value, flight


async def test_an_answer_comes_through_as_httpx_shows_it(http: httpx.AsyncClient) -> None:
    flight = Flight()
    headers = ("X-Thing: a", "X-Thing: b", "Set-Cookie: c=1")
    with RawServer(answer(b'{"a":1}', 201, headers=headers, reason=f"made with {KEY}")) as server:
        response = await http.post(f"{server.url}/p%20q?x=%2F", content=b"body", extensions={EXTENSION: flight})
        assert server.requests[0].path == "/p%20q?x=%2F"
        assert server.requests[0].body == b"body"
    assert (response.status_code, response.json(), response.http_version) == (201, {"a": 1}, "HTTP/1.1")
    assert response.headers.get_list("x-thing") == ["a", "b"]
    assert response.reason_phrase == "Created"
    assert (flight.phase, flight.status, flight.reason, flight.made_new) == (Phase.STOOD, 201, None, True)


async def test_a_streamed_request_body_is_sent_whole_and_once(http: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    with RawServer(YES) as server:
        assert (await http.post(server.url, content=pieces(), headers={"Content-Length": "6"})).text == "yes"
        assert [request.body for request in server.requests] == [b"onetwo"]


@pytest.mark.parametrize("size", [0, 1, 100_000, 3_000_000])
async def test_bodies_of_every_size_arrive(http: httpx.AsyncClient, size: int) -> None:
    with RawServer(YES) as server:
        await http.post(server.url, content=b"x" * size)
        assert [request.body for request in server.requests] == [b"x" * size]


async def test_connections_are_kept_and_never_more_than_allowed(http: httpx.AsyncClient) -> None:
    with RawServer(YES) as server:
        for _ in range(5):
            await http.post(server.url)
        assert server.connections == 1
        await asyncio.gather(*(http.post(server.url) for _ in range(20)))
        assert server.connections == 2
        assert len(server.requests) == 25


async def test_redirects_come_back_as_they_are(http: httpx.AsyncClient) -> None:
    with RawServer(answer(b"", 307, headers=("Location: /other",))) as server:
        assert (await http.post(server.url)).status_code == 307
        assert len(server.requests) == 1


@pytest.mark.parametrize("cookie", ["c=1", "c=1; Domain=.; Expires=\xff; Max-Age=x", "=;=;=\t", ";" * 50])
async def test_cookies_are_not_let_in(http: httpx.AsyncClient, cookie: str) -> None:
    with RawServer(answer(b"", headers=(f"Set-Cookie: {cookie}",))) as server:
        for _ in range(3):
            assert "set-cookie" not in (await http.post(server.url)).headers
        assert all("cookie" not in request.headers for request in server.requests)


async def test_refused(http: httpx.AsyncClient) -> None:
    with raw.refusing() as url:
        failure, flight = await failing(http, url)
    assert isinstance(failure, httpx.ConnectError)
    assert (flight.phase, flight.reason) == (Phase.CONNECTING, "connect_refused")


async def test_the_read_limit_is_per_read(http: httpx.AsyncClient) -> None:
    with RawServer(raw.trickle(b"x" * 6, 0.1, first=raw.head(6))) as server:
        assert (await http.post(server.url, timeout=httpx.Timeout(20.0, read=0.5))).text == "x" * 6
    for behaviour in (raw.hang_before_reading, raw.hang_after_reading, raw.hang_in_headers, raw.hang_mid_body):
        with RawServer(behaviour) as server:
            failure, flight = await failing(http, server.url, read=0.2)
            assert isinstance(failure, httpx.ReadTimeout)
            assert (flight.phase, flight.reason) == (Phase.STOOD, "read_timeout")


async def test_the_write_limit_holds_against_a_server_that_does_not_read(http: httpx.AsyncClient) -> None:
    with RawServer(raw.hang_before_reading, buffer=4096) as server:
        failure, flight = await failing(http, server.url, body=b"x" * 20_000_000, write=0.3)
    assert isinstance(failure, httpx.WriteTimeout)
    assert (flight.phase, flight.reason) == (Phase.STOOD, "write_timeout")


async def test_the_pool_limit_and_the_slot_afterwards(http: httpx.AsyncClient) -> None:
    with RawServer(raw.hang_after_reading) as server:
        first = [asyncio.create_task(http.post(server.url)) for _ in range(2)]
        await server.until(requests=2)
        failure, flight = await failing(http, server.url, pool=0.2)
        assert isinstance(failure, httpx.PoolTimeout)
        assert (flight.phase, flight.reason, flight.stood) == (Phase.WAITING, "pool_timeout", False)
        for task in first:
            task.cancel()
        await asyncio.gather(*first, return_exceptions=True)
        assert len(server.requests) == 2
    with RawServer(YES) as server:
        await asyncio.gather(*(http.post(server.url) for _ in range(4)))


async def test_a_body_that_is_left_unread_is_not_taken_in(http: httpx.AsyncClient) -> None:
    """The slots are given back: with two of them, four such answers in a row would otherwise never come."""
    tracemalloc.start()
    try:
        with RawServer(raw.flood(50_000_000)) as server:
            for _ in range(4):
                async with http.stream("POST", server.url) as response:
                    async for chunk in response.aiter_raw():
                        assert chunk
                        break
            await asyncio.to_thread(server.__exit__, None, None, None)
            assert server.sent < 4 * 50_000_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "DELETE"])
@pytest.mark.parametrize("ending", [raw.close_after_reading, raw.reset_after_reading, raw.close_at_first_octet])
async def test_nothing_is_repeated_on_a_kept_connection_that_dies(
    http: httpx.AsyncClient, method: str, ending: raw.Behaviour
) -> None:
    """aiohttp by itself would repeat the idempotent ones; the connector won't give it a second connection."""
    with RawServer(YES, ending, YES) as server:
        await http.post(server.url, content=b"first")
        flight = Flight()
        with pytest.raises(httpx.TransportError):
            await http.request(method, server.url, content=b"second", extensions={EXTENSION: flight})
        assert (flight.stood, flight.made_new) == (True, False)
        assert server.connections == 1
        assert [request.body for request in server.requests].count(b"second") <= 1


async def test_a_connection_the_server_has_closed_in_the_meantime_is_not_used(http: httpx.AsyncClient) -> None:
    gone: Queue[bool] = Queue()

    def hang_up(peer: Peer) -> None:
        peer.close()
        gone.put(True)

    with RawServer(answer(b"yes", then=hang_up)) as server:
        for _ in range(5):
            assert (await http.post(server.url)).text == "yes"
            assert await asyncio.to_thread(gone.get, timeout=raw.LONGEST)
        assert len(server.requests) == 5
        assert server.connections == 5


async def test_a_farewell_that_the_event_loop_has_not_seen_yet_is_noticed(http: httpx.AsyncClient) -> None:
    """The loop is kept busy while the server hangs up, so that only the socket itself can tell."""
    answered, gone = threading.Event(), threading.Event()

    def hang_up_when_told(peer: Peer) -> None:
        answered.wait(raw.LONGEST)
        peer.close()
        gone.set()

    with RawServer(answer(b"one", then=hang_up_when_told), answer(b"two")) as server:
        assert (await http.post(server.url)).text == "one"
        answered.set()
        assert gone.wait(raw.LONGEST)
        assert (await http.post(server.url)).text == "two"
        assert (len(server.requests), server.connections) == (2, 2)


async def test_an_answer_to_nobodys_question_is_never_taken_for_ours(http: httpx.AsyncClient) -> None:
    sent_twice = threading.Event()

    def says_more(peer: Peer) -> None:
        raw.sends(raw.head(3) + b"one", lambda peer: peer.wait(0.0))(peer)
        told.wait(raw.LONGEST)
        peer.send(raw.head(5) + b"stray")
        sent_twice.set()

    told = threading.Event()
    with RawServer(says_more, answer(b"two")) as server:
        assert (await http.post(server.url, content=b"1")).text == "one"
        told.set()
        assert await asyncio.to_thread(sent_twice.wait, raw.LONGEST)
        assert (await http.post(server.url, content=b"2")).text == "two"
        assert [request.body for request in server.requests] == [b"1", b"2"]


def connecting(cause: OSError) -> Exception:
    key = ConnectionKey("mitto.example", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, cause)


@pytest.mark.parametrize(
    ("failure", "direct", "proxied"),
    [
        (connecting(OSError(errno.ECONNREFUSED, "")), "connect_refused", "proxy"),
        (connecting(OSError(errno.EHOSTUNREACH, "")), "unreachable", "proxy"),
        (connecting(OSError(errno.ENETUNREACH, "Multiple exceptions")), "unreachable", "proxy"),
        (connecting(OSError(errno.ETIMEDOUT, "")), "connect_timeout", "connect_timeout"),
        (connecting(OSError(errno.EMFILE, "Too many open files")), "connect_failed", "proxy"),
        (connecting(OSError("Multiple exceptions: unreachable, refused")), "connect_failed", "proxy"),
        (connecting(ConnectionResetError()), "tls", "proxy"),
        (connecting(ConnectionAbortedError("SSL handshake is taking too long")), "tls", "proxy"),
        (connecting(ssl.SSLError("wrong version")), "tls", "tls"),
        (connecting(socket.gaierror(socket.EAI_AGAIN, "")), "dns", "proxy"),
        (UnicodeError("label too long"), "dns", "proxy"),
        (TimeoutError(), "connect_timeout", "connect_timeout"),
        (aiohttp.InvalidURL("https://mitto.example"), "connect_failed", "proxy"),
    ],
    ids=repr,
)
def test_what_went_wrong_before_a_connection_stood(failure: Exception, direct: str, proxied: str) -> None:
    for through_proxy, reason in ((False, direct), (True, proxied)):
        kind, found, text = before(failure, secure=True, proxied=through_proxy)
        assert found == reason
        assert found in NOTHING_LEFT
        assert issubclass(kind, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError))
        assert "mitto.example" not in text


async def test_closing_ends_every_connection() -> None:
    with RawServer(YES) as server:
        async with httpx.AsyncClient(transport=AiohttpTransport(), trust_env=False) as http:
            await asyncio.gather(*(http.post(server.url) for _ in range(5)))
        await asyncio.to_thread(server.wait_until_alone)


async def test_a_transport_that_was_never_used_closes_quietly() -> None:
    async with AiohttpTransport():
        pass

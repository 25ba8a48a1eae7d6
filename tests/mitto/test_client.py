from __future__ import annotations

import asyncio
import json
import logging
import pickle
from dataclasses import replace

import pytest
from yarl import URL

from mitto_tui import __version__
from mitto_tui.mitto.client import MittoClient
from mitto_tui.mitto.direct import Prepared
from mitto_tui.mitto.flight import Flight, Phase
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.submission import OutcomeKind
from tests.mitto.bodies import BULK, CONTENT, ID, KEY, NUMBER, OTHER, OTHER_ID, SINGLE
from tests.servers import raw
from tests.servers.raw import Peer, RawServer, answer

ACCEPTED, REJECTED = OutcomeKind.ACCEPTED, OutcomeKind.REJECTED
NEVER_LEFT, IN_DOUBT = OutcomeKind.NEVER_LEFT, OutcomeKind.IN_DOUBT

BODY = json.dumps(SINGLE).encode()
YES = answer(BODY)
YES_TO_ALL = answer(json.dumps(BULK).encode())


async def test_what_goes_over_the_wire() -> None:
    with RawServer(YES) as server:
        async with MittoClient(f"{server.url}/v2/", KEY) as client:
            await client.submit(f"+{NUMBER}", CONTENT)
        (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v2/sms")
    assert json.loads(request.body) == {
        "from": "MITTO SMS",
        "to": NUMBER,
        "text": "Hello",
        "type": "GSM",
        "reference": "Spring",
    }
    assert request.headers == {
        "host": f"127.0.0.1:{server.port}",
        "x-mitto-api-key": KEY,
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"mitto-tui/{__version__}",
        "connection": "keep-alive",
        "content-length": str(len(request.body)),
    }


async def test_xml_asks_for_xml_with_a_json_body() -> None:
    with RawServer(YES) as server:
        async with MittoClient(server.url, KEY, format="xml") as client:
            assert (await client.submit(NUMBER, CONTENT)).kind is ACCEPTED
            await client.submit_many([NUMBER], CONTENT)
        assert [request.path for request in server.requests] == ["/sms.xml", "/smsbulk.xml"]
        assert {request.headers["accept"] for request in server.requests} == {"application/xml"}
        assert json.loads(server.requests[1].body)["to"] == [NUMBER]


async def test_cookies_are_never_sent_back() -> None:
    with RawServer(answer(json.dumps(SINGLE).encode(), headers=("Set-Cookie: session=1; Path=/",))) as server:
        async with MittoClient(server.url, KEY) as client:
            for _ in range(2):
                assert (await client.submit(NUMBER, CONTENT)).kind is ACCEPTED
        assert all("cookie" not in request.headers for request in server.requests)


async def test_one_connection_serves_one_after_the_other() -> None:
    with RawServer(YES) as server:
        async with MittoClient(server.url, KEY) as client:
            for _ in range(5):
                await client.submit(NUMBER, CONTENT)
        assert (server.connections, len(server.requests)) == (1, 5)


async def test_a_kept_connection_that_dies_under_a_request_is_in_doubt_and_the_request_is_not_repeated() -> None:
    with RawServer(YES, raw.close_after_reading, YES) as server:
        async with MittoClient(server.url, KEY) as client:
            kinds = [(await client.submit(NUMBER, CONTENT)).kind for _ in range(3)]
        assert kinds == [ACCEPTED, IN_DOUBT, ACCEPTED]
        assert (server.connections, len(server.requests)) == (2, 3)


async def test_a_connection_with_a_rest_of_an_old_request_in_it_is_not_used_again() -> None:
    """The server answers when it has read only the beginning: the rest would be taken for the next request."""

    def answers_early(peer: Peer) -> None:
        peer.speaks()
        peer.send(raw.head(len(BODY)) + BODY)
        peer.wait(raw.LONGEST)

    with RawServer(answers_early, YES, buffer=4096) as server:
        async with MittoClient(server.url, KEY) as client:
            kinds = [
                (await client.submit(NUMBER, replace(CONTENT, text=text))).kind for text in ("x" * 20_000_000, "Hello")
            ]
        assert kinds == [ACCEPTED, ACCEPTED]
        assert server.connections == 2
        assert [json.loads(request.body)["text"] for request in server.requests] == ["Hello"]


async def test_what_comes_ahead_of_an_answer_is_not_taken_for_it() -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    with RawServer(raw.sends(hints + raw.head(len(BODY)) + BODY)) as server:
        async with MittoClient(server.url, KEY) as client:
            outcome = await client.submit(NUMBER, CONTENT)
    assert (outcome.kind, outcome.http_status) == (ACCEPTED, 200)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "line\n", "nul\0", "ключ"])
def test_nothing_breaks_out_of_a_header(value: str) -> None:
    with pytest.raises(ValueError, match="can't be sent") as caught:
        Prepared(URL("https://mitto.example/sms"), {"X-Mitto-API-Key": value})
    assert value not in str(caught.value)


def test_a_prepared_call_shows_no_headers() -> None:
    assert KEY not in repr(Prepared(URL("https://mitto.example/sms"), {"X-Mitto-API-Key": KEY}))


async def test_bulk_keeps_the_callers_order() -> None:
    with RawServer(YES_TO_ALL) as server:
        async with MittoClient(server.url, KEY) as client:
            outcomes = await client.submit_many([f"+{OTHER}", NUMBER], CONTENT)
        assert json.loads(server.requests[0].body)["to"] == [OTHER, NUMBER]
    assert [outcome.mitto_id for outcome in outcomes] == [OTHER_ID, ID]


async def test_a_number_listed_twice_does_no_harm_beyond_what_was_asked_for() -> None:
    with RawServer(YES_TO_ALL) as server:
        async with MittoClient(server.url, KEY) as client:
            outcomes = await client.submit_many([NUMBER, NUMBER, OTHER], CONTENT)
        assert json.loads(server.requests[0].body)["to"] == [NUMBER, NUMBER, OTHER]
    assert [(outcome.kind, outcome.reason) for outcome in outcomes] == [
        (ACCEPTED, "accepted"),
        (IN_DOUBT, "not_in_answer"),
        (ACCEPTED, "accepted"),
    ]


async def test_what_is_no_number_is_not_sent_and_the_others_are() -> None:
    with RawServer(YES_TO_ALL) as server:
        async with MittoClient(server.url, KEY) as client:
            assert (await client.submit("Alice", CONTENT)).reason == "not_a_number"
            assert await client.submit_many([], CONTENT) == []
            assert [outcome.kind for outcome in await client.submit_many(["", "x"], CONTENT)] == [REJECTED] * 2
            assert server.requests == []
            outcomes = await client.submit_many([NUMBER, "Alice", OTHER], CONTENT)
        assert json.loads(server.requests[0].body)["to"] == [NUMBER, OTHER]
    assert [outcome.kind for outcome in outcomes] == [ACCEPTED, REJECTED, ACCEPTED]
    assert outcomes[1].detail.startswith("Nothing was sent")


async def test_a_test_call() -> None:
    fields = {"id": ID, "responseCode": 0, "responseText": "SMS sent", "test": True, "textLength": 0, "messageParts": 0}
    with RawServer(answer(json.dumps(fields).encode())) as server:
        async with MittoClient(server.url, KEY) as client:
            outcome = await client.submit(NUMBER, replace(CONTENT, test=True))
        assert json.loads(server.requests[0].body)["test"] is True
    assert (outcome.kind, outcome.test, outcome.mitto_id) == (ACCEPTED, True, ID)


async def test_slow_down_says_for_how_long() -> None:
    with RawServer(answer(b"", 429, headers=("Retry-After: 7",)), answer(b"", 429)) as server:
        async with MittoClient(server.url, KEY) as client:
            waits = [(await client.submit(NUMBER, CONTENT)).retry_after for _ in range(2)]
    assert waits == [7.0, None]


async def test_no_free_connection_in_time_never_left() -> None:
    with RawServer(raw.hang_after_reading) as server:
        async with MittoClient(server.url, KEY, max_connections=1) as client:
            first = asyncio.create_task(client.submit(NUMBER, CONTENT))
            await server.until(requests=1)
            client._timeout = 0.2  # for the second alone: with the same limit the first would make way just in time
            second = await client.submit(OTHER, CONTENT)
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
        assert (second.kind, second.reason) == (NEVER_LEFT, "pool_timeout")
        assert len(server.requests) == 1


async def test_a_cancelled_submission_can_tell_whether_it_left() -> None:
    read, waiting, connecting = Flight(), Flight(), Flight()
    with RawServer(raw.hang_after_reading) as server, RawServer(raw.hang_before_reading) as silent:
        async with (
            MittoClient(server.url, KEY, max_connections=1) as client,
            MittoClient(silent.url.replace("http:", "https:"), KEY) as secure,
        ):
            tasks: list[asyncio.Task[object]] = [asyncio.create_task(client.submit(NUMBER, CONTENT, flight=read))]
            await server.until(requests=1)
            tasks.append(asyncio.create_task(client.submit_many([NUMBER], CONTENT, flight=waiting)))
            tasks.append(asyncio.create_task(secure.submit(NUMBER, CONTENT, flight=connecting)))
            await silent.until(connections=1)
            assert [flight.phase for flight in (read, waiting, connecting)] == [
                Phase.STOOD,
                Phase.WAITING,
                Phase.CONNECTING,
            ]
            for task in tasks:
                task.cancel()
            for task in tasks:
                with pytest.raises(asyncio.CancelledError):
                    await task
        assert [flight.stood for flight in (read, waiting, connecting)] == [True, False, False]
        assert (len(server.requests), len(silent.requests)) == (1, 0)


async def test_after_closing_nothing_leaves() -> None:
    with RawServer(YES) as server:
        client = MittoClient(server.url, KEY)
        assert (await client.submit(NUMBER, CONTENT)).kind is ACCEPTED
        await client.aclose()
        await client.aclose()
        outcome = await client.submit(NUMBER, CONTENT)
        assert (outcome.kind, outcome.reason) == (NEVER_LEFT, "closed")
        assert len(server.requests) == 1


async def test_closing_cuts_what_is_under_way_and_leaves_it_in_doubt() -> None:
    with RawServer(raw.hang_after_reading) as server:
        client = MittoClient(server.url, KEY)
        task = asyncio.create_task(client.submit(NUMBER, CONTENT))
        await server.until(requests=1)
        await client.aclose()
        outcome = await task
    assert (outcome.kind, outcome.reason) == (IN_DOUBT, "closed")


@pytest.mark.parametrize(
    "key",
    ["", "   ", "a\r\nX-Evil: 1", "line\n", "tab\t", "nul\0", "del\x7f", "schlüssel", "ключ", "emoji😀", "sep\u2028"],
)
def test_a_key_that_no_header_can_hold_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        MittoClient("https://rest.mittoapi.com", key)
    assert caught.value.field == "key"
    assert not key.strip() or key not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"timeout": 0.0}, "timeout"),
        ({"timeout": -1.0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"connect_timeout": float("inf")}, "connect_timeout"),
        ({"format": "yaml"}, "format"),
        ({"max_connections": 0}, "max_connections"),
        ({"base_url": "http://rest.mittoapi.com"}, "base_url"),
    ],
)
def test_other_arguments_are_checked_as_well(arguments: dict[str, object], field: str) -> None:
    given = {"base_url": "https://rest.mittoapi.com", **arguments}
    with pytest.raises(InvalidInput) as caught:
        MittoClient(key=KEY, **given)  # type: ignore[arg-type]  # the point of the test
    assert caught.value.field == field


ECHOES = (
    answer(json.dumps({**SINGLE, "id": KEY, "responseText": f"key {KEY}"}).encode()),
    answer(f"no such key: {KEY}".encode(), 401, reason=f"no {KEY}", headers=(f"X-Key: {KEY}", f"Set-Cookie: k={KEY}")),
    answer(f"<html>{KEY}</html>".encode(), 502),
    answer(json.dumps({"responseCode": 77, "responseText": f"no {KEY}"}).encode(), 400),
    answer(b"", 302, headers=(f"Location: http://127.0.0.1/{KEY}",)),
    raw.half(f"{KEY}{KEY}".encode()),
    raw.sends(f"{KEY} is no HTTP\r\n\r\n".encode()),
    raw.sends(f"HTTP/1.1 200 OK\r\n{KEY}\r\n\r\n".encode()),
    raw.reset_after_reading,
)


async def test_the_key_is_nowhere(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every logger at its most talkative, asyncio in debug mode, and a server that repeats the key."""
    monkeypatch.setattr(logging.root, "level", logging.NOTSET)
    for name in ("httpx", "aiohttp", "aiohttp.client", "aiohttp.internal", "asyncio", "mitto_tui"):
        caplog.set_level(logging.DEBUG, name)
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.0
    seen: list[object] = []
    try:
        with RawServer(*ECHOES) as server:
            client = MittoClient(server.url, KEY)
            async with client:
                seen += [repr(client), str(client)]
                for _ in ECHOES:
                    seen.append(await client.submit(NUMBER, CONTENT))
            seen.append(await client.submit(NUMBER, CONTENT))
            assert len(server.requests) == len(ECHOES)
    finally:
        loop.set_debug(False)
    assert caplog.records
    everything = "\n".join(map(repr, seen)) + caplog.text + "".join(map(str, caplog.records))
    assert KEY not in everything
    assert KEY.split("/")[0] not in everything
    assert KEY.encode() not in pickle.dumps(seen)


async def test_a_fault_of_our_own_is_an_outcome_and_shows_no_secret(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError(f"headers: {KEY}")

    async with MittoClient("http://127.0.0.1:9", KEY) as client:
        monkeypatch.setattr(client._transport, "post", broken)
        outcome = await client.submit(NUMBER, CONTENT)
    assert (outcome.kind, outcome.reason) == (NEVER_LEFT, "unexpected")
    assert "RuntimeError" in caplog.text
    assert KEY not in caplog.text
    assert KEY not in repr(outcome)

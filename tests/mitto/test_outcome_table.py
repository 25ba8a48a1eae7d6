"""The table of docs/architecture.md, "The promise", against real sockets: /sms and /smsbulk, JSON and XML.

Every case also counts what the server saw: nothing goes out twice, and what never left was never there.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from mitto_tui.mitto.client import MittoClient
from mitto_tui.sms.submission import Outcome, OutcomeKind
from tests.mitto.bodies import BULK, CONTENT, ID, KEY, NUMBER, OTHER, OTHER_ID, SINGLE, render
from tests.servers import raw
from tests.servers.raw import Behaviour, RawServer, answer

ACCEPTED, REJECTED = OutcomeKind.ACCEPTED, OutcomeKind.REJECTED
UNAUTHORISED, SLOW_DOWN = OutcomeKind.UNAUTHORISED, OutcomeKind.SLOW_DOWN
NEVER_LEFT, IN_DOUBT = OutcomeKind.NEVER_LEFT, OutcomeKind.IN_DOUBT


@dataclass(frozen=True, slots=True)
class Way:
    """One of the four ways to submit."""

    form: str
    many: bool

    @property
    def path(self) -> str:
        return ("/smsbulk" if self.many else "/sms") + (".xml" if self.form == "xml" else "")

    @property
    def success(self) -> dict[str, object]:
        return BULK if self.many else SINGLE

    def body(self, fields: dict[str, object] | None = None) -> bytes:
        return render(self.success if fields is None else fields, self.form)

    async def submit(self, url: str, *, within: float = 20.0, connected_within: float = 20.0) -> list[Outcome]:
        async with MittoClient(url, KEY, timeout=within, connect_timeout=connected_within, format=self.form) as client:
            if self.many:
                return await client.submit_many([NUMBER, OTHER], CONTENT)
            return [await client.submit(NUMBER, CONTENT)]


WAYS = [Way(form, many) for form in ("json", "xml") for many in (False, True)]
Pack = Callable[[bytes], bytes]
ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.path)

Case = tuple[Callable[[Way], Behaviour], OutcomeKind, str]


def fields(kind: OutcomeKind, reason: str, status: int, **given: object) -> Case:
    """The server answers with these fields, in the way's own format."""
    return (lambda way: answer(way.body(given), status), kind, reason)


def success(
    kind: OutcomeKind, reason: str, status: int = 200, *headers: str, pack: Pack = bytes, **more: object
) -> Case:
    """The server says that it has accepted the message, in some dress."""
    return (lambda way: answer(pack(way.body({**way.success, **more})), status, headers=headers), kind, reason)


def fixed(kind: OutcomeKind, reason: str, behaviour: Behaviour) -> Case:
    return (lambda _way: behaviour, kind, reason)


def broken(kind: OutcomeKind, reason: str, make: Callable[[bytes], Behaviour]) -> Case:
    """What ``make`` makes of the body that would have said accepted."""
    return (lambda way: make(way.body()), kind, reason)


ANSWERS: dict[str, Case] = {
    "accepted": success(ACCEPTED, "accepted"),
    "accepted with 201": success(ACCEPTED, "accepted", 201),
    "accepted, compressed": success(ACCEPTED, "accepted", 200, "Content-Encoding: gzip", pack=gzip.compress),
    "accepted, with the code as a string": success(ACCEPTED, "accepted", responseCode="0"),
    "ids": fields(ACCEPTED, "accepted", 200, ids=[ID, OTHER_ID], responseCode=0),
    "unknown code": fields(REJECTED, "code_42", 200, responseCode=42),
    "unknown code with 400": fields(REJECTED, "code_42", 400, responseCode=42),
    "unknown code with 500": fields(IN_DOUBT, "http_500", 500, responseCode=42),
    "code 1": fields(IN_DOUBT, "code_1", 200, responseCode=1),
    "code 1 with 500": fields(IN_DOUBT, "code_1", 500, responseCode=1),
    "no id": fields(IN_DOUBT, "no_id", 200, responseCode=0),
    "no code": fields(IN_DOUBT, "no_code", 200, id=ID),
    "yes with 400": success(IN_DOUBT, "contradiction", 400),
    "yes with 500": success(IN_DOUBT, "http_500", 500),
    "yes, but too long": success(IN_DOUBT, "too_long", 200, padding="x" * 1_000_000),
    "401": fields(UNAUTHORISED, "http_401", 401, message="no"),
    "401 with nothing": fixed(UNAUTHORISED, "http_401", answer(b"", 401)),
    "403 with HTML": fixed(UNAUTHORISED, "http_403", answer(b"<html></html>", 403)),
    "429": fixed(SLOW_DOWN, "http_429", answer(b"slow", 429)),
    "500 with nothing": fixed(IN_DOUBT, "http_500", answer(b"", 500)),
    "502 with HTML": fixed(IN_DOUBT, "http_502", answer(b"<html>Bad gateway</html>", 502)),
    "503": fixed(IN_DOUBT, "http_503", answer(b"busy", 503, headers=("Retry-After: 3",))),
    "504": fixed(IN_DOUBT, "http_504", answer(b"", 504)),
    "404 with HTML": fixed(IN_DOUBT, "html", answer(b"<!doctype html><html></html>", 404)),
    "405 with text": fixed(IN_DOUBT, "unreadable", answer(b"Method Not Allowed", 405)),
    "HTML": fixed(IN_DOUBT, "html", answer(b"<html>Welcome to the hotel</html>", content_type="text/html")),
    "nothing": fixed(IN_DOUBT, "empty", answer(b"")),
    "204": fixed(IN_DOUBT, "empty", raw.sends(b"HTTP/1.1 204 No Content\r\n\r\n")),
    "text": fixed(IN_DOUBT, "unreadable", answer(b"OK")),
    "half an answer as a whole one": broken(IN_DOUBT, "unreadable", lambda body: answer(body[:-9])),
    "unknown compression": success(IN_DOUBT, "unreadable", 200, "Content-Encoding: klingon"),
    "compression bomb": success(
        IN_DOUBT, "too_long", 200, "Content-Encoding: gzip", pack=gzip.compress, padding=" " * 5_000_000
    ),
    **{
        f"redirect {status}": success(IN_DOUBT, "redirect", status, "Location: /sms/elsewhere")
        for status in (301, 302, 303, 307, 308)
    },
    "redirect to nowhere": success(IN_DOUBT, "redirect", 302, "Location: http://[::"),
    "not HTTP": fixed(IN_DOUBT, "not_http", raw.garbage),
    "endless header": fixed(IN_DOUBT, "not_http", raw.sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000)),
    "odd status": fixed(IN_DOUBT, "http_999", raw.sends(b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n")),
    "half a body": broken(IN_DOUBT, "half_body", raw.half),
    "half a body, then reset": broken(IN_DOUBT, "half_body", lambda body: raw.half(body, raw.reset)),
    "half a chunk": fixed(
        IN_DOUBT, "half_body", raw.sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n{")
    ),
    "a body until the end, cut": broken(
        IN_DOUBT, "unreadable", lambda body: raw.sends(b"HTTP/1.1 200 OK\r\n\r\n" + body[:-9])
    ),
    "half the headers": fixed(IN_DOUBT, "disconnected", raw.sends(b"HTTP/1.1 200 OK\r\nContent-")),
    "closed after reading": fixed(IN_DOUBT, "disconnected", raw.close_after_reading),
    "reset after reading": fixed(IN_DOUBT, "reset", raw.reset_after_reading),
    "50 MB": fixed(IN_DOUBT, "too_long", raw.flood(50_000_000)),
    "a body without end": fixed(IN_DOUBT, "too_long", raw.flood()),
}


@ways
@pytest.mark.parametrize("case", ANSWERS)
async def test_what_the_server_does_after_reading(way: Way, case: str) -> None:
    make, kind, reason = ANSWERS[case]
    with RawServer(make(way)) as server:
        outcomes = await way.submit(server.url)
        assert [(outcome.kind, outcome.reason) for outcome in outcomes] == [(kind, reason)] * len(outcomes)
        assert [request.path for request in server.requests] == [way.path]
        assert server.connections == 1
    for outcome in outcomes:
        assert outcome.detail.endswith(".")
        assert len(outcome.raw or "") <= 65_536
        assert KEY not in repr(outcome)
        assert (outcome.mitto_id is not None) or kind is not ACCEPTED


@ways
async def test_every_refusal_that_is_known(way: Way) -> None:
    """With each status it may come with, one after the other."""
    cases = [(code, status) for code in range(2, 10) for status in (200, 400, 422, 500)]
    answers = (answer(way.body({"responseCode": code, "responseText": "no"}), status) for code, status in cases)
    with RawServer(*answers) as server:
        for code, status in cases:
            for outcome in await way.submit(server.url):
                assert (outcome.kind, outcome.reason) == (REJECTED, f"code_{code}")
                assert (outcome.response_code, outcome.http_status, outcome.response_text) == (code, status, "no")
        assert [request.path for request in server.requests] == [way.path] * len(cases)


HANGS: dict[str, tuple[Behaviour, int | None, bool]] = {
    "before reading": (raw.hang_before_reading, None, False),
    "after reading": (raw.hang_after_reading, None, True),
    "in the headers": (raw.hang_in_headers, None, True),
    "after the headers": (raw.hang_after_headers, 200, True),
    "in the body": (raw.hang_mid_body, 200, True),
    "one octet of the headers at a time": (raw.trickle(raw.head(9), 0.05), None, True),
    "one octet of the body at a time": (raw.trickle(b" " * 999, 0.05, first=raw.head(999)), 200, True),
}


async def test_whenever_the_server_hangs_the_whole_request_ends_in_time_and_in_doubt() -> None:
    """All at once, since each takes its second."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(RawServer(behaviour)) for name, (behaviour, _, _) in HANGS.items()}
        started = time.monotonic()
        calls = {(name, way): way.submit(server.url, within=1.0) for name, server in servers.items() for way in WAYS}
        found = dict(zip(calls, await asyncio.gather(*calls.values()), strict=True))
        assert 1.0 <= time.monotonic() - started < 8.0
        for (name, _), outcomes in found.items():
            seen = {(outcome.kind, outcome.reason, outcome.http_status) for outcome in outcomes}
            assert seen == {(IN_DOUBT, "read_timeout", HANGS[name][1])}, name
        for name, server in servers.items():
            expected = sorted(way.path for way in WAYS) if HANGS[name][2] else []
            assert sorted(request.path for request in server.requests) == expected, name


@ways
@pytest.mark.parametrize("behaviour", [raw.close_before_reading, raw.close_at_first_octet, raw.reset_at_first_octet])
async def test_a_server_that_hangs_up_unread_leaves_doubt_all_the_same(way: Way, behaviour: Behaviour) -> None:
    with RawServer(behaviour) as server:
        outcomes = await way.submit(server.url)
        assert {outcome.kind for outcome in outcomes} == {IN_DOUBT}
        assert {outcome.reason for outcome in outcomes} <= {"disconnected", "reset"}
        assert server.requests == []
        assert server.connections == 1


@ways
async def test_refused(way: Way) -> None:
    with raw.refusing() as url:
        outcomes = await way.submit(url)
    assert {(outcome.kind, outcome.reason) for outcome in outcomes} == {(NEVER_LEFT, "connect_refused")}
    assert url.removeprefix("http://") in outcomes[0].detail


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux drops connections when the queue is full")
@pytest.mark.parametrize("limits", [{"connected_within": 0.3}, {"within": 0.3}], ids=str)
async def test_no_connection_in_time(limits: dict[str, float]) -> None:
    with raw.unanswering() as url:
        found = await asyncio.gather(*(way.submit(url, **limits) for way in WAYS))
    assert {(outcome.kind, outcome.reason) for outcomes in found for outcome in outcomes} == {
        (NEVER_LEFT, "connect_timeout")
    }


@ways
async def test_an_unknown_name(way: Way) -> None:
    outcomes = await way.submit("https://no-such-host.invalid")
    assert {(outcome.kind, outcome.reason) for outcome in outcomes} == {(NEVER_LEFT, "dns")}


@ways
@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (raw.speaks_first(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "tls"),
        (raw.speaks_first(b"\x15\x03\x03\x00\x02\x02\x28"), "tls"),
        (raw.close_before_reading, "tls"),
        (raw.close_at_first_octet, "tls"),
        (raw.reset_at_first_octet, "tls"),
    ],
    ids=["plain http", "TLS alert", "closes", "closes at the greeting", "resets at the greeting"],
)
async def test_no_tls(way: Way, behaviour: Behaviour, reason: str) -> None:
    with RawServer(behaviour) as server:
        outcomes = await way.submit(server.url.replace("http:", "https:"))
        assert {(outcome.kind, outcome.reason) for outcome in outcomes} == {(NEVER_LEFT, reason)}
        assert server.requests == []


async def test_no_tls_in_time() -> None:
    with RawServer(raw.hang_before_reading) as server:
        url = server.url.replace("http:", "https:")
        found = await asyncio.gather(*(way.submit(url, connected_within=0.5) for way in WAYS))
        assert server.requests == []
    assert {(outcome.kind, outcome.reason) for outcomes in found for outcome in outcomes} == {
        (NEVER_LEFT, "connect_timeout")
    }

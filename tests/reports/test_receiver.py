"""The receiver over real HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import zlib
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlencode

import httpx
import pytest

from mitto_tui.reports.receiver import BODY_LIMIT, ReceivedReport, ReportReceiver, new_receiver_token
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import ReportStatus

FIELDS = {"msgid": "d88ae721", "status": "DELIVERED", "receiver": "491725551234"}


class Shelf:
    """A store that keeps what it is given, in groups, and can be made to wait or fail."""

    def __init__(self) -> None:
        self.groups: list[Sequence[ReceivedReport]] = []
        self.begun = 0
        self.fail = False
        self.open = threading.Event()
        self.open.set()

    def receive(self, received: Sequence[ReceivedReport]) -> None:
        self.begun += len(received)
        self.open.wait(timeout=10)
        if self.fail:
            raise MittoTuiError("The disk is full.")
        self.groups.append(received)

    @property
    def received(self) -> list[ReceivedReport]:
        return [item for group in self.groups for item in group]


@pytest.fixture
async def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, timeout=10)


async def test_every_form_is_stored_as_it_came(client: httpx.AsyncClient) -> None:
    shelf, query = Shelf(), urlencode(FIELDS)
    async with client, ReportReceiver(shelf, new_receiver_token()) as receiver:
        answers = [
            await client.get(receiver.url, params=FIELDS),
            await client.post(receiver.url, data=FIELDS),
            await client.post(receiver.url, json=FIELDS),
            await client.post(receiver.url, json=[FIELDS, FIELDS]),
            await client.post(f"{receiver.url}?{query}"),
            await client.post(receiver.url, content=json.dumps(FIELDS)),
        ]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert [item.source for item in shelf.received] == ["GET", "POST form", *["POST JSON"] * 3, "POST", "POST JSON"]
    assert [item.raw for item in shelf.received[:2]] == [query] * 2
    assert [json.loads(item.raw) for item in shelf.received[2:5]] == [FIELDS] * 3
    assert {item.report.status for item in shelf.received} == {ReportStatus.DELIVERED}


async def test_what_an_array_holds_beside_reports_is_kept_once(client: httpx.AsyncClient) -> None:
    shelf = Shelf()
    async with client, ReportReceiver(shelf, new_receiver_token()) as receiver:
        assert (await client.post(receiver.url, json=[1, FIELDS, {"x": 2}, [FIELDS]])).status_code == 200
    kept = [(item.report.status, json.loads(f"[{item.raw}]")) for item in shelf.received]
    assert kept == [(ReportStatus.DELIVERED, [FIELDS]), (ReportStatus.UNKNOWN, [1, {"x": 2}, [FIELDS]])]


async def test_a_report_in_the_url_is_read_where_the_body_is_none(client: httpx.AsyncClient) -> None:
    shelf = Shelf()
    async with client, ReportReceiver(shelf, new_receiver_token()) as receiver:
        for body in ("{}", "posted by a gateway", "  "):
            url = f"{receiver.url}?msgid=abc&status=DELIVERED"
            assert (await client.post(url, content=body)).status_code == 200
    assert [(one.report.mitto_id, one.report.status) for one in shelf.received] == [("abc", ReportStatus.DELIVERED)] * 3
    assert [one.raw for one in shelf.received][:2] == [
        "?msgid=abc&status=DELIVERED {}",
        "?msgid=abc&status=DELIVERED posted by a gateway",
    ]


async def test_a_wrong_token_meets_nothing(client: httpx.AsyncClient) -> None:
    shelf, token = Shelf(), new_receiver_token()
    async with client, ReportReceiver(shelf, token) as receiver:
        base = receiver.url.removesuffix(token)
        for wrong in (base, base + "x", receiver.url + "x", base.removesuffix("reports/"), receiver.url + "/more"):
            for method in ("GET", "POST"):
                assert (await client.request(method, wrong, params=FIELDS)).status_code == 404
        assert (await client.put(receiver.url)).status_code == 405
    assert shelf.received == []


async def endless() -> AsyncIterator[bytes]:
    """Three million bytes, whose number nobody has said."""
    for _ in range(30):
        yield b"x" * 100_000


async def test_junk_is_kept_and_never_stops_the_receiver(client: httpx.AsyncClient) -> None:
    shelf = Shelf()
    async with client, ReportReceiver(shelf, new_receiver_token()) as receiver:
        for body in (b"{broken", b"[" * 100_000, b"\xff\xfe\x00", b'"text"'):
            assert (await client.post(receiver.url, content=body)).status_code == 200
        assert (await client.post(receiver.url, content=b"x" * (BODY_LIMIT + 1))).status_code == 413
        assert (await client.post(receiver.url, content=endless())).status_code == 413
        for value in (None, True, 10**400, 1e308, [FIELDS], {"a": FIELDS}, "\ud800", "\0"):
            wrong = json.dumps(dict.fromkeys(FIELDS, value) | {"errorcode": value, "sendtimestamp": value})
            assert (await client.post(receiver.url, content=wrong)).status_code == 200
        kept = len(shelf.received)
        assert (await client.post(receiver.url, content=b'{"a":' * 100_000)).status_code == 200
        assert (await client.get(receiver.url)).status_code == 200
        assert (await client.get(receiver.url, params=FIELDS)).status_code == 200
    assert [item.report.status for item in shelf.received[:4]] == [ReportStatus.UNKNOWN] * 4
    assert [item.report.status for item in shelf.received[kept:]] == [ReportStatus.UNKNOWN, ReportStatus.DELIVERED]
    assert shelf.received[0].raw == "{broken"


async def test_what_could_not_be_stored_is_not_acknowledged(client: httpx.AsyncClient) -> None:
    shelf = Shelf()
    async with client, ReportReceiver(shelf, new_receiver_token()) as receiver:
        shelf.fail = True
        answer = await client.get(receiver.url, params=FIELDS)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        shelf.fail = False
        assert (await client.get(receiver.url, params=FIELDS)).status_code == 200
    assert len(shelf.received) == 1


async def test_reports_that_come_together_are_stored_together(client: httpx.AsyncClient) -> None:
    shelf, told = Shelf(), list[int]()
    async with client, ReportReceiver(shelf, new_receiver_token(), on_stored=told.append) as receiver:
        shelf.open.clear()
        requests = [asyncio.create_task(client.get(receiver.url, params=FIELDS)) for _ in range(40)]
        async with asyncio.timeout(10):
            while shelf.begun + receiver.waiting < 40:  # noqa: ASYNC110 - the condition lies in another thread
                await asyncio.sleep(0.005)
        assert not any(request.done() for request in requests)
        shelf.open.set()
        assert {answer.status_code for answer in await asyncio.gather(*requests)} == {200}
    assert sum(map(len, shelf.groups)) == 40
    assert len(shelf.groups) <= 3
    assert sum(told) == 40


async def test_an_address_in_use_is_said_in_words() -> None:
    async with ReportReceiver(Shelf(), new_receiver_token()) as first:
        port = httpx.URL(first.url).port
        assert port is not None
        second = ReportReceiver(Shelf(), new_receiver_token(), port=port)
        with pytest.raises(MittoTuiError, match=f"can't listen on 127.0.0.1 port {port}"):
            await second.start()
        await second.aclose()


def test_only_loopback_is_loopback() -> None:
    def receiver(host: str) -> ReportReceiver:
        return ReportReceiver(Shelf(), "t", host=host)

    assert [receiver(host).is_loopback for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "example")] == [
        *[True] * 3,
        *[False] * 3,
    ]


async def test_a_listener_that_fails_does_not_stop_the_reports(client: httpx.AsyncClient) -> None:
    def broken(stored: int) -> None:
        raise RuntimeError("oops")

    shelf = Shelf()
    async with client, ReportReceiver(shelf, new_receiver_token(), on_stored=broken) as receiver:
        for _ in range(3):
            assert (await client.get(receiver.url, params=FIELDS)).status_code == 200
    assert len(shelf.received) == 3


async def test_a_compressed_body_is_read_and_a_small_one_that_is_large_is_not(client: httpx.AsyncClient) -> None:
    shelf, body = Shelf(), json.dumps(FIELDS).encode()
    raw = zlib.compressobj(wbits=-15)
    packed = [
        ("gzip", gzip.compress(body), 200),
        ("deflate", zlib.compress(body), 200),
        ("deflate", raw.compress(body) + raw.flush(), 200),
        ("gzip, identity", gzip.compress(body), 200),
        ("gzip", b"broken", 415),
        ("gzip", gzip.compress(body)[:-12], 415),
        ("br", body, 415),
        ("gzip", gzip.compress(b" " * 50_000_000), 413),
    ]
    async with client, ReportReceiver(shelf, new_receiver_token()) as receiver:
        for encoding, content, status in packed:
            answer = await client.post(receiver.url, content=content, headers={"Content-Encoding": encoding})
            assert answer.status_code == status, encoding
    assert [item.report.status for item in shelf.received] == [ReportStatus.DELIVERED] * 4


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-8-sig", "utf-32-be"])
async def test_json_in_any_unicode_is_read(client: httpx.AsyncClient, charset: str) -> None:
    shelf = Shelf()
    async with client, ReportReceiver(shelf, new_receiver_token()) as receiver:
        for content_type in ("application/json", f"application/json; charset={charset}"):
            body = json.dumps({**FIELDS, "reference": "Grüße"}, ensure_ascii=False).encode(charset)
            await client.post(receiver.url, content=body, headers={"Content-Type": content_type})
    assert [item.report.reference for item in shelf.received] == ["Grüße"] * 2


async def test_a_form_in_parts_is_read(client: httpx.AsyncClient) -> None:
    shelf = Shelf()
    async with client, ReportReceiver(shelf, new_receiver_token()) as receiver:
        parts = {name: (None, value) for name, value in FIELDS.items()}
        assert (await client.post(receiver.url, files=parts)).status_code == 200
        broken = {"Content-Type": "multipart/form-data; boundary=x"}
        assert (await client.post(receiver.url, content=b"nothing", headers=broken)).status_code == 200
    [whole, junk] = shelf.received
    assert (whole.report.status, whole.report.mitto_id) == (ReportStatus.DELIVERED, FIELDS["msgid"])
    assert (whole.source, junk.report.status, junk.raw) == ("POST multipart", ReportStatus.UNKNOWN, "nothing")

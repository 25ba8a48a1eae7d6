from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from mitto_tui.mitto.client import MittoClient
from mitto_tui.mitto.queries import ApiError, UsageRow
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.submission import OutcomeKind
from tests.mitto.bodies import ID, KEY
from tests.servers import raw
from tests.servers.raw import Behaviour, RawServer, answer

START, END = date(2026, 1, 1), date(2026, 1, 31)
DEU = UsageRow("DEU", 1200, Decimal("84.30"))
CHE = UsageRow("CHE", 3, Decimal("0.1"))


async def usage(behaviour: Behaviour) -> list[UsageRow]:
    with RawServer(behaviour) as server:
        async with MittoClient(server.url, KEY) as client:
            try:
                return await client.usage_by_country(START, END, "acme")
            finally:
                assert len(server.requests) == 1


async def converted(behaviour: Behaviour) -> None:
    with RawServer(behaviour) as server:
        async with MittoClient(server.url, KEY) as client:
            try:
                await client.converted(ID)
            finally:
                assert len(server.requests) == 1


async def test_what_is_asked() -> None:
    with RawServer(answer(b"[]"), answer(b'"OK"')) as server:
        async with MittoClient(f"{server.url}/v2", KEY, format="xml") as client:
            await client.usage_by_country(START, END, " acme ")
            await client.converted(f" {ID}\n")
        one, two = server.requests
    assert (one.path, json.loads(one.body)) == (
        "/v2/usage/bycountry",
        {"startDate": "2026-01-01", "endDate": "2026-01-31", "accountName": "acme"},
    )
    assert (two.path, json.loads(two.body)) == ("/v2/sms/converted", {"messageId": ID})
    assert {request.headers["accept"] for request in (one, two)} == {"application/json"}
    assert {request.headers["x-mitto-api-key"] for request in (one, two)} == {KEY}


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ('[{"country":"DEU","messagesCount":"1200","cost":"84.30"}]', [DEU]),
        ('[{"country":"DEU","messagesCount":1200,"cost":84.30}]', [DEU]),
        ('{"country":"DEU","messagesCount":1200.0,"cost":"84.30"}', [DEU]),
        (
            '[{"country":"CHE","messagesCount":3,"cost":0.1},{"country":"DEU","messagesCount":1200,"cost":84.3}]',
            [CHE, DEU],
        ),
        ('{"usage":[{"Country":" DEU ","MessagesCount":" 1200","Cost":" 84.30 "}],"total":1}', [DEU]),
        ("[]", []),
        ("{}", []),
        ("null", []),
    ],
)
async def test_usage_in_every_shape(body: str, rows: list[UsageRow]) -> None:
    assert await usage(answer(body.encode())) == rows


async def test_costs_are_exact() -> None:
    rows = await usage(answer(b'[{"country":"DEU","messagesCount":1,"cost":0.10000000000000000001}]'))
    assert rows[0].cost == Decimal("0.10000000000000000001")


@pytest.mark.parametrize(
    "body",
    [
        b"[1]",
        b'"OK"',
        b'[{"country":"DEU"}]',
        b'[{"country":"DEU","messagesCount":"many","cost":1}]',
        b'[{"country":"DEU","messagesCount":1.5,"cost":1}]',
        b'[{"country":"DEU","messagesCount":1,"cost":"NaN"}]',
        b'[{"country":"DEU","messagesCount":1,"cost":"1,5"}]',
        b'[{"country":null,"messagesCount":1,"cost":1}]',
        b'[{"country":"DEU","messagesCount":true,"cost":1}]',
        b'[{"country":"DEU","messagesCount":1e999999999,"cost":1}]',
        b"<html></html>",
        b"",
    ],
)
async def test_unreadable_usage_is_an_error_that_keeps_what_came(body: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        await usage(answer(body))
    assert caught.value.raw == body.decode()
    assert caught.value.reason == "unreadable"


@pytest.mark.parametrize("body", [b'"OK"', b'"ok"', b"OK", b" OK\n", b'\xef\xbb\xbf"OK"'])
async def test_a_conversion_is_confirmed(body: bytes) -> None:
    await converted(answer(body))


@pytest.mark.parametrize("body", [b"", b'"NO"', b"{}", b"[]", b"<html>OK</html>"])
async def test_a_conversion_without_ok_is_not_confirmed(body: bytes) -> None:
    with pytest.raises(ApiError):
        await converted(answer(body))


@pytest.mark.parametrize(
    ("behaviour", "kind", "reason", "says"),
    [
        (answer(b'"not enabled"', 400), OutcomeKind.REJECTED, "http_400", "not enabled for this account"),
        (answer(b'"No convertible message found"', 404), OutcomeKind.REJECTED, "http_404", "no message with this id"),
        (answer(b"gone \x1b[2J", 410), OutcomeKind.REJECTED, "http_410", "HTTP 410). Its words: gone ␛[2J"),
        (answer(b"", 401), OutcomeKind.UNAUTHORISED, "http_401", "refused the key"),
        (answer(b"", 403), OutcomeKind.UNAUTHORISED, "http_403", "allow list"),
        (answer(b"", 429), OutcomeKind.SLOW_DOWN, "http_429", "Try again later."),
        (answer(b"", 429, headers=("Retry-After: 9",)), OutcomeKind.SLOW_DOWN, "http_429", "Try again in 9 seconds."),
        (answer(b'"Internal error"', 500), OutcomeKind.IN_DOUBT, "http_500", "HTTP 500"),
        (answer(b"", 302), OutcomeKind.IN_DOUBT, "redirect", "another address"),
        (raw.half(b'"OK"'), OutcomeKind.IN_DOUBT, "half_body", "broke off"),
        (raw.close_after_reading, OutcomeKind.IN_DOUBT, "disconnected", "hung up"),
        (raw.flood(), OutcomeKind.IN_DOUBT, "too_long", "too long"),
    ],
)
async def test_what_goes_wrong_is_said_in_words(
    behaviour: Behaviour, kind: OutcomeKind, reason: str, says: str
) -> None:
    with pytest.raises(ApiError) as caught:
        await converted(behaviour)
    assert (caught.value.kind, caught.value.reason) == (kind, reason)
    assert says in str(caught.value)


async def test_no_connection_is_said_in_words() -> None:
    with raw.refusing() as url:
        async with MittoClient(url, KEY) as client:
            with pytest.raises(MittoTuiError, match="refused the connection") as caught:
                await client.usage_by_country(START, END, "acme")
    assert isinstance(caught.value, ApiError)
    assert (caught.value.kind, caught.value.raw) == (OutcomeKind.NEVER_LEFT, None)


async def test_an_echoed_key_is_in_no_error() -> None:
    for status in (200, 400, 410, 500):
        with pytest.raises(ApiError) as caught:
            await converted(answer(f"no {KEY}".encode(), status))
        assert KEY not in f"{caught.value}{caught.value.raw}{caught.value!r}"


async def test_what_can_be_known_to_be_wrong_is_not_asked() -> None:
    async with MittoClient("http://127.0.0.1:9", KEY) as client:
        for call, field in (
            (client.usage_by_country(END, START, "acme"), "since"),
            (client.usage_by_country(START, END, " "), "account"),
            (client.converted(" "), "mitto_id"),
        ):
            with pytest.raises(InvalidInput) as caught:
                await call
            assert caught.value.field == field

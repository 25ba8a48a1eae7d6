"""Both sides of the same wire: what the client asks, the simulator understands, and the other way round."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mitto_tui.mitto.client import MittoClient
from mitto_tui.mitto.simulator.server import Simulator
from mitto_tui.sms.submission import Content, OutcomeKind, WireType
from tests.mitto.bodies import KEY

NUMBER, OTHER = "4915550001234", "41795551234"
CONTENT = Content("MITTO", "Hello", WireType.GSM)


@pytest.fixture(params=["json", "xml"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[MittoClient]:
    async with Simulator(seed=1) as simulator, MittoClient(f"{simulator.url}/v2", KEY, format=request.param) as client:
        yield client


async def test_a_message_with_every_field(client: MittoClient) -> None:
    full = Content(
        sender="MITTO SMS",
        text="Grüße €",
        type=WireType.UNICODE,
        reference="Spring #1",
        validity=60,
        pid=0,
        udh="050003010201",
        flash=True,
        callback="http://127.0.0.1:9/report",
    )
    outcome = await client.submit(NUMBER, full)
    assert (outcome.kind, outcome.reason, outcome.http_status) == (OutcomeKind.ACCEPTED, "accepted", 200)
    assert (outcome.text_length, outcome.message_parts, outcome.test) == (7, 1, False)
    assert outcome.provider_time is not None
    assert abs(outcome.provider_time - datetime.now(UTC)) < timedelta(minutes=1)


async def test_many_recipients_each_with_an_id_of_its_own(client: MittoClient) -> None:
    outcomes = await client.submit_many([NUMBER, OTHER, NUMBER], CONTENT)
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * 3
    assert len({outcome.mitto_id for outcome in outcomes}) == 3


async def test_the_largest_request_that_a_profile_can_ask_for(client: MittoClient) -> None:
    numbers = [f"49172{5_000_000 + number}" for number in range(10_000)]
    outcomes = await client.submit_many(numbers, CONTENT)
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    assert len({outcome.mitto_id for outcome in outcomes}) == 10_000


@pytest.mark.parametrize(
    ("number", "content", "reason"),
    [
        ("123", CONTENT, "code_8"),
        (NUMBER, replace(CONTENT, text=""), "code_3"),
        (NUMBER, replace(CONTENT, text="Привет"), "code_4"),
        (NUMBER, replace(CONTENT, sender=""), "code_5"),
        (NUMBER, replace(CONTENT, sender="x"), "code_6"),
    ],
)
async def test_a_refusal(client: MittoClient, number: str, content: Content, reason: str) -> None:
    assert (await client.submit(number, content)).reason == reason
    assert [outcome.reason for outcome in await client.submit_many([number], content)] == [reason]


async def test_a_test_call(client: MittoClient) -> None:
    outcome = await client.submit(NUMBER, replace(CONTENT, test=True))
    assert (outcome.kind, outcome.test, outcome.message_parts) == (OutcomeKind.ACCEPTED, True, 0)


async def test_a_conversion_and_the_usage(client: MittoClient) -> None:
    outcome = await client.submit(NUMBER, CONTENT)
    assert outcome.mitto_id is not None
    await client.converted(outcome.mitto_id)
    today = datetime.now(UTC).date()
    rows = await client.usage_by_country(date(2020, 1, 1), today + timedelta(days=1), "acme")
    assert [(row.country, row.messages) for row in rows] == [("DEU", 1)]
    assert rows[0].cost > 0

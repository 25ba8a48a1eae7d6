"""Conversion tracking and usage per country."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from mitto_tui.mitto.simulator import AnswerProfile, Scenario
from mitto_tui.mitto.simulator.countries import _BY_PREFIX, UNKNOWN, country_of
from mitto_tui.mitto.simulator.ledger import Ledger
from tests.mitto.simulator.rehearsal import AT_ONCE, PERSON, rehearse

ALWAYS = {"startDate": "2000-01-01", "endDate": "2999-12-31", "accountName": "Any"}


async def test_an_accepted_message_converts() -> None:
    async with rehearse() as rehearsal:
        mitto_id = (await rehearsal.send()).data["id"]
        for spelt in (mitto_id, mitto_id.upper(), mitto_id.replace("-", "")):
            answer = await rehearsal.post("/sms/converted", {"messageId": spelt})
            assert (answer.status, answer.body) == (200, b'"OK"')
        for item in (await rehearsal.send_bulk([PERSON, PERSON])).data["messages"]:
            assert (await rehearsal.post("/v2/sms/converted.json", {"messageId": item["id"]})).status == 200


async def test_what_does_not_convert() -> None:
    async with rehearse() as rehearsal:
        tested = (await rehearsal.send(test=True)).data["id"]
        for unknown in (tested, str(uuid.uuid4()), "x", "-", "0_1" * 11, "٣" * 32, 'a"b'):
            answer = await rehearsal.post("/sms/converted", {"messageId": unknown})
            assert (answer.status, answer.data) == (404, f'No convertible message found for id "{unknown}"')
        for body in (b"{", {}, {"messageId": ""}, {"messageId": 5}):
            assert (await rehearsal.post("/sms/converted", body)).status == 400
        assert (await rehearsal.post("/sms/converted", {"messageId": "x"}, headers={})).status == 401


async def test_conversion_can_be_disabled() -> None:
    async with rehearse(Scenario(conversion=False, reports=AT_ONCE)) as rehearsal:
        answer = await rehearsal.post("/sms/converted", {"messageId": (await rehearsal.send()).data["id"]})
        assert answer.status == 400
        assert "not enabled" in answer.data


async def test_usage_counts_what_was_accepted_as_strings() -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.post("/usage/bycountry", ALWAYS)).data == []
        await rehearsal.send(text="x" * 161)
        await rehearsal.send_bulk([PERSON, "+41791234567", "12025550143", "999123456789"])
        await rehearsal.send("12")
        await rehearsal.send(test=True)
        assert (await rehearsal.post("/usage/bycountry", ALWAYS)).data == [
            {"country": "CHE", "messagesCount": "1", "cost": "0.0540"},
            {"country": "DEU", "messagesCount": "2", "cost": "0.2250"},
            {"country": "USA", "messagesCount": "1", "cost": "0.0080"},
            {"country": "XXX", "messagesCount": "1", "cost": "0.0500"},
        ]
        query = "&".join(f"{name}={value}" for name, value in ALWAYS.items())
        assert len((await rehearsal.post("/usage/bycountry?" + query, b"")).data) == 4
        assert b"<country>DEU</country>" in (await rehearsal.post("/usage/bycountry.xml", ALWAYS)).body


async def test_usage_is_by_day() -> None:
    async with rehearse() as rehearsal:
        await rehearsal.send()
        today = datetime.now(UTC).date()
        for first, last, countries in (
            (today - timedelta(days=1), today + timedelta(days=1), 1),
            (today - timedelta(days=9), today - timedelta(days=2), 0),
            (today + timedelta(days=2), today + timedelta(days=9), 0),
        ):
            asked = {"startDate": str(first), "endDate": str(last), "accountName": "Any"}
            assert len((await rehearsal.post("/usage/bycountry", asked)).data) == countries


@pytest.mark.parametrize(
    "wrong",
    [
        {"startDate": None},
        {"endDate": "2026-02-30"},
        {"startDate": "20260101"},
        {"startDate": "01/01/2026"},
        {"endDate": 20260101},
        {"accountName": ""},
        {"accountName": 5},
        {"startDate": "2999-12-31", "endDate": "2000-01-01"},
    ],
)
async def test_usage_wants_all_three_fields(wrong: dict[str, object]) -> None:
    async with rehearse() as rehearsal:
        answer = await rehearsal.post("/usage/bycountry", ALWAYS | wrong)
        assert answer.status == 400
        assert next(reversed(wrong)) in answer.data["responseText"]


async def test_ids_of_the_ids_profile_convert_too() -> None:
    async with rehearse(Scenario(profile=AnswerProfile.IDS)) as rehearsal:
        (mitto_id,) = (await rehearsal.send()).data["ids"]
        assert (await rehearsal.post("/sms/converted", {"messageId": mitto_id})).status == 200


def test_the_ledger_forgets_the_oldest_ids() -> None:
    ledger = Ledger()
    ids = [str(uuid.UUID(int=number)) for number in range(100_010)]
    for each in ids:
        ledger.accept(each, PERSON, 1)
    assert not any(map(ledger.knows, ids[:10]))
    assert all(map(ledger.knows, ids[10:]))
    assert ledger.usage(date.min, date.max) == [{"country": "DEU", "messagesCount": "100010", "cost": "7500.7500"}]


@pytest.mark.parametrize(
    ("digits", "alpha3"),
    [
        ("491721234567", "DEU"),
        ("12025550143", "USA"),
        ("79161234567", "RUS"),
        ("353851234567", "IRL"),
        ("33612345678", "FRA"),
        ("972501234567", "ISR"),
        ("97312345678", "XXX"),
        ("5", "XXX"),
        ("", "XXX"),
    ],
)
def test_countries(digits: str, alpha3: str) -> None:
    assert country_of(digits).alpha3 == alpha3


def test_the_table_of_countries_is_sound() -> None:
    assert len(_BY_PREFIX) >= 40
    assert len({country.alpha3 for country in _BY_PREFIX.values()}) == len(_BY_PREFIX)
    for prefix, country in _BY_PREFIX.items():
        assert country_of(prefix + "12345678") is country  # no prefix hides another
        assert len(country.alpha3) == 3
        assert country.alpha3.isupper()
        assert len(country.mcc) == 3
        assert len(country.mnc) in (2, 3)
        assert country.price > 0
    assert UNKNOWN.alpha3 == "XXX"

"""The shapes of answers: live, test calls, bulk, and the other profiles."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from mitto_tui.mitto.simulator import AnswerProfile, Scenario
from tests.mitto.simulator.rehearsal import AT_ONCE, PERSON, rehearse

OTHER = "4915112345678"


def check_id(text: object) -> str:
    assert isinstance(text, str)
    assert str(uuid.UUID(text)) == text
    assert uuid.UUID(text).version == 4
    return text


def check_timestamp(text: str) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", text)
    told = datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


async def test_a_single_answer_has_the_names_and_the_order_of_the_live_one() -> None:
    async with rehearse() as rehearsal:
        data = (await rehearsal.send("+" + PERSON, text="x" * 50)).data
        assert list(data) == ["id", "timestamp", "to", "responseCode", "textLength", "responseText", "messageParts"]
        check_id(data["id"])
        check_timestamp(data["timestamp"])
        assert (data["to"], data["responseCode"], data["textLength"], data["messageParts"]) == ("+" + PERSON, 0, 50, 1)
        assert data["responseText"] == "SMS sent"


@pytest.mark.parametrize(
    ("kind", "text", "length", "parts"),
    [
        ("GSM", "x" * 160, 160, 1),
        ("GSM", "x" * 161, 161, 2),
        ("GSM", "€" * 81, 81, 2),
        ("GSM", "x" * 307, 307, 3),
        ("Unicode", "x" * 71, 71, 2),
        ("Unicode", "👋" * 35, 70, 1),
        ("Unicode", "👋" * 36, 72, 2),
        ("auto", "ж" * 70, 70, 1),
        ("auto", "x" * 160, 160, 1),
        ("Binary", "00" * 140, 280, 1),
        ("Byte", "00" * 141, 282, 2),
    ],
)
async def test_length_and_parts(kind: str, text: str, length: int, parts: int) -> None:
    async with rehearse() as rehearsal:
        data = (await rehearsal.send(type=kind, text=text)).data
        assert (data["textLength"], data["messageParts"]) == (length, parts)


async def test_a_header_takes_room_and_a_contradictory_one_is_not_counted() -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.send(text="x" * 160, udh="050003CC0201")).data["messageParts"] == 2
        for udh in ("FF0003", "zz", "5"):
            assert (await rehearsal.send(text="x" * 160, udh=udh)).data["messageParts"] == 1


async def test_a_test_call_has_an_id_and_nothing_else_of_a_message() -> None:
    async with rehearse() as rehearsal:
        data = (await rehearsal.send(test=True)).data
        check_id(data["id"])
        assert (data["test"], data["responseCode"], data["textLength"], data["messageParts"]) == (True, 0, 0, 0)
        assert "to" not in data

        data = (await rehearsal.send_bulk([PERSON, OTHER], test=True)).data
        assert data["test"] is True
        assert [set(item) for item in data["messages"]] == [{"id", "timestamp", "textLength", "messageParts"}] * 2

        assert (await rehearsal.send("12", test=True)).code == 8
        assert rehearsal.simulator.accepted == 0
        assert await rehearsal.all_reports() == []


async def test_bulk_keeps_order_and_duplicates_and_takes_strings_too() -> None:
    async with rehearse() as rehearsal:
        data = (await rehearsal.send_bulk([PERSON, "+" + OTHER, PERSON])).data
        assert (data["responseCode"], data["responseText"]) == (0, "SMS sent")
        assert [item["to"] for item in data["messages"]] == [PERSON, OTHER, PERSON]
        assert len({check_id(item["id"]) for item in data["messages"]}) == 3
        for item in data["messages"]:
            assert list(item) == ["id", "timestamp", "to", "textLength", "messageParts"]
            check_timestamp(item["timestamp"])

        for to in (f"{PERSON},{OTHER}", f" +{PERSON} , {OTHER} "):
            data = (await rehearsal.post("/smsbulk", {"from": "MITTO", "to": to, "text": "x"})).data
            assert [item["to"] for item in data["messages"]] == [PERSON, OTHER]
        assert rehearsal.simulator.accepted == 7


async def test_one_bad_number_refuses_the_whole_bulk_call() -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.send_bulk([PERSON, "123"])).code == 8
        assert (await rehearsal.send_bulk([PERSON, ""])).code == 7
        assert rehearsal.simulator.accepted == 0


async def test_the_ids_profile() -> None:
    async with rehearse(Scenario(profile=AnswerProfile.IDS, reports=AT_ONCE)) as rehearsal:
        data = (await rehearsal.send()).data
        assert list(data) == ["ids", "timestamp", "responseCode", "responseText"]
        assert len(data["ids"]) == 1
        assert len((await rehearsal.send_bulk([PERSON, OTHER])).data["ids"]) == 2
        assert (await rehearsal.send(test=True)).data["test"] is True
        sent = {report["msgid"] for report in await rehearsal.all_reports()}
        assert data["ids"][0] in sent


async def test_the_spaced_profile() -> None:
    async with rehearse(Scenario(profile=AnswerProfile.SPACED)) as rehearsal:
        assert (await rehearsal.send(text="x" * 13)).data["textLength"] == " 13"
        data = (await rehearsal.send_bulk([PERSON], text="x" * 13)).data
        assert data["messages"][0]["textLength"] == " 13"
        assert (await rehearsal.send(test=True)).data["textLength"] == " 0"

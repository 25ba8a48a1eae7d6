"""The magic numbers: valid, documented, and each doing what the table says."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import phonenumbers
import pytest

from mitto_tui.mitto.simulator import MagicNumbers, ReportWord, Scenario
from mitto_tui.mitto.simulator.magic import OUTCOMES
from mitto_tui.mitto.simulator.scenario import MAGIC_PREFIX, FaultKind
from tests.mitto.simulator.rehearsal import AT_ONCE, MAGIC, PERSON, message, raw, raw_post, rehearse, until

DOCUMENT = Path(__file__).parents[3] / "docs" / "simulator.md"


def test_they_are_valid_mobile_numbers() -> None:
    for digits in range(100):
        number = phonenumbers.parse(f"+{MAGIC_PREFIX}{digits:02d}")
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


def test_the_document_lists_exactly_them() -> None:
    rows = re.findall(r"^\| \+49 171 39200 (\d\d) \| (.+) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert rows == [(digits, magic.outcome) for digits, magic in OUTCOMES.items()]


def test_every_fault_and_every_final_state_has_a_number() -> None:
    assert {magic.fault.kind for magic in OUTCOMES.values() if magic.fault} == set(FaultKind)
    outcomes = {magic.course.outcome for magic in OUTCOMES.values()}
    assert outcomes == {ReportWord.DELIVERED, ReportWord.UNDELIVERED, ReportWord.EXPIRED, None}


@pytest.mark.parametrize(
    ("digits", "statuses"),
    [
        ("00", ["SENT", "DELIVERED"]),
        ("01", ["SENT", "UNDELIVERED"]),
        ("02", ["SENT", "EXPIRED"]),
        ("03", ["BUFFERED", "SENT", "DELIVERED"]),
        ("04", ["SENT"]),
        ("05", []),
        ("06", ["SENT", "SENT", "DELIVERED", "DELIVERED"]),
        ("07", ["DELIVERED", "SENT"]),
        ("08", ["SENT", "DELIVERED"]),
        ("09", ["DELIVERED", "SENT", "DELIVERED"]),
        ("99", ["SENT", "DELIVERED"]),
        # Accepted, though the answer does not say so as it should.
        ("26", ["SENT", "DELIVERED"]),
        ("31", ["SENT", "DELIVERED"]),
        ("33", ["SENT", "DELIVERED"]),
        ("34", ["SENT", "DELIVERED"]),
        ("35", ["SENT", "DELIVERED"]),
        ("36", ["SENT", "DELIVERED"]),
        # Nothing accepted.
        ("18", []),
        ("20", []),
        ("24", []),
        ("25", []),
        ("27", []),
        ("28", []),
        ("30", []),
    ],
)
async def test_reports(digits: str, statuses: list[str]) -> None:
    async with rehearse() as rehearsal:
        answer = await raw(rehearsal.simulator, raw_post(_body(digits), headers="Connection: close\r\n"))
        reports = await rehearsal.all_reports()
        assert rehearsal.receiver.statuses == statuses
        assert rehearsal.simulator.accepted == (1 if statuses or digits == "05" else 0)
        assert {report["receiver"] for report in reports} <= {MAGIC + digits}
        if digits == "09":
            assert reports[0]["msgid"].encode() not in answer
            assert reports[0]["reference"] == ""
            assert reports[1]["msgid"] == reports[2]["msgid"] != reports[0]["msgid"]
        else:
            assert len({report["msgid"] for report in reports}) <= 1


@pytest.mark.parametrize("code", range(1, 10))
async def test_refusals(code: int) -> None:
    async with rehearse() as rehearsal:
        answer = await rehearsal.send(f"{MAGIC}1{code}")
        assert (answer.status, answer.code) == (200, code)
        assert "id" not in answer.data


async def test_a_refusal_with_an_unknown_code() -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.send(f"{MAGIC}10")).code == 42


@pytest.mark.parametrize(
    ("digits", "status", "retry_after", "again"),
    [
        ("20", 401, None, 401),
        ("21", 403, None, 403),
        ("22", 429, "1", 200),
        ("23", 429, None, 200),
        ("24", 429, None, 429),
        ("25", 500, None, 500),
        ("26", 500, None, 500),
        ("28", 502, None, 502),
    ],
)
async def test_statuses(digits: str, status: int, retry_after: str | None, again: int) -> None:
    async with rehearse() as rehearsal:
        answer = await rehearsal.send(MAGIC + digits)
        assert (answer.status, answer.headers.get("Retry-After")) == (status, retry_after)
        assert (await rehearsal.send(MAGIC + digits)).status == again


@pytest.mark.parametrize(("digits", "status"), [("27", 200), ("28", 502)])
async def test_html_pages(digits: str, status: int) -> None:
    async with rehearse() as rehearsal:
        answer = await rehearsal.send(MAGIC + digits)
        assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert answer.body.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("digits", ["30", "31"])
async def test_cut_connections_bring_nothing_at_all(digits: str) -> None:
    async with rehearse() as rehearsal:
        assert await raw(rehearsal.simulator, raw_post(_body(digits))) == b""
        with pytest.raises(aiohttp.ClientConnectionError):
            await rehearsal.send(MAGIC + digits)
        assert rehearsal.simulator.requests == 2


async def test_half_a_body() -> None:
    async with rehearse() as rehearsal:
        for path in ("/sms", "/sms.xml"):
            head, _, body = (await raw(rehearsal.simulator, raw_post(_body("33"), path))).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            assert 0 < len(body) == length // 2
        with pytest.raises(aiohttp.ClientPayloadError):
            await rehearsal.send(MAGIC + "33")


async def test_spoilt_single_answers() -> None:
    async with rehearse() as rehearsal:
        bare = (await rehearsal.send(MAGIC + "34")).data
        assert bare["responseCode"] == 0
        assert not bare.keys() & {"id", "ids"}
        assert (await rehearsal.send(MAGIC + "35", text="x" * 13)).data["textLength"] == " 13"
        assert len((await rehearsal.send(MAGIC + "36")).data["ids"]) == 1
        assert rehearsal.simulator.accepted == 3


async def test_spoilt_bulk_answers() -> None:
    async with rehearse() as rehearsal:
        missing = (await rehearsal.send_bulk([PERSON, MAGIC + "37", MAGIC + "00"])).data
        assert [item["to"] for item in missing["messages"]] == [PERSON, MAGIC + "00"]
        turned = (await rehearsal.send_bulk([PERSON, MAGIC + "38", MAGIC + "00"])).data
        assert [item["to"] for item in turned["messages"]] == [MAGIC + "00", MAGIC + "38", PERSON]
        bare = (await rehearsal.send_bulk([PERSON, MAGIC + "34"])).data
        assert not any("id" in item for item in bare["messages"])
        assert rehearsal.simulator.accepted == 8
        reports = await rehearsal.all_reports()
        assert len(reports) == 16
        told = {report["msgid"]: report["receiver"] for report in reports}
        assert all(told[item["id"]] == item["to"] for item in turned["messages"])


async def test_in_a_bulk_call_the_reports_go_by_each_number_and_a_refusal_goes_first() -> None:
    async with rehearse() as rehearsal:
        await rehearsal.send_bulk([MAGIC + "01", PERSON, MAGIC + "04"])
        final = {report["receiver"]: report["status"] for report in await rehearsal.all_reports()}
        assert final == {MAGIC + "01": "UNDELIVERED", PERSON: "DELIVERED", MAGIC + "04": "SENT"}

        assert (await rehearsal.send_bulk([MAGIC + "34", PERSON, MAGIC + "18", MAGIC + "25"])).code == 8
        assert rehearsal.simulator.accepted == 3


async def test_early_reports_come_before_the_answer() -> None:
    async with rehearse(Scenario(magic=MagicNumbers())) as rehearsal:  # with the usual waits
        answer = await rehearsal.send(MAGIC + "08")
        assert rehearsal.receiver.statuses == ["SENT", "DELIVERED"]
        assert {report["msgid"] for report in rehearsal.receiver.reports} == {answer.data["id"]}

        bulk = (await rehearsal.send_bulk([PERSON, MAGIC + "08"])).data
        early = rehearsal.receiver.reports[2:]
        assert {report["msgid"] for report in early} == {bulk["messages"][1]["id"]}
        assert len(early) == 2


async def test_a_slow_answer_comes_late_and_its_report_after_whoever_asked_has_gone() -> None:
    async with rehearse(Scenario(magic=MagicNumbers(slow=3600), reports=AT_ONCE)) as rehearsal:
        asked = asyncio.create_task(rehearsal.send(MAGIC + "32"))
        await until(lambda: rehearsal.simulator.accepted == 1)
        assert rehearsal.receiver.reports == []
        asked.cancel()
        await rehearsal.receiver.wait(2)
        assert rehearsal.receiver.statuses == ["SENT", "DELIVERED"]
    async with rehearse(Scenario(magic=MagicNumbers(slow=0.15))) as rehearsal:
        started = asyncio.get_running_loop().time()
        assert (await rehearsal.send(MAGIC + "32")).code == 0
        assert asyncio.get_running_loop().time() - started >= 0.15


async def test_the_prefix_can_be_another_one_or_none() -> None:
    async with rehearse(Scenario(magic=MagicNumbers(prefix="120255501"))) as rehearsal:
        assert (await rehearsal.send("+12025550118")).code == 8
        assert (await rehearsal.send(MAGIC + "18")).code == 0
    async with rehearse(Scenario(magic=MagicNumbers(prefix=""))) as rehearsal:
        assert (await rehearsal.send(MAGIC + "18")).code == 0
        assert (await rehearsal.send("1818181")).code == 0


async def test_longer_and_shorter_numbers_are_no_magic() -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.send(MAGIC + "180")).code == 0
        assert (await rehearsal.send(MAGIC + "1")).code == 0
        assert (await rehearsal.send("+" + MAGIC + "18")).code == 8


def _body(digits: str) -> bytes:
    return str(message(MAGIC + digits)).replace("'", '"').encode()

"""Fault rules: when they strike, how often, and what they do."""

from __future__ import annotations

import asyncio

import pytest

from mitto_tui.mitto.simulator import Endpoint, Fault, FaultKind, Rule, Scenario
from tests.mitto.simulator.rehearsal import AT_ONCE, KEY, MAGIC, PERSON, Rehearsal, message, raw, raw_post, rehearse

REFUSE = Fault(FaultKind.RESPONSE_CODE, code=9)
AUSTRIAN = "436641234567"


def faults(*rules: Rule) -> Scenario:
    return Scenario(faults=rules, reports=AT_ONCE)


async def codes_of(rehearsal: Rehearsal, *numbers: str) -> list[int]:
    return [(await rehearsal.send(number)).code for number in numbers]


async def test_by_recipient() -> None:
    rules = (
        Rule(Fault(FaultKind.RESPONSE_CODE, code=1), to=PERSON),
        Rule(Fault(FaultKind.RESPONSE_CODE, code=2), to_prefix="43", to_suffix="67"),
        Rule(Fault(FaultKind.RESPONSE_CODE, code=3), to_prefix="43"),
        Rule(Fault(FaultKind.RESPONSE_CODE, code=4), to_suffix="99"),
    )
    async with rehearse(faults(*rules)) as rehearsal:
        numbers = (PERSON, "+" + PERSON, PERSON[:-1], AUSTRIAN, "436641234560", "491721234599", "4366412345699")
        assert await codes_of(rehearsal, *numbers) == [1, 1, 0, 2, 3, 4, 3]
        assert (await rehearsal.send_bulk(["491721111111", "436641111111", PERSON])).code == 1


async def test_by_request_number_over_the_endpoints_of_the_rule() -> None:
    rule = Rule(REFUSE, requests=frozenset({2, 4}))
    async with rehearse(faults(rule)) as rehearsal:
        assert (await rehearsal.send()).code == 0
        await rehearsal.post("/usage/bycountry", {})
        await rehearsal.request("GET", "/sms")
        assert (await rehearsal.send_bulk([PERSON])).code == 9
        assert await codes_of(rehearsal, PERSON, PERSON, PERSON) == [0, 9, 0]


async def test_a_fault_by_request_number_comes_before_the_key() -> None:
    async with rehearse(faults(Rule(Fault(FaultKind.HTTP_500), requests=frozenset({1})))) as rehearsal:
        assert (await rehearsal.post("/sms", b"{", headers={})).status == 500
        assert (await rehearsal.post("/sms", b"{", headers={})).status == 401


async def test_a_cut_by_request_number_happens_before_the_body_is_read() -> None:
    cut = Fault(FaultKind.CUT_BEFORE_READING)
    async with rehearse(faults(Rule(cut, requests=frozenset({1})))) as rehearsal:
        # The body never comes: were it waited for, so would be the end of the connection.
        head = f"POST /sms HTTP/1.1\r\nHost: x\r\nX-Mitto-API-Key: {KEY}\r\nContent-Length: 1000\r\n\r\n"
        assert await raw(rehearsal.simulator, head.encode()) == b""
        assert rehearsal.simulator.journal[0].body == b""
        assert (await rehearsal.send()).code == 0
        assert rehearsal.simulator.accepted == 1


async def test_a_cut_by_recipient_processes_nothing() -> None:
    cut = Fault(FaultKind.CUT_BEFORE_READING)
    async with rehearse(faults(Rule(cut, to=PERSON))) as rehearsal:
        body = b'{"from": "MITTO", "to": "%s", "text": "x"}' % PERSON.encode()
        assert await raw(rehearsal.simulator, raw_post(body)) == b""
        assert rehearsal.simulator.journal[0].body == body
        assert rehearsal.simulator.accepted == 0
        assert await rehearsal.all_reports() == []


async def test_times_bound_the_run_and_per_number_each_number() -> None:
    rules = (Rule(REFUSE, to_prefix="49", times=2), Rule(REFUSE, per_number=1, to_prefix="43"))
    async with rehearse(faults(*rules)) as rehearsal:
        assert await codes_of(rehearsal, PERSON, "491721111111", PERSON) == [9, 9, 0]
        assert await codes_of(rehearsal, AUSTRIAN, "436641111111", AUSTRIAN, "436641111111") == [9, 9, 0, 0]


async def test_the_first_rule_that_applies_strikes_and_goes_before_magic() -> None:
    rules = (Rule(Fault(FaultKind.RESPONSE_CODE, code=1), times=1), Rule(REFUSE, to_prefix=MAGIC))
    async with rehearse(faults(*rules)) as rehearsal:
        assert await codes_of(rehearsal, MAGIC + "18", MAGIC + "18", MAGIC + "00") == [1, 9, 9]


async def test_by_probability_strikes_that_share() -> None:
    async with rehearse(faults(Rule(REFUSE, probability=0.25))) as rehearsal:
        codes = await codes_of(rehearsal, *(f"4917212{number:05d}" for number in range(400)))
        assert set(codes) == {0, 9}
        assert codes.count(9) == 104  # by the seed; 100 is the mean
    async with rehearse(faults(Rule(REFUSE, probability=0.0))) as rehearsal:
        assert set(await codes_of(rehearsal, *[PERSON] * 20)) == {0}
    async with rehearse(faults(Rule(REFUSE, probability=1.0))) as rehearsal:
        assert set(await codes_of(rehearsal, *[PERSON] * 20)) == {9}


async def test_probability_gives_the_same_number_another_chance() -> None:
    async with rehearse(faults(Rule(REFUSE, probability=0.5))) as rehearsal:
        assert set(await codes_of(rehearsal, *[PERSON] * 30)) == {0, 9}


async def test_other_endpoints_have_their_faults_too() -> None:
    everywhere = frozenset({Endpoint.CONVERTED, Endpoint.USAGE})
    rules = (
        Rule(Fault(FaultKind.HTTP_429, retry_after=7), requests=frozenset({1}), endpoints=everywhere),
        Rule(Fault(FaultKind.HTTP_500), requests=frozenset({2}), endpoints=everywhere),
        Rule(Fault(FaultKind.HTML_BODY), times=1, endpoints=everywhere),
    )
    async with rehearse(faults(*rules)) as rehearsal:
        assert (await rehearsal.send()).code == 0
        slowed = await rehearsal.post("/usage/bycountry", {})
        assert (slowed.status, slowed.headers["Retry-After"]) == (429, "7")
        assert (await rehearsal.post("/sms/converted", {"messageId": "x"})).status == 500
        assert (await rehearsal.post("/sms/converted", {"messageId": "x"})).body.startswith(b"<!DOCTYPE html>")
        assert (await rehearsal.post("/sms/converted", {"messageId": "x"})).status == 404


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault(FaultKind.HTTP_500, accepted=True), 500), (Fault(FaultKind.HTML_BODY, accepted=True), 200)],
)
async def test_an_accepted_message_behind_an_error_is_reported(fault: Fault, status: int) -> None:
    async with rehearse(faults(Rule(fault, to=PERSON))) as rehearsal:
        answer = await rehearsal.send()
        assert answer.status == status
        assert rehearsal.simulator.accepted == 1
        await rehearsal.all_reports()
        assert rehearsal.receiver.statuses == ["SENT", "DELIVERED"]
        assert (await rehearsal.send(type="Morse")).status == status  # refused behind the same error
        assert rehearsal.simulator.accepted == 1


async def test_partial_bulk_answers_lack_the_last_items_or_the_matching_ones() -> None:
    numbers = [PERSON, AUSTRIAN, "491721111111", "436641111111"]
    rules = (
        Rule(Fault(FaultKind.PARTIAL_BULK, drop=3), times=1),
        Rule(Fault(FaultKind.PARTIAL_BULK), to_prefix="43", times=1),
        Rule(Fault(FaultKind.PARTIAL_BULK, drop=9), times=1),
    )
    async with rehearse(faults(*rules)) as rehearsal:
        expected: tuple[list[str], ...] = (numbers[:1], [numbers[0], numbers[2]], [], numbers)
        for there in expected:
            data = (await rehearsal.send_bulk(numbers)).data
            assert data["responseCode"] == 0
            assert [item["to"] for item in data["messages"]] == there
        assert rehearsal.simulator.accepted == 16


async def test_what_spoils_an_answer_leaves_the_checks_alone() -> None:
    rules = (
        Rule(Fault(FaultKind.NO_ID), times=1),
        Rule(Fault(FaultKind.WRONG_ORDER), times=1),
        Rule(Fault(FaultKind.SLOW, seconds=0.05), times=1),
    )
    async with rehearse(faults(*rules)) as rehearsal:
        for _ in rules:
            assert (await rehearsal.send("12")).code == 8
        started = asyncio.get_running_loop().time()
        assert (await rehearsal.send()).code == 0
        assert asyncio.get_running_loop().time() - started < 5
        assert rehearsal.simulator.accepted == 1


async def test_latency_holds_every_answer_back() -> None:
    async with rehearse(Scenario(latency=0.08, reports=AT_ONCE)) as rehearsal:
        loop = asyncio.get_running_loop()
        for body in (message(), b"{"):
            started = loop.time()
            await rehearsal.post("/sms", body)
            assert loop.time() - started >= 0.08

"""The same seed gives the same run; another seed another one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from typing import Any

from mitto_tui.mitto.simulator import Fault, FaultKind, Rule, Scenario, Simulator
from mitto_tui.mitto.simulator.chance import Chance
from tests.mitto.simulator.rehearsal import AT_ONCE, Rehearsal, rehearse

NUMBERS = [f"4917212{number:05d}" for number in range(60)]
MIXED = Scenario(
    reports=replace(AT_ONCE, undelivered=1, expired=1, buffered=0.5, duplicate=0.3, orphan=0.2, missing=0.1),
    faults=(Rule(Fault(FaultKind.HTTP_500), probability=0.2),),
)


async def run_in_turn(rehearsal: Rehearsal) -> tuple[list[Any], dict[str, list[str]]]:
    answers = [(await rehearsal.send(number)).data for number in NUMBERS]
    for answer in answers:
        answer.pop("timestamp", None)
    return answers, await fates(rehearsal)


async def fates(rehearsal: Rehearsal) -> dict[str, list[str]]:
    """What was reported about each number, in order."""
    told = defaultdict(list)
    for report in await rehearsal.all_reports():
        told[report["receiver"]].append(report["status"])
    return told


async def test_a_run_repeats_with_its_seed() -> None:
    runs = []
    for seed in (7, 7, 8):
        async with rehearse(MIXED, seed=seed) as rehearsal:
            runs.append(await run_in_turn(rehearsal))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


async def test_what_becomes_of_a_number_does_not_depend_on_the_order_of_arrival() -> None:
    async with rehearse(MIXED, seed=7) as rehearsal:
        _, expected = await run_in_turn(rehearsal)
    async with rehearse(MIXED, seed=7) as rehearsal:
        await asyncio.gather(*(rehearsal.send(number) for number in reversed(NUMBERS)))
        assert await fates(rehearsal) == expected


async def test_without_a_seed_runs_differ_and_the_seed_can_be_asked_for() -> None:
    async with rehearse(MIXED, seed=None) as rehearsal:
        seed = rehearsal.simulator.seed
        first = await run_in_turn(rehearsal)
    async with rehearse(MIXED, seed=seed) as rehearsal:
        assert await run_in_turn(rehearsal) == first
    assert len({Simulator().seed for _ in range(8)}) > 1


def test_ids_do_not_depend_on_anything_else_that_is_drawn() -> None:
    plain, busy = Chance(3), Chance(3)
    expected = [plain.new_id() for _ in range(5)]
    drawn = []
    for _ in range(5):
        busy.stray_id()
        busy.latency((0, 1))
        busy.draw("491721234567", busy.seen("491721234567"), "course").number()
        drawn.append(busy.new_id())
    assert drawn == expected
    assert len(set(expected)) == 5
    assert Chance(3).stray_id() not in expected


def test_the_count_of_requests_for_a_number_is_bounded() -> None:
    chance = Chance(1)
    assert [chance.seen("1"), chance.seen("1"), chance.seen("2")] == [1, 2, 1]
    for number in range(70_000):
        chance.seen(f"49{number}")
    assert chance.seen("49069999") == 1
    assert chance.seen("4969999") == 2
    assert chance.seen("1") == 1  # forgotten

"""Every fault of a server at every place of a campaign, in both endpoints: the right status for each number."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import Callable

import pytest

from mitto_tui.sms.campaign import CampaignLimits, CampaignState
from mitto_tui.sms.status import Status
from tests.campaigns import faults
from tests.campaigns.desk import Desk
from tests.campaigns.faults import FAULTS, Asked, Fault
from tests.campaigns.lists import numbers
from tests.servers import behaviours, taking
from tests.servers.raw import RawServer

TO = numbers(7)
ENDPOINTS = {"sms": 1, "smsbulk": 3}
"""By endpoint, how many go in a request: the last chunk of seven has one."""
PLACES: dict[str, Callable[[int], int]] = {
    "first": lambda _: 0,
    "middle": lambda requests: requests // 2,
    "last": lambda requests: requests - 1,
}


async def one(desk: Desk, endpoint: str, place: str, fault: Fault, *, within: float) -> str:
    """A campaign whose server behaves like this at one request; what is wrong afterwards, or nothing."""
    chunk = ENDPOINTS[endpoint]
    chunks = [TO[begin : begin + chunk] for begin in range(0, len(TO), chunk)]
    where = PLACES[place](len(chunks))
    asked = Asked(chunks[where], bulk=chunk > 1)
    limits = CampaignLimits(chunk=chunk, in_flight=1, max_rejected=1.0)
    campaign = await asyncio.to_thread(desk.approved, TO, limits, personalised=chunk == 1)
    turns = [taking.take] * where + [fault.make(asked), taking.take]
    with RawServer(*turns) as server:
        state = await desk.send(campaign, server.url, within=within)
        first = Counter(number for request in list(server.requests) for number in taking.asked(request))
    expected = dict.fromkeys(TO, Status.ACCEPTED) | dict(zip(asked.numbers, fault.statuses(asked), strict=True))
    after = [number for later in chunks[where + 1 :] for number in later]
    posts = dict.fromkeys(TO, 1)
    if fault.pauses:
        expected |= dict.fromkeys([*asked.numbers, *after], Status.QUEUED)
        posts |= dict.fromkeys(after, 0)
    elif fault.again:
        posts |= dict.fromkeys(asked.numbers, 2)
    unread = {number for number in asked.numbers if first[number] == 0 and expected[number] is Status.IN_DOUBT}
    posts |= dict.fromkeys(unread, 0)
    found = {to: row.status for to, row in desk.messages_of(campaign.id).items()}
    if fault.early and all(first[number] for number in asked.numbers):
        expected |= dict.fromkeys(asked.numbers, Status.ACCEPTED)
    kept = desk.get(campaign.id)
    wanted = (CampaignState.PAUSED, fault.pauses) if fault.pauses else (CampaignState.FINISHED, "")
    problems = []
    if found != expected:
        problems.append(f"statuses {[found[to].value for to in TO]}, not {[expected[to].value for to in TO]}")
    if dict(first) != {to: count for to, count in posts.items() if count}:
        problems.append(f"posts {[first[to] for to in TO]}, not {[posts[to] for to in TO]}")
    if (state, kept.state, kept.reason.value if kept.reason else "") != (wanted[0], *wanted):
        problems.append(f"{state}, {kept.state}, {kept.reason}: {kept.detail}")
    if fault.pauses:
        if not kept.detail.endswith("."):
            problems.append(f"no sentence: {kept.detail!r}")
        with RawServer(taking.take) as server:
            await desk.send(kept, server.url, within=within)
            second = Counter(number for request in server.requests for number in taking.asked(request))
        if dict(second) != dict.fromkeys([*asked.numbers, *after], 1):
            problems.append(f"resumed posts {dict(second)}")
        if {row.status for row in desk.messages_of(campaign.id).values()} != {Status.ACCEPTED}:
            problems.append("not all accepted after it was resumed")
    return "; ".join(problems)


async def all_of(
    desk: Desk, cases: list[tuple[str, str, str]], *, within: float, at_once: int, record_property: Callable[..., None]
) -> None:
    """All these cases, ``at_once`` at a time."""
    turn = asyncio.Semaphore(at_once)

    async def case(endpoint: str, place: str, name: str) -> str:
        async with turn:
            return await one(desk, endpoint, place, FAULTS[name], within=within)

    found = await asyncio.gather(*(case(*each) for each in cases))
    record_property("campaigns", len(cases))
    wrong = {each: problem for each, problem in zip(cases, found, strict=True) if problem}
    print(f"\n{len(cases)} campaigns of {len(TO)} numbers against faults, {len(wrong)} wrong")
    assert not wrong, "\n".join(f"{' '.join(each)}: {problem}" for each, problem in wrong.items())


def cases(endpoint: str, place: str, *, slow: bool) -> list[tuple[str, str, str]]:
    return [
        (endpoint, place, name) for name, fault in FAULTS.items() if fault.slow is slow and fault.only in ("", endpoint)
    ]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_each_number_has_its_right_status(
    desk: Desk, endpoint: str, place: str, record_property: Callable[..., None]
) -> None:
    await all_of(desk, cases(endpoint, place, slow=False), within=20.0, at_once=4, record_property=record_property)


@pytest.mark.parametrize("place", PLACES)
async def test_a_server_that_takes_its_time(desk: Desk, place: str, record_property: Callable[..., None]) -> None:
    """All at once, since each takes the whole of the client's patience, or of the server's."""
    both = [case for endpoint in ENDPOINTS for case in cases(endpoint, place, slow=True)]
    await all_of(desk, both, within=1.5, at_once=len(both), record_property=record_property)


def test_every_behaviour_of_the_server_is_among_the_faults() -> None:
    source = inspect.getsource(faults)
    own = behaviours.__name__
    known = {name for name, thing in vars(behaviours).items() if getattr(thing, "__module__", "") == own}
    unused = {name for name in known - faults.HELPERS if f"does.{name}" not in source}
    assert not unused

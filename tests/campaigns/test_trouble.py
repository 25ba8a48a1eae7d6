"""A full disk, a locked database, a clock that jumps, a program that sleeps: no double send, no loss, a clear word."""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from mitto_tui.sending import points
from mitto_tui.sending.campaign import CampaignRun
from mitto_tui.sending.points import Point
from mitto_tui.sms.campaign import CampaignLimits, CampaignState
from mitto_tui.sms.status import Status
from tests.campaigns import lists
from tests.campaigns.desk import Desk, until
from tests.campaigns.lives import Lives
from tests.campaigns.program import Order
from tests.servers.counting import CountingServer, Reply, Submission

SINGLE = CampaignLimits(chunk=1, in_flight=4)
BULK = CampaignLimits(chunk=5, in_flight=2)
both = pytest.mark.parametrize("limits", [SINGLE, BULK], ids=["sms", "smsbulk"])


def ready(home: Path, limits: CampaignLimits, count: int = 40) -> int:
    """A campaign on this home, ready to be sent by any program."""
    with Desk(home) as desk:
        return desk.approved(lists.numbers(count), limits, personalised=limits.chunk == 1).id


def check_all_once(home: Path, campaign: int, server: CountingServer, *, count: int = 40) -> None:
    """Everybody got it, nobody twice."""
    found = lists.stored(home, campaign)
    assert lists.by_status(found.values()) == {"accepted": count}
    assert server.posted == dict.fromkeys(lists.numbers(count), 1)
    assert {to: message.mitto_id for to, message in found.items()} == {post.to: post.mitto_id for post in server.posts}


# -- the store fails --------------------------------------------------------------------------------------------------


@both
def test_a_full_disk_that_is_given_room_again(lives: Lives, tmp_path: Path, limits: CampaignLimits) -> None:
    """The answers that came meanwhile are kept, and not one is lost."""
    campaign = ready(tmp_path, limits)
    with CountingServer(latency=0.004) as server:
        order = Order(str(tmp_path), server.url, campaign=campaign, at=Point.CLAIMED, nth=4, then="full")
        life = lives.begin(order)
        life.until_seen("There is no room left")
        life.signal(signal.SIGUSR1)
        assert life.result()["state"] == "finished"
        check_all_once(tmp_path, campaign, server)
    word = next(word for word in life.seen if "room" in word)
    assert word.startswith("There is no room left to store anything in ")
    assert word.endswith("Make room, then try again.")
    assert re.search("The answers for [0-9]+ messages are kept", word)


@both
def test_killed_while_the_disk_is_full(lives: Lives, tmp_path: Path, limits: CampaignLimits) -> None:
    """Nothing more goes out than what was claimed, and that much is in doubt."""
    campaign = ready(tmp_path, limits)
    with CountingServer() as server:
        life = lives.begin(Order(str(tmp_path), server.url, campaign=campaign, at=Point.CLAIMED, nth=4, then="full"))
        life.until_said("full")
        life.until_seen("There is no room left")
        life.kill()
        assert life.wait() == -signal.SIGKILL
        claimed = lists.unfinished(tmp_path)
        assert 0 < claimed <= limits.in_flight * limits.chunk
        before = server.posted
        assert lives.begin(Order(str(tmp_path), server.url, campaign=campaign)).result()["state"] == "finished"
        assert max(server.posted.values()) == 1
    found = lists.stored(tmp_path, campaign)
    assert lists.by_status(found.values()) == {"accepted": 40 - claimed, "in_doubt": claimed}
    assert {to for to, message in found.items() if message.status == "in_doubt"} <= set(before)


@both
async def test_another_process_keeps_the_database_locked(lives: Lives, tmp_path: Path, limits: CampaignLimits) -> None:
    """For five times as long as we wait for it. Sending stands still, says why, and goes on by itself."""
    first = 4
    locked: list[bool] = []

    def decide(submission: Submission) -> Reply:
        return Reply(delay=0.0 if submission.number < first or locked else None)

    with Desk(tmp_path, busy_timeout=0.3) as desk, CountingServer(decide) as server:
        campaign = desk.approved(lists.numbers(40), limits, personalised=limits.chunk == 1)
        runs: list[CampaignRun] = []
        sending = asyncio.create_task(desk.send(campaign, server.url, on_begun=runs.append))
        await asyncio.to_thread(server.until, lambda: len(server.submissions) > first)
        holder = await asyncio.to_thread(lives.begin, Order(str(tmp_path), "", lock=True))
        await asyncio.to_thread(holder.until_said, "locked")
        begun = asyncio.get_running_loop().time()
        locked.append(True)
        server.release()
        await until(lambda: "kept" in runs[0].progress.phase.sentence)
        word = runs[0].progress.phase.sentence
        await until(lambda: asyncio.get_running_loop().time() - begun > 1.5)
        assert len(server.submissions) <= first + limits.in_flight
        holder.kill()
        assert await sending is CampaignState.FINISHED
        check_all_once(tmp_path, campaign.id, server)
    assert word.startswith(f"Another program has kept the database {desk.database.path} locked for more than 0.3 s")
    assert re.search("The answers for [0-9]+ messages are kept", word)
    assert "Close the other program" in word


# -- clocks -----------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("hours", [-1.0, 1.0], ids=["set back an hour", "set forward an hour"])
async def test_a_clock_that_jumps_in_flight(desk: Desk, limits: CampaignLimits, hours: float) -> None:
    campaign = desk.approved(lists.numbers(40), limits, personalised=limits.chunk == 1)
    jumped: list[int] = []

    def decide(submission: object) -> Reply:
        if len(server.submissions) == 3 and not jumped:
            desk.clock.turn(hours)
            jumped.append(len(server.submissions))
        return Reply(delay=0.002)

    with CountingServer(decide) as server:
        assert await desk.send(campaign, server.url) is CampaignState.FINISHED
        check_all_once(desk.home, campaign.id, server)
    assert jumped


@pytest.mark.parametrize("chunk", [1, 5])
@pytest.mark.parametrize(("point", "nth"), [(Point.STORING, 2), (Point.STORED, 3), (Point.CLAIMED, 3)])
async def test_an_hour_asleep_before_the_request_leaves(
    desk: Desk, chunk: int, point: Point, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By then another program may have called the claim abandoned, and its user have said more: it must not leave."""
    limits = CampaignLimits(chunk=chunk, in_flight=1)
    campaign = desk.approved(lists.numbers(40), limits, personalised=chunk == 1)
    reached = Counter[Point]()
    given_up: list[int] = []

    def sleep_through(at: Point) -> None:
        reached[at] += 1
        if at is not point or reached[at] != nth:
            return
        desk.clock.turn(1)
        with Desk(desk.home, owner="other") as other:
            other.clock.ahead = desk.clock.ahead
            given_up.extend(other.messages.abandoned(lambda owner: True, other.clock()))
            for message in given_up:
                assert other.messages.assume_sent(message, other.clock()) is Status.ASSUMED_SENT

    with CountingServer() as server:
        monkeypatch.setattr(points, "on_reached", sleep_through)
        assert await desk.send(campaign, server.url) is CampaignState.FINISHED
        posted = server.posted
    assert len(given_up) == chunk
    late = {row.to for row in desk.messages_of(campaign.id).values() if row.id in given_up}
    statuses = {to: row.status for to, row in desk.messages_of(campaign.id).items()}
    if point is Point.STORING:  # it had left before, and what came of it is stored now
        late = set()
    assert posted == dict.fromkeys([to for to in lists.numbers(40) if to not in late], 1)
    assert statuses == dict.fromkeys(lists.numbers(40), Status.ACCEPTED) | dict.fromkeys(late, Status.ASSUMED_SENT)


# -- a program that is stopped for an hour -----------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 5])
@pytest.mark.parametrize(
    ("point", "nth"), [(Point.CLAIMED, 3), (Point.STORED, 3), (Point.ANSWERED, 3), (Point.STORING, 2)]
)
def test_a_program_that_sleeps_for_an_hour_while_another_one_goes_on(
    lives: Lives, tmp_path: Path, chunk: int, point: Point, nth: int
) -> None:
    """What the sleeper had claimed is in doubt for others; when it wakes, it sends nothing of that any more.

    One request at a time, so that it is known what it was doing: between its last look at the clock and the first octet
    there is always a moment, in which another request could be caught.
    """
    limits = CampaignLimits(chunk=chunk, in_flight=1)
    campaign = ready(tmp_path, limits)
    with CountingServer() as server:
        order = Order(str(tmp_path), server.url, campaign=campaign, at=point, nth=nth, then="stop", hours=1)
        sleeper = lives.begin(order)
        sleeper.until_said("stopping")
        server.until(lambda: server.pending == 0)
        asleep = lists.stored(tmp_path, campaign)
        claimed = {to for to, message in asleep.items() if not message.finished}
        before = server.posted
        assert len(claimed) == chunk
        with Desk(tmp_path, owner="other") as other:
            other.clock.ahead = timedelta(hours=1)
            lost = other.messages.abandoned(lambda owner: True, other.clock())
            assert len(lost) == chunk
            state = asyncio.run(other.send(other.get(campaign), server.url))
            assert state is CampaignState.FINISHED
        meanwhile = lists.stored(tmp_path, campaign)
        assert {to for to, message in meanwhile.items() if message.status == "in_doubt"} == claimed
        sleeper.signal(signal.SIGCONT)
        assert sleeper.result()["state"] == "finished"
        posted = server.posted
    # What it had sent has its answer now; what it had not, it kept.
    unsent = claimed - set(before)
    assert unsent == (claimed if point in (Point.CLAIMED, Point.STORED) else set())
    assert posted == dict.fromkeys([to for to in lists.numbers(40) if to not in unsent], 1)
    statuses = {to: message.status for to, message in lists.stored(tmp_path, campaign).items()}
    assert statuses == dict.fromkeys(lists.numbers(40), "accepted") | dict.fromkeys(unsent, "in_doubt")

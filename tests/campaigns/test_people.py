"""What people and Mitto do meanwhile: opt-outs, another key, reports that come late, two programs at once."""

from __future__ import annotations

import asyncio
import json
import random
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from mitto_tui.sending import points
from mitto_tui.sending.campaign import CampaignRun
from mitto_tui.sending.points import Point
from mitto_tui.sms.campaign import CampaignLimits, CampaignState, PauseReason
from mitto_tui.sms.status import Status
from mitto_tui.storage.campaigns import Campaign
from mitto_tui.storage.errors import CampaignNotAllowed
from mitto_tui.workspace.workspace import Workspace
from tests.campaigns import lists
from tests.campaigns.desk import Desk, until
from tests.campaigns.lives import Lives
from tests.campaigns.program import Order
from tests.servers.counting import CountingServer, Post, Reply, Submission
from tests.servers.ports import refusing

SINGLE = CampaignLimits(chunk=1, in_flight=4)
BULK = CampaignLimits(chunk=5, in_flight=2)
both = pytest.mark.parametrize("limits", [SINGLE, BULK], ids=["sms", "smsbulk"])


async def approved(workspace: Workspace, limits: CampaignLimits, count: int = 40) -> Campaign:
    saved = lists.save(workspace.campaigns, lists.numbers(count), personalised=limits.chunk == 1)
    return await workspace.runs.approve(saved.id, limits)


def environ(home: Path, url: str, key: str = "a-key") -> dict[str, str]:
    return {"MITTO_TUI_HOME": str(home), "MITTO_API_KEY": key, "MITTO_BASE_URL": url}


# -- two programs at once ---------------------------------------------------------------------------------------------


@both
def test_two_programs_work_on_one_campaign(
    lives: Lives, tmp_path: Path, limits: CampaignLimits, record_property: Callable[..., None]
) -> None:
    """The server answers nobody until both have sent something: neither can do it all."""
    count = 200
    with Desk(tmp_path) as desk:
        campaign = desk.approved(lists.numbers(count), limits, personalised=limits.chunk == 1).id
    gate: list[bool] = []

    def decide(submission: Submission) -> Reply:
        return Reply(delay=0.002 if gate else None)

    with CountingServer(decide) as server:
        order = Order(str(tmp_path), server.url, campaign=campaign)
        first, second = lives.begin(order), lives.begin(order)
        server.until(lambda: len(server.submissions) >= 2 * limits.in_flight)
        gate.append(True)
        server.release()
        results = [first.result(), second.result()]
        posted = server.posted
        requests = len(server.submissions)
    shares = lists.owners(tmp_path)
    print(f"\n{len(posted)} numbers in {requests} requests, by two programs: {sorted(shares.values())}")
    record_property("shares", sorted(shares.values()))
    assert posted == dict.fromkeys(lists.numbers(count), 1)
    assert len(shares) == 2
    assert shares.total() == count
    assert min(shares.values()) >= limits.in_flight * limits.chunk
    assert "finished" in {result["state"] for result in results}
    found = lists.stored(tmp_path, campaign)
    assert lists.by_status(found.values()) == {"accepted": count}
    assert {to: message.mitto_id for to, message in found.items()} == {post.to: post.mitto_id for post in server.posts}
    with Desk(tmp_path) as desk:
        assert desk.get(campaign).state is CampaignState.FINISHED


# -- opt-outs, keys ---------------------------------------------------------------------------------------------------


@both
async def test_who_opts_out_while_it_is_paused_gets_nothing(tmp_path: Path, limits: CampaignLimits) -> None:
    with CountingServer(lambda _: Reply(delay=0.01)) as server:
        async with await Workspace.open(environ=environ(tmp_path, server.url)) as workspace:
            campaign = await approved(workspace, limits)
            run = await workspace.runs.start(campaign.id)
            await asyncio.to_thread(server.until, lambda: len(server.submissions) >= 2)
            run.pause()
            paused = await run.wait()
            assert (paused.state, paused.reason) == (CampaignState.PAUSED, PauseReason.PERSON)
            before = server.posted
            left = [to for to in lists.numbers(40) if to not in before]
            assert len(left) >= 20
            leaving = [left[0], left[7], left[-1]]
            for to in leaving:
                workspace.opt_outs.add(workspace.profile.name, to, workspace.now(), "a test")
            finished = await (await workspace.runs.start(campaign.id)).wait()
            assert finished.state is CampaignState.FINISHED
            counts = await workspace.runs.counts(campaign.id)
        assert counts == {Status.ACCEPTED: 37, Status.SKIPPED: 3}
        assert server.posted == dict.fromkeys([to for to in lists.numbers(40) if to not in leaving], 1)
    found = lists.stored(tmp_path, campaign.id)
    assert {to for to, message in found.items() if message.status == "skipped"} == set(leaving)


@both
async def test_a_key_that_is_refused_in_the_middle(tmp_path: Path, limits: CampaignLimits) -> None:
    """What was refused is queued, and goes out with the right key: all of it, once."""

    def decide(submission: Submission) -> Reply:
        refused = submission.key == "old" and submission.number >= 3
        return Reply(401, None, delay=0.002) if refused else Reply(delay=0.002)

    with CountingServer(decide) as server:
        async with await Workspace.open(environ=environ(tmp_path, server.url, "old")) as workspace:
            campaign = await approved(workspace, limits)
            paused = await (await workspace.runs.start(campaign.id)).wait()
            assert (paused.state, paused.reason) == (CampaignState.PAUSED, PauseReason.UNAUTHORISED)
            assert "allow list" in paused.detail
            counts = await workspace.runs.counts(campaign.id)
            assert counts == {
                Status.ACCEPTED: len(server.taken),
                Status.QUEUED: 40 - len(server.taken),
            }
            assert len(server.submissions) <= 3 + 2 * limits.in_flight
        async with await Workspace.open(environ=environ(tmp_path, server.url, "new")) as workspace:
            finished = await (await workspace.runs.start(campaign.id)).wait()
            assert finished.state is CampaignState.FINISHED
            assert await workspace.runs.counts(campaign.id) == {Status.ACCEPTED: 40}
        assert server.taken == dict.fromkeys(lists.numbers(40), 1)


# -- nobody there -----------------------------------------------------------------------------------------------------


@both
async def test_mitto_is_away_for_a_while(
    tmp_path: Path, limits: CampaignLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What never left is queued and goes out when Mitto is back: all of it, once, and nothing is in doubt."""
    monkeypatch.setattr("mitto_tui.sending.watch._BACKOFF", 0.05)

    def decide(submission: Submission) -> Reply:
        if submission.number == 3:
            server.leave()
        return Reply()

    with CountingServer(decide) as server, Desk(tmp_path) as desk:
        campaign = desk.approved(lists.numbers(40), limits, personalised=limits.chunk == 1)
        runs: list[CampaignRun] = []
        sending = asyncio.create_task(desk.send(campaign, server.url, on_begun=runs.append))
        await until(lambda: server.away and bool(runs) and runs[0].progress.counts.get(Status.QUEUED, 0) > 0)
        server.come_back()
        assert await sending is CampaignState.FINISHED
        assert server.posted == dict.fromkeys(lists.numbers(40), 1)
        assert {row.status for row in desk.messages_of(campaign.id).values()} == {Status.ACCEPTED}


@both
async def test_nobody_is_there(tmp_path: Path, limits: CampaignLimits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitto_tui.sending.watch._BACKOFF", 0.05)
    with Desk(tmp_path) as desk:
        campaign = desk.approved(lists.numbers(40), limits, personalised=limits.chunk == 1)
        with refusing() as url:
            assert await desk.send(campaign, url) is CampaignState.PAUSED
        kept = desk.get(campaign.id)
        assert kept.reason is PauseReason.UNREACHABLE
        assert url.removeprefix("http://") in kept.detail
        assert "still queued" in kept.detail
        rows = desk.messages_of(campaign.id).values()
        assert {row.status for row in rows} == {Status.QUEUED}
        # A round is what was under way at once, then one request at a time.
        assert sum(row.attempts for row in rows) <= (limits.in_flight + 3) * limits.chunk
        with CountingServer() as server:
            assert await desk.send(kept, server.url) is CampaignState.FINISHED
            assert server.posted == dict.fromkeys(lists.numbers(40), 1)


# -- stopped ----------------------------------------------------------------------------------------------------------


@both
async def test_stopped_in_its_tracks_again_and_again(
    tmp_path: Path, limits: CampaignLimits, monkeypatch: pytest.MonkeyPatch, record_property: Callable[..., None]
) -> None:
    """What has not left is queued again and goes out later; what may have been read never does."""
    stops, count = 20, 300
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    latency = random.Random(seed + 1)
    runs: list[CampaignRun] = []
    loop = asyncio.get_running_loop()
    stop_at: int | Point | None = None

    def decide(submission: Submission) -> Reply:
        reached(submission.number)
        return Reply(delay=latency.uniform(0, 0.003))

    def reached(what: int | Point) -> None:
        nonlocal stop_at
        if what == stop_at:
            stop_at = None
            loop.call_soon_threadsafe(runs[-1].stop)

    monkeypatch.setattr(points, "on_reached", reached)
    with Desk(tmp_path) as desk, CountingServer(decide) as server:
        campaign = desk.approved(lists.numbers(count), limits, personalised=limits.chunk == 1)
        stopped = 0
        for _ in range(stops):
            stop_at = chance.choice([*Point, len(server.submissions), len(server.submissions) + 1])
            state = await desk.send(campaign, server.url, on_begun=runs.append)
            if state is CampaignState.FINISHED:
                break
            stopped += 1
            await asyncio.to_thread(server.until, lambda: server.pending == 0)
            rows = desk.messages_of(campaign.id).values()
            assert Status.SENDING not in {row.status for row in rows}
        else:
            stop_at = None
            assert await desk.send(campaign, server.url, on_begun=runs.append) is CampaignState.FINISHED
        posted, truth = server.posted, {post.to: post for post in server.posts}
        rows = desk.messages_of(campaign.id).values()
    counts = Counter(row.status.value for row in rows)
    again = sum(row.attempts > 1 for row in rows)
    print(f"\n{stopped} stops, seed {seed}: {dict(counts)}, {again} in more than one attempt, {len(posted)} posted")
    record_property("stops", dict(counts))
    assert max(posted.values()) == 1
    assert set(counts) <= {"accepted", "in_doubt"}
    assert {row.mitto_id for row in rows if row.status is Status.ACCEPTED} == {
        truth[row.to].mitto_id for row in rows if row.status is Status.ACCEPTED
    }
    assert set(posted) | {row.to for row in rows if row.status is Status.IN_DOUBT} == set(lists.numbers(count))
    assert counts["in_doubt"] <= stopped * limits.in_flight * limits.chunk


# -- reports ----------------------------------------------------------------------------------------------------------


def report(url: str, **fields: str) -> None:
    body = json.dumps(fields).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


@both
async def test_an_answer_after_our_timeout_and_then_a_report(tmp_path: Path, limits: CampaignLimits) -> None:
    """In doubt, until Mitto's report settles it: delivered, once, and only those that it is about."""

    def decide(submission: Submission) -> Reply:
        return Reply(delay=None if submission.number == 1 else 0.0)

    with CountingServer(decide) as server:
        async with await Workspace.open(environ=environ(tmp_path, server.url)) as workspace:
            workspace.override(timeout=0.7)
            campaign = await approved(workspace, limits, 20)
            finished = await (await workspace.runs.start(campaign.id)).wait()
            assert finished.state is CampaignState.FINISHED
            late = [post for post in server.posts if post.request == 1]
            assert await workspace.runs.counts(campaign.id) == {
                Status.ACCEPTED: 20 - len(late),
                Status.IN_DOUBT: len(late),
            }
            server.release()  # too late: nobody listens any more
            receiver = workspace.receiver(port=0)
            await receiver.start()
            try:
                for post in late[:-1] or late:
                    for _ in range(2):  # Mitto may say it twice
                        await asyncio.to_thread(report, receiver.url, **said_of(post))
                with pytest.raises(CampaignNotAllowed, match="nothing of it is left to send"):
                    await (await workspace.runs.start(campaign.id)).wait()
                still = late[len(late[:-1] or late) :]
                assert (
                    await workspace.runs.counts(campaign.id)
                    == Counter(
                        {
                            Status.ACCEPTED: 20 - len(late),
                            Status.DELIVERED: len(late) - len(still),
                            Status.IN_DOUBT: len(still),
                        }
                    )
                    - Counter[Status]()
                )
            finally:
                await receiver.aclose()
        assert server.posted == dict.fromkeys(lists.numbers(20), 1)
    found = lists.stored(tmp_path, campaign.id)
    assert {found[post.to].attempts for post in late} == {1}
    assert {found[post.to].status for post in late if post not in still} == {"delivered"}


def said_of(post: Post) -> dict[str, str]:
    return {"msgid": post.mitto_id, "status": "DELIVERED", "reference": post.reference, "receiver": f"+{post.to}"}

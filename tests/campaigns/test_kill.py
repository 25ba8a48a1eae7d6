"""Kill -9 at random moments, at every named point, and while the server is reading: nothing twice, nothing lost."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mitto_tui.sending.points import Point
from mitto_tui.sms.campaign import CampaignLimits
from mitto_tui.workspace.workspace import Workspace
from tests.campaigns import lists
from tests.campaigns.desk import Desk
from tests.campaigns.lives import Life, Lives
from tests.campaigns.program import Order
from tests.servers.counting import CountingServer, Reply, Submission

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 and fork are POSIX")

COUNT = 300


@dataclass(frozen=True, slots=True)
class Way:
    """How a campaign goes out, and how it is killed: how often at random, at each point, and inside the server."""

    personalised: bool
    limits: CampaignLimits
    at_random: int
    at_points: int
    in_server: int


WAYS = {
    "sms": Way(True, CampaignLimits(chunk=1, in_flight=4, max_rejected=1.0), at_random=16, at_points=3, in_server=6),
    "smsbulk": Way(
        False, CampaignLimits(chunk=4, in_flight=2, max_rejected=1.0), at_random=8, at_points=2, in_server=4
    ),
}


class Killing:
    """Campaigns of 300, killed again and again: another one begins where little is left of the last."""

    def __init__(self, lives: Lives, home: Path, server: CountingServer, way: Way, chance: random.Random) -> None:
        self._lives, self._home, self._server, self._way, self._chance = lives, home, server, way, chance
        self.campaigns: list[int] = []
        self.kills: Counter[str] = Counter()
        self.in_flight: list[int] = []
        """Messages claimed and without a stored outcome at each kill."""

    async def approve(self) -> None:
        """Another campaign, to other numbers."""
        environ = {"MITTO_TUI_HOME": str(self._home), "MITTO_API_KEY": "a-key", "MITTO_BASE_URL": self._server.url}
        async with await Workspace.open(environ=environ) as workspace:
            to = lists.numbers(COUNT, COUNT * len(self.campaigns))
            saved = lists.save(workspace.campaigns, to, personalised=self._way.personalised)
            await workspace.runs.approve(saved.id, self._way.limits)
        self.campaigns.append(saved.id)

    def order(self, **more: Any) -> Order:
        if lists.queued(self._home, self.campaigns[-1]) < 40 * self._way.limits.chunk:
            self.finish()
            asyncio.run(self.approve())
        return Order(str(self._home), self._server.url, campaign=self.campaigns[-1], **more)

    def finish(self) -> None:
        """What is left of it, in peace."""
        order = Order(str(self._home), self._server.url, campaign=self.campaigns[-1])
        if lists.queued(self._home, order.campaign):
            assert self._lives.begin(order).result()["state"] == "finished"

    def kill(self, how: Callable[[], Life], word: str) -> None:
        """A life and its end. Where it was faster than its death, and finished, it doesn't count."""
        life = how()
        while life.wait() != -signal.SIGKILL:
            assert life.result()["state"] == "finished"
            life = how()
        self._server.until(lambda: self._server.pending == 0)
        self.kills[word] += 1
        # Looked at before anybody opens the store again.
        self.in_flight.append(lists.unfinished(self._home))

    def at_a_point(self, point: Point) -> Life:
        return self._lives.begin(self.order(at=point.value, nth=self._chance.randint(1, 5)))

    def in_the_server(self) -> Life:
        """When it has read a request, and before it does anything with it."""
        order = self.order()
        begun = threading.Event()
        target: list[Life] = []
        first = len(self._server.submissions) + self._chance.randint(0, 5)

        def kill(submission: Submission) -> None:
            if submission.number == first:
                assert begun.wait(10)
                target[0].kill()
                self._server.on_read = None

        self._server.on_read = kill
        target.append(self._lives.begin(order))
        begun.set()
        return target[0]

    def at_random(self) -> Life:
        """A few milliseconds after some request."""
        order = self.order()
        wanted = len(self._server.submissions) + self._chance.randint(1, 6)
        life = self._lives.begin(order)
        self._server.until(lambda: len(self._server.submissions) >= wanted)
        threading.Event().wait(self._chance.uniform(0, 0.004))
        life.kill()
        return life


@pytest.mark.parametrize("name", WAYS)
def test_killed_again_and_again(lives: Lives, tmp_path: Path, name: str, record_property: Callable[..., None]) -> None:
    way = WAYS[name]
    seed = random.randrange(1 << 32)
    chance, latency = random.Random(seed), random.Random(seed + 1)

    def decide(submission: Submission) -> Reply:
        return Reply(code=8 if submission.number % 11 == 5 else 0, delay=latency.uniform(0.0, 0.004))

    with CountingServer(decide) as server:
        killing = Killing(lives, tmp_path, server, way, chance)
        asyncio.run(killing.approve())
        turns = [("random", killing.at_random)] * way.at_random + [("server", killing.in_the_server)] * way.in_server
        turns += [(point.value, partial(killing.at_a_point, point)) for point in Point] * way.at_points
        chance.shuffle(turns)
        for word, how in turns:
            killing.kill(how, word)
        killing.finish()
        posts = list(server.posts)

    messages: dict[str, lists.Stored] = {}
    for campaign in killing.campaigns:
        messages |= lists.stored(tmp_path, campaign)
    counts = lists.by_status(messages.values())
    bound = way.limits.in_flight * way.limits.chunk
    posted = Counter(post.to for post in posts)
    truth = {post.to: post for post in posts}
    doubtful = {to for to, message in messages.items() if message.status == "in_doubt"}
    numbers = {
        "endpoint": name,
        "seed": seed,
        "campaigns": len(killing.campaigns),
        "kills": killing.kills.total(),
        **killing.kills,
        "numbers": len(messages),
        "posts": len(posts),
        **counts,
        "of these taken": sum(truth[to].taken for to in doubtful & truth.keys()),
        "in flight at the kills": sum(killing.in_flight),
        "bound": killing.kills.total() * bound,
    }
    print("\n" + ", ".join(f"{word} {number}" for word, number in numbers.items()))
    record_property("kills", numbers)
    assert killing.kills.total() == len(turns)
    assert list(messages) == lists.numbers(COUNT * len(killing.campaigns)), "somebody is lost"
    assert max(posted.values()) == 1, "somebody was sent to twice"
    assert set(counts) <= {"accepted", "rejected", "in_doubt"}
    for to in messages.keys() - doubtful:
        post, message = truth[to], messages[to]
        assert message.status == ("accepted" if post.taken else "rejected")
        assert message.mitto_id == (post.mitto_id if post.taken else None)
        assert post.text == lists.text_for(to, personalised=way.personalised)
    assert max(killing.in_flight) <= bound
    assert len(doubtful) == sum(killing.in_flight)


@pytest.mark.parametrize("name", WAYS)
def test_one_of_two_programs_is_killed(lives: Lives, tmp_path: Path, name: str) -> None:
    """The other one sends all that nobody had claimed, and says the truth about the rest when it is through."""
    way = WAYS[name]
    bound = way.limits.in_flight * way.limits.chunk
    with CountingServer(lambda _: Reply(delay=None if held else 0.001)) as server:
        held = True
        killing = Killing(lives, tmp_path, server, way, random.Random())
        asyncio.run(killing.approve())
        first = lives.begin(killing.order())
        server.until(lambda: server.pending == way.limits.in_flight)
        second = lives.begin(killing.order())
        server.until(lambda: server.pending == 2 * way.limits.in_flight)
        first.kill()
        assert first.wait() == -signal.SIGKILL
        held = False
        server.release()
        result = second.result()
        posted = server.posted
    assert result["state"] == "finished"
    assert result["counts"] == {"accepted": COUNT - bound, "in_doubt": bound}
    assert posted == dict.fromkeys(lists.numbers(COUNT), 1)


def test_killed_while_it_is_approved(lives: Lives, tmp_path: Path) -> None:
    """Twice, in the middle of a long list. Then it is sent: to everybody, once, in the list's order."""
    count = 25_000
    limits = CampaignLimits(chunk=1000, in_flight=4)
    with Desk(tmp_path) as desk:
        campaign = lists.save(desk.campaigns, lists.numbers(count), personalised=False).id
    with CountingServer() as server:
        made = [0]
        for nth in (1, 2):  # the second life begins by saying how far the first came
            order = Order(
                str(tmp_path), server.url, campaign=campaign, at="approving", nth=nth, approve=limits.as_json()
            )
            assert lives.begin(order).wait() == -signal.SIGKILL
            made.append(lists.made(tmp_path, campaign))
        assert sorted({*made, count}) == [*made, count]
        assert server.submissions == []
        assert lives.begin(Order(str(tmp_path), server.url, campaign=campaign)).result()["state"] == "finished"
        assert server.posted == dict.fromkeys(lists.numbers(count), 1)
    found = lists.stored(tmp_path, campaign)
    assert list(found) == lists.numbers(count)
    assert lists.by_status(found.values()) == {"accepted": count}

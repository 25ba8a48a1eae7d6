"""The rate limit: how many pass, and what the others are told."""

from __future__ import annotations

from itertools import pairwise

import pytest

from mitto_tui.mitto.simulator import RateLimit, Scenario
from mitto_tui.mitto.simulator.ratelimit import RateLimiter
from tests.mitto.simulator.rehearsal import AT_ONCE, rehearse


async def test_requests_above_the_limit_get_429() -> None:
    limited = Scenario(rate_limit=RateLimit(0.01, burst=3), reports=AT_ONCE)
    async with rehearse(limited) as rehearsal:
        answers = [await rehearsal.send() for _ in range(5)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
        assert not any("Retry-After" in answer.headers for answer in answers)
        assert answers[-1].data["responseText"]
        assert rehearsal.simulator.accepted == 3
        # The key comes first, and costs nothing of the limit.
        assert (await rehearsal.post("/sms", b"{", headers={})).status == 401


async def test_retry_after_says_how_long_to_wait() -> None:
    async with rehearse(Scenario(rate_limit=RateLimit(0.01, retry_after=True))) as rehearsal:
        assert (await rehearsal.send()).status == 200
        assert (await rehearsal.send()).headers["Retry-After"] == "100"


def test_the_limiter_lets_exactly_its_rate_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    limiter = RateLimiter(RateLimit(50))
    passed: list[float] = []
    for step in range(4000):  # a request each millisecond, for four seconds
        now = 1000.0 + step / 1000
        if not limiter.wait():
            passed.append(now)
    assert 50 + 4 * 50 - 1 <= len(passed) <= 50 + 4 * 50
    later = [at for at in passed if at >= 1001]
    assert all(after - before == pytest.approx(0.02, abs=0.001) for before, after in pairwise(later))
    assert limiter.wait() == pytest.approx(0.02, abs=0.02)

"""The rules of a campaign's run, against a store in memory and a gateway that does as it is told."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from mitto_tui.sending.ports import MayLeave
from mitto_tui.sms.campaign import Answered, CampaignLimits, CampaignState, Canary, ClaimedRequest, PauseReason, Turn
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Content, Outcome
from tests.sending.world import (
    ACCEPTED,
    DOUBT,
    NO_KEY,
    NO_WAY,
    REFUSED,
    SLOW,
    Broken,
    Gateway,
    MemoryStore,
    WallClock,
    run_of,
)


async def until(condition: Callable[[], bool], within: float = 5) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - the engine says nothing of most that happens within it
            await asyncio.sleep(0.002)


@pytest.mark.parametrize(("chunk", "requests"), [(4, 3), (1, 10), (100, 1)])
async def test_every_recipient_gets_it_once_in_requests_of_the_chosen_size(chunk: int, requests: int) -> None:
    store, gateway = MemoryStore(10), Gateway()
    state = await run_of(store, gateway, bulk=True, limits=CampaignLimits(chunk=chunk, in_flight=2)).run()
    assert state is CampaignState.FINISHED
    assert store.sums == {Status.ACCEPTED: 10}
    assert set(gateway.posts.values()) == {1}
    assert len(gateway.posts) == 10
    assert len(gateway.requests) == requests
    assert gateway.bulk == (0 if chunk == 1 else requests)
    assert store.workers == set()


async def test_texts_of_their_own_go_one_by_one_each_with_its_token() -> None:
    store, gateway = MemoryStore(10), Gateway()
    await run_of(store, gateway).run()
    assert gateway.bulk == 0
    assert [content.reference for content in gateway.contents] == [f"spring #token{one}" for one in range(1, 11)]


async def test_large_chunks_are_not_all_under_way_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitto_tui.sending.campaign.IN_FLIGHT", 25)
    under_way, most = 0, 0

    async def takes_its_time(recipients: Sequence[str]) -> Outcome:
        nonlocal under_way, most
        under_way += len(recipients)
        most = max(most, under_way)
        await asyncio.sleep(0.005)
        under_way -= len(recipients)
        return ACCEPTED

    store, gateway = MemoryStore(200), Gateway(takes_its_time)
    limits = CampaignLimits(chunk=10, in_flight=50)
    assert await run_of(store, gateway, bulk=True, limits=limits).run() is CampaignState.FINISHED
    assert most == 20
    assert store.most_open <= 25
    assert set(gateway.posts.values()) == {1}


async def test_what_is_claimed_and_not_stored_is_never_more_than_may_be_in_flight() -> None:
    async def takes_its_time(recipients: Sequence[str]) -> Outcome:
        await asyncio.sleep(int(recipients[0]) % 3 / 500)
        return ACCEPTED

    store, gateway = MemoryStore(60), Gateway(takes_its_time)
    await run_of(store, gateway, limits=CampaignLimits(in_flight=5)).run()
    assert store.sums == {Status.ACCEPTED: 60}
    assert store.most_open == 5


async def test_in_doubt_and_refused_ones_are_left_and_the_others_go_on() -> None:
    async def answer(recipients: Sequence[str]) -> Outcome:
        return {"3": DOUBT, "5": REFUSED}.get(recipients[0], ACCEPTED)

    store, gateway = MemoryStore(8), Gateway(answer)
    assert await run_of(store, gateway).run() is CampaignState.FINISHED
    assert store.sums == {Status.ACCEPTED: 6, Status.IN_DOUBT: 1, Status.REJECTED: 1}
    assert set(gateway.posts.values()) == {1}


async def test_a_refused_key_pauses_with_everything_else_queued() -> None:
    store, gateway = MemoryStore(50), Gateway(NO_KEY)
    assert await run_of(store, gateway).run() is CampaignState.PAUSED
    assert store.reason is PauseReason.UNAUTHORISED
    assert "key" in store.detail
    assert store.sums == {Status.QUEUED: 50}
    assert sum(gateway.posts.values()) <= 4


async def test_without_a_network_it_tries_a_few_times_and_pauses_with_everything_queued(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mitto_tui.sending.watch._BACKOFF", 0.02)
    store, gateway = MemoryStore(50), Gateway(NO_WAY)
    assert await run_of(store, gateway).run() is CampaignState.PAUSED
    assert store.reason is PauseReason.UNREACHABLE
    assert store.sums == {Status.QUEUED: 50}
    assert len(gateway.requests) == 4 + 3  # all at once, then one a round


async def test_a_network_that_comes_back_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitto_tui.sending.watch._BACKOFF", 0.02)
    failures = iter([NO_WAY] * 6)

    async def answer(recipients: Sequence[str]) -> Outcome:
        return next(failures, ACCEPTED)

    store, gateway = MemoryStore(20), Gateway(answer)
    assert await run_of(store, gateway).run() is CampaignState.FINISHED
    assert store.sums == {Status.ACCEPTED: 20}


async def test_asked_to_slow_down_everybody_waits_as_long_as_was_asked_for() -> None:
    slow = iter([SLOW])

    async def answer(recipients: Sequence[str]) -> Outcome:
        return next(slow, ACCEPTED)

    store, gateway = MemoryStore(12), Gateway(answer)
    run = run_of(store, gateway, limits=CampaignLimits(in_flight=1))
    assert await run.run() is CampaignState.FINISHED
    assert store.sums == {Status.ACCEPTED: 12}
    assert gateway.times[1] - gateway.times[0] >= 0.2
    assert gateway.posts["1"] == 2


async def test_most_refused_pauses() -> None:
    store, gateway = MemoryStore(500), Gateway(REFUSED)
    assert await run_of(store, gateway).run() is CampaignState.PAUSED
    assert store.reason is PauseReason.REJECTIONS
    assert store.sums[Status.REJECTED] < 60


async def test_the_rate_is_kept() -> None:
    store, gateway = MemoryStore(41), Gateway()
    await run_of(store, gateway, limits=CampaignLimits(in_flight=16, rate=100)).run()
    spent = gateway.times[-1] - gateway.times[0]
    assert 0.4 - 0.05 <= spent < 0.8


async def test_pausing_waits_for_what_is_in_flight_and_claims_nothing_more() -> None:
    go = asyncio.Event()

    async def answer(recipients: Sequence[str]) -> Outcome:
        await go.wait()
        return ACCEPTED

    store, gateway = MemoryStore(50), Gateway(answer)
    run = run_of(store, gateway)
    running = asyncio.create_task(run.run())
    await until(lambda: gateway.under_way == 4)
    run.pause(PauseReason.PERSON, "Somebody paused it.")
    await until(lambda: store.state is CampaignState.PAUSED)
    assert not running.done()
    go.set()
    assert await running is CampaignState.PAUSED
    assert store.sums == {Status.ACCEPTED: 4, Status.QUEUED: 46}
    assert await run_of(store, gateway).run() is CampaignState.FINISHED
    assert store.sums == {Status.ACCEPTED: 50}
    assert set(gateway.posts.values()) == {1}


async def test_stopping_leaves_what_has_left_in_doubt_and_queues_the_rest() -> None:
    async def answer(recipients: Sequence[str]) -> Outcome:
        await asyncio.sleep(60)
        return ACCEPTED

    store, gateway = MemoryStore(50), Gateway(answer)
    run = run_of(store, gateway)
    running = asyncio.create_task(run.run())
    await until(lambda: gateway.under_way == 4)
    run.stop()
    assert await running is CampaignState.PAUSED
    assert store.sums == {Status.IN_DOUBT: 4, Status.QUEUED: 46}


async def test_a_request_that_is_stopped_before_it_began_is_queued_again() -> None:
    store, gateway = MemoryStore(3), Gateway()
    run = run_of(store, gateway)
    begin = run._begin

    def and_stop(request: ClaimedRequest, *more: object) -> None:
        begin(request, *more)  # type: ignore[arg-type]
        run.stop()

    run._begin = and_stop  # type: ignore[method-assign, assignment]
    assert await run.run() is CampaignState.PAUSED
    assert store.sums == {Status.QUEUED: 3}
    assert not gateway.posts


async def test_somebody_else_s_pause_is_noticed_within_a_second() -> None:
    never = asyncio.Event()

    async def answer(recipients: Sequence[str]) -> Outcome:
        await never.wait()
        return ACCEPTED

    store, gateway = MemoryStore(50), Gateway(answer)
    run = run_of(store, gateway)
    running = asyncio.create_task(run.run())
    await until(lambda: gateway.under_way == 4)
    store.state = CampaignState.PAUSED
    await until(lambda: run.progress.phase.word == "stopping", within=1)
    never.set()
    assert await running is CampaignState.PAUSED
    assert store.sums == {Status.ACCEPTED: 4, Status.QUEUED: 46}


async def test_answers_that_can_t_be_stored_are_kept_and_nothing_more_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitto_tui.sending.campaign._TRY_AGAIN", 0.01)
    go = asyncio.Event()

    async def answer(recipients: Sequence[str]) -> Outcome:
        await go.wait()
        return ACCEPTED

    store, gateway = MemoryStore(30), Gateway(answer)
    run = run_of(store, gateway)
    running = asyncio.create_task(run.run())
    await until(lambda: gateway.under_way == 4)
    store.broken = True
    go.set()
    await until(lambda: run.progress.phase.word == "storing")
    await asyncio.sleep(0.05)
    assert run.progress.phase.sentence.startswith("The disk is full. The answers for 4 messages are kept")
    assert sum(gateway.posts.values()) == 4
    store.broken = False
    assert await running is CampaignState.FINISHED
    assert store.sums == {Status.ACCEPTED: 30}
    assert set(gateway.posts.values()) == {1}


async def test_patience_with_a_broken_store_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitto_tui.sending.campaign._TRY_AGAIN", 0.01)
    store, gateway = MemoryStore(30), Gateway()

    async def answer(recipients: Sequence[str]) -> Outcome:
        store.broken = True
        return ACCEPTED

    gateway.answer = answer
    with pytest.raises(Broken, match="disk is full"):
        await run_of(store, gateway, patience=0.05).run()
    assert sum(gateway.posts.values()) == 4


async def test_what_was_claimed_before_the_machine_slept_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    store, gateway, clock = MemoryStore(3), Gateway(), WallClock()
    run = run_of(store, gateway, clock=clock, limits=CampaignLimits(in_flight=1))
    turn = store.turn
    naps = iter([timedelta(hours=1)])

    def sleepy(*arguments: object, **more: object) -> Turn:
        done = turn(*arguments, **more)  # type: ignore[arg-type]
        clock.offset += next(naps, timedelta())
        return done

    monkeypatch.setattr(MemoryStore, "turn", lambda self, *arguments, **more: sleepy(*arguments, **more))
    assert await run.run() is CampaignState.FINISHED
    assert store.attempts[1] == 2
    assert set(gateway.posts.values()) == {1}


async def test_a_clock_set_back_changes_nothing() -> None:
    clock = WallClock()

    async def answer(recipients: Sequence[str]) -> Outcome:
        clock.offset -= timedelta(hours=1)
        return ACCEPTED

    store, gateway = MemoryStore(6), Gateway(answer)
    assert await run_of(store, gateway, clock=clock).run() is CampaignState.FINISHED
    assert store.sums == {Status.ACCEPTED: 6}


async def test_a_canary_holds_the_rest_back_until_enough_are_delivered() -> None:
    store, gateway = MemoryStore(20), Gateway()
    run = run_of(store, gateway, limits=CampaignLimits(in_flight=4, canary=Canary(5, 0.8, 60)))
    running = asyncio.create_task(run.run())
    await until(lambda: run.progress.phase.word == "canary")
    assert store.sums == {Status.ACCEPTED: 5, Status.QUEUED: 15}
    for message in range(1, 5):
        store.status[message] = Status.DELIVERED
    assert await running is CampaignState.FINISHED
    assert store.sums == {Status.DELIVERED: 4, Status.ACCEPTED: 16}
    assert store.canaries_passed == 1


async def test_a_canary_that_fails_pauses() -> None:
    store, gateway = MemoryStore(20), Gateway()
    run = run_of(store, gateway, limits=CampaignLimits(in_flight=4, canary=Canary(5, 0.8, 60)))
    running = asyncio.create_task(run.run())
    await until(lambda: run.progress.phase.word == "canary")
    store.status[1] = store.status[2] = Status.UNDELIVERED
    assert await running is CampaignState.PAUSED
    assert store.reason is PauseReason.CANARY
    assert store.sums[Status.QUEUED] == 15


async def test_who_has_opted_out_is_skipped() -> None:
    store, gateway = MemoryStore(6), Gateway()
    store.opted_out = {2, 6}
    assert await run_of(store, gateway).run() is CampaignState.FINISHED
    assert store.sums == {Status.ACCEPTED: 4, Status.SKIPPED: 2}
    assert set(gateway.posts) == {"1", "3", "4", "5"}


async def test_a_fault_of_our_own_leaves_doubt_and_pauses() -> None:
    async def answer(recipients: Sequence[str]) -> Outcome:
        raise ZeroDivisionError

    store, gateway = MemoryStore(50), Gateway(answer)
    assert await run_of(store, gateway).run() is CampaignState.PAUSED
    assert store.reason is PauseReason.FAULT
    assert store.sums == {Status.IN_DOUBT: 4, Status.QUEUED: 46}


async def test_progress_says_how_it_stands() -> None:
    go = asyncio.Event()

    async def answer(recipients: Sequence[str]) -> Outcome:
        if int(recipients[0]) > 8:
            await go.wait()
        return ACCEPTED

    store, gateway = MemoryStore(20), Gateway(answer)
    run = run_of(store, gateway)
    running = asyncio.create_task(run.run())
    await until(lambda: run.progress.counts.get(Status.ACCEPTED) == 8)
    await until(lambda: gateway.under_way == 4)
    now = run.progress
    assert (now.in_flight, now.requests, now.window, now.phase.word) == (4, 12, 4, "sending")
    assert now.rate > 0
    go.set()
    await running


class SlowStore(MemoryStore):
    """Its transactions that claim take until they are let go."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.claiming = threading.Event()
        self.go = threading.Event()

    def turn(self, campaign: int, answered: Sequence[Answered], sizes: Sequence[int], **more: Any) -> Turn:
        done = super().turn(campaign, answered, sizes, **more)
        if done.claimed:
            self.claiming.set()
            assert self.go.wait(10)
        return done


@pytest.mark.parametrize("how", ["pause", "stop"])
async def test_what_is_claimed_while_somebody_stops_it_does_not_leave(how: str) -> None:
    store, gateway = SlowStore(30), Gateway()
    run = run_of(store, gateway)
    running = asyncio.create_task(run.run())
    await asyncio.to_thread(store.claiming.wait, 10)
    getattr(run, how)()
    store.go.set()
    assert await running is CampaignState.PAUSED
    assert store.sums == {Status.QUEUED: 30}
    assert not gateway.posts


async def test_a_run_cancelled_during_a_claim_queues_what_it_claimed() -> None:
    store, gateway = SlowStore(30), Gateway()
    running = asyncio.create_task(run_of(store, gateway).run())
    await asyncio.to_thread(store.claiming.wait, 10)
    running.cancel()
    store.go.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert store.sums == {Status.QUEUED: 30}
    assert (store.state, store.reason) == (CampaignState.PAUSED, PauseReason.CLOSED)
    assert not gateway.posts
    assert store.workers == set()


async def test_somebody_else_s_resume_outlasts_the_end_of_a_paused_run() -> None:
    go = asyncio.Event()

    async def answer(recipients: Sequence[str]) -> Outcome:
        await go.wait()
        return ACCEPTED

    store, gateway = MemoryStore(50), Gateway(answer)
    run = run_of(store, gateway)
    running = asyncio.create_task(run.run())
    await until(lambda: gateway.under_way == 4)
    run.pause()
    await run.stop_known()
    assert store.state is CampaignState.PAUSED
    store.state = CampaignState.RUNNING  # another program resumes it
    go.set()
    assert await running is CampaignState.RUNNING
    assert store.sums == {Status.ACCEPTED: 4, Status.QUEUED: 46}


async def test_too_few_outcomes_leave_doubt_and_pause() -> None:
    class Short(Gateway):
        async def submit_many(
            self, recipients: Sequence[str], content: Content, may_leave: MayLeave
        ) -> Sequence[Outcome]:
            return (await super().submit_many(recipients, content, may_leave))[:-1]

    store = MemoryStore(50)
    run = run_of(store, Short(), bulk=True, limits=CampaignLimits(chunk=5, in_flight=2))
    assert await run.run() is CampaignState.PAUSED
    assert store.reason is PauseReason.FAULT
    assert store.sums == {Status.IN_DOUBT: 10, Status.QUEUED: 40}


async def test_a_fault_in_what_an_answer_means_pauses_and_keeps_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("mitto_tui.sending.lessons.Lessons.learn", broken)
    store = MemoryStore(50)
    assert await run_of(store, Gateway()).run() is CampaignState.PAUSED
    assert store.reason is PauseReason.FAULT
    assert store.sums == {Status.ACCEPTED: 4, Status.QUEUED: 46}


async def test_an_unexpected_error_of_the_store_still_ends_the_work() -> None:
    store, gateway = MemoryStore(50), Gateway()
    store.faults = [ZeroDivisionError("again"), ZeroDivisionError("once")]
    with pytest.raises(ZeroDivisionError, match="once"):
        await run_of(store, gateway).run()
    assert (store.state, store.reason) == (CampaignState.PAUSED, PauseReason.STORE)
    assert store.workers == set()
    assert not gateway.posts


async def test_what_is_queued_again_at_the_end_is_sent_too() -> None:
    class Late(MemoryStore):
        def end_work(self, campaign: int, **more: Any) -> CampaignState:
            if self.turns and self.attempts[1] == 1:
                self.status[1] = Status.QUEUED  # by a person's word, after the last look
            return super().end_work(campaign, **more)

    store = Late(5)
    assert await run_of(store, Gateway()).run() is CampaignState.FINISHED
    assert store.attempts[1] == 2


async def test_a_transaction_claims_a_bounded_number_of_messages() -> None:
    claimed: list[int] = []

    class Counting(MemoryStore):
        def turn(self, campaign: int, answered: Sequence[Answered], sizes: Sequence[int], **more: Any) -> Turn:
            done = super().turn(campaign, answered, sizes, **more)
            claimed.append(sum(map(len, done.claimed)))
            return done

    store = Counting(50_000)
    await run_of(store, Gateway(), bulk=True, limits=CampaignLimits(chunk=8_000, in_flight=10)).run()
    assert max(claimed) == 16_000
    assert store.sums == {Status.ACCEPTED: 50_000}


async def test_who_is_skipped_is_in_the_progress() -> None:
    store = MemoryStore(6)
    store.opted_out = {2, 6}
    run = run_of(store, Gateway())
    await run.run()
    assert run.progress.counts == {Status.ACCEPTED: 4, Status.SKIPPED: 2}


@pytest.mark.parametrize("times", [1, 2])
async def test_cancelled_at_any_moment_everything_known_is_kept_and_nothing_is_left_claimed(
    times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = MemoryStore.turn

    def takes_its_time(store: MemoryStore, *arguments: Any, **more: Any) -> Turn:
        time.sleep(0.0005)
        done = turn(store, *arguments, **more)
        time.sleep(0.0005)
        return done

    monkeypatch.setattr(MemoryStore, "turn", takes_its_time)

    async def answer(recipients: Sequence[str]) -> Outcome:
        await asyncio.sleep(0.001)
        return ACCEPTED

    for moment in range(1, 60):
        store, gateway = MemoryStore(24), Gateway(answer)
        run = run_of(store, gateway, bulk=True, limits=CampaignLimits(chunk=2, in_flight=4))
        running = asyncio.create_task(run.run())
        for _ in range(moment):
            await asyncio.sleep(0.0002)
        for _ in range(times):
            running.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([running], timeout=5)
        assert running.done()
        assert Status.SENDING not in store.sums
        assert store.workers == set()
        assert store.state is not CampaignState.RUNNING
        assert set(gateway.posts.values()) <= {1}
        assert all(store.status[int(number)] is not Status.QUEUED for number in gateway.posts)

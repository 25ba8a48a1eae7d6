"""When a campaign holds back, when it goes on, and when it stops and says why."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sending.watch import ROUNDS, UNCLEAR, Stop, Tries, Watch, gave_up
from mitto_tui.sms.campaign import PauseReason
from mitto_tui.sms.submission import Outcome, OutcomeKind
from tests.sending.virtual import VirtualClock

ACCEPTED = Outcome(OutcomeKind.ACCEPTED, "accepted", "Mitto accepted it.")
ENCODING = Outcome(OutcomeKind.REJECTED, "code_4", "Mitto refused it: text not in the chosen encoding (code 4).")
RECEIVER = Outcome(OutcomeKind.REJECTED, "code_8", "Mitto refused it: invalid receiver (code 8).")
REFUSED = Outcome(OutcomeKind.NEVER_LEFT, "connect_refused", "Nothing left this machine: x refused the connection.")
OWN_FAULT = Outcome(OutcomeKind.NEVER_LEFT, "unexpected", "Nothing left this machine: a fault of its own.")
DOUBT = Outcome(OutcomeKind.IN_DOUBT, "reset", "It is not known whether Mitto took it: the connection broke.")
KEY = Outcome(OutcomeKind.UNAUTHORISED, "http_401", "Mitto refused the key, or this machine's IP address.")


def slow_down(retry_after: float | None = None) -> Outcome:
    return Outcome(OutcomeKind.SLOW_DOWN, "http_429", "Mitto asked to slow down.", retry_after=retry_after)


class Run:
    """A watch and its clock: requests leave when nothing holds them, and are answered a tenth of a second later."""

    def __init__(self, max_rejected: float = 0.5) -> None:
        self.clock = VirtualClock()
        self.watch = Watch(max_rejected, self.clock)

    def request(self, *outcomes: Outcome) -> float:
        """One request after the hold; the hold after it."""
        self.clock.now += self.watch.hold_for
        departed = self.clock.now + 0.001
        self.clock.now += 0.1
        self.watch.seen(outcomes, departed)
        return self.watch.hold_for

    @property
    def stop(self) -> Stop:
        verdict = self.watch.verdict()
        assert verdict is not None
        return verdict


def test_a_refused_key_stops_at_once_and_the_first_reason_stays() -> None:
    run = Run()
    run.request(KEY)
    assert run.stop.reason is PauseReason.UNAUTHORISED
    assert run.stop.sentence.startswith(KEY.detail)
    assert "mitto-tui key test" in run.stop.sentence
    first = run.stop
    for _ in range(ROUNDS):
        run.request(REFUSED)
    assert run.stop is first


def test_without_a_network_it_backs_off_probes_and_stops() -> None:
    run = Run()
    assert not run.watch.probing
    holds = []
    for _ in range(ROUNDS - 1):
        holds.append(run.request(REFUSED))
        assert run.watch.probing
        assert run.watch.verdict() is None
    assert holds == pytest.approx([0.5, 1.0, 2.0])
    run.request(REFUSED)
    assert run.stop == Stop(
        PauseReason.UNREACHABLE,
        "Mitto could not be reached 4 times in a row. Nothing left this machine: x refused the connection. "
        "What was not sent is still queued. Check this machine's network, then resume.",
    )


def test_all_that_were_under_way_are_one_round() -> None:
    run = Run()
    departed = run.clock.now
    for _ in range(64):
        run.clock.now += 0.001
        run.watch.seen([REFUSED] * 100, departed)
    assert run.watch.verdict() is None
    assert run.watch.hold_for == pytest.approx(0.5 - 0.063)


@pytest.mark.parametrize("other", [ACCEPTED, ENCODING, DOUBT, slow_down(0.0)])
def test_any_other_outcome_begins_the_count_of_rounds_anew(other: Outcome) -> None:
    run = Run()
    for _ in range(5):
        for _ in range(ROUNDS - 1):
            run.request(REFUSED)
        run.request(other)
        run.request(ACCEPTED)
        assert not run.watch.probing
        assert run.watch.hold_for == 0.0
    assert run.watch.verdict() is None


def test_a_fault_of_our_own_is_not_called_a_lack_of_network() -> None:
    run = Run()
    for _ in range(ROUNDS + 3):
        run.request(OWN_FAULT)
    assert run.watch.verdict() is None
    assert 0 < run.watch.hold_for <= 30.0


def test_where_no_answer_is_clear_one_request_after_the_other_tries_and_then_it_stops() -> None:
    run = Run()
    departed = run.clock.now
    for _ in range(16):
        run.clock.now += 0.01
        run.watch.seen([DOUBT], departed)
    assert run.watch.probing
    assert run.watch.hold_for == 0.0
    for _ in range(UNCLEAR - 1):
        assert run.watch.verdict() is None
        run.request(DOUBT)
    assert run.stop.reason is PauseReason.UNREACHABLE
    assert DOUBT.detail in run.stop.sentence


def test_doubts_among_clear_answers_stop_nothing() -> None:
    run = Run()
    for _ in range(20):
        run.request(DOUBT, ACCEPTED)
        run.request(DOUBT)
        run.request(ENCODING, ACCEPTED)
        assert not run.watch.probing
    assert run.watch.verdict() is None


def test_slowing_down_waits_longer_each_time_until_something_is_taken() -> None:
    run = Run()
    assert [run.request(slow_down()) for _ in range(8)] == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60])
    run.request(ACCEPTED)
    assert run.request(slow_down()) == pytest.approx(1.0)
    assert run.watch.verdict() is None
    assert not run.watch.probing


def test_many_told_to_slow_down_at_a_time_count_once_and_the_longest_wait_holds() -> None:
    run = Run()
    departed = run.clock.now
    run.clock.now += 1
    for wait in (None, 7.0, 3.0, None, 0.0):
        run.watch.seen([slow_down(wait)], departed)
    run.watch.seen([ACCEPTED], departed)
    assert run.watch.hold_for == 7.0
    assert run.request(slow_down()) == pytest.approx(2.0)


def test_a_wait_asked_for_is_kept_and_lengthened_where_it_does_not_help() -> None:
    run = Run()
    assert [run.request(slow_down(0.0)) for _ in range(4)] == pytest.approx([0, 1, 2, 4])
    assert run.request(slow_down(300.0)) == pytest.approx(300.0)


def test_too_many_refusals_stop_it_with_their_number_and_reason() -> None:
    run = Run()
    for _ in range(60):
        run.request(ACCEPTED)
    for _ in range(10):
        run.request(RECEIVER)
    for _ in range(40):
        run.request(ENCODING)
    assert run.watch.verdict() is None
    run.request(ENCODING)
    assert run.stop == Stop(
        PauseReason.REJECTIONS,
        "51 of the last 100 messages were refused, most of them for this reason: Mitto refused it: text not in the "
        "chosen encoding (code 4). What was not sent is still queued. Look at the refused ones in History, then resume "
        "or cancel.",
    )


def test_forty_have_to_be_judged_and_what_is_in_doubt_is_not() -> None:
    run = Run()
    run.request(*[ENCODING] * 39, *[DOUBT] * 500)
    assert run.watch.verdict() is None
    run.request(ENCODING)
    assert "40 of the last 40 messages were refused, all of them for one reason:" in run.stop.sentence


def test_a_share_of_one_never_stops_it() -> None:
    run = Run(max_rejected=1.0)
    run.request(*[ENCODING] * 1000)
    assert run.watch.verdict() is None


@given(st.lists(st.sampled_from([ACCEPTED, ENCODING, RECEIVER, DOUBT]), max_size=300), st.data())
def test_it_makes_no_difference_how_many_messages_go_in_a_request(outcomes: list[Outcome], data: st.DataObject) -> None:
    share = data.draw(st.sampled_from([0.0, 0.3, 0.5]))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(outcomes)))) | {0, len(outcomes)})
    together, apart = Watch(share, VirtualClock()), Watch(share, VirtualClock())
    together.seen(outcomes, 0.0)
    for begin, end in pairwise(cuts):
        apart.seen(outcomes[begin:end], 0.0)
    assert together.verdict() == apart.verdict()
    judged = [outcome for outcome in outcomes if outcome is not DOUBT]
    windows = [judged[max(0, end - 100) : end] for end in range(40, len(judged) + 1)]
    too_many = any(sum(one is not ACCEPTED for one in window) > share * len(window) for window in windows)
    assert (together.verdict() is not None) == too_many


def test_a_message_that_alone_never_leaves_is_given_up_at_the_fifth_attempt() -> None:
    tries = Tries()
    for _ in range(4):
        assert tries.seen([7], [REFUSED]) == frozenset()
        assert tries.seen([8, 9], [ACCEPTED, DOUBT]) == frozenset()
    assert len(tries) == 1
    assert tries.seen([7], [REFUSED]) == {7}
    assert len(tries) == 0


def test_without_any_network_no_message_is_given_up() -> None:
    tries = Tries()
    for _ in range(50):
        assert tries.seen([1, 2], [REFUSED, REFUSED]) == frozenset()
    assert len(tries) == 2
    tries.seen([1, 2], [ACCEPTED, ENCODING])
    assert len(tries) == 0


def test_a_fault_of_our_own_counts_each_time() -> None:
    tries = Tries()
    given_up = [tries.seen([1, 2], [OWN_FAULT] * 2) for _ in range(5)]
    assert given_up == [frozenset()] * 4 + [{1, 2}]
    stop = gave_up(given_up[-1], OWN_FAULT)
    assert stop.reason is PauseReason.FAULT
    assert stop.sentence.startswith("2 messages never left in 5 attempts.")
    assert gave_up({7}, REFUSED).reason is PauseReason.UNREACHABLE

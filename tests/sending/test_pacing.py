"""No window of time ever holds more messages than the rate lets, whatever the caller does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.sending.pacing import CATCH_UP, Pacer, Window
from tests.sending.virtual import Bucket, VirtualClock, drive

rates = st.floats(0.1, 20_000.0)
stalls = st.one_of(st.just(0.0), st.floats(0.0, 0.2), st.floats(0.0, 100.0))


def assert_never_above(left: list[tuple[float, int]], rate: float) -> None:
    """In any window the messages of all its requests but the last fit into rate * (window + CATCH_UP)."""
    for first, (begun, _) in enumerate(left):
        messages = 0
        for at, size in left[first:]:
            assert messages <= rate * (at - begun + CATCH_UP) * (1 + 1e-9) + 1e-6
            messages += size


@settings(max_examples=200)
@given(rates, st.lists(st.tuples(st.integers(1, 200), stalls), max_size=40), st.floats(0.0, 3.0))
def test_no_window_holds_more_than_the_rate_lets(rate: float, requests: list[tuple[int, float]], hold: float) -> None:
    clock = VirtualClock()
    pacer = Pacer(rate, clock)
    left: list[tuple[float, int]] = []
    for number, (size, stall) in enumerate(requests):
        clock.now += stall
        if number == 10:
            pacer.hold(hold)
        left.append((clock.now + pacer.reserve(size), size))
    assert [at for at, _ in left] == sorted(at for at, _ in left)
    assert_never_above(left, rate)


@settings(max_examples=100)
@given(st.lists(st.tuples(rates, st.integers(1, 50), stalls), min_size=2, max_size=30))
def test_another_rate_holds_from_the_next_request_on_and_gives_no_burst(
    requests: list[tuple[float, int, float]],
) -> None:
    clock = VirtualClock()
    pacer = Pacer(requests[0][0], clock)
    previous: tuple[float, int] | None = None
    for rate, size, stall in requests:
        clock.now += stall
        pacer.set_rate(rate)
        place = clock.now + pacer.reserve(size)
        if previous is not None:
            assert place - previous[0] >= previous[1] / rate - CATCH_UP - 1e-6
        previous = place, size


@settings(max_examples=50)
@given(rates, st.integers(1, 100), st.lists(st.floats(0.0, CATCH_UP * 0.99), min_size=1, max_size=10))
def test_whoever_always_asks_gets_the_whole_rate_though_late_each_time(
    rate: float, size: int, late: list[float]
) -> None:
    clock = VirtualClock()
    pacer = Pacer(rate, clock)
    begun, taken = clock.now, 0
    for number in range(300):
        clock.now += pacer.delay() + late[number % len(late)]
        for _ in range(pacer.allowed(0.0, size, 10_000)):
            assert pacer.reserve(size) <= 1e-6
            taken += size
    assert taken >= 0.99 * rate * (clock.now - begun) - size


@given(rates, st.integers(1, 100), st.floats(0.0, 2.0), st.integers(0, 40), st.floats(0.0, 1.0))
def test_what_is_allowed_within_a_time_is_what_gets_places_within_it(
    rate: float, size: int, within: float, most: int, hold: float
) -> None:
    clock = VirtualClock()
    pacer = Pacer(rate, clock)
    pacer.reserve(size)
    pacer.hold(hold)
    delay, allowed = pacer.delay(), pacer.allowed(within, size, most)
    assert allowed == pacer.allowed(within, size, most)
    assert pacer.delay() == delay
    waits = [pacer.reserve(size) for _ in range(allowed + 1)]
    assert waits[0] == pytest.approx(delay)
    assert all(wait <= within + 1e-6 for wait in waits[:allowed])
    assert allowed == most or waits[allowed] > within - 1e-6


@given(rates, st.integers(1, 1000))
def test_a_request_has_a_quarter_of_a_second_at_most(rate: float, chunk: int) -> None:
    largest = Pacer(rate, VirtualClock()).largest(chunk)
    assert 1 <= largest <= chunk
    assert largest == 1 or largest <= rate / 4
    assert largest == chunk or largest + 1 > rate / 4


def test_without_a_rate_everybody_may_leave_at_once() -> None:
    pacer = Pacer(None, VirtualClock())
    assert pacer.largest(100) == 100
    assert pacer.allowed(0.0, 100, 64) == 64
    assert {pacer.reserve(100) for _ in range(64)} == {0.0}
    pacer.hold(2.0)
    assert pacer.allowed(1.9, 1, 64) == 0
    assert pacer.reserve(1) == 2.0


def test_a_hold_is_only_ever_made_longer_and_ends_without_a_burst() -> None:
    clock = VirtualClock()
    pacer = Pacer(10.0, clock)
    pacer.hold(5.0)
    pacer.hold(1.0)
    assert pacer.held == pacer.delay() == 5.0
    clock.now += 4.0
    pacer.hold(3.0)
    assert pacer.held == 3.0
    clock.now += 3.0
    assert pacer.held == 0.0
    assert [pacer.reserve(1) for _ in range(3)] == pytest.approx([0.0, 0.1, 0.2])


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Pacer(rate, VirtualClock())
    pacer = Pacer(5.0, VirtualClock())
    with pytest.raises(ValueError, match="above 0"):
        pacer.set_rate(rate)
    assert pacer.rate == 5.0


def test_told_to_slow_down_it_falls_below_what_was_taken_and_comes_back_to_its_limit() -> None:
    clock = VirtualClock()
    pacer = Pacer(1000.0, clock)
    for _ in range(40):
        clock.now += 0.1
        pacer.took(10)
    assert pacer.slow_down(clock.now)
    slowed = pacer.rate
    assert slowed is not None
    assert slowed == pytest.approx(70.0, rel=0.05)
    assert not pacer.slow_down(clock.now), "the others that had left by then say the same thing"
    assert pacer.rate == slowed
    pacer.hold(30.0)
    clock.now += 30.0
    assert pacer.rate == pytest.approx(slowed), "nothing was learned while nobody left"
    clock.now += 10.0
    assert pacer.rate == pytest.approx(slowed / 0.7)
    before = pacer.rate
    while clock.now < 1100.0:
        clock.now += 0.5
        assert pacer.rate is not None
        assert before <= pacer.rate <= 1000.0
        before = pacer.rate
    assert before == 1000.0


def test_without_a_limit_it_is_free_again_in_the_end() -> None:
    clock = VirtualClock()
    pacer = Pacer(None, clock)
    pacer.slow_down(clock.now)
    assert pacer.rate is None, "nothing is known yet: the hold and the window have to do"
    clock.now += 1.0
    pacer.took(50)
    pacer.slow_down(clock.now)
    assert pacer.rate == pytest.approx(70.0)
    clock.now += 60.0
    assert pacer.rate is None


@pytest.mark.parametrize(
    ("bucket", "rate", "chunk", "round_trip"),
    [
        (Bucket(50, depth=5), None, 1, 0.05),
        (Bucket(50, depth=100, retry_after=True), 150.0, 1, 0.3),
        (Bucket(500, depth=100), None, 20, 0.05),
        (Bucket(200, depth=40), 210.0, 1, 0.01),
        (Bucket(5, depth=1, retry_after=True), None, 1, 0.05),
    ],
)
def test_a_server_with_a_limit_of_its_own_is_met(
    bucket: Bucket, rate: float | None, chunk: int, round_trip: float
) -> None:
    tally = drive(bucket, rate=rate, chunk=chunk, in_flight=16, round_trip=round_trip, until=180.0, since=60.0)
    assert tally.refused < 0.05 * tally.requests
    assert tally.taken >= 0.8 * bucket.rate * 120.0


def test_the_window_is_halved_once_for_all_that_were_under_way() -> None:
    clock = VirtualClock()
    window = Window(16, clock)
    departed, clock.now = clock.now, clock.now + 0.1
    assert [window.slow_down(departed) for _ in range(16)] == [True] + [False] * 15
    assert window.size == 8
    for _ in range(5):
        departed, clock.now = clock.now + 0.1, clock.now + 0.2
        window.slow_down(departed)
    assert window.size == 1


def test_the_window_grows_by_one_for_each_full_one_up_to_its_limit() -> None:
    clock = VirtualClock()
    window = Window(6, clock)
    window.slow_down(clock.now)
    sizes = []
    for _ in range(13):
        window.went_well()
        sizes.append(window.size)
    assert sizes == [3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6]
    window.slow_down(clock.now + 1)
    window.went_well(1000)
    assert window.size == 6


@given(st.integers(1, 5), st.floats(5, 500))
def test_programs_that_share_a_rate_keep_it_together(programs: int, rate: float) -> None:
    clock = VirtualClock()
    pacers = [Pacer(rate, clock) for _ in range(programs)]
    for pacer in pacers:
        pacer.share(programs)
    times = sorted(clock.now + pacer.reserve(1) for _ in range(40) for pacer in pacers)
    span = times[-1] - times[0]
    assert len(times) <= rate * (span + CATCH_UP) + programs * (1 + rate / programs * CATCH_UP)
    assert len(times) >= 0.9 * rate * span
    pacers[0].share(1)
    assert pacers[0].rate == rate

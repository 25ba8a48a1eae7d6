"""The first few messages decide whether the rest goes out."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sending.canary import Go, Wait, judge
from mitto_tui.sending.watch import Stop
from mitto_tui.sms.campaign import Canary, PauseReason
from mitto_tui.sms.status import Status

CANARY = Canary(50, share=0.9, wait=3600.0)
QUEUED = " What was not sent is still queued. "


def test_enough_delivered_goes_on_before_all_reports_are_there() -> None:
    assert judge(CANARY, {Status.DELIVERED: 45, Status.SENT: 5}, 10.0) == Go(
        "45 of the first 50 are delivered: going on."
    )


def test_it_waits_while_that_can_still_be_reached() -> None:
    assert judge(CANARY, {Status.DELIVERED: 44, Status.IN_DOUBT: 1, Status.UNDELIVERED: 5}, 600.0) == Wait(
        "44 of the first 50 are delivered; the rest is sent once 45 are.", 3000.0
    )


def test_it_stops_as_soon_as_that_is_out_of_reach() -> None:
    counts = {Status.DELIVERED: 20, Status.ACCEPTED: 21, Status.UNDELIVERED: 4, Status.REJECTED: 3, Status.FAILED: 2}
    assert judge(CANARY, counts, 1.0) == Stop(
        PauseReason.CANARY,
        "Of the first 50, 9 were not delivered, so 90 % can't be reached any more."
        + QUEUED
        + "Look at them in History, then resume or cancel.",
    )


def test_it_stops_when_time_is_over() -> None:
    stop = judge(CANARY, {Status.DELIVERED: 30, Status.SENT: 20}, 3600.1)
    assert isinstance(stop, Stop)
    assert stop.sentence.startswith("After 1 hour, 30 of the first 50 are delivered; 45 were asked for.")
    assert isinstance(judge(CANARY, {Status.DELIVERED: 30, Status.SENT: 20}, 3600.0), Wait)


def test_no_report_at_all_is_another_word() -> None:
    stop = judge(CANARY, {Status.ACCEPTED: 50}, 4000.0)
    assert isinstance(stop, Stop)
    assert stop.sentence.startswith("After 1 hour, not one delivery report has come for the first 50.")


def test_who_has_opted_out_is_not_counted_unless_nobody_is_left() -> None:
    assert isinstance(judge(CANARY, {Status.SKIPPED: 40, Status.DELIVERED: 9, Status.SENT: 1}, 0.0), Go)
    stop = judge(CANARY, {Status.SKIPPED: 50}, 0.0)
    assert isinstance(stop, Stop)
    assert "opted out" in stop.sentence


def test_a_share_means_what_it_says() -> None:
    assert isinstance(judge(Canary(100, share=0.55), {Status.DELIVERED: 55, Status.SENT: 45}, 0.0), Go)


@pytest.mark.parametrize(
    ("wait", "words"), [(60.0, "1 minute,"), (5400.0, "90 minutes,"), (1.0, "1 second,"), (0.5, "0.5 seconds,")]
)
def test_how_long_it_waited_is_said(wait: float, words: str) -> None:
    stop = judge(Canary(2, wait=wait), {Status.SENT: 2}, wait + 1)
    assert isinstance(stop, Stop)
    assert stop.sentence.startswith(f"After {words} none of the first 2 are delivered; 2 were asked for.")


OPEN = {Status.QUEUED, Status.SENDING, Status.ACCEPTED, Status.BUFFERED, Status.SENT, Status.IN_DOUBT}
OPEN |= {Status.ASSUMED_SENT}


@given(
    st.lists(st.sampled_from(sorted(Status)), min_size=1, max_size=60),
    st.integers(0, 100),
    st.floats(0.0, 20.0),
)
def test_every_status_counts_for_one_side(statuses: list[Status], percent: int, waited: float) -> None:
    canary = Canary(60, share=percent / 100, wait=10.0)
    counted = [status for status in statuses if status is not Status.SKIPPED]
    needed = math.ceil(Fraction(percent, 100) * len(counted))
    best = sum(status is Status.DELIVERED or status in OPEN for status in counted)
    verdict = judge(canary, Counter(statuses), waited)
    if not counted:
        assert isinstance(verdict, Stop)
    elif counted.count(Status.DELIVERED) >= needed:
        assert isinstance(verdict, Go)
    elif best < needed or waited > 10.0:
        assert isinstance(verdict, Stop)
    else:
        assert verdict == Wait(verdict.sentence, 10.0 - waited)

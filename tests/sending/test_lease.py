from __future__ import annotations

from datetime import timedelta

import pytest

from mitto_tui.sending.lease import MARGIN, Lease
from tests.sending.world import WallClock


def test_what_is_claimed_has_to_leave_in_time_for_its_answer_to_come_before_the_lease_ends() -> None:
    clock = WallClock()
    held = Lease(30, clock)
    assert held.until - held.at == timedelta(seconds=MARGIN + 30)
    assert held.may_leave()
    clock.offset += timedelta(seconds=MARGIN)
    assert not held.may_leave()


def test_a_clock_that_is_set_back_does_not_make_it_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, passed = WallClock(), [0.0]
    monkeypatch.setattr("mitto_tui.sending.lease.time.monotonic", lambda: passed[0])
    held = Lease(30, clock)
    clock.offset -= timedelta(hours=1)
    assert held.may_leave()
    passed[0] = MARGIN
    assert not held.may_leave()

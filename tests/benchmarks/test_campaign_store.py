"""What campaigns cost the store: approving, claiming, recording, cancelling, in one run. ``-m benchmark -s``.

``MITTO_TUI_BENCHMARK_ROWS`` changes the size.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mitto_tui.sms.campaign import ClaimedRequest
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.campaign_approval import Approvals
from mitto_tui.storage.campaign_resolving import Resolving
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.database import Database
from tests.storage.builders import OWNER, T0, at
from tests.storage.campaign_builders import CONTENT, LIMITS, all_accepted, all_of, draft, turn

ROWS = int(os.environ.get("MITTO_TUI_BENCHMARK_ROWS", "100000"))
IN_FLIGHT = 16

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]


def micro(seconds: float, messages: int) -> str:
    return f"{seconds / messages * 1e6:.1f} µs a message"


@pytest.mark.parametrize(("chunk", "personal"), [(100, False), (1, True)])
def test_a_campaign(tmp_path: Path, chunk: int, personal: bool) -> None:
    rows = ROWS if chunk > 1 else ROWS // 10
    texts = [f"Dear Müller {index}, your order is ready." for index in range(rows)] if personal else None
    with Database.open(tmp_path / "mitto.db") as database:
        campaign = draft(database, rows, texts=texts).id
        sending, approvals = CampaignSending(database, "work"), Approvals(database)
        begin = time.perf_counter()
        approvals.approve(campaign, CONTENT, LIMITS, lambda: T0)
        print(f"\n{rows:,} messages, requests of {chunk}\napproved: {micro(time.perf_counter() - begin, rows)}")
        sending.begin_work(campaign, owner=OWNER, at=at(1))
        claiming = recording = both = 0.0
        sizes = [chunk] * IN_FLIGHT
        begin = time.perf_counter()
        claimed = list(turn(sending, campaign, sizes).claimed)
        alone = rows // 2
        done = sum(map(len, claimed))
        claiming += time.perf_counter() - begin
        counted = done
        while done < alone:
            answered = [all_accepted(request) for request in claimed]
            begin = time.perf_counter()
            turn(sending, campaign, (), answered)
            middle = time.perf_counter()
            claimed = list(turn(sending, campaign, sizes).claimed)
            claiming += time.perf_counter() - middle
            recording += middle - begin
            done += sum(map(len, claimed))
            counted += sum(map(len, claimed))
        print(f"claimed: {micro(claiming, counted)}, recorded: {micro(recording, counted)}")
        counted = 0
        while claimed:
            answered = [all_accepted(request) for request in claimed]
            counted += sum(map(len, claimed))
            begin = time.perf_counter()
            claimed = list(turn(sending, campaign, sizes, answered).claimed)
            both += time.perf_counter() - begin
        print(f"recorded and claimed in one turn: {micro(both, counted)}")
        begin = time.perf_counter()
        counts = sending.counts(campaign)
        print(f"counts: {(time.perf_counter() - begin) * 1000:.1f} ms")
        assert counts == {Status.ACCEPTED: rows}


def test_deciding_on_all(tmp_path: Path) -> None:
    rows = ROWS // 5
    with Database.open(tmp_path / "mitto.db") as database:
        sending, approvals, resolving = CampaignSending(database, "work"), Approvals(database), Resolving(database)
        campaign = draft(database, rows).id
        approvals.approve(campaign, CONTENT, LIMITS, lambda: T0)
        sending.begin_work(campaign, owner=OWNER, at=at(1))
        claimed: list[ClaimedRequest] = []
        while more := turn(
            sending, campaign, [100] * IN_FLIGHT, [all_of(one, OutcomeKind.IN_DOUBT) for one in claimed]
        ).claimed:
            claimed = list(more)
            if sum(map(len, claimed)) < 1600:
                break
        turn(sending, campaign, (), [all_of(one, OutcomeKind.IN_DOUBT) for one in claimed])
        doubtful = sending.counts(campaign)[Status.IN_DOUBT]
        begin = time.perf_counter()
        assert resolving.send_again(campaign, doubtful, lambda: T0) == doubtful
        print(f"\nqueued again: {micro(time.perf_counter() - begin, doubtful)}")
        begin = time.perf_counter()
        assert approvals.cancel(campaign, lambda: T0) == doubtful
        print(f"cancelled, back in doubt: {micro(time.perf_counter() - begin, doubtful)}")
        begin = time.perf_counter()
        assert resolving.assume_sent(campaign, lambda: T0) == doubtful
        print(f"assumed sent: {micro(time.perf_counter() - begin, doubtful)}")
        fresh = draft(database, rows).id
        approvals.approve(fresh, CONTENT, LIMITS, lambda: T0)
        begin = time.perf_counter()
        assert approvals.cancel(fresh, lambda: T0) == rows
        print(f"cancelled: {micro(time.perf_counter() - begin, rows)}")

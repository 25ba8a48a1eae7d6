"""Pages and counts of a stored list, by every filter of the check table. ``MITTO_TUI_BENCHMARK_ROWS`` sets the size."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mitto_tui.sms.checked_row import CheckedBatch, CheckedRow, RowKind, RowStatus
from mitto_tui.sms.segments import Encoding
from mitto_tui.storage.campaigns import Campaigns, NewCampaign
from mitto_tui.storage.database import Database
from tests.benchmarks.timing import milliseconds

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

ROWS = int(os.environ.get("MITTO_TUI_BENCHMARK_ROWS", "1000000"))
BATCH = 500
FIRST, ANY = 50, 150
"""Milliseconds that the first page and any other may take."""

E164 = RowKind(RowStatus.OK, region="DE", line="mobile", encoding=Encoding.GSM, segments=1)
NATIONAL = RowKind(RowStatus.OK, "", "", "national", "national number of Germany", "DE", "mobile", Encoding.GSM, 1)
LANDLINE = RowKind(RowStatus.OK, "line_type", "It may not receive SMS.", region="DE", encoding=Encoding.GSM, segments=1)
RARE = RowKind(RowStatus.OK, "line_type", "It may not receive SMS.", region="AT", encoding=Encoding.GSM, segments=1)
TWICE = RowKind(RowStatus.DUPLICATE, "duplicate", "An earlier row has this number already.", region="DE")
BROKEN = RowKind(RowStatus.INVALID, "letters", "There are letters in this number.")


def kind_of(row: int) -> RowKind:
    """Half E.164, half national; one landline in every block that is summed up, which is the worst; ten rare ones."""
    if row % (ROWS // 10) == 77:
        return RARE
    if row % 2_000 == 5:
        return LANDLINE
    return NATIONAL if row % 2 else E164


def batches() -> Iterator[CheckedBatch]:
    """Rows of which every thousandth is left out."""
    text = "Dear Person {} in Köln, your code is A12345. Show it at the till until Sunday and save ten per cent."
    for begin in range(0, ROWS, BATCH):
        rows = range(begin, begin + BATCH)
        ok = [row for row in rows if row % 1_000 != 999]
        special = {
            row - begin: CheckedRow(
                row + 2, TWICE if row % 2_000 == 999 else BROKEN, "", "x", "", [f"Person {row}", "x"]
            )
            for row in rows
            if row % 1_000 == 999
        }
        yield CheckedBatch(
            [row - begin for row in ok],
            [row + 2 for row in ok],
            [kind_of(row) for row in ok],
            [f"49172{row:07}" for row in ok],
            [f"0172 {row:07}" for row in ok],
            [text.format(row) for row in ok],
            [[]] * len(ok),
            special,
            {},
        )


def test_pages_of_a_long_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Database.open(tmp_path / "mitto.db") as database:
        campaigns = Campaigns(database)
        new = NewCampaign("work", "Spring", "MITTO", "{name}", None, {}, {})
        campaign = campaigns.save(new, batches(), dict, lambda: datetime.now(UTC)).id
        kinds = campaigns.kinds(campaign)

        def of(wanted: Callable[[RowKind], bool]) -> dict[str, Any]:
            return {"kinds": {number for number, kind, _ in kinds if wanted(kind)}, "statuses": [RowStatus.OK]}

        filters: dict[str, dict[str, Any]] = {
            "all": {},
            "ok": {"statuses": [RowStatus.OK]},
            "duplicate": {"statuses": [RowStatus.DUPLICATE]},
            "left out": {"statuses": set(RowStatus) - {RowStatus.OK}},
            "changed": of(lambda kind: bool(kind.change)),
            "warned": of(lambda kind: bool(kind.reason)),
            "rare": of(lambda kind: kind.region == "AT"),
        }
        slow = []
        with capsys.disabled():
            print(f"\n{ROWS:,} rows, milliseconds:")
            for name, chosen in filters.items():
                rows = campaigns.count(campaign, **chosen)
                page, count = partial(campaigns.page, campaign, **chosen), partial(campaigns.count, campaign, **chosen)
                calls: dict[str, Callable[[], object]] = {
                    "first": page,
                    "middle": partial(page, skip=rows // 2),
                    "last": partial(page, skip=max(rows - 100, 0)),
                    "from a place": partial(page, after=ROWS // 8, skip=rows // 3),
                    "count": count,
                    "count before": partial(count, before=ROWS * 7 // 9),
                }
                taken = {which: milliseconds(call) for which, call in calls.items()}
                print(f"{name:>10} {rows:9,}: " + ", ".join(f"{which} {ms:.1f}" for which, ms in taken.items()))
                slow += [(name, which, ms) for which, ms in taken.items() if ms > (FIRST if which == "first" else ANY)]
    assert slow == []

"""A history of a million messages: how soon it is there, at its end, and what a search takes.

``MITTO_TUI_BENCHMARK_ROWS`` sets the size.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from mitto_tui.sms.status import Status
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.ui.history_rows import HistoryRows
from mitto_tui.ui.widgets.message_table import MessageTable
from tests.benchmarks.timing import milliseconds

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

ROWS = int(os.environ.get("MITTO_TUI_BENCHMARK_ROWS", "1000000"))
BATCH = 100_000
ANY = ROWS // 2 * 7919 % 100_000_000
"""The last digits of somebody's number."""
FIRST, LAST, OPEN = 50, 60, 200
"""Milliseconds that the first page, the last one, and the table with the first one may take."""
TURN = 16
"""Milliseconds that the loop may be held up for."""
MEMORY = 15
"""Megabytes that a long history may take more than a short one."""

_FILL = """
WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)
INSERT INTO messages (
    profile, campaign, recipient, sender, type, encoding, segments, flash, test, created_at, status, attempts,
    conflicting, mitto_id, updated_at, text, search
)
SELECT 'default', CASE WHEN i % 10 THEN 1 END, printf('49172%08d', i * 7919 % 100000000), 'Shop', 'auto', 'gsm',
    1, 0, 0, 1700000000000000 + i * 60000000,
    CASE WHEN i % 1000 = 7 THEN 'in_doubt' WHEN i % 50 = 3 THEN 'undelivered' WHEN i % 20 = 1 THEN 'accepted'
         ELSE 'delivered' END,
    1, 0, printf('%08x-%04x-4%03x-8%03x-%012x', i * 2654435761 % 4294967291, i * 40503 % 65521,
        i * 2741 % 4093, i * 1597 % 4093, i * 161803398875 % 281474976710597), 1700000000000000 + i * 60000000,
    'Dear Person ' || i || ' in Köln, your code is A' || (i * 37 % 100000) || '. Show it at the till until Sunday.',
    'dear person ' || i || ' in köln, your code is a' || (i * 37 % 100000) || '. show it at the till until sunday.'
        || char(31) || 'shop' || char(31)
FROM n
"""
_ATTEMPTS = """
INSERT INTO attempts (
    message_id, number, profile, token, owner, lease_until, claimed_at, outcome, mitto_id, mitto_key
)
SELECT id, 1, profile, printf('%020d', id), 'x', 0, 0, 'accepted', mitto_id, replace(mitto_id, '-', '')
FROM messages WHERE id > ?
"""
_CAMPAIGN = """
INSERT INTO campaigns (profile, name, state, content_hash, created_at, updated_at, sender, template, options, source,
    totals, detail) VALUES ('default', 'Spring', 'finished', 'x', 0, 0, 'Shop', '', '{}', '{}', '{}', '')
"""


def fill(database: Database, rows: int) -> float:
    """Store ``rows`` messages; the seconds it took."""
    begin = time.perf_counter()
    with database.write() as connection:
        connection.exec_driver_sql(_CAMPAIGN)
    for first in range(0, rows, BATCH):
        with database.write() as connection:
            connection.exec_driver_sql(_FILL, {"first": first, "last": min(first + BATCH, rows) - 1})
            connection.exec_driver_sql(_ATTEMPTS, (first,))
    return time.perf_counter() - begin


def test_pages_of_a_long_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mitto.db"
    with Database.open(path) as database:
        seconds, history = fill(database, ROWS), History(database)
        chosen = partial(HistoryFilter, profile="default")
        failed = (Status.FAILED, Status.REJECTED, Status.UNDELIVERED, Status.EXPIRED)
        filters = {
            "all": chosen(),
            "in doubt": chosen(statuses=(Status.IN_DOUBT,)),
            "failed": chosen(statuses=failed),
            "delivered": chosen(statuses=(Status.DELIVERED,)),
            "campaign": chosen(campaign=1),
            "name": chosen(search=f"Person {ROWS // 2} "),
            "number": chosen(search=f"{ANY:08}"),
            "part of one": chosen(search=f"{ANY:08}"[2:7]),
            "id": chosen(search=f"{ROWS // 2 * 2654435761 % 4294967291:08x}-"),
            "common": chosen(search="sunday"),
            "rare status": chosen(search="sunday", statuses=(Status.IN_DOUBT,)),
            "nothing": chosen(search="no such words"),
            "no number": chosen(search="777777777"),
        }
        slow = []
        with capsys.disabled():
            size = path.stat().st_size + path.with_name("mitto.db-wal").stat().st_size
            print(f"\n{ROWS:,} messages, stored in {seconds:.0f} s, {size / 1e6:,.0f} MB. Milliseconds:")
            for name, one in filters.items():
                rows = history.count(one)
                taken = {
                    "first page": milliseconds(partial(history.page, one)),
                    "last page": milliseconds(partial(history.page, one, oldest_first=True), 3),
                    "count": milliseconds(partial(history.count, one), 3),
                }
                print(f"{name:>12} {rows:9,}: " + ", ".join(f"{which} {ms:.1f}" for which, ms in taken.items()))
                if taken["first page"] > FIRST or taken["last page"] > LAST:
                    slow.append((name, taken))
    assert slow == []


class HistoryApp(App[None]):
    """The table of the history by itself."""

    def compose(self) -> ComposeResult:
        yield MessageTable()

    @property
    def table(self) -> MessageTable:
        """The table."""
        return self.query_one(MessageTable)


async def wait_for(condition: Callable[[], bool]) -> float:
    """Milliseconds until ``condition`` holds; whatever else the loop has to do is done meanwhile."""
    begin = time.perf_counter()
    while not condition():
        assert time.perf_counter() - begin < 60
        await asyncio.sleep(0)
    return (time.perf_counter() - begin) * 1000


async def long_turns(done: asyncio.Event) -> list[float]:
    """The milliseconds of each turn of the loop that takes longer than ``TURN``, until ``done``."""
    turns = []
    while not done.is_set():
        begin = time.perf_counter()
        await asyncio.sleep(0)
        turn = (time.perf_counter() - begin) * 1000
        if turn > TURN:
            turns.append(turn)
    return turns


def megabytes() -> float:
    """The memory this process has now, of which the system knows on Linux."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def in_the_table(history: History, rows: int) -> dict[str, float]:
    """Milliseconds from asking to seeing, and how long paging held up the loop."""
    app, chosen = HistoryApp(), HistoryFilter(profile="default")
    taken: dict[str, float] = {}
    async with app.run_test(size=(120, 36)):
        table = app.table
        opened, ended = list[float](), list[float]()
        for _ in range(5):
            before = table._book
            table.show(HistoryRows(history, chosen))
            opened.append(await wait_for(lambda before=before: table._book is not before))  # type: ignore[misc]
            await wait_for(lambda: table.settled and table.total == rows)
            table.action_last()
            ended.append(await wait_for(lambda: table.current is not None and table.settled))
        taken["open"], taken["end"] = statistics.median(opened), statistics.median(ended)
        table.action_go(0)
        done = asyncio.Event()
        watching = asyncio.create_task(long_turns(done))
        for _ in range(300):
            table.action_page(1)
            await asyncio.sleep(0.02)
        done.set()
        turns = await watching
        taken |= {f"turns above {TURN} ms": float(len(turns)), "longest turn": max(turns, default=0.0)}
    return taken


async def test_the_table_of_a_long_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peaks, sizes = list[float](), (1_000, ROWS)
    found = {}
    with Database.open(tmp_path / "few.db") as few, Database.open(tmp_path / "many.db") as many:
        for database, rows in zip((few, many), sizes, strict=True):
            fill(database, rows)
        for database, rows in zip((few, many), sizes, strict=True):
            found[rows] = await in_the_table(History(database), rows)
            peaks.append(megabytes())
    with capsys.disabled():
        for rows, taken in found.items():
            print(f"\n{rows:9,} messages in the table, milliseconds: ", end="")
            print(", ".join(f"{what} {number:.1f}" for what, number in taken.items()), end="")
        print(f"\n{peaks[1] - peaks[0]:.1f} MB more for {ROWS:,} than for 1,000")
    assert found[ROWS]["open"] <= OPEN
    assert found[ROWS]["end"] <= LAST
    assert peaks[1] - peaks[0] <= MEMORY

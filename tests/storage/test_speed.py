"""What the store costs: run by name, with ``-m benchmark -s``."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mitto_tui.sms.status import Status
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports

from .builders import T0, accepted, at, claim, new_message, report

ROWS = 100_000

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]


def milliseconds(call: Callable[[], object], times: int = 15) -> float:
    """The median of several calls."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1000


def test_one_message(path: Path) -> None:
    """Each of these is a commit that is on disk when it returns."""
    with Database.open(path) as database:
        messages, reports = Messages(database, "work"), Reports(database)
        message = new_message("Dear customer, your order is ready. " * 4)
        numbers = iter(range(10**6))

        def cycle() -> None:
            begun = claim(messages, messages.add(message, T0))
            messages.record(begun, accepted(f"id-{next(numbers)}"), at(2))

        def reported() -> None:
            reports.receive("work", report(mitto_id=f"id-{next(numbers) % 200}"), "raw", "GET", at(3))

        cycle()
        print(f"\nadd, claim, record: {milliseconds(cycle, 300):.2f} ms")
        print(f"a report: {milliseconds(reported, 300):.2f} ms")


def fill(database: Database) -> None:
    """A history of ``ROWS`` messages, a few of them in doubt, in two profiles."""
    messages = Messages(database, "work")
    first = claim(messages, messages.add(new_message("Dear customer, your order is ready. " * 4), T0)).message_id
    with database.write() as connection:
        names = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(messages)")]
        others = ", ".join(name for name in names if name not in ("id", "recipient", "status", "profile"))
        connection.exec_driver_sql(
            f"INSERT INTO messages (recipient, status, profile, {others}) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
            f"SELECT i + 1 FROM n WHERE i < {ROWS}) SELECT 491720000000 + i, CASE WHEN i % 5000 = 7 THEN 'in_doubt' "
            f"WHEN i % 10 = 3 THEN 'undelivered' ELSE 'delivered' END, CASE WHEN i % 4 THEN 'work' ELSE 'other' END, "
            f"{others} FROM n, messages WHERE id = {first}"
        )


def test_a_long_history(path: Path) -> None:
    with Database.open(path) as database:
        fill(database)
        history = History(database)
        doubt = [Status.IN_DOUBT, Status.FAILED]
        calls: dict[str, Callable[[], object]] = {
            "newest page": lambda: history.page(HistoryFilter(profile="work")),
            "newest page, all profiles": lambda: history.page(HistoryFilter()),
            "page in the middle": lambda: history.page(HistoryFilter(profile="work"), before=ROWS // 2),
            "page after skipping half": lambda: history.page(HistoryFilter(profile="work"), skip=ROWS // 2),
            "page of what is in doubt": lambda: history.page(HistoryFilter(profile="work", statuses=doubt)),
            "page of one number": lambda: history.page(HistoryFilter(to="491720000123")),
            "search that finds a page": lambda: history.page(HistoryFilter(profile="work", search="ORDER")),
            "search that finds nothing": lambda: history.page(HistoryFilter(profile="work", search="nothing")),
            "count": lambda: history.count(HistoryFilter(profile="work")),
            "by status": lambda: history.by_status("work"),
            "recent recipients": lambda: history.recent_recipients("work", 20),
            "one message": lambda: history.get(ROWS // 2),
            "data version": database.data_version,
        }
        print()
        for name, call in calls.items():
            print(f"{name}: {milliseconds(call):.2f} ms")
        print(f"{path.stat().st_size / ROWS:.0f} octets a message")

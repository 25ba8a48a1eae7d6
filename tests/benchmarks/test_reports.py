"""Delivery reports a second, each on disk before its 200, beside a server that only says 200. ``-m benchmark -s``.

The receiver is the service, ``reports listen``; the reporters are this process: of two cores each has one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from mitto_tui.sms.status import Status
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.database import Database
from tests.benchmarks.bare_server import bare_server
from tests.storage.builders import OWNER, at
from tests.storage.campaign_builders import all_accepted, number, ready, turn

REPORTS = 12_000
SENT = 60_000
RATE = int(os.environ.get("MITTO_TUI_BENCHMARK_RATE", "1000"))
AT_ONCE = 64
BARE = """
from aiohttp import web
async def ok(request):
    await request.read()
    return web.Response(text="OK")
app = web.Application()
app.router.add_route("*", "/{path:.*}", ok)
import asyncio
async def main():
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print("listening", f"http://127.0.0.1:{runner.addresses[0][1]}/", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]


@contextmanager
def serving(*command: str) -> Iterator[str]:
    """The URL of a server in a process of its own."""
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as one:
        assert one.stdout is not None
        yield one.stdout.readline().split()[1]
        one.terminate()


async def report_all(url: str, ids: list[tuple[str, str]], seen: list[float]) -> float:
    """Report on all of them; how many a second."""
    waiting = list(reversed(ids))

    async def reporter(session: aiohttp.ClientSession) -> None:
        while waiting:
            mitto_id, to = waiting.pop()
            begun = time.perf_counter()
            fields = {"msgid": mitto_id, "status": "DELIVERED", "receiver": to, "sendtimestamp": "1767225600"}
            async with session.get(url, params=fields) as answer:
                assert answer.status == 200
            seen.append(time.perf_counter() - begun)

    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:
        begun = time.perf_counter()
        await asyncio.gather(*(reporter(session) for _ in range(AT_ONCE)))
        return len(ids) / (time.perf_counter() - begun)


def sent_before(home: Path) -> tuple[int, list[tuple[str, str]]]:
    """A campaign that was sent, and the id and number of each of its messages."""
    ids: list[tuple[str, str]] = []
    with Database.open(home / "data" / "messages.db") as database:
        campaign, sending = ready(database, REPORTS, profile="default"), CampaignSending(database, "default")
        sending.begin_work(campaign, owner=OWNER, at=at(1))
        while claimed := turn(sending, campaign, [100] * 32).claimed:
            turn(sending, campaign, (), [all_accepted(request) for request in claimed])
            for request in claimed:
                pairs = zip(request.message_ids, request.recipients, strict=True)
                ids += [(f"id-{request.token}-{message_id}", to) for message_id, to in pairs]
        sending.end_work(campaign, owner=OWNER, at=at(9))
    assert (len(ids), ids[0][1]) == (REPORTS, number(0))
    return campaign, ids


@contextmanager
def sending(home: Path, rate: int) -> Iterator[Callable[[], int]]:
    """A campaign that is being sent by a process of its own; gives how many messages Mitto has taken so far."""
    numbers = home / "list.csv"
    numbers.write_text("phone\n" + "".join(f"+4915{at:09d}\n" for at in range(210_000_000, 210_000_000 + SENT)))
    words = ["bulk", str(numbers), "--from", "MITTO SMS", "--text", "Hello", "--yes", "--rate", str(rate), "--json"]
    with bare_server() as url:
        environ = {**os.environ, "MITTO_BASE_URL": url, "MITTO_API_KEY": "benchmark-key"}
        with subprocess.Popen(
            [sys.executable, "-m", "mitto_tui", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environ,
        ) as process:
            with Database.open(home / "data" / "messages.db") as database:

                def taken() -> int:
                    with database.read() as connection:
                        query = "SELECT count(*) FROM messages WHERE campaign = 2 AND status = 'accepted'"
                        return int(connection.exec_driver_sql(query).scalar_one())

                while not taken():
                    assert process.poll() is None
                    time.sleep(0.1)
                yield taken
                assert process.poll() is None, "it was being sent all the time"
            process.send_signal(signal.SIGINT)
            process.wait(60)


def test_reports_a_second_while_a_campaign_is_being_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITTO_TUI_HOME", str(tmp_path))
    campaign, ids = sent_before(tmp_path)
    times: list[float] = []
    with serving("-m", "mitto_tui", "reports", "listen", "--port", "0") as url, sending(tmp_path, RATE) as taken:
        before, begun = taken(), time.perf_counter()
        ours = asyncio.run(report_all(url, ids, times))
        rate = (taken() - before) / (time.perf_counter() - begun)
    with Database.open(tmp_path / "data" / "messages.db") as database:
        assert CampaignSending(database, "default").counts(campaign) == {Status.DELIVERED: REPORTS}
    times.sort()
    print(
        f"\n{ours:,.0f} reports a second while {rate:,.0f} messages a second were sent ({RATE:,} asked for); "
        f"99 % within {times[int(len(times) * 0.99)] * 1000:.0f} ms"
    )
    assert ours >= 2_000


def test_reports_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITTO_TUI_HOME", str(tmp_path))
    campaign, ids = sent_before(tmp_path)
    times: list[float] = []
    with serving("-c", BARE) as url:
        bare = asyncio.run(report_all(url, ids, []))
    with serving("-m", "mitto_tui", "reports", "listen", "--port", "0") as url:
        ours = asyncio.run(report_all(url, ids, times))
    times.sort()
    with Database.open(tmp_path / "data" / "messages.db") as database:
        assert CampaignSending(database, "default").counts(campaign) == {Status.DELIVERED: REPORTS}
    slow = times[int(len(times) * 0.99)] * 1000
    print(
        f"\n{ours:,.0f} reports a second, durable, 99 % of them within {slow:.0f} ms; "
        f"a bare server {bare:,.0f}: {ours / bare:.2f} of that"
    )
    assert ours >= 2_000

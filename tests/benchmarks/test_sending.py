"""Campaigns through the whole product, durable, beside httpx's own pool and bare aiohttp: one run, one server.

For a machine with two cores that does nothing else: the product has two threads and waits for the disk, what it is
compared with has one and doesn't. Each round's figures are compared with each other, and the median round counts.

``MITTO_TUI_BENCHMARK_RECIPIENTS`` changes the size of the larger campaign of which memory is measured.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import httpx
import pytest

from mitto_tui.sms.campaign import CampaignLimits, CampaignState
from mitto_tui.sms.checked_row import CheckedBatch, RowKind, RowStatus
from mitto_tui.sms.message import Options
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.status import Status
from mitto_tui.storage.campaigns import NewCampaign
from mitto_tui.workspace.list_check import options_json
from mitto_tui.workspace.workspace import Workspace
from tests.benchmarks.bare_server import bare_server

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

IN_FLIGHT = 64
ROUNDS = 5
SINGLES = 3_000
CHUNKED = 40_000
FEW, MANY = 1_000, int(os.environ.get("MITTO_TUI_BENCHMARK_RECIPIENTS", "100000"))
KEY = "benchmark-key"

HEADERS = {"X-Mitto-API-Key": KEY, "Content-Type": "application/json", "Accept": "application/json"}
MOBILE = RowKind(RowStatus.OK, region="DE", line="mobile", encoding=Encoding.GSM, segments=1)
BATCH = 2_000

ONE_BY_ONE = CampaignLimits(chunk=1, in_flight=IN_FLIGHT)
IN_CHUNKS = CampaignLimits(chunk=100, in_flight=16)


def text_for(number: str) -> str:
    return f"Dear {number}, your appointment is on Friday at ten. Reply STOP to hear no more from us."


def batches(recipients: int, *, personalised: bool) -> Iterator[CheckedBatch]:
    for first in range(0, recipients, BATCH):
        places = range(first, min(first + BATCH, recipients))
        to = [f"49172{5_000_000 + place}" for place in places]
        yield CheckedBatch(
            places=places,
            rows=range(places.start + 2, places.stop + 2),
            kinds=[MOBILE] * len(to),
            to=to,
            written=to,
            texts=[text_for(number) if personalised else "Dear all" for number in to],
            cells=[[number] for number in to],
            special={},
            details={},
        )


async def approved(workspace: Workspace, recipients: int, limits: CampaignLimits) -> int:
    """A campaign that is ready to be sent: personalised, unless ``limits`` allow chunks."""
    personalised = limits.chunk == 1
    new = NewCampaign(
        profile=workspace.profile.name,
        name="list.csv",
        sender="MITTO",
        template="Dear {number}" if personalised else "Dear all",
        text=None if personalised else "Dear all",
        options=options_json(Options()),
        source={"name": "list.csv"},
    )

    def save() -> int:
        rows = batches(recipients, personalised=personalised)
        return workspace.campaigns.save(new, rows, dict, lambda: datetime.now(UTC)).id

    campaign = await asyncio.to_thread(save)
    assert (await workspace.runs.approve(campaign, limits)).state is CampaignState.READY
    return campaign


async def sent(workspace: Workspace, campaign: int, recipients: int) -> float:
    """Send a campaign to its end and see that all of it was accepted; recipients a second."""
    started = time.perf_counter()
    run = await workspace.runs.start(campaign)
    state = (await run.wait()).state
    seconds = time.perf_counter() - started
    assert state is CampaignState.FINISHED
    assert await workspace.runs.counts(campaign) == {Status.ACCEPTED: recipients}
    return recipients / seconds


@asynccontextmanager
async def opened(home: Path, url: str) -> AsyncIterator[Workspace]:
    environ = {"MITTO_TUI_HOME": str(home), "MITTO_API_KEY": KEY, "MITTO_BASE_URL": url}
    async with await Workspace.open(environ=environ) as workspace:
        yield workspace


async def _rate(request: Callable[[bytes], Awaitable[None]], count: int) -> float:
    """Requests a second with IN_FLIGHT of them under way, each with a body of its own."""
    left = iter(range(count))

    async def worker() -> None:
        for place in left:
            number = f"49172{5_000_000 + place}"
            await request(
                b'{"from":"MITTO","to":"%b","text":"%b","type":"GSM","reference":"#23456789abcdefghijkm"}'
                % (number.encode(), text_for(number).encode())
            )

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return count / (time.perf_counter() - started)


async def test_personalised_messages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    rates: dict[str, list[float]] = {"product": [], "bare aiohttp": [], "httpx's own pool": []}
    with bare_server() as url:
        async with (
            opened(tmp_path, url) as workspace,
            httpx.AsyncClient(limits=limits, trust_env=False) as own_pool,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session,
        ):

            async def httpx_pool(body: bytes) -> None:
                assert (await own_pool.post(f"{url}/sms", content=body, headers=HEADERS)).status_code == 200

            async def bare_aiohttp(body: bytes) -> None:
                async with session.post(f"{url}/sms", data=body, headers=HEADERS) as response:
                    assert response.status == 200
                    await response.read()

            for _ in range(ROUNDS):
                campaign = await approved(workspace, SINGLES, ONE_BY_ONE)
                rates["product"].append(await sent(workspace, campaign, SINGLES))
                rates["bare aiohttp"].append(await _rate(bare_aiohttp, SINGLES))
                rates["httpx's own pool"].append(await _rate(httpx_pool, SINGLES // 10))
    product = rates["product"]
    ratios = {
        name: statistics.median(ours / theirs for ours, theirs in zip(product, found, strict=True))
        for name, found in rates.items()
    }
    with capsys.disabled():
        print(f"\n{SINGLES:,} personalised messages, {IN_FLIGHT} in flight, median of {ROUNDS}")
        for name, found in rates.items():
            print(f"{name:17} {statistics.median(found):7.0f}/s, the product does {ratios[name]:5.2f} of that")
    assert ratios["httpx's own pool"] >= 5
    assert ratios["bare aiohttp"] >= 0.3


async def test_one_text_in_chunks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At best: there is nothing beside it to compare with, and whatever else the machine does only takes away."""
    rates: dict[str, float] = {}
    for name, server in (("bare server", bare_server), ("simulator", simulator)):
        with server() as url:
            async with opened(tmp_path / name, url) as workspace:
                for _ in range(ROUNDS):
                    campaign = await approved(workspace, CHUNKED, IN_CHUNKS)
                    rates[name] = max(rates.get(name, 0.0), await sent(workspace, campaign, CHUNKED))
    with capsys.disabled():
        print(f"\n{CHUNKED:,} recipients in chunks of {IN_CHUNKS.chunk}, best of {ROUNDS}")
        for name, rate in rates.items():
            print(f"into the {name:11} {rate:7.0f} recipients/s")
    assert rates["bare server"] >= 20_000


async def test_memory_is_flat(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peaks: dict[tuple[int, int], float] = {}
    with bare_server() as url:
        for limits in (IN_CHUNKS, ONE_BY_ONE):
            for recipients in (FEW, MANY):
                home = tmp_path / f"{limits.chunk}-{recipients}"
                async with opened(home, url) as workspace:
                    campaign = await approved(workspace, recipients, limits)
                done = await asyncio.to_thread(_measured, home, url, campaign, recipients)
                peaks[limits.chunk, recipients] = int(done) / 1024
    with capsys.disabled():
        for (chunk, recipients), megabytes in peaks.items():
            print(f"\n{recipients:,} recipients, {chunk} a request: {megabytes:.1f} MB at most", end="")
        print()
    for chunk in (IN_CHUNKS.chunk, ONE_BY_ONE.chunk):
        assert peaks[chunk, MANY] <= peaks[chunk, FEW] + 16


# Not ru_maxrss: it has the size of the process that this one was forked from.
_MEASURE = """
import asyncio, sys
from pathlib import Path
from tests.benchmarks.test_sending import opened, sent
async def work(home, url, campaign, recipients):
    async with opened(Path(home), url) as workspace:
        await sent(workspace, int(campaign), int(recipients))
asyncio.run(work(*sys.argv[1:]))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(status["VmHWM"].split()[0])
"""


def _measured(home: Path, url: str, campaign: int, recipients: int) -> str:
    """The most memory, in KiB, that a process of its own needs to send a campaign."""
    command = [sys.executable, "-c", _MEASURE, str(home), url, str(campaign), str(recipients)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def simulator() -> Iterator[str]:
    """The URL of the product's own simulator, in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "mitto_tui", "simulator"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()

"""Our client beside httpx's own pool and bare aiohttp, in one run against one server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp
import httpx
import pytest

from mitto_tui.mitto.client import MittoClient
from mitto_tui.mitto.transport import AiohttpTransport
from mitto_tui.sms.submission import Content, OutcomeKind, WireType
from tests.benchmarks.bare_server import bare_server

IN_FLIGHT = 64
REQUESTS = 2_000
ROUNDS = 3

CONTENT = Content("MITTO", "Hello from the benchmark", WireType.GSM, reference="benchmark")
BODY = b'{"from":"MITTO","to":"15555550101","text":"Hello from the benchmark","type":"GSM","reference":"benchmark"}'
HEADERS = {"X-Mitto-API-Key": "benchmark-key", "Content-Type": "application/json", "Accept": "application/json"}


async def _rate(request: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Requests a second and milliseconds of our CPU each, with IN_FLIGHT of them under way."""
    left = iter(range(REQUESTS))

    async def worker() -> None:
        for _ in left:
            await request()

    started, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return REQUESTS / (time.perf_counter() - started), (time.process_time() - used) * 1000 / REQUESTS


@pytest.mark.benchmark
async def test_requests_per_second(capsys: pytest.CaptureFixture[str]) -> None:
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    with bare_server() as url:
        async with (
            MittoClient(url, "benchmark-key") as client,
            httpx.AsyncClient(limits=limits, trust_env=False) as own_pool,
            httpx.AsyncClient(transport=AiohttpTransport(), trust_env=False) as our_transport,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session,
        ):

            async def ours() -> None:
                assert (await client.submit("15555550101", CONTENT)).kind is OutcomeKind.ACCEPTED

            async def transport() -> None:
                assert (await our_transport.post(f"{url}/sms", content=BODY, headers=HEADERS)).status_code == 200

            async def httpx_pool() -> None:
                assert (await own_pool.post(f"{url}/sms", content=BODY, headers=HEADERS)).status_code == 200

            async def bare_aiohttp() -> None:
                async with session.post(f"{url}/sms", data=BODY, headers=HEADERS) as response:
                    assert response.status == 200
                    await response.read()

            best: dict[str, tuple[float, float]] = {}
            for _ in range(ROUNDS):
                for request in (ours, transport, httpx_pool, bare_aiohttp):
                    best[request.__name__] = max(best.get(request.__name__, (0.0, 0.0)), await _rate(request))
    base = best["bare_aiohttp"][0]
    with capsys.disabled():
        print(f"\n{REQUESTS} requests, {IN_FLIGHT} in flight, best of {ROUNDS}")
        for name, (rate, cpu) in best.items():
            print(f"{name:14} {rate:7.0f}/s {cpu:6.3f} ms CPU each {rate / base:6.2f} of bare aiohttp")
        print(f"ours against httpx's own pool: {best['ours'][0] / best['httpx_pool'][0]:.1f} times as fast")
    assert best["ours"][0] >= 5 * best["httpx_pool"][0]
    assert best["ours"][0] >= 0.8 * base

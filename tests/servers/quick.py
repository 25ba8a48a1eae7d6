"""An aiohttp server that accepts every message at once, in a process of its own: something fast to measure against."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

_ANSWER = (
    b'{"id":"d88ae721-2938-45af-b8a0-b8de4231f702","timestamp":"2022-04-19T07:46:45.7381135Z","to":"+15555550101",'
    b'"responseCode":0,"textLength":50,"responseText":"SMS sent","messageParts":1}'
)


@contextmanager
def quick_server() -> Iterator[str]:
    """Its URL. It ends when its standard input does, so it never outlives the test."""
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=_ANSWER, content_type="application/json")


async def _serve() -> None:
    import asyncio

    app = web.Application()
    app.router.add_post("/sms", _answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    print(f"http://127.0.0.1:{port}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    import asyncio

    asyncio.run(_serve())

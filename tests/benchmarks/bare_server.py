"""A server on a bare asyncio protocol that accepts everything at once, in a process of its own.

It does as little as a server can, so that what is measured against it is the client. Each message has an id of its own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

_TIME: Final = "2026-04-19T07:46:45.7381135Z"


@contextmanager
def bare_server() -> Iterator[str]:
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


_ids = count(1)


def _accepted(to: str) -> str:
    return (
        f'{{"id":"d88ae721-2938-45af-b8a0-{next(_ids):012x}","timestamp":"{_TIME}","to":"+{to}","responseCode":0,'
        '"textLength":50,"responseText":"SMS sent","messageParts":1}'
    )


def _all_accepted(numbers: list[str]) -> str:
    messages = ",".join(
        f'{{"id":"d88ae721-2938-45af-b8a0-{next(_ids):012x}","timestamp":"{_TIME}","to":"{to}","textLength":50,'
        '"messageParts":1}'
        for to in numbers
    )
    return f'{{"responseCode":0,"responseText":"SMS sent","messages":[{messages}]}}'


def _answer(path: bytes, body: bytes) -> bytes:
    if path == b"/smsbulk":
        text = _all_accepted(json.loads(body)["to"])
    else:
        text = _accepted(body.partition(b'"to":"')[2].partition(b'"')[0].decode())
    answer = text.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer)


class _Bare(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            head = buffer[:end].lower()
            _, _, length = head.partition(b"content-length:")
            whole = end + 4 + int(length.partition(b"\r\n")[0] or b"0")
            if len(buffer) < whole:
                break
            self._transport.write(_answer(buffer.split(b" ", 2)[1], buffer[end + 4 : whole]))
            buffer = buffer[whole:]
        self._buffer = buffer


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Bare, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())

"""A server that takes messages as Mitto does, and keeps its own book on every number that was posted to it.

It runs in a thread of its own, so that whoever posts may be a coroutine, a thread or a process that is killed.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.servers.peer import HOST, LONGEST

NOW = "2026-03-01T12:00:00.1234567Z"


@dataclass(frozen=True, slots=True)
class Submission:
    """One request, read whole. ``number`` counts requests from 0; ``to`` are digits; absent fields are empty."""

    number: int
    path: str
    key: str
    to: tuple[str, ...]
    text: str
    reference: str
    test: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. Only with ``taken`` the messages are on their way. ``delay`` is seconds; None: see ``release``.

    Without a ``body`` it is the one that goes with ``status`` and ``code``.
    """

    status: int = 200
    code: int | None = 0
    body: bytes | None = None
    headers: tuple[str, ...] = ()
    delay: float | None = 0.0

    @property
    def taken(self) -> bool:
        return self.status == 200 and self.code == 0


@dataclass(slots=True)
class Post:
    """One number in one request, as the server has it in its book. ``answered`` is whether the answer went out."""

    request: int
    to: str
    text: str
    reference: str
    taken: bool
    code: int | None
    status: int
    mitto_id: str
    answered: bool = False


Decide = Callable[[Submission], Reply]


class CountingServer:
    """Listens on a free port of 127.0.0.1 while its ``with`` block lasts.

    ``decide`` says what becomes of a request; left out, everything is taken after up to ``latency`` seconds.
    ``on_read`` is called in the server's thread when a request has been read and nothing is decided yet: a good moment
    for a kill.
    """

    def __init__(self, decide: Decide | None = None, *, latency: float = 0.0, seed: int = 0) -> None:
        chance = random.Random(seed)
        self.decide: Decide = decide or (lambda _: Reply(delay=chance.uniform(0.0, latency)))
        self.on_read: Callable[[Submission], None] | None = None
        self.posts: list[Post] = []
        self.submissions: list[Submission] = []
        self.connections = 0
        self.arrived = threading.Condition()
        self.away = False
        self._held: list[Callable[[], None]] = []
        self._open: set[_Connection] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def taken(self) -> Counter[str]:
        """How often each number's message was taken."""
        return Counter(post.to for post in list(self.posts) if post.taken)

    @property
    def posted(self) -> Counter[str]:
        """How often each number came in, whatever became of it."""
        return Counter(post.to for post in list(self.posts))

    @property
    def pending(self) -> int:
        """How many requests were read and not answered, on connections that stand."""
        return sum(connection.waiting for connection in list(self._open))

    def until(self, condition: Callable[[], bool], *, within: float = LONGEST) -> None:
        """Wait in this thread until ``condition``, which is asked whenever a request or an answer came or went."""
        with self.arrived:
            if not self.arrived.wait_for(condition, within):
                raise AssertionError(f"nothing of it within {within:g} s: {len(self.submissions)} requests came")

    def leave(self) -> None:
        """Listen no more, and hang up after each answer. Only from ``decide`` or ``on_read``."""
        self.away = True
        self._server.close()

    def come_back(self) -> None:
        """Listen again, on the same port."""
        asyncio.run_coroutine_threadsafe(self._listen(self.port), self._loop).result(LONGEST)

    def release(self) -> None:
        """Answer what was held back until now."""
        self._loop.call_soon_threadsafe(self._release)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(LONGEST)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(LONGEST)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        await self._listen(0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        self._server.close()
        for connection in list(self._open):
            connection.abort()
        await asyncio.sleep(0)  # each learns that it is gone

    async def _listen(self, port: int) -> None:
        self._server = await self._loop.create_server(lambda: _Connection(self), HOST, port, backlog=256)
        self.away = False

    def _release(self) -> None:
        held, self._held = self._held, []
        for answer in held:
            answer()

    def _came(self, connection: _Connection) -> None:
        with self.arrived:
            self._open.add(connection)
            self.connections += 1
            self.arrived.notify_all()

    def _went(self, connection: _Connection) -> None:
        with self.arrived:
            self._open.discard(connection)
            self.arrived.notify_all()

    def _read(self, connection: _Connection, path: str, key: str, body: bytes) -> None:
        fields = json.loads(body)
        to = fields["to"]
        submission = Submission(
            len(self.submissions),
            path,
            key,
            (to,) if isinstance(to, str) else tuple(to),
            fields["text"],
            fields.get("reference", ""),
            fields.get("test", False),
        )
        if self.on_read is not None:
            self.on_read(submission)
        reply = self.decide(submission)
        posts = [
            Post(
                submission.number,
                number,
                submission.text,
                submission.reference,
                reply.taken,
                reply.code,
                reply.status,
                f"{submission.number:08x}-0000-4000-8000-{index:012x}",
            )
            for index, number in enumerate(submission.to)
        ]
        with self.arrived:
            self.submissions.append(submission)
            self.posts += posts
            self.arrived.notify_all()
        payload = reply.body if reply.body is not None else answer_body(submission, posts, reply.code)
        if reply.delay is None:
            self._held.append(lambda: connection.answer(reply, payload, posts))
        elif reply.delay:
            self._loop.call_later(reply.delay, connection.answer, reply, payload, posts)
        else:
            connection.answer(reply, payload, posts)


def answer_body(submission: Submission, posts: Sequence[Post], code: int | None) -> bytes:
    """What Mitto answers with this code."""
    if code != 0:
        return json.dumps({"responseCode": code, "responseText": "refused"} if code is not None else {}).encode()
    said: dict[str, object] = {"responseCode": 0, "responseText": "SMS sent"}
    items = [{"id": post.mitto_id, "timestamp": NOW, "to": post.to, "messageParts": 1} for post in posts]
    if submission.path.startswith("/smsbulk"):
        said["messages"] = items
    else:
        said.update(items[0])
    if submission.test:
        said["test"] = True
    return json.dumps(said).encode()


@dataclass(eq=False)
class _Connection(asyncio.Protocol):
    """One connection: requests one after the other, each answered when its time has come."""

    server: CountingServer
    waiting: int = 0
    _buffer: bytes = b""
    _transport: asyncio.Transport | None = field(default=None, repr=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.server._came(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.server._went(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            length = int(headers.get("content-length", "0"))
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self.waiting += 1
            self.server._read(self, first.split(" ")[1], headers.get("x-mitto-api-key", ""), rest[:length])

    def answer(self, reply: Reply, body: bytes, posts: Sequence[Post]) -> None:
        """Send it, unless nobody is there any more."""
        self._answer(reply, body, posts)
        with self.server.arrived:
            self.waiting -= 1
            self.server.arrived.notify_all()

    def _answer(self, reply: Reply, body: bytes, posts: Sequence[Post]) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        lines = (
            f"HTTP/1.1 {reply.status} Reason",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *reply.headers,
            *(("Connection: close",) if self.server.away else ()),
        )
        self._transport.write("".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1") + body)
        for post in posts:
            post.answered = True
        if self.server.away:
            self._transport.close()

    def abort(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

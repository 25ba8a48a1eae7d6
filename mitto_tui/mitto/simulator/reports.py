"""Sends delivery reports when they are due: one heap for all of them, and a few senders.

A message has one entry in the heap, for its next report, so that its reports keep their order and a campaign costs
no task and no timer for each message.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import aiohttp
from yarl import URL

from mitto_tui.mitto.simulator.chance import Chance
from mitto_tui.mitto.simulator.courses import Step
from mitto_tui.mitto.simulator.report_forms import Report, ReportRequest, ReportTemplate
from mitto_tui.mitto.simulator.scenario import ReportSettings

_SENDERS: Final = 16
_MAX_OUTSTANDING: Final = 1_000_000
_MAX_ANSWER: Final = 64 * 1024
_MAX_BACKOFF: Final = 30.0


@dataclass(slots=True)
class Batch:
    """What the messages of one request have in common. ``since`` is when it was answered, in Unix seconds."""

    url: str
    reference: str
    since: float = 0.0
    waiting: int = 0
    done: asyncio.Event | None = None


@dataclass(slots=True)
class Outstanding:
    """A message with reports to come: ``steps`` from ``index`` on. ``stray`` is the id for reports of no message."""

    batch: Batch
    mitto_id: str
    receiver: str
    steps: tuple[Step, ...]
    index: int = 0
    tries: int = 0
    stray: str = ""


@dataclass(slots=True)
class ReportCounts:
    """How reporting goes: reports ``sent``, given up as ``failed``, and ``outstanding`` messages with reports to come.

    ``withheld`` are messages without reports because their URL is not to be called, ``dropped`` those beyond a million
    outstanding ones.
    """

    sent: int = 0
    failed: int = 0
    withheld: int = 0
    dropped: int = 0
    outstanding: int = 0


class ReportSender:
    """Use ``start``, then ``schedule`` as often as wanted, ``flush`` at the end, and ``aclose``."""

    def __init__(self, settings: ReportSettings, chance: Chance) -> None:
        self.counts = ReportCounts()
        self._settings = settings
        self._template = ReportTemplate(settings)
        self._chance = chance
        self._heap: list[tuple[float, int, Outstanding]] = []
        self._order = itertools.count()
        self._ready: asyncio.Queue[list[Outstanding]] = asyncio.Queue(maxsize=1)
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._flushing = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_SENDERS),
            timeout=aiohttp.ClientTimeout(total=self._settings.timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "mitto-tui-simulator"},
            auto_decompress=False,
        )
        self._tasks = [asyncio.create_task(self._dispatch(), name="simulator reports")]
        self._tasks += [
            asyncio.create_task(self._send_ready(), name="simulator report sender") for _ in range(_SENDERS)
        ]

    async def aclose(self) -> None:
        """Stop at once; what is outstanding is forgotten."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None
        self._heap.clear()
        self.counts.outstanding = 0
        self._idle.set()

    def schedule(self, batch: Batch, messages: Iterable[Outstanding]) -> None:
        """Report on ``messages``, their waits counted from now. Does nothing before ``start`` and after ``aclose``."""
        if not self._tasks:
            return
        batch.since = time.time()
        now = time.monotonic()
        for message in messages:
            if self.counts.outstanding >= _MAX_OUTSTANDING:
                self.counts.dropped += 1
                continue
            self.counts.outstanding += 1
            batch.waiting += 1
            self._push(message, now + message.steps[0].wait)
        if self.counts.outstanding:
            self._idle.clear()
            self._wake.set()

    async def deliver(self, batch: Batch, messages: Iterable[Outstanding], within: float) -> None:
        """``schedule``, and wait until they are all reported, or ``within`` seconds."""
        batch.done = asyncio.Event()
        self.schedule(batch, messages)
        if batch.waiting:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await batch.done.wait()

    async def flush(self, within: float) -> int:
        """Send everything outstanding without its waits. How many messages still have reports to come after that."""
        self._flushing += 1
        self._wake.set()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await self._idle.wait()
        finally:
            self._flushing -= 1
        return self.counts.outstanding

    def _push(self, message: Outstanding, due: float) -> None:
        heapq.heappush(self._heap, (due, next(self._order), message))

    async def _dispatch(self) -> None:
        while True:
            self._wake.clear()
            wait = self._until_due()
            if wait is None or wait > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._wake.wait()
                continue
            await self._ready.put(self._take())

    def _until_due(self) -> float | None:
        """Seconds until the next report is due (0: now), or None where there is none."""
        if not self._heap:
            return None
        return 0.0 if self._flushing else max(self._heap[0][0] - time.monotonic(), 0.0)

    def _take(self) -> list[Outstanding]:
        """The next report that is due, with others to the same URL where one request can carry them."""
        taken = [heapq.heappop(self._heap)[2]]
        while len(taken) < self._template.most and self._until_due() == 0 and self._heap:
            if self._heap[0][2].batch.url != taken[0].batch.url:
                break
            taken.append(heapq.heappop(self._heap)[2])
        return taken

    async def _send_ready(self) -> None:
        while True:
            messages = await self._ready.get()
            arrived = await self._send(messages)
            for message in messages:
                self._go_on(message, arrived=arrived)
            self._wake.set()

    async def _send(self, messages: list[Outstanding]) -> bool:
        url = messages[0].batch.url
        try:
            return await self._post(self._template.request(url, [self._report(message) for message in messages]))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return False  # whatever is wrong with a receiver is no reason to stop

    async def _post(self, request: ReportRequest) -> bool:
        assert self._session is not None
        headers = {"Content-Type": request.content_type} if request.content_type else {}
        async with self._session.request(
            request.method,
            URL(request.url, encoded=True),
            data=request.body or None,
            headers=headers,
            allow_redirects=False,
        ) as answer:
            await answer.content.read(_MAX_ANSWER)
            return 200 <= answer.status < 300

    def _report(self, message: Outstanding) -> Report:
        step = message.steps[message.index]
        at = min(message.batch.since + step.at, time.time())
        if not step.stray:
            return Report(message.mitto_id, step.word, message.receiver, message.batch.reference, at)
        message.stray = message.stray or self._chance.stray_id()
        return Report(message.stray, step.word, message.receiver, "", at)

    def _go_on(self, message: Outstanding, *, arrived: bool) -> None:
        now = time.monotonic()
        if arrived:
            self.counts.sent += 1
        else:
            message.tries += 1
            if message.tries < self._settings.attempts:
                backoff = self._settings.retry_after * 2.0 ** (message.tries - 1)
                self._push(message, now + min(backoff, _MAX_BACKOFF))
                return
            self.counts.failed += 1
        message.tries = 0
        message.index += 1
        if message.index < len(message.steps):
            self._push(message, now + message.steps[message.index].wait)
            return
        self._finished(message.batch)

    def _finished(self, batch: Batch) -> None:
        batch.waiting -= 1
        if not batch.waiting and batch.done is not None:
            batch.done.set()
        self.counts.outstanding -= 1
        if not self.counts.outstanding:
            self._idle.set()

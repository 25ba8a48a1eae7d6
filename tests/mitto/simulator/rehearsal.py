"""A simulator with the two parties around it: somebody who calls, and somebody who receives delivery reports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from mitto_tui.mitto.simulator import ReportForm, ReportSettings, Scenario, Simulator

KEY = "a-made-up-key"
PERSON = "491721234567"
"""A number without any magic."""
MAGIC = "4917139200"

AT_ONCE = ReportSettings(buffered_after=0, sent_after=0, final_after=0)
"""Reports without any waits."""
NEVER = ReportSettings(sent_after=3600)
"""Reports that only a flush brings."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> int:
        code = self.data["responseCode"]
        assert isinstance(code, int)
        return code


@dataclass(frozen=True)
class Received:
    """One request that arrived at the receiver."""

    method: str
    query: Mapping[str, str]
    content_type: str
    body: bytes

    @property
    def reports(self) -> list[dict[str, str]]:
        """What it reports, whatever its form."""
        if self.method == "GET":
            return [dict(self.query)]
        if self.content_type == "application/x-www-form-urlencoded":
            return [dict(parse_qsl(self.body.decode(), keep_blank_values=True))]
        data = json.loads(self.body)
        return data if isinstance(data, list) else [data]


class Receiver:
    """Takes delivery reports. ``status`` says what to answer to each request."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.status: Callable[[Received], int] = lambda request: 200
        self.url = ""
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/dlr"

    async def aclose(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        received = Received(request.method, request.query, request.content_type, await request.read())
        self.requests.append(received)
        async with self._changed:
            self._changed.notify_all()
        return web.Response(status=self.status(received))

    async def wait(self, requests: int) -> None:
        """Until so many requests have arrived."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= requests)

    @property
    def reports(self) -> list[dict[str, str]]:
        return [report for request in self.requests for report in request.reports]

    @property
    def statuses(self) -> list[str]:
        return [report["status"] for report in self.reports]


@dataclass
class Rehearsal:
    simulator: Simulator
    receiver: Receiver
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=lambda: {"X-Mitto-API-Key": KEY})

    async def post(self, path: str, body: object, *, headers: Mapping[str, str] | None = None) -> Answer:
        """POST ``body``: octets as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.request("POST", path, data, headers=headers)

    async def request(
        self, method: str, path: str, data: bytes = b"", *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = self.headers if headers is None else headers
        async with self.session.request(method, self.simulator.url + path, data=data, headers=sent) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def send(self, to: str = PERSON, **fields: object) -> Answer:
        """An SMS to ``to``, valid unless ``fields`` say otherwise."""
        return await self.post("/sms", message(to, **fields))

    async def send_bulk(self, to: list[str], **fields: object) -> Answer:
        return await self.post("/smsbulk", message(to, **fields))

    async def all_reports(self) -> list[dict[str, str]]:
        """Every report that is to come has come."""
        assert await self.simulator.flush_reports(within=20) == 0
        return self.receiver.reports


def message(to: object = PERSON, **fields: object) -> dict[str, object]:
    """The JSON of a submission: valid, with ``fields`` (``sender`` for ``from``) in place of its own."""
    body: dict[str, object] = {"from": "MITTO SMS", "to": to, "text": "Hello"}
    if "sender" in fields:
        body["from"] = fields.pop("sender")
    return {**body, **fields}


@asynccontextmanager
async def rehearse(scenario: Scenario | None = None, seed: int | None = 1) -> AsyncIterator[Rehearsal]:
    """All three parties, on loopback. Without a scenario, reports come at once."""
    receiver = Receiver()
    await receiver.start()
    try:
        async with (
            Simulator(scenario or Scenario(reports=AT_ONCE), seed=seed) as simulator,
            aiohttp.ClientSession() as session,
        ):
            if simulator.report_url is None:
                simulator.report_url = receiver.url
            yield Rehearsal(simulator, receiver, session)
    finally:
        await receiver.aclose()


async def raw(simulator: Simulator, request: bytes) -> bytes:
    """Everything that a connection brings for ``request``, until it ends. A reset is an end."""
    host, _, port = simulator.url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            received = b""
            while chunk := await reader.read(65536):
                received += chunk
            return received
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def raw_post(body: bytes, path: str = "/sms", headers: str = "") -> bytes:
    """An HTTP request as octets; the connection is to be kept open by the server."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Mitto-API-Key: {KEY}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def reports_by(form: ReportForm) -> Scenario:
    return Scenario(reports=ReportSettings(form=form, buffered_after=0, sent_after=0, final_after=0))


async def until(condition: Callable[[], bool]) -> None:
    """Until ``condition`` holds, for what has no event to wait for."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the simulator's counters are plain numbers
            await asyncio.sleep(0.002)

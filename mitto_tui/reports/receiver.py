"""The HTTP receiver for delivery reports.

Mitto signs nothing, so the URL carries an unguessable token that is compared in constant time; any other path answers
404 as if nothing were there. A report is stored before it is answered with 200: if storing fails, the answer is 503, so
that a sender who repeats reports repeats this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

from aiohttp import web

from mitto_tui.reports.body import Unpackable, as_text, form_of, without_codings
from mitto_tui.reports.parse import Names, json_parts, parse_fields, parse_json, parse_query
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.report import DeliveryReport
from mitto_tui.sms.status import ReportStatus
from mitto_tui.sms.urls import is_loopback

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of the largest report body that is read."""
_GROUP: Final = 500
"""Most requests stored in one transaction."""
_log = logging.getLogger(__name__)


def new_receiver_token() -> str:
    """A fresh token for the receiver's URL: 192 bits, safe in a path."""
    return secrets.token_urlsafe(24)


def report_path(token: str) -> str:
    """The path of the receiver's URL."""
    return f"/reports/{token}"


@dataclass(frozen=True, slots=True)
class ReceivedReport:
    """One report, and what it was read from: the query, the body, or its part of the body's JSON array.

    ``source`` is the request's method, and the form of its body.
    """

    report: DeliveryReport
    raw: str
    source: str


_Waiting = tuple[list[ReceivedReport], asyncio.Future[None]]
"""What came in one request, and what its sender waits for."""


class ReportStore(Protocol):
    """Where reports are kept."""

    def receive(self, received: Sequence[ReceivedReport]) -> None:
        """Store everything in one transaction, on disk when it returns. May block: it is called in a thread."""
        ...


class ReportReceiver:
    """Listens for delivery reports until closed. Loopback by default; another address only when asked for."""

    def __init__(
        self,
        store: ReportStore,
        token: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        on_stored: Callable[[int], None] | None = None,
        names: Names | None = None,
    ) -> None:
        """``on_stored`` is called on the event loop with the number of reports just stored. ``names`` are the
        customer's own for a report's fields.
        """
        self._names = names or {}
        self._store = store
        self._token = token.encode()
        self._host = host
        self._port = port
        self._on_stored = on_stored
        self._runner: web.AppRunner | None = None
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen. Raises MittoTuiError where the address can't be had."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/reports/{token}", self._handle)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, auto_decompress=False)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            raise MittoTuiError(
                f"The report receiver can't listen on {self._host} port {self._port}: {error.strerror or error}.",
                "Choose another address or port, or stop the program that uses it.",
            ) from error
        self._runner = runner
        self._port = runner.addresses[0][1]
        self._writer = asyncio.create_task(self._write())

    @property
    def url(self) -> str:
        """Where reports are taken, token included. A secret of sorts: whoever knows it can report."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}{report_path(self._token.decode())}"

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn to be stored."""
        return len(self._waiting)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self._host)

    async def aclose(self) -> None:
        """Stop listening; what was received is stored and answered first."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer
            self._writer = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _handle(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.match_info["token"].encode(), self._token):
            return web.Response(status=404)
        if request.method not in ("GET", "POST"):
            return web.Response(status=405, headers={"Allow": "GET, POST"})
        try:
            received = await _read(request, self._names)
        except Unpackable as unpackable:
            return web.Response(status=unpackable.status)
        if not received:
            return web.Response(text="OK")  # somebody looking whether we are there
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, stored))
        self._wake.set()
        try:
            await stored
        except MittoTuiError:
            return web.Response(status=503, headers={"Retry-After": "30"})
        return web.Response(text="OK")

    async def _write(self) -> None:
        """Store what has come in meanwhile, many reports in one transaction."""
        while True:
            await self._wake.wait()
            group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
            if not self._waiting:
                self._wake.clear()
            try:
                reports = [report for received, _ in group for report in received]
                await asyncio.to_thread(self._store.receive, reports)
            except MittoTuiError as error:
                _log.warning("reports could not be stored: %s", error)
                _settle(group, error)
            except Exception as error:
                _log.exception("reports could not be stored")
                _settle(group, MittoTuiError(f"Reports could not be stored: {type(error).__name__}."))
            else:
                _settle(group, None)
                self._tell(len(reports))

    def _tell(self, stored: int) -> None:
        """Say that reports were stored. Who fails to listen must not keep the next ones from being stored."""
        if self._on_stored is None:
            return
        try:
            self._on_stored(stored)
        except Exception:
            _log.exception("whoever waits for reports failed")


def _settle(group: Sequence[_Waiting], error: MittoTuiError | None) -> None:
    for _, stored in group:
        if stored.done():  # whoever sent it hung up meanwhile
            continue
        if error is None:
            stored.set_result(None)
        else:
            stored.set_exception(error)


async def _read(request: web.Request, names: Names) -> list[ReceivedReport]:
    body = b"" if request.method == "GET" else await request.read()  # too much raises 413, which aiohttp answers
    body = without_codings(body, request.headers.get("Content-Encoding", ""), BODY_LIMIT)
    text, query = as_text(body, request.charset), request.rel_url.raw_query_string
    parse: Callable[[str, Names], list[DeliveryReport]]
    if text.lstrip()[:1] in ("{", "["):
        source, parts, parse = "POST JSON", json_parts(text), parse_json
    elif request.content_type.startswith("multipart/"):
        fields = form_of(body, request.headers.get("Content-Type", ""))
        source, parts, parse = "POST multipart", [text], lambda _, names: parse_fields(fields, names)
    elif text.strip():
        source, parts, parse = "POST form", [text], parse_query
    else:
        source, parts, parse = request.method, [query], parse_query
    received: list[ReceivedReport] = []
    unknown: list[str] = []
    for part in parts:
        reports = parse(part, names)
        received += [ReceivedReport(report, part, source) for report in reports]
        if part.strip() and not reports:
            unknown.append(part)
    if unknown:  # nothing in it that we know, but kept as it came
        raw = ", ".join(unknown)
        reports = [DeliveryReport(ReportStatus.UNKNOWN)]
        if query and text.strip() and not received:  # the report may stand in the URL, whatever the body is for
            raw = f"?{query} {raw}"
            reports = parse_query(query, names) or reports
        received += [ReceivedReport(report, raw, source) for report in reports]
    return received

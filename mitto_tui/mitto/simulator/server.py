"""The simulator as a server: start it, ask for its address, close it."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import traceback
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from mitto_tui.mitto.simulator.chance import Chance
from mitto_tui.mitto.simulator.endpoints import MAX_BODY, Endpoints
from mitto_tui.mitto.simulator.journal import Journal
from mitto_tui.mitto.simulator.report_forms import is_report_url
from mitto_tui.mitto.simulator.reports import ReportCounts
from mitto_tui.mitto.simulator.scenario import Scenario
from mitto_tui.sms.errors import InvalidInput, MittoTuiError

_LOG: Final = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())
_SHUTDOWN: Final = 2.0
_FLUSH: Final = 5.0

# aiohttp logs a malformed request with its header lines, and so perhaps a key. Nothing below this level exists.
_SILENT: Final = logging.Logger("mitto_tui.simulator.http", level=logging.CRITICAL + 1)


class SimulatorError(MittoTuiError):
    """The simulator can't listen where it was asked to."""


class Simulator:
    """Mitto's HTTP interface as far as its behaviour is known, on this machine.

    Listens on loopback unless another ``host`` is given; ``port`` 0 takes a free one. With the same ``seed``, scenario
    and requests, a run repeats. Used once: ``start`` and ``aclose``, or ``async with``.
    """

    def __init__(
        self, scenario: Scenario | None = None, *, seed: int | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        chance = Chance(seed)
        self.seed = chance.seed
        self._host = host
        self._port = port
        self._endpoints = Endpoints(scenario or Scenario(), chance)
        self._runner: web.AppRunner | None = None
        self._handling: set[asyncio.Task[object]] = set()
        self._url: str | None = None

    async def start(self) -> None:
        """Listen. Raises SimulatorError where the address can't be had."""
        if self._runner is not None:
            raise RuntimeError("a simulator is started once")
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=_SILENT,
            handler_cancellation=True,
            shutdown_timeout=_SHUTDOWN,
            lingering_time=1.0,
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except (OSError, OverflowError) as error:
            await self._runner.cleanup()
            reason = getattr(error, "strerror", None) or str(error)
            raise SimulatorError(
                f"The simulator can't listen on {self._host}, port {self._port}: {reason}.",
                "Choose another port, or 0 for any that is free.",
            ) from error
        self._url = _url(self._runner.addresses[0])
        await self._endpoints.reports.start()

    async def aclose(self) -> None:
        """Stop at once: connections are closed, outstanding reports forgotten (see ``flush_reports``)."""
        if self._runner is None:
            return
        for task in self._handling:
            task.cancel()
        await self._runner.cleanup()
        await self._endpoints.reports.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end. Raises RuntimeError before ``start``."""
        if self._url is None:
            raise RuntimeError("the simulator has not been started")
        return self._url

    @property
    def report_url(self) -> str | None:
        """The account's delivery-report URL, for requests without a ``callback``."""
        return self._endpoints.desk.report_url

    @report_url.setter
    def report_url(self, url: str | None) -> None:
        if url is not None and not is_report_url(url):
            raise InvalidInput("report_url", "The delivery-report URL must begin with http:// or https:// and a host.")
        self._endpoints.desk.report_url = url

    @property
    def requests(self) -> int:
        """How many requests have arrived, of whatever kind."""
        return self._endpoints.requests

    @property
    def accepted(self) -> int:
        """How many messages have been accepted, test calls not counted."""
        return self._endpoints.desk.accepted

    @property
    def journal(self) -> Journal:
        """The newest requests, without keys."""
        return self._endpoints.journal

    @property
    def report_counts(self) -> ReportCounts:
        """How reporting goes, live."""
        return self._endpoints.reports.counts

    async def flush_reports(self, within: float = _FLUSH) -> int:
        """Deliver every outstanding report now, whatever is left of its wait.

        Takes at most ``within`` seconds, and returns how many messages still have reports to come.
        """
        return await self._endpoints.reports.flush(within)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None
        self._handling.add(task)
        try:
            return await self._endpoints.handle(request)
        except Exception as error:
            # A fault of our own: where it is, without what was in the request.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            _LOG.error("The simulator failed: %s at %s:%s", type(error).__name__, frame.filename, frame.lineno)
            raise
        finally:
            self._handling.discard(task)


def _url(address: tuple[object, ...]) -> str:
    ip = ipaddress.ip_address(str(address[0]))
    if ip.is_unspecified:
        ip = ipaddress.ip_address("127.0.0.1" if ip.version == 4 else "::1")
    return f"http://{ip if ip.version == 4 else f'[{ip}]'}:{address[1]}"

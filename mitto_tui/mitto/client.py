"""Mitto's API as a gateway: what was asked for goes out once, and what became of it comes back in our own words."""

from __future__ import annotations

import asyncio
import logging
import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import httpx
from yarl import URL

from mitto_tui import __version__
from mitto_tui.mitto import outcomes, queries, wire
from mitto_tui.mitto.answers import LARGEST, largest
from mitto_tui.mitto.direct import Incoming, Prepared
from mitto_tui.mitto.flight import Flight, Withheld
from mitto_tui.mitto.outcomes import Exchange
from mitto_tui.mitto.queries import UsageRow
from mitto_tui.mitto.redaction import Redactor
from mitto_tui.mitto.transport import AiohttpTransport
from mitto_tui.mitto.wire import Format
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.submission import Content, Outcome, OutcomeKind
from mitto_tui.sms.urls import check_base_url

_log = logging.getLogger(__name__)
_NOT_IN_A_HEADER: Final = re.compile(r"[^\x20-\x7e]")


class MittoClient:
    """One account's way to Mitto. Use it within one event loop, as an async context manager or with ``aclose``.

    ``timeout`` (seconds) bounds a whole request, from waiting for a free connection to the last byte of the answer;
    ``connect_timeout`` the part until a connection stands. Raises InvalidInput where an argument can't be used. The
    key is in no repr, error, log or outcome.

    As ``sending.ports.Gateway`` asks, every failure of a submission is an Outcome and nothing is ever repeated. A
    submission that is cancelled raises CancelledError and is in doubt, unless the ``flight`` that was passed in says
    ``stood`` is false: then nothing had left.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout: float = 30.0,
        connect_timeout: float = 10.0,
        format: str = Format.JSON,  # noqa: A002 - the command line's and the profile's own name for it
        max_connections: int = 64,
    ) -> None:
        self._base_url = check_base_url(base_url)
        self._where = urlsplit(self._base_url).netloc
        key = _checked_key(key)
        self._redact = Redactor(key)
        self._timeout = _seconds("timeout", timeout)
        connect = _seconds("connect_timeout", connect_timeout)
        try:
            self._format = Format(format)
        except ValueError:
            raise InvalidInput("format", "Mitto answers in json or xml.") from None
        if max_connections < 1:
            raise InvalidInput("max_connections", "At least one connection is needed.")
        self._transport = AiohttpTransport(max_connections=max_connections)
        self._closed = False
        headers = {
            "X-Mitto-API-Key": key,
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"mitto-tui/{__version__}",
            "Connection": "keep-alive",
        }
        accepting = dict.fromkeys((wire.SMS[self._format], wire.SMS_BULK[self._format]), wire.ACCEPT[self._format])
        self._calls = {
            path: Prepared(
                URL(self._base_url + path, encoded=True),
                {**headers, "Accept": accepting.get(path, wire.ACCEPT[Format.JSON])},
                connect,
            )
            for path in (*accepting, wire.CONVERTED, wire.USAGE)
        }

    def __repr__(self) -> str:
        return f"MittoClient({self._base_url!r}, format={self._format.value!r})"

    async def submit(self, recipient: str, content: Content, *, flight: Flight | None = None) -> Outcome:
        """One message to one recipient (digits only), by ``/sms``."""
        to = wire.digits(recipient)
        if not to:
            return _not_a_number()
        body = wire.single(to, content)
        exchange = await self._post(wire.SMS[self._format], body, flight)
        return outcomes.of_single(exchange, test=content.test, redact=self._redact)

    async def submit_many(
        self, recipients: Sequence[str], content: Content, *, flight: Flight | None = None
    ) -> list[Outcome]:
        """One text to many recipients (digits only) in one ``/smsbulk``: one outcome for each, in their order.

        Mitto sends twice to a number that is listed twice: see to it that none is.
        """
        numbers = [wire.digits(recipient) for recipient in recipients]
        sendable = [number for number in numbers if number]
        if not sendable:
            return [_not_a_number() for _ in numbers]
        body = wire.bulk(sendable, content)
        exchange = await self._post(wire.SMS_BULK[self._format], body, flight, limit=largest(len(sendable)))
        sent = iter(outcomes.of_bulk(exchange, sendable, test=content.test, redact=self._redact))
        return [next(sent) if number else _not_a_number() for number in numbers]

    async def converted(self, mitto_id: str) -> None:
        """Tell Mitto that a message reached its purpose, by ``/sms/converted``. Raises ApiError or InvalidInput."""
        if not mitto_id.strip():
            raise InvalidInput("mitto_id", "The message id is empty.", "Take it from the message's history.")
        exchange = await self._post(wire.CONVERTED, queries.conversion_body(mitto_id.strip()))
        queries.check_conversion(exchange, self._redact)

    async def usage_by_country(self, start: date, end: date, account_name: str) -> list[UsageRow]:
        """What was sent, and its cost, from ``start`` to ``end``, by country. Raises ApiError or InvalidInput."""
        if start > end:
            raise InvalidInput("since", "The first day is after the last.")
        if not account_name.strip():
            raise InvalidInput("account", "The account name is empty.", "It is the one that Mitto gave you.")
        exchange = await self._post(wire.USAGE, queries.usage_body(start, end, account_name.strip()))
        return queries.read_usage(exchange, self._redact)

    async def aclose(self) -> None:
        """Close every connection. What is still under way is cut, and is in doubt."""
        self._closed = True
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _post(self, path: str, body: bytes, flight: Flight | None = None, *, limit: int = LARGEST) -> Exchange:
        """Send once. Never raises but for cancellation: what went wrong is in the Exchange."""
        exchange = Exchange(self._where, limit=limit)
        if self._closed:
            exchange.failure = "closed"
            return exchange
        flight = flight or Flight()
        try:
            async with asyncio.timeout(self._timeout):
                incoming = await self._transport.post(self._calls[path], body, flight)
                try:
                    await _receive(incoming, exchange)
                finally:
                    incoming.close()
        except TimeoutError:
            exchange.failure = flight.timeout_reason
        except Withheld:
            exchange.failure = "too_late"
        except httpx.TransportError:
            exchange.failure = "closed" if self._closed else flight.reason
        except Exception as fault:
            exchange.failure = "closed" if self._closed else "unexpected"
            if not self._closed:
                # Neither its text nor its traceback: both may show headers.
                _log.error("%s while talking to %s", type(fault).__name__, self._where)
        exchange.stood = flight.stood
        exchange.status = exchange.status or flight.status
        return exchange


async def _receive(incoming: Incoming, exchange: Exchange) -> None:
    headers = incoming.headers
    exchange.status = incoming.status
    exchange.encoding = headers.get("Content-Encoding", "")
    if (wait := headers.get("Retry-After")) is not None:
        exchange.retry_after = outcomes.retry_after(wait, datetime.now(UTC))
    body = bytearray()
    try:
        while piece := await incoming.piece():
            body += piece
            if len(body) > exchange.limit:
                exchange.failure = "too_long"
                return
    finally:
        exchange.body = bytes(body)


def _checked_key(key: str) -> str:
    key = key.strip(" ")
    if not key:
        raise InvalidInput("key", "The API key is empty.", "Store it with: mitto-tui key set")
    if wrong := _NOT_IN_A_HEADER.search(key):
        raise InvalidInput(
            "key",
            f"Character {wrong.start() + 1} of the API key is one that no key has: only plain letters, digits and "
            "signs can be sent.",
            "Copy the key again, without line breaks.",
        )
    return key


def _seconds(field: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InvalidInput(field, "A timeout is a number of seconds greater than 0.")
    return float(value)


def _not_a_number() -> Outcome:
    return Outcome(OutcomeKind.REJECTED, "not_a_number", "Nothing was sent: the recipient is not a number.")

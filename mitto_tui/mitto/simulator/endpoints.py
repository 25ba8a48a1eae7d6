"""Mitto's four paths: from a request to its answer, by way of faults, key, rate limit and checks."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from aiohttp import web

from mitto_tui.mitto.simulator import answers, connection, replies
from mitto_tui.mitto.simulator.acceptance import Desk
from mitto_tui.mitto.simulator.chance import Chance
from mitto_tui.mitto.simulator.faults import Asked, Faults, Strike
from mitto_tui.mitto.simulator.journal import Journal
from mitto_tui.mitto.simulator.magic import MagicTable
from mitto_tui.mitto.simulator.ratelimit import RateLimiter
from mitto_tui.mitto.simulator.replies import Reply
from mitto_tui.mitto.simulator.reports import ReportSender
from mitto_tui.mitto.simulator.scenario import SUBMISSIONS, Endpoint, FaultKind, Scenario
from mitto_tui.mitto.simulator.submissions import Malformed, check, digits_of, parse_object, parse_submission

KEY_HEADER: Final = "X-Mitto-API-Key"
MAX_BODY: Final = 8 * 1024 * 1024
"""Octets of a request's body; a hundred thousand recipients need less than two million."""

_PATH: Final = re.compile(r"(?:/v2)?/(sms/converted|smsbulk|sms|usage/bycountry)(?:\.(json|xml))?/?")
_EARLY_WAIT: Final = 5.0


class Place(NamedTuple):
    """What a URL stands for."""

    endpoint: Endpoint
    xml: bool


def locate(path: str, query: Mapping[str, str]) -> Place | None:
    """The endpoint at ``path``; the suffix, or else ``?format=``, chooses XML."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    form = found[2] or query.get("format", "").lower()
    return Place(Endpoint(found[1]), form == "xml")


class Endpoints:
    """Everything that a run answers with, and remembers."""

    def __init__(self, scenario: Scenario, chance: Chance) -> None:
        magic = MagicTable(scenario.magic)
        self.requests = 0
        self.journal = Journal()
        self.reports = ReportSender(scenario.reports, chance)
        self.desk = Desk(scenario, chance, magic, self.reports)
        self._scenario = scenario
        self._chance = chance
        self._faults = Faults(scenario.faults, magic, chance)
        self._limiter = RateLimiter(scenario.rate_limit) if scenario.rate_limit else None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, by whatever method and path."""
        self.requests += 1
        place = locate(request.path, request.query)
        if place is None or request.method != "POST":
            self._record(request, b"")
            place, reply = (place, replies.NOT_POST) if place else (Place(Endpoint.SMS, False), replies.NOT_FOUND)
            return replies.response(request, place.endpoint, reply, xml=place.xml)
        strike = self._faults.arrived(place.endpoint)
        if strike is not None and strike.fault.kind is FaultKind.CUT_BEFORE_READING:
            self._record(request, b"")
            return connection.cut(request)
        body = await _read(request)
        self._record(request, body or b"")
        reply = self._decide(request, place, body, strike)
        if body is None:
            reply = replace(reply, close=True)  # the rest of the body is still on its way
        return await self._answer(request, place, reply)

    def _record(self, request: web.Request, body: bytes) -> None:
        self.journal.add(request.method, request.path, request.query_string, request.headers, body)

    def _decide(self, request: web.Request, place: Place, body: bytes | None, strike: Strike | None) -> Reply:
        """What to answer. The order of the checks is the simulator's contract: docs/simulator.md."""
        if strike is not None and strike.fault.strikes_first:
            return self._struck(strike)
        if not self._takes(request.headers.get(KEY_HEADER, "")):
            return replies.NO_KEY
        limit = self._scenario.rate_limit
        wait = self._limiter.wait() if self._limiter else 0.0
        if wait:
            return replies.too_many(math.ceil(wait) if limit is not None and limit.retry_after else None)
        if body is None:
            return replies.TOO_LARGE
        try:
            if place.endpoint in SUBMISSIONS:
                return self._submit(place, body, strike)
            strike = strike or self._faults.read(place.endpoint, ())
            if strike is not None and strike.fault.strikes_first:
                return self._struck(strike)
            status, answer = self._other(place.endpoint, body, request.query)
            return Reply(status, answer, fault=strike.fault if strike else None)
        except Malformed as error:
            return replies.malformed(str(error))

    def _takes(self, key: str) -> bool:
        wanted = self._scenario.api_key
        if wanted is None:
            return bool(key.strip())
        return hmac.compare_digest(key.encode("utf-8", "surrogateescape"), wanted.encode("utf-8", "surrogateescape"))

    def _struck(self, strike: Strike) -> Reply:
        return replies.in_place_of_processing(strike.fault, self._scenario.refusal_status)

    def _submit(self, place: Place, body: bytes, strike: Strike | None) -> Reply:
        """The reply for ``/sms`` and ``/smsbulk``. Raises Malformed."""
        submission = parse_submission(parse_object(body))
        bulk = place.endpoint is Endpoint.SMSBULK
        numbers = filter(None, map(digits_of, submission.recipients))
        asked = [Asked(digits, self._chance.seen(digits)) for digits in numbers]
        strike = strike or self._faults.read(place.endpoint, asked)
        if strike is not None and strike.fault.strikes_first:
            return self._struck(strike)
        fault = strike.fault if strike else None
        code = check(submission, bulk=bulk)
        if code:
            return Reply(self._scenario.refusal_status, answers.refusal(code), fault=fault)
        acceptance = self.desk.accept(submission, asked, strike, bulk=bulk)
        return Reply(200, acceptance.body, fault=fault, acceptance=acceptance)

    def _other(self, endpoint: Endpoint, body: bytes, query: Mapping[str, str]) -> tuple[int, object]:
        """Status and body for ``/sms/converted`` and ``/usage/bycountry``. Raises Malformed."""
        if endpoint is Endpoint.CONVERTED:
            mitto_id = parse_object(body).get("messageId")
            if not isinstance(mitto_id, str) or not mitto_id:
                raise Malformed('"messageId" must be a string that is not empty.')
            if not self._scenario.conversion:
                return 400, "Conversion tracking is not enabled for this account."
            if not self.desk.ledger.knows(mitto_id):
                return 404, f'No convertible message found for id "{mitto_id[:100]}"'
            return 200, "OK"
        fields = {**query, **(parse_object(body) if body else {})}
        first, last = _day(fields, "startDate"), _day(fields, "endDate")
        if not isinstance(fields.get("accountName"), str) or not fields["accountName"]:
            raise Malformed('"accountName" must be a string that is not empty.')
        if last < first:
            raise Malformed('"endDate" must not be before "startDate".')
        return 200, self.desk.ledger.usage(first, last)

    async def _answer(self, request: web.Request, place: Place, reply: Reply) -> web.StreamResponse:
        taken = reply.acceptance
        try:
            if taken is not None and taken.batch is not None and taken.early:
                await self.reports.deliver(taken.batch, taken.early, _EARLY_WAIT)
            slow = reply.fault.seconds if reply.fault is not None else 0.0
            await asyncio.sleep(self._chance.latency(self._scenario.latency) + slow)
            response = replies.response(request, place.endpoint, reply, xml=place.xml)
            with contextlib.suppress(ConnectionError):  # gone by itself, or cut on purpose
                await response.prepare(request)
                await response.write_eof()
            return response
        finally:
            # After the answer, or when whoever asked has stopped waiting for it.
            if taken is not None and taken.batch is not None:
                self.reports.schedule(taken.batch, taken.later)


def _day(fields: Mapping[str, object], name: str) -> date:
    value = fields.get(name)
    with contextlib.suppress(ValueError):
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return date.fromisoformat(value)
    raise Malformed(f'"{name}" must be a date such as 2026-01-31.')


async def _read(request: web.Request) -> bytes | None:
    """The body, or None where it is larger than ``MAX_BODY``."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None

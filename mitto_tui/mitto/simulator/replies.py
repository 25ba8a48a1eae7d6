"""An answer before it is written, and how it is written: as JSON or XML, or as a fault has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from mitto_tui.mitto.simulator import answers, connection
from mitto_tui.mitto.simulator.acceptance import Acceptance
from mitto_tui.mitto.simulator.scenario import Endpoint, Fault, FaultKind

_ROOTS: Final = {
    Endpoint.SMS: "SmsResponse",
    Endpoint.SMSBULK: "SmsBulkResponse",
    Endpoint.CONVERTED: "ConvertedResponse",
    Endpoint.USAGE: "UsageResponse",
}
_JSON: Final = "application/json; charset=utf-8"
_XML: Final = "application/xml; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer. ``fault`` is how it is spoilt in writing, ``close`` whether the connection ends with it."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    acceptance: Acceptance | None = None
    close: bool = False


NO_KEY: Final = Reply(401, answers.note("The API key is missing or wrong."))
NOT_ALLOWED: Final = Reply(403, answers.note("This IP address is not on the allow list."))
NOT_FOUND: Final = Reply(404, answers.note("There is nothing at this path."))
NOT_POST: Final = Reply(405, answers.note("Only POST is allowed."), {"Allow": "POST"})
TOO_LARGE: Final = Reply(413, answers.note("The body is too large."), close=True)


def malformed(reason: str) -> Reply:
    """400, for a body that is not what the path takes."""
    return Reply(400, answers.note(reason))


def too_many(retry_after: int | None) -> Reply:
    """429, with Retry-After in seconds or without."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Reply(429, answers.note("Too many requests."), headers)


def in_place_of_processing(fault: Fault, refusal_status: int) -> Reply:
    """The answer for a fault that strikes before anything is checked."""
    match fault.kind:
        case FaultKind.HTTP_401:
            return NO_KEY
        case FaultKind.HTTP_403:
            return NOT_ALLOWED
        case FaultKind.HTTP_429:
            return too_many(fault.retry_after)
        case FaultKind.RESPONSE_CODE:
            return Reply(refusal_status, answers.refusal(fault.code))
        case _:
            return Reply(200, None, fault=fault)  # ``response`` knows what to write for it


def response(request: web.Request, endpoint: Endpoint, reply: Reply, *, xml: bool) -> web.StreamResponse:
    """``reply`` as a response, ready to be sent; or one that goes nowhere, because a fault has ended the connection."""
    fault = reply.fault
    match fault.kind if fault else None:
        case FaultKind.CUT_BEFORE_READING | FaultKind.CUT_AFTER_ACCEPTANCE:
            return connection.cut(request)
        case FaultKind.HALF_BODY:
            return connection.half(request, _body(endpoint, reply, xml), _XML if xml else _JSON, reply.status)
        case FaultKind.HTTP_500:
            reply = Reply(500, answers.note("Internal server error."))
        case FaultKind.HTML_BODY:
            assert fault is not None
            return web.Response(status=fault.status, body=answers.HTML_PAGE, headers={"Content-Type": _HTML})
    headers = {"Content-Type": _XML if xml else _JSON, **reply.headers}
    whole = web.Response(status=reply.status, body=_body(endpoint, reply, xml), headers=headers)
    if reply.close:
        whole.force_close()
    return whole


def _body(endpoint: Endpoint, reply: Reply, xml: bool) -> bytes:
    return answers.as_xml(_ROOTS[endpoint], reply.body) if xml else answers.as_json(reply.body)

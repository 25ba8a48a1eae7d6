"""From what the network and the server said to what became of a message: the table of docs/architecture.md.

When in doubt, it is in doubt: only Mitto's clear word, or the certainty that no connection stood, is anything else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from mitto_tui.mitto import answers, codes, usual
from mitto_tui.mitto.answers import Answer, Item
from mitto_tui.mitto.redaction import Redactor
from mitto_tui.sms.submission import Outcome, OutcomeKind
from mitto_tui.sms.visible import one_line

RAW_LIMIT: Final = 64 * 1024
_RAW_LEAST: Final = 1024
_LONGEST_WAIT: Final = 86_400.0

NOTHING_LEFT: Final = {
    "connect_refused": "{where} refused the connection",
    "connect_timeout": "no connection to {where} came about in time",
    "connect_failed": "no connection to {where} came about",
    "unreachable": "there is no way from this machine's network to {where}",
    "dns": "the name {name} could not be looked up",
    "tls": "no secure connection to {where} came about",
    "certificate": "the certificate of {where} could not be verified",
    "proxy": "the proxy that this machine is set up with could not be used",
    "pool_timeout": "every connection to {where} was busy for too long",
    "too_late": "it was kept back, because too much time had passed since it was begun",
    "closed": "this program has closed its connections",
    "unexpected": "this program ran into a fault of its own",
}
"""Reasons for ``never_left``, and what they mean."""

DOUBT: Final = {
    "read_timeout": "no complete answer came in time",
    "write_timeout": "the request was not taken in time",
    "reset": "the connection broke",
    "disconnected": "the server hung up without an answer",
    "half_body": "the answer broke off",
    "not_http": "the answer is not HTTP",
    "too_long": "the answer is too long to be one of Mitto's",
    "empty": "the answer is empty",
    "html": "the answer is a web page",
    "unreadable": "the answer can't be read",
    "no_code": "the answer has no response code",
    "no_id": "the answer has no message id",
    "not_in_answer": "the answer does not name this number",
    "contradiction": "the answer says both yes and no",
    "redirect": "the server pointed to another address, which is never followed",
    "code_1": "Mitto had an internal error (code 1)",
    "closed": "this program closed the connection before there was an answer",
    "unexpected": "this program ran into a fault of its own",
}
"""Reasons for ``in_doubt``, and what they mean. A server error's reason is its status, such as ``http_502``."""

UNAUTHORISED: Final = "Mitto refused the key, or this machine's IP address is not on Mitto's allow list."


@dataclass(slots=True)
class Exchange:
    """One request and what came back, filled in as it comes.

    ``status`` is None until the answer's headers are in. ``failure`` says why there is no complete answer, in one of
    the words above, or is None. ``stood`` is whether a connection ever stood for the request.
    ``limit`` is how many octets of the body are read at most.
    """

    where: str
    stood: bool = False
    failure: str | None = None
    status: int | None = None
    encoding: str = ""
    retry_after: float | None = None
    body: bytes = b""
    limit: int = answers.LARGEST


@dataclass(frozen=True, slots=True)
class Verdict:
    """The heart of an Outcome. ``detail`` may quote the server, made visible but not yet redacted."""

    kind: OutcomeKind
    reason: str
    detail: str


def of_single(exchange: Exchange, *, test: bool, redact: Redactor) -> Outcome:
    """What became of one message sent through ``/sms``."""
    answer, problem = _read(exchange)
    return _Judge(exchange, answer, problem, test, redact).outcome(answer.first if answer else None, RAW_LIMIT)


def of_bulk(exchange: Exchange, recipients: Sequence[str], *, test: bool, redact: Redactor) -> list[Outcome]:
    """What became of each recipient (digits) of one ``/smsbulk`` request, in their order.

    So that a chunk's answer is not kept once per recipient, an accepted one's ``raw`` is its own part of the answer,
    and what the others keep of the whole shrinks with their number.
    """
    answer, problem = _read(exchange)
    judge = _Judge(exchange, answer, problem, test, redact)
    limit = max(_RAW_LEAST, RAW_LIMIT // max(len(recipients), 1))
    items = answers.matched(recipients, answer.items) if answer else [None] * len(recipients)
    return [judge.outcome(item, limit, own_part=len(recipients) > 1) for item in items]


def judged(exchange: Exchange, code: int | None = None, *, has_id: bool = False, problem: str = "no_code") -> Verdict:
    """The table itself. ``problem`` is the reason for doubt that stands where there is no ``code`` or no id."""
    status, where = exchange.status, exchange.where
    if status is None:
        reason = exchange.failure or "unexpected"
        return _doubt(reason) if exchange.stood else _nothing_left(reason, where)
    claims_success = code == codes.ACCEPTED and has_id
    if status in (401, 403, 429) and not claims_success:
        if status == 429:
            return Verdict(OutcomeKind.SLOW_DOWN, "http_429", "Mitto asked to slow down and did not take it.")
        return Verdict(OutcomeKind.UNAUTHORISED, f"http_{status}", UNAUTHORISED)
    if exchange.failure is not None:
        return _doubt(exchange.failure)
    if code is not None and codes.INVALID_TYPE <= code <= codes.CHARACTER_SET:
        return _refused(code)
    if 300 <= status < 400:
        return _doubt("redirect")
    if code == codes.INTERNAL_ERROR:
        return _doubt("code_1")
    if not 200 <= status < 500:
        return _doubt(f"http_{status}")
    if code is None:
        return _doubt(problem, status)
    if code != codes.ACCEPTED:
        return _refused(code)
    if status >= 400:
        return _doubt("contradiction")
    if not has_id:
        return _doubt(problem)
    return Verdict(OutcomeKind.ACCEPTED, "accepted", "Mitto accepted it.")


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (RFC 9110 §10.2.3: seconds or a date), at most a day, or None."""
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?", value):
        seconds = float(value)
    else:
        try:
            date = parsedate_to_datetime(value)
            seconds = ((date.replace(tzinfo=UTC) if date.tzinfo is None else date) - now).total_seconds()
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def raw_text(body: bytes, redact: Redactor, limit: int = RAW_LIMIT) -> str:
    """``body`` as text without the key, at most ``limit`` octets of it."""
    text = redact(body.decode(errors="replace"))
    return text if len(text) * 4 <= limit else text.encode()[:limit].decode(errors="ignore")


def _read(exchange: Exchange) -> tuple[Answer | None, str]:
    """The answer, where the body is whole and readable, and the doubt that is left where it is not enough."""
    if exchange.status is None or exchange.failure is not None:
        return None, "unreadable"
    try:
        return usual.read(answers.decompressed(exchange.body, exchange.encoding, exchange.limit)), "no_code"
    except answers.Unreadable as unreadable:
        return None, unreadable.reason
    except OverflowError:
        return None, "too_long"


class _Judge:
    """Turns one exchange into the outcome of one item after the other, doing the common part once."""

    def __init__(self, exchange: Exchange, answer: Answer | None, problem: str, test: bool, redact: Redactor) -> None:
        self._exchange = exchange
        self._answer = answer
        self._problem = problem
        self._test = test or (answer is not None and answer.test)
        self._redact = redact
        self._text = redact(answer.text) if answer and answer.text else None
        self._raw: str | None = None
        self._verdicts: dict[tuple[int | None, bool, str], Verdict] = {}

    def outcome(self, item: Item | None, raw_limit: int, *, own_part: bool = False) -> Outcome:
        code = self._code(item)
        mitto_id = item.mitto_id if item else None
        problem = self._problem
        if self._answer is not None and code is not None:
            problem = "not_in_answer" if item is None and self._answer.items else "no_id"
        asked = (code, mitto_id is not None, problem)
        verdict = self._verdicts.get(asked)
        if verdict is None:
            verdict = self._verdicts[asked] = self._verdict(*asked)
        accepted = verdict.kind is OutcomeKind.ACCEPTED
        return Outcome(
            kind=verdict.kind,
            reason=verdict.reason,
            detail=verdict.detail,
            http_status=self._exchange.status,
            response_code=code,
            response_text=self._text,
            mitto_id=self._redact(mitto_id) if mitto_id else None,
            message_parts=item.message_parts if item else None,
            text_length=item.text_length if item else None,
            provider_time=item.time if item else None,
            retry_after=self._exchange.retry_after,
            test=self._test,
            raw=self._part(item) if accepted and own_part and item else self._whole(raw_limit),
        )

    def _verdict(self, code: int | None, has_id: bool, problem: str) -> Verdict:
        verdict = judged(self._exchange, code, has_id=has_id, problem=problem)
        detail = verdict.detail
        if code is not None and code not in codes.MEANING and self._text:
            words = one_line(self._text, 200)
            detail = f"{detail} Mitto's words: {words}" + "." * (words[-1:] not in (".", "!", "?", "…"))
        return Verdict(verdict.kind, verdict.reason, self._redact(detail))

    def _code(self, item: Item | None) -> int | None:
        """The whole call's code stands for every number; where that is 0 or missing, a number's own code decides."""
        whole = self._answer.code if self._answer else None
        own = item.code if item else None
        return own if own is not None and whole in (None, codes.ACCEPTED) else whole

    def _whole(self, limit: int) -> str | None:
        if self._exchange.status is None:
            return None
        if self._raw is None:
            self._raw = raw_text(self._exchange.body, self._redact, limit)
        return self._raw

    def _part(self, item: Item) -> str:
        source = item.source if isinstance(item.source, bytes) else msgspec.json.encode(item.source)
        return self._redact(source.decode(errors="replace"))


def _nothing_left(reason: str, where: str) -> Verdict:
    what = NOTHING_LEFT.get(reason, NOTHING_LEFT["connect_failed"]).format(where=where, name=where.partition(":")[0])
    return Verdict(OutcomeKind.NEVER_LEFT, reason, f"Nothing left this machine: {what}.")


def _doubt(reason: str, status: int | None = None) -> Verdict:
    what = DOUBT.get(reason) or f"the server answered HTTP {reason.removeprefix('http_')}"
    if status is not None and status >= 400:
        what = f"the server answered HTTP {status}, and {what}"
    return Verdict(OutcomeKind.IN_DOUBT, reason, f"It is not known whether Mitto took it: {what}.")


def _refused(code: int) -> Verdict:
    meaning = codes.MEANING.get(code, "a reason this program does not know")
    detail = f"Mitto refused it: {meaning} (code {code}). {codes.ADVICE.get(code, '')}".strip()
    return Verdict(OutcomeKind.REJECTED, f"code_{code}", detail)

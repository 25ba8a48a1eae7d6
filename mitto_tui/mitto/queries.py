"""The API's two other calls, ``/sms/converted`` and ``/usage/bycountry``: what they answer, and errors in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from mitto_tui.mitto import answers, wire
from mitto_tui.mitto.outcomes import DOUBT, Exchange, judged, raw_text
from mitto_tui.mitto.redaction import Redactor
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.sms.visible import one_line

_LONGEST_WORDS: Final = 200
_MOST_DIGITS: Final = 30


class ApiError(MittoTuiError):
    """A call other than a submission did not succeed.

    ``kind`` and ``reason`` are those of an Outcome with the same cause; ``retry_after`` is seconds; ``raw`` is the
    answer's body without the key, or None where there was no answer.
    """

    def __init__(self, message: str, advice: str, kind: OutcomeKind, reason: str, exchange: Exchange, redact: Redactor):
        super().__init__(message, advice)
        self.kind = kind
        self.reason = reason
        self.http_status = exchange.status
        self.retry_after = exchange.retry_after
        self.raw = None if exchange.status is None else raw_text(exchange.body, redact)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What was sent to one country. ``country`` is ISO 3166-1 alpha-3, as Mitto gives it; ``cost`` has no currency."""

    country: str
    messages: int
    cost: Decimal


def conversion_body(mitto_id: str) -> bytes:
    """The body for ``/sms/converted``."""
    return wire.encode({"messageId": mitto_id})


def usage_body(start: date, end: date, account_name: str) -> bytes:
    """The body for ``/usage/bycountry``; both days are included."""
    return wire.encode({"startDate": start.isoformat(), "endDate": end.isoformat(), "accountName": account_name})


def check_conversion(exchange: Exchange, redact: Redactor) -> None:
    """Raises ApiError unless Mitto confirmed the conversion: 200 and ``"OK"``."""
    value = _value(exchange, redact, _CONVERSION_REFUSALS)
    if not isinstance(value, str) or value.strip().lower() != "ok":
        raise _unreadable("Mitto did not confirm the conversion in the words it is known to use.", exchange, redact)


def read_usage(exchange: Exchange, redact: Redactor) -> list[UsageRow]:
    """The rows in Mitto's order, from an array, one object, or an array inside an object. Raises ApiError."""
    value = _value(exchange, redact, {})
    try:
        return [_row(entry) for entry in _entries(value)]
    except (ValueError, ArithmeticError):
        raise _unreadable("Mitto's usage figures can't be read.", exchange, redact) from None


_DECODER: Final = msgspec.json.Decoder[object](object, float_hook=Decimal)

_Refusals = Mapping[int, tuple[str, str]]
_CONVERSION_REFUSALS: Final[_Refusals] = {
    400: ("Conversion tracking is not enabled for this account.", "Mitto can enable it for you."),
    404: ("Mitto knows no message with this id that can be marked as converted.", "Check the id."),
}


def _value(exchange: Exchange, redact: Redactor, refusals: _Refusals) -> object:
    if exchange.failure is not None or exchange.status is None or not 200 <= exchange.status < 300:
        raise _error(exchange, redact, refusals)
    try:
        body = answers.decompressed(exchange.body, exchange.encoding)
        # The bare word is no JSON, but it is clear.
        return "OK" if body.strip().lower() == b"ok" else answers.value_of(body, _DECODER)
    except (answers.Unreadable, OverflowError):
        raise _unreadable("Mitto's answer can't be read.", exchange, redact) from None


def _error(exchange: Exchange, redact: Redactor, refusals: _Refusals) -> ApiError:
    verdict = judged(exchange)
    kind, reason, message, advice = verdict.kind, verdict.reason, verdict.detail, ""
    status = exchange.status
    if kind is OutcomeKind.SLOW_DOWN:
        message, advice = "Mitto asked to slow down.", "Try again later."
        if exchange.retry_after is not None:
            advice = f"Try again in {exchange.retry_after:.0f} seconds."
    elif kind is OutcomeKind.UNAUTHORISED:
        advice = "Check the key, and ask Mitto to allow this machine's address."
    elif status is not None and 400 <= status < 500 and exchange.failure is None:
        kind, reason = OutcomeKind.REJECTED, f"http_{status}"
        message, advice = refusals.get(status) or _in_its_words(status, exchange, redact)
    elif kind is OutcomeKind.IN_DOUBT:
        what = DOUBT.get(reason, f"the server answered HTTP {status}")
        message, advice = f"Mitto gave no usable answer: {what}.", "Try again."
    return ApiError(message, advice, kind, reason, exchange, redact)


def _in_its_words(status: int, exchange: Exchange, redact: Redactor) -> tuple[str, str]:
    words = one_line(raw_text(exchange.body, redact).strip(), _LONGEST_WORDS)
    return f"Mitto refused the request (HTTP {status}).", f"Its words: {words}" if words else ""


def _unreadable(message: str, exchange: Exchange, redact: Redactor) -> ApiError:
    return ApiError(message, "", OutcomeKind.IN_DOUBT, "unreadable", exchange, redact)


def _entries(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, list):
        for entry in value:
            if not isinstance(entry, dict):
                raise ValueError("not a row")
            yield {name.lower(): field for name, field in entry.items()}
    elif isinstance(value, dict):
        lists = [field for field in value.values() if isinstance(field, list)]
        if "country" not in {name.lower() for name in value} and len(lists) == 1:
            yield from _entries(lists[0])
        elif value:
            yield from _entries([value])
    elif value is not None:
        raise ValueError("neither an array nor an object")


def _row(fields: Mapping[str, object]) -> UsageRow:
    country = fields.get("country")
    messages = _number(fields.get("messagescount"))
    if not isinstance(country, str) or messages != messages.to_integral_value():
        raise ValueError("not a row")
    return UsageRow(country.strip(), int(messages), _number(fields.get("cost")))


def _number(value: object) -> Decimal:
    """A finite number, from a number or a string. Raises ValueError or ArithmeticError."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise ValueError("not a number")
    number = Decimal(value.strip() if isinstance(value, str) else value)
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError("not a number")  # 1e999999999 is one to Decimal, and the end of all memory to int
    return number

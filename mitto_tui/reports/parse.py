"""Reading delivery reports tolerantly.

The payload is a template that each customer agrees with Mitto, so the outer names differ; the aliases here are those
seen in the wild. Names and status words compare without regard to case. Whatever can't be read is left out, never an
error: the raw report is kept beside what was read. A profile may name the outer names itself (``Names``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from mitto_tui.sms.reference import token_of
from mitto_tui.sms.report import DeliveryReport
from mitto_tui.sms.status import ReportStatus

Fields = Mapping[str, object]
"""What a report says, by its outer names."""
Names = Mapping[str, str]
"""The customer's own outer names, by ours as in ``ALIASES``. In nested JSON dots lead inwards: ``data.message.id``."""

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("msgid", "id", "_id", "messageid"),
    "status": ("status", "deliverystatus"),
    "error": ("errorcode", "err"),
    "receiver": ("receiver", "to", "msisdn"),
    "reference": ("reference", "clientref"),
    "mccmnc": ("mccmnc",),
    "mcc": ("mcc",),
    "mnc": ("mnc",),
    "time": ("sendtimestamp", "timestamp", "sendtime"),
}
"""Our field -> the outer names it is read from, best first, in lower case."""

_STATUS: Final = {
    "buffered": ReportStatus.BUFFERED,
    "sent": ReportStatus.SENT,
    "delivered": ReportStatus.DELIVERED,
    "undelivered": ReportStatus.UNDELIVERED,
    "failed": ReportStatus.UNDELIVERED,
    "expired": ReportStatus.EXPIRED,
}
_NO_NAMES: Final[Names] = {}
_LONGEST_VALUE: Final = 4096
_DEEPEST: Final = 4
_MOST_INNER: Final = 100
_MOST_PARTS: Final = 10_000
_DECODER: Final = json.JSONDecoder()
_OPENING: Final = re.compile(r"\s*\[")
_BETWEEN: Final = re.compile(r"\s*,?\s*")
_MILLISECONDS_FROM: Final = 10**11
_MICROSECONDS_FROM: Final = 10**14
"""Unix times above these are milliseconds or microseconds: in seconds they would lie thousands of years ahead."""


def parse_fields(fields: Fields, names: Names = _NO_NAMES) -> list[DeliveryReport]:
    """The report that fields add up to; empty where none of them is known."""
    return _reports([fields], names)


def parse_query(text: str, names: Names = _NO_NAMES) -> list[DeliveryReport]:
    """The report in a GET query or a POST form body; empty where no field is known."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []
    return _reports([dict(pairs)], names)


def parse_json(text: str, names: Names = _NO_NAMES) -> list[DeliveryReport]:
    """The report in a JSON object; empty where it is none or no field is known. For many, see ``json_parts``.

    What stands in objects within it counts where the object itself has no such field.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return _reports([_flat(value)], names) if isinstance(value, Mapping) else []


def json_parts(text: str) -> list[str]:
    """The entries of a JSON array, each as it came, so that a report keeps its own part and not everybody's.

    Of an object, those of the array in it (``{"reports": [...]}``), written anew. ``text`` itself where there is no
    array, or nothing in it can be read. What comes after 10,000 entries, after the array, or where it breaks off, is
    one part.
    """
    at = _past(_OPENING, text, 0)
    if not at:
        return _wrapped(text) or [text]
    parts: list[str] = []
    while len(parts) < _MOST_PARTS:
        at = _past(_BETWEEN, text, at)
        if text.startswith("]", at):
            at += 1
            break
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        parts.append(text[at:end])
        at = end
    rest = text[at:].strip()
    if not parts:
        return [text]
    return [*parts, rest] if rest else parts


def _wrapped(text: str) -> list[str]:
    """The entries of the only array of objects in an object that says nothing else that is known."""
    if "[" not in text:
        return []
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    for _ in range(_DEEPEST):
        if not isinstance(value, dict) or _report(_lower(value), _NO_NAMES) is not None:
            return []
        inner = [each for each in value.values() if isinstance(each, list | dict) and each]
        if len(inner) != 1:
            return []
        value = inner[0]
        if isinstance(value, list):
            known = [each for each in value if isinstance(each, dict)]
            if len(known) != len(value) or len(known) > _MOST_PARTS:
                return []
            return [json.dumps(each, ensure_ascii=False) for each in known]
    return []


def _flat(value: Fields) -> Fields:
    """With what stands in objects within it, under the way to it and, where that is free, under its own name."""
    found = {str(name): each for name, each in value.items() if not isinstance(each, Mapping)}
    level: list[tuple[str, Fields]] = [(f"{name}.", each) for name, each in value.items() if isinstance(each, Mapping)]
    for _ in range(_DEEPEST):
        deeper: list[tuple[str, Fields]] = []
        for way, inner in level[:_MOST_INNER]:
            for name, each in inner.items():
                if isinstance(each, Mapping):
                    deeper.append((f"{way}{name}.", each))
                else:
                    found.setdefault(f"{way}{name}", each)
                    found.setdefault(str(name), each)
        level = deeper
    return found


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _reports(items: Sequence[Fields], names: Names) -> list[DeliveryReport]:
    return [report for item in items if (report := _report(_lower(item), names)) is not None]


def _lower(item: Fields) -> Fields:
    return {str(name).lower(): value for name, value in item.items()}


def _report(item: Fields, names: Names) -> DeliveryReport | None:
    fields = dict(item)
    for field, name in names.items():
        if (value := item.get(name.lower())) is not None:
            fields[ALIASES[field][0]] = value
    mitto_id, reference = _text(fields, "id"), _text(fields, "reference")
    word = _text(fields, "status")
    if mitto_id is None and reference is None and word is None:
        return None
    receiver = _text(fields, "receiver")
    return DeliveryReport(
        status=_STATUS.get((word or "").lower(), ReportStatus.UNKNOWN),
        status_text=word or "",
        mitto_id=mitto_id,
        token=token_of(reference),
        reference=reference,
        receiver="".join(char for char in receiver if char.isascii() and char.isdigit()) if receiver else None,
        error_code=_text(fields, "error"),
        mccmnc=_network(fields),
        provider_time=_time(fields),
    )


def _values(fields: Fields, field: str) -> Iterator[str]:
    for name in ALIASES[field]:
        value = fields.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        text = str(value).strip()[:_LONGEST_VALUE]
        if text:
            # JSON can smuggle in half a surrogate pair, which no database stores.
            yield text.encode("utf-8", "replace").decode("utf-8")


def _text(fields: Fields, field: str) -> str | None:
    return next(_values(fields, field), None)


def _network(fields: Fields) -> str | None:
    """Country and network code as one: ``26201``."""
    whole = _text(fields, "mccmnc")
    if whole is not None:
        return whole
    mcc, mnc = _text(fields, "mcc"), _text(fields, "mnc")
    return f"{mcc or ''}{mnc or ''}" or None


def _time(fields: Fields) -> datetime | None:
    """The first of the time fields that can be read; one without a zone is taken as UTC."""
    for value in _values(fields, "time"):
        time = _unix_time(value) or _iso_time(value)
        if time is not None:
            return time
    return None


def _unix_time(value: str) -> datetime | None:
    try:
        seconds = float(value)
        if seconds >= _MICROSECONDS_FROM:
            seconds /= 1_000_000
        elif seconds >= _MILLISECONDS_FROM:
            seconds /= 1_000
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _iso_time(value: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(_microseconds_only(value))
    except ValueError:
        return None
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        return None


def _microseconds_only(value: str) -> str:
    """Mitto's timestamps have seven fractional digits; Python reads six."""
    head, dot, rest = value.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return f"{head}{dot}{rest[: min(digits, 6)]}{rest[digits:]}" if dot else value

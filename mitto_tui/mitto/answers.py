"""Mitto's answers, read tolerantly: every shape that its documentation, its own clients and live captures show.

Nothing here judges; ``outcomes`` does. Field names are compared without regard to case, numbers may be strings, ids
may stand in ``id``, ``ids`` or ``messages``, and anything may be missing.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from mitto_tui.mitto import wire, xml
from mitto_tui.sms.unpacking import unpacked

LARGEST: Final = 1_000_000
"""Octets of an answer that are read at most, where it is about so many recipients that no more are to be expected."""
_OF_ONE: Final = 1_000
"""Octets that an answer may have for each recipient: some 150 in compact JSON, a few times as many in XML."""

LONGEST_ID: Final = 200
LONGEST_TEXT: Final = 2_000
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,10}")
LARGEST_INTEGER: Final = 2**31 - 1
_HTML: Final = re.compile(rb"<(!doctype\s+html|html|head|body|title|center|h1|p)\b", re.IGNORECASE)


def largest(recipients: int) -> int:
    """Octets that are read at most of an answer about so many recipients."""
    return max(LARGEST, _OF_ONE * recipients)


class Unreadable(ValueError):
    """The body is no answer. ``reason`` is ``empty``, ``html`` or ``unreadable``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Item(msgspec.Struct, frozen=True, gc=False):
    """What an answer says about one message. ``to`` is digits, or empty where the answer names no number.

    ``source`` is that part of the answer: as it came, or as plain values where it had to be read tolerantly.
    """

    mitto_id: str | None = None
    to: str = ""
    code: int | None = None
    message_parts: int | None = None
    text_length: int | None = None
    time: datetime | None = None
    source: bytes | Mapping[str, object] = b"{}"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a whole. ``first`` speaks for a single message; ``items`` are a bulk call's, in their order."""

    code: int | None
    text: str | None
    test: bool
    first: Item
    items: Sequence[Item]


def read(body: bytes) -> Answer:
    """The answer in ``body``, JSON or XML, whichever it is. Raises Unreadable."""
    source = value_of(body)
    if not isinstance(source, dict):
        raise Unreadable("unreadable")
    fields = _folded(source)
    whole = _item(source)
    entries = _flat(fields.get("messages"), _OF_A_MESSAGE)
    messages = [_item(entry) for entry in entries if isinstance(entry, dict)]
    ids = [Item(mitto_id=number) for number in map(_id, _flat(fields.get("ids"))) if number]
    return Answer(
        code=_integer(fields.get("responsecode")),
        text=_text(fields.get("responsetext"))[:LONGEST_TEXT] or None,
        test=_text(fields.get("test")).lower() == "true",
        first=speaking(whole, ids or messages),
        items=messages or ids or ([whole] if whole.mitto_id else []),
    )


def speaking(whole: Item, listed: Sequence[Item]) -> Item:
    """What speaks for a single message: the answer as a whole, or the first of a list where only that has an id."""
    if whole.mitto_id is not None or not listed:
        return whole
    first = listed[0]
    return Item(
        mitto_id=first.mitto_id,
        to=whole.to or first.to,
        code=first.code,
        message_parts=_or(whole.message_parts, first.message_parts),
        text_length=_or(whole.text_length, first.text_length),
        time=whole.time or first.time,
        source=whole.source,
    )


def value_of(body: bytes, decoder: msgspec.json.Decoder[object] | None = None) -> object:
    """The body as plain values: JSON, or XML as ``xml.parse`` gives it. Raises Unreadable."""
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise Unreadable("empty")
    if body.startswith(b"<"):
        return _from_xml(body)
    decoder = decoder or _DECODER
    for attempt in (body, body.decode(errors="replace").encode()):
        try:
            return decoder.decode(attempt)
        except (msgspec.DecodeError, ValueError, ArithmeticError, RecursionError):
            continue
    raise Unreadable("unreadable")


_DECODER: Final = msgspec.json.Decoder[object](object)


def _from_xml(body: bytes) -> object:
    if _HTML.match(body):
        raise Unreadable("html")
    try:
        root, value = xml.parse(body)
    except xml.NotXml:
        raise Unreadable("html" if _HTML.search(body[:1024]) else "unreadable") from None
    if root == "html":
        raise Unreadable("html")
    return value if isinstance(value, dict) else {root: value}


def decompressed(body: bytes, encoding: str, limit: int = LARGEST) -> bytes:
    """``body`` without the compression it came in although we asked for none. At most ``limit`` octets are made.

    Raises Unreadable for an unknown or broken ``encoding``, OverflowError for a longer body.
    """
    try:
        return unpacked(body, encoding, limit)
    except ValueError:
        raise Unreadable("unreadable") from None


def matched(recipients: Sequence[str], items: Sequence[Item]) -> list[Item | None]:
    """The item of each recipient (digits), or None where the answer leaves that open.

    By number; by order only where the answer names no number at all and lists as many messages as were asked for. A
    number that was asked for twice takes two items.
    """
    by_number = {item.to: item for item in items if item.to}
    if not by_number:
        return list(items) if len(items) == len(recipients) else [None] * len(recipients)
    if len(by_number) == len(items):
        return [by_number.pop(number, None) for number in recipients]
    waiting: defaultdict[str, deque[Item]] = defaultdict(deque)
    for item in items:
        if item.to:
            waiting[item.to].append(item)
    return [waiting[number].popleft() if waiting.get(number) else None for number in recipients]


_OF_A_MESSAGE: Final = frozenset({"id", "to", "timestamp", "responsecode"})


def _flat(value: object, whole: frozenset[str] = frozenset()) -> Iterator[object]:
    """The entries of a list however it is written: a list, one entry alone, or XML's list within a named element.

    A dict that has one of the names in ``whole`` is an entry, not a list.
    """
    if isinstance(value, list):
        for entry in value:
            yield from _flat(entry, whole)
    elif isinstance(value, dict) and whole.isdisjoint(name.lower() for name in value):
        for entry in value.values():
            yield from _flat(entry, whole)
    elif value is not None:
        yield value


def _folded(source: Mapping[str, object]) -> dict[str, object]:
    return {name.lower(): value for name, value in source.items()}


def _item(source: Mapping[str, object]) -> Item:
    fields = _folded(source)
    return Item(
        mitto_id=_id(fields.get("id")),
        to=wire.digits(_text(fields.get("to"))),
        code=_integer(fields.get("responsecode")),
        message_parts=_integer(fields.get("messageparts")),
        text_length=_integer(fields.get("textlength")),
        time=time_of(fields.get("timestamp")),
        source=source,
    )


def _id(value: object) -> str | None:
    text = "" if isinstance(value, bool) else _text(value)
    return text if 0 < len(text) <= LONGEST_ID else None


def _or(first: int | None, second: int | None) -> int | None:
    return second if first is None else first


def _text(value: object) -> str:
    """``value`` as text that can be stored: empty for what has no plain text, without halves of surrogate pairs."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if abs(value) < 10**LONGEST_ID else ""
    return value.encode("utf-8", "replace").decode().strip() if isinstance(value, str) else ""


def _integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if (isinstance(value, float) and value.is_integer()) or (
        isinstance(value, str) and _INTEGER.fullmatch(value.strip())
    ):
        value = int(value)
    return value if isinstance(value, int) and abs(value) <= LARGEST_INTEGER else None


def time_of(value: object) -> datetime | None:
    """``2022-04-19T07:46:45.7381135Z``: seven fractional digits, of which Python keeps six; UTC where no zone is."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value.strip())
        if time.tzinfo is UTC:
            return time
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None

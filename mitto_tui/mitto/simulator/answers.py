"""The bodies of answers, as data and as bytes: JSON as Mitto's, XML with the same names."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from mitto_tui.mitto import codes
from mitto_tui.mitto.simulator.scenario import AnswerProfile

Body = Mapping[str, object]

_SENT: Final = "SMS sent"
_SENT_LONGER: Final = "SMS sent successfully."
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ITEM_NAMES: Final = {"ids": "id", "messages": "message"}

HTML_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head>\n"
    b"<body><h1>Service unavailable</h1><p>Please try again later.</p></body></html>\n"
)
"""What a proxy in front of an API would send."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that was taken. ``to`` is the recipient as the answer spells it."""

    id: str
    to: str


def timestamp() -> str:
    """Now, in UTC, with seven digits of a second, as .NET writes it."""
    ticks = time.time_ns() // 100
    seconds, fraction = divmod(ticks, 10_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:07d}Z"


def single(message: Accepted, profile: AnswerProfile, length: int, parts: int, *, test: bool) -> Body:
    """The answer to an accepted ``/sms``. A test call's has no ``to`` and counts nothing."""
    if profile is AnswerProfile.IDS:
        return _ids((message,), test=test)
    if test:
        return {
            "id": message.id,
            "timestamp": timestamp(),
            "test": True,
            "responseCode": codes.ACCEPTED,
            "textLength": _length(0, profile),
            "responseText": _SENT,
            "messageParts": 0,
        }
    return {
        "id": message.id,
        "timestamp": timestamp(),
        "to": message.to,
        "responseCode": codes.ACCEPTED,
        "textLength": _length(length, profile),
        "responseText": _SENT,
        "messageParts": parts,
    }


def bulk(messages: Iterable[Accepted], profile: AnswerProfile, length: int, parts: int, *, test: bool) -> Body:
    """The answer to an accepted ``/smsbulk``: one item for each recipient, in their order."""
    if profile is AnswerProfile.IDS:
        return _ids(messages, test=test)
    now = timestamp()
    head: dict[str, object] = {"responseCode": codes.ACCEPTED, "responseText": _SENT}
    if test:
        none = _length(0, profile)
        items: list[dict[str, object]] = [
            {"id": message.id, "timestamp": now, "textLength": none, "messageParts": 0} for message in messages
        ]
        return {**head, "test": True, "messages": items}
    shown = _length(length, profile)
    items = [
        {"id": message.id, "timestamp": now, "to": message.to, "textLength": shown, "messageParts": parts}
        for message in messages
    ]
    return {**head, "messages": items}


def _ids(messages: Iterable[Accepted], *, test: bool) -> Body:
    body: dict[str, object] = {"ids": [message.id for message in messages], "timestamp": timestamp()}
    if test:
        body["test"] = True
    return {**body, "responseCode": codes.ACCEPTED, "responseText": _SENT_LONGER}


def _length(length: int, profile: AnswerProfile) -> int | str:
    return f" {length}" if profile is AnswerProfile.SPACED else length


def refusal(code: int) -> Body:
    """The answer to a submission that a check, or a fault, has refused."""
    meaning = codes.MEANING.get(code, f"refused with code {code}")
    return {"timestamp": timestamp(), "responseCode": code, "responseText": meaning[:1].upper() + meaning[1:]}


def note(text: str) -> Body:
    """An answer without a responseCode: what the HTTP status means here. No source shows Mitto's."""
    return {"responseText": text}


def without_ids(body: Body) -> Body:
    """The same answer with every id left out."""
    bare = {name: value for name, value in body.items() if name not in ("id", "ids")}
    items = bare.get("messages")
    if isinstance(items, list):
        bare["messages"] = [{name: value for name, value in item.items() if name != "id"} for item in items]
    return bare


def as_json(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def as_xml(root: str, body: object) -> bytes:
    """``body`` as elements named like its JSON, under ``root``. Mitto's own element names are not documented."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>']
    _element(parts, root, body, "item")
    return "".join(parts).encode("utf-8")


def _element(parts: list[str], name: str, value: object, item_name: str) -> None:
    parts.append(f"<{name}>")
    if isinstance(value, Mapping):
        for inner, content in value.items():
            _element(parts, inner, content, _ITEM_NAMES.get(inner, "item"))
    elif isinstance(value, list):
        for content in value:
            _element(parts, item_name, content, "item")
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    else:
        parts.append(escape(_NOT_XML.sub("\ufffd", str(value))))
    parts.append(f"</{name}>")

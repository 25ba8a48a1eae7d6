"""Behaviours of a raw-socket server that takes messages as Mitto does: bodies made for what was asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.servers.behaviours import head
from tests.servers.peer import Peer, Request

_TIME = "2026-03-01T12:00:00.1234567Z"


def asked(request: Request) -> list[str]:
    """The numbers that a request is for."""
    to = json.loads(request.body)["to"]
    return [to] if isinstance(to, str) else list(to)


def id_of(number: str) -> str:
    """The id that this server gives to a number's message."""
    return f"d88ae721-2938-45af-b8a0-{int(number):012d}"[:36]


def single(number: str, **more: Any) -> dict[str, Any]:
    """What ``/sms`` answers where the message is taken."""
    return {"id": id_of(number), "timestamp": _TIME, "to": f"+{number}", "responseCode": 0, "messageParts": 1, **more}


def bulk(numbers: Sequence[str], **more: Any) -> dict[str, Any]:
    """What ``/smsbulk`` answers where the messages are taken."""
    return {"responseCode": 0, "responseText": "SMS sent", "messages": [item(number) for number in numbers], **more}


def item(number: str) -> dict[str, Any]:
    """What ``/smsbulk`` answers about one of the numbers."""
    return {"id": id_of(number), "timestamp": _TIME, "to": number, "textLength": 5, "messageParts": 1}


def take(peer: Peer) -> None:
    """Take whatever is asked, and keep the connection."""
    request = peer.read()
    numbers = asked(request)
    body = json.dumps(bulk(numbers) if request.path.startswith("/smsbulk") else single(numbers[0])).encode()
    peer.send(head(len(body)) + body)

"""Answers as Mitto writes them, in JSON and in the XML that mirrors it."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from mitto_tui.sms.submission import Content, WireType

KEY = "Key-4f9a/secret+2b"
NUMBER = "15555550101"
OTHER = "15555550102"
ID = "d88ae721-2938-45af-b8a0-b8de4231f702"
OTHER_ID = "0a1b2c3d-2938-45af-b8a0-b8de4231f703"
CONTENT = Content("MITTO SMS", "Hello", WireType.GSM, reference="Spring")

SINGLE: dict[str, Any] = {
    "id": ID,
    "timestamp": "2022-04-19T07:46:45.7381135Z",
    "to": f"+{NUMBER}",
    "responseCode": 0,
    "textLength": 50,
    "responseText": "SMS sent",
    "messageParts": 1,
}
BULK: dict[str, Any] = {
    "responseCode": 0,
    "responseText": "SMS sent",
    "messages": [
        {"id": ID, "timestamp": "2022-04-19T07:46:45.7381135Z", "to": NUMBER, "textLength": 13, "messageParts": 1},
        {"id": OTHER_ID, "timestamp": "2022-04-19T07:46:45.7381135Z", "to": OTHER, "textLength": 13, "messageParts": 1},
    ],
}


def render(fields: dict[str, object], form: str) -> bytes:
    return json.dumps(fields).encode() if form == "json" else xml(fields)


def xml(fields: dict[str, object], root: str = "SmsResponse") -> bytes:
    return b'<?xml version="1.0" encoding="utf-8"?>' + _element(root, fields).encode()


def _element(name: str, value: object) -> str:
    match value:
        case dict():
            inner = "".join(_element(key, field) for key, field in value.items())
        case list():
            inner = "".join(_element("item", field) for field in value)
        case bool():
            inner = str(value).lower()
        case None:
            inner = ""
        case _:
            inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"

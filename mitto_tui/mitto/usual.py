"""A short cut to ``answers.read`` for the JSON that Mitto writes: several times as fast, and the same to the letter.

Whatever is not exactly in the documented shape is left to the tolerant reader.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from mitto_tui.mitto import answers, wire
from mitto_tui.mitto.answers import LARGEST_INTEGER, LONGEST_ID, LONGEST_TEXT, Answer, Item, speaking, time_of

_Integer = Annotated[int, msgspec.Meta(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)] | None
_Id = Annotated[str, msgspec.Meta(max_length=LONGEST_ID)] | None


class _Message(msgspec.Struct, forbid_unknown_fields=True, rename="camel", gc=False):
    id: _Id = None
    timestamp: str | None = None
    to: str | None = None
    response_code: _Integer = None
    text_length: _Integer = None
    message_parts: _Integer = None
    response_text: str | None = None


class _Answer(_Message, forbid_unknown_fields=True, rename="camel"):
    test: bool | None = None
    messages: list[msgspec.Raw] = []


_ANSWER: Final = msgspec.json.Decoder(_Answer)
_MESSAGE: Final = msgspec.json.Decoder(_Message)


def read(body: bytes) -> Answer:
    """The answer in ``body``, JSON or XML, whichever it is. Raises answers.Unreadable."""
    if body[:1] == b"{":
        try:
            return _read(body)
        except (msgspec.DecodeError, _Unusual, ValueError, RecursionError):
            pass
    return answers.read(body)


class _Unusual(Exception):
    """Not of the documented shape."""


def _read(body: bytes) -> Answer:
    found = _ANSWER.decode(body)
    whole = _item(found, body)
    messages = [_listed(bytes(source)) for source in found.messages]
    text = found.response_text
    return Answer(
        code=found.response_code,
        text=text.strip()[:LONGEST_TEXT] or None if text else None,
        test=found.test is True,
        first=speaking(whole, messages),
        items=messages or ([whole] if whole.mitto_id else []),
    )


def _listed(source: bytes) -> Item:
    found = _MESSAGE.decode(source)
    if found.id is None and found.to is None:
        raise _Unusual
    return _item(found, source)


def _item(found: _Message, source: bytes) -> Item:
    number, to, time = found.id, found.to, found.timestamp
    return Item(
        (number.strip() or None) if number else None,
        wire.digits(to.strip().removeprefix("+")) if to else "",
        found.response_code,
        found.message_parts,
        found.text_length,
        time_of(time) if time else None,
        source,
    )

"""Column types: what SQL has no exact word for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, Row, Text
from sqlalchemy.types import TypeDecorator

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever columns."""

LARGEST: Final = 2**63 - 1
"""The largest integer that SQL's 64 bits hold."""


def storable(number: int | None) -> int | None:
    """``number``, or None where it does not fit into 64 bits: a provider's answer may hold any number."""
    return number if number is not None and -LARGEST <= number <= LARGEST else None


def within(number: int) -> int:
    """``number``, or the nearest that fits into 64 bits, which is no row's id: for comparing with what is stored."""
    return max(min(number, LARGEST), -LARGEST)


def to_microseconds(moment: datetime) -> int:
    """Whole microseconds from the epoch to ``moment``, exactly. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a stored time must be aware: this one has no time zone")
    return (moment - _EPOCH) // _MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since the epoch; read back in UTC. Naive times raise ValueError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        try:
            return _EPOCH + _MICROSECOND * int(value)
        except (OverflowError, TypeError):
            raise ValueError(f"{value!r} is no time") from None


class AnyText(TypeDecorator[str]):
    """Any str whatsoever, given back exactly: NUL, bidirectional controls, emoji, and lone surrogates.

    UTF-8 has no lone surrogates, so a text that holds one (and only such a text) is stored as the bytes that Python's
    ``surrogatepass`` makes of it; SQLite keeps bytes in a text column as they are.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else to_stored(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else from_stored(value)


class JsonObject(TypeDecorator[Mapping[str, object]]):
    """A mapping of JSON's own types, as JSON. Texts in it are kept as exactly as ``AnyText`` keeps them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, object] | None, dialect: Dialect) -> Any:
        # Not in ASCII: two lone surrogates side by side, each escaped, would be read back as one character.
        return None if value is None else to_stored(json.dumps(dict(value), ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, object] | None:
        if value is None:
            return None
        found = json.loads(from_stored(value))
        if not isinstance(found, dict):
            raise ValueError("it is no JSON object")
        return found


def to_stored(text: str) -> str | bytes:
    """``text`` as SQLite can keep it; see ``AnyText``."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")
    return text


def from_stored(value: Any) -> str:
    """What ``to_stored`` made, as it was."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value

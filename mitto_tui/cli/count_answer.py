"""What ``count`` is asked and answers in JSON, the same for one text and for a stream of them."""

from __future__ import annotations

from typing import Any, Final

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.segments import Count

TYPES: Final = ("auto", "gsm", "unicode", "binary")


def as_dict(counted: Count) -> dict[str, Any]:
    """The contract's object for one text."""
    return {
        "encoding": counted.encoding,
        "characters": counted.characters,
        "units": counted.units,
        "segments": counted.segments,
        "per_segment": counted.per_segment,
        "remaining": counted.remaining,
        "segment_units": list(counted.segment_units),
        "too_long": counted.too_long,
        "offending": list(counted.offending),
        "error": counted.error,
    }


def parsed_header(type: object, udh: object) -> bytes:  # noqa: A002 - the option's name
    """The user data header, where both it and the type are what can be counted with. Raises InvalidInput."""
    if type not in TYPES:
        raise InvalidInput("type", f"The type must be one of {', '.join(TYPES)}.")
    if not isinstance(udh, str):
        raise InvalidInput("udh", "The user data header must be a string of hex digits.")
    try:
        return bytes.fromhex(udh)
    except ValueError:
        raise InvalidInput("udh", "The user data header must be pairs of hex digits.") from None

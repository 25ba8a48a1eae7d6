"""The limits of a sending as a person types them: read, checked, and said in a sentence where they can't be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mitto_tui.sms.campaign import CampaignLimits, Canary
from mitto_tui.sms.errors import InvalidInput

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Limits

RATE: Final = "rate"
CHUNK: Final = "chunk"
IN_FLIGHT: Final = "in_flight"
FIRST: Final = "first"
SHARE: Final = "share"
WAIT: Final = "wait"

_FASTEST: Final = 10_000.0
_CHUNK_MOST: Final = 10_000
_IN_FLIGHT_MOST: Final = 1_000
_FIRST_MOST: Final = 1_000_000
_WAIT_MOST: Final = 7 * 24 * 60
"""Minutes: a week."""
_NUMBER: Final = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,12})?")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")


def as_typed(limits: Limits) -> Mapping[str, str]:
    """What stands in the fields at first: the profile's own limits, and no canary."""
    return {
        RATE: f"{limits.rate:g}" if limits.rate is not None else "",
        CHUNK: str(limits.chunk),
        IN_FLIGHT: str(limits.max_in_flight),
        FIRST: "",
        SHARE: "80",
        WAIT: "60",
    }


def read_limits(typed: Mapping[str, str], max_rejected: float = 0.5) -> CampaignLimits:
    """The limits for what was typed (by the names above). Raises InvalidInput with the field and a sentence."""
    return CampaignLimits(
        chunk=_whole(CHUNK, typed[CHUNK], 1, _CHUNK_MOST, "Recipients a request"),
        in_flight=_whole(IN_FLIGHT, typed[IN_FLIGHT], 1, _IN_FLIGHT_MOST, "Requests at a time"),
        rate=_rate(typed[RATE]),
        max_rejected=max_rejected,
        canary=_canary(typed),
    )


def _rate(typed: str) -> float | None:
    text = typed.strip()
    if not text:
        return None
    value = _number(text)
    if value is None or not 0 < value <= _FASTEST:
        raise InvalidInput(RATE, "Messages a second must be a number above 0 and at most 10,000, or empty: no limit.")
    return value


def _canary(typed: Mapping[str, str]) -> Canary | None:
    if not typed[FIRST].strip():
        return None
    first = _whole(FIRST, typed[FIRST], 1, _FIRST_MOST, "How many it is first sent to", empty=" or empty: all at once")
    share, wait = _number(typed[SHARE].strip().rstrip("%").strip()), _number(typed[WAIT].strip())
    if share is None or not 0 < share <= 100:
        raise InvalidInput(SHARE, "How many must be delivered is a share above 0 and at most 100 %.")
    if wait is None or not 0 < wait <= _WAIT_MOST:
        raise InvalidInput(WAIT, "How long to wait for their reports must be above 0 and at most 10,080 minutes.")
    return Canary(first, share / 100, wait * 60)


def _whole(field: str, typed: str, least: int, most: int, name: str, *, empty: str = "") -> int:
    text = typed.strip().replace(",", "")
    if _WHOLE.fullmatch(text) and least <= int(text) <= most:
        return int(text)
    raise InvalidInput(field, f"{name} must be a whole number from {least} to {most:,}{empty}.")


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def limits_words(limits: CampaignLimits, *, alike: bool = True) -> str:
    """The limits that a campaign was approved with: ``up to 50 a second · 16 requests of up to 100 at a time``.

    ``alike`` is whether all get the same text: others go one by one, whatever the limits say.
    """
    said = [f"up to {limits.rate:g} a second"] if limits.rate is not None else []
    each = f" of up to {limits.chunk:,} recipients" if limits.chunk > 1 and alike else ""
    said.append(f"{limits.in_flight:,} {'request' if limits.in_flight == 1 else 'requests'}{each} at a time")
    if (canary := limits.canary) is not None:
        said.append(f"the first {canary.first:,} first")
    return " · ".join(said)

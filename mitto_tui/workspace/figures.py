"""What the history adds up to, for a person: by day, status, country and campaign, and how long deliveries took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from mitto_tui.recipients.alpha3 import region_of
from mitto_tui.sms.status import Status
from mitto_tui.storage.statistics import Period, Statistics, Tally

if TYPE_CHECKING:
    from mitto_tui.storage.statistics import NumberBlock

_Key = TypeVar("_Key")

TAKEN: Final = frozenset(
    {
        *(Status.ACCEPTED, Status.BUFFERED, Status.SENT, Status.DELIVERED),
        *(Status.UNDELIVERED, Status.EXPIRED, Status.NO_REPORT),
    }
)
"""Statuses of messages that Mitto certainly has: what is charged."""


@dataclass(frozen=True, slots=True)
class DeliveryTimes:
    """Seconds from the attempt to the phone: half and 95 of 100 took no longer. ``of`` is how many were looked at."""

    median: float
    most: float
    of: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Each part adds up to ``total``. ``days`` are local and without gaps, oldest first; the others largest first.

    ``countries`` are by region (ISO 3166-1 alpha-2; empty: unknown), ``campaigns`` by id and name (None: single
    messages). ``times`` is None where nothing was delivered.
    """

    total: Tally
    days: Mapping[date, Tally]
    countries: Mapping[str, Tally]
    campaigns: Mapping[tuple[int, str] | None, Tally]
    times: DeliveryTimes | None


@dataclass(frozen=True, slots=True)
class CountryBeside:
    """A country as Mitto counts it and as the history does. ``country`` is Mitto's word, or else the region.

    ``theirs`` and ``cost`` are None where Mitto says nothing of it; ``own`` and ``segments`` count what Mitto took.
    """

    country: str
    region: str | None
    theirs: int | None
    cost: Decimal | None
    own: int
    segments: int


def taken(tally: Tally) -> int:
    """How many of them Mitto has taken."""
    return sum(tally[status] for status in TAKEN)


def parts_taken(tally: Tally) -> int:
    """How many parts the messages have that Mitto has taken."""
    return sum(tally.parts[status] for status in TAKEN)


def delivered_share(tally: Tally) -> float | None:
    """Which part of what Mitto has taken is on the phone, 0 to 1; None where it has taken nothing."""
    base = taken(tally)
    return tally[Status.DELIVERED] / base if base else None


def days(first: date, last: date, zone: tzinfo | None = None) -> Period:
    """The days from ``first`` to ``last``, both included, in ``zone`` (None: the person's own)."""
    return Period(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))


def figures(statistics: Statistics, period: Period) -> Figures:
    """All of it. May take seconds: call it in a thread."""
    total, by_day = Tally(), dict[date, Tally]()
    for quarter, tally in sorted(statistics.by_time(period).items()):
        by_day.setdefault(quarter.astimezone().date(), Tally()).add(tally)
        total.add(tally)
    return Figures(
        total,
        _without_gaps(by_day),
        by_country(statistics, period),
        _largest_first(statistics.by_campaign(period)),
        _times(statistics.delivery_times(period)),
    )


def by_country(statistics: Statistics, period: Period) -> dict[str, Tally]:
    """By region, largest first. May take seconds."""
    found: dict[str, Tally] = {}
    for block, tally in statistics.by_number(period).items():
        found.setdefault(_region(block), Tally()).add(tally)
    return _largest_first(found)


def beside(usage: Iterable[tuple[str, int | None, Decimal | None]], own: Mapping[str, Tally]) -> list[CountryBeside]:
    """Mitto's usage (country, messages, cost) beside our own count, in Mitto's order; then what only we have."""
    rows, seen = [], set[str]()
    for country, messages, cost in usage:
        region = region_of(country)
        tally = own.get(region) if region is not None and region not in seen else None
        tally = tally or Tally()
        if region is not None:
            seen.add(region)
        rows.append(CountryBeside(country, region, messages, cost, taken(tally), parts_taken(tally)))
    for region, tally in own.items():
        if region not in seen and taken(tally):
            rows.append(CountryBeside(region or "?", region or None, None, None, taken(tally), parts_taken(tally)))
    return rows


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _without_gaps(found: dict[date, Tally]) -> dict[date, Tally]:
    if not found:
        return {}
    first, last = min(found), max(found)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day: found.get(day) or Tally() for day in every}


def _largest_first(found: dict[_Key, Tally]) -> dict[_Key, Tally]:
    return dict(sorted(found.items(), key=lambda item: -item[1].total()))


def _region(block: NumberBlock) -> str:
    from mitto_tui.recipients.blocks import Mixed, read_international
    from mitto_tui.recipients.numbers import read_number

    try:
        reading = read_international(block.known, block.length)
    except Mixed:
        return read_number(f"+{block.example}").region or ""
    if reading is None:
        return ""
    return reading.kind.region or read_number(f"+{block.example}").region or ""


def _times(seconds: list[float]) -> DeliveryTimes | None:
    if not seconds:
        return None
    most = seconds[min(int(len(seconds) * 0.95), len(seconds) - 1)]
    return DeliveryTimes(seconds[len(seconds) // 2], most, len(seconds))

"""What the simulator remembers of the messages that it took: usage per day and country, and ids that may convert."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, date, datetime
from typing import Final

from mitto_tui.mitto.simulator.countries import country_of

_REMEMBERED_IDS: Final = 100_000


class Ledger:
    """Bounded: a sum for each day and country, and the newest ids."""

    def __init__(self) -> None:
        self._usage: dict[date, dict[str, tuple[int, int]]] = {}
        self._ids: OrderedDict[int, None] = OrderedDict()  # a dict gets slow where its first is deleted again and again

    def accept(self, mitto_id: str, digits: str, parts: int) -> None:
        """Remember a message of ``parts`` charged parts to ``digits``."""
        country = country_of(digits)
        day = self._usage.setdefault(datetime.now(UTC).date(), {})
        messages, cost = day.get(country.alpha3, (0, 0))
        day[country.alpha3] = (messages + 1, cost + parts * country.price)
        self._ids[_number(mitto_id)] = None
        if len(self._ids) > _REMEMBERED_IDS:
            self._ids.popitem(last=False)

    def knows(self, mitto_id: str) -> bool:
        """True for one of the newest ids, with or without dashes, in any case."""
        try:
            return _number(mitto_id) in self._ids
        except ValueError:
            return False

    def usage(self, first: date, last: date) -> list[dict[str, str]]:
        """What was taken on the days ``first`` to ``last`` (UTC, both included), as ``/usage/bycountry`` answers it."""
        totals: dict[str, tuple[int, int]] = {}
        for day, countries in self._usage.items():
            if first <= day <= last:
                for alpha3, (messages, cost) in countries.items():
                    before = totals.get(alpha3, (0, 0))
                    totals[alpha3] = (before[0] + messages, before[1] + cost)
        return [
            {"country": alpha3, "messagesCount": str(messages), "cost": f"{cost // 10_000}.{cost % 10_000:04d}"}
            for alpha3, (messages, cost) in sorted(totals.items())
        ]


def _number(mitto_id: str) -> int:
    digits = mitto_id.replace("-", "")
    if len(digits) != 32 or not digits.isalnum():
        raise ValueError("not a UUID")
    return int(digits, 16)

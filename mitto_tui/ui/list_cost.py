"""What sending to a whole list costs, by the person's own table of prices: exact, country by country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import reduce
from typing import TYPE_CHECKING, Final

from mitto_tui.recipients.countries import country_name
from mitto_tui.ui.cost import Cost, cost, money, price_in

if TYPE_CHECKING:
    from mitto_tui.recipients.totals import Totals
    from mitto_tui.settings.profiles import Profile

_EXACT: Final = Context(prec=1_000)


@dataclass(frozen=True, slots=True)
class CountryCost:
    """What goes to one country: ``region`` is ISO 3166 alpha-2, or empty; ``cost`` is None without a price for it."""

    region: str
    rows: int
    segments: int
    cost: Cost | None

    @property
    def name(self) -> str:
        """The country in words."""
        return country_name(self.region) if self.region else "no country we know"


@dataclass(frozen=True, slots=True)
class ListCost:
    """What a list costs. ``priced`` are the countries with a price, the dearest first; ``without`` the others.

    Of the others those with most recipients come first. ``currency`` is ISO 4217, or None where none is given.
    """

    priced: tuple[CountryCost, ...]
    without: tuple[CountryCost, ...]
    currency: str | None

    @property
    def amount(self) -> Decimal:
        """By our own count, of what has a price."""
        return _sum(one.cost.amount for one in self.priced if one.cost)

    @property
    def worst(self) -> Decimal:
        """At most: more than ``amount`` only where Mitto decides the encoding."""
        return _sum(one.cost.worst for one in self.priced if one.cost)

    @property
    def words(self) -> str:
        """The amount: ``1,204.50 EUR``."""
        return money(self.amount, self.currency)

    @property
    def worst_words(self) -> str:
        """The worst case where it differs, else empty: ``up to 2,409.00 EUR``."""
        return f"up to {money(self.worst, self.currency)}" if self.worst != self.amount else ""

    @property
    def rows_without(self) -> int:
        """Recipients in countries that have no price."""
        return sum(one.rows for one in self.without)


def list_cost(totals: Totals, profile: Profile, worst: Mapping[str, int] | None = None) -> ListCost | None:
    """What the ok rows cost, or None where the profile has no price for any of them.

    ``worst`` are the segments that it can come to at most, by country; without it the same as counted.
    """
    most = worst or {}
    found = []
    for region, spent in totals.countries.items():
        price = price_in(profile, region)
        found.append(CountryCost(region, spent.rows, spent.segments, cost(price, spent.segments, most.get(region, 0))))
    priced = sorted((one for one in found if one.cost), key=_dearness, reverse=True)
    without = sorted((one for one in found if not one.cost), key=lambda one: (-one.rows, one.name))
    return ListCost(tuple(priced), tuple(without), profile.prices.currency) if priced else None


def _dearness(one: CountryCost) -> Decimal:
    return one.cost.amount if one.cost else Decimal(0)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return reduce(_EXACT.add, amounts, Decimal(0))

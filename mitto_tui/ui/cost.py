"""What sending costs, by the person's own table of prices: exact, and nothing where no price is known.

Mitto's answers name no price, so all of it comes from the profile's ``prices`` (settings). What is charged is a part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Final

from mitto_tui.sms.message import MessageType, count_as
from mitto_tui.sms.segments import Count
from mitto_tui.ui.counting import parts

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile

_WITHOUT_CENTS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_IN_THOUSANDTHS: Final = "BHD IQD JOD KWD LYD OMR TND"
"""The currencies whose smaller unit is not a hundredth (ISO 4217)."""
_EXACT: Final = Context(prec=1_000)


@dataclass(frozen=True, slots=True)
class Price:
    """What one part costs. ``currency`` is three letters by ISO 4217, or None where the person gave none."""

    per_segment: Decimal
    currency: str | None = None

    def of(self, segments: int) -> str:
        """What so many parts cost, in words: ``0.15 EUR``."""
        return money(_times(self.per_segment, segments), self.currency)

    @property
    def each(self) -> str:
        """One part's price as the person wrote it, without currency: ``0.075``."""
        return _plain(self.per_segment, 0)


@dataclass(frozen=True, slots=True)
class Cost:
    """What ``segments`` parts cost. ``most`` are the parts it can become where Mitto decides the encoding, else the
    same."""

    price: Price
    segments: int
    most: int

    @property
    def amount(self) -> Decimal:
        """By our own count."""
        return _times(self.price.per_segment, self.segments)

    @property
    def worst(self) -> Decimal:
        """At most."""
        return _times(self.price.per_segment, self.most)

    @property
    def words(self) -> str:
        """The amount: ``0.15 EUR``."""
        return self.price.of(self.segments)

    @property
    def worst_words(self) -> str:
        """The worst case where it differs, else empty: ``up to 0.30 EUR``."""
        return f"up to {self.price.of(self.most)}" if self.worst != self.amount else ""


def price_in(profile: Profile, region: str | None) -> Price | None:
    """The price of a part to ``region`` (ISO 3166 alpha-2), or None where the profile has none for it."""
    price = profile.prices.per_segment.get(region or "")
    return None if price is None else Price(price, profile.prices.currency)


def cost(price: Price | None, counted: Count | int, most: int = 0) -> Cost | None:
    """What ``counted`` (a count, or a number of parts) costs; None without a price, or for what can't be counted.

    ``most`` are the parts that it may become (see ``most_segments``).
    """
    segments = counted if isinstance(counted, int) else counted.segments
    if price is None or not segments:
        return None
    return Cost(price, segments, max(segments, most))


def most_segments(by_type: Mapping[MessageType, Count]) -> int:
    """The parts of the dearer of GSM and Unicode: what a text may become where Mitto decides."""
    return max(by_type[kind].segments for kind in (MessageType.GSM, MessageType.UNICODE))


def most_segments_of(text: str, udh: bytes = b"") -> int:
    """``most_segments``, counted anew."""
    return most_segments({kind: count_as(text, kind, udh) for kind in (MessageType.GSM, MessageType.UNICODE)})


def worst_cost(profile: Profile, region: str | None, segments: int) -> str:
    """What sending ``segments`` parts can cost at most, and without a price the parts: ``2 parts, up to 0.15 EUR``."""
    price = price_in(profile, region)
    return f"{parts(segments)}, up to {price.of(segments)}" if price else parts(segments)


def money(amount: Decimal, currency: str | None = None) -> str:
    """``amount`` with the decimal places usual for ``currency``, and more only where it has them: ``1.20 EUR``."""
    places = 2
    if currency and currency in _WITHOUT_CENTS:
        places = 0
    elif currency and currency in _IN_THOUSANDTHS:
        places = 3
    return f"{_plain(amount, places)} {currency or ''}".rstrip()


def _plain(amount: Decimal, places: int) -> str:
    """Without exponent and without zeros behind the ``places``-th decimal place."""
    whole, _, fraction = f"{amount:,f}".partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    return f"{whole}.{fraction}" if fraction else whole


def _times(amount: Decimal, number: int) -> Decimal:
    return _EXACT.multiply(amount, Decimal(number))

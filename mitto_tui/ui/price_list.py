"""A table of prices as one line of text, as people write it: ``DE 0.075, AT 0.08``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from mitto_tui.recipients.countries import COUNTRY_NAMES
from mitto_tui.settings import values
from mitto_tui.settings.values import Unfit
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import one_line

_BREAKS: Final = re.compile(
    r"""[;\n]
    | ,(?!(?<=\d,)\d)                    # a comma between two digits is a decimal one
    | (?<=\d)\s+(?=[^\W\d_])             # DE 0.075 AT 0.08
    """,
    re.VERBOSE,
)
_HALVES: Final = re.compile(r"([^:=\d]*?)\s*(?:[:=]\s*|(?=[-+.,]?\d)|\Z)(.*)", re.DOTALL)
_NUMBER: Final = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)?|[.,]\d+)")
_BY_NAME: Final = {name.casefold(): letters for letters, name in COUNTRY_NAMES.items()}
_LETTERS: Final = "Write a country's two letters by ISO 3166, such as DE."
_LEAST_EXPONENT: Final = -40
"""Of a number that is written out; what is smaller would be a line of zeros."""


def price_text(price: Decimal) -> str:
    """``price`` exactly as it was written, zeros at its end included, without an exponent: ``0.0750``."""
    exponent = price.as_tuple().exponent
    return f"{price:f}" if isinstance(exponent, int) and exponent >= _LEAST_EXPONENT else str(price)


def price_line(prices: Mapping[str, Decimal]) -> str:
    """``prices`` by country (ISO 3166 alpha-2) as ``read_price_line`` takes them."""
    return ", ".join(f"{country} {price_text(price)}" for country, price in prices.items())


def read_price_line(text: str, kept: Collection[str] = ()) -> dict[str, Decimal]:
    """The price of one segment by country.

    Between two entries may be a comma, a semicolon, a line break or a blank; between country and price a blank, ``:``,
    ``=`` or nothing. A price may have a decimal comma, and a country may be named in English. Countries in ``kept``
    count as known. Raises InvalidInput with a sentence about the first thing that is wrong.
    """
    found: dict[str, Decimal] = {}
    for entry in filter(None, map(str.strip, _BREAKS.split(text))):
        country, price = _read_entry(entry, kept)
        if country in found:
            raise _wrong(f"{country} stands there twice.", "Leave one of them.")
        found[country] = price
    return found


def finished(text: str) -> str:
    """``text`` without its last entry, which somebody may still be typing."""
    last = max((found.end() for found in _BREAKS.finditer(text)), default=0)
    return text[:last]


def price_changes(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> dict[str, str | None]:
    """What turns one table into the other, as ``change_settings`` takes it; None takes a price out."""
    gone: dict[str, str | None] = {f"prices.{country}": None for country in before if country not in after}
    return gone | {
        f"prices.{country}": str(price) for country, price in after.items() if str(before.get(country)) != str(price)
    }


def read_country(text: str, kept: Collection[str] = ()) -> str:
    """The letters of a country that is given by them, in any case, or by its English name. Raises InvalidInput."""
    word = " ".join(text.split())
    letters = word.upper()
    if letters in COUNTRY_NAMES or letters in kept:
        return letters
    if word.casefold() in _BY_NAME:
        return _BY_NAME[word.casefold()]
    if letters == "UK":
        raise _wrong("UK is not the United Kingdom's code.", "Write GB.")
    is_currency = len(letters) == 3 and letters.isalpha()
    raise _wrong(
        f'"{one_line(word, 40)}" is not a country that is known.',
        "If it is the currency: that is a setting of its own." if is_currency else _LETTERS,
    )


def read_price(text: str, country: str) -> Decimal:
    """A price that somebody typed, with a decimal point or comma. Raises InvalidInput."""
    word = text.strip()
    try:
        if not _NUMBER.fullmatch(word):
            raise Unfit(f'is "{one_line(word, 40)}", not a number')
        return values.price(Decimal(word.replace(",", ".")))
    except Unfit as error:
        raise _wrong(f"The price of {country} {error}.", "It must be a number from 0 to 1000.") from None


def _read_entry(entry: str, kept: Collection[str]) -> tuple[str, Decimal]:
    halves = _HALVES.match(entry)
    assert halves is not None  # it matches everything
    name, price = halves.groups()
    if not name:
        raise _wrong(f'Before "{one_line(entry, 40)}" a country is missing.', "Write it first: DE 0.075.")
    first, _, rest = name.partition(" ")
    if rest and first.upper() in COUNTRY_NAMES and name.casefold() not in _BY_NAME:
        name, price = first, entry.partition(" ")[2]  # what stands between country and number is part of the price
    country = read_country(name, kept)
    if not price:
        raise _wrong(f"{country} has no price.", f"Write it after the country: {country} 0.075.")
    return country, read_price(price, country)


def _wrong(message: str, advice: str = "") -> InvalidInput:
    return InvalidInput("prices", message, advice)

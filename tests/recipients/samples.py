"""Numbers of every region and kind, real and broken, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@cache
def examples(region: str) -> list[PhoneNumber]:
    """The plan's example of each kind of line, and its invalid one."""
    kinds = (phonenumbers.example_number_for_type(region, kind) for kind in range(11))
    return [number for number in (*kinds, phonenumbers.invalid_example_number(region)) if number is not None]


def e164(number: PhoneNumber) -> str:
    """Without the plus."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]


def as_dialled(number: PhoneNumber) -> str:
    """The digits of national notation."""
    return phonenumbers.normalize_digits_only(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))


def spoilt(digits: str, chance: random.Random) -> str:
    """``digits`` with some of them replaced, lost or added."""
    changed = list(digits)
    for _ in range(chance.randint(0, 4)):
        changed[-1 - chance.randrange(len(changed) - 1)] = chance.choice("0123456789")
    if chance.random() < 0.2:
        changed.append(chance.choice("0123456789"))
    if chance.random() < 0.2:
        changed.pop()
    return "".join(changed)


def spaced(digits: str, chance: random.Random) -> str:
    """Blanks, dashes, dots and brackets somewhere between the digits."""
    return "".join(
        digit + (chance.choice((" ", "-", ".", " - ", "\u00a0", "(", ")")) if chance.random() < 0.15 else "")
        for digit in digits
    )


def notations(region: str, chance: random.Random) -> Iterator[str]:
    """Cells with numbers of ``region``, some of them spoilt."""
    for number in examples(region):
        international, dialled = e164(number), as_dialled(number)
        significant = phonenumbers.national_significant_number(number)
        for digits in (international, significant, dialled):
            yield spaced(spoilt(digits, chance), chance)
        yield "+" + spaced(spoilt(international, chance), chance)
        yield "00" + spoilt(international, chance)
        yield f"+{number.country_code} (0) {significant}"

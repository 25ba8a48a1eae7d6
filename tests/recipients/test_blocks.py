"""Reading blocks of numbers beside ``phonenumbers.parse``, number by number."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from mitto_tui.recipients.blocks import (
    BlockReading,
    Mixed,
    main_region,
    read_international,
    read_national,
    region_rules,
)
from mitto_tui.recipients.plans import LINES, Kind
from tests.recipients.samples import REGIONS, as_dialled, e164, examples, spoilt


def as_phonenumbers_reads(text: str, region: str | None) -> tuple[str, Kind, bool] | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    kind = Kind("", "")
    if phonenumbers.is_valid_number(number):
        kind = Kind(phonenumbers.region_code_for_number(number) or "", LINES[phonenumbers.number_type(number)])
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:], kind, possible


def applied(reading: BlockReading | None, digits: str) -> tuple[str, Kind, bool] | None:
    if reading is None:
        return None
    whole = reading.prefix + digits[reading.drop :]
    assert len(whole) == reading.digits
    return whole, reading.kind, reading.possible


def assert_agreement(digits: str, region: str | None) -> int:
    """Of all blocks that a number is in; how many digits must be known to read it."""
    expected = as_phonenumbers_reads(digits if region else f"+{digits}", region)
    needed = 0
    for known in range(2, len(digits) + 1):
        begin, length = digits[:known], len(digits)
        try:
            reading = read_national(begin, length, region) if region else read_international(begin, length)
        except Mixed:
            continue
        needed = needed or known
        assert applied(reading, digits) == expected, (digits, region, known)
    return needed or 99


@pytest.mark.parametrize("first", range(0, len(REGIONS), 49))
def test_every_way_to_write_a_number_of_any_region(first: int) -> None:
    chance = random.Random(first)
    for region in REGIONS[first : first + 49]:
        elsewhere = chance.choice(REGIONS)
        for number in chance.sample(examples(region), 3):
            national = phonenumbers.national_significant_number(number)
            assert_agreement(spoilt(e164(number), chance), None)
            assert_agreement(f"{number.country_code}0{national}", None)
            for digits in (as_dialled(number), national, e164(number), f"0{national}"):
                assert_agreement(spoilt(digits, chance), region)
            assert_agreement(as_dialled(number), elsewhere)


def test_mobile_numbers_as_dialled_are_known_early_nearly_everywhere() -> None:
    late = []
    for region in REGIONS:
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if number is not None and assert_agreement(as_dialled(number), region) > 10:
            late.append(region)
    # Argentina rewrites (0… 15… to 9…), and Belarus and Lithuania are what their examples' dialling makes of them.
    assert set(late) <= {"AR", "BY", "LT", "RU", "KZ"}


@pytest.mark.parametrize("region", ["", "XX", "de", "001"])
def test_no_such_region(region: str) -> None:
    assert region_rules(region) is None
    assert read_national("0172", 11, region) is None


def test_the_region_that_stands_for_a_code() -> None:
    assert [main_region(code) for code in (49, 1, 800, 0)] == ["DE", "US", "", ""]

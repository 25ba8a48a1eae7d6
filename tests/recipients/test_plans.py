"""The numbering plans beside phonenumberslite, whose metadata they are built from."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber

from mitto_tui.recipients.plans import LINES, UNKNOWN, Kind, calling_code, calling_code_of
from tests.recipients.samples import REGIONS, e164, examples, spoilt

CODES = sorted(COUNTRY_CODE_TO_REGION_CODE)


def as_phonenumbers_says(code: int, national: str) -> Kind:
    zeros = len(national) - len(national.lstrip("0"))
    number = PhoneNumber(code, int(national), italian_leading_zero=zeros > 0, number_of_leading_zeros=zeros or None)
    if not phonenumbers.is_valid_number(number):
        return UNKNOWN
    return Kind(phonenumbers.region_code_for_number(number) or "", LINES[phonenumbers.number_type(number)])


def assert_agreement(code: int, national: str) -> None:
    """On the whole number, and on every block that it is in."""
    expected = as_phonenumbers_says(code, national)
    plans = calling_code(code)
    assert plans.kind(national, len(national)) == expected, (code, national)
    for known in range(2, len(national)):
        assert plans.kind(national[:known], len(national)) in (None, expected), (code, national, known)


@pytest.mark.parametrize("first", range(0, len(REGIONS), 35))
def test_examples_of_all_regions_and_kinds_and_what_is_nearly_like_them(first: int) -> None:
    chance = random.Random(first)
    for region in REGIONS[first : first + 35]:
        for number in examples(region):
            prefix = str(number.country_code)
            for digits in (e164(number), spoilt(e164(number), chance)):
                national = digits.removeprefix(prefix)
                if digits.startswith(prefix) and national.strip("0"):
                    assert_agreement(number.country_code or 0, national)


@given(st.sampled_from(CODES), st.from_regex(r"[0-9]{0,12}[1-9][0-9]{0,4}", fullmatch=True))
def test_random_digits(code: int, national: str) -> None:
    assert_agreement(code, national)


def test_a_landline_is_never_mobile() -> None:
    for region in REGIONS:
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.FIXED_LINE)
        if number is None or phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.FIXED_LINE:
            continue
        national = phonenumbers.national_significant_number(number)
        kind = calling_code(number.country_code or 0).kind(national, len(national))
        assert kind is not None
        assert (kind.line, kind.mobile) == ("landline", False)


def test_a_block_is_known_before_the_number_ends() -> None:
    assert calling_code(49).kind("172", 10) == Kind("DE", "mobile")
    assert calling_code(49).kind("30", 10) == Kind("DE", "landline")
    assert calling_code(49).kind("1", 10) is None
    assert calling_code(1).kind("2125", 9) == UNKNOWN


def test_the_code_that_digits_begin_with() -> None:
    def prefix(digits: str) -> str:
        code = calling_code_of(digits)
        return code.prefix if code is not None else ""

    assert [prefix(digits) for digits in ("491725551234", "12125550123", "35312345", "35", "0491", "2109", "")] == [
        "49",
        "1",
        "353",
        "",
        "",
        "",
        "",
    ]

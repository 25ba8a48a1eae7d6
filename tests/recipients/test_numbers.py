"""One number, as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients.countries import COUNTRY_NAMES, country_name
from mitto_tui.recipients.numbers import read_number

GERMAN_MOBILE = "491725551234"


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("+49 172 5551234", ""),
        ("+491725551234", ""),
        ("＋49 172 555 1234", ""),
        ("0049 172 5551234", ""),
        ("491725551234", ""),
        ("491725551234", "DE"),
        ("0172 5551234", "DE"),
        ("0172/555-1234", "de"),
        ("(0172) 555.1234", "DE"),
        ("1725551234", "DE"),
        ("٠١٧٢٥٥٥١٢٣٤", "DE"),
        (" +49\u00a0172\u20115551234\u200b ", "US"),
    ],
)
def test_every_notation_of_a_number_reads_the_same(typed: str, country: str) -> None:
    reading = read_number(typed, country)
    assert (reading.digits, reading.error, reading.warning) == (GERMAN_MOBILE, "", "")
    assert (reading.region, reading.country, reading.line) == ("DE", "Germany", "mobile")
    assert reading.display == "+49 172 5551234"
    assert reading.text == typed


@pytest.mark.parametrize(
    ("typed", "country", "words"),
    [
        ("", "", "no recipient"),
        ("abc", "DE", "abc is not a telephone number"),
        ("hi [/foo] x", "DE", "hi [/foo] x is not"),
        ("\x1b[31m172", "DE", "␛[31m172 is not"),
        ("\u202e172", "DE", "not a number in Germany"),
        ("\u202eabc", "DE", "⟨U+202E⟩abc is not"),
        ("0172 5551234", "", "set a country"),
        ("+0172 5551234", "", "No country code begins with 0"),
        ("+491725551234567890", "", "at most 15 digits; this one has 18"),
        ("4.91725E+11", "DE", "is not a telephone number"),
        ("+49", "", "at least 7 digits"),
        ("0172 555", "DE", "not a number in Germany"),
        ("0555 12345 551235", "DE", "not a number in Germany"),
        ("²²²²²²²²", "DE", "is not a telephone number"),
    ],
)
def test_what_is_no_number_is_refused_in_words(typed: str, country: str, words: str) -> None:
    reading = read_number(typed, country)
    assert reading.digits == ""
    assert words in reading.error


@pytest.mark.parametrize(
    ("typed", "country", "either"),
    [
        ("15555550101", "DE", ("+1 555-555-0101", "+49 15555 550101")),
        ("15123456789", "DE", ("+1 512-345-6789", "+49 1512 3456789")),
    ],
)
def test_a_bare_number_with_two_meanings_names_both(typed: str, country: str, either: tuple[str, str]) -> None:
    reading = read_number(typed, country)
    assert reading.digits == ""
    assert all(meaning in reading.error for meaning in either)


def test_an_unknown_number_in_international_notation_is_mittos_to_judge() -> None:
    reading = read_number("+1 555 555 0101")
    assert reading.digits == "15555550101"
    assert "United States" in reading.warning
    assert reading.error == ""


@pytest.mark.parametrize(
    ("typed", "digits", "country"),
    [
        ("+44 7700 900123", "447700900123", "United Kingdom"),
        ("447700900123", "447700900123", "United Kingdom"),
        ("0049 171 3920042", "491713920042", "Germany"),
        ("0171 3920042", "491713920042", "Germany"),
        ("1713920042", "491713920042", "Germany"),
    ],
)
def test_a_number_for_fiction_is_known_as_one(typed: str, digits: str, country: str) -> None:
    reading = read_number(typed, "DE")
    assert (reading.digits, reading.country, reading.line) == (digits, country, "mobile")
    assert "reaches nobody" in reading.warning


def test_a_landline_is_warned_about() -> None:
    reading = read_number("+49 30 1234567")
    assert reading.digits == "49301234567"
    assert reading.line == "landline"
    assert "may not receive SMS" in reading.warning


def test_typing_a_number_never_shouts_before_it_is_complete() -> None:
    typed = "+491725551234"
    readings = [read_number(typed[:length]) for length in range(1, len(typed) + 1)]
    assert all(not reading.complete or not reading.error for reading in readings)
    assert readings[-1].complete


@given(st.text(max_size=80), st.sampled_from(["", "DE", "US", "GB", "XX"]))
def test_no_text_raises_and_digits_are_always_e164(text: str, country: str) -> None:
    reading = read_number(text, country)
    assert bool(reading.digits) != bool(reading.error)
    if reading.digits:
        assert reading.digits.isascii()
        assert reading.digits.isdigit()
        assert 7 <= len(reading.digits) <= 15


@pytest.mark.parametrize("country", ["", "DE", "US"])
def test_a_valid_number_of_any_region_is_kept_digit_for_digit(country: str) -> None:
    import phonenumbers

    for region in phonenumbers.SUPPORTED_REGIONS:
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if example is None:
            continue
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        reading = read_number(e164, country)
        assert (reading.digits, reading.error, reading.country) == (e164[1:], "", country_name(reading.region))


def test_a_trunk_zero_in_brackets_is_dropped() -> None:
    assert read_number("+49 (0)172 5551234").digits == GERMAN_MOBILE


def test_every_region_with_numbers_has_a_name() -> None:
    import phonenumbers

    assert set(COUNTRY_NAMES) >= set(phonenumbers.SUPPORTED_REGIONS)
    assert country_name("de") == "Germany"
    assert country_name("QQ") == "QQ"


def test_what_a_spreadsheet_hung_onto_a_number_is_not_read_as_a_digit_of_it() -> None:
    assert read_number("491725551234.0", "DE").digits == "491725551234"
    assert read_number("+491725551234.0").digits == "491725551234"
    assert read_number("+49 172 5551234,00").error
    assert read_number("+49 172 5551234.0").digits == "491725551234"
    assert read_number("0664 123407.0", "AT").digits == "43664123407"


def test_a_country_is_named_as_in_a_sentence() -> None:
    assert read_number("0123456789012", "NL").error == "This is not a number in the Netherlands."
    assert read_number("0123456789012", "DE").error == "This is not a number in Germany."

"""What sending costs: to the last digit, in the person's own prices, and said before anything leaves."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients.numbers import read_number
from mitto_tui.settings.profiles import Prices, Profile
from mitto_tui.sms.message import MessageType, Options, check_message
from mitto_tui.ui.cost import Price, cost, money, most_segments, price_in, worst_cost
from mitto_tui.ui.counting import tally
from mitto_tui.ui.screens.confirm_send import REPLACE, Asked, ConfirmSend
from mitto_tui.ui.widgets.segment_meter import SegmentMeter, _line
from tests.ui.bench import Bench, bench
from tests.ui.rooms import screen_text, until

PRICE = Price(Decimal("0.0750"), "EUR")
PROFILE = Profile("work", prices=Prices("EUR", {"DE": PRICE.per_segment}))


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("0.1500", "EUR", "0.15 EUR"),
        ("1.2", "EUR", "1.20 EUR"),
        ("0.075", "EUR", "0.075 EUR"),
        ("100", "EUR", "100.00 EUR"),
        ("1E+2", "EUR", "100.00 EUR"),
        ("0", None, "0.00"),
        ("1234567.5", None, "1,234,567.50"),
        ("15", "JPY", "15 JPY"),
        ("7.5", "JPY", "7.5 JPY"),
        ("1.2", "KWD", "1.200 KWD"),
        ("0.00000001", "USD", "0.00000001 USD"),
    ],
)
def test_money_has_the_currencys_places_and_more_only_where_there_are_any(
    amount: str, currency: str | None, words: str
) -> None:
    assert money(Decimal(amount), currency) == words


@given(st.decimals(0, 1000, allow_nan=False), st.integers(1, 255))
def test_a_cost_is_exact_whatever_the_price(price: Decimal, segments: int) -> None:
    found = cost(Price(price), segments)
    assert found is not None
    assert Fraction(found.amount) == Fraction(price) * segments
    said = found.words.replace(",", "")
    assert Decimal(said) == found.amount
    assert "E" not in said


def test_there_is_no_cost_without_a_price_or_for_what_cannot_be_counted() -> None:
    assert price_in(PROFILE, "DE") == PRICE
    assert price_in(PROFILE, "FR") is None
    assert price_in(PROFILE, None) is None
    assert cost(None, 2) is None
    assert cost(PRICE, tally("“", MessageType.GSM).chosen) is None


def test_where_mitto_decides_the_worst_case_is_unicode() -> None:
    shown = tally("x" * 100, MessageType.MITTO)
    found = cost(PRICE, shown.chosen, most_segments(shown.by_type))
    assert found is not None
    assert (found.words, found.worst_words) == ("0.075 EUR", "up to 0.15 EUR")
    settled = cost(PRICE, tally("x" * 100).chosen)
    assert settled is not None
    assert settled.worst_words == ""


def test_sending_again_costs_so_much_at_most() -> None:
    assert worst_cost(PROFILE, "DE", 2) == "2 parts, up to 0.15 EUR"
    assert worst_cost(PROFILE, "FR", 1) == "1 part"


# -- the meter ---------------------------------------------------------------------------------------------------------


async def test_the_meter_says_every_encoding_and_the_cost_without_growing() -> None:
    meter = SegmentMeter(id="meter")
    async with bench(meter, size=(38, 10)) as (pilot, _):
        meter.show(tally("Dear Jürgen, your order “4711” is ready… " * 2))
        await until(pilot, lambda: "Unicode, 2 parts, 67 units each" in screen_text(pilot))
        lines = screen_text(pilot).splitlines()
        assert lines[1].rstrip() == "› Auto      → Unicode"
        assert lines[2].rstrip() == "  GSM       6 characters don't fit"
        assert lines[3] == "  Unicode      82     82      2     52"
        assert lines[6].endswith("━ 15 / 67")
        meter.price = PRICE
        await until(pilot, lambda: "0.15 EUR   2 × 0.075" in screen_text(pilot))
        assert screen_text(pilot).splitlines()[7].startswith("0.15 EUR")
        meter.show(tally("x" * 100, MessageType.MITTO))
        await until(pilot, lambda: "GSM, 1 part; as Unicode 2 parts" in screen_text(pilot))
        assert "› Mitto     → GSM  by our count" in screen_text(pilot)
        assert "0.075 EUR   up to 0.15 EUR" in screen_text(pilot)
        for text, kind, udh, said in (
            ("“", MessageType.GSM, b"", "1 character doesn't fit"),
            ("x", MessageType.AUTO, b"\x05\x00", "The header's length is wrong."),
            ("xx", MessageType.UNICODE, bytes([139, *range(139)]), "› Unicode   the header leaves no room"),
            ("001", MessageType.BINARY, b"", "half an octet at the end"),
        ):
            meter.show(tally(text, kind, udh))
            await until(pilot, lambda words=said: words in screen_text(pilot))  # type: ignore[misc]  # bound at once
            assert "EUR" not in screen_text(pilot)
        meter.show(tally("x“" * 500_000))
        await until(pilot, lambda: "Unicode, 14,926 parts, 255 at most" in screen_text(pilot))
        assert "  Unicode  1,000k 1,000k 14,926     42" in screen_text(pilot)


def test_on_one_line_the_cost_stands_where_there_is_room() -> None:
    shown = tally("x" * 200)
    costs = cost(PRICE, shown.chosen)
    assert _line(shown, 60, "bold", costs).plain == "Auto→GSM  47/153  2 parts  106 left  0.15 EUR  200 chars"
    assert _line(shown, 50, "bold", costs).plain == "Auto→GSM  47/153  2 parts  106 left  0.15 EUR"
    assert _line(shown, 40, "bold", costs).plain == "Auto→GSM  47/153  2 parts  106 left"
    for width in range(33, 100):
        for text in ("", "x" * 200, "“x”" * 40, "“x" * 500_000):
            assert _line(tally(text), width, "bold", costs).cell_length <= width


# -- the question ------------------------------------------------------------------------------------------------------


def asked(
    text: str, to: str = "491725551234", kind: MessageType = MessageType.AUTO, *, test: bool = False
) -> ConfirmSend:
    message = check_message("ACME", to, text, Options(type=kind, test=test))
    reading = read_number(f"+{to}")
    return ConfirmSend(Asked(message, reading, reading.display, "", PROFILE, kind))


async def test_the_question_says_the_cost_the_fields_left_and_what_replacing_would_save() -> None:
    text = "Dear {name}, your order “4711” is ready… [/b] " * 2
    async with bench(dialog=lambda: asked(text), size=(100, 30)) as (pilot, answers):
        app = pilot.app
        assert isinstance(app, Bench)
        shown = screen_text(pilot)
        assert "Cost      0.15 EUR (2 parts at 0.075)" in shown
        assert "Note      The text still has {name} in it." in shown
        assert "Replacing 6 characters would make it 1 part" in shown
        await pilot.press("r")
        assert answers == [REPLACE]

        for dialog, said, unsaid in (
            (asked("x" * 100, kind=MessageType.MITTO), "0.075 EUR   up to 0.15 EUR as Unicode", "parts at"),
            (asked("Hello", "33612345678"), "no price for France in this profile", "EUR"),
            (asked("Hello", test=True), "nothing is delivered or charged", "Cost"),
            (asked("“" * 100, kind=MessageType.UNICODE), "2 parts   Unicode", "Replacing"),
            (asked("7b6e616d657d", kind=MessageType.BINARY), "binary", "Note"),
        ):
            app.ask(dialog)
            await until(pilot, lambda words=said: words in screen_text(pilot))  # type: ignore[misc]  # bound at once
            assert unsaid not in screen_text(pilot)
            await pilot.press("r", "escape")
        assert answers[1:] == ["back"] * 5

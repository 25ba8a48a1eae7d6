"""A table of prices as people write it, and what is said of what can't be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients.countries import COUNTRY_NAMES
from mitto_tui.settings.schema import PRICES
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.ui.price_list import finished, price_changes, price_line, price_text, read_price_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("DE 0.075, AT 0.08, FR 0.0712", "DE 0.075, AT 0.08, FR 0.0712"),
        ("DE=0.075; AT: 0,08", "DE 0.075, AT 0.08"),
        ("AT 0,08,FR 0,07", "AT 0.08, FR 0.07"),
        ("DE:1,AT:2", "DE 1, AT 2"),
        ("de.1 at0,2", "DE 0.1, AT 0.2"),
        ("Germany\t0.075\nunited  kingdom 0.03\r\nCôte d’Ivoire = 1", "DE 0.075, GB 0.03, CI 1"),
        ("Guinea-Bissau 4 Congo (Kinshasa) 3", "GW 4, CD 3"),
        (" , DE 0.0750 ;; ", "DE 0.0750"),
        ("DE 0, AT 1000", "DE 0, AT 1000"),
        ("", ""),
    ],
)
def test_many_ways_to_write_a_table_are_read(text: str, line: str) -> None:
    assert price_line(read_price_line(text)) == line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("DE 0.075, XY 1", '"XY" is not a country that is known. Write a country\'s two letters'),
        ("UK 1", "UK is not the United Kingdom's code. Write GB."),
        ("DE 0.075 EUR", '"EUR" is not a country that is known. If it is the currency'),
        ("AT 1, DE", "DE has no price. Write it after the country: DE 0.075."),
        ("DE soon", 'The price of DE is "soon", not a number. It must be a number from 0 to 1000.'),
        ("DE: ~1", 'The price of DE is "~1", not a number.'),
        ("DE €0.075", 'The price of DE is "€0.075", not a number.'),
        ("DE 1.234,5", 'The price of DE is "1.234,5", not a number.'),
        ("DE 0.", 'The price of DE is "0.", not a number.'),
        ("DE nan", 'The price of DE is "nan", not a number.'),
        ("DE 1e-999999999", 'The price of DE is "1e-999999999", not a number.'),
        ("DE -0.1", "The price of DE is -0.1, which is no price of one segment. It must be a number from 0 to 1000."),
        ("DE 1000.01", "The price of DE is 1000.01, which is no price of one segment."),
        ("DE 1, AT 2, de 1", "DE stands there twice. Leave one of them."),
        ("0.075 DE", 'Before "0.075" a country is missing. Write it first: DE 0.075.'),
        ("DE 0, 075", 'Before "075" a country is missing.'),
        ("\x1b[31m 3", '"␛[" is not a country'),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_price_line(text)
    assert str(caught.value).startswith(says)


def test_the_range_that_is_named_is_the_settings_own() -> None:
    assert PRICES.others is not None
    assert PRICES.others.field.allowed.endswith("a number from 0 to 1000")


def test_a_country_that_is_kept_already_is_known() -> None:
    assert read_price_line("ZZ 1", {"ZZ": Decimal(1)}) == {"ZZ": Decimal(1)}


@pytest.mark.parametrize(
    ("text", "done"),
    [("D", ""), ("DE 0", ""), ("DE 0,0", ""), ("DE 0,08, A", "DE 0,08,"), ("XY 1 A", "XY 1 "), ("XY 1;", "XY 1;")],
)
def test_the_last_entry_is_not_judged_while_it_is_typed(text: str, done: str) -> None:
    assert finished(text) == done


_TABLES = st.dictionaries(
    st.sampled_from(sorted(COUNTRY_NAMES)),
    st.decimals(0, 1000, places=6) | st.decimals(0, 1000, places=2) | st.integers(0, 1000).map(Decimal),
    max_size=5,
)


@given(prices=_TABLES)
def test_what_is_shown_is_read_back_exactly(prices: dict[str, Decimal]) -> None:
    read = read_price_line(price_line(prices))
    assert list(map(str, read.items())) == list(map(str, prices.items()))


@given(text=st.text(st.sampled_from("DEAT0123.,;:= -\nx€")) | st.text())
def test_nothing_that_is_typed_raises_anything_else(text: str) -> None:
    for typed in (text, finished(text)):
        try:
            prices = read_price_line(typed)
        except InvalidInput:
            continue
        assert read_price_line(price_line(prices)) == prices


@given(before=_TABLES, after=_TABLES)
def test_changes_are_those_that_make_one_table_the_other(before: dict[str, Decimal], after: dict[str, Decimal]) -> None:
    changes = price_changes(before, after)
    changed = {f"prices.{country}": price_text(price) for country, price in before.items()}
    for key, price in changes.items():
        assert changed.get(key) != price
        changed.pop(key, None)
        if price is not None:
            changed[key] = price
    assert {key: Decimal(price) for key, price in changed.items()} == {f"prices.{c}": p for c, p in after.items()}


def test_a_price_is_written_out_unless_that_were_a_line_of_zeros() -> None:
    assert price_text(Decimal("7.50E-8")) == "0.0000000750"
    assert price_text(Decimal("1E-999999999")) == "1E-999999999"

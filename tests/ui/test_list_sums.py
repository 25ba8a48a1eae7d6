"""What a message comes to over a list, in words, bars and money: without a screen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients.totals import Longest, Spent, Totals, Use
from mitto_tui.recipients.vote import Vote
from mitto_tui.settings.profiles import Prices, Profile
from mitto_tui.sms.template import fields_in
from mitto_tui.ui.bulk.message_words import Shield, bars, blank_words, forcing_words, left_out, next_forcing
from mitto_tui.ui.list_cost import list_cost
from mitto_tui.ui.widgets.list_sums import Shown, Standing, line_of, panel_of, title_of
from mitto_tui.workspace.list_check import Sums

TOTALS = Totals(
    rows=1_100_000,
    ok=1_000_000,
    duplicates=90_000,
    invalid=9_999,
    opted_out=1,
    segments=1_020_000,
    unicode=20_000,
    parts={2: 20_000, 1: 980_000},
    countries={"DE": Spent(900_000, 920_000), "AT": Spent(99_990, 99_990), "": Spent(10, 10)},
    characters={"ł": Use(8_000, 17), "\u202e": Use(12_000, 40)},
    longest=Longest(17, 2, 75, "x" * 75),
)
SUMS = Sums(TOTALS, Vote("DE"), (), (), {"first name": 12, "city": 1})
PRICES = Prices("EUR", {"DE": Decimal("0.075"), "AT": Decimal("0.08"), "FR": Decimal(1)})
PROFILE = Profile("work", prices=PRICES)


def panel(shown: Shown, width: int = 116) -> list[str]:
    return [line.plain for line in panel_of(shown, width)]


def test_the_panel_says_it_all_and_the_line_the_most_important() -> None:
    shown = Shown(SUMS, list_cost(TOTALS, PROFILE), Standing.CURRENT)
    assert panel(shown) == [
        "Recipients  1,000,000 of 1,100,000 rows   100,000 rows left out: "
        "90,000 duplicates, 9,999 invalid, 1 opted out",
        "Parts       1,020,000   longest: row 17, 75 characters, 2 parts",
        f"            1 part   {'━' * 40} 980,000",
        "            2 parts  ━ 20,000",
        "Cost        76,999.20 EUR   Germany 69,000.00 EUR · Austria 7,999.20 EUR"
        "   without a price: 10 recipients (no country we know)",
        "Unicode     20,000 rows   for U+202E in 12,000 (row 40) · ł U+0142 in 8,000 (row 17)",
        "Blank       12 rows have no first name: write {first name|friend} to keep them.",
        "Blank       1 row has no city: write {city|friend} to keep it.",
    ]
    assert (
        line_of(shown, 76).plain
        == "1,000,000 recipients · 1,020,000 parts · 100,000 left out · 20,000 Unicode · 76,999.20 EUR"
    )


def test_what_is_old_or_not_whole_says_so_and_looks_so() -> None:
    old = Shown(SUMS, None, Standing.OLD, "from before the change")
    assert title_of(old).plain == "The whole list · from before the change"
    assert all({span.style for span in line.spans} == {"$foreground-disabled"} for line in panel_of(old, 100))
    assert line_of(old, 60).plain.startswith("from before the change   1,000,000 recipients")
    counting = Shown(SUMS, None, Standing.PARTIAL, "counting… 50 %, 3 s left", 0.5)
    assert "━ counting… 50 %, 3 s left" in title_of(counting).plain
    assert panel(counting) == panel(replace(counting, standing=Standing.CURRENT))
    assert panel(Shown(words="The file is gone.", failed=True)) == ["The file is gone."]


def test_nobody_left_is_said_without_figures_about_nothing() -> None:
    nobody = Shown(Sums(Totals(rows=2, invalid=2), Vote("DE"), (), ()), None, Standing.CURRENT)
    assert panel(nobody) == ["Recipients  0 of 2 rows   2 rows left out: 2 invalid"]
    assert left_out(Totals(rows=1, duplicates=1)) == ["1 duplicate"]


def test_the_worst_case_is_said_where_mitto_decides() -> None:
    worst = {"DE": 1_800_000, "AT": 99_990, "": 10}
    sums = replace(SUMS, worst=worst)
    shown = Shown(sums, list_cost(TOTALS, PROFILE, worst), Standing.CURRENT)
    assert "by our count; Mitto decides, up to 1,900,000" in panel(shown)[1]
    assert "76,999.20 EUR, up to 142,999.20 EUR" in panel(shown)[4]
    assert line_of(shown, 200).plain.endswith("up to 142,999.20 EUR")


@given(st.dictionaries(st.integers(1, 255), st.integers(1, 10**7), max_size=12), st.integers(2, 6))
def test_no_row_is_missing_from_the_bars(parts: dict[int, int], most: int) -> None:
    drawn = bars(sorted(parts.items()), most)
    assert len(drawn) <= most
    assert sum(bar.rows for bar in drawn) == sum(parts.values())
    assert all(1 <= bar.halves(40) <= 80 for bar in drawn)
    if drawn:
        assert max(bar.halves(40) for bar in drawn) == 80


def test_what_is_too_much_for_the_bars_is_one_at_the_end() -> None:
    drawn = bars([(1, 50), (2, 30), (3, 10), (9, 5)], 3)
    assert [(bar.label, bar.rows) for bar in drawn] == [("1 part", 50), ("2 parts", 30), ("3 to 9", 15)]


@given(
    st.dictionaries(
        st.sampled_from(["DE", "AT", "FR", "PL", ""]),
        st.tuples(st.integers(1, 10**9), st.decimals("0.000000000000000001", 1000, places=18)),
    )
)
def test_costs_are_exact_whatever_their_size(spent: dict[str, tuple[int, Decimal]]) -> None:
    prices = {region: price for region, (_, price) in spent.items() if region}
    totals = Totals(countries={region: Spent(1, segments) for region, (segments, _) in spent.items()})
    found = list_cost(totals, Profile("work", prices=Prices("EUR", prices)))
    expected = sum(Fraction(price) * segments for region, (segments, price) in spent.items() if region)
    if not prices:
        assert found is None
    else:
        assert found is not None
        assert Fraction(found.amount) == expected
        assert [one.region for one in found.without] == [region for region in spent if not region]


def test_characters_that_force_unicode_are_named_as_far_as_there_is_room() -> None:
    forcing = TOTALS.forcing()
    assert forcing_words(forcing, 1) == ["U+202E in 12,000 (row 40)", "1 more"]
    assert blank_words({"a}|{b": 2, "nobody": 0}) == ["2 rows have no a}|{b: write {a b|friend} to keep them."]


def test_the_next_character_that_forces_unicode_is_none_of_a_fields_name() -> None:
    text = "{Imię|brak ł} “x” {miasto ł}"
    places = [text.index("ł"), text.index("“"), text.index("”")]
    assert [next_forcing(text, after) for after in (-1, places[0], places[1], places[2])] == [*places, places[0]]
    assert next_forcing("{Imię}", -1) is None
    assert next_forcing("a lone { and “", 0) == 13  # no template: everything is text


@given(st.text("{}|Ię?ab“ ", max_size=30))
def test_a_shield_gives_back_what_it_was_given(text: str) -> None:
    shield = Shield.over(text)
    assert shield.lifted(shield.text) == text


def test_replacing_leaves_the_fields_as_they_are() -> None:
    shield = Shield.over("{Imię}, “{Imię|ktoś}” {Imi?} {city}")
    assert "ę" not in shield.text
    changed = shield.text.replace("“", '"').replace("”", '"').replace("ś", "s")
    assert shield.lifted(changed) == '{Imię}, "{Imię|ktos}" {Imi?} {city}'
    assert fields_in(shield.lifted(changed)) == ("Imię", "Imi?", "city")

"""What the messages add up to, as a person reads it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mitto_tui.sms.status import Status
from mitto_tui.storage.statistics import Tally
from mitto_tui.ui import statistics_words as said
from mitto_tui.workspace.figures import CountryBeside, DeliveryTimes, Figures


def tally(**counts: int) -> Tally:
    found = Tally()
    for name, count in counts.items():
        found.count(Status(name), count, count * 2)
    return found


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "–"), (0.0, "0 %"), (1.0, "100 %"), (0.99999, "99.9 %"), (0.00001, "0.1 %"), (0.5, "50.0 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float | None, words: str) -> None:
    assert said.percent(share) == words


@pytest.mark.parametrize(
    ("time", "words"),
    [(0.44, "0.4 s"), (32.4, "32 s"), (125, "2 min 5 s"), (1_800, "30 min"), (7_300, "2 h"), (300_000, "3 days")],
)
def test_a_time_is_as_exact_as_it_matters(time: float, words: str) -> None:
    assert said.seconds(time) == words


def test_the_facts_are_those_that_count() -> None:
    total = tally(delivered=90, undelivered=10, in_doubt=3, queued=1)
    found = Figures(total, {date(2026, 3, 1): total}, {"DE": total}, {None: total}, DeliveryTimes(4, 75, 90))
    assert said.facts(found).plain == (
        "104 messages   208 parts   90.0 % delivered of 100 taken   3 in doubt   10 failed\n"
        "On the phone: half within 4.0 s, 95 of 100 within 1 min 15 s, of the newest 90 delivered"
    )


def test_tables_line_up_whatever_a_campaign_is_called_and_the_long_tail_is_summed_up() -> None:
    campaigns: dict[tuple[int, str] | None, Tally] = {None: tally(accepted=5)}
    campaigns |= {(number, f"[red]天気 {number}\n"): tally(delivered=1) for number in range(40)}
    lines = said.by_campaign(campaigns).plain.split("\n")
    assert len(lines) == said.MOST_ROWS + 1
    assert "[red]天気 0" in lines[2], "markup is no markup, and a line break breaks no line"
    assert lines[-1].startswith("22 other campaigns")
    assert "22" in lines[-1].removeprefix("22 other campaigns")
    from rich.cells import cell_len

    assert len({cell_len(line) for line in lines}) == 1


def test_the_difference_to_mittos_count_is_named() -> None:
    rows = [
        CountryBeside("DEU", "DE", 12, Decimal("1.50"), 10, 15),
        CountryBeside("FRA", "FR", 3, None, 4, 5),
        CountryBeside("GBR", "GB", 4, None, 4, 4),
        CountryBeside("ITA", "IT", 6, None, 3, 6),
        CountryBeside("ESP", "ES", None, None, 2, 2),
    ]
    lines = said.usage(rows).plain.split("\n")[1:]
    for line, (country, words) in zip(
        lines,
        [
            ("Germany", "2 more there"),
            ("France", "1 fewer there"),
            ("United Kingdom", "the same"),
            ("Italy", "our parts"),
            ("Spain", "only here"),
        ],
        strict=True,
    ):
        assert line.startswith(country)
        assert line.endswith(words)

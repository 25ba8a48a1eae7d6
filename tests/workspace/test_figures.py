"""What the history adds up to, and how it stands beside Mitto's count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from phonenumbers import SUPPORTED_REGIONS

from mitto_tui.recipients.alpha3 import region_of
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.statistics import Period, Statistics, Tally
from mitto_tui.workspace.figures import CountryBeside, beside, by_country, days, delivered_share, figures
from tests.storage.builders import T0, accepted, at, claim, new_message, outcome, report, sent


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "data" / "messages.db") as opened:
        yield opened


def test_numbers_are_summed_by_the_country_they_belong_to(database: Database) -> None:
    messages = Messages(database, "work")
    numbers = {
        "DE": ("491725551234", "493012345678"),
        "GB": ("447700900123",),
        "JE": ("447797712345",),
        "US": ("12025550123", "13125550123"),
        "CA": ("14165550123",),
        "KZ": ("77012345678",),
        "RU": ("79161234567",),
        "": ("99912345678",),
    }
    for of_region in numbers.values():
        for number in of_region:
            messages.add(new_message(to=number), T0)
    found = by_country(Statistics(database, "work"), Period())
    assert {region: tally.total() for region, tally in found.items()} == {
        region: len(of_region) for region, of_region in numbers.items()
    }
    assert next(iter(found)) in ("DE", "US"), "the largest comes first"


def test_days_have_no_gaps_and_the_share_is_of_what_mitto_took(database: Database) -> None:
    messages, reports = Messages(database, "work"), Reports(database)
    for day in (0, 3):
        message_id = messages.add(new_message(), T0 + timedelta(days=day))
        messages.record(claim(messages, message_id), accepted(f"id{day}"), at(2))
    sent(messages, outcome(OutcomeKind.REJECTED))
    sent(messages, outcome(OutcomeKind.IN_DOUBT))
    reports.receive("work", report(mitto_id="id0"), "raw", "GET", at(31))
    found = figures(Statistics(database, "work"), Period())
    first = T0.astimezone().date()
    assert [(day, tally.total()) for day, tally in found.days.items()] == [
        (first + timedelta(days=number), sent_then) for number, sent_then in enumerate((3, 0, 0, 1))
    ]
    assert (found.total.total(), found.total[Status.DELIVERED], delivered_share(found.total)) == (4, 1, 0.5)
    assert found.times is not None
    assert (found.times.median, found.times.most, found.times.of) == (30, 30, 1)
    assert delivered_share(Tally()) is None


def test_a_day_ends_where_the_next_begins() -> None:
    period = days(date(2026, 3, 29), date(2026, 3, 29), UTC)
    assert (period.since, period.until) == (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))


def test_every_country_that_has_numbers_is_known_by_three_letters() -> None:
    assert {region for region in SUPPORTED_REGIONS if region_of(region) is None} == {"AC", "TA"}  # no ISO code of three
    assert [region_of(code) for code in ("DEU", "deu ", "GBR", "XKX", "DE", "XXX", "")] == [
        *("DE", "DE", "GB", "XK", "DE"),
        *(None, None),
    ]


def test_mittos_count_stands_beside_our_own_and_nothing_is_left_out() -> None:
    def tally(taken: int, parts: int, refused: int = 0) -> Tally:
        found = Tally()
        found.count(Status.DELIVERED, taken, parts)
        found.count(Status.REJECTED, refused, refused)
        return found

    usage = [("DEU", 10, Decimal("0.7")), ("XXX", 2, None), ("FRA", 1, Decimal(1)), ("DEU", 3, None)]
    own = {"DE": tally(9, 12, 4), "GB": tally(2, 2), "IT": tally(0, 0, 5), "": tally(1, 1)}
    assert beside(usage, own) == [
        CountryBeside("DEU", "DE", 10, Decimal("0.7"), 9, 12),
        CountryBeside("XXX", None, 2, None, 0, 0),
        CountryBeside("FRA", "FR", 1, Decimal(1), 0, 0),
        CountryBeside("DEU", "DE", 3, None, 0, 0),
        CountryBeside("GB", "GB", None, None, 2, 2),
        CountryBeside("?", None, None, None, 1, 1),
    ]

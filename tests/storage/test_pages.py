"""Any filter, either order, any page: always what looking at every message would give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages

from .builders import accepted, at, claim, new_message, outcome

_SENDERS = ("MITTO SMS", "mitto sms", "Shop", "491725550000")
_MINUTES = st.integers(-3, 3)
_MADE = st.tuples(
    _MINUTES, st.sampled_from(_SENDERS), st.sampled_from(("49", "44")), st.booleans(), st.sampled_from(("work", "home"))
)
_FILTERS = st.builds(
    HistoryFilter,
    profile=st.sampled_from(("work", "home", None)),
    statuses=st.sampled_from((None, (), (Status.ACCEPTED,), (Status.ACCEPTED, Status.REJECTED))),
    search=st.sampled_from(("", "hello", "HELLO 1", "4", "none of it")),
    sender=st.sampled_from((None, *_SENDERS, "Sh", "Nobody")),
    since=st.none() | _MINUTES.map(lambda minute: at(minute * 60)),
    until=st.none() | _MINUTES.map(lambda minute: at(minute * 60)),
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return iter(tmp_path_factory.mktemp("pages") / f"{number}.db" for number in count())


@given(st.lists(_MADE, max_size=12), st.lists(_FILTERS, min_size=1, max_size=6), st.integers(0, 4), st.integers(0, 13))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_page_is_what_looking_at_every_message_gives(
    stores: Iterator[Path],
    made: list[tuple[int, str, str, bool, str]],
    filters: list[HistoryFilter],
    skip: int,
    beyond: int,
) -> None:
    with Database.open(next(stores)) as database:
        history = History(database)
        for number, (minute, sender, code, taken, profile) in enumerate(made):
            messages = Messages(database, profile)
            begun = messages.add(new_message(f"Hello {number}", f"{code}172555{number:04}", sender), at(minute * 60))
            result = accepted(f"id-{number}") if taken else outcome(OutcomeKind.REJECTED)
            messages.record(claim(messages, begun, 1), result, at(2))
        every = [row for row in (history.get(number + 1) for number in range(len(made))) if row is not None]
        for chosen in filters:
            meets = [
                row.id
                for row in every
                if chosen.profile in (None, row.profile)
                and (chosen.statuses is None or row.status in chosen.statuses)
                and chosen.sender in (None, row.sender)
                and (chosen.since is None or row.created_at >= chosen.since)
                and (chosen.until is None or row.created_at < chosen.until)
                and (
                    chosen.search.casefold() in f"{row.text}\x1f{row.sender}".casefold()
                    or (chosen.search == "4" and ("4" in row.to or row.id == 4))
                )
            ]
            assert history.count(chosen) == len(meets), chosen
            assert history.count(chosen, older_than=beyond) == len([one for one in meets if one < beyond])
            for oldest_first in (False, True):
                wanted = meets if oldest_first else meets[::-1]
                page = history.page(chosen, skip=skip, limit=3, oldest_first=oldest_first)
                assert [row.id for row in page] == wanted[skip : skip + 3], chosen
                behind = [one for one in wanted if (one > beyond if oldest_first else one < beyond)]
                page = history.page(chosen, before=beyond, skip=skip, limit=3, oldest_first=oldest_first)
                assert [row.id for row in page] == behind[skip : skip + 3], chosen


def test_a_clock_that_was_set_back_hides_nothing(messages: Messages, history: History) -> None:
    days = [messages.add(new_message(), at(day * 86_400)) for day in (5, 1, 6, 2, 7)]
    chosen = HistoryFilter(profile="work", since=at(0), until=at(0) + timedelta(days=3))
    assert [row.id for row in history.page(chosen)] == [days[3], days[1]]
    assert [row.id for row in history.page(chosen, oldest_first=True)] == [days[1], days[3]]

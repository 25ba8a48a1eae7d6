"""The index for searching finds what a look at every message finds, whatever was typed and whatever has happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage import finding
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.purging import Purging
from mitto_tui.storage.schema import messages as table

from .builders import T0, accepted, at, new_message, outcome, sent

LATER = T0 + timedelta(days=30)
_ALPHABET = st.sampled_from([*"abcABC 12-#\"'*%_", "é", "e\u0301", "İ", "ß", "👩", "天"])
_WORDS = st.lists(_ALPHABET, max_size=8).map("".join)
_IDS = st.text(st.sampled_from("abcdef0123456789-"), min_size=1, max_size=12)


def looked_at(database: Database, search: str) -> list[int]:
    """What is found by looking at every message."""
    query = select(table.c.id).where(finding.matches(search, "work")).order_by(table.c.id.desc())
    with database.read() as connection:
        return list(connection.scalars(query))


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return iter(tmp_path_factory.mktemp("found") / f"{number}.db" for number in count())


@given(
    st.lists(st.tuples(_WORDS, _IDS, _IDS | st.none()), min_size=1, max_size=12), st.lists(_WORDS | _IDS, max_size=8)
)
@example([("abc", "abc", "bcd")], ["abc", "bcd"])
@example([("abcbcd", "1", None), ("abcd", "2", None)], ["abcd"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_index_finds_what_looking_at_everything_finds(
    stores: Iterator[Path], written: list[tuple[str, str, str | None]], searches: list[str]
) -> None:
    with Database.open(next(stores)) as database:
        messages, history = Messages(database, "work"), History(database)
        for number, (text, first, second) in enumerate(written):
            begun = sent(messages, accepted(first), text=text or "x", to=f"491725551{number:03}", reference=first)
            if second is not None:
                messages.record(begun, accepted(second), at(3))
        for search in {*searches, *(text for text, _, _ in written), *(first for _, first, _ in written), "5551"}:
            if not search.strip():
                continue
            expected = looked_at(database, search)
            chosen = HistoryFilter(profile="work", search=search)
            assert [row.id for row in history.page(chosen)] == expected, search
            assert [row.id for row in history.page(chosen, skip=1, limit=2)] == expected[1:3]
            assert history.count(chosen) == len(expected)
            if expected:
                before = expected[len(expected) // 2]
                below = [found for found in expected if found < before]
                assert [row.id for row in history.page(chosen, before=before)] == below
                assert history.count(chosen, newer_than=before) == len(expected) - len(below) - 1


def test_few_messages_of_a_status_are_looked_at_and_many_are_found_by_the_index(
    database: Database, messages: Messages, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_FEW", 2)
    wanted = [sent(messages, outcome(kind), text=f"needle {kind}").message_id for kind in (OutcomeKind.REJECTED,) * 3]
    sent(messages, outcome(OutcomeKind.REJECTED), text="hay")
    sent(messages, accepted("1"), text="needle")
    for statuses in ([Status.REJECTED], [Status.REJECTED, Status.FAILED]):
        found = history.page(HistoryFilter(profile="work", statuses=statuses, search="NEEDLE"))
        assert [row.id for row in found] == wanted[::-1]
    found = history.page(HistoryFilter(profile="work", statuses=[Status.ACCEPTED], search="needle"))
    assert [row.status for row in found] == [Status.ACCEPTED]


def test_what_was_purged_leaves_the_index_as_well(database: Database, messages: Messages, history: History) -> None:
    def size() -> int:
        with database.read() as connection:
            return int(connection.exec_driver_sql("SELECT sum(length(block)) FROM messages_found_data").scalar_one())

    empty = size()
    for number in range(300):
        sent(
            messages,
            outcome(OutcomeKind.REJECTED),
            text=f"a secret of {number * 7919 % 1000} words",
            to=f"4917255{number:05}",
        )
    kept = messages.add(new_message("a secret to keep", to="4930123456"), LATER)
    full = size()
    assert Purging(database, "work").purge(LATER).messages == 300
    assert [row.id for row in history.page(HistoryFilter(search="a secret"))] == [kept]
    assert history.page(HistoryFilter(search="4917255")) == []
    assert size() - empty < (full - empty) / 20, "nothing of what is gone stays behind, not even marked as deleted"


def test_nothing_that_could_be_typed_breaks_the_search(messages: Messages, history: History) -> None:
    message_id = messages.add(new_message('say "AND" (NOT) near* ^x: {a b}'), T0)
    for search in ('"AND"', "(NOT)", "near*", "^x:", "{a b}", ' "and" (', "AND"):
        assert [row.id for row in history.page(HistoryFilter(search=search))] == [message_id], search
    for search in ('"""', "NOT NOT", "words:", "OR OR", "*" * 5_000, "'; DROP TABLE messages; --", "\x00\x00\x00"):
        assert history.page(HistoryFilter(search=search)) == [], search

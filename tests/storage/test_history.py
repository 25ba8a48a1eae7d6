"""Reading what was sent: pages, filters, search, sums."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mitto_tui.sms.message import NewMessage
from mitto_tui.sms.reference import with_token
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.status import ReportStatus, Status
from mitto_tui.sms.submission import Content, OutcomeKind, WireType
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History, HistoryFilter, Part, page_query
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.search import fold_case

from .builders import T0, accepted, at, claim, new_message, outcome, report, sent

EVERYTHING = HistoryFilter()


def ids(history: History, **conditions: object) -> list[int]:
    found = [row.id for row in history.page(HistoryFilter(**conditions))]  # type: ignore[arg-type] # any condition
    assert history.count(HistoryFilter(**conditions)) == len(found)  # type: ignore[arg-type] # any condition
    return found


def texts(history: History, search: str) -> list[str]:
    return [row.text for row in history.page(HistoryFilter(search=search))]


def test_an_empty_history(history: History) -> None:
    assert history.page(EVERYTHING) == []
    assert history.count(EVERYTHING) == 0
    assert history.by_status("work") == {}
    assert history.get(1) is None
    assert history.timeline(1) == []
    assert history.attempts(1) == []
    assert history.reports(1) == []
    assert history.recent_senders("work", 5) == []


def test_pages_are_newest_first_and_fit_together(messages: Messages, history: History) -> None:
    added = [messages.add(new_message(str(number)), at(-number)) for number in range(7)]  # ids decide, not clocks
    first = history.page(EVERYTHING, limit=3)
    assert [row.id for row in history.page(EVERYTHING, skip=2, limit=3)] == added[4:1:-1]
    assert [row.id for row in history.page(EVERYTHING, before=first[-1].id, skip=3)] == [added[0]]
    assert history.count(EVERYTHING, newer_than=added[2]) == 4
    assert [row.id for row in first] == added[:-4:-1]
    messages.add(new_message("new"), T0)  # what comes in on top moves nothing
    second = history.page(EVERYTHING, before=first[-1].id, limit=3)
    third = history.page(EVERYTHING, before=second[-1].id, limit=3)
    assert [row.id for row in [*first, *second, *third]] == added[::-1]
    assert history.page(EVERYTHING, before=third[-1].id) == []


@pytest.mark.parametrize(("limit", "length"), [(0, 0), (-1, 0), (1, 1), (10**20, 2)])
def test_any_limit_and_any_id_will_do(messages: Messages, history: History, limit: int, length: int) -> None:
    for _ in range(2):
        messages.add(new_message(), T0)
    assert len(history.page(EVERYTHING, limit=limit)) == length
    assert len(history.page(EVERYTHING, before=10**20, limit=limit)) == length
    assert history.page(EVERYTHING, before=-(10**20), limit=limit) == []
    assert history.get(10**20) is None
    assert history.get(-1) is None
    assert history.page(HistoryFilter(campaign=10**20)) == []


def test_filters_are_all_met(messages: Messages, history: History, database: Database, reports: Reports) -> None:
    one = sent(messages, accepted("one"), to="491725550001").message_id
    two = sent(messages, outcome(OutcomeKind.REJECTED), to="491725550002").message_id
    three = sent(messages, accepted("three"), to="491725550002").message_id
    reports.receive("work", report(token=None, mitto_id="three"), "raw", "GET", at(3))
    other = sent(Messages(database, "other"), accepted("four"), to="491725550002").message_id
    assert ids(history) == [other, three, two, one]
    assert ids(history, profile="work") == [three, two, one]
    assert ids(history, profile="nobody") == []
    assert ids(history, statuses=[Status.ACCEPTED]) == [other, one]
    assert ids(history, statuses=[Status.DELIVERED, Status.ACCEPTED]) == [other, three, one]
    assert ids(history, statuses={Status.DELIVERED, Status.REJECTED}, profile="work") == [three, two]
    assert ids(history, statuses=[]) == []
    assert ids(history, statuses=list(Status)) == [other, three, two, one]
    assert ids(history, to="+49 172 555-0002") == [other, three, two]
    assert ids(history, to="4917255500") == []
    assert ids(history, to="491725550002", profile="work", statuses=[Status.REJECTED]) == [two]
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO campaigns (id, profile, name, state, content_hash, created_at, updated_at) "
            "VALUES (5, 'work', 'Spring', 'open', 'hash', 0, 0)"
        )
        connection.exec_driver_sql(f"UPDATE messages SET campaign = 5 WHERE id IN ({one}, {two})")
    assert ids(history, campaign=5) == [two, one]
    row = history.get(two)
    assert row is not None
    assert row.campaign == 5


def test_pages_of_several_statuses_fit_together(messages: Messages, history: History) -> None:
    results = [accepted(), outcome(OutcomeKind.REJECTED), outcome(OutcomeKind.IN_DOUBT)]
    added = [sent(messages, results[number % 3]).message_id for number in range(12)]
    wanted = [message_id for number, message_id in enumerate(added) if number % 3]
    chosen = HistoryFilter(statuses=[Status.REJECTED, Status.IN_DOUBT])
    found: list[int] = []
    while page := history.page(chosen, before=found[-1] if found else None, limit=3):
        found += [row.id for row in page]
    assert found == wanted[::-1]
    for skip in range(10):
        assert [row.id for row in history.page(chosen, skip=skip, limit=3)] == found[skip : skip + 3]
    for message_id in added:
        assert history.count(chosen, newer_than=message_id) == sum(known > message_id for known in wanted)


def test_times_are_from_and_before(messages: Messages, history: History) -> None:
    early, middle, late = (messages.add(new_message(), at(second)) for second in (0, 1, 2))
    assert ids(history, since=at(1)) == [late, middle]
    assert ids(history, until=at(1)) == [early]
    assert ids(history, since=at(1), until=at(2)) == [middle]
    with pytest.raises(ValueError, match="no time zone"):
        history.page(HistoryFilter(since=T0.replace(tzinfo=None)))


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("50% off_now", "50%"),
        ("50% off_now", "f_n"),
        ("hi [/foo] x", "[/foo]"),
        ("Grüße aus KÖLN", "grüSSe AUS köln"),
        ("STRASSE", "straße"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("Привет", "ПРИВЕТ"),
        ("İSTANBUL", "istanbul"),
        ("cafe\u0301", "CAFÉ"),
        ("café", "cafe\u0301"),
        ("an emoji 👨‍👩‍👧 here", "👨‍👩‍👧"),
        ("nul \0 inside", "\0 INSIDE"),
        ("behind a nul \0 this", "THIS"),
        ("back\\slash", "\\S"),
        ("it's", "T'S"),
        ("‮abc", "‮A"),
        (" two  blanks ", "O  B"),
    ],
)
def test_text_is_found_literally_whatever_its_case(
    messages: Messages, history: History, text: str, search: str
) -> None:
    messages.add(new_message("something else"), T0)
    messages.add(new_message(text), T0)
    assert texts(history, search) == [text]


@pytest.mark.parametrize(
    ("text", "search"),
    [("50x off", "50%"), ("offxnow", "f_n"), ("résumé", "resume"), ("abc", "ab "), ("abc", "*")],
)
def test_nothing_else_is_found(messages: Messages, history: History, text: str, search: str) -> None:
    messages.add(new_message(text), T0)
    assert texts(history, search) == []


@pytest.mark.parametrize("search", ["", "  ", "\n"])
def test_a_blank_search_finds_everything(messages: Messages, history: History, search: str) -> None:
    messages.add(new_message("hello"), T0)
    assert texts(history, search) == ["hello"]


def test_a_message_is_found_by_whatever_is_known_of_it(messages: Messages, history: History) -> None:
    for number in range(12):
        messages.add(new_message("noise", to=f"4930555510{number:02}"), T0)
    begun = claim(
        messages, messages.add(new_message("x", to="491725551234", sender="Brand 7", reference="Spring Étude"), T0)
    )
    messages.record(begun, accepted("D88AE721-2938-45af-b8a0-b8de4231f702"), at(2))
    for search in (
        "+49 172 555",
        "0049172",
        "(172) 555-1234",
        "brand",
        "SPRING éT",
        "d88ae721-2938",
        "d88ae72129384",
        with_token("Spring Étude", begun.token),
        f"#{begun.token}",
        "D88A",
    ):
        assert ids(history, search=search) == [begun.message_id], search
    assert ids(history, search=f"#{begun.message_id}") == [begun.message_id]
    assert begun.message_id in ids(history, search=str(begun.message_id))
    assert ids(history, search="d88ae721293899") == []
    assert ids(history, search="8AE7") == [], "an id is found by its beginning"
    assert ids(history, search="9" * 5000) == []


def test_search_and_statuses_meet(messages: Messages, history: History) -> None:
    wanted = sent(messages, accepted(), text="needle").message_id
    sent(messages, outcome(OutcomeKind.REJECTED), text="needle")
    sent(messages, accepted(), text="hay")
    assert ids(history, search="NEEDLE", statuses=[Status.ACCEPTED, Status.DELIVERED]) == [wanted]


@given(before=st.text(max_size=20), part=st.text(min_size=1, max_size=10), after=st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_folding_keeps_equal_what_differs_in_case_only(before: str, part: str, after: str) -> None:
    assert fold_case(fold_case(part)) == fold_case(part)
    for other in (part.upper(), part.lower(), part.swapcase()):
        if other.casefold() == part.casefold():
            assert fold_case(other) == fold_case(part)
    if part.isascii() and before.isascii() and after.isascii():
        assert (fold_case(part) in fold_case(before + part + after)) is True


@given(text=st.text(alphabet=st.characters(), min_size=1, max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_exactly(messages: Messages, history: History, text: str) -> None:
    """Lone surrogates, NUL and all, in every free field, though a check before the store refuses some of them."""
    content = Content(text, text, WireType.UNICODE, reference=text, callback=text, udh=text)
    message_id = messages.add(NewMessage(text, content, Encoding.UNICODE, 1), T0)
    row = history.get(message_id)
    assert row is not None
    assert {row.sender, row.text, row.reference, row.callback, row.udh, row.to} == {text}
    begun = claim(messages, message_id)
    assert begun.content == content
    refusal = outcome(OutcomeKind.REJECTED, detail=text, response_text=text, raw=text, mitto_id=f"x{text}")
    messages.record(begun, refusal, at(2))
    (attempt,) = history.attempts(message_id)
    assert {attempt.detail, attempt.response_text, attempt.raw} == {text}
    assert attempt.mitto_id == f"x{text}"
    assert history.timeline(message_id)[-1].event.data["response_text"] == text
    assert message_id in [found.id for found in history.page(HistoryFilter(search=text), limit=10_000)]


def test_ten_thousand_characters(messages: Messages, history: History) -> None:
    text = "𝔘𝔫𝔦 ‮ [/x] \x1b[31m" * 600
    message_id = messages.add(new_message(text), T0)
    row = history.get(message_id)
    assert row is not None
    assert row.text == text


def test_sums_by_status(messages: Messages, history: History, database: Database, reports: Reports) -> None:
    for _ in range(2):
        sent(messages, accepted())
    delivered = sent(messages, accepted("x"))
    reports.receive("work", report(token=delivered.token), "raw", "GET", at(3))
    messages.add(new_message(), T0)
    sent(Messages(database, "other"), accepted())
    assert history.by_status("work") == {Status.ACCEPTED: 2, Status.DELIVERED: 1, Status.QUEUED: 1}
    assert history.by_status(None) == {Status.ACCEPTED: 3, Status.DELIVERED: 1, Status.QUEUED: 1}


def test_recent_senders_and_recipients_are_last_used_first(
    messages: Messages, history: History, database: Database
) -> None:
    for sender, to in (("One", "4911"), ("Two", "4922"), ("One", "4933"), ("Three", "4922")):
        messages.add(NewMessage(to, Content(sender, "x", WireType.GSM), Encoding.GSM, 1), T0)
    Messages(database, "other").add(new_message(sender="Other"), T0)
    assert history.recent_senders("work", 10) == ["Three", "One", "Two"]
    assert history.recent_senders("work", 2) == ["Three", "One"]
    assert history.recent_senders(None, 1) == ["Other"]
    assert history.recent_recipients("work", 10) == ["4922", "4933", "4911"]
    assert history.recent_recipients("work", 0) == []


def test_a_campaign_does_not_drown_recent_recipients(messages: Messages, history: History, database: Database) -> None:
    mine = messages.add(new_message(to="4911", sender="Mine"), T0)
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO campaigns (id, profile, name, state, content_hash, created_at, updated_at) "
            "VALUES (1, 'work', 'Spring', 'open', 'hash', 0, 0)"
        )
        names = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(messages)")]
        columns = ", ".join(name for name in names if name not in ("id", "campaign", "recipient"))
        connection.exec_driver_sql(
            f"INSERT INTO messages (campaign, recipient, {columns}) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
            f"i + 1 FROM n WHERE i < 1500) SELECT 1, 49000000 + i, {columns} FROM n, messages WHERE id = {mine}"
        )
    assert history.recent_recipients("work", 10) == ["4911"]


def test_a_timeline_tells_everything_in_order(messages: Messages, history: History, reports: Reports) -> None:
    first = sent(messages, outcome(OutcomeKind.SLOW_DOWN, http_status=429))
    second = claim(messages, first.message_id, 3)
    messages.record(second, accepted("the-id", raw="{}"), at(4))
    reports.receive("work", report(ReportStatus.SENT, mitto_id="the-id"), "status=SENT", "GET", at(5))
    timeline = history.timeline(first.message_id)
    assert [(entry.event.kind.value, entry.event.attempt, entry.event.at) for entry in timeline] == [
        ("queued", None, T0),
        ("claimed", 1, at(1)),
        ("slow_down", 1, at(2)),
        ("claimed", 2, at(3)),
        ("accepted", 2, at(4)),
        ("report", 2, at(5)),
    ]
    assert [entry.attempt.http_status if entry.attempt else None for entry in timeline] == [
        None,
        429,
        429,
        200,
        200,
        200,
    ]
    assert [entry.report.raw if entry.report else None for entry in timeline] == [None] * 5 + ["status=SENT"]


def plan(database: Database, history: History, chosen: HistoryFilter) -> list[str]:
    """How SQLite goes about a page: one line a step."""
    page = page_query(chosen, Part(10**6, 5, 100))
    query = str(page.compile(database._engine, compile_kwargs={"literal_binds": True}))
    with database.read() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]


@pytest.mark.parametrize(
    ("chosen", "index"),
    [
        (HistoryFilter(), "INTEGER PRIMARY KEY"),
        (HistoryFilter(profile="work"), "messages_newest"),
        (HistoryFilter(profile="work", statuses=[Status.IN_DOUBT]), "messages_by_status"),
        (HistoryFilter(profile="work", statuses=[Status.IN_DOUBT, Status.FAILED]), "messages_by_status"),
        (HistoryFilter(statuses=[Status.IN_DOUBT, Status.FAILED]), "messages_by_status_of_all"),
        (HistoryFilter(to="491725551234"), "messages_by_recipient"),
        (HistoryFilter(to="491725551234", profile="work"), "messages_by_recipient"),
        (HistoryFilter(campaign=1), "messages_of_campaign"),
    ],
)
def test_a_page_reads_an_index_in_order(
    database: Database, history: History, chosen: HistoryFilter, index: str
) -> None:
    steps = plan(database, history, chosen)
    assert any(f"INDEX {index} " in step or f"USING {index} " in step for step in steps), steps
    assert not any("messages" in step and step.startswith("SCAN") for step in steps), steps

"""Checked lists stored as campaigns: whole or not at all, exactly as they were, and not one message among them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.sms.checked_row import CheckedBatch, CheckedRow, RowKind, RowStatus
from mitto_tui.sms.segments import Encoding
from mitto_tui.storage.campaigns import Campaign, Campaigns, CampaignState, NewCampaign
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages

from .builders import T0, at, line, new_message, process

MOBILE = RowKind(RowStatus.OK, "", "", "national", "national number of Germany", "DE", "mobile", Encoding.GSM, 1)
LANDLINE = RowKind(RowStatus.OK, "line_type", "It may not receive SMS.", "", "", "DE", "landline", Encoding.UNICODE, 2)
TWICE = RowKind(RowStatus.DUPLICATE, "duplicate", "An earlier row has this number already.", region="DE")
BROKEN = RowKind(RowStatus.INVALID, "letters", "There are letters in this number.")
NEW = NewCampaign(
    "work",
    "Spring",
    "MITTO",
    "Dear {name}",
    None,
    {"type": "auto", "flash": False},
    {"name": "list.csv", "columns": []},
)


@pytest.fixture
def campaigns(database: Database) -> Campaigns:
    return Campaigns(database)


def batch(rows: Sequence[CheckedRow]) -> CheckedBatch:
    ok = [(place, row) for place, row in enumerate(rows) if row.status is RowStatus.OK]
    return CheckedBatch(
        [place for place, _ in ok],
        [row.row for _, row in ok],
        [row.kind for _, row in ok],
        [row.to for _, row in ok],
        [row.written for _, row in ok],
        [row.text for _, row in ok],
        [row.cells for _, row in ok],
        {place: row for place, row in enumerate(rows) if row.status is not RowStatus.OK},
        {place: row.detail for place, row in ok if row.detail},
    )


def rows_of(count: int, first: int = 0) -> list[CheckedRow]:
    """Every fifth is a duplicate, every seventh invalid, some are landlines, one says something of its own."""
    rows = []
    for number in range(first, first + count):
        to, cells = f"49172{5_000_000 + number}", [f"Person {number}", f"0172 {number}", "ß\x00", ""]
        if number % 5 == 4:
            rows.append(CheckedRow(number + 2, TWICE, to, cells[1], "", cells, "Row 2 has it.", 2))
        elif number % 7 == 6:
            rows.append(CheckedRow(number + 2, BROKEN, "", "x", "", cells))
        else:
            kind = LANDLINE if number % 11 == 3 else MOBILE
            detail = "This cell also holds +4930." if number == 3 else ""
            rows.append(CheckedRow(number + 2, kind, to, cells[1], f"Dear “Person {number}”", cells, detail))
    return rows


def save(campaigns: Campaigns, rows: Sequence[CheckedRow], new: NewCampaign = NEW, size: int = 1_000) -> Campaign:
    batches = [batch(rows[begin : begin + size]) for begin in range(0, len(rows), size)]
    return campaigns.save(new, batches, lambda: {"rows": len(rows)}, lambda: T0)


def plain(row: CheckedRow) -> tuple[object, ...]:
    """A row as it comes back: cells are kept where it isn't ok."""
    kind = row.kind
    words = (kind.status, kind.reason, kind.sentence, kind.changes, kind.change, kind.region, kind.line)
    cells = [] if row.status is RowStatus.OK else row.cells
    return (
        row.row,
        *words,
        kind.encoding,
        kind.segments,
        row.to,
        row.written,
        row.text,
        cells,
        row.detail,
        row.repeats,
    )


def table_sizes(database: Database) -> tuple[int, ...]:
    with database.read() as connection:
        names = ("campaigns", "campaign_kinds", "campaign_rows", "messages", "events", "campaign_blocks")
        return tuple(connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names)


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 12_000])
def test_a_list_comes_back_as_it_was(campaigns: Campaigns, database: Database, count: int) -> None:
    rows = rows_of(count)
    saved = save(campaigns, rows)
    assert saved == campaigns.get(saved.id)
    assert campaigns.list("work") == [saved]
    assert campaigns.list("other") == []
    assert (saved.state, saved.sender, saved.template, saved.text) == (
        CampaignState.DRAFT,
        "MITTO",
        "Dear {name}",
        None,
    )
    assert (saved.options, saved.source, saved.totals) == (NEW.options, NEW.source, {"rows": count})
    found = list(campaigns.rows(saved.id))
    assert [stored.place for stored in found] == list(range(count))
    assert [plain(stored.row) for stored in found] == list(map(plain, rows))
    assert sum(rows for _, _, rows in campaigns.kinds(saved.id)) == count
    assert database.check() == []


def test_filters_and_pages(campaigns: Campaigns) -> None:
    rows = rows_of(3_000)
    save(campaigns, rows_of(100, first=5_000))
    saved = save(campaigns, rows)
    save(campaigns, rows_of(100, first=6_000))
    for statuses in (
        [RowStatus.OK],
        [RowStatus.DUPLICATE],
        [RowStatus.INVALID, RowStatus.DUPLICATE],
        list(RowStatus),
        [],
    ):
        wanted = [place for place, row in enumerate(rows) if row.status in statuses]
        assert [stored.place for stored in campaigns.rows(saved.id, statuses=statuses)] == wanted
        page = campaigns.page(saved.id, statuses=statuses, after=1_000, limit=7)
        assert [stored.place for stored in page] == [place for place in wanted if place > 1_000][:7]
    landlines = [number for number, kind, _ in campaigns.kinds(saved.id) if kind.line == "landline"]
    shown = campaigns.page(saved.id, kinds=landlines, limit=5)
    assert [stored.row.sentence for stored in shown][:2] == ["This cell also holds +4930.", "It may not receive SMS."]
    assert campaigns.page(saved.id, after=2_998)[0].place == 2_999
    assert campaigns.page(saved.id, after=2_999) == []
    assert campaigns.page(saved.id, limit=0) == campaigns.page(99) == []


PLACES = st.one_of(st.integers(-2, 6_010), st.sampled_from([1_999, 2_000, 2_001, 10**30, -(10**30)]))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Campaigns, Campaign, list[CheckedRow]]]:
    """A list over several blocks, stored in batches that don't fit into them, with others before and behind it."""
    rows = rows_of(6_000)
    with Database.open(tmp_path_factory.mktemp("campaigns") / "mitto.db") as database:
        campaigns = Campaigns(database)
        save(campaigns, rows_of(2_500, first=9_000), size=2_500)
        saved = save(campaigns, rows, size=337)
        save(campaigns, rows_of(2_500, first=9_000), size=2_500)
        yield campaigns, saved, rows


@settings(max_examples=60)
@given(
    st.none() | st.sets(st.sampled_from(RowStatus)),
    st.none() | st.sets(st.integers(0, 5)),
    PLACES,
    PLACES,
    st.sampled_from([0, 1, 7, 100, 5_000]),
)
def test_any_page_and_any_count_by_any_filter(
    long: tuple[Campaigns, Campaign, list[CheckedRow]],
    statuses: set[RowStatus] | None,
    kinds: set[int] | None,
    after: int,
    skip: int,
    limit: int,
) -> None:
    campaigns, saved, rows = long
    numbers = {kind.sentence: number for number, kind, _ in campaigns.kinds(saved.id)}
    wanted = [
        place
        for place, row in enumerate(rows)
        if (statuses is None or row.status in statuses) and (kinds is None or numbers[row.kind.sentence] in kinds)
    ]
    page = campaigns.page(saved.id, statuses=statuses, kinds=kinds, after=after, skip=skip, limit=limit)
    rest = wanted[bisect_right(wanted, max(after, -1)) :]
    assert [stored.place for stored in page] == rest[max(skip, 0) :][:limit]
    assert [stored.row.row for stored in page] == [stored.place + 2 for stored in page]
    assert campaigns.count(saved.id, statuses=statuses, kinds=kinds) == len(wanted)
    assert campaigns.count(saved.id, statuses=statuses, kinds=kinds, before=after) == bisect_left(wanted, after)


@pytest.mark.parametrize("campaign", [0, -1, 99, 10**30])
def test_a_campaign_that_is_none_has_no_rows(campaigns: Campaigns, campaign: int) -> None:
    save(campaigns, rows_of(10))
    assert campaigns.page(campaign) == campaigns.page(campaign, statuses=[RowStatus.OK], skip=3) == []
    assert campaigns.count(campaign) == campaigns.count(campaign, statuses=[RowStatus.OK], before=5) == 0


def test_any_text_is_kept(campaigns: Campaigns) -> None:
    ok = CheckedRow(2, MOBILE, "491725551234", "\ud83d", "half \udc00 a pair", [])
    bad = CheckedRow(3, BROKEN, "", "\ud800", "", ["\udfff", "\x00", "“"], "\ud83d")
    saved = save(campaigns, [ok, bad], replace(NEW, name="\ud83d", template="\udc00"))
    assert (saved.name, saved.template) == ("\ud83d", "\udc00")
    assert [plain(stored.row) for stored in campaigns.rows(saved.id)] == [plain(ok), plain(bad)]


def test_a_text_that_is_the_same_for_all_is_kept_once(campaigns: Campaigns) -> None:
    saved = save(campaigns, rows_of(10), replace(NEW, template="Hello {{", text="Hello {"))
    assert saved.text == "Hello {"
    assert {stored.row.text for stored in campaigns.rows(saved.id)} == {""}


def test_the_hash_tells_whether_two_campaigns_send_the_same(campaigns: Campaigns) -> None:
    rows = rows_of(200)
    ok = [row for row in rows if row.status is RowStatus.OK]
    same = save(campaigns, rows).content_hash
    assert len(same) == 64
    assert save(campaigns, ok, replace(NEW, name="Again", source={}), size=7).content_hash == same
    split = [ok[0]._replace(text=ok[0].text + ok[1].text), ok[1]._replace(text=""), *ok[2:]]
    others = [
        save(campaigns, ok[1:]),
        save(campaigns, [ok[1], ok[0], *ok[2:]]),
        save(campaigns, split),
        save(campaigns, ok, replace(NEW, sender="OTHER")),
        save(campaigns, ok, replace(NEW, options={"type": "auto", "flash": True})),
        save(campaigns, ok, replace(NEW, text="Hello")),
    ]
    assert len({same, *(other.content_hash for other in others)}) == 7


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_whatever_ends_it_early_leaves_nothing_behind(
    campaigns: Campaigns, database: Database, error: type[BaseException]
) -> None:
    kept = save(campaigns, rows_of(100))
    before = table_sizes(database)
    seen: list[list[Campaign]] = []

    def batches() -> Iterator[CheckedBatch]:
        for begin in range(0, 24_000, 1_000):
            yield batch(rows_of(1_000, begin))
        assert table_sizes(database)[2] > before[2]  # some are written, and nobody sees them
        seen.append(campaigns.list())
        raise error

    with pytest.raises(error):
        campaigns.save(NEW, batches(), dict, lambda: T0)
    assert seen == [[kept]]
    assert table_sizes(database) == before


def test_what_ended_it_is_told_though_nothing_can_be_removed(campaigns: Campaigns, database: Database) -> None:
    def batches() -> Iterator[CheckedBatch]:
        yield batch(rows_of(12_000))
        raise KeyError("stopped")

    with database.write() as connection:
        refuse = "BEGIN SELECT RAISE(ABORT, 'no room to delete'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER no_room BEFORE DELETE ON campaign_rows {refuse}")
    with pytest.raises(KeyError, match="stopped"):
        campaigns.save(NEW, batches(), dict, lambda: T0)
    assert campaigns.list() == []
    with database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER no_room")
    assert campaigns.sweep(T0 + timedelta(hours=2)) == 1
    assert table_sizes(database)[:2] == (0, 0)


def test_what_a_killed_program_leaves_is_removed_later(path: Path, campaigns: Campaigns, database: Database) -> None:
    script = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mitto_tui.storage.campaigns import Campaigns, NewCampaign
from mitto_tui.storage.database import Database
from tests.storage.test_campaigns import NEW, T0, batch, rows_of
def batches():
    for begin in range(0, 12_000, 1_000):
        yield batch(rows_of(1_000, begin))
    print("written", flush=True)
    sys.stdin.readline()
with Database.open(Path(sys.argv[1])) as database:
    Campaigns(database).save(NEW, batches(), dict, lambda: T0)
"""
    with process(script, path) as child:
        assert line(child) == "written"
        child.kill()
        child.wait()
    assert table_sizes(database)[2] > 0
    assert campaigns.list() == []
    assert campaigns.sweep(T0 + timedelta(minutes=59)) == 0  # it might still be at work
    assert campaigns.sweep(T0 + timedelta(minutes=61)) == 1
    assert table_sizes(database) == (0,) * 6


def test_one_that_was_swept_away_meanwhile_is_no_draft(campaigns: Campaigns, database: Database) -> None:
    def batches() -> Iterator[CheckedBatch]:
        yield batch(rows_of(20))
        assert campaigns.sweep(T0 + timedelta(hours=2)) == 1

    with pytest.raises(StoreError, match="given up"):
        campaigns.save(NEW, batches(), dict, lambda: T0)
    assert table_sizes(database) == (0,) * 6


def test_a_draft_holds_no_message(campaigns: Campaigns, database: Database, messages: Messages) -> None:
    save(campaigns, rows_of(100))
    assert table_sizes(database)[3:5] == (0, 0)
    history = History(database)
    assert history.page(HistoryFilter()) == []
    assert history.by_status(None) == {}


def test_deleting_a_draft(campaigns: Campaigns, database: Database) -> None:
    one, other = save(campaigns, rows_of(11_000)), save(campaigns, rows_of(10))
    assert campaigns.delete(one.id) is True
    assert campaigns.delete(one.id) is False
    assert campaigns.list() == [other]
    assert len(list(campaigns.rows(other.id))) == 10
    assert table_sizes(database)[2] == 10
    assert save(campaigns, []).id > other.id


def test_all_rows_become_messages_in_one_statement(
    campaigns: Campaigns, database: Database, messages: Messages, history: History
) -> None:
    """What approving a draft will do; here to keep the tables fit for it."""
    messages.add(new_message("alone"), T0)
    saved = save(campaigns, rows := rows_of(300))
    columns = "campaign, profile, recipient, sender, text, segments, encoding, type, flash, test, created_at, status"
    with database.write() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO messages ({columns}, attempts, conflicting, updated_at, search) SELECT c.id, c.profile, "
            "r.recipient, c.sender, coalesce(c.text, r.text), k.segments, k.encoding, CASE k.encoding WHEN 'gsm' THEN "
            "'GSM' ELSE 'Unicode' END, json_extract(c.options, '$.flash'), 0, c.created_at, 'queued', 0, 0, "
            "c.created_at, '' FROM campaigns c JOIN campaign_rows r ON r.id >= c.id << 32 AND r.id < (c.id + 1) << 32 "
            "JOIN campaign_kinds k ON k.campaign = c.id AND k.kind = r.kind WHERE c.id = ? AND r.left_out IS NULL "
            "ORDER BY r.id",
            (saved.id,),
        )
    found = history.page(HistoryFilter(campaign=saved.id), limit=1_000)
    ok = [row for row in rows if row.status is RowStatus.OK]
    assert [(one.to, one.text, one.segments, one.encoding) for one in reversed(found)] == [
        (row.to, row.text, row.kind.segments, row.kind.encoding) for row in ok
    ]


def test_times_are_those_of_its_saving(campaigns: Campaigns) -> None:
    clock = iter(range(100))

    def now() -> datetime:
        return at(next(clock))

    saved = campaigns.save(NEW, [batch(rows_of(5))], dict, now)
    assert saved.created_at < saved.updated_at

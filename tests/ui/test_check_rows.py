"""The rows of a checked list as a table reads them: through any filter, in order, from any place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mitto_tui.settings.profiles import Profile
from mitto_tui.sms.checked_row import CheckedRow, RowKind, RowStatus
from mitto_tui.sms.segments import Encoding
from mitto_tui.storage.campaigns import Campaign, Campaigns, CampaignState, NewCampaign
from mitto_tui.storage.database import Database
from mitto_tui.ui.bulk.check_rows import CheckLine, CheckRows, Listing, line_of, place_of_repeated, read_listing
from mitto_tui.ui.bulk.check_words import (
    Group,
    bare_words,
    counted,
    left_out_words,
    recipients_of,
    row_words,
    size_words,
    sums_words,
    why_empty,
)
from mitto_tui.ui.widgets.row_book import BLOCK, RowBook
from tests.storage.builders import T0
from tests.storage.test_campaigns import batch

COUNT = 6_300
OK = RowKind(RowStatus.OK, region="DE", line="mobile", encoding=Encoding.GSM, segments=1)
CHANGED = RowKind(
    RowStatus.OK, changes="national", change="national number of Germany", encoding=Encoding.GSM, segments=1
)
WARNED = RowKind(RowStatus.OK, "line_type", "It may not receive SMS.", encoding=Encoding.UNICODE, segments=2)
TWICE = RowKind(RowStatus.DUPLICATE, "duplicate", "An earlier row has this number already.")
BROKEN = RowKind(RowStatus.INVALID, "letters", "There are letters in this number.")
OUT = RowKind(RowStatus.OPTED_OUT, "opted_out", "This number has opted out.")
GROUP_OF = {
    OK: {Group.OK},
    CHANGED: {Group.OK, Group.CHANGED},
    WARNED: {Group.OK, Group.WARNED},
    TWICE: {Group.DUPLICATE},
    BROKEN: {Group.INVALID},
    OUT: {Group.OPTED_OUT},
}
TOTALS = {
    "rows": 10,
    "ok": 6,
    "segments": 7,
    "countries": {"DE": {"rows": 5, "segments": 6}, "FR": {"rows": 1, "segments": 1}},
    "reasons": [["invalid", "letters", 1], ["invalid", "empty", 2], ["duplicate", "duplicate", 1]],
}


def kind_at(place: int) -> RowKind:
    if place % 10 == 9:
        return TWICE
    if place % 97 == 96:
        return BROKEN
    if place in (4_001, 4_003):
        return OUT
    return WARNED if place % 13 == 5 else CHANGED if place % 3 == 1 else OK


def number_at(place: int) -> str:
    return f"49172{5_000_000 + (place - 9 if kind_at(place) is TWICE else place)}"


def row_at(place: int) -> CheckedRow:
    kind = kind_at(place)
    to = "" if kind is BROKEN else number_at(place)
    text = f"Dear {place}" if kind.segments else ""
    repeats = place - 7 if kind is TWICE else 0
    detail = f"Row {place - 7:,} has this number already." if repeats else ""
    return CheckedRow(place + 2, kind, to, f"0{to[2:]}" if to else "x", text, ["a", to], detail, repeats)


@pytest.fixture(scope="module")
def campaigns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaigns]:
    with Database.open(tmp_path_factory.mktemp("checked") / "mitto.db") as database:
        yield Campaigns(database)


@pytest.fixture(scope="module")
def listing(campaigns: Campaigns) -> Listing:
    rows = [row_at(place) for place in range(COUNT)]
    batches = [batch(rows[at : at + 500]) for at in range(0, COUNT, 500)]
    new = NewCampaign("work", "Spring", "MITTO", "Dear {name}", None, {"type": "auto"}, {"columns": ["name", "phone"]})
    return read_listing(campaigns, campaigns.save(new, batches, lambda: {"rows": COUNT}, lambda: T0))


@pytest.mark.parametrize("group", Group)
def test_every_filter_shows_its_rows_in_the_lists_order(campaigns: Campaigns, listing: Listing, group: Group) -> None:
    wanted = [place for place in range(COUNT) if group is Group.ALL or group in GROUP_OF[kind_at(place)]]
    source = CheckRows(campaigns, listing, group)
    assert source.count() == listing.counts[group] == len(wanted)
    book: RowBook[CheckLine] = RowBook(source.count())
    for block in (0, (len(wanted) - 1) // BLOCK, len(wanted) // (2 * BLOCK), 1):
        if not 0 <= block * BLOCK < len(wanted):
            continue
        place, before = book.place(block * BLOCK)
        book.put(block, lines := source.rows(before, block * BLOCK - place, BLOCK))
        assert [line.place for line in lines] == wanted[block * BLOCK : (block + 1) * BLOCK]
        assert [line.row.to for line in lines] == [row_at(line.place).to for line in lines]
    for place in (0, 1_999, 2_000, 4_002, COUNT - 1):
        assert source.newer_than(-place) == sum(known < place for known in wanted)


def test_it_knows_the_last_row_and_the_one_that_a_duplicate_repeats(campaigns: Campaigns, listing: Listing) -> None:
    assert listing.last_row == COUNT + 1
    duplicates = CheckRows(campaigns, listing, Group.DUPLICATE).rows(None, 0, 700)
    for line in (duplicates[0], duplicates[314], duplicates[-1]):
        assert place_of_repeated(campaigns, listing.campaign.id, line) == line.place - 9
    fine = CheckRows(campaigns, listing, Group.OK).rows(None, 0, 1)[0]
    assert place_of_repeated(campaigns, listing.campaign.id, fine) is None


def test_a_row_that_repeats_its_own_row_finds_the_first_of_its_numbers(campaigns: Campaigns) -> None:
    rows = [
        CheckedRow(2, OK, "491725550001", "a", "Hi", []),
        CheckedRow(3, OK, "491725550002", "b", "Hi", []),
        CheckedRow(3, OK, "491725550003", "b", "Hi", []),
        CheckedRow(3, TWICE, "491725550003", "b", "", ["b"], "This row has this number already.", 3),
    ]
    new = NewCampaign("work", "All", "MITTO", "Hi", "Hi", {"type": "auto"}, {})
    saved = campaigns.save(new, [batch(rows)], dict, lambda: T0)
    lines = CheckRows(campaigns, read_listing(campaigns, saved), Group.ALL).rows(None, 0, 10)
    assert [line.text for line in lines] == ["Hi", "Hi", "Hi", ""]
    assert place_of_repeated(campaigns, saved.id, lines[3]) == 2


@pytest.mark.parametrize(
    ("written", "to", "shown"),
    [
        ("+49 172 / 555-12.34", "491725551234", ""),
        (" 0172 5551234 ", "491725551234", "0172 5551234"),
        ("491725551234", "491725551234", "491725551234"),
        ("abc", "", "abc"),
        ("", "", ""),
    ],
)
def test_a_number_is_shown_as_written_only_where_that_says_something(written: str, to: str, shown: str) -> None:
    line = line_of(3, CheckedRow(5, OK if to else BROKEN, to, written, "", []), None)
    assert line.written == shown
    assert line.number == ("+49 172 5551234" if to else "")


def test_numbers_in_sentences_are_written_as_people_write_them() -> None:
    row = CheckedRow(5, OK, "491725551234", "x", "Hi", [], "This cell also holds +491725551235, abc.")
    assert line_of(0, row, None).sentence == "This cell also holds +49 172 5551235, abc."


def test_each_state_has_a_sign_and_a_word_of_its_own() -> None:
    kinds = (OK, WARNED, TWICE, BROKEN, OUT, RowKind(RowStatus.AMBIGUOUS))
    assert len({row_words(kind).sign for kind in kinds}) == len({row_words(kind).word for kind in kinds}) == len(kinds)
    assert row_words(CHANGED) == row_words(OK)
    assert all(why_empty(group)[0].endswith(".") for group in Group)
    assert (counted(1, "recipient with a warning"), counted(1_204, "recipient with a warning")) == (
        "1 recipient with a warning",
        "1,204 recipients with a warning",
    )
    assert (size_words(WARNED), size_words(OK, short=True), size_words(BROKEN)) == ("2 parts, Unicode", "1 GSM", "")


def test_the_lines_above_say_what_is_sent_what_it_costs_and_why_rows_are_left_out() -> None:
    from decimal import Decimal

    from mitto_tui.settings.profiles import Prices

    def campaign(totals: dict[str, object], **options: object) -> Campaign:
        source = {"bare_numbers": "3 numbers already carry 49."}
        return Campaign(
            1,
            "work",
            "S",
            CampaignState.DRAFT,
            "",
            "M",
            "t",
            None,
            options,
            source,
            totals,
            T0,
            T0,
        )

    dear = Profile("work", prices=Prices("EUR", {"DE": Decimal("0.075")}))
    found = campaign(TOTALS)
    assert sums_words(found, Profile("work")) == "10 rows: 6 recipients, 4 left out · 7 parts"
    assert sums_words(found, dear).endswith("7 parts · 0.45 EUR, 1 recipient without a price")
    assert sums_words(campaign(TOTALS, test=True), dear).endswith("a test: nothing is delivered or charged")
    assert left_out_words(found) == "1 duplicate · 3 invalid (no number 2, letters in the number 1)"
    assert left_out_words(found, 1) == "1 duplicate · 3 invalid (no number 2, other 1)"
    assert left_out_words(found, 0) == "1 duplicate · 3 invalid"
    assert bare_words(found) == "3 numbers already carry 49."
    nobody = campaign({"rows": 1, "ok": 0, "reasons": [["opted_out", "opted_out", 1]]})
    assert sums_words(nobody, dear) == "1 row: 0 recipients, 1 left out · nobody is left to send to"
    assert recipients_of(nobody.totals) == 0
    damaged = campaign({"rows": "x", "reasons": 5, "countries": []})
    assert sums_words(damaged, dear)
    assert left_out_words(damaged) == ""

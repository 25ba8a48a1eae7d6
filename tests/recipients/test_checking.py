"""From a list to rows that are ok or say why not: no row disappears, and nobody is written to twice."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients.checking import BATCH, Checking, CheckStopped, Plan
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.list_file import open_list
from mitto_tui.recipients.readers.model import Choices, ListProblem
from mitto_tui.recipients.verdicts import OTHER_LINES
from mitto_tui.sms.checked_row import CheckedRow, RowStatus
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import MessageType, Options
from mitto_tui.sms.segments import Encoding, count

OK, DUPLICATE, INVALID = RowStatus.OK, RowStatus.DUPLICATE, RowStatus.INVALID
FEW = "name,phone\n"


def written(rows: list[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue()


def check(
    source: str | Path, template: str = "Hello", opted_out: Collection[str] = frozenset(), **plan: Any
) -> tuple[list[CheckedRow], Checking]:
    with open_list(source) as opened:
        plan = {"country": "DE", "phone_column": opened.phone_column().index, **plan}
        checking = Checking(opened, Plan(template=template, **plan), opted_out)
        return [row for batch in checking.batches() for row in batch], checking


def statuses(rows: list[CheckedRow]) -> list[tuple[int, str, str]]:
    return [(row.row, row.status.value, row.reason) for row in rows]


NUMBERS = (
    *("0172 5551234", "+49 172 5551234", "491725551234", "491725551234.0", "00491725551234", "tel:+491725551234"),
    *("0172 5551235", "030 123456", "+4930123456", "1725551234", "15123456789", "4.91725E+11", "abc", "", " ", "112"),
    *("0172 5551234 ::: 0172 5551236", "0172 5551237; 0172 5551237", "0172 5551238/030 123456", "+44 7911 123456"),
    *("0172 555 12 34 ext. 5", "+1 202 555 0123", "999999999999999999999", '="0172 5551234"', "‎+491725551234", "٠١٧٢"),
)
NAMES = ("Ann", "", "  ", "Zoë", "“Bob”", "🎉", "x" * 40_000, "{name}", "a\nb", "\x00", ",", '"', "%s")
ROWS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NUMBERS)), max_size=30)


@given(
    ROWS,
    st.sampled_from(("Dear {name}", "{name|friend}", "fixed", "“{name|}”")),
    st.sets(st.sampled_from(("491725551234", "491725551236", "4930123456"))),
    st.booleans(),
    st.sampled_from(("", "DE", "US")),
    st.sampled_from(Bare),
    st.sampled_from((MessageType.AUTO, MessageType.GSM, MessageType.UNICODE)),
    st.sampled_from((frozenset[str](), OTHER_LINES)),
)
def test_no_row_disappears_and_nobody_is_written_to_twice(
    pairs: list[tuple[str, str]],
    template: str,
    opted_out: set[str],
    take_all: bool,
    country: str,
    bare: Bare,
    kind: MessageType,
    refuse: frozenset[str],
) -> None:
    text = written([["name", "phone"], *map(list, pairs)])
    try:
        opened = open_list(text, Choices(header=True, delimiter=","))
    except ListProblem:
        return  # nothing but a header
    with opened:
        plan = Plan(1, template, country, bare, refuse, take_all, Options(kind))
        checking = Checking(opened, plan, opted_out)
        batches = list(checking.batches())
        cells = {number: row for batch in opened.batches() for number, row in batch}
    rows = [row for batch in batches for row in batch]
    assert len(rows) == sum(map(len, batches))
    totals = checking.totals
    found = Counter(row.status for row in rows)
    assert totals.rows == len(rows) == found.total()
    assert [totals.ok, totals.duplicates, totals.invalid, totals.opted_out, totals.ambiguous] == [
        found[status] for status in RowStatus
    ]
    # Every row of the list is there, in its order, once or (where every number counts) at least once.
    numbers = [row.row for row in rows]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(cells)
    assert take_all or len(numbers) == len(cells)
    assert all(row.cells == cells[row.row] for row in rows)
    first: dict[str, int] = {}
    for row in rows:
        assert (row.reason == "") <= (row.status is OK)
        assert bool(row.sentence) == bool(row.reason) or row.sentence.startswith("This cell also")
        assert (row.to in opted_out) == (row.status is RowStatus.OPTED_OUT)
        if row.status is OK:
            assert row.to not in first
            first[row.to] = row.row
            counted = count(row.text, kind)
            assert (row.kind.encoding, row.kind.segments) == (counted.encoding, counted.segments)
        else:
            assert (row.text, row.kind.encoding, row.kind.segments) == ("", None, 0)
        if row.status is DUPLICATE:
            assert row.repeats == first[row.to]
        assert row.kind.line not in refuse or row.status is not OK
    ok = [row for row in rows if row.status is OK]
    assert totals.parts == Counter(row.kind.segments for row in ok)
    assert totals.segments == sum(row.kind.segments for row in ok)
    assert totals.unicode == sum(row.kind.encoding is Encoding.UNICODE for row in ok)
    assert {region: (spent.rows, spent.segments) for region, spent in totals.countries.items()} == {
        region: (
            sum(row.kind.region == region for row in ok),
            sum(row.kind.segments for row in ok if row.kind.region == region),
        )
        for region in {row.kind.region for row in ok}
    }
    assert totals.longest.characters == max(
        (len(row.text) for row in ok if row.kind.segments == totals.longest.segments), default=0
    )
    assert totals.reasons == Counter((row.status, row.reason) for row in rows if row.status is not OK)
    assert sum(change.rows for change in totals.changes.values()) == sum(bool(row.kind.changes) for row in ok)
    assert sum(warned.rows for warned in totals.warnings.values()) == sum(bool(row.reason) for row in ok)


def test_what_decides_about_a_row() -> None:
    rows, _ = check(
        FEW + "Ann,0172 5551234\nBob,0172 5551235\n,0172 5551236\nCid,0172 5551236\nDan,+49 172 5551236\nEve,n/a\n"
        ",0172 5551236\nFay,0172-5551235\n",
        "Dear {name}",
        {"491725551235"},
    )
    assert statuses(rows) == [
        (2, "ok", ""),
        (3, "opted_out", "opted_out"),
        (4, "invalid", "empty_value"),  # so its number is free for the row that can be sent to
        (5, "ok", ""),
        (6, "duplicate", "duplicate"),
        (7, "invalid", "not_a_number"),
        (8, "invalid", "empty_value"),
        (9, "opted_out", "opted_out"),
    ]
    assert rows[4].sentence == "Row 5 has this number already."
    assert rows[4].repeats == 5
    assert "name is empty" in rows[2].sentence
    assert rows[0].text == "Dear Ann"


def test_duplicates_are_found_from_one_batch_to_the_next() -> None:
    numbers = [f"+49172{5_000_000 + number % (3 * BATCH // 2)}" for number in range(4 * BATCH)]
    rows, checking = check("phone\n" + "\n".join(numbers))
    assert checking.totals.ok == 3 * BATCH // 2
    assert [row.repeats for row in rows if row.status is DUPLICATE] == [
        2 + number % (3 * BATCH // 2) for number in range(3 * BATCH // 2, 4 * BATCH)
    ]


def test_every_number_of_a_cell() -> None:
    text = FEW + "Ann,0172 5551234 ::: 0172 5551235 ::: 0172 5551234\nBob,0172 5551235\n"
    rows, checking = check(text, take_all=True)
    assert [(row.row, row.to, row.status) for row in rows] == [
        (2, "491725551234", OK),
        (2, "491725551235", OK),
        (2, "491725551234", DUPLICATE),
        (3, "491725551235", DUPLICATE),
    ]
    assert rows[2].sentence == "This row has this number already."
    assert checking.totals.rows == 4
    rows, checking = check(text)
    assert [(row.to, row.status) for row in rows] == [("491725551234", OK), ("491725551235", OK)]
    assert "+491725551235" in rows[0].sentence
    assert checking.totals.several_numbers.rows == 1
    assert checking.totals.several_numbers.first_row == 2


def test_bare_numbers_are_read_as_the_column_or_the_person_says() -> None:
    text = "phone\n" + "\n".join(["491725551234", "491725551235", "491725551236", "4930123456"])
    rows, checking = check(text)
    assert {row.status for row in rows} == {OK}
    assert "already carry 49" in checking.vote.sentence()
    rows, _ = check(text, bare=Bare.NATIONAL)
    assert rows[0].status is RowStatus.AMBIGUOUS
    assert "+491725551234" in rows[0].sentence


def test_lines_that_are_refused() -> None:
    text = FEW + "Ann,030 123456\nBob,0172 5551234\n"
    rows, checking = check(text)
    assert statuses(rows) == [(2, "ok", "line_type"), (3, "ok", "")]
    (warned,) = checking.totals.warnings.values()
    assert (warned.line, warned.region, warned.rows, warned.first_row) == ("landline", "DE", 1, 2)
    rows, _ = check(text, refuse=frozenset({"landline"}))
    assert statuses(rows) == [(2, "invalid", "line_refused"), (3, "ok", "")]


def test_what_forces_unicode_and_what_changed() -> None:
    text = FEW + "Ann,0172 5551234\nZoë,0172 5551235\n“Zoë”,+49 172 5551236\nBob,491725551237\n"
    _, checking = check(text, "Dear {name}")
    totals = checking.totals
    assert totals.unicode == 2
    assert [(char, use.rows, use.first_row) for char, use in totals.forcing()] == [
        ("ë", 2, 3),
        ("“", 1, 4),
        ("”", 1, 4),
    ]
    shown = [(change.changes, change.rows, change.before, change.after) for change in totals.changes.values()]
    assert shown == [
        ("national", 2, "0172 5551234", "491725551234"),
        ("carries_code", 1, "491725551237", "491725551237"),
    ]
    assert (totals.longest.row, totals.longest.text) == (4, "Dear “Zoë”")
    _, checking = check(text, "Dear {name}", options=Options(MessageType.UNICODE))
    assert (checking.totals.unicode, checking.totals.characters) == (4, {})


def test_a_text_that_is_too_long_makes_its_row_invalid() -> None:
    rows, checking = check(FEW + f"{'x' * 40_000},0172 5551234\nBob,0172 5551235\n", "{name}")
    assert statuses(rows) == [(2, "invalid", "too_long"), (3, "ok", "")]
    assert "262 segments" in rows[0].sentence
    assert checking.totals.histogram() == [(1, 1)]


@pytest.mark.parametrize(
    ("template", "options", "said"),
    [
        ("Dear {nme}", Options(), "Did you mean {name}?"),
        ("Dear {name", Options(), "not closed"),
        ("", Options(), "There is no text."),
        ("a" * 40_000, Options(), "262 segments"),
        ("“Hi”", Options(MessageType.GSM), "not in the GSM alphabet"),
        ("Dear {name}", Options(udh="zz"), "hex"),
    ],
)
def test_what_no_row_could_mend_is_said_before_anything_is_read(template: str, options: Options, said: str) -> None:
    with open_list(FEW + "Ann,0172 5551234\n") as opened, pytest.raises(InvalidInput) as caught:
        Checking(opened, Plan(1, template, "DE", options=options))
    assert said in str(caught.value)


def test_only_the_first_rows() -> None:
    rows, checking = check("phone\n" + "\n".join(f"+49172{5_000_000 + number}" for number in range(2_000)), limit=1_234)
    assert checking.totals.rows == len(rows) == 1_234
    assert rows[-1].row == 1_235


def test_stopping(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("phone\n" + "\n".join(f"+49172{5_000_000 + number}" for number in range(3 * BATCH)))
    seen: list[tuple[int, int]] = []
    with open_list(path) as opened:
        checking = Checking(opened, Plan(0, "Hello"))
        batches = checking.batches()
        assert len(next(batches)) == BATCH
        checking.stop()
        with pytest.raises(CheckStopped):
            next(batches)
        again = Checking(opened, Plan(0, "Hello"))
        assert sum(map(len, again.batches(lambda done, of: seen.append((done, of))))) == 3 * BATCH
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_how_the_list_was_read_can_be_kept() -> None:
    with open_list("name;phone\r\nAnn;491725551234\r\n") as opened:
        checking = Checking(opened, Plan(1, "Hello", "DE", refuse=frozenset({"landline"})))
        list(checking.batches())
        source = checking.source()
    assert json.loads(json.dumps(source)) == source
    assert (source["format"], source["delimiter"], source["columns"]) == ("csv", ";", ["name", "phone"])
    assert (source["name"], source["path"]) == ("What was pasted", None)
    assert (source["style"]["line_end"], source["refuse"]) == ("\r\n", ["landline"])
    assert "already carries 49" in source["bare_numbers"]
    totals = checking.totals.as_json()
    assert json.loads(json.dumps(totals)) == totals
    assert (totals["rows"], totals["parts"], totals["countries"]) == (1, [[1, 1]], {"DE": {"rows": 1, "segments": 1}})

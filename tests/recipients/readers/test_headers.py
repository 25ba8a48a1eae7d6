"""Where the header is, when it isn't the first row."""

from __future__ import annotations

import pytest

from tests.recipients.readers.lists import lines, opened, rows

A, B = "+491725551234", "+491725551235"


@pytest.mark.parametrize(
    ("above", "note"),
    [
        (("Report,2026-11-01,", "Filter: all,,"), "2 rows above the header, “Report”, are no recipients."),
        (
            ("Exported by,Ann Lee,", "On,2026-11-01 10:00,"),
            "2 rows above the header, “Exported by”, are no recipients.",
        ),
        (("Report,,20261101",), "1 row above the header, “Report”, is no recipients."),
        (("Person,Contact,",), "1 row above the header, “Person”, is no recipients."),
    ],
)
def test_rows_of_several_cells_above_the_header(above: tuple[str, ...], note: str) -> None:
    with opened(lines(*above, ",,", "Name,Phone,City", f"Ann,{A},Rome", f"Bob,{B},Oslo")) as list_file:
        assert list_file.detected.columns == ("Name", "Phone", "City")
        assert [cells for _, cells in rows(list_file)] == [["Ann", A, "Rome"], ["Bob", B, "Oslo"]]
        assert note in list_file.notes


def test_a_title_above_a_single_column() -> None:
    with opened(lines("Customer list November", "", "Phone", A, B)) as list_file:
        assert list_file.detected.columns == ("Phone",)
        assert rows(list_file) == [(4, [A]), (5, [B])]


@pytest.mark.parametrize(
    "table",
    [
        (f"Ann,{A}", "Name,Phone", f"Bob,{B}"),  # lists joined: the first row is a recipient
        ("Name,Number,Kind", "Ann,,mobile", f"Bob,{B},phone"),
        ("Name,Contact,Kind", f"Ann,{A},mobile", f"Bob,{B},phone"),
        ("Name,Number", "Phone shop,n/a", f"Bob,{B}"),
    ],
)
def test_no_recipient_is_taken_for_a_title(table: tuple[str, ...]) -> None:
    with opened(lines(*table)) as list_file:
        assert len(rows(list_file)) == 3 - list_file.detected.header
        assert list_file.notes == ()


def test_the_person_may_say_that_there_is_no_header() -> None:
    with opened(lines("Report,2026-11-01", "Name,Phone", f"Ann,{A}"), header=False) as list_file:
        assert len(rows(list_file)) == 3

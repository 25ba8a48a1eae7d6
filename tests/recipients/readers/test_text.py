"""Delimited text: what separates, what is a header, which line a row has, and what goes wrong."""

from __future__ import annotations

import csv
import io
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mitto_tui.recipients.readers import text_rows
from mitto_tui.recipients.readers.model import ListProblem
from mitto_tui.recipients.readers.sources import blocks
from tests.recipients.readers.lists import cells, lines, opened, rows

A, B, C = "+491725551234", "+491725551235", "+491725551236"


@pytest.mark.parametrize(
    ("delimiter", "kind"),
    [(",", "csv"), (";", "csv"), ("|", "csv"), ("\t", "tsv")],
    ids=["comma", "semicolon", "pipe", "tab"],
)
def test_the_delimiter_is_found(delimiter: str, kind: str) -> None:
    content = lines(f"name{delimiter}phone", f"Ann{delimiter}{A}", f"Bob{delimiter}{B}")
    with opened(content) as list_file:
        detected = list_file.detected
        assert (detected.format, detected.delimiter, detected.header) == (kind, delimiter, True)
        assert detected.columns == ("name", "phone")
        assert rows(list_file) == [(2, ["Ann", A]), (3, ["Bob", B])]


def test_commas_in_names_and_amounts_are_not_the_delimiter() -> None:
    content = lines("Müller, Jürgen;0172 5551234;12,50", "Ström, Åsa;0172 5551235;9,90", "Ng, Li;0172 5551236;1,00")
    assert cells(content)[0] == ["Müller, Jürgen", "0172 5551234", "12,50"]


def test_a_delimiter_that_lays_bare_the_numbers_wins() -> None:
    content = lines(f"{A};{B},Ann", f"{C};{A},Bob", f"{B};{C},Eve")
    assert cells(content)[0] == [A, f"{B},Ann"]  # ambiguous, and changeable
    assert cells(content, delimiter=",")[0] == [f"{A};{B}", "Ann"]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_one_number_a_line(ends: str) -> None:
    content = ends.join((A, "0172 555 12 35", "(0172) 5551236", "")).encode()
    with opened(content) as list_file:
        assert (list_file.detected.format, list_file.detected.delimiter, list_file.detected.header) == (
            "txt",
            "",
            False,
        )
        assert list_file.detected.columns == ("Column 1",)
        assert rows(list_file) == [(1, [A]), (2, ["0172 555 12 35"]), (3, ["(0172) 5551236"])]


def test_a_single_column_with_a_header() -> None:
    with opened(lines("Handynummer", A, B)) as list_file:
        assert list_file.detected.columns == ("Handynummer",)
        assert rows(list_file) == [(2, [A]), (3, [B])]


def test_most_rows_may_end_after_their_first_column() -> None:
    assert cells(lines("phone,name", A, B, f"{C},Ann")) == [[A, ""], [B, ""], [C, "Ann"]]


@pytest.mark.parametrize(
    ("first", "header"),
    [
        ("name,phone", True),
        ("Kunde,Wert", True),
        (f"Zoë,{C}", False),
        ("Zoë,12345", False),
        ("Zoë,", False),
        ("Name,Mobiltelefonnummer 1", True),
        (",телефон", True),
        ("氏名,携帯電話", True),
    ],
)
def test_a_header_is_told_from_a_row(first: str, header: bool) -> None:
    content = lines(first, f"Ann,{A}", f"Bob,{B}")
    with opened(content) as list_file:
        assert list_file.detected.header is header
        assert len(rows(list_file)) == 2 + (not header)
    for chosen in (True, False):
        with opened(content, header=chosen) as list_file:
            assert list_file.detected.header is chosen
            assert len(rows(list_file)) == 3 - chosen


def test_columns_have_names_that_differ_and_are_never_empty() -> None:
    with opened(lines("Phone,,phone,Name,", f"{A},x,{B},Ann,", f"{A},x,{B},Ann,y,z")) as list_file:
        assert list_file.detected.columns == ("Phone", "Column 2", "phone (2)", "Name", "Column 5", "Column 6")


def test_delimiters_at_the_ends_of_lines_make_no_column() -> None:
    with opened(lines("phone,name,,", f"{A},Ann,,", f"{B},Bob,,")) as list_file:
        assert list_file.detected.columns == ("phone", "name")


def test_rows_above_the_header_are_named() -> None:
    with opened(lines("Customers in spring", "", "name,phone", f"Ann,{A}")) as list_file:
        assert list_file.detected.columns == ("name", "phone")
        assert rows(list_file) == [(4, ["Ann", A])]
        assert list_file.notes == ("1 row above the header, “Customers in spring”, is no recipients.",)


def test_excels_line_tells_the_delimiter_and_is_no_row() -> None:
    with opened(lines("sep=|", "name|phone", f"A,B|{A}")) as list_file:
        assert list_file.detected.delimiter == "|"
        assert rows(list_file) == [(3, ["A,B", A])]


def test_a_row_has_the_number_of_the_line_it_begins_in() -> None:
    content = f'name,phone\r\n"Ann\r\nLee",{A}\r\n\r\n"a\nb\rc",{B}\r\nBob,{C}'.encode()
    with opened(content) as list_file:
        assert rows(list_file) == [(2, ["Ann\r\nLee", A]), (5, ["a\nb\rc", B]), (8, ["Bob", C])]


def test_mixed_line_ends_are_all_line_ends() -> None:
    with opened(f"{A}\r{B}\n{C}\r\n{A}".encode()) as list_file:
        assert [number for number, _ in rows(list_file)] == [1, 2, 3, 4]


def test_ragged_rows_keep_all_their_cells() -> None:
    assert cells(lines("a,phone,c", f"x,{A},y", f"x,{B}", f"x,{C},y,z,")) == [
        ["x", A, "y", ""],
        ["x", B, "", ""],
        ["x", C, "y", "z", ""],
    ]


def test_empty_rows_are_counted_and_skipped() -> None:
    with opened(lines("name,phone", f"Ann,{A}", ",", "", '"",', f"Bob,{B}")) as list_file:
        assert rows(list_file) == [(2, ["Ann", A]), (6, ["Bob", B])]
        assert list_file.notes == ("2 empty rows were skipped.",)


def test_nul_bytes_are_left_out_and_counted() -> None:
    with opened(lines("name,phone", f"Ann\0\0,{A}", *(f"Bob {number},{B}" for number in range(50)))) as list_file:
        assert rows(list_file)[0] == (2, ["Ann", A])
        assert list_file.notes == ("2 NUL characters were left out.",)


def test_marks_of_joined_and_of_old_files_are_no_cells() -> None:
    with opened(b"\xef\xbb\xbf\xef\xbb\xbf" + lines("Phone,Name", f"{A},Ann") + b"\x1a") as list_file:
        assert list_file.detected.columns == ("Phone", "Name")
        assert rows(list_file) == [(2, [A, "Ann"])]


def test_blanks_before_quotes() -> None:
    assert cells(lines("name, phone", f'"Lee, Ann", "{A}"', f'"Poe, Bob", "{B}"'))[0] == ["Lee, Ann", A]


def test_all_numbers_in_one_line_are_noticed() -> None:
    with opened(f"{A}, {B}, {C}") as list_file:
        assert list_file.notes == ("All numbers stand in one line: put each on a line of its own.",)


def test_pasted_rows() -> None:
    with opened(f"name\tphone\r\nAnn\t{A}\r\n\ud800\t{B}") as list_file:
        assert (list_file.detected.format, list_file.detected.encoding) == ("tsv", "")
        assert rows(list_file) == [(2, ["Ann", A]), (3, ["?", B])]


class TestUnclosedQuotes:
    """One stray quote must not swallow the recipients behind it."""

    def test_up_to_the_end_of_the_file(self) -> None:
        with opened(lines("name,phone", f"Ann,{A}", f'"Bob,{B}', f"Eve,{C}")) as list_file:
            assert rows(list_file) == [(2, ["Ann", A]), (3, ['"Bob', B]), (4, ["Eve", C])]
            assert list_file.notes == ("Line 3 opens a quote that is never closed: it was read as it stands.",)

    def test_up_to_the_next_quoted_cell(self) -> None:
        with opened(lines("name,phone", f'"Ann,{A}', f"Bob,{B}", f'"Lee, Eve",{C}')) as list_file:
            assert rows(list_file) == [(2, ['"Ann', A]), (3, ["Bob", B]), (4, ["Lee, Eve", C])]
            assert "Line 2" in list_file.notes[0]

    def test_up_to_a_quote_that_seems_to_close_it(self) -> None:
        with opened(lines("name,phone", f'"Ann,{A}', f'Bob,{B}"', f"Eve,{C}")) as list_file:
            assert [row[0] for row in rows(list_file)] == [2, 3, 4]

    def test_of_many_lines(self) -> None:
        content = lines(
            "name,phone", f'"Ann,{A}', *(f"Bob {number},{B}" for number in range(30_000)), f'"Lee, Eve",{C}'
        )
        with opened(content) as list_file:
            found = rows(list_file)
            assert len(found) == 30_002
            assert found[-1] == (30_003, ["Lee, Eve", C])
            assert len(list_file.notes) == 1

    def test_several_are_named(self) -> None:
        content = lines("name,phone", *(f'"Ann {number},{A}' for number in range(5)))
        with opened(content) as list_file:
            assert len(rows(list_file)) == 5
            assert list_file.notes == (
                "Lines 2, 3, 4 and 2 more open quotes that are never closed: they were read as they stand.",
            )

    def test_that_can_not_be_told_from_a_cell_of_several_lines(self) -> None:
        with opened(lines("name,phone,city", f'Ann,{A},"Rome', f'Bob,{B},Oslo"', f"Eve,{C},")) as list_file:
            assert [row[0] for row in rows(list_file)] == [2, 4]
            assert list_file.notes == (
                "Line 2 has a cell of several lines with a telephone number in it: look whether a quote is missing.",
            )

    def test_addresses_of_several_lines_are_none(self) -> None:
        content = lines("name,address,phone", f'Ann,"12 Main St\nApt 5, Berlin","{A}"', f'Bob,"x\ny",{B}')
        with opened(content) as list_file:
            assert [row[0] for row in rows(list_file)] == [2, 4]
            assert list_file.notes == ()


def test_a_cell_beyond_all_measure_is_named() -> None:
    with opened(lines("name,phone", f"{'x' * 140_000},{A}", f"Bob,{B}")) as list_file:
        assert [row[0] for row in rows(list_file)] == [2, 3]
        assert list_file.notes == ("Line 2 has a cell of more than 131,072 characters.",)


TEXT = st.text(st.sampled_from('ab+0123456789,;\t|" \n\r\u00fc\u4e2d.'), max_size=12)


@settings(max_examples=60)
@given(
    st.lists(st.lists(TEXT, min_size=2, max_size=4).filter(any), min_size=1, max_size=30),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 40),
)
@example([["\r", "a"], ["\n", "b"]], "\r\n", 1)
def test_what_csv_writes_is_read_exactly(table: list[list[str]], end: str, block: int) -> None:
    """Whatever the size of the blocks that the bytes come in, and with the numbers of the lines in the file."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator=end)
    expected, line = [], 1
    for row in table:
        before = target.tell()
        writer.writerow(row)
        expected.append((line, row))
        record = target.getvalue()[before:]
        line += len(list(io.StringIO(record, newline="")))
    content = target.getvalue().encode()
    width = max(map(len, table))
    small = patch.object(text_rows, "blocks", lambda source, progress=None: blocks(source, progress, block))
    with small, opened(content, delimiter=",", header=False) as list_file:
        assert rows(list_file) == [(number, row + [""] * (width - len(row))) for number, row in expected]


@given(st.binary(max_size=300), st.booleans())
@example(b"\xff\xfe\x00", False)
@example(b'"' * 99, True)
@example(b"PK\x03\x04", False)
@example(b"\x1f\x8b\x08", False)
@example(b"BEGIN:VCARD", False)
def test_no_bytes_raise_anything_but_a_sentence(content: bytes, as_text: bool) -> None:
    said = ""
    try:
        with opened(content, format="text" if as_text else None) as list_file:
            found = rows(list_file)
            assert all(len(row) >= len(list_file.detected.columns) for _, row in found)
            assert list_file.phone_column().why
    except ListProblem as problem:
        said, found = problem.message, []
    assert found or said.endswith(".")

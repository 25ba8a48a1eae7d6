"""Cells that programs write as formulas, so that Excel leaves their numbers alone."""

from __future__ import annotations

import io

import pytest

from mitto_tui.recipients.readers.writing import writer_like
from tests.recipients.readers.lists import cells, lines, opened, rows

A, B = "01725551234", "+491725551235"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (f'="{A}"', A),
        (f'"=""{A}"""', A),
        ('"=""say """"hi"""""""', 'say "hi"'),
        ('="007"', "007"),
        ('=""', ""),
        (f'"=HYPERLINK(""tel:{B}"",""{A}"")"', A),
        (f'"=HYPERLINK(""tel:{B}"";""{A}"")"', A),
        (f'"=HYPERLINK(""{B}"")"', B),
        ("=A1+A2", "=A1+A2"),
        ('"=""a"" & ""b"""', '="a" & "b"'),
        ('x=""1""', 'x=""1""'),
    ],
)
def test_the_cell_is_what_its_formula_shows(cell: str, shown: str) -> None:
    assert cells(lines("phone,value", f"{A},{cell}", f"{B},x"))[0] == [A, shown]


@pytest.mark.parametrize("cut", [",", ";", "\t", ""])
def test_numbers_in_formulas_are_found(cut: str) -> None:
    name = f"Ann{cut}" if cut else ""
    with opened(lines(f'{name}="{A}"', f'{name}="{A}"')) as list_file:
        assert (list_file.detected.delimiter, list_file.detected.header) == (cut, False)
        assert list_file.phone_column().index == int(bool(cut))


def test_a_header_of_formulas() -> None:
    with opened(lines('="Name",="Phone"', f'="Ann",="{A}"')) as list_file:
        assert list_file.detected.columns == ("Name", "Phone")


def test_they_are_written_for_excel_again() -> None:
    content = lines("name,phone", f'Ann,"=""{A}"""', "Bob,x", f'Eve,"=""{B}"""')
    target = io.BytesIO()
    with opened(content) as list_file, writer_like(list_file, target) as writer:
        writer.write(rows(list_file))
    assert target.getvalue() == content

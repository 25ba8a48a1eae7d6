"""Workbooks: what people see in the cells, hidden rows and sheets, and damage."""

from __future__ import annotations

import datetime
import importlib
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.recipients.readers.list_file import open_list
from mitto_tui.recipients.readers.model import Choices, ListProblem
from mitto_tui.recipients.readers.shared_strings import SharedStrings
from tests.recipients.readers.lists import DATA, changed, ods, ods_cell, ods_row, opened, rows

Workbook: Any = importlib.import_module("xlsxwriter").Workbook  # it has no types to import
SHEET = "xl/worksheets/sheet1.xml"


def xlsx(*sheets: list[list[Any]], hidden: tuple[int, ...] = (), **options: Any) -> bytes:
    """A workbook; ``hidden`` are rows of its first sheet, from 0."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"default_date_format": "dd.mm.yyyy", **options}) as workbook:
        for table in sheets:
            sheet = workbook.add_worksheet()
            for index, row in enumerate(table):
                sheet.write_row(index, 0, row)
        for index in hidden:
            workbook.worksheets()[0].set_row(index, None, None, {"hidden": True})
    return buffer.getvalue()


SEEN = datetime.datetime(2026, 1, 5, 14, 30)  # noqa: DTZ001  # a workbook knows no time zones
TABLE: list[list[Any]] = [
    ["name", "phone", "born", "seen", "open", "active", "PLZ", "amount"],
    ["Jürgen", 491725551234, datetime.date(1980, 5, 17), SEEN, datetime.time(9, 5), True, "01067", 12.5],
    [
        "Zoë",
        491725551234.0,
        datetime.date(1900, 3, 1),
        SEEN.replace(second=7),
        datetime.time(),
        False,
        "10115",
        0.1 + 0.2,
    ],
]
CELLS = [
    ["Jürgen", "491725551234", "1980-05-17", "2026-01-05 14:30", "09:05", "TRUE", "01067", "12.5"],
    ["Zoë", "491725551234", "1900-03-01", "2026-01-05 14:30:07", "00:00", "FALSE", "10115", "0.3"],
]


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared strings", "inline strings"])
def test_cells_are_what_people_typed(options: dict[str, Any]) -> None:
    with opened(xlsx(TABLE, **options)) as list_file:
        detected = list_file.detected
        assert (detected.format, detected.encoding, detected.delimiter, detected.sheet) == ("xlsx", "", "", "Sheet1")
        assert detected.columns == tuple(TABLE[0])
        assert rows(list_file) == [(2, CELLS[0]), (3, CELLS[1])]
        assert list_file.phone_column().index == 1
        assert list_file.notes == ()


def test_digits_that_only_the_format_shows() -> None:
    buffer = io.BytesIO()
    with Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["PLZ", "phone"])
        sheet.write_number(1, 0, 1067, workbook.add_format({"num_format": "00000"}))
        sheet.write_number(1, 1, 491725551234, workbook.add_format({"num_format": "0.00E+00"}))
    with opened(buffer.getvalue()) as list_file:
        assert rows(list_file) == [(2, ["01067", "491725551234"])]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("00000000000", "01725551234"),
        ("00000000000;@", "01725551234"),
        ("[$-407]00000000000", "01725551234"),
        ("0000-0000000", "01725551234"),
        ('0###" "###" "####', "01725551234"),
        ("(0000) 000 00 00", "01725551234"),
        ('"0"0', "01725551234"),
        ("\\00", "01725551234"),
        ('"+49 "0', "+491725551234"),
        ("\\+00", "+1725551234"),
        ("+0;-0", "+1725551234"),
        ("0", "1725551234"),
        ("#,##0", "1725551234"),
        ("0.00", "1725551234"),
        ('"No. 7 "0', "1725551234"),
        ('0" x 10"', "1725551234"),
        ("[<=9999999]###-####;(###) ###-####", "1725551234"),
        ("0%", "1725551234"),
    ],
)
def test_zeros_and_codes_that_only_the_format_shows(code: str, shown: str) -> None:
    buffer = io.BytesIO()
    with Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["name", "phone"])
        sheet.write_string(1, 0, "Ann")
        sheet.write_number(1, 1, 1725551234, workbook.add_format({"num_format": code}))
    with opened(buffer.getvalue()) as list_file:
        assert rows(list_file) == [(2, ["Ann", shown])]


def test_the_sheet_with_the_numbers_is_read_behind_a_cover() -> None:
    cover = [["Our customers"], ["Printed in November"]]
    with opened(xlsx(cover, [["name", "phone"], ["Ann", "+491725551234"]])) as list_file:
        assert list_file.detected.sheet == "Sheet2"
        assert list_file.notes == ("Sheet “Sheet2” is read; there is 1 other sheet.",)
    with opened(xlsx(cover, [["name"], ["Ann"]])) as list_file:
        assert list_file.detected.sheet == "Sheet1"


def test_formulas_without_a_result_are_named() -> None:
    content = changed(xlsx([["name", "phone"], ["Ann", "+49"], ["Bob", 77]]), SHEET, "<v>77</v>", "<f>A1</f><v></v>")
    with opened(content) as list_file:
        assert rows(list_file)[1] == (3, ["Bob", ""])
        assert list_file.notes == (
            "1 formula has no result in the file, and was left empty: open the workbook and save it again.",
        )


def test_only_the_texts_of_the_first_rows_are_read_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million texts take seconds."""
    asked: list[int] = []
    append = SharedStrings.append

    def counting(strings: SharedStrings, text: str) -> None:
        asked.append(1)
        append(strings, text)

    monkeypatch.setattr(SharedStrings, "append", counting)
    count = 12_000
    table = [["name", "phone"], *([f"Customer {index}", f"+4917{index:09}"] for index in range(count))]
    content = xlsx(table)
    with opened(content) as list_file:
        list_file.preview()
        assert len(asked) < 3 * count // 2  # of 2 passes over all of them: 4 * count
        assert [row for _, row in rows(list_file)] == table[1:]
        before = len(asked)
        assert len(rows(list_file)) == count
        assert len(asked) == before


def test_large_numbers_as_programs_write_them() -> None:
    content = xlsx([["phone"], [491725551234], [491725551235]])
    for written in ("4.91725551234E+11", "491725551234.0", "4.91725551234e11"):
        with opened(changed(content, SHEET, "491725551234", written)) as list_file:
            assert rows(list_file)[0] == (2, ["491725551234"])


@pytest.mark.parametrize(
    "value", ["²", "9" * 5000, "1e999999999999", "nan", "-1", "", "٣", "x"], ids=lambda value: str(value)[:9]
)
@pytest.mark.parametrize("cell", ['r="A2" t="s"', 'r="A2"', 'r="A2" s="1"', 'r="A2" t="b"', 'r="²" t="z"'])
def test_values_that_no_program_writes(cell: str, value: str) -> None:
    content = xlsx([["phone", "name"], ["+491725551234", "Ann"], [datetime.date(2026, 1, 5)]])
    content = changed(content, SHEET, '<c r="A2" t="s"><v>2</v>', f"<c {cell}><v>{value}</v>")
    content = changed(content, SHEET, '<row r="3"', f'<row r="{value}"')
    with opened(content, header=True) as list_file:
        assert [row[1] for _, row in rows(list_file)][:1] == ["Ann"]


def test_characters_that_xml_can_not_hold() -> None:
    content = changed(xlsx([["phone"], ["a_b"]]), "xl/sharedStrings.xml", "a_b", "a_x000A_b_xD83D_")
    with opened(content, header=True) as list_file:
        assert rows(list_file)[0][1] == ["a\nb\ufffd"]


def test_hidden_rows_and_sheets_are_skipped_and_said_so() -> None:
    buffer = io.BytesIO()
    with Workbook(buffer) as workbook:
        workbook.add_worksheet("Empty")
        sheet = workbook.add_worksheet("Customers")
        sheet.write_column(2, 1, ["phone", "+491725551234", "+491725551235", "+491725551236"])
        sheet.set_row(4, None, None, {"hidden": True})
        workbook.add_worksheet("Secret").write(0, 0, "+491725551237")
        workbook.worksheets()[2].hide()
    with opened(buffer.getvalue()) as list_file:
        assert (list_file.detected.sheet, list_file.detected.sheets) == ("Customers", ("Empty", "Customers"))
        assert list_file.detected.columns == ("Column 1", "phone")
        assert rows(list_file) == [(4, ["", "+491725551234"]), (6, ["", "+491725551236"])]
        assert list_file.notes == (
            "1 hidden sheet was skipped: “Secret”.",
            "Sheet “Customers” is read; there is 1 other sheet.",
            "1 hidden row was skipped.",
        )


@pytest.mark.parametrize("chosen", ["Sheet2", " sheet2 ", 2, "2"])
def test_a_sheet_is_chosen_by_name_or_number(chosen: str | int) -> None:
    with opened(xlsx([["phone"], ["+491725551234"]], [["phone"], ["+491725551235"]]), sheet=chosen) as list_file:
        assert list_file.detected.sheet == "Sheet2"
        assert rows(list_file) == [(2, ["+491725551235"])]


def test_a_sheet_that_is_not_there() -> None:
    with pytest.raises(ListProblem, match=r"has no sheet Tabelle1\. Its sheets are “Sheet1”\."):
        opened(xlsx([["phone"], ["+491725551234"]]), sheet="Tabelle1")


def test_a_stray_cell_in_the_last_corner() -> None:
    stray = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with opened(changed(xlsx([["phone"], ["+491725551234"]]), SHEET, "</sheetData>", stray)) as list_file:
        assert rows(list_file) == [(2, ["+491725551234"])]
        assert list_file.notes == ("Cells to the right of the first 1,024 columns were left out.",)


def test_prefixes_missing_references_and_readings_aloud() -> None:
    """What other programs write and Excel reads."""
    content = xlsx([["phone", "name"], ["+491725551234", "山田"]])
    content = changed(content, SHEET, ' r="A2"', "")
    content = changed(content, SHEET, ' r="B2"', "")
    content = changed(
        content,
        "xl/sharedStrings.xml",
        "<t>山田</t>",
        "<r><t>山</t></r><r><t>田_x0041_</t></r><rPh><t>ヤマダ</t></rPh>",
    )
    sheet = '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    content = changed(
        content, SHEET, '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"', sheet
    )
    for name in ("worksheet>", "sheetData>", "row ", "row>", "c ", "c>", "v>"):
        for start in ("<", "</"):
            if start + name not in ("</row ", "</c "):
                content = (
                    changed(content, SHEET, start + name, f"{start}x:{name}")
                    if _has(content, start + name)
                    else content
                )
    with opened(content) as list_file:
        assert rows(list_file) == [(2, ["+491725551234", "山田A"])]


def _has(content: bytes, text: str) -> bool:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return text.encode() in source.read(SHEET)


def test_the_binary_format() -> None:
    with open_list(DATA / "customers.xls") as list_file:
        assert (list_file.detected.format, list_file.detected.sheet) == ("xls", "Kunden")
        assert list_file.detected.columns == ("Name", "Handy", "Geburtstag", "aktiv", "PLZ", "Zuletzt", "Betrag")
        assert rows(list_file) == [
            (3, ["Jürgen Müller", "491725551234", "1980-05-17", "TRUE", "01067", "2026-01-05 14:30", "12.5"]),
            (4, ["Zoë Ångström", "+46 70 123 45 67", "1999-12-31", "FALSE", "10115", "2026-01-06 09:00", "0.1"]),
        ]
        assert "1 hidden sheet was skipped: “Geheim”." in list_file.notes


def test_a_binary_workbook_through_a_pipe_that_is_given_up() -> None:
    with opened((DATA / "customers.xls").read_bytes()) as list_file:
        next(list_file.batches(1))
        assert len(rows(list_file)) == 2


def test_opendocument() -> None:
    number = ods_cell("float", "value", "491725551234", "4,92E+11")
    padded = ods_cell("float", "value", "1067", "01067")
    date = ods_cell("date", "date-value", "2026-01-05", "5.1.")
    time = ods_cell("date", "date-value", "2026-01-05T14:30:00", "5.1. 14:30")
    clock = ods_cell("time", "time-value", "PT09H05M00S", "9:05")
    true = ods_cell("boolean", "boolean-value", "true", "WAHR")
    text = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p></office:annotation>'
        '<text:p>Lee,<text:s text:c="2"/>Ann</text:p><text:p>Jr.</text:p></table:table-cell>'
    )
    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    filler = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    content = ods(
        '<table:table table:name="Empty"/>'
        '<table:table table:name="Customers">'
        + ods_row("phone", "PLZ", "born", "seen", "open", "active", "name", "a", "b", "c")
        + f"<table:table-row>{number}{padded}{date}{time}{clock}{true}{text}{gap}{text}</table:table-row>"
        + ods_row("+491725551235", visibility="filter")
        + ods_row("+491725551236", number_rows_repeated="2")
        + filler
        + '</table:table><table:table table:name="Secret" table:style-name="ta1">'
        + ods_row("+491725551237")
        + "</table:table>",
        styles='<style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>',
    )
    with opened(content) as list_file:
        name = "Lee,  Ann\nJr."
        assert (list_file.detected.format, list_file.detected.sheets) == ("ods", ("Empty", "Customers"))
        assert rows(list_file) == [
            (2, ["491725551234", "01067", "2026-01-05", "2026-01-05 14:30", "09:05", "TRUE", name, "", "", name]),
            (4, ["+491725551236", *[""] * 9]),
            (5, ["+491725551236", *[""] * 9]),
        ]
        assert list_file.notes == (
            "1 hidden sheet was skipped: “Secret”.",
            "Sheet “Customers” is read; there is 1 other sheet.",
            "1 hidden row was skipped.",
        )


def test_opendocument_shows_zeros_and_codes() -> None:
    shown = ("0172 5551234", "+1725551234", "(0172)-5551234", "1.725.551.234", "1725551234")
    numbers = [ods_cell("float", "value", "1725551234", text) for text in shown]
    zero = ods_cell("float", "value", "0", "0,00")
    content = f'<table:table table:name="S"><table:table-row>{"".join(numbers)}{zero}</table:table-row></table:table>'
    with opened(ods(content)) as list_file:
        plain = "1725551234"
        assert rows(list_file) == [(1, ["01725551234", "+1725551234", "01725551234", plain, plain, "0"])]


def test_the_sheets_of_a_large_opendocument() -> None:
    """Their names are found without parsing all rows; tables within cells are none of them."""
    row = ods_row("+491725551234")
    inner = f'<table:table table:name="inner">{row}<table:table table:name="x"/></table:table>'
    nested = f"<table:table-row><table:table-cell>{inner}</table:table-cell></table:table-row>"
    first = f'<table:table table:name="A">{row * 2000}{nested}</table:table>'
    last = f'<table:table table:style-name="s" table:name="B &amp; &gt;&#x42;">{row}</table:table>'
    content = ods(f'{first}<table:table table:name="E"/>{last}')
    with opened(content) as list_file:
        assert list_file.detected.sheets == ("A", "E", "B & >B")
        assert len(rows(list_file)) == 2000
    with opened(content, sheet="b & >b") as list_file:
        assert rows(list_file) == [(1, ["+491725551234"])]


def test_an_opendocument_sheet_filled_to_its_end_is_no_flood() -> None:
    with opened(
        ods(f'<table:table table:name="S">{ods_row("+491725551234", number_rows_repeated="1048576")}</table:table>')
    ) as it:
        assert len(rows(it)) == 10_000
        assert it.notes == ("Row 1 is repeated endlessly: the first 10,000 are read.",)


@pytest.mark.parametrize(
    "content",
    [
        (DATA / "protected.xlsx").read_bytes(),
        ods("", manifest="<manifest><file-entry><encryption-data/></file-entry></manifest>"),
    ],
    ids=["xlsx", "ods"],
)
def test_a_password(content: bytes) -> None:
    with pytest.raises(ListProblem, match=r"is protected by a password\. Save it without a password\."):
        opened(content)


XLSX = xlsx(TABLE)
XLS = (DATA / "customers.xls").read_bytes()
ODS = ods(f'<table:table table:name="S">{ods_row("phone") + ods_row("+491725551234")}</table:table>')


@settings(max_examples=60)
@given(st.sampled_from([XLSX, ODS]), st.data())
def test_a_damaged_workbook_is_a_sentence(content: bytes, data: st.DataObject) -> None:
    broken = bytearray(content)
    for index in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        broken[index] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.sampled_from([len(content), len(content) // 2, 40]))
    try:
        with opened(bytes(broken[:cut])) as list_file:
            assert len(rows(list_file)) < 10
    except ListProblem as problem:
        assert problem.advice  # noqa: PT017  # both ways are right


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_binary_workbook_is_a_sentence(seed: int, tmp_path: Path) -> None:
    """calamine may abort its process: never this one."""
    path = tmp_path / "list.xls"
    path.write_bytes(XLS[: 512 * (2 + seed)] + bytes([255 - seed]) * 2000 + XLS[512 * (6 + seed) :])
    with pytest.raises(ListProblem, match="is damaged, or no workbook"), open_list(path) as list_file:
        rows(list_file)


def test_a_workbook_under_another_formats_name() -> None:
    with pytest.raises(ListProblem, match="is no ODS file"):
        opened(XLSX, format="ods")
    with pytest.raises(ListProblem, match="is no CSV file"):
        open_list(DATA / "customers.xls", Choices(format="csv"))


@pytest.mark.parametrize("table", [[], [["phone"]], [[" "]]])
def test_nothing_to_send_to(table: list[list[Any]]) -> None:
    with pytest.raises(ListProblem):
        opened(xlsx(table))

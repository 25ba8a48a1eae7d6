"""Rows written as their list is written, and read again."""

from __future__ import annotations

import codecs
import io
import json
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.recipients.checking import Checking, Plan
from mitto_tui.recipients.readers.list_file import ListFile, open_list
from mitto_tui.recipients.readers.model import ListProblem, Row
from mitto_tui.recipients.readers.writing import writer_like, writer_of
from tests.recipients.readers.lists import DATA, opened, rows


def written(list_file: ListFile, chosen: list[Row]) -> bytes:
    target = io.BytesIO()
    with writer_like(list_file, target) as writer:
        writer.write(chosen)
    return target.getvalue()


def kept(list_file: ListFile) -> dict[str, Any]:
    """What a draft keeps of its list, as it comes back from JSON."""
    source = Checking(list_file, Plan(0, "Hello")).source()
    return cast("dict[str, Any]", json.loads(json.dumps(source)))


def written_of(source: Mapping[str, object], chosen: list[Row], *more: str) -> tuple[bytes, str]:
    target = io.BytesIO()
    with writer_of(source, target, more_columns=more) as writer:
        writer.write(chosen)
    return target.getvalue(), writer.note


@pytest.mark.parametrize(
    "content",
    [
        b"name,phone\nAnn,+491725551234\nBob,x\n",
        b'"name";"phone"\r\n"Ann";"+491725551234"\r\n"B""o""b";"x"\r\n',
        'sep=;\r\nname;phone\r\n"Jürgen\r\nMüller";+491725551234\r\n"a;b";x\r\n'.encode("windows-1252"),
        codecs.BOM_UTF8 + "name\tphone\rJürgen\t+491725551234\rBob\tx\r".encode(),
        codecs.BOM_UTF16_LE + "имя|телефон\nИван|+79161234567\nBob|x\n".encode("utf-16-le"),
        codecs.BOM_UTF32_BE + "name,phone\nJürgen,+491725551234\n".encode("utf-32-be"),
        b"+491725551234\n0172\n",
        b'"+491725551234"\r\n"0172"\r\n',
        b"Ann,+491725551234\nBob,0172\n",
    ],
)
def test_all_rows_are_written_byte_for_byte(content: bytes) -> None:
    with opened(content) as list_file:
        assert written(list_file, rows(list_file)) == content
        assert written_of(kept(list_file), rows(list_file)) == (content, "")


def test_only_the_chosen_rows_with_the_header() -> None:
    with opened(b"name,phone,\nAnn,+491725551234,\nBob,x,\nEve,y,\n") as list_file:
        found = rows(list_file)
        assert written(list_file, found[1:2]) == b"name,phone\nBob,x,\n"


@pytest.mark.parametrize("name", ["customers.xls", "cards"])
def test_what_is_no_text_becomes_csv_and_says_so(name: str) -> None:
    source: Path | str = (
        DATA / name if name.endswith("xls") else "BEGIN:VCARD\nFN:Zoë\nTEL:0172 1\nTEL:030 2\nEND:VCARD"
    )
    with open_list(source) as list_file:
        found = rows(list_file)
        with writer_like(list_file, io.BytesIO()) as writer:
            assert "written as CSV in UTF-8" in writer.note
        content = written(list_file, found)
        content_of_kept, note = written_of(kept(list_file), found)
    assert content.startswith(codecs.BOM_UTF8)
    assert (content_of_kept, note) == (content, writer.note)
    with opened(content) as again:
        assert again.detected.columns == list_file.detected.columns
        assert [cells for _, cells in rows(again)] == [cells for _, cells in found]
        assert again.phone_column().index == 1


def test_a_path_is_for_its_owner_and_never_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    with opened(b"phone\nx\n+491725551234\n") as list_file:
        with writer_like(list_file, path) as writer:
            writer.write([(2, ["x"])])
        assert path.read_bytes() == b"phone\nx\n"
        if sys.platform != "win32":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(ListProblem, match=r"bad\.csv exists already"):
            writer_like(list_file, path)
        with writer_like(list_file, path, overwrite=True):
            pass
        assert path.read_bytes() == b"phone\n"
        with pytest.raises(ListProblem, match="no such folder"):
            writer_like(list_file, tmp_path / "no" / "bad.csv")


def test_more_columns_stand_behind_a_header_and_only_there() -> None:
    with opened(b"name;phone\nAnn;x\n") as list_file:
        assert written_of(kept(list_file), [(2, ["Ann", "x", "No."])], "Problem", "a;b") == (
            b'name;phone;Problem;"a;b"\nAnn;x;No.\n',
            "",
        )
    with opened(b"+491725551234;x\n", header=False) as list_file:
        assert written_of(kept(list_file), [(1, ["y", "z", "No."])], "Problem") == (b"y;z;No.\n", "")
    with opened(b"phone\n+491725551234\nx\n") as list_file:
        content, _ = written_of(kept(list_file), [(3, ["x, y", "No."])], "Problem")
        assert content == b"phone\tProblem\nx, y\tNo.\n"


STYLE: dict[str, object] = {
    "encoding": "windows-1252",
    "delimiter": ";",
    "line_end": "\n",
    "quote_all": False,
    "excel_line": False,
}


DAMAGES: list[tuple[str, list[object]]] = [
    ("encoding", ["latin-77", "base64", "undefined", "utf-16", "a\0b", "\ud83d"]),
    ("delimiter", [None, ";;", '"', "\n", "\0"]),
    ("line_end", ["", "\n\n", ["\n"], None]),
    ("quote_all", [1]),
    ("excel_line", ["no"]),
]


@pytest.mark.parametrize(
    "changes",
    [
        {"style": None},
        {"style": "csv"},
        {"style": {}},
        {"format": "docx", "style": []},
        {"format": 7, "style": {**STYLE, "encoding": None}},
        *({"style": {**STYLE, name: value}} for name, values in DAMAGES for value in values),
    ],
)
def test_a_damaged_memory_of_the_list_falls_back_to_csv(changes: dict[str, object]) -> None:
    source: dict[str, object] = {"format": "csv", "columns": ["name", "phone"], "header": True, "style": STYLE}
    assert written_of(source, [(2, ["Zoë", "x"])]) == ("name;phone\nZoë;x\n".encode("windows-1252"), "")
    content, note = written_of({**source, **changes}, [(2, ["Zoë", "x"])])
    assert content == codecs.BOM_UTF8 + "name,phone\r\nZoë,x\r\n".encode()
    assert "isn't known any more" in note
    assert "CSV in UTF-8" in note


@pytest.mark.parametrize("columns", [None, "name", 3, []])
def test_a_damaged_header_is_none(columns: object) -> None:
    source = {"format": "csv", "columns": columns, "header": True, "style": STYLE}
    assert written_of(source, [(2, ["Ann", "x"])], "Problem") == (b"Ann;x\n", "")


def test_a_style_kept_by_an_older_version_is_known() -> None:
    with opened(b"name;phone\r\nAnn;+491725551234\r\n") as list_file:
        source = kept(list_file)
    del source["style"]["formulas"]
    assert written_of(source, [(2, ["Ann", "0172"])]) == (b"name;phone\r\nAnn;0172\r\n", "")


def test_what_the_encoding_lacks_is_counted() -> None:
    writer = writer_of({"format": "csv", "style": STYLE}, target := io.BytesIO())
    writer.write([(1, ["Zoë", "–"]), (2, ["Иван"]), (3, ["\ud83d", "ж"])])
    assert writer.spoilt == 2
    assert target.getvalue().splitlines()[1:] == [b"????", b"?;?"]
    assert [writer.in_its_signs(text) for text in ("“–”", "“ж” → –")] == ["“–”", '"ж" -> -']


CELL = st.text(st.sampled_from('ab12 ,;|\t"\n\rü€'), max_size=8)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(CELL, CELL).map(list), max_size=12),
    st.sampled_from([",", ";", "|", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
    st.booleans(),
)
def test_mended_rows_are_read_as_they_were_written(
    table: list[list[str]], delimiter: str, end: str, codec: str, quoted: bool
) -> None:
    quote = '"' if quoted else ""
    first = [["name", "phone", "note"], ["Jürgen €", "+491725551234", "x"]]
    start = "".join(quote + f"{quote}{delimiter}{quote}".join(cells) + quote + end for cells in first)
    mended = [(0, ["Ann", *cells]) for cells in table]
    with opened(start.encode(codec)) as list_file:
        content = written(list_file, [*rows(list_file), *mended])
        with opened(content, encoding=list_file.detected.encoding) as again:
            assert again.detected.columns == list_file.detected.columns
            assert again.detected.delimiter == delimiter
            assert [cells for _, cells in rows(again)][1:] == [cells for _, cells in mended]


def test_a_choice_is_kept_when_writing() -> None:
    with opened("Łódź;+48601234567\n".encode("windows-1250"), encoding="windows-1250", header=False) as list_file:
        assert written(list_file, rows(list_file)) == "Łódź;+48601234567\n".encode("windows-1250")

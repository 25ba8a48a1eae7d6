"""The rows that a check left out: written like their list, whole or not at all, and read again as they were."""

from __future__ import annotations

import codecs
import errno
import importlib
import io
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mitto_tui.recipients.checking import Checking, Plan
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.list_file import open_list
from mitto_tui.recipients.readers.model import Choices, Detected, ListProblem, Style
from mitto_tui.settings.profiles import Profile
from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.storage.campaigns import Campaign, Campaigns, NewCampaign
from mitto_tui.storage.database import Database
from mitto_tui.storage.list_shapes import ListShapes
from mitto_tui.workspace.list_export import export_rows, suggested_name
from mitto_tui.workspace.lists import BulkMessage, OpenedList, plan_for
from mitto_tui.workspace.new_file import ExportProblem, ExportStopped

Workbook: Any = importlib.import_module("xlsxwriter").Workbook  # it has no types to import
BAD = frozenset(RowStatus) - {RowStatus.OK}
MODE = 0o600
NO_NUMBER, AMBIGUOUS = "n/a", "x12"


@pytest.fixture
def campaigns(tmp_path: Path) -> Iterator[Campaigns]:
    with Database.open(tmp_path / "data" / "mitto.db") as database:
        yield Campaigns(database)


def stored(
    campaigns: Campaigns, source: Path | str | io.BytesIO, choices: Choices | None = None, **plan: Any
) -> Campaign:
    """A list, checked and stored as a draft."""
    with open_list(source, choices or Choices()) as opened:
        column = opened.phone_column().index
        assert column is not None
        checking = Checking(opened, Plan(column, "Hello", "DE", **plan))
        new = NewCampaign("work", opened.name, "MITTO", "Hello", checking.fixed_text, {}, checking.source())
        return campaigns.save(new, checking.batches(), checking.totals.as_json, lambda: datetime.now(UTC))


def read(source: Path, choices: Choices | None = None) -> tuple[Detected, Style | None, list[list[str]]]:
    with open_list(source, choices or Choices()) as opened:
        return opened.detected, opened.style, [cells for batch in opened.batches() for _, cells in batch]


def is_bad(cells: list[str]) -> bool:
    return any(cell in (NO_NUMBER, AMBIGUOUS, "0172 5551234 x 0172") for cell in cells)


TABLE = [
    ["Name", "Telefon", "Ort", "Notiz"],
    ["Jürgen Müller", "0172 5551234", "Köln", "größer"],
    ["Grüße, “Zoë”", NO_NUMBER, "Düsseldorf", 'sagt "ja"\r\nund; nein\tnie'],
    ["Bärbel Weiß", "+49 172 5551235", "Münster", ""],
    ["  Löwe ", AMBIGUOUS, "Straße 5", "a|b"],
    ["Jörg", "0172 5551236", "", "ü"],
    ["Österreicher & Söhne", NO_NUMBER, "", ""],
]


def text(delimiter: str, line_end: str, table: list[list[str]] = TABLE, *, quote_all: bool = False) -> str:
    def cell(value: str) -> str:
        plain = not quote_all and not any(sign in value for sign in f'"\r\n{delimiter}')
        return value if plain else '"' + value.replace('"', '""') + '"'

    return "".join(delimiter.join(map(cell, row)) + line_end for row in table)


STYLES = {
    "semicolons, Windows": (text(";", "\r\n").encode("windows-1252"), Choices()),
    "UTF-16 with a mark": (codecs.BOM_UTF16_LE + text(",", "\r\n").encode("utf-16-le"), Choices()),
    "UTF-8 with a mark, old Mac": (codecs.BOM_UTF8 + text(",", "\r").encode(), Choices()),
    "tabulators": (text("\t", "\n").encode(), Choices()),
    "no header": (text("|", "\n", TABLE[1:]).encode(), Choices(header=False)),
    "all quoted": (text(",", "\r\n", quote_all=True).encode(), Choices()),
    "Excel's own": (b"sep=;\r\n" + text(";", "\r\n").encode("windows-1252"), Choices()),
    "chosen": (text(";", "\n").encode("iso-8859-15", "replace"), Choices(encoding="iso-8859-15")),
}


@pytest.mark.parametrize("style", STYLES)
def test_rows_to_mend_are_read_again_as_they_were(campaigns: Campaigns, tmp_path: Path, style: str) -> None:
    content, choices = STYLES[style]
    path = tmp_path / "customers.csv"
    path.write_bytes(content)
    campaign = stored(campaigns, path, choices)
    detected, way, rows = read(path, choices)
    bad = [cells for cells in rows if is_bad(cells)]
    done = export_rows(campaigns, campaign, tmp_path / suggested_name(campaign), statuses=BAD)
    assert (done.rows, done.note, done.path.parent) == (3, "", tmp_path)
    again, way_again, rows_again = read(done.path, choices)
    assert rows_again == bad
    if detected.header:  # else the first line break is that of a cell
        assert way_again == way
    for name in ("format", "encoding", "delimiter", "header", "columns"):
        assert getattr(again, name) == getattr(detected, name)
    if sys.platform != "win32":
        assert stat.S_IMODE(done.path.stat().st_mode) == MODE
    assert {file.name for file in tmp_path.iterdir()} == {path.name, done.path.name, "data"}


def workbook(path: Path) -> Path:
    path = path.with_suffix(".xlsx")
    book = Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(TABLE):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def cards(path: Path) -> Path:
    path = path.with_suffix(".vcf")
    values = [
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{}\r\n{}NOTE:{}\r\nEND:VCARD\r\n".format(
            name, "".join(f"TEL:{phone}\r\n" for phone in phones.split("|")), note
        )
        for name, phones, note in (("Zoë", "n/a", "a, b"), ("Ann", "0172 5551234", ""), ("Bob", "n/a|x12", "Grüße"))
    ]
    path.write_text("".join(values), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("make", [workbook, cards])
def test_what_is_no_text_becomes_csv(campaigns: Campaigns, tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "customers")
    campaign = stored(campaigns, path)
    detected, _, rows = read(path)
    done = export_rows(campaigns, campaign, tmp_path / suggested_name(campaign), statuses=BAD)
    assert done.path.name == "customers-to-mend.csv"
    assert "CSV in UTF-8" in done.note
    again, _, rows_again = read(done.path)
    kept = [cells for cells in rows if not any("0172" in cell or "+49" in cell for cell in cells)]
    assert rows_again == kept != []
    assert again.columns == detected.columns


LIST = (
    "name,phone\nAnn,0172 5551234\nBob,0172 5551234\nEve,n/a\n"
    "Joe,0172 5551235 ::: 0172 5551234 ::: 0172 5551235\nMax,0172 5551236,extra\nZoe,zz,extra\n"
)


def test_a_row_is_written_once_with_all_that_is_wrong_with_it(campaigns: Campaigns, tmp_path: Path) -> None:
    campaign = stored(campaigns, LIST, take_all=True)
    rows = campaigns.count(campaign.id, statuses=BAD)
    assert rows == 5
    seen: list[tuple[int, int]] = []
    done = export_rows(
        campaigns,
        campaign,
        tmp_path / "bad.csv",
        statuses=BAD,
        with_reasons=True,
        progress=lambda *steps: seen.append(steps),
    )
    lines = done.path.read_text("utf-8").splitlines()
    assert lines[0].split(",")[:2] == ["name", "phone"]
    assert lines[0].endswith(",Problem")
    assert [line.split(",")[0] for line in lines[1:]] == ["Bob", "Eve", "Joe", "Zoe"]
    assert done.rows == 4
    assert "Row 2 has this number already." in lines[1]
    assert "Row 2 has this number already." in lines[3]
    assert "This row has this number already." in lines[3]
    assert (seen[0], seen[-1]) == ((0, rows), (rows, rows))
    _, _, cells = read(done.path)
    assert all(row[-1].endswith(".") for row in cells)
    duplicates = export_rows(campaigns, campaign, tmp_path / "twice.csv", statuses=[RowStatus.DUPLICATE])
    assert duplicates.path.read_text("utf-8").count("\n") == 1 + duplicates.rows == 3


def test_kinds_narrow_it_down(campaigns: Campaigns, tmp_path: Path) -> None:
    campaign = stored(campaigns, LIST)
    empty = [number for number, kind, _ in campaigns.kinds(campaign.id) if kind.status is RowStatus.DUPLICATE]
    done = export_rows(campaigns, campaign, tmp_path / "a.csv", statuses=BAD, kinds=empty)
    assert done.path.read_text("utf-8").splitlines()[1:] == ["Bob,0172 5551234,"]


def test_the_sentences_fit_into_the_lists_encoding_and_the_header_is_unambiguous(
    campaigns: Campaigns, tmp_path: Path
) -> None:
    content = "имя;телефон;problem\nИван;0172 5551234;\nПётр;4.91725E+11;да\n".encode("koi8-r")
    campaign = stored(campaigns, io.BytesIO(content), Choices(encoding="koi8-r"))
    done = export_rows(campaigns, campaign, tmp_path / "a.csv", statuses=BAD, with_reasons=True)
    lines = done.path.read_text("koi8-r").splitlines()
    assert lines[0] == "имя;телефон;problem;Problem (2)"
    assert lines[1].startswith("Пётр;4.91725E+11;да;")
    assert "?" not in lines[1]
    assert done.note == ""


def test_a_list_that_knows_nothing_of_itself_becomes_csv(campaigns: Campaigns, tmp_path: Path) -> None:
    campaign = replace(stored(campaigns, LIST), source={"style": {"encoding": "utf-16"}, "columns": 3})
    done = export_rows(campaigns, campaign, tmp_path / "a.csv", statuses=BAD, with_reasons=True)
    assert "isn't known any more" in done.note
    assert done.path.read_bytes().startswith(codecs.BOM_UTF8 + b"Bob,0172 5551234,")


def test_characters_that_are_lost_are_told(campaigns: Campaigns, tmp_path: Path) -> None:
    campaign = stored(campaigns, "name,phone\nИван,n/a\nBob,n/a\nAnn,0172 5551234\n")
    style = {"encoding": "windows-1252", "delimiter": ",", "line_end": "\n", "quote_all": False, "excel_line": False}
    campaign = replace(campaign, source={**campaign.source, "style": style})
    done = export_rows(campaigns, campaign, tmp_path / "a.csv", statuses=BAD)
    assert done.note == "1 row has characters that windows-1252 lacks: question marks stand for them."
    assert done.path.read_bytes() == b"name,phone\n????,n/a\nBob,n/a\n"


def refused(campaigns: Campaigns, campaign: Campaign, target: Path, why: str, **options: Any) -> None:
    """Nothing is written, changed or left behind."""

    def everything() -> dict[str, bytes]:
        return {str(file): file.read_bytes() for file in target.parent.glob("*") if file.is_file()}

    before = everything()
    with pytest.raises(MittoTuiError, match=why) as caught:
        export_rows(campaigns, campaign, target, **{"statuses": BAD, **options})
    assert isinstance(caught.value, (ExportProblem, ExportStopped, InvalidInput, ListProblem))
    assert everything() == before


def test_nothing_is_replaced_unasked_and_the_list_never(
    campaigns: Campaigns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    path, other = folder / "customers.csv", folder / "other.csv"
    path.write_text(LIST, encoding="utf-8")
    monkeypatch.chdir(folder)
    campaign = stored(campaigns, Path("customers.csv"))
    monkeypatch.undo()
    other.write_text("mine", encoding="utf-8")
    os.link(path, folder / "same.csv")
    (folder / "link.csv").symlink_to(path)
    (folder / "nowhere.csv").symlink_to(folder / "gone")
    refused(campaigns, campaign, other, "exists already")
    refused(campaigns, campaign, folder / "nowhere.csv", "exists already")
    for name in ("customers.csv", "same.csv", "link.csv"):
        refused(campaigns, campaign, folder / name, "the list itself", overwrite=True)
    older = replace(campaign, source={key: value for key, value in campaign.source.items() if key != "path"})
    refused(campaigns, older, path, "the list itself", overwrite=True)
    assert export_rows(campaigns, campaign, other, statuses=BAD, overwrite=True).rows == 3
    assert other.read_text("utf-8").startswith("name,phone")
    assert path.read_text("utf-8") == LIST


def test_the_packed_list_is_not_replaced_either(campaigns: Campaigns, tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "customers.csv.gz"
    path.write_bytes(gzip.compress(LIST.encode()))
    campaign = stored(campaigns, path)
    refused(campaigns, campaign, path, "the list itself", overwrite=True)
    assert suggested_name(campaign) == "customers-to-mend.csv"


def test_where_nothing_can_be_written(campaigns: Campaigns, tmp_path: Path) -> None:
    campaign = stored(campaigns, LIST)
    (tmp_path / "file").touch()
    refused(campaigns, campaign, tmp_path / "no" / "a.csv", "there is no folder")
    refused(campaigns, campaign, tmp_path / "file" / "a.csv", "there is no folder")
    refused(campaigns, campaign, tmp_path / "data", "is a folder", overwrite=True)
    refused(campaigns, campaign, tmp_path / ("a" * 300), "too long")
    refused(campaigns, campaign, tmp_path / "a\0b", "can't be a file's name")
    refused(campaigns, campaign, tmp_path / "a.csv", "Rows that are ok", statuses=list(RowStatus))
    refused(campaigns, campaign, tmp_path / "a.csv", "no such rows", statuses=[RowStatus.AMBIGUOUS])
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        refused(campaigns, campaign, tmp_path / "pipe", "not a regular file", overwrite=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is needed")
def test_a_full_disk_leaves_nothing(campaigns: Campaigns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = stored(campaigns, LIST)
    real = os.fdopen

    def full(descriptor: int, mode: str) -> Any:
        os.close(descriptor)
        return real(os.open("/dev/full", os.O_WRONLY), mode)

    monkeypatch.setattr("mitto_tui.workspace.list_export.os.fdopen", full)
    refused(campaigns, campaign, tmp_path / "a.csv", os.strerror(errno.ENOSPC))
    refused(campaigns, stored(campaigns, long_list()), tmp_path / "a.csv", os.strerror(errno.ENOSPC))


def long_list() -> str:
    return "name,phone\nAnn,0172 5551234\n" + "".join(f"Person {row},n/a\n" for row in range(5_000))


def test_a_stop_leaves_nothing(campaigns: Campaigns, tmp_path: Path) -> None:
    campaign = stored(campaigns, long_list())
    target = tmp_path / "a.csv"
    target.write_text("mine", encoding="utf-8")
    done: list[int] = []
    options: dict[str, Any] = {
        "overwrite": True,
        "progress": lambda rows, _: done.append(rows),
        "stop": lambda: bool(done) and done[-1] >= 2_000,
    }
    refused(campaigns, campaign, target, "stopped before its end", **options)
    assert done[-1] == 2_000
    refused(campaigns, campaign, tmp_path / "b.csv", "stopped before its end", stop=lambda: True)


def test_a_draft_that_goes_meanwhile_or_a_name_that_is_taken_meanwhile(campaigns: Campaigns, tmp_path: Path) -> None:
    campaign = stored(campaigns, long_list())
    target = tmp_path / "a.csv"

    def take(_rows: int, _all: int) -> None:
        target.write_text("theirs", encoding="utf-8")

    with pytest.raises(ExportProblem, match="exists already"):
        export_rows(campaigns, campaign, target, statuses=BAD, progress=take)
    assert target.read_text("utf-8") == "theirs"
    target.unlink()
    refused(campaigns, campaign, target, "was deleted", progress=lambda *_: campaigns.delete(campaign.id))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ({"path": "/home/ann/customers.csv", "name": "customers.csv", "format": "csv"}, "customers-to-mend.csv"),
        ({"path": "/x/Kunden März.XLSX", "format": "xlsx"}, "Kunden März-to-mend.csv"),
        ({"path": "/x/v1.2.tsv", "format": "tsv"}, "v1.2-to-mend.tsv"),
        ({"path": "/x/numbers", "format": "txt"}, "numbers-to-mend.txt"),
        ({"path": "/x/customers-to-mend.csv", "format": "csv"}, "customers-to-mend-2.csv"),
        ({"path": "/x/customers-to-mend-9.csv", "format": "csv"}, "customers-to-mend-10.csv"),
        ({"name": "customers.csv", "format": "csv"}, "customers-to-mend.csv"),
        ({"name": "What was pasted", "path": None, "format": "csv"}, "list-to-mend.csv"),
        ({"name": "Standard input", "format": "vcf"}, "list-to-mend.csv"),
        ({"path": '/x/a:b*\u202e"\n\ud83d.csv', "format": "csv"}, "a_b_____-to-mend.csv"),
        ({"path": "/x/.csv", "format": "csv"}, "list-to-mend.csv"),
        ({"path": 5, "name": ["a"], "format": {}}, "list-to-mend.csv"),
        ({}, "list-to-mend.csv"),
        ({"path": "/x/" + "名" * 80 + ".csv"}, "名" * 50 + "-to-mend.csv"),
    ],
)
def test_names(campaigns: Campaigns, source: dict[str, object], name: str) -> None:
    now = datetime.now(UTC)
    campaign = Campaign(1, "", "", "draft", "", "", "", None, {}, source, {}, now, now)  # type: ignore[arg-type]  # no state
    assert suggested_name(campaign) == name


WORK = Profile("work", country="DE")


@pytest.fixture
def shapes(campaigns: Campaigns, tmp_path: Path) -> Iterator[ListShapes]:
    with Database.open(tmp_path / "data" / "mitto.db") as database:
        yield ListShapes(database)


def checked(source: Path, shapes: ListShapes) -> tuple[OpenedList, list[str]]:
    """A list opened with what is kept for it, and who it reaches."""
    with closing(OpenedList.open(source, WORK, shapes)) as opened:
        checking = Checking(opened.list_file, plan_for(opened, opened.numbers, BulkMessage("MITTO", "Hello")))
        return opened, [digits for batch in checking.batches() for digits in batch.to]


@pytest.mark.parametrize("with_reasons", [False, True])
@pytest.mark.parametrize("style", ["plain", "header", "one", "excel", "book"])
def test_mended_rows_are_read_as_their_list_was(
    campaigns: Campaigns, shapes: ListShapes, tmp_path: Path, style: str, with_reasons: bool
) -> None:
    path = tmp_path / f"list.{'xlsx' if style == 'book' else 'csv'}"
    table = [["Zoë", "0664 1234567", "Wien"], ["Änne", "n/a", "Graz"], ["Max", "?", "Linz"]]
    if style == "header":
        table.insert(0, ["Wer", "Fon", "Wo"])
    if style == "one":
        table = [[row[1]] for row in table]
    if style == "book":
        book = Workbook(path)
        sheet = book.add_worksheet()
        for at, row in enumerate(table):
            sheet.write_row(at, 0, row)
        book.close()
    else:
        begin = "sep=;\n" if style == "excel" else ""
        path.write_text(begin + text(";", "\n", table), encoding="windows-1252")
    choices = Choices(header=style == "header")
    with open_list(path, choices) as opened:
        column = 0 if style == "one" else 1
        checking = Checking(opened, Plan(column, "Hello", "AT", bare=Bare.NATIONAL))
        new = NewCampaign("work", opened.name, "MITTO", "Hello", "Hello", {}, checking.source())
        campaign = campaigns.save(new, checking.batches(), checking.totals.as_json, lambda: datetime.now(UTC))
    target = tmp_path / "mend.csv"
    done = export_rows(campaigns, campaign, target, statuses=BAD, with_reasons=with_reasons, shapes=shapes)
    assert done.rows == 2
    encoding = "utf-8-sig" if style == "book" else "windows-1252"
    content = target.read_text(encoding).replace("n/a", "0664 1234568").replace("?", "0676 1234569")
    target.write_text(content, encoding=encoding)
    (tmp_path / "way.csv").symlink_to(target)
    for way in (target, tmp_path / "way.csv"):
        found, reached = checked(way, shapes)
        assert reached == ["436641234568", "436761234569"]
        assert (found.numbers.country, found.numbers.bare, found.remarks) == ("AT", Bare.NATIONAL, ())
    target.write_text(content, encoding="utf-8")  # an editor saved it anew
    found, reached = checked(target, shapes)
    assert reached == ["436641234568", "436761234569"]
    assert style == "one" or found.rows[0][1][0] == "Änne"
    found.remember(replace(found.numbers, take_all=True), WORK, shapes, datetime.now(UTC))
    found, reached = checked(target, shapes)
    assert (len(reached), found.numbers.take_all, found.numbers.country) == (2, True, "AT")
    target.write_text("Name,Mobile\nEva,0172 5551234\n", encoding="utf-8")  # something else
    found, reached = checked(target, shapes)
    if style != "one":
        assert found.remarks
    assert reached[-1:] == (["491725551234"] if found.numbers.country == "DE" else [])


def test_a_single_row_without_a_header_is_not_taken_for_one(
    campaigns: Campaigns, shapes: ListShapes, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Ann Mobile,0172 5551234\nBob Mobile,n/a\n", encoding="utf-8")
    campaign = stored(campaigns, path, Choices(header=False))
    target = export_rows(campaigns, campaign, tmp_path / "mend.csv", statuses=BAD, shapes=shapes).path
    opened, _ = checked(target, shapes)
    assert opened.rows == ((1, ["Bob Mobile", "n/a"]),)


def test_numbers_that_are_ok_are_not_sent_to_again(campaigns: Campaigns, shapes: ListShapes, tmp_path: Path) -> None:
    content = (
        "name,phone\nAnn,0172 5551234\nBob,0172 5551235 ::: 12345 ::: 0172 5551236 ::: 0172 5551234\n"
        "Cid,12346 ::: 12347\nDan,0172 5551239 ::: 0172 5551238\nEve,14\n"
    )
    campaign = stored(campaigns, content, take_all=True)
    done = export_rows(campaigns, campaign, tmp_path / "a.csv", statuses=BAD, shapes=shapes)
    assert done.path.read_text("utf-8").splitlines() == [
        "name,phone",
        "Bob,12345 ::: 0172 5551234",
        "Cid,12346 ::: 12347",
        "Eve,14",
    ]
    assert "In 1 row, numbers that are ok are left out of the cell" in done.note
    assert "1 row repeats a number that gets the message from the list itself" in done.note
    bad = [RowStatus.INVALID]
    done = export_rows(campaigns, campaign, tmp_path / "b.csv", statuses=bad, with_reasons=True, shapes=shapes)
    assert [row[:2] for row in read(done.path)[2]] == [["Bob", "12345"], ["Cid", "12346 ::: 12347"], ["Eve", "14"]]
    assert "repeat" not in done.note

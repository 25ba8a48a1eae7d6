"""What is no list: a sentence each, quickly."""

from __future__ import annotations

import gzip
import io
import os
import socket
import struct
import zlib
from pathlib import Path

import pytest

from mitto_tui.recipients.readers import sources
from mitto_tui.recipients.readers.list_file import open_list
from mitto_tui.recipients.readers.model import Choices, ListProblem
from tests.recipients.readers.lists import archive, cells, opened, rows


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"\x00" + bytes(range(96)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", pixels)


CONTENT: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "list.csv is empty."),
    "blanks": (b" \r\n\t\n", "list.csv is empty."),
    "a mark alone": (b"\xef\xbb\xbf\n", "list.csv is empty."),
    "a picture": (png(), "list.csv is a PNG picture, not a list."),
    "a photo": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "list.csv is a JPEG picture, not a list."),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "list.csv is a PDF document, not a list."),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(90), "list.csv is a program, not a list."),
    "noise": (bytes(range(256)) * 8, "list.csv is neither text nor a workbook, not a list."),
    "a header": (b"name,phone\n", "list.csv has a header, and no rows under it."),
    "Excel's line": (b"sep=;\n", "list.csv has no rows."),
    "a page": (b"\xef\xbb\xbf<html><table><tr><td>1</table>", "list.csv is a web page or XML"),
    "old XML": (b'<?xml version="1.0"?><Workbook>', "list.csv is a web page or XML"),
    "JSON": (b'\xef\xbb\xbf[\n {"phone": "+491725551234"}]', "list.csv is JSON, not a list."),
    "JSON lines": (b'{"phone":"+491725551234"}\n{"phone":"x"}\n', "list.csv is JSON, not a list."),
    "a document": (archive({"word/document.xml": "x"}), "list.csv is a document, not a spreadsheet."),
    "Numbers": (archive({"Index/Document.iwa": "x"}), "list.csv is an Apple Numbers document."),
    "an archive": (archive({"a.csv": "x", "b\n.csv": "y"}), "list.csv is a ZIP archive with a.csv, b⏎.csv."),
    "half an archive": (
        archive({"xl/workbook.xml": "x" * 99})[:60],
        "list.csv is a workbook or an archive, and damaged.",
    ),
    "half of gzip": (gzip.compress(os.urandom(999))[:500], "list.csv is compressed, and damaged or cut off."),
    "a long line": (b"x" * 5_000_000, "Line 1 of list.csv has more than 1,000,000 characters."),
    "a long line below": (b"phone\n" + b"1" * 5_000_000, "Line 2 of list.csv has more than 1,000,000 characters."),
    "blank pages": (b"\n" * 100_000 + b"+491725551234", "list.csv begins with nothing but blanks."),
}


@pytest.mark.parametrize("case", CONTENT)
def test_what_is_no_list_is_told_by_its_content(case: str, tmp_path: Path) -> None:
    content, sentence = CONTENT[case]
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(ListProblem) as caught, open_list(path) as list_file:
        rows(list_file)
    assert caught.value.message.startswith(sentence)
    assert caught.value.advice


def test_words_that_begin_like_pictures_are_text() -> None:
    assert cells(b"BM,phone\nBMW,+491725551234\n") == [["BMW", "+491725551234"]]
    assert cells(b"MZ phone\n+491725551234\n") == [["+491725551234"]]


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(ListProblem, match=f"{tmp_path.name} is a directory, not a list"):
        open_list(tmp_path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ListProblem, match=r"There is no file list\.csv\. Check the path\."):
        open_list(tmp_path / "list.csv")
    with pytest.raises(ListProblem, match="can't be read"):
        open_list(tmp_path / "a\0b")
    with pytest.raises(ListProblem, match="can't be read"):
        open_list(tmp_path / ("x" * 300))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_with_nobody_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(ListProblem, match="pipe is a named pipe, not a file"):
        open_list(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no such devices here")
def test_devices(tmp_path: Path) -> None:
    with pytest.raises(ListProblem, match="zero is a device, not a list"):
        open_list(Path("/dev/zero"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        with pytest.raises(ListProblem, match="s can't be read"):
            open_list(tmp_path / "s")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"+491725551234\n")
    path.chmod(0)
    with pytest.raises(ListProblem, match="permission is denied"):
        open_list(path)


def test_permission_is_explained() -> None:
    with (
        pytest.raises(ListProblem, match=r"list\.csv can't be read: permission is denied\."),
        sources.explained("list.csv"),
    ):
        raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("change", ["shrink", "grow", "replace", "remove"])
def test_a_file_that_changes_while_it_is_read(change: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"+491725551234\n" * 20_000)
    with open_list(path) as list_file:
        batches = list_file.batches(100)
        next(batches)
        if change == "shrink":
            os.truncate(path, 100_000)
        elif change == "grow":
            with path.open("ab") as target:
                target.write(b"+491725551234\n")
        else:
            path.unlink()
        if change == "replace":
            path.write_bytes(b"+491725551235\n")
        if change in ("shrink", "grow"):
            with pytest.raises(ListProblem, match=r"list\.csv was changed while it was being read"):
                list(batches)
        else:
            batches.close()
            with pytest.raises(ListProblem, match=r"was changed while|There is no file"):
                list_file.preview()


def test_a_stream_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LARGEST_STREAM", 1_000_000)
    bomb = gzip.compress(b"+491725551234\n" * 1_000_000)
    with pytest.raises(ListProblem, match="is longer than"):
        opened(bomb)


def test_gzip_is_unpacked() -> None:
    with opened(gzip.compress(b"phone\n+491725551234\n")) as list_file:
        assert rows(list_file) == [(2, ["+491725551234"])]
        assert list_file.notes == ("The list was compressed with gzip and has been unpacked.",)


class Broken(io.RawIOBase):
    """A stream whose other end went away."""

    def read(self, size: int = -1, /) -> bytes:
        raise ConnectionResetError(104, "Connection reset by peer")


def test_a_stream_that_breaks() -> None:
    with pytest.raises(ListProblem, match=r"The list can't be read: Connection reset by peer\."):
        open_list(Broken())


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        (Choices(format="docx"), "There is no format 'docx'."),
        (Choices(format="xlsx"), "The list is no XLSX file."),
        (Choices(delimiter=";;"), "';;' can't separate columns."),
        (Choices(delimiter='"'), "'\"' can't separate columns."),
        (Choices(encoding="klingon"), "There is no text encoding called 'klingon'."),
    ],
)
def test_choices_that_can_not_be(choices: Choices, sentence: str) -> None:
    with pytest.raises(ListProblem) as caught:
        open_list(io.BytesIO(b"name,phone\nAnn,+491725551234\n"), choices)
    assert caught.value.message == sentence


@pytest.mark.parametrize(
    ("delimiter", "expected"),
    [("tab", ["a,b;c", "+1"]), ("semicolon", ["a,b", "c\t+1"]), ("comma", ["a", "b;c\t+1"]), ("none", ["a,b;c\t+1"])],
)
def test_delimiters_by_name(delimiter: str, expected: list[str]) -> None:
    assert cells(b"a,b;c\t+1\n", delimiter=delimiter, header=False) == [expected]

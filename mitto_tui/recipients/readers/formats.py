"""Which format a file has, by what is in it. Names lie: every second .xls on the web is a page of HTML."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from typing import IO, Final

from mitto_tui.recipients.readers.model import ListProblem
from mitto_tui.recipients.readers.sources import CopiedSource, Source, explained
from mitto_tui.sms.visible import one_line

HEAD: Final = 4096

_PICTURES: Final = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "a rich text document"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound or video file"),
)
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SHORT_MAGIC: Final = 3  # text can begin with BM, MZ or BZh, but has no zero or control byte soon after
_CONTROLS: Final = bytes(set(range(0x20)) - {0x00, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1B})

_CARD: Final = re.compile(rb"\s*BEGIN\s*:\s*VCARD", re.IGNORECASE)
_MARKUP: Final = re.compile(
    rb"\s*<(?:!doctype|html|head|body|table|meta|style|div|\?xml|\w*:?workbook)\b", re.IGNORECASE
)
_JSON: Final = re.compile(rb"""\s*(?:\[\s*[{\[]|\{\s*"[^"\n]*"\s*:)""")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL: Final = re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00")  # BIFF 2 to 5 without a container
_GZIP: Final = b"\x1f\x8b\x08"


def unpacked(source: Source) -> tuple[Source, list[str]]:
    """``source``, or what gzip packed in it, with a note. Raises ListProblem where that is damaged."""
    with source.open() as handle:
        if head(source, handle)[:3] != _GZIP:
            return source, []
    with source.open() as handle:
        try:
            with gzip.GzipFile(fileobj=handle) as stream:
                copy = CopiedSource(stream, source.name)
        except (EOFError, zlib.error):
            raise _damaged(source) from None
        except ListProblem as problem:
            raise (_damaged(source) if isinstance(problem.__context__, gzip.BadGzipFile) else problem) from None
    return copy, ["The list was compressed with gzip and has been unpacked."]


def _damaged(source: Source) -> ListProblem:
    return ListProblem(f"{source.name} is compressed, and damaged or cut off.", "Get it again.")


def head(source: Source, handle: IO[bytes]) -> bytes:
    """The first bytes, however few a read gives at a time."""
    found = b""
    with explained(source.name):
        while len(found) < HEAD and (block := handle.read(HEAD - len(found))):
            found += block
    return found


def format_of(source: Source) -> str:
    """``text``, ``vcf`` or a workbook's format. Raises ListProblem for what is no list, with what it is."""
    with source.open() as handle:
        start = head(source, handle)
        if len(start) < HEAD and not start.strip():
            raise ListProblem(f"{source.name} is empty.", "There is nobody to send to in it.")
        if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _zipped(source, handle)
    if start.startswith(_OLE):
        return "xls"  # or a workbook with a password, or a Word document: the workbook reader tells
    if _CARD.match(_plain(start)):
        return "vcf"
    if (kind := _foreign(start)) is not None:
        raise ListProblem(f"{source.name} is {kind}, not a list.", "Choose a text file, a workbook or a vCard file.")
    if _MARKUP.match(_plain(start)):
        raise ListProblem(
            f"{source.name} is a web page or XML, as some programs export it under a spreadsheet's name.",
            "Open it in a spreadsheet program and save it as XLSX or CSV.",
        )
    if _JSON.match(_plain(start)):
        raise ListProblem(f"{source.name} is JSON, not a list.", "Export it as CSV, with a column for each value.")
    if _OLD_EXCEL.match(start):
        return "xls"
    return "text"


def _plain(start: bytes) -> bytes:
    """Enough of the text to look for ASCII words, in whatever width it is encoded."""
    for bom in _BOMS:
        start = start.removeprefix(bom)
    return start.replace(b"\x00", b"")


def _foreign(start: bytes) -> str | None:
    binary = _is_binary(start)
    for magic, kind in _PICTURES:
        if start.startswith(magic) and (binary or len(magic) > _SHORT_MAGIC):
            return kind
    if start[:4] == b"RIFF" and start[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "a WebP picture" if start[8:12] == b"WEBP" else "a sound or video file"
    if start[4:8] == b"ftyp":
        return "a video or a picture"
    return "neither text nor a workbook" if binary and not start.startswith(_BOMS) else None


def _is_binary(start: bytes) -> bool:
    """Text in any encoding we read has almost no control characters; UTF-16 has them as high bytes beside zeros."""
    controls = len(start) - len(start.translate(None, _CONTROLS))
    zeros = start.count(0)
    if zeros * 10 > len(start):
        # Wide text: zeros at every other place, or a script whose high byte is low (Cyrillic 04, Hebrew 05).
        even, odd = start[0::2].count(0), start[1::2].count(0)
        return min(even, odd) * 20 > max(even, odd) and controls * 20 > len(start)
    return controls * 50 > len(start)


def _zipped(source: Source, handle: IO[bytes]) -> str:
    try:
        handle.seek(0)
        with explained(source.name), zipfile.ZipFile(handle) as archive:
            names = archive.namelist()
            if "mimetype" in names and b"opendocument.spreadsheet" in archive.open("mimetype").read(200):
                return "ods"
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error):
        # A workbook cut off in the middle has lost its table of contents.
        raise ListProblem(f"{source.name} is a workbook or an archive, and damaged.", "Get or save it again.") from None
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.lower().lstrip("/").startswith("xl/") for name in names):
        return "xlsx"
    if any(name.endswith(".iwa") for name in names):
        kind, advice = "an Apple Numbers document", "Export it from Numbers as XLSX or CSV."
    elif "word/document.xml" in names or "ppt/presentation.xml" in names or "mimetype" in names:
        kind, advice = "a document, not a spreadsheet", "Copy its table into a spreadsheet and save that."
    else:
        inside = ", ".join(one_line(name, 40) for name in names[:3]) or "nothing"
        kind, advice = f"a ZIP archive with {inside}", "Unpack it and choose the list in it."
    raise ListProblem(f"{source.name} is {kind}.", advice)

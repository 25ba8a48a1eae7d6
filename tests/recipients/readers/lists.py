"""Small helpers of these tests: lists as bytes, and what was read of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from mitto_tui.recipients.readers.list_file import ListFile, open_list
from mitto_tui.recipients.readers.model import Choices, Row

DATA = Path(__file__).parent / "data"


def opened(content: bytes | str, **choices: object) -> ListFile:
    """A list out of bytes, as if they came through a pipe, or out of pasted text."""
    source = content if isinstance(content, str) else io.BytesIO(content)
    return open_list(source, Choices(**choices))  # type: ignore[arg-type]  # each test names real ones


def rows(list_file: ListFile) -> list[Row]:
    """All rows, read to the end."""
    return [row for batch in list_file.batches() for row in batch]


def cells(content: bytes | str, **choices: object) -> list[list[str]]:
    """The cells of all rows."""
    with opened(content, **choices) as list_file:
        return [row for _, row in rows(list_file)]


_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)


def ods(tables: str, styles: str = "", manifest: str = "") -> bytes:
    """An ODS workbook with ``tables`` as its content."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} office:version="1.3">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return archive({"mimetype": _ODS, "content.xml": content, "META-INF/manifest.xml": manifest or "<manifest/>"})


def ods_row(*values: str, **attributes: str) -> str:
    """A row of text cells."""
    given = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>' for value in values
    )
    return f"<table:table-row{given}>{inside}</table:table-row>"


def ods_cell(kind: str, attribute: str, value: str, shown: str) -> str:
    """A cell that isn't text."""
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}"><text:p>{shown}</text:p>'
        "</table:table-cell>"
    )


def archive(parts: dict[str, str]) -> bytes:
    """A ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(name, text)
    return buffer.getvalue()


def changed(workbook: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with ``old`` replaced in one of its parts."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as source:
        parts = {name: source.read(name).decode() for name in source.namelist()}
    assert old in parts[part]
    return archive({**parts, part: parts[part].replace(old, new)})


def lines(*parts: str) -> bytes:
    """UTF-8 text of the given lines."""
    return "".join(f"{part}\n" for part in parts).encode()

"""XLSX workbooks, streamed (ECMA-376 part 1, 18.3).

calamine reads a sheet four times faster, but whole: a million rows take 400 MB, hidden rows are not told, nothing can
be shown or stopped on the way, and a stray cell in the last corner of a sheet (5 KB of file) makes it ask for 512 GB
and abort the process. So these, the workbooks that people really have, are parsed here.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from contextlib import closing
from typing import Final

from mitto_tui.recipients.readers.books import BookRemarks, Part, Sheet, attribute, damage_explained, local
from mitto_tui.recipients.readers.cells import (
    MOST_COLUMNS,
    Shape,
    column_index,
    date_text,
    is_date_format,
    number_shape,
    number_text,
    shaped,
    trimmed,
)
from mitto_tui.recipients.readers.model import Blocks, ListProblem, Progress, Row
from mitto_tui.recipients.readers.shared_strings import SharedStrings
from mitto_tui.recipients.readers.sources import Source

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS: Final = 10  # of a number in XML that can be a row, an index or a style
LARGEST_STRINGS: Final = 512 * 1024**2
"""Bytes of the texts of a workbook, which are kept in memory. A million rows of names and codes have 70 MB."""
_PIECES: Final = 64
"""Pieces of 64 KB that a cell's text may come in; a cell holds 32,767 characters."""


class XlsxBook:
    """A workbook by its parts; opened for each pass, so nothing stays open between them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._from_1904 = False
        self._strings: SharedStrings | None = None
        self._styles: dict[str, Shape | None] | None = None
        with damage_explained(source.name), source.open() as handle, zipfile.ZipFile(handle) as archive:
            self._names = {name.lower().lstrip("/"): name for name in archive.namelist()}
        main = self._targets("", "/officeDocument")
        self._main = next(iter(main.values()), "xl/workbook.xml")
        self.sheets = tuple(self._read_sheets())

    def _find(self, part: str) -> str | None:
        return self._names.get(part.lower().lstrip("/"))

    def _targets(self, part: str, kind: str = "") -> dict[str, str]:
        """What ``part`` refers to, by id: parts whose relationship's type ends with ``kind``."""
        folder, name = posixpath.split(part)
        relations = self._find(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, str] = {}
        if relations is None:
            return found

        def start(name: str, attributes: dict[str, str]) -> None:
            if local(name) == "Relationship" and attributes.get("Type", "").endswith(kind):
                target = attributes.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[attributes.get("Id", "")] = posixpath.normpath(path)

        reader = Part(self._source, relations)
        reader.parser.StartElementHandler = start
        reader.run()
        return found

    def _read_sheets(self) -> list[Sheet]:
        sheets: list[Sheet] = []
        worksheets = self._targets(self._main, "/worksheet")

        def start(name: str, attributes: dict[str, str]) -> None:
            if local(name) == "sheet":
                part = self._find(worksheets.get(attribute(attributes, "id"), ""))
                if part is not None:  # a sheet with a chart alone is no worksheet
                    state = attributes.get("state", "visible")
                    sheets.append(Sheet(attributes.get("name", ""), state == "visible", part))
            elif local(name) == "workbookPr":
                self._from_1904 = attributes.get("date1904", "") in ("1", "true")

        main = self._find(self._main)
        if main is None:
            raise ListProblem(f"{self._source.name} is damaged.", "Open it in a spreadsheet program and save it again.")
        reader = Part(self._source, main)
        reader.parser.StartElementHandler = start
        reader.run()
        return sheets

    def _part_of(self, kind: str) -> str | None:
        return next((self._find(part) for part in self._targets(self._main, kind).values()), None)

    def _read_strings(self) -> SharedStrings:
        strings = SharedStrings()
        part = self._part_of("/sharedStrings")
        if part is None:
            return strings
        pieces: list[str] = []
        inside, phonetic = False, False

        def start(name: str, _attributes: dict[str, str]) -> None:
            nonlocal inside, phonetic
            kind = local(name)
            inside = kind == "t" and not phonetic
            phonetic = phonetic or kind == "rPh"  # how Japanese is read aloud, beside the text itself

        def end(name: str) -> None:
            nonlocal inside, phonetic
            inside = False
            kind = local(name)
            if kind == "si":
                strings.append(_unescaped("".join(pieces)))
                pieces.clear()
            elif kind == "rPh":
                phonetic = False

        def text(data: str) -> None:
            if inside:
                pieces.append(data)
                if len(pieces) > 10_000:
                    raise ListProblem(f"{self._source.name} is damaged.", "Save it as CSV.")

        reader = Part(self._source, part, largest=LARGEST_STRINGS)
        strings.coming = reader.parse()
        reader.parser.StartElementHandler = start
        reader.parser.EndElementHandler = end
        reader.parser.CharacterDataHandler = text
        return strings

    def _read_styles(self) -> dict[str, Shape | None]:
        """What the numbers of a style are: None for dates, or the digits shown. Styles that change nothing are out."""
        part = self._part_of("/styles")
        codes: dict[int, str] = {}
        kinds: dict[str, Shape | None] = {}
        in_cells, count = False, 0

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal in_cells, count
            kind = local(name)
            if kind == "numFmt":
                codes[_number(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
            elif kind == "cellXfs":
                in_cells = True
            elif kind == "xf" and in_cells:
                number = _number(attributes.get("numFmtId", ""))
                code = codes.get(number, "")
                shape = number_shape(code)
                if is_date_format(number, code):
                    kinds[str(count)] = None
                elif shape is not None:
                    kinds[str(count)] = shape
                count += 1

        def end(name: str) -> None:
            nonlocal in_cells
            in_cells = in_cells and local(name) != "cellXfs"

        if part is not None:
            reader = Part(self._source, part)
            reader.parser.StartElementHandler = start
            reader.parser.EndElementHandler = end
            reader.run()
        return kinds

    def rows(self, sheet: Sheet, remarks: BookRemarks, progress: Progress | None = None) -> Blocks:
        """The rows of ``sheet`` in blocks; see ``Book.rows``."""
        if self._styles is None:
            self._styles = self._read_styles()
        strings = self._strings or self._read_strings()
        reader = Part(self._source, sheet.part, progress)
        handlers = _SheetHandlers(strings, self._styles, self._from_1904, remarks)
        handlers.attach(reader)
        with closing(strings):
            for _ in reader.parse():
                if handlers.rows:
                    rows, handlers.rows = handlers.rows, []
                    yield rows
            if strings.settle():
                self._strings = strings


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < _DIGITS else -1


def _unescaped(text: str) -> str:
    """Characters that XML can't hold are written ``_x000D_`` (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


class _SheetHandlers:
    """Elements of a sheet to rows. One call of a handler is a tenth of a microsecond; a row has twenty of them."""

    def __init__(
        self, strings: SharedStrings, styles: dict[str, Shape | None], from_1904: bool, remarks: BookRemarks
    ) -> None:
        self.rows: list[Row] = []
        self._strings, self._styles, self._from_1904, self._remarks = strings, styles, from_1904, remarks

    def attach(self, reader: Part) -> None:
        """Set the handlers. Local variables instead of attributes: they are what the time goes to."""
        strings, styles, from_1904, remarks = self._strings, self._styles, self._from_1904, self._remarks
        columns: dict[str, int] = {}
        c, v, t, row, f = "c", "v", "t", "row", "f"
        cells: list[str] = []
        pieces: list[str] = []
        row_number, position, kind, style = 0, -1, "", ""
        hidden, collecting, phonetic, calculated = False, False, False, False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal row_number, position, kind, style, hidden, collecting, phonetic, calculated
            nonlocal c, v, t, row, f
            if name == c:
                reference = attributes.get("r")
                if reference is None:
                    position += 1
                else:
                    letters = reference.rstrip("0123456789")
                    try:
                        position = columns[letters]
                    except KeyError:
                        position = (
                            columns.setdefault(letters, column_index(letters)) if letters.isalpha() else position + 1
                        )
                kind, style = attributes.get("t", "n"), attributes.get("s", "")
            elif name in (v, t):
                collecting = not phonetic
            elif name == row:
                number = attributes.get("r", "")
                row_number = int(number) if number.isdecimal() and len(number) < _DIGITS else row_number + 1
                hidden = attributes.get("hidden", "") in ("1", "true")
                position = -1
            elif name == f:
                calculated = True
            elif name.endswith("rPh"):
                phonetic = True
            elif name.endswith("worksheet"):
                prefix = name.removesuffix("worksheet")
                c, v, t, row, f = prefix + "c", prefix + "v", prefix + "t", prefix + "row", prefix + "f"

        def text(data: str) -> None:
            if collecting:
                pieces.append(data)
                if len(pieces) > _PIECES:
                    pieces.pop()

        def end(name: str) -> None:
            nonlocal cells, collecting, phonetic, calculated
            if name in (v, t):
                collecting = False
            elif name == c:
                if pieces:
                    content = pieces[0] if len(pieces) == 1 else "".join(pieces)
                    pieces.clear()
                    if kind == "s":
                        content = strings[int(content)] if content.isdecimal() and len(content) < _DIGITS else ""
                    elif kind == "n":
                        if style in styles:
                            shape = styles[style]
                            content = (
                                date_text(content, from_1904=from_1904) if shape is None else shaped(content, shape)
                            )
                        elif not content.isdigit():
                            content = number_text(content)
                    elif kind == "b":
                        content = "TRUE" if content in ("1", "true") else "FALSE"
                    elif kind != "e":
                        content = _unescaped(content)
                    if position == len(cells):
                        cells.append(content)
                    elif position >= MOST_COLUMNS:
                        remarks.too_wide = remarks.too_wide or bool(content)
                    elif position > len(cells):
                        cells.extend([""] * (position - len(cells)))
                        cells.append(content)
                    else:
                        cells[position] = content
                elif calculated:
                    remarks.uncalculated += 1
                calculated = False
            elif name == row:
                if any(map(str.strip, cells)):
                    if hidden:
                        remarks.hidden += 1
                    else:
                        self.rows.append((row_number, cells if cells[-1] else trimmed(cells)))
                cells = []
            elif name.endswith("rPh"):
                phonetic = False

        reader.parser.StartElementHandler = start
        reader.parser.EndElementHandler = end
        reader.parser.CharacterDataHandler = text

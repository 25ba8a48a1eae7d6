"""ODS workbooks, streamed (OpenDocument 1.3, part 3, 9.1): as for XLSX, and for the same reasons."""

from __future__ import annotations

import html
import re
from typing import Final

from mitto_tui.recipients.readers.books import BookRemarks, Part, Sheet, local
from mitto_tui.recipients.readers.cells import MOST_COLUMNS, number_text, trimmed
from mitto_tui.recipients.readers.model import Blocks, ListProblem, Progress, Row
from mitto_tui.recipients.readers.sources import Source

_CONTENT: Final = "content.xml"
_TIME: Final = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_TABLE_TAG: Final = re.compile(rb"""<(/?)table:table(?=[\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_NAMED: Final = re.compile(r"""\stable:(name|style-name)\s*=\s*["'](.*?)["'](?=\s|/|$)""", re.DOTALL)
_LONGEST_TAG: Final = 64 * 1024
_BLANKS: Final = re.compile(r"[ \u00a0\u202f()/-]")
_LED: Final = re.compile(r"\+[0-9]+|0[0-9]+")
_MOST_ROWS: Final = 1_048_576
_MOST_REPEATS: Final = 10_000
"""A row may be written once for many that are the same; a sheet filled to its end that way is no list."""


class OdsBook:
    """A workbook; its sheets are tables in one part, so finding them all takes a look through it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.sheets = tuple(self._read_sheets())

    def _read_sheets(self) -> list[Sheet]:
        tables: list[tuple[str, str]] = []
        hidden: set[str] = set()
        family, depth = "", 0

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal family, depth
            kind = local(name)
            if kind == "style":
                family = attributes.get("style:name", "") if attributes.get("style:family") == "table" else ""
            elif kind == "table-properties" and attributes.get("table:display") == "false":
                hidden.add(family)
            elif name == "table:table":
                depth += 1
                if depth == 1:
                    tables.append((attributes.get("table:name", ""), attributes.get("table:style-name", "")))

        def end(name: str) -> None:
            nonlocal depth
            depth -= name == "table:table"

        reader = Part(self._source, _CONTENT)
        reader.parser.StartElementHandler = start
        reader.parser.EndElementHandler = end
        if self._is_encrypted():
            raise ListProblem(f"{self._source.name} is protected by a password.", "Save it without a password.")
        for _ in reader.parse():
            if tables:  # the styles were before them
                scanned = self._scan()
                if scanned[: len(tables)] == tables:
                    tables = scanned
                    break
        return [Sheet(name, style not in hidden, str(index)) for index, (name, style) in enumerate(tables)]

    def _scan(self) -> list[tuple[str, str]]:
        """Names and styles of the tables by their tags alone: a tenth of the time of parsing a million rows."""
        tables: list[tuple[str, str]] = []
        depth, rest = 0, b""
        for chunk in Part(self._source, _CONTENT).chunks():
            piece = rest + chunk
            end = piece.rfind(b"<")
            piece, rest = (piece[:end], piece[end:]) if len(piece) - end < _LONGEST_TAG else (piece, b"")
            for tag in _TABLE_TAG.finditer(piece):
                if tag[1]:
                    depth -= 1
                    continue
                if not depth:
                    named = _NAMED.findall(tag[2].decode("utf-8", "replace"))
                    given = {name: html.unescape(value) for name, value in named}
                    tables.append((given.get("name", ""), given.get("style-name", "")))
                depth += not tag[2].endswith(b"/")
        return tables

    def _is_encrypted(self) -> bool:
        """With a password the parts are there, but scrambled; the manifest says so."""
        found = False

        def start(name: str, _attributes: dict[str, str]) -> None:
            nonlocal found
            found = found or local(name) == "encryption-data"

        reader = Part(self._source, "META-INF/manifest.xml")
        reader.parser.StartElementHandler = start
        try:
            reader.run()
        except ListProblem:  # some programs write none
            return False
        return found

    def rows(self, sheet: Sheet, remarks: BookRemarks, progress: Progress | None = None) -> Blocks:
        """The rows of ``sheet`` in blocks; see ``Book.rows``."""
        reader = Part(self._source, _CONTENT, progress)
        handlers = _TableHandlers(int(sheet.part), remarks)
        reader.parser.StartElementHandler = handlers.start
        reader.parser.EndElementHandler = handlers.end
        reader.parser.CharacterDataHandler = handlers.text
        for _ in reader.parse():
            if handlers.rows:
                rows, handlers.rows = handlers.rows, []
                yield rows
            if handlers.done:
                return


class _TableHandlers:
    def __init__(self, index: int, remarks: BookRemarks) -> None:
        self.rows: list[Row] = []
        self.done = False
        self._index, self._remarks = index, remarks
        self._table = -1
        self._depth = 0  # tables within cells are not ours
        self._row = 0
        self._repeat_row, self._repeat_cell = 1, 1
        self._hidden = False
        self._cells: list[str] = []
        self._type, self._value = "", ""
        self._pieces: list[str] = []
        self._paragraphs, self._ignored = 0, 0
        self._in_text = False

    @property
    def _ours(self) -> bool:
        return self._table == self._index and self._depth == 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._depth += 1
            self._table += self._depth == 1
        elif not self._ours:
            return
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._repeat_cell = _count(attributes.get("table:number-columns-repeated", ""))
            self._type = attributes.get("office:value-type", "") or attributes.get("calcext:value-type", "")
            key = {"date": "date", "time": "time", "boolean": "boolean", "string": "string"}.get(self._type, "")
            self._value = attributes.get(f"office:{key}-value" if key else "office:value", "")
            self._pieces.clear()
            self._paragraphs = 0
        elif name == "table:table-row":
            self._repeat_row = _count(attributes.get("table:number-rows-repeated", ""))
            self._hidden = attributes.get("table:visibility", "visible") != "visible"
            self._cells = []
        elif name == "text:p" and not self._ignored:
            if self._paragraphs:
                self._pieces.append("\n")
            self._paragraphs += 1
            self._in_text = True
        elif name == "text:s":
            self._pieces.append(" " * min(_count(attributes.get("text:c", "")), 1000))
        elif name in ("text:tab", "text:line-break"):
            self._pieces.append("\t" if name == "text:tab" else "\n")
        elif name == "office:annotation":  # a comment stuck to the cell
            self._ignored += 1

    def text(self, data: str) -> None:
        if self._in_text and not self._ignored and len(self._pieces) < 10_000:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "table:table":
            self.done = self.done or self._ours
            self._depth -= 1
        elif not self._ours:
            return
        elif name == "text:p":
            self._in_text = bool(self._ignored)
        elif name == "office:annotation":
            self._ignored -= 1
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell()
        elif name == "table:table-row":
            self._end_row()

    def _end_cell(self) -> None:
        content = self._content()
        room = MOST_COLUMNS - len(self._cells)
        if content and self._repeat_cell > room:
            self._remarks.too_wide = True
        self._cells.extend([content] * min(self._repeat_cell, max(room, 0)))

    def _content(self) -> str:
        shown = "".join(self._pieces)
        if self._type in ("float", "currency", "percentage"):
            return _padded(shown, number_text(self._value))
        if self._type == "boolean":
            return self._value.upper()
        if self._type == "date":
            return self._value.replace("T00:00:00", "").replace("T", " ").removesuffix(":00")
        if self._type == "time" and (found := _TIME.fullmatch(self._value)):
            return ":".join(found.groups()[: 2 if found[3] == "00" else 3])
        return shown or self._value

    def _end_row(self) -> None:
        first, self._row = self._row + 1, min(self._row + self._repeat_row, _MOST_ROWS)
        if not any(map(str.strip, self._cells)):
            return
        count = self._row - first + 1
        if self._hidden:
            self._remarks.hidden += count
            return
        cells = trimmed(self._cells)
        if count > _MOST_REPEATS:
            count = _MOST_REPEATS
            self._remarks.others.append(f"Row {first:,} is repeated endlessly: the first {count:,} are read.")
        self.rows.extend((number, list(cells)) for number in range(first, first + count))


def _count(text: str) -> int:
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1


def _padded(shown: str, number: str) -> str:
    """``number``, with the zeros or the plus that a format such as 00000 or +0 shows before it."""
    compact = _BLANKS.sub("", shown)
    if len(compact) > len(number) and number.isdigit() and compact.endswith(number) and _LED.fullmatch(compact):
        return compact
    return number

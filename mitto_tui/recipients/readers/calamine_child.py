"""A process of its own that reads a binary workbook with calamine; ``binary_book`` starts it.

One damaged byte of an XLS file can make calamine allocate without end, which aborts the process: this one, not the app.

Standard input is the workbook. Standard output is JSON, a value a line: first ``[[name, visible], …]`` for the sheets,
then, where a sheet is asked for, ``[[row number, [cell, …]], …]`` for each block of its rows. ``{"error": "password"}``
and ``{"error": "missing"}`` (calamine is) are said; any other end than with 0 means that the workbook is damaged.

Run as ``python calamine_child.py MODULES SHEET``: MODULES is the folder to import this program from, SHEET the index
of a sheet or -1.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Final

_MEMORY: Final = 1024**3
_ROWS: Final = 500


def main() -> None:
    """Read the workbook; may be ended by the system, or by what calamine raises."""
    modules, wanted = sys.argv[1:]
    _limit_memory()
    sys.path.append(modules)
    try:
        from python_calamine import PasswordError
    except ImportError:
        _say({"error": "missing"})
        return
    try:
        _read(int(wanted))
    except PasswordError:
        _say({"error": "password"})


def _read(wanted: int) -> None:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    from mitto_tui.recipients.readers.cells import MOST_COLUMNS, python_text, trimmed

    with CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())) as workbook:
        about = workbook.sheets_metadata
        _say(
            [
                (sheet.name, sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet)
                for sheet in about
            ]
        )
        if wanted < 0:
            return
        sheet = workbook.get_sheet_by_index(wanted)
        block: list[tuple[int, list[str]]] = []
        # Not iter_rows: from version to version it begins with the first row of the sheet or of the data.
        for number, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
            cells = trimmed([python_text(value) for value in values[:MOST_COLUMNS]])
            if any(map(str.strip, cells)):
                block.append((number, cells))
            if len(block) >= _ROWS:
                _say(block)
                block = []
        _say(block)


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()

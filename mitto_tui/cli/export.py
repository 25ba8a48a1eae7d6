"""Messages to a file: CSV for spreadsheets, JSONL for programs."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

from mitto_tui.cli.output import to_json
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import one_line

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell as a formula (OWASP, CSV injection)."""
FIELDS: Final = (
    *("id", "campaign", "to", "from", "text", "status", "mitto_id", "reference", "encoding", "segments", "attempts"),
    *("test", "created_at", "updated_at", "error"),
)
"""A history row's fields, in the order of the contract."""


def write_rows(file: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write ``rows`` to ``file`` (by its ending .csv or .jsonl), mode 0600; how many there were.

    The file appears whole or not at all. Raises MittoTuiError where it can't be written.
    """
    part: str | None = None
    try:
        # A name that nobody can foresee: the folder may be everybody's, with a trap laid under a fixed one.
        descriptor, part = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as output:
            write = _write_csv if file.suffix.lower() == ".csv" else _write_jsonl
            count = write(output, rows)
        os.replace(part, file)
        part = None
    except OSError as error:
        raise MittoTuiError(f"Can't write {one_line(str(file))}: {error.strerror or error}.") from error
    finally:
        if part is not None:
            os.unlink(part)
    return count


def harmless(value: object) -> str:
    """A cell that no spreadsheet runs: what would begin a formula gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _write_csv(output: TextIO, rows: Iterable[Mapping[str, Any]]) -> int:
    writer = csv.writer(output)
    writer.writerow(FIELDS)
    count = 0
    for row in rows:
        writer.writerow([harmless(row[field]) for field in FIELDS])
        count += 1
    return count


def _write_jsonl(output: TextIO, rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    for row in rows:
        output.write(to_json(row) + "\n")
        count += 1
    return count

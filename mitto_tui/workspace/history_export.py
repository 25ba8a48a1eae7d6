"""Messages to a file: CSV for spreadsheets, JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from mitto_tui.sms.visible import one_line
from mitto_tui.workspace.new_file import ExportProblem, ExportStopped, TargetExists, is_there, new_file

if TYPE_CHECKING:
    from mitto_tui.storage.history import History
    from mitto_tui.storage.rows import HistoryFilter, MessageRow

FORMATS: Final = (".csv", ".jsonl")
FIELDS: Final = (
    *("id", "campaign", "to", "from", "text", "status", "mitto_id", "reference", "encoding", "segments", "attempts"),
    *("test", "created_at", "updated_at", "error"),
)
"""A history row's fields, in the order of the contract."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet run a cell as a formula, the last four being the wide forms (OWASP, CSV injection)."""
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class HistoryExported:
    """What was written: so many messages to ``path``."""

    path: Path
    messages: int


def export_history(
    history: History,
    chosen: HistoryFilter,
    path: Path,
    *,
    oldest_first: bool = False,
    byte_order_mark: bool = False,
    overwrite: bool = False,
    progress: Callable[[int], None] = lambda done: None,
    stop: Callable[[], bool] = lambda: False,
) -> HistoryExported:
    """Write what meets ``chosen`` to ``path``, CSV (RFC 4180) or JSON lines by its ending, in UTF-8, a page at a time.

    The file is for its owner alone, and is there when it is whole or not at all; one that exists is only replaced with
    ``overwrite``. What comes in meanwhile is not in it. ``byte_order_mark`` begins a CSV file with one: without it
    Excel takes UTF-8 for another encoding; programs must then read it as ``utf-8-sig``.

    JSON lines give everything back exactly. CSV does where ``original`` is read out of each cell, but for two things:
    None is an empty cell, as an empty text is; and a lone surrogate, which UTF-8 doesn't have, is its escape, as
    ``\\udc80``. Numbers are digits, which a spreadsheet may show rounded; they are whole in the file.

    Raises ExportProblem (TargetExists of a file that may be replaced), ExportStopped, and the errors of
    ``storage.errors``. Blocks: call it in a thread.
    """
    path = Path(os.path.abspath(path))
    there, ending = is_there(path), path.suffix.lower()
    if ending not in FORMATS:
        raise ExportProblem(
            f"{one_line(path.name, 80)} must end in .csv or .jsonl.", "The ending says how it is written."
        )
    if there and not overwrite:
        raise TargetExists(one_line(path.name, 80))
    rows = _told(_rows(history, chosen, oldest_first), progress, stop)
    with new_file(path, overwrite=overwrite) as stream:
        done = _write_csv(stream, rows, marked=byte_order_mark) if ending == ".csv" else _write_jsonl(stream, rows)
    return HistoryExported(path, done)


def as_dict(row: MessageRow) -> dict[str, Any]:
    """A history row as the command line's contract has it."""
    return {
        "id": row.id,
        "campaign": row.campaign,
        "to": row.to,
        "from": row.sender,
        "text": row.text,
        "status": row.status,
        "mitto_id": row.mitto_id,
        "reference": row.reference,
        "encoding": row.encoding,
        "segments": row.segments,
        "attempts": row.attempts,
        "test": row.test,
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
        "error": row.error,
    }


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: ``2026-11-23T14:30:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def harmless(value: object) -> str:
    """A cell that no spreadsheet runs: what would begin a formula gets an apostrophe in front; ``original`` undoes it.

    So does what already has apostrophes in front of one, or it would be read back as something else.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def original(cell: str) -> str:
    """What ``harmless`` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell


def _rows(history: History, chosen: HistoryFilter, oldest_first: bool) -> Iterator[MessageRow]:
    """What there is now: what comes in while it is read is newer than the last of it, at either end."""
    rows = history.page(chosen, limit=1 if oldest_first else _PAGE)
    if not oldest_first:
        while rows:
            yield from rows
            rows = history.page(chosen, before=rows[-1].id, limit=_PAGE)
        return
    newest, before = rows[0].id if rows else 0, None
    while rows := history.page(chosen, before=before, limit=_PAGE, oldest_first=True):
        for row in rows:
            if row.id > newest:
                return
            yield row
        before = rows[-1].id


def _told(
    rows: Iterator[MessageRow], progress: Callable[[int], None], stop: Callable[[], bool]
) -> Iterator[MessageRow]:
    done = 0
    for row in rows:
        if not done % _PAGE:
            if stop():
                raise ExportStopped
            progress(done)
        yield row
        done += 1
    progress(done)


def _write_csv(stream: IO[bytes], rows: Iterator[MessageRow], *, marked: bool) -> int:
    encoding = "utf-8-sig" if marked else "utf-8"
    text = io.TextIOWrapper(stream, encoding=encoding, errors="backslashreplace", newline="")
    writer = csv.writer(text)
    writer.writerow(FIELDS)
    count = 0
    for row in rows:
        told = as_dict(row)
        writer.writerow([harmless(told[field]) for field in FIELDS])
        count += 1
    text.flush()
    text.detach()
    return count


def _write_jsonl(stream: IO[bytes], rows: Iterator[MessageRow]) -> int:
    count = 0
    for row in rows:
        stream.write(_line(as_dict(row)))
        count += 1
    return count


def _line(value: dict[str, Any]) -> bytes:
    try:
        return f"{json.dumps(value, ensure_ascii=False)}\n".encode()
    except UnicodeEncodeError:  # a lone surrogate: JSON has an escape for it
        return f"{json.dumps(value)}\n".encode()

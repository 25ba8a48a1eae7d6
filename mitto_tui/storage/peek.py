"""A look at a database file that changes nothing: no file is created, locked, recovered or written.

A newer program's file must be refused before SQLite opens it for real, since that alone can move pages from the
write-ahead log into the file. The newest committed header is in the log if page 1 is, else in the file itself
(https://www.sqlite.org/fileformat2.html, §1.3 and §4).
"""

from __future__ import annotations

import sqlite3
import stat
import struct
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_LOG_HEADER: Final = struct.Struct(">8I")
_FRAME_HEADER: Final = struct.Struct(">6I")
_LOG_MAGIC: Final = (0x377F0682, 0x377F0683)
_HEADER: Final = struct.Struct(">60xI4xI28x")  # user_version at 60, application_id at 68, of a header of 100 bytes


@dataclass(frozen=True, slots=True)
class Peek:
    """What stands in a database's header; ``foreign_tables`` where tables exist but no version of ours does."""

    version: int
    application_id: int
    foreign_tables: bool = False


def log_of(path: Path) -> Path:
    """The write-ahead log that belongs to the database ``path``."""
    return path.with_name(path.name + "-wal")


def size_of(path: Path) -> int:
    """The size of a file in octets, 0 where there is none. Raises OSError where that can't be known."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def peek(path: Path) -> Peek:
    """The version that ``path`` (which exists) has by its newest committed header, or version 0 for an empty file.

    Raises sqlite3.DatabaseError where the file is no database, OSError where it can't be read.
    """
    log = log_of(path)
    logged = _from_log(log) if size_of(log) else None
    if logged:
        return logged
    # Not a plain open(): closing the file anywhere in this process would drop SQLite's own locks on it.
    uri = path.as_uri() + "?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
            foreign = version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
        except sqlite3.DatabaseError:
            if not size_of(log):
                raise
            return Peek(0, 0)  # half way through a checkpoint the file alone makes no sense: only SQLite can judge
    return Peek(version, application_id, foreign)


def _from_log(log: Path) -> Peek | None:
    newest: Peek | None = None
    with suppress(struct.error), log.open("rb") as file:
        for committed in _headers(file):
            newest = committed
    return newest


def _headers(file: BinaryIO) -> Iterator[Peek]:
    """The database headers that a write-ahead log commits, oldest first; ends at the first frame that isn't current."""
    magic, _, page_size, _, salt_1, salt_2, _, _ = _LOG_HEADER.unpack(file.read(_LOG_HEADER.size))
    if magic not in _LOG_MAGIC:
        return
    pending: Peek | None = None
    position = _LOG_HEADER.size
    while True:
        file.seek(position)
        page, committed_pages, frame_salt_1, frame_salt_2, _, _ = _FRAME_HEADER.unpack(file.read(_FRAME_HEADER.size))
        if (frame_salt_1, frame_salt_2) != (salt_1, salt_2):
            return
        if page == 1:
            version, application_id = _HEADER.unpack(file.read(_HEADER.size))
            pending = Peek(version, application_id)
        if committed_pages and pending:
            yield pending
            pending = None
        position += _FRAME_HEADER.size + page_size

"""Everything that is true of SQLite only: how to connect, what its errors mean, and the few words that are its own."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, create_engine, event, func
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.pool import QueuePool

from mitto_tui.storage.errors import (
    DatabaseCorrupt,
    DatabaseFull,
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnavailable,
    StoreError,
)

__all__ = [
    "APPLICATION_ID",
    "add_function",
    "connect",
    "contains",
    "empty_log",
    "errors_of",
    "for_writing",
    "insert",
    "make_engine",
    "set_version",
    "use_write_ahead_log",
    "version_of",
    "without_foreign_keys",
]

APPLICATION_ID: Final = 0x4D54_5549
"""Marks a file as ours (SQLite's ``application_id``): "MTUI"."""

_WRITES: Final = "mitto_tui_writes"
_IDLE_CONNECTIONS: Final = 8
_LITTLE_ROOM: Final = 64 * 1024
_LOG_PAGES: Final = 8_000
"""Pages (4 KiB) in the log before it is written back. Campaigns change the same pages of their indexes over and over:
with SQLite's own 1,000 they are written back nearly every time, which takes as long again as everything else.
"""


def connect(path: Path, busy_timeout: float) -> sqlite3.Connection:
    """A connection to the existing file ``path``, durable at every commit. The caller begins and ends transactions.

    ``mode=rw``: a file that has vanished is an error, never silently a new and empty database.
    """
    connection = sqlite3.connect(
        path.as_uri() + "?mode=rw",
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        for pragma in ("synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        # The triggers that keep the index for searching use FTS5, which older SQLite counts among what only a trusted
        # schema may use. Nothing else that could be misused is within reach of SQL here.
        connection.execute("PRAGMA trusted_schema = ON")
        # What is deleted, or moved to another page, is overwritten: these are people's numbers and messages.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES:d}")
    except BaseException:
        connection.close()
        raise
    return connection


def use_write_ahead_log(connection: sqlite3.Connection, seconds: float) -> None:
    """Readers then never wait for a writer. Kept in the file, so it is done once; others may be doing it just now."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            # SQLite does not wait by itself here, where waiting could be a deadlock.
            if _primary(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def empty_log(path: Path, seconds: float) -> bool:
    """Write the log back into the file and leave nothing in it; whether nobody was in the way for so long."""
    with closing(connect(path, seconds)) as connection:
        return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def make_engine(path: Path, busy_timeout: float) -> Engine:
    """An engine whose connections any thread may use, one thread at a time; as many as are asked for."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: connect(path, busy_timeout),
        poolclass=QueuePool,
        pool_size=_IDLE_CONNECTIONS,
        max_overflow=-1,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def for_writing(connection: Connection) -> Connection:
    """Let the next transaction of ``connection`` take the write lock at its start, so that it can't fail half way."""
    return connection.execution_options(**{_WRITES: True})


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Before a transaction: nothing is looked up in it for whatever may point at what it deletes."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def version_of(connection: Connection) -> int:
    """The format's number: 0 in an empty file."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def set_version(connection: Connection, version: int) -> None:
    """Takes part in the transaction like anything else."""
    connection.exec_driver_sql(f"PRAGMA user_version = {version:d}")
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")


def contains(column: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether ``part`` stands in ``column``, character by character: no wildcards, and NUL is a character."""
    return func.instr(column, part) > 0


def add_function(connection: Connection, name: str, function: Callable[[Any], Any]) -> None:
    """Let the SQL of ``connection`` call ``function``, which must not raise, with one value as it is stored."""
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.create_function(name, 1, function, deterministic=True)


@contextmanager
def errors_of(path: Path, busy_timeout: float) -> Iterator[None]:
    """The one place where a database's and the operating system's errors become ours.

    What is done inside is SQL and the decoding of its rows, so a ValueError means a damaged value; one about a value
    that was to be stored comes wrapped, and goes on as it is.
    """
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise
        raise _translated(error.orig, path, busy_timeout) from error.orig
    except StatementError as error:  # a value was refused before SQLite saw it
        raise (error.orig or error) from None
    except OverflowError:
        raise StoreError(
            "A number is too large to be stored.", "Nothing was stored. Use a smaller number.", path
        ) from None
    except ValueError as error:
        raise DatabaseCorrupt(path, f"something stored makes no sense: {error}") from error
    except sqlite3.Error as error:
        raise _translated(error, path, busy_timeout) from error
    except OSError as error:
        raise _of_system(error, path) from error


def _primary(error: sqlite3.Error) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)  # missing on what the driver itself raises
    return None if code is None else code & 0xFF


_NO_ROOM: Final = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""What a quota or a limit on a file's size looks like: only an entirely full disk gives SQLITE_FULL."""


def _translated(error: sqlite3.Error, path: Path, busy_timeout: float) -> StoreError:
    detail = str(error)
    match _primary(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return DatabaseLocked(path, busy_timeout)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DatabaseCorrupt(path, detail)
        case sqlite3.SQLITE_READONLY:
            return DatabaseReadOnly(path)
        case sqlite3.SQLITE_FULL:
            return DatabaseFull(path)
        case sqlite3.SQLITE_IOERR:
            if error.sqlite_errorcode in _NO_ROOM or _free(path) < _LITTLE_ROOM:
                return DatabaseFull(path)
            return DatabaseUnavailable(path, f"{detail} ({error.sqlite_errorname})")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            if os.access(path, os.R_OK) and not os.access(path.parent, os.W_OK):
                return DatabaseReadOnly(path)  # the log beside it can't be created
            return DatabaseUnavailable(path, detail)
        case None if isinstance(error, sqlite3.OperationalError):
            return DatabaseCorrupt(path, detail)  # the driver's own: a text that is no text
        case _:
            return StoreError(f"The database {path} refused to do its work: {detail}.", path=path)


def _of_system(error: OSError, path: Path) -> StoreError:
    if error.errno == errno.EROFS:
        return DatabaseReadOnly(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DatabaseFull(path)
    return DatabaseUnavailable(path, error.strerror or str(error))


def _free(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return _LITTLE_ROOM

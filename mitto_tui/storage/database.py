"""One SQLite file, safe to use from many threads and processes at once."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection

from mitto_tui.storage import sqlite
from mitto_tui.storage.errors import DatabaseCorrupt, DatabaseLocked, DatabaseTooNew, DatabaseUnavailable, StoreError
from mitto_tui.storage.migrations import migrate
from mitto_tui.storage.peek import log_of, peek, size_of
from mitto_tui.storage.steps import STEPS, Step

BUSY_TIMEOUT: Final = 10.0
"""Seconds to wait for another process to finish writing."""

_EMPTYING: Final = 2.0
"""Seconds to wait for readers and writers when the log is to be emptied, which can be done later, too."""

_CREATING = threading.Lock()
"""Held while a new file is open outside SQLite: closing it would drop the locks of whoever opened it meanwhile."""


class Database:
    """An open store. Every method may be called from any thread; none may be called across a fork.

    Readers see the last commit and never wait. Writers take turns. A commit is on disk when ``write`` returns.
    """

    def __init__(self, path: Path, busy_timeout: float, known: int) -> None:
        """Use ``Database.open``. ``known`` is the newest format that may be written."""
        self.path = path
        self._known = known
        self._busy_timeout = busy_timeout
        self._engine = sqlite.make_engine(path, busy_timeout)
        self._write_lock = threading.Lock()
        self._writer: int | None = None
        self._watch_lock = threading.Lock()
        self._watcher = sqlite.connect(path, busy_timeout)
        self._closed = False
        self._file = _identity(path)

    @classmethod
    def open(cls, path: Path, *, busy_timeout: float = BUSY_TIMEOUT, steps: Sequence[Step] = STEPS) -> Self:
        """Open ``path``, creating it (0600, its folder 0700) or bringing its schema up to date.

        ``busy_timeout`` is in seconds; ``steps`` are the schema's. Raises the errors of ``storage.errors``; a file that
        is damaged, newer than this program, or another program's is left exactly as it is.
        """
        path = Path(os.path.realpath(path))
        with sqlite.errors_of(path, busy_timeout):
            with _CREATING:
                _refuse(path, len(steps))
                _make_private(path)
            database = cls(path, busy_timeout, len(steps))
            try:
                sqlite.use_write_ahead_log(database._watcher, busy_timeout)
                migrate(path, steps, database.read, database.write)
                _make_private(path)
            except BaseException:
                database.close()
                raise
            return database

    def close(self) -> None:
        """Let go of the file. Transactions under way still end normally. May be called again."""
        self._closed = True
        with self._watch_lock:
            self._watcher.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store throughout and changes nothing. For SQL only, and briefly."""
        with sqlite.errors_of(self.path, self._busy_timeout), self._connection() as connection:
            yield connection

    @contextmanager
    def write(self, *, foreign_keys: bool = True) -> Iterator[Connection]:
        """A transaction that holds the write lock; committed and on disk on leaving, rolled back on any error.

        For SQL only, and briefly: all other writers wait. Without ``foreign_keys`` SQLite doesn't look for what points
        at a row that is deleted, which takes a walk over the whole table where no index helps: it is for whoever
        deletes that first. Raises DatabaseLocked where the lock can't be had in time.
        """
        if self._writer == threading.get_ident():
            raise RuntimeError("a write transaction is open in this thread already")
        if not self._write_lock.acquire(timeout=self._busy_timeout):
            raise DatabaseLocked(self.path, self._busy_timeout)
        try:
            self._writer = threading.get_ident()
            with sqlite.errors_of(self.path, self._busy_timeout), self._connection() as connection:
                self._check_in_place()
                checks = nullcontext() if foreign_keys else sqlite.without_foreign_keys(connection)
                with checks, sqlite.for_writing(connection).begin():
                    self._check_known(connection)
                    yield connection
        finally:
            self._writer = None
            self._write_lock.release()

    def data_version(self) -> int:
        """A number that is different whenever anybody, this process included, has committed since it was last asked."""
        with sqlite.errors_of(self.path, self._busy_timeout), self._watch_lock:
            self._check_open()
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def empty_log(self) -> bool:
        """Write SQLite's log back into the file and leave nothing in it; False while somebody still reads from it."""
        self._check_open()
        with sqlite.errors_of(self.path, _EMPTYING):
            return sqlite.empty_log(self.path, _EMPTYING)

    def check(self) -> list[str]:
        """What is wrong with the file, page by page; empty where nothing is. Reads all of it."""
        try:
            with self.read() as connection:
                found = [str(line) for (line,) in connection.exec_driver_sql("PRAGMA quick_check")]
        except DatabaseCorrupt as error:
            return [error.message]
        return [] if found == ["ok"] else found

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        self._check_open()
        with self._engine.connect() as connection:
            try:
                yield connection
            finally:
                if self._closed:
                    connection.detach()  # the pool is gone: leaving closes the connection for good

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"The database {self.path} has been closed.", path=self.path)

    def _check_known(self, connection: Connection) -> None:
        # A newer program may have brought the file up to date while we had it open.
        version = sqlite.version_of(connection)
        if version > self._known:
            raise DatabaseTooNew(self.path, version, self._known)

    def _check_in_place(self) -> None:
        # SQLite would go on writing into a file that has no name any more, and all of it would be lost.
        if _identity(self.path) != self._file:
            raise DatabaseUnavailable(
                self.path, "the file was replaced while it was in use", "Nothing was stored. Restart mitto-tui."
            )


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _refuse(path: Path, known: int) -> None:
    """Raise for what must not be opened, having touched nothing."""
    logged = size_of(log_of(path))  # first: whoever creates a database has a file with pages in it before a log
    if path.exists() and not path.is_file():
        what = "it is a directory" if path.is_dir() else "it is not a regular file"
        raise DatabaseUnavailable(path, what, "Choose the path of a file.")
    if not size_of(path):
        if logged:
            raise DatabaseCorrupt(path, f"it is empty or gone, but its log {log_of(path).name} is still there")
        return
    found = peek(path)
    if found.foreign_tables or (found.version and found.application_id != sqlite.APPLICATION_ID):
        raise DatabaseUnavailable(path, "it belongs to another program", "Choose another path.")
    if found.version > known:
        raise DatabaseTooNew(path, found.version, known)


def _make_private(path: Path) -> None:
    """Create what is missing and take everybody else's rights away, whatever the umask. POSIX rights only."""
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        with suppress(FileExistsError):
            folder.mkdir(0o700)
            _set_mode(folder, 0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        _set_mode(path, 0o600)
    for file in (path, log_of(path), path.with_name(path.name + "-shm")):
        with suppress(OSError):  # not there, not ours, or on a disk that knows no rights
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & 0o077:
                _set_mode(file, mode & 0o700)


def _set_mode(path: Path, mode: int) -> None:
    if os.name == "posix":
        os.chmod(path, mode)

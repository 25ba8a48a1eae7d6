"""Disks and files as they go wrong: a clear error each time, and nothing that was stored is ever lost."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import (
    DatabaseCorrupt,
    DatabaseFull,
    DatabaseLocked,
    DatabaseUnavailable,
    StoreError,
)
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages

from .builders import T0, accepted, line, new_message, process, say, sent

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


def filled(path: Path, messages: int = 200) -> None:
    """A database of many pages, closed."""
    with Database.open(path) as database:
        store = Messages(database, "work")
        first = sent(store, accepted(), text="first").message_id
        with database.write() as connection:
            names = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(messages)") if row[1] != "id"]
            columns = ", ".join(names)
            connection.exec_driver_sql(
                f"INSERT INTO messages ({columns}) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                f"WHERE i < {messages}) SELECT {columns} FROM n, messages WHERE id = {first}"
            )


def refused(path: Path, error: type[StoreError]) -> StoreError:
    """Opening ``path`` fails with ``error``, whose words name the file, and leaves every file as it was."""
    before = {file: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    with pytest.raises(error) as caught:
        Database.open(path)
    assert {file: file.read_bytes() for file in path.parent.iterdir() if file.is_file()} == before
    assert str(path) in caught.value.message
    assert caught.value.message.endswith(".")
    assert caught.value.advice
    assert caught.value.path == path
    return caught.value


@pytest.mark.parametrize(
    "content",
    [b"xy", b"\0" * 8192, b"SQLite format 3\0", b"id,text\n1,hello\n" * 1000, random.Random(1).randbytes(20_000)],
    ids=["two", "zeros", "header", "csv", "random"],
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mitto.db"
    path.write_bytes(content)
    assert "copy" in refused(path, DatabaseCorrupt).advice


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_file_cut_off(path: Path, kept: float) -> None:
    filled(path)
    os.truncate(path, int(path.stat().st_size * kept))
    refused(path, DatabaseCorrupt)


def test_a_file_cut_to_nothing_while_its_log_is_there(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "mitto.db"
    with Database.open(path) as database:
        Messages(database, "work").add(new_message(), T0)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    refused(copy, DatabaseCorrupt)
    copy.touch()
    refused(copy, DatabaseCorrupt)


def test_a_damaged_page_is_reported_and_the_rest_can_still_be_read(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'messages'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * page_size)
        file.write(b"\xff" * page_size)
    damaged = path.read_bytes()
    with Database.open(path) as database:
        with pytest.raises(DatabaseCorrupt):
            History(database).page(HistoryFilter())
        with pytest.raises(DatabaseCorrupt):
            Messages(database, "work").add(new_message(), T0)
        assert database.check() != []
        assert len(History(database).attempts(1)) == 1
    assert path.read_bytes() == damaged


def test_no_damage_makes_anything_but_a_clear_error(path: Path, tmp_path: Path) -> None:
    """Bytes go wrong anywhere: whatever is still readable is read, the rest is an error with words."""
    filled(path)
    whole = path.read_bytes()
    chance = random.Random(20260301)
    outcomes: set[str] = set()
    for number in range(20):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 30, 3000))):
            content[chance.randrange(100, len(content))] = chance.randrange(256)
        damaged = tmp_path / f"{number}.db"
        damaged.write_bytes(content)
        try:
            with Database.open(damaged, busy_timeout=1) as database:
                history = History(database)
                for row in history.page(HistoryFilter(search="first"), limit=1000):
                    history.timeline(row.id)
                Messages(database, "work").add(new_message(), T0)
                database.check()
        except StoreError as error:
            outcomes.add(type(error).__name__)
        else:
            outcomes.add("readable")
    assert {"DatabaseCorrupt", "readable"} <= outcomes


def test_a_value_that_no_version_writes_is_damage(path: Path) -> None:
    with Database.open(path) as database:
        message_id = sent(Messages(database, "work"), accepted()).message_id
        for column, value in (("status", "'lost'"), ("created_at", "9e17"), ("text", "x'ff'")):
            with closing(sqlite3.connect(path)) as connection:
                (before,) = connection.execute(f"SELECT {column} FROM messages").fetchone()
                connection.execute(f"UPDATE messages SET {column} = {value}")
                connection.commit()
                with pytest.raises(DatabaseCorrupt):
                    History(database).get(message_id)
                connection.execute(f"UPDATE messages SET {column} = ?", (before,))
                connection.commit()
        assert History(database).get(message_id) is not None


def test_a_directory_in_the_files_place(tmp_path: Path) -> None:
    path = tmp_path / "mitto.db"
    path.mkdir()
    assert "it is a directory" in refused(path, DatabaseUnavailable).message


@posix_only
def test_a_pipe_in_the_files_place_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "mitto.db"
    os.mkfifo(path)
    refused(path, DatabaseUnavailable)


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(DatabaseUnavailable):
        Database.open(tmp_path / "data" / "mitto.db")
    with pytest.raises(DatabaseUnavailable):
        Database.open(tmp_path / "data" / "deeper" / "mitto.db")
    assert (tmp_path / "data").read_text() == "not a folder"


@posix_only
def test_a_link_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "mitto.db"
    path.symlink_to(path)
    with pytest.raises(DatabaseUnavailable):
        Database.open(path)


def test_a_lock_that_another_process_keeps(path: Path) -> None:
    script = """
import sys, sqlite3
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
print("free", flush=True)
"""
    with Database.open(path, busy_timeout=0.1) as database, process(script, path) as child:
        store = Messages(database, "work")
        message_id = store.add(new_message(), T0)
        assert line(child) == "locked"
        with pytest.raises(DatabaseLocked, match=r"more than 0\.1 seconds"):
            store.add(new_message(), T0)
        assert History(database).get(message_id) is not None
        with Database.open(path, busy_timeout=0.1) as another:  # nothing to migrate: opening does not write
            assert History(another).count(HistoryFilter()) == 1
        say(child, "go on")
        assert line(child) == "free"
        store.add(new_message(), T0)
        assert History(database).count(HistoryFilter()) == 2


def test_a_full_database(path: Path) -> None:
    with Database.open(path) as database:
        store, history = Messages(database, "work"), History(database)
        kept = store.add(new_message(), T0)

        def limit(pages: int) -> None:
            with database.read() as connection:  # alone here, so it is the connection that will write
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        limit(1)  # SQLite takes the present size then
        with pytest.raises(DatabaseFull) as caught:
            store.add(new_message("9" * 10_000), T0)
        assert "Make room" in caught.value.advice
        assert [row.id for row in history.page(HistoryFilter())] == [kept]
        limit(2**30)
        store.add(new_message("9" * 10_000), T0)
        assert history.count(HistoryFilter()) == 2


# Fills the database that it is given until it may not grow any more, then tells what went wrong.
_FILL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mitto_tui.sms.message import Options, check_message
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError
from mitto_tui.storage.messages import Messages

message = check_message("MITTO SMS", "491725551234", "9" * 5_000, Options())
LIMIT
stored = 0
try:
    with Database.open(Path(sys.argv[1])) as database:
        for _ in range(2_000):
            Messages(database, "work").add(message, datetime.now(UTC))
            stored += 1
except StoreError as error:
    print(type(error).__name__, stored, flush=True)
else:
    print("no error", stored, flush=True)
KEEP
"""


@posix_only
def test_a_limit_on_the_files_size(path: Path) -> None:
    script = _FILL.replace("LIMIT", "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))")
    with process(script.replace("KEEP", ""), path) as child:
        name, stored = line(child).split()
        assert child.wait() == 0
    assert name == "DatabaseFull"
    with Database.open(path) as database:
        assert database.check() == []
        assert History(database).count(HistoryFilter()) == int(stored) > 3


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is made with Linux namespaces")
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    mount = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x00020000 | (0 if os.geteuid() == 0 else 0x10000000)):
    print("no namespace", ctypes.get_errno(), flush=True); sys.exit()
libc.mount(b"none", b"/", None, 0x44000, None)
if libc.mount(b"tmpfs", os.fsencode(Path(sys.argv[1]).parent), b"tmpfs", 0, b"size=800k"):
    print("no mount", ctypes.get_errno(), flush=True); sys.exit()
"""
    check = """
with open(Path(sys.argv[1]).parent / "filler", "wb", buffering=0) as file:
    try:
        while file.write(b"x" * 4096):
            pass
    except OSError as error:
        print(error.errno, flush=True)
try:
    with Database.open(Path(sys.argv[1])) as database, database.read() as connection:
        print(connection.exec_driver_sql("SELECT count(*) FROM messages").scalar_one(), database.check(), flush=True)
except StoreError as error:
    print(type(error).__name__, flush=True)
(Path(sys.argv[1]).parent / "filler").unlink()
with Database.open(Path(sys.argv[1])) as database, database.read() as connection:
    print(connection.exec_driver_sql("SELECT count(*) FROM messages").scalar_one(), database.check(), flush=True)
"""
    with process(_FILL.replace("LIMIT", mount).replace("KEEP", check), tmp_path / "mitto.db") as child:
        name, *stored = line(child).split()
        if name == "no":
            pytest.skip(f"this machine gives no {' '.join(stored)}")
        assert name == "DatabaseFull"
        (count,) = stored
        assert int(count) > 3
        line(child)  # the rest of the disk is filled
        assert line(child) in (f"{count} []", "DatabaseFull", "DatabaseUnavailable")
        assert line(child) == f"{count} []"
        assert child.wait() == 0


# Runs as nobody, so that the rights of files count.
_AS_NOBODY = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from mitto_tui.sms.message import Options, check_message
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages

message = check_message("MITTO SMS", "491725551234", "Hello", Options())
if os.geteuid() == 0:
    import sqlalchemy.dialects.sqlite.pysqlite
    try:
        os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
    except PermissionError:
        print("can't become somebody else", flush=True); sys.exit()
print("ready", flush=True)

def tell(action):
    try:
        print(action(), flush=True)
    except StoreError as error:
        print(type(error).__name__, flush=True)

def read():
    with Database.open(Path(sys.argv[1])) as database:
        return History(database).count(HistoryFilter())

def write():
    with Database.open(Path(sys.argv[1])) as database:
        return Messages(database, "work").add(message, datetime.now(UTC))

tell(read)
tell(write)
"""
_NOBODY = 65534


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder that somebody else may enter: those that pytest makes are for their owner only."""
    with TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


def as_nobody(path: Path) -> list[str]:
    with process(_AS_NOBODY, path, _NOBODY) as child:
        if (began := line(child)) != "ready":
            pytest.skip(f"this root {began}, and rights don't bind it")
        told = [line(child), line(child)]
        assert child.wait() == 0
    return told


@posix_only
def test_a_file_that_may_only_be_read(tmp_path: Path) -> None:
    with shared_folder() as folder:
        path = folder / "data" / "mitto.db"
        filled(path, 5)
        if os.geteuid() == 0:
            shutil.chown(path.parent, _NOBODY)
            shutil.chown(path, _NOBODY)
        path.chmod(0o400)
        before = path.read_bytes()
        assert as_nobody(path) == ["6", "DatabaseReadOnly"]
        assert path.read_bytes() == before


@posix_only
def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    with shared_folder() as folder:
        path = folder / "data" / "mitto.db"
        filled(path, 5)
        path.chmod(0o644)
        path.parent.chmod(0o555)
        before = path.read_bytes()
        try:
            assert as_nobody(path) == ["DatabaseReadOnly", "DatabaseReadOnly"]
            assert path.read_bytes() == before
            assert as_nobody(path.with_name("new.db")) == ["DatabaseUnavailable", "DatabaseUnavailable"]
            assert list(path.parent.iterdir()) == [path]
        finally:
            path.parent.chmod(0o700)


@posix_only
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    with shared_folder() as folder:
        path = folder / "mitto.db"
        filled(path, 5)
        path.chmod(0o000)
        before = os.stat(path).st_size
        assert as_nobody(path) == ["DatabaseUnavailable", "DatabaseUnavailable"]
        assert os.stat(path).st_size == before

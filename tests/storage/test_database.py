"""One file: its rights, its durability, its transactions, from many threads."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import DatabaseLocked, DatabaseUnavailable, StoreError
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages

from .builders import T0, accepted, at, claim, line, new_message, process, say

posix_only = pytest.mark.skipif(os.name != "posix", reason="files have such rights on POSIX only")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


def beside(path: Path) -> set[Path]:
    return {path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")}


@posix_only
@pytest.mark.parametrize("value", [0o000, 0o022, 0o277])
def test_a_new_file_and_its_folders_are_for_their_owner_only(tmp_path: Path, value: int) -> None:
    path = tmp_path / "one" / "two" / "mitto.db"
    with umask(value), Database.open(path) as database:
        Messages(database, "work").add(new_message(), T0)
        assert set(path.parent.iterdir()) == beside(path)
        assert {mode(file) for file in beside(path)} == {0o600}
        assert {mode(path.parent), mode(path.parent.parent)} == {0o700}


@posix_only
def test_an_existing_folder_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with Database.open(tmp_path / "mitto.db"):
        assert mode(tmp_path) == 0o755


@posix_only
def test_files_that_others_could_read_are_tightened(path: Path) -> None:
    with Database.open(path) as first:
        Messages(first, "work").add(new_message(), T0)
        for file in beside(path):
            file.chmod(0o644)
        with Database.open(path):
            assert {mode(file) for file in beside(path)} == {0o600}


def test_every_connection_is_durable_and_checks_references(database: Database) -> None:
    def pragmas() -> list[object]:
        with database.read() as connection:
            return [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            ]

    with database.read():  # so that the next one is another connection
        assert pragmas() == ["wal", 2, 1, 1]
    assert pragmas() == ["wal", 2, 1, 1]


def test_closing_leaves_one_whole_file(path: Path) -> None:
    with Database.open(path) as database:
        message_id = Messages(database, "work").add(new_message("kept"), T0)
    assert list(path.parent.iterdir()) == [path]
    with Database.open(path) as database:
        found = History(database).get(message_id)
        assert found is not None
        assert found.text == "kept"
        assert database.check() == []


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    path = tmp_path / "a b?mode=memory&x=%41#y'\" ü" / "mitto.db"
    with Database.open(path) as database:
        Messages(database, "work").add(new_message(), T0)
    assert path.stat().st_size > 0


@posix_only
def test_a_link_leads_to_the_file(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    path.parent.mkdir()
    link.symlink_to(path)
    with Database.open(link) as database:
        Messages(database, "work").add(new_message(), T0)
    assert link.is_symlink()
    assert path.is_file()


def test_a_failed_transaction_leaves_nothing(database: Database, history: History, messages: Messages) -> None:
    messages.add(new_message(), T0)

    def fail() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE messages SET text = 'gone'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [row.text for row in history.page(HistoryFilter())] == ["Hello"]


def test_readers_never_wait_for_a_writer(database: Database, history: History, messages: Messages) -> None:
    messages.add(new_message("before"), T0)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE messages SET text = 'after'")
        assert [row.text for row in history.page(HistoryFilter())] == ["before"]
    assert [row.text for row in history.page(HistoryFilter())] == ["after"]


def test_a_reader_sees_one_state_throughout(database: Database, messages: Messages) -> None:
    count = "SELECT count(*) FROM messages"
    with database.read() as connection:
        assert connection.exec_driver_sql(count).scalar_one() == 0
        messages.add(new_message(), T0)
        assert connection.exec_driver_sql(count).scalar_one() == 0


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_itself(
    database: Database, messages: Messages
) -> None:
    with database.write(), pytest.raises(RuntimeError, match="open in this thread"):
        messages.add(new_message(), T0)
    messages.add(new_message(), T0)


def test_a_write_waits_for_another_thread_no_longer_than_the_timeout(path: Path) -> None:
    with Database.open(path, busy_timeout=0.05) as database:
        failed: list[BaseException] = []

        def write() -> None:
            try:
                Messages(database, "work").add(new_message(), T0)
            except StoreError as error:
                failed.append(error)

        with database.write():
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
        assert [type(error) for error in failed] == [DatabaseLocked]
        assert str(path) in str(failed[0])


def test_the_version_moves_with_every_commit_of_anybody(path: Path) -> None:
    with Database.open(path) as database, Database.open(path) as other:
        seen = [database.data_version()]
        assert database.data_version() == seen[-1]
        Messages(database, "work").add(new_message(), T0)
        seen.append(database.data_version())
        Messages(other, "work").add(new_message(), T0)
        seen.append(database.data_version())
        History(other).page(HistoryFilter())
        assert database.data_version() == seen[-1]
        assert len(set(seen)) == 3


def test_the_version_moves_with_another_process(path: Path) -> None:
    script = """
import sys, sqlite3
sys.stdin.readline()
connection = sqlite3.connect(sys.argv[1])
connection.execute("INSERT INTO meta VALUES ('p', 'k', 'v')")
connection.commit()
connection.close()
print("done", flush=True)
"""
    with Database.open(path) as database, process(script, path) as child:
        before = database.data_version()
        say(child, "go")
        assert line(child) == "done"
        assert database.data_version() != before


def test_opening_and_closing_again_leaves_the_locks_of_this_process_alone(path: Path) -> None:
    """POSIX drops all of a process's locks on a file when any descriptor of it is closed."""
    script = """
import sys, sqlite3
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error, flush=True)
else:
    print("not locked", flush=True)
connection.close()
"""
    with Database.open(path) as database:
        Messages(database, "work").add(new_message(), T0)
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE messages SET text = 'changed'")
            Database.open(path).close()
            with process(script, path) as child:
                assert line(child) == "database is locked"
                assert child.wait() == 0
        assert path.with_name(path.name + "-wal").exists()
        assert [row.text for row in History(database).page(HistoryFilter())] == ["changed"]
    assert list(path.parent.iterdir()) == [path]


def test_a_closed_database_says_so(path: Path) -> None:
    database = Database.open(path)
    database.close()
    database.close()
    for call in (
        lambda: Messages(database, "work").add(new_message(), T0),
        lambda: History(database).get(1),
        database.data_version,
    ):
        with pytest.raises(StoreError, match="has been closed"):
            call()


def test_a_transaction_that_is_under_way_outlives_closing(path: Path) -> None:
    database = Database.open(path)
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('p', 'k', 'v')")
        database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM meta").fetchall() == [("v",)]
    assert list(path.parent.iterdir()) == [path]


@posix_only
@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_written_into_a_file_that_has_been_taken_away(path: Path, replaced: bool) -> None:
    with Database.open(path) as database:
        moved = path.with_name("moved.db")
        path.rename(moved)
        if replaced:
            shutil.copy(moved, path)
        with pytest.raises(DatabaseUnavailable):
            Messages(database, "work").add(new_message(), T0)


def test_many_threads_at_once(path: Path) -> None:
    """Eight threads take messages through their lives while others read; nobody fails, nothing is lost."""
    with Database.open(path) as database:
        messages, history = Messages(database, "work"), History(database)
        failed: list[BaseException] = []
        writing = threading.Event()
        each = 6

        def write(number: int) -> None:
            try:
                for index in range(each):
                    begun = claim(messages, messages.add(new_message(f"{number}/{index}"), T0))
                    messages.record(begun, accepted(f"{number}-{index}"), at(2))
            except BaseException as error:
                failed.append(error)

        def read() -> None:
            try:
                while not writing.is_set():
                    for row in history.page(HistoryFilter(), limit=5):
                        assert len(history.timeline(row.id)) >= 1
                    assert sum(history.by_status("work").values()) <= 8 * each
                    database.data_version()
            except BaseException as error:
                failed.append(error)

        writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        readers = [threading.Thread(target=read) for _ in range(2)]
        for thread in [*writers, *readers]:
            thread.start()
        for thread in writers:
            thread.join()
        writing.set()
        for thread in readers:
            thread.join()
        assert failed == []
        rows = history.page(HistoryFilter(), limit=1000)
        assert {row.text for row in rows} == {f"{number}/{index}" for number in range(8) for index in range(each)}
        assert {(row.status.value, row.attempts) for row in rows} == {("accepted", 1)}

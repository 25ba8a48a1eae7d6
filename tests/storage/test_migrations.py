"""From an empty file to the newest format, whole or not at all; and no step on what is not ours."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect

from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.campaigns import Campaigns
from mitto_tui.storage.database import Database
from mitto_tui.storage.drafts import Draft, Drafts
from mitto_tui.storage.errors import DatabaseTooNew, DatabaseUnavailable, StoreError
from mitto_tui.storage.finding import FOUND
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.storage.schema import metadata
from mitto_tui.storage.steps import STEPS
from mitto_tui.storage.templates import Templates

from .builders import OWNER, T0, accepted, at, claim, line, new_message, outcome, process, say, sent


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file's content and time of change."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def described(connection: Connection) -> dict[str, object]:
    """Every table with its columns, keys and indexes."""
    found = inspect(connection)

    def table(name: str) -> dict[str, object]:
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)]
        keys = [(k["constrained_columns"], k["referred_table"]) for k in found.get_foreign_keys(name)]
        unique = [u["column_names"] for u in found.get_unique_constraints(name)]
        primary = found.get_pk_constraint(name)["constrained_columns"]
        return {
            "primary": primary,
            "columns": columns,
            "keys": sorted(map(str, keys)),
            "unique": sorted(map(str, unique)),
        }

    indexes = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    statements = sorted(" ".join(sql.split()) for (sql,) in indexes)
    names = [name for name in found.get_table_names() if not name.startswith(FOUND)]
    return {"indexes": statements} | {name: table(name) for name in names}


def test_the_steps_lead_to_the_schema_that_queries_use(database: Database) -> None:
    wanted = create_engine("sqlite://")
    metadata.create_all(wanted)
    with wanted.connect() as declared, database.read() as made:
        assert described(made) == described(declared)
    wanted.dispose()
    assert version(database.path) == len(STEPS)


@pytest.fixture
def old(path: Path) -> Path:
    """A file of version 1, as the program of that time left it."""
    path.parent.mkdir()
    path.write_bytes(gzip.decompress((Path(__file__).parent / "version_1.db.gz").read_bytes()))
    assert version(path) == 1
    return path


def everything(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table's rows, as they stand in the file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name.decode() for (name,) in found if not name.decode().startswith(FOUND)]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def test_a_file_of_version_1_is_brought_up_to_date_with_all_that_is_in_it(old: Path) -> None:
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("INSERT INTO campaigns VALUES (1, 'work', 'Spring', 'draft', 'hash', 0, 0)")
    before = everything(old)
    made = create_engine("sqlite://")
    metadata.create_all(made)
    with Database.open(old) as database, made.connect() as declared:
        with database.read() as connection:
            assert described(connection) == described(declared)
        assert database.check() == []
        drafts = Drafts(database)
        assert drafts.latest("work") == Draft(
            1, "work", "MITTO SMS", "+49 172", "Dear \ud83d", {"type": "auto", "reference": "\udc00"}, at(1)
        )
        assert drafts.count("sandbox") == 1
        newest = History(database).page(HistoryFilter(profile="work"))
        assert [message.status for message in newest] == [Status.IN_DOUBT, Status.DELIVERED, Status.QUEUED]
        for message in newest:
            assert message.id in [row.id for row in History(database).page(HistoryFilter(search=message.text))]
        added = (b"", b"", None, b"{}", b"{}", b"{}", None, None, b"", None, None, None, None)
        widened = [row + added for row in before["campaigns"]]
        names = ("templates", "campaign_kinds", "campaign_rows", "campaign_blocks", "list_shapes", "campaign_workers")
        new: dict[str, list[tuple[object, ...]]] = {name: [] for name in names}
        assert everything(old) == before | new | {"campaigns": widened}
        assert [(one.name, one.totals) for one in Campaigns(database).list()] == [("Spring", {})]
        assert Templates(database).save("Reminder", "Dear {name}").id == 1
        assert drafts.save(replace(drafts.list("work")[0], id=None)).id == 4  # 2 was deleted, 3 is the sandbox's
    assert version(old) == len(STEPS)
    made.dispose()


def test_a_draft_of_version_3_is_paged_through_like_any_other(path: Path) -> None:
    kinds = [(1, "ok", 2_500), (2, "invalid", 1_500)]
    with Database.open(path, steps=STEPS[:3]) as database, database.write() as connection:
        for campaign in (1, 2):
            connection.exec_driver_sql(
                "INSERT INTO campaigns (id, profile, name, state, content_hash, created_at, updated_at) "
                f"VALUES ({campaign}, 'work', 'Spring', 'draft', '', 0, 0)"
            )
            for kind, status, rows in kinds:
                connection.exec_driver_sql(
                    f"INSERT INTO campaign_kinds VALUES ({campaign}, {kind}, '{status}', '', '', '', '', '', '', NULL, "
                    f"0, {rows})"
                )
            connection.exec_driver_sql(
                "INSERT INTO campaign_rows WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 4000) "
                f"SELECT ({campaign} << 32) + i, i + 2, CASE WHEN i % 8 < 5 THEN 1 ELSE 2 END, '', 'x', '', "
                "CASE WHEN i % 8 < 5 THEN NULL ELSE 'invalid' END, NULL, NULL, NULL FROM n"
            )
    wanted = [place for place in range(4_000) if place % 8 >= 5]
    with Database.open(path) as database:
        campaigns = Campaigns(database)
        for campaign in (1, 2):
            found = campaigns.page(campaign, statuses=[RowStatus.INVALID], skip=900, limit=3)
            assert [stored.place for stored in found] == wanted[900:903]
            before = wanted[900]
            assert campaigns.count(campaign, statuses=[RowStatus.INVALID], before=before) == 900
        assert campaigns.delete(1)
    assert {row[0] for row in everything(path)["campaign_blocks"]} == {2}


def test_the_attempts_of_version_4_are_kept_and_may_then_share_a_token(path: Path) -> None:
    with Database.open(path, steps=STEPS[:4]) as database:
        messages = Messages(database, "work")
        doubtful = sent(messages, outcome(OutcomeKind.IN_DOUBT, raw="\udcff\x00", retry_after=1.5))
        sent(messages, accepted("ID-1", provider_time=at(3), message_parts=2, text_length=200))
        messages.send_again(doubtful.message_id, at(4))
        again = claim(messages, doubtful.message_id, 5)
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE attempts SET id = 70 WHERE id = 2")
            connection.exec_driver_sql(
                "INSERT INTO campaigns (id, profile, name, state, content_hash, created_at, updated_at) "
                "VALUES (7, 'work', 'Spring', 'draft', '', 0, 0)"
            )
    before = everything(path)
    with Database.open(path) as database:
        after = everything(path)
        assert len(after["attempts"]) == 3
        assert {name: rows for name, rows in after.items() if name in before and name != "campaigns"} == {
            name: rows for name, rows in before.items() if name != "campaigns"
        }
        found = Campaigns(database).get(7)
        assert found is not None
        assert (found.state, found.limits, found.reason, found.detail) == ("draft", None, None, "")
        messages = Messages(database, "work")
        assert messages.record(again, accepted("ID-2"), at(6)) is Status.ACCEPTED
        other = messages.add(new_message(), at(7))
        shared = messages.claim(other, token=again.token, owner=OWNER, lease_until=at(60), at=at(8))
        assert shared is not None
        assert database.check() == []


def test_an_older_program_refuses_the_newer_file(old: Path) -> None:
    with Database.open(old, steps=STEPS[:1]) as running:  # it has the file open when the newer one comes
        Database.open(old).close()
        with pytest.raises(DatabaseTooNew):
            Drafts(running).delete(1)
    with pytest.raises(DatabaseTooNew):
        Database.open(old, steps=STEPS[:1])
    with Database.open(old) as database:
        assert Drafts(database).get(1) is not None


def test_a_further_step_keeps_what_is_there(path: Path) -> None:
    with Database.open(path) as database:
        message_id = Messages(database, "work").add(new_message("kept"), T0)

    def second(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE meta ADD COLUMN note TEXT")

    for _ in range(2):  # the second time there is nothing to do
        with Database.open(path, steps=[*STEPS, second]) as database:
            found = History(database).get(message_id)
            assert found is not None
            assert found.text == "kept"
            with database.read() as connection:
                assert "note" in {column["name"] for column in inspect(connection).get_columns("meta")}
        assert version(path) == len(STEPS) + 1
    with pytest.raises(DatabaseTooNew):
        Database.open(path)


def _fails_in_python(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE half (done INTEGER)")
    connection.exec_driver_sql("DELETE FROM meta")
    connection.exec_driver_sql("DROP TRIGGER events_not_changed")
    raise ZeroDivisionError


def _fails_in_sql(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE half (done INTEGER)")
    connection.exec_driver_sql("DELETE FROM meta")
    connection.exec_driver_sql("CREATE TABLE messages (done INTEGER)")


@pytest.mark.parametrize(("step", "error"), [(_fails_in_python, ZeroDivisionError), (_fails_in_sql, StoreError)])
def test_a_step_that_fails_half_way_is_rolled_back_whole(
    path: Path, step: Callable[[Connection], None], error: type[Exception]
) -> None:
    with Database.open(path) as database, database.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('p', 'k', 'v')")

    def before(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE whole (done INTEGER)")

    with pytest.raises(error):
        Database.open(path, steps=[*STEPS, before, step])
    assert version(path) == len(STEPS) + 1  # the step before it stands
    assert list(path.parent.iterdir()) == [path]
    with closing(sqlite3.connect(path)) as plain:
        names = {name for (name,) in plain.execute("SELECT name FROM sqlite_master")}
        assert {"whole", "events_not_changed"} <= names
        assert "half" not in names
        assert plain.execute("SELECT value FROM meta").fetchall() == [("v",)]


def test_processes_that_open_a_new_file_at_once_make_it_once(path: Path) -> None:
    script = """
import sys
from pathlib import Path
from mitto_tui.sms.status import Status
from mitto_tui.storage.campaigns import Campaigns
from mitto_tui.storage.database import Database
from mitto_tui.storage.meta import Meta
print("ready", flush=True)
sys.stdin.readline()
with Database.open(Path(sys.argv[1])) as database:
    print(Meta(database).get_or_create("work", "token", lambda: sys.argv[2]), flush=True)
"""
    with process(script, path, "a") as one, process(script, path, "b") as two:
        children = [one, two]
        assert [line(child) for child in children] == ["ready"] * 2
        for child in children:
            say(child, "go")
        made = [line(child) for child in children]
        assert [child.wait() for child in children] == [0] * 2
    assert len(set(made)) == 1
    assert made[0] in ("a", "b")
    with Database.open(path) as database:
        assert database.check() == []


def _closed(path: Path) -> Iterator[None]:
    """A newer program's file at rest."""
    with Database.open(path) as database:
        Messages(database, "work").add(new_message(), T0)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    yield


def _open(path: Path) -> Iterator[None]:
    """A newer program's file in use, its version in the log only."""
    with Database.open(path) as database:
        Messages(database, "work").add(new_message(), T0)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA user_version = 99")
            yield


def _killed(path: Path) -> Iterator[None]:
    """A newer program's file after a crash: the version is in the log, and there is no index of the log."""
    elsewhere = path.with_name("elsewhere")
    with Database.open(elsewhere) as database:
        Messages(database, "work").add(new_message(), T0)
        with closing(sqlite3.connect(elsewhere, isolation_level=None)) as connection:
            connection.execute("PRAGMA user_version = 99")
            shutil.copy(elsewhere, path)
            shutil.copy(f"{elsewhere}-wal", f"{path}-wal")
    elsewhere.unlink()
    yield


@pytest.mark.parametrize("state", [_closed, _open, _killed])
def test_a_newer_file_is_refused_and_not_touched(path: Path, state: Callable[[Path], Iterator[None]]) -> None:
    for _ in state(path):
        before = snapshot(path.parent)
        with pytest.raises(DatabaseTooNew) as caught:
            Database.open(path)
        assert snapshot(path.parent) == before
        assert (caught.value.found, caught.value.known) == (99, len(STEPS))
        assert str(path) in caught.value.message
        assert "Update" in caught.value.advice


def test_a_newer_file_that_others_may_read_keeps_even_its_rights(path: Path) -> None:
    for _ in _closed(path):
        path.chmod(0o644)
        with pytest.raises(DatabaseTooNew):
            Database.open(path)
        assert path.stat().st_mode & 0o777 == 0o644


def test_a_file_that_becomes_newer_while_it_is_open_is_not_written_any_more(path: Path) -> None:
    def second(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE drafts")

    with Database.open(path) as database:
        message_id = Messages(database, "work").add(new_message(), T0)
        Database.open(path, steps=[*STEPS, second]).close()
        with pytest.raises(DatabaseTooNew, match="newer mitto-tui"):
            Messages(database, "work").cancel(message_id, T0)
        found = History(database).get(message_id)
        assert found is not None
        assert found.status is Status.QUEUED


def test_what_stands_in_the_log_after_a_crash_is_there_again(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with Database.open(path) as database:
        message_id = Messages(database, "work").add(new_message("in the log"), T0)
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    with Database.open(copy) as database:
        found = History(database).get(message_id)
        assert found is not None
        assert found.text == "in the log"


@pytest.mark.parametrize("wal", [False, True])
@pytest.mark.parametrize("number", [0, 1])
def test_another_programs_database_is_left_alone(path: Path, wal: bool, number: int) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if wal:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE theirs (a)")
        connection.execute(f"PRAGMA user_version = {number}")
    before = snapshot(path.parent)
    with pytest.raises(DatabaseUnavailable, match="another program"):
        Database.open(path)
    assert snapshot(path.parent) == before


def test_a_new_file_of_nothing_is_taken(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    os.chmod(path, 0o640)
    with Database.open(path) as database:
        Messages(database, "work").add(new_message(), T0)
    assert path.stat().st_mode & 0o777 == 0o600

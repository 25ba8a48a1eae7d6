"""Several processes on one file, and processes that die at the worst moment."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from mitto_tui.sms.status import EventKind, Status
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages

from .builders import T0, accepted, at, line, new_message, process, say

# A worker on the file, driven line by line.
_WORKER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from mitto_tui.sms.reference import new_token
from mitto_tui.sms.submission import Outcome, OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.messages import Messages

database = Database.open(Path(sys.argv[1]))
messages = Messages(database, "work")
owner = sys.argv[2]
now = lambda: datetime.now(UTC)

def claim(message_id):
    return messages.claim(message_id, token=new_token(), owner=owner, lease_until=now() + timedelta(hours=1), at=now())

print("ready", flush=True)
for order in sys.stdin:
    word, *numbers = order.split()
    if word == "claim":
        print(" ".join(str(number) for number in numbers if claim(int(number))), flush=True)
    elif word == "send":
        for number in numbers:
            claimed = claim(int(number))
            if claimed:
                messages.record(claimed, Outcome(OutcomeKind.ACCEPTED, "accepted", "", mitto_id=owner + number), now())
        print("done", flush=True)
    elif word == "write":
        # Half of a transaction is written when the order to die comes.
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE messages SET text = 'half'")
            connection.exec_driver_sql("DELETE FROM attempts")
            print("writing", flush=True)
            sys.stdin.readline()
"""


def test_of_processes_that_race_for_a_message_exactly_one_gets_it(path: Path) -> None:
    with Database.open(path) as database:
        messages = Messages(database, "work")
        added = [messages.add(new_message(), T0) for _ in range(40)]
        numbers = " ".join(map(str, added))
        with process(_WORKER, path, "one") as one, process(_WORKER, path, "two") as two:
            assert [line(one), line(two)] == ["ready", "ready"]
            say(one, f"claim {numbers}")
            say(two, f"claim {numbers}")
            got = [{int(number) for number in line(child).split()} for child in (one, two)]
        assert got[0] | got[1] == set(added)
        assert got[0] & got[1] == set()
        history = History(database)
        assert all(len(history.attempts(message_id)) == 1 for message_id in added)


def test_processes_that_write_at_once_all_get_their_turn(path: Path) -> None:
    with Database.open(path) as database:
        messages = Messages(database, "work")
        added = [messages.add(new_message(), T0) for _ in range(60)]
        with process(_WORKER, path, "one") as one, process(_WORKER, path, "two") as two:
            assert [line(one), line(two)] == ["ready", "ready"]
            say(one, "send " + " ".join(map(str, added[::2])))
            say(two, "send " + " ".join(map(str, added[1::2])))
            assert [line(one), line(two)] == ["done", "done"]
        assert History(database).by_status("work") == {Status.ACCEPTED: 60}
        assert database.check() == []


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_killed_between_claim_and_record(path: Path) -> None:
    """The claim is on disk, so the message is in doubt after the restart and is not sent again by itself."""
    with Database.open(path) as database:
        message_id = Messages(database, "work").add(new_message(), T0)
    with process(_WORKER, path, "worker") as child:
        assert line(child) == "ready"
        say(child, f"claim {message_id}")
        assert line(child) == str(message_id)
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL

    with Database.open(path) as database:
        messages, history = Messages(database, "work"), History(database)
        row = history.get(message_id)
        assert row is not None
        assert row.status is Status.SENDING
        (attempt,) = history.attempts(message_id)
        assert (attempt.owner, attempt.outcome) == ("worker", None)
        assert messages.abandoned(lambda owner: owner != "worker", at(1)) == [message_id]
        row = history.get(message_id)
        assert row is not None
        assert row.status is Status.IN_DOUBT
        assert messages.claim(message_id, token="t", owner="me", lease_until=at(60), at=at(2)) is None
        assert history.timeline(message_id)[-1].event.kind is EventKind.IN_DOUBT


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_killed_in_the_middle_of_a_transaction(path: Path) -> None:
    with Database.open(path) as database:
        messages, history = Messages(database, "work"), History(database)
        message_id = messages.add(new_message("whole"), T0)
        with process(_WORKER, path, "worker") as child:
            assert line(child) == "ready"
            say(child, "write")
            assert line(child) == "writing"
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        row = history.get(message_id)  # the lock has died with its owner, too
        assert row is not None
        assert row.text == "whole"
        messages.add(new_message(), T0)
        assert database.check() == []


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_killed_at_any_moment_of_many_sends(path: Path) -> None:
    """Whatever the moment, every message is queued, in doubt or accepted, and none is lost."""
    with Database.open(path) as database:
        messages, history = Messages(database, "work"), History(database)
        for round_ in range(2):
            added = [messages.add(new_message(), T0) for _ in range(20)]
            with process(_WORKER, path, "worker") as child:
                assert line(child) == "ready"
                before = database.data_version()
                say(child, "send " + " ".join(map(str, added)))
                for _ in range(5 + 12 * round_):  # commits, seen from outside
                    while (after := database.data_version()) == before:
                        assert child.poll() is None
                    before = after
                os.kill(child.pid, signal.SIGKILL)
                child.wait()
            messages.abandoned(lambda owner: False, at(1))
            rows = [history.get(message_id) for message_id in added]
            statuses = [row.status for row in rows if row is not None]
            assert len(statuses) == 20
            assert set(statuses) <= {Status.ACCEPTED, Status.IN_DOUBT, Status.QUEUED}
            assert statuses.count(Status.IN_DOUBT) <= 1
            assert statuses == sorted(statuses, key=[Status.ACCEPTED, Status.IN_DOUBT, Status.QUEUED].index)
        assert database.check() == []
        assert history.count(HistoryFilter()) == 40


def test_a_message_taken_by_another_process_is_not_ours(path: Path) -> None:
    with Database.open(path) as database:
        messages = Messages(database, "work")
        message_id = messages.add(new_message(), T0)
        ours = messages.claim(message_id, token="ours", owner="me", lease_until=at(60), at=at(1))
        assert ours is not None
        with process(_WORKER, path, "worker") as child:
            assert line(child) == "ready"
            say(child, f"claim {message_id}")
            assert line(child) == ""
        assert messages.record(ours, accepted(), at(2)) is Status.ACCEPTED

"""What a program does beside its work never spoils the work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mitto_tui.sms.message import Claim
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.messages import Messages
from mitto_tui.workspace.owner import Owner
from mitto_tui.workspace.tending import Tending
from tests.storage.builders import new_message, outcome

NOW = datetime.now(UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "messages.db") as database:
        yield database


def begun(messages: Messages, owner: str) -> Claim:
    """An attempt whose lease has run out: its answer could not be stored for so long."""
    message_id, token = messages.add(new_message(), NOW), f"{owner[:8]:x<8}"
    claim = messages.claim(message_id, token=token, owner=owner, lease_until=NOW - timedelta(seconds=1), at=NOW)
    assert claim is not None
    return claim


@pytest.mark.parametrize(("busy", "then"), [(True, Status.QUEUED), (False, Status.IN_DOUBT)])
def test_what_this_program_still_has_in_hand_is_not_put_in_doubt(
    database: Database, tmp_path: Path, busy: bool, then: Status
) -> None:
    messages = Messages(database, "work")
    with Owner(tmp_path / "owners") as owner:
        own, other = begun(messages, owner.id), begun(messages, "gone")
        Tending(database, "work", owner, lambda: None, lambda: NOW, lambda: busy).settle()
        assert messages.status(other.message_id) is Status.IN_DOUBT
        messages.record(own, outcome(OutcomeKind.NEVER_LEFT), NOW)
        assert messages.status(own.message_id) is then

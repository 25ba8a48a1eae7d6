"""Messages, outcomes and reports to try the store with, and real second processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mitto_tui.sms.message import Claim, NewMessage, Options, check_message
from mitto_tui.sms.reference import new_token
from mitto_tui.sms.report import DeliveryReport
from mitto_tui.sms.status import EventKind, ReportStatus
from mitto_tui.sms.submission import Outcome, OutcomeKind
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.rows import MessageRow

ROOT = Path(__file__).resolve().parents[2]
T0 = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
OWNER = "me"


def at(seconds: float) -> datetime:
    """A time of the test: ``seconds`` after its beginning."""
    return T0 + timedelta(seconds=seconds)


def new_message(text: str = "Hello", to: str = "491725551234", sender: str = "MITTO SMS", **options: Any) -> NewMessage:
    """A checked message."""
    return check_message(sender, to, text, Options(**options))


def outcome(kind: OutcomeKind, **fields: Any) -> Outcome:
    """An outcome with a reason and a detail."""
    fields.setdefault("reason", f"because_{kind.value}")
    fields.setdefault("detail", f"It was {kind.value}.")
    return Outcome(kind, **fields)


def accepted(mitto_id: str = "d88ae721-2938-45af-b8a0-b8de4231f702", **fields: Any) -> Outcome:
    """Mitto took it."""
    return outcome(OutcomeKind.ACCEPTED, mitto_id=mitto_id, http_status=200, response_code=0, **fields)


def report(status: ReportStatus = ReportStatus.DELIVERED, **fields: Any) -> DeliveryReport:
    """A delivery report."""
    fields.setdefault("status_text", status.value.upper())
    return DeliveryReport(status, **fields)


def claim(messages: Messages, message_id: int, seconds: float = 1, owner: str = OWNER) -> Claim:
    """Begin an attempt that is known to be possible, with a lease of a minute."""
    begun = messages.claim(message_id, token=new_token(), owner=owner, lease_until=at(seconds + 60), at=at(seconds))
    assert begun is not None
    return begun


def sent(messages: Messages, result: Outcome, **message: Any) -> Claim:
    """A new message with one attempt that ended with ``result``."""
    begun = claim(messages, messages.add(new_message(**message), T0))
    messages.record(begun, result, at(2))
    return begun


@contextmanager
def process(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process that runs ``script`` in this project; killed at the end if it has not ended."""
    child = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        try:
            yield child
        finally:
            child.kill()


def line(child: subprocess.Popen[str]) -> str:
    """The next line that ``child`` prints, without its end."""
    assert child.stdout is not None
    return child.stdout.readline().rstrip("\n")


def say(child: subprocess.Popen[str], text: str) -> None:
    """Give ``child`` a line to read."""
    assert child.stdin is not None
    child.stdin.write(text + "\n")
    child.stdin.flush()


def row_of(history: History, message_id: int) -> MessageRow:
    """A message that is known to be there."""
    found = history.get(message_id)
    assert found is not None
    return found


def kinds(history: History, message_id: int) -> list[EventKind]:
    """What happened to a message, in order."""
    return [entry.event.kind for entry in history.timeline(message_id)]

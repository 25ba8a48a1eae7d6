"""Campaigns to send, and what the store says became of them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mitto_tui.sms.checked_row import CheckedBatch, RowKind, RowStatus
from mitto_tui.sms.message import Options
from mitto_tui.sms.segments import Encoding
from mitto_tui.storage.campaigns import Campaign, Campaigns, NewCampaign
from mitto_tui.workspace.list_check import options_json

MOBILE = RowKind(RowStatus.OK, region="DE", line="mobile", encoding=Encoding.GSM, segments=1)


def numbers(count: int, first: int = 0) -> list[str]:
    """So many recipients."""
    return [f"49172{5_000_000 + first + number}" for number in range(count)]


def save(
    campaigns: Campaigns,
    to: Sequence[str],
    *,
    personalised: bool,
    profile: str = "default",
    options: Options | None = None,
) -> Campaign:
    """A draft for these recipients, all with one text or each with their own."""
    batch = CheckedBatch(
        places=range(len(to)),
        rows=range(2, len(to) + 2),
        kinds=[MOBILE] * len(to),
        to=to,
        written=to,
        texts=[text_for(number, personalised=personalised) for number in to],
        cells=[[number] for number in to],
        special={},
        details={},
    )
    new = NewCampaign(
        profile=profile,
        name="list.csv",
        sender="MITTO SMS",
        template="Dear {number}" if personalised else "Dear all",
        text=None if personalised else "Dear all",
        options=options_json(options or Options()),
        source={"name": "list.csv", "columns": ["number"]},
    )
    return campaigns.save(new, [batch], dict, lambda: datetime.now(UTC))


def text_for(number: str, *, personalised: bool) -> str:
    """What goes to this number."""
    return f"Dear {number}" if personalised else "Dear all"


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as it stands in the file."""

    to: str
    status: str
    attempts: int
    mitto_id: str | None
    finished: bool
    """Whether each attempt at it has a stored outcome."""


def ids(database: Path, campaign: int) -> list[int]:
    """Its messages, in the list's order."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT id FROM messages WHERE campaign = ? ORDER BY id", (campaign,))
        return [row[0] for row in rows]


def stored(home: Path, campaign: int) -> dict[str, Stored]:
    """A campaign's messages by their recipients, read from the file as anybody can."""
    query = """
        SELECT recipient, status, attempts, mitto_id,
            NOT EXISTS (SELECT 1 FROM attempts WHERE message_id = messages.id AND outcome IS NULL)
        FROM messages WHERE campaign = ? ORDER BY id
    """
    with closing(_open(home)) as connection:
        rows = connection.execute(query, (campaign,)).fetchall()
    found = {row[0]: Stored(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows}
    assert len(found) == len(rows), "a number is in the campaign twice"
    return found


def unfinished(home: Path) -> int:
    """How many attempts have no stored outcome."""
    with closing(_open(home)) as connection:
        return int(connection.execute("SELECT count(*) FROM attempts WHERE outcome IS NULL").fetchone()[0])


def queued(home: Path, campaign: int) -> int:
    """How many messages nobody has taken yet."""
    query = "SELECT count(*) FROM messages WHERE campaign = ? AND status = 'queued'"
    with closing(_open(home)) as connection:
        return int(connection.execute(query, (campaign,)).fetchone()[0])


def made(home: Path, campaign: int) -> int:
    """How many messages it has, in whatever status."""
    with closing(_open(home)) as connection:
        return int(connection.execute("SELECT count(*) FROM messages WHERE campaign = ?", (campaign,)).fetchone()[0])


def owners(home: Path) -> Counter[str]:
    """How many attempts each program has begun."""
    with closing(_open(home)) as connection:
        return Counter(dict(connection.execute("SELECT owner, count(*) FROM attempts GROUP BY owner").fetchall()))


def by_status(messages: Iterable[Stored]) -> Counter[str]:
    return Counter(message.status for message in messages)


def _open(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{(home / 'data' / 'messages.db').as_uri()}?mode=ro", uri=True, timeout=30)

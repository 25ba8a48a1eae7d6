"""The numbered steps from an empty file to the newest format, for SQLite.

A step is frozen once released: never edit one, append the next. Step n brings a file from version n - 1 to n, inside
one transaction that its caller begins and commits. To purge old messages, drop ``events_not_deleted``, delete, and
create it again, all in one write transaction: SQLite rolls changes of the schema back like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from mitto_tui.storage import step_search

Step = Callable[[Connection], None]
"""Brings the schema one version further. Must not begin, commit or roll back."""

_VERSION_1: Final = """
CREATE TABLE campaigns (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX campaigns_of_profile ON campaigns (profile, id);

CREATE TABLE messages (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL,
    campaign INTEGER REFERENCES campaigns (id),
    recipient TEXT NOT NULL,
    sender TEXT NOT NULL,
    type TEXT NOT NULL,
    encoding TEXT,
    segments INTEGER NOT NULL,
    reference TEXT,
    validity INTEGER,
    pid INTEGER,
    udh TEXT,
    flash BOOLEAN NOT NULL,
    callback TEXT,
    test BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    conflicting BOOLEAN NOT NULL,
    mitto_id TEXT,
    error TEXT,
    updated_at BIGINT NOT NULL,
    text TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX messages_newest ON messages (profile, id);
CREATE INDEX messages_by_status ON messages (profile, status, id);
CREATE INDEX messages_by_status_of_all ON messages (status, id);
CREATE INDEX messages_by_recipient ON messages (recipient, id);
CREATE INDEX messages_alone ON messages (profile, id) WHERE campaign IS NULL;
CREATE INDEX messages_of_campaign ON messages (campaign, id) WHERE campaign IS NOT NULL;
CREATE UNIQUE INDEX messages_once_a_campaign ON messages (campaign, recipient) WHERE campaign IS NOT NULL;

CREATE TABLE attempts (
    id INTEGER NOT NULL PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    number INTEGER NOT NULL,
    profile TEXT NOT NULL,
    token TEXT NOT NULL,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    claimed_at BIGINT NOT NULL,
    finished_at BIGINT,
    outcome TEXT,
    reason TEXT,
    detail TEXT,
    http_status INTEGER,
    response_code INTEGER,
    response_text TEXT,
    mitto_id TEXT,
    mitto_key TEXT,
    message_parts INTEGER,
    text_length INTEGER,
    provider_time BIGINT,
    retry_after FLOAT,
    test BOOLEAN,
    raw TEXT,
    UNIQUE (message_id, number),
    UNIQUE (token)
);
CREATE INDEX attempts_by_mitto_key ON attempts (profile, mitto_key) WHERE mitto_key IS NOT NULL;
CREATE INDEX attempts_unfinished ON attempts (lease_until) WHERE outcome IS NULL;

CREATE TABLE raw_reports (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL,
    source TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_text TEXT NOT NULL,
    mitto_id TEXT,
    mitto_key TEXT,
    token TEXT,
    reference TEXT,
    receiver TEXT,
    error_code TEXT,
    mccmnc TEXT,
    provider_time BIGINT,
    message_id INTEGER REFERENCES messages (id),
    attempt INTEGER,
    raw TEXT NOT NULL
);
CREATE INDEX reports_of_message ON raw_reports (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX reports_unmatched_by_key ON raw_reports (profile, mitto_key) WHERE message_id IS NULL;
CREATE INDEX reports_unmatched_by_token ON raw_reports (token) WHERE message_id IS NULL;

CREATE TABLE events (
    id INTEGER NOT NULL PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    attempt INTEGER,
    report TEXT,
    provider_time BIGINT,
    report_id INTEGER REFERENCES raw_reports (id),
    data TEXT NOT NULL
);
CREATE INDEX events_of_message ON events (message_id, id);

CREATE TABLE drafts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL,
    name TEXT,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    text TEXT NOT NULL,
    options TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_newest ON drafts (profile, updated_at);

CREATE TABLE opt_outs (
    profile TEXT NOT NULL,
    recipient TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (profile, recipient)
);

CREATE TABLE usage_fetches (
    id INTEGER NOT NULL PRIMARY KEY,
    profile TEXT NOT NULL,
    account TEXT NOT NULL,
    start TEXT NOT NULL,
    "end" TEXT NOT NULL,
    fetched_at BIGINT NOT NULL
);
CREATE INDEX usage_fetches_of_period ON usage_fetches (profile, account, start, "end", id);

CREATE TABLE usage (
    fetch_id INTEGER NOT NULL REFERENCES usage_fetches (id),
    position INTEGER NOT NULL,
    country TEXT NOT NULL,
    messages INTEGER,
    cost TEXT,
    PRIMARY KEY (fetch_id, position)
);

CREATE TABLE meta (
    profile TEXT NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (profile, "key")
);
"""

_VERSION_1_TRIGGERS: Final = (
    """
    CREATE TRIGGER events_not_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are only ever appended'); END
    """,
    """
    CREATE TRIGGER events_not_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are only ever appended'); END
    """,
    # INSERT OR REPLACE deletes what is in its way without asking the trigger above.
    """
    CREATE TRIGGER events_not_replaced BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'events are only ever appended'); END
    """,
)

_VERSION_2: Final = """
CREATE TABLE templates (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    text TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX templates_by_name ON templates (name_key);
"""


_VERSION_3: Final = """
ALTER TABLE campaigns ADD COLUMN sender TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN text TEXT;
ALTER TABLE campaigns ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE campaigns ADD COLUMN source TEXT NOT NULL DEFAULT '{}';
ALTER TABLE campaigns ADD COLUMN totals TEXT NOT NULL DEFAULT '{}';

CREATE TABLE campaign_kinds (
    campaign INTEGER NOT NULL REFERENCES campaigns (id),
    kind INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    sentence TEXT NOT NULL,
    changes TEXT NOT NULL,
    change TEXT NOT NULL,
    region TEXT NOT NULL,
    line TEXT NOT NULL,
    encoding TEXT,
    segments INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (campaign, kind)
);

CREATE TABLE campaign_rows (
    id INTEGER NOT NULL PRIMARY KEY,
    row INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    written TEXT NOT NULL,
    text TEXT NOT NULL,
    left_out TEXT,
    detail TEXT,
    repeats INTEGER,
    cells TEXT
);
CREATE INDEX campaign_rows_left_out ON campaign_rows (left_out, id) WHERE left_out IS NOT NULL;
"""

_VERSION_4: Final = """
CREATE TABLE campaign_blocks (
    campaign INTEGER NOT NULL REFERENCES campaigns (id),
    block INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (campaign, block, kind)
) WITHOUT ROWID;
INSERT INTO campaign_blocks (campaign, block, kind, rows)
    SELECT id >> 32, (id & 4294967295) / 2000, kind, count(*) FROM campaign_rows GROUP BY 1, 2, 3;

CREATE TABLE list_shapes (
    profile TEXT NOT NULL,
    shape TEXT NOT NULL,
    choices TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (profile, shape)
);
"""

# A request may be an attempt at many messages: their token isn't unique any more, and SQLite drops no constraint.
_VERSION_5: Final = """
CREATE TABLE attempts_of_5 (
    id INTEGER NOT NULL PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id),
    number INTEGER NOT NULL,
    profile TEXT NOT NULL,
    token TEXT NOT NULL,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    claimed_at BIGINT NOT NULL,
    finished_at BIGINT,
    outcome TEXT,
    reason TEXT,
    detail TEXT,
    http_status INTEGER,
    response_code INTEGER,
    response_text TEXT,
    mitto_id TEXT,
    mitto_key TEXT,
    message_parts INTEGER,
    text_length INTEGER,
    provider_time BIGINT,
    retry_after FLOAT,
    test BOOLEAN,
    raw TEXT,
    UNIQUE (message_id, number)
);
INSERT INTO attempts_of_5 (
    id, message_id, number, profile, token, owner, lease_until, claimed_at, finished_at, outcome, reason,
    detail, http_status, response_code, response_text, mitto_id, mitto_key, message_parts, text_length,
    provider_time, retry_after, test, raw
)
SELECT
    id, message_id, number, profile, token, owner, lease_until, claimed_at, finished_at, outcome, reason,
    detail, http_status, response_code, response_text, mitto_id, mitto_key, message_parts, text_length,
    provider_time, retry_after, test, raw
FROM attempts;
DROP TABLE attempts;
ALTER TABLE attempts_of_5 RENAME TO attempts;
CREATE INDEX attempts_by_token ON attempts (token);
CREATE INDEX attempts_by_mitto_key ON attempts (profile, mitto_key) WHERE mitto_key IS NOT NULL;
CREATE INDEX attempts_unfinished ON attempts (lease_until) WHERE outcome IS NULL;

CREATE INDEX messages_of_campaign_by_status ON messages (campaign, status, id) WHERE campaign IS NOT NULL;

ALTER TABLE campaigns ADD COLUMN limits TEXT;
ALTER TABLE campaigns ADD COLUMN reason TEXT;
ALTER TABLE campaigns ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN approved_through INTEGER;
ALTER TABLE campaigns ADD COLUMN approved_at BIGINT;
ALTER TABLE campaigns ADD COLUMN started_at BIGINT;
ALTER TABLE campaigns ADD COLUMN finished_at BIGINT;

CREATE TABLE campaign_workers (
    campaign INTEGER NOT NULL REFERENCES campaigns (id),
    owner TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (campaign, owner)
);
"""


def _version_1(connection: Connection) -> None:
    _run(connection, _VERSION_1)
    for trigger in _VERSION_1_TRIGGERS:
        connection.exec_driver_sql(trigger)


def _version_2(connection: Connection) -> None:
    _run(connection, _VERSION_2)


def _version_3(connection: Connection) -> None:
    _run(connection, _VERSION_3)


def _version_4(connection: Connection) -> None:
    _run(connection, _VERSION_4)


def _version_5(connection: Connection) -> None:
    _run(connection, _VERSION_5)


def _version_7(connection: Connection) -> None:
    _run(connection, "CREATE INDEX messages_by_time ON messages (profile, created_at)")


def _run(connection: Connection, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            connection.exec_driver_sql(statement)


STEPS: Final[tuple[Step, ...]] = (
    _version_1,
    _version_2,
    _version_3,
    _version_4,
    _version_5,
    step_search.version_6,
    _version_7,
)

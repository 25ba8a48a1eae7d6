"""The tables as they are now, for queries. How a file gets there is ``migrations``; a test holds the two together.

``events`` are the truth about a message and are only ever appended. The columns of ``messages`` from ``status`` on are
their projection (see ``projection``), written in the same transaction. All times are microseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Insert,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    insert,
    text,
)

from mitto_tui.storage.types import AnyText, JsonObject, Moment

metadata: Final = MetaData()

campaigns: Final = Table(
    "campaigns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", AnyText, nullable=False),
    Column("name", AnyText, nullable=False),
    Column("state", AnyText, nullable=False),
    Column("content_hash", AnyText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("sender", AnyText, nullable=False),
    Column("template", AnyText, nullable=False),
    Column("text", AnyText),
    Column("options", JsonObject, nullable=False),
    Column("source", JsonObject, nullable=False),
    Column("totals", JsonObject, nullable=False),
    Column("limits", JsonObject),
    Column("reason", AnyText),
    Column("detail", AnyText, nullable=False),
    Column("approved_through", Integer),
    Column("approved_at", Moment),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Index("campaigns_of_profile", "profile", "id"),
    sqlite_autoincrement=True,
)
"""``reason`` and ``detail`` say why a campaign is paused. ``approved_through`` is how many places of its list have been
made messages of, and NULL before its approval. ``finished_at`` of a cancelled one is when nothing of it was queued any
more: it is NULL while that is being done.
"""

campaign_workers: Final = Table(
    "campaign_workers",
    metadata,
    Column("campaign", Integer, ForeignKey("campaigns.id"), nullable=False),
    Column("owner", AnyText, nullable=False),
    Column("since", Moment, nullable=False),
    PrimaryKeyConstraint("campaign", "owner"),
)
"""Who is sending a campaign just now. A program that was killed leaves its row behind."""

campaign_kinds: Final = Table(
    "campaign_kinds",
    metadata,
    Column("campaign", Integer, ForeignKey("campaigns.id"), nullable=False),
    Column("kind", Integer, nullable=False),
    Column("status", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("sentence", AnyText, nullable=False),
    Column("changes", AnyText, nullable=False),
    Column("change", AnyText, nullable=False),
    Column("region", AnyText, nullable=False),
    Column("line", AnyText, nullable=False),
    Column("encoding", AnyText),
    Column("segments", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    PrimaryKeyConstraint("campaign", "kind"),
)

campaign_blocks: Final = Table(
    "campaign_blocks",
    metadata,
    Column("campaign", Integer, ForeignKey("campaigns.id"), nullable=False),
    Column("block", Integer, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    PrimaryKeyConstraint("campaign", "block", "kind"),
    sqlite_with_rowid=False,
)
"""How many rows of a kind are in a block of 2,000 places (see ``campaign_paging``); no row of this table means none."""

campaign_rows: Final = Table(
    "campaign_rows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("row", Integer, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("recipient", AnyText, nullable=False),
    Column("written", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("left_out", AnyText),
    Column("detail", AnyText),
    Column("repeats", Integer),
    Column("cells", AnyText),
    Index("campaign_rows_left_out", "left_out", "id", sqlite_where=text("left_out IS NOT NULL")),
)
"""A row's id is its campaign's in the upper bits and, in the lower 32, its place in the list from 0: a campaign is a
stretch of ids, found and deleted without an index, and written at the end of the table. ``kind`` is of that campaign.

These are no messages: nothing here can be claimed. ``left_out`` is the status of a row that is not ok, else NULL, and
then ``cells`` (JSON) has the row as it was read. ``text`` is empty where the campaign's own ``text`` is all rows'.
"""

messages: Final = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", AnyText, nullable=False),
    Column("campaign", Integer, ForeignKey("campaigns.id")),
    Column("recipient", AnyText, nullable=False),
    Column("sender", AnyText, nullable=False),
    Column("type", AnyText, nullable=False),
    Column("encoding", AnyText),
    Column("segments", Integer, nullable=False),
    Column("reference", AnyText),
    Column("validity", Integer),
    Column("pid", Integer),
    Column("udh", AnyText),
    Column("flash", Boolean, nullable=False),
    Column("callback", AnyText),
    Column("test", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("status", AnyText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("conflicting", Boolean, nullable=False),
    Column("mitto_id", AnyText),
    Column("error", AnyText),
    Column("updated_at", Moment, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("search", AnyText, nullable=False),
    Index("messages_newest", "profile", "id"),
    Index("messages_by_time", "profile", "created_at"),
    Index("messages_by_status", "profile", "status", "id"),
    Index("messages_by_status_of_all", "status", "id"),
    Index("messages_by_recipient", "recipient", "id"),
    Index("messages_alone", "profile", "id", sqlite_where=text("campaign IS NULL")),
    Index("messages_of_campaign", "campaign", "id", sqlite_where=text("campaign IS NOT NULL")),
    Index("messages_of_campaign_by_status", "campaign", "status", "id", sqlite_where=text("campaign IS NOT NULL")),
    Index("messages_once_a_campaign", "campaign", "recipient", unique=True, sqlite_where=text("campaign IS NOT NULL")),
    sqlite_autoincrement=True,
)

attempts: Final = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Integer, ForeignKey("messages.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("profile", AnyText, nullable=False),
    Column("token", AnyText, nullable=False),
    Column("owner", AnyText, nullable=False),
    Column("lease_until", Moment, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("outcome", AnyText),
    Column("reason", AnyText),
    Column("detail", AnyText),
    Column("http_status", Integer),
    Column("response_code", Integer),
    Column("response_text", AnyText),
    Column("mitto_id", AnyText),
    Column("mitto_key", AnyText),
    Column("message_parts", Integer),
    Column("text_length", Integer),
    Column("provider_time", Moment),
    Column("retry_after", Float),
    Column("test", Boolean),
    Column("raw", AnyText),
    UniqueConstraint("message_id", "number"),
    Index("attempts_by_token", "token"),
    Index("attempts_by_mitto_key", "profile", "mitto_key", sqlite_where=text("mitto_key IS NOT NULL")),
    Index("attempts_unfinished", "lease_until", sqlite_where=text("outcome IS NULL")),
)
"""Attempts of one request, each at another message, share their ``token``: it went out once, for all of them."""

raw_reports: Final = Table(
    "raw_reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", AnyText, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("status", AnyText, nullable=False),
    Column("status_text", AnyText, nullable=False),
    Column("mitto_id", AnyText),
    Column("mitto_key", AnyText),
    Column("token", AnyText),
    Column("reference", AnyText),
    Column("receiver", AnyText),
    Column("error_code", AnyText),
    Column("mccmnc", AnyText),
    Column("provider_time", Moment),
    Column("message_id", Integer, ForeignKey("messages.id")),
    Column("attempt", Integer),
    Column("raw", AnyText, nullable=False),
    Index("reports_of_message", "message_id", sqlite_where=text("message_id IS NOT NULL")),
    Index("reports_unmatched_by_key", "profile", "mitto_key", sqlite_where=text("message_id IS NULL")),
    Index("reports_unmatched_by_token", "token", sqlite_where=text("message_id IS NULL")),
    sqlite_autoincrement=True,
)

events: Final = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Integer, ForeignKey("messages.id"), nullable=False),
    Column("kind", AnyText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("attempt", Integer),
    Column("report", AnyText),
    Column("provider_time", Moment),
    Column("report_id", Integer, ForeignKey("raw_reports.id")),
    Column("data", JsonObject, nullable=False),
    Index("events_of_message", "message_id", "id"),
)

drafts: Final = Table(
    "drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", AnyText, nullable=False),
    Column("name", AnyText),
    Column("sender", AnyText, nullable=False),
    Column("recipient", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("options", JsonObject, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("drafts_newest", "profile", "updated_at"),
    sqlite_autoincrement=True,
)

templates: Final = Table(
    "templates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", AnyText, nullable=False),
    Column("name_key", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("templates_by_name", "name_key", unique=True),
    sqlite_autoincrement=True,
)

list_shapes: Final = Table(
    "list_shapes",
    metadata,
    Column("profile", AnyText, nullable=False),
    Column("shape", AnyText, nullable=False),
    Column("choices", JsonObject, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("profile", "shape"),
)

opt_outs: Final = Table(
    "opt_outs",
    metadata,
    Column("profile", AnyText, nullable=False),
    Column("recipient", AnyText, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("source", AnyText, nullable=False),
    PrimaryKeyConstraint("profile", "recipient"),
)

usage_fetches: Final = Table(
    "usage_fetches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", AnyText, nullable=False),
    Column("account", AnyText, nullable=False),
    Column("start", AnyText, nullable=False),
    Column("end", AnyText, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Index("usage_fetches_of_period", "profile", "account", "start", "end", "id"),
)

usage: Final = Table(
    "usage",
    metadata,
    Column("fetch_id", Integer, ForeignKey("usage_fetches.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("country", AnyText, nullable=False),
    Column("messages", Integer),
    Column("cost", AnyText),
    PrimaryKeyConstraint("fetch_id", "position"),
)

meta: Final = Table(
    "meta",
    metadata,
    Column("profile", AnyText, nullable=False),
    Column("key", AnyText, nullable=False),
    Column("value", AnyText, nullable=False),
    PrimaryKeyConstraint("profile", "key"),
)


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


def insert_row(connection: Connection, table: Table, values: Mapping[str, object]) -> int:
    """Insert one row; its id."""
    key = connection.execute(_insert(table), values).inserted_primary_key
    assert key is not None
    return int(key[0])

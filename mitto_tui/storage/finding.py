"""Finding messages among millions: by an index of all sequences of three characters, then by looking closely.

The index (FTS5, ``messages_found``) has a line for each message with its text, sender, reference and number. Triggers
keep it; see ``steps``. It gives candidates, newest first; each is compared with what was typed, since three characters
may stand apart. Mitto's id, which comes with the answer, is found by its beginning in the index that reports need
anyway: a line for it as well would make storing an answer sixteen times as dear.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    union,
    union_all,
)

from mitto_tui.storage import sqlite
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.storage.schema import attempts, messages
from mitto_tui.storage.search import Needle, fold_case, needle
from mitto_tui.storage.types import AnyText

FOUND: Final = "messages_found"
_SIZE: Final = 3
"""Characters of a sequence."""
_MOST: Final = 24
"""Sequences asked for; the close look does the rest."""
_LAST: Final = "\U0010ffff"
"""Sorts behind whatever an id may have."""
_FEW: Final = 20_000
"""Up to so many messages, found by another index, are looked at closely at once."""
_MERGED: Final = 4_000
"""Pages of the index rewritten in one transaction."""

_found: Final = table(FOUND, column("rowid"))
_merge: Final = f"INSERT INTO {FOUND} ({FOUND}, rank) VALUES ('merge', ?)"


def matches(search: str, profile: str | None) -> ColumnElement[bool]:
    """Whether a message of ``profile`` (None: of any) is what ``search`` means."""
    wanted = needle(search)
    return or_(_in_words(wanted), messages.c.id.in_(_by_id(wanted, profile)))


def some(
    filter: HistoryFilter,  # noqa: A002
    conditions: Sequence[ColumnElement[bool]],
    enough: int,
    *,
    oldest_first: bool = False,
) -> Select[tuple[int]] | None:
    """The ids of the first ``enough`` messages that the filter's search means and that meet ``conditions``, unsorted.

    ``oldest_first`` says from which end; there may be more than ``enough`` where an id was typed. None where search and
    sender are too short for the index.
    """
    meant, parts = None, []
    if filter.search.strip():
        meant = needle(filter.search)
        either = [meant.text] if meant.digits is None else [meant.text, meant.digits]
        if any(len(part) < _SIZE for part in either):
            return None
        parts.append(" OR ".join(f"({_sequences(part)})" for part in dict.fromkeys(either)))
    if filter.sender and len(sender := fold_case(filter.sender)) >= _SIZE:
        parts.append(_sequences(sender))
    if not parts:
        return None
    query = " AND ".join(f"({part})" for part in parts)
    line = _found.c.rowid
    close = [] if meant is None else [_in_words(meant)]
    by_words = (
        select(messages.c.id)
        .select_from(_found.join(messages, messages.c.id == line))
        .where(literal_column(FOUND).op("MATCH")(literal(query, AnyText)), *close, *conditions)
        .order_by(line.asc() if oldest_first else line.desc())
        .limit(enough)
        .subquery()
    )
    if meant is None:
        return select(by_words.c.id)
    by_id = select(messages.c.id).where(messages.c.id.in_(_by_id(meant, filter.profile)), *conditions).subquery()
    return select(union(select(by_words.c.id), select(by_id.c.id)).subquery().c.id)


def is_narrow(connection: Connection, filter: HistoryFilter, conditions: Sequence[ColumnElement[bool]]) -> bool:  # noqa: A002
    """Whether so few messages meet ``conditions``, all but the search, that looking at each of them is quickest."""
    if filter.to is not None:
        return True
    if filter.statuses is None and filter.campaign is None:
        return False
    some = select(messages.c.id).where(*conditions).limit(_FEW + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one()) <= _FEW


def merge_some(connection: Connection) -> bool:
    """Rewrite a part of the index without what was deleted from it; whether more is to be done.

    What was deleted stands there, as sequences of three characters, until then.
    """
    before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    connection.exec_driver_sql(_merge, (-_MERGED,))
    after = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    return bool(after - before >= 2)  # as SQLite's documentation of FTS5 has it


def _sequences(part: str) -> str:
    every = dict.fromkeys(part[at : at + _SIZE] for at in range(len(part) - _SIZE + 1))
    return " AND ".join('"' + one.replace('"', '""') + '"' for one in list(every)[:_MOST])


def _in_words(wanted: Needle) -> ColumnElement[bool]:
    found = sqlite.contains(messages.c.search, literal(wanted.text, AnyText))
    if not wanted.digits:
        return found
    return or_(found, sqlite.contains(messages.c.recipient, literal(wanted.digits, AnyText)))


def _by_id(wanted: Needle, profile: str | None) -> CompoundSelect[tuple[int]]:
    """The messages that the search may mean by an id: our own, that of a request, or the beginning of Mitto's."""
    of_attempts = select(attempts.c.message_id)
    either = [of_attempts.where(attempts.c.token == (wanted.token or None))]
    if wanted.message_id is not None:
        either.append(select(messages.c.id).where(messages.c.id == wanted.message_id))
    if wanted.mitto_key:
        first, last = (literal(key, AnyText) for key in (wanted.mitto_key, wanted.mitto_key + _LAST))
        begins = of_attempts.where(attempts.c.mitto_key >= first, attempts.c.mitto_key < last)
        either.append(begins if profile is None else begins.where(attempts.c.profile == profile))
    return union_all(*either)

"""Finding messages among millions: by an index of all sequences of three characters, then by looking closely.

The index (FTS5, ``messages_found``) has two lines a message: an even one with its text, sender, reference and number,
and an odd one with Mitto's id, which comes later. Triggers keep it; see ``steps``. It gives candidates, newest first;
each is compared with what was typed, since three characters may stand apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    column,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    union,
)

from mitto_tui.storage import sqlite
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.storage.schema import attempts, messages
from mitto_tui.storage.search import Needle, needle
from mitto_tui.storage.types import AnyText, within

FOUND: Final = "messages_found"
_SIZE: Final = 3
"""Characters of a sequence."""
_MOST: Final = 24
"""Sequences asked for; the close look does the rest."""
_FEW: Final = 20_000
"""Up to so many messages, found by another index, are looked at closely at once."""
_MERGED: Final = 4_000
"""Pages of the index rewritten in one transaction."""

_found: Final = table(FOUND, column("rowid"))
_merge: Final = f"INSERT INTO {FOUND} ({FOUND}, rank) VALUES ('merge', ?)"


def matches(search: str) -> ColumnElement[bool]:
    """Whether a message is what ``search`` means."""
    wanted = needle(search)
    either = [_in_words(wanted), _in_id(search, wanted)]
    if wanted.message_id is not None:
        either.append(messages.c.id == wanted.message_id)
    if wanted.token:
        either.append(_has_token(wanted.token))
    return or_(*either)


def newest(
    search: str, conditions: Sequence[ColumnElement[bool]], before: int | None, enough: int
) -> Select[tuple[int]] | None:
    """The ids of the newest ``enough`` messages that ``search`` means and that meet ``conditions``, in no order.

    None where ``search`` is too short for the index.
    """
    wanted = needle(search)
    query = _query(search, wanted)
    if query is None:
        return None
    line: ColumnElement[int] = _found.c.rowid
    in_words = _in_words(wanted)
    candidates = (
        select(messages.c.id)
        .select_from(_found.join(messages, messages.c.id == line.op(">>")(1)))
        .where(literal_column(FOUND).op("MATCH")(literal(query, AnyText)), *conditions)
        .where(case((line.op("&")(1) == 0, in_words), else_=and_(_in_id(search, wanted), not_(in_words))))
        .order_by(line.desc())
        .limit(enough)
    )
    if before is not None:
        candidates = candidates.where(line < within(before) * 2)
    either = [candidates.subquery()]
    exact = [messages.c.id == wanted.message_id] if wanted.message_id is not None else []
    if wanted.token:
        exact.append(_has_token(wanted.token))
    if exact:
        own = select(messages.c.id).where(or_(*exact), *conditions)
        either.append((own if before is None else own.where(messages.c.id < within(before))).subquery())
    return select(union(*(select(ids.c.id) for ids in either)).subquery().c.id)


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


def _query(search: str, wanted: Needle) -> str | None:
    """``search`` in FTS5's words, or None where something it may mean has fewer characters than a sequence."""
    meant = [wanted.text, _bare(search)]
    if wanted.digits:
        meant.append(wanted.digits)
    if any(len(part) < _SIZE for part in meant):
        return None
    return " OR ".join(f"({_sequences(part)})" for part in dict.fromkeys(meant))


def _sequences(part: str) -> str:
    every = dict.fromkeys(part[at : at + _SIZE] for at in range(len(part) - _SIZE + 1))
    return " AND ".join('"' + one.replace('"', '""') + '"' for one in list(every)[:_MOST])


def _bare(search: str) -> str:
    return search.strip().lower().replace("-", "").replace("\0", "\x01")


def _in_words(wanted: Needle) -> ColumnElement[bool]:
    found = sqlite.contains(messages.c.search, literal(wanted.text, AnyText))
    if not wanted.digits:
        return found
    return or_(found, sqlite.contains(messages.c.recipient, literal(wanted.digits, AnyText)))


def _in_id(search: str, wanted: Needle) -> ColumnElement[bool]:
    mitto_id = func.coalesce(func.lower(messages.c.mitto_id), "")
    found = sqlite.contains(mitto_id, literal(search.strip().lower(), AnyText))
    if not wanted.mitto_key:
        return found
    return or_(found, sqlite.contains(func.replace(mitto_id, "-", ""), literal(wanted.mitto_key, AnyText)))


def _has_token(token: str) -> ColumnElement[bool]:
    return messages.c.id.in_(select(attempts.c.message_id).where(attempts.c.token == token))

"""Drafts: what was being written, kept as typed."""

from __future__ import annotations

import builtins
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update

from mitto_tui.storage.database import Database
from mitto_tui.storage.rows import Draft, DraftHead
from mitto_tui.storage.schema import drafts, insert_row
from mitto_tui.storage.types import AnyRow, to_microseconds, within

__all__ = ["Draft", "DraftHead", "Drafts"]

_NEWEST_FIRST = (drafts.c.updated_at.desc(), drafts.c.id.desc())
_MICROSECOND: Final = timedelta(microseconds=1)


class Drafts:
    """Drafts of all profiles. Every method raises the errors of ``storage.errors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, draft: Draft, seen: datetime | None = None) -> Draft:
        """Insert ``draft``, or replace the one of its id; the draft as it is stored.

        ``seen`` is the ``updated_at`` that the caller read, or got from ``save``, last. Where somebody else has saved
        the draft since, theirs is left alone and this one becomes another draft, under an id of its own. Without
        ``seen`` the last one wins.

        A draft that somebody has deleted meanwhile is there again, under its id: what is being typed is never lost.
        A name that the draft has been given is kept where ``draft.name`` is None: only ``rename`` takes it away.
        ``updated_at`` grows with every save of a draft, by a microsecond where the clock says otherwise. Raises
        ValueError for naive times.
        """
        for moment in (draft.updated_at, seen):
            if moment is not None:
                to_microseconds(moment)
        with self._database.write() as connection:
            found = None
            if draft.id is not None:
                query = select(drafts.c.updated_at, drafts.c.name).where(drafts.c.id == within(draft.id))
                found = connection.execute(query).one_or_none()
            if found is None:
                if seen is not None:
                    draft = _after(draft, seen)
            elif seen is not None and found.updated_at != seen:
                draft = replace(draft, id=None)
            else:
                draft = replace(_after(draft, found.updated_at), name=found.name if draft.name is None else draft.name)
                connection.execute(update(drafts).where(drafts.c.id == draft.id).values(_values(draft)))
                return draft
            return replace(draft, id=insert_row(connection, drafts, _values(draft)))

    def list(self, profile: str, limit: int = 200) -> builtins.list[Draft]:
        """A profile's drafts, newest first, at most ``limit``."""
        query = select(drafts).where(drafts.c.profile == profile).order_by(*_NEWEST_FIRST).limit(within(max(limit, 0)))
        with self._database.read() as connection:
            return [_draft(row) for row in connection.execute(query)]

    def heads(self, profile: str, limit: int = 1000) -> builtins.list[DraftHead]:
        """What a list of drafts shows of each before its text is read: newest first, at most ``limit``."""
        columns = (drafts.c.id, drafts.c.name, drafts.c.recipient, drafts.c.updated_at)
        query = select(*columns).where(drafts.c.profile == profile).order_by(*_NEWEST_FIRST)
        with self._database.read() as connection:
            return [DraftHead(*row) for row in connection.execute(query.limit(within(max(limit, 0))))]

    def count(self, profile: str) -> int:
        """How many drafts a profile has."""
        query = select(func.count()).select_from(drafts).where(drafts.c.profile == profile)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def latest(self, profile: str) -> Draft | None:
        """The draft that was saved last."""
        found = self.list(profile, 1)
        return found[0] if found else None

    def get(self, draft_id: int) -> Draft | None:
        """One draft, or None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(select(drafts).where(drafts.c.id == within(draft_id))).one_or_none()
            return None if row is None else _draft(row)

    def rename(self, draft_id: int, name: str | None) -> bool:
        """Give a draft a name, or (None, or blank) take it away; whether there is such a draft.

        That is no change to what was written: ``updated_at`` stays, and so does the place among the drafts.
        """
        name = (name or "").strip() or None
        with self._database.write() as connection:
            changed = connection.execute(update(drafts).where(drafts.c.id == within(draft_id)).values(name=name))
            return changed.rowcount > 0

    def delete(self, draft_id: int, seen: datetime | None = None) -> bool:
        """Delete a draft; whether there was one. With ``seen`` (see ``save``), only if nobody has saved it since."""
        statement = delete(drafts).where(drafts.c.id == within(draft_id))
        if seen is not None:
            statement = statement.where(drafts.c.updated_at == seen)
        with self._database.write() as connection:
            return connection.execute(statement).rowcount > 0


def _after(draft: Draft, moment: datetime) -> Draft:
    """``draft``, saved later than ``moment``."""
    return draft if draft.updated_at > moment else replace(draft, updated_at=moment + _MICROSECOND)


def _values(draft: Draft) -> dict[str, object]:
    values: dict[str, object] = {
        "profile": draft.profile,
        "name": draft.name,
        "sender": draft.sender,
        "recipient": draft.recipient,
        "text": draft.text,
        "options": draft.options,
        "updated_at": draft.updated_at,
    }
    return values if draft.id is None else values | {"id": draft.id}


def _draft(row: AnyRow) -> Draft:
    return Draft(
        id=row.id,
        profile=row.profile,
        sender=row.sender,
        recipient=row.recipient,
        text=row.text,
        options=row.options,
        updated_at=row.updated_at,
        name=row.name,
    )

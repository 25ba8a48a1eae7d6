"""Drafts: what was being written, kept as typed."""

from __future__ import annotations

import builtins
from dataclasses import replace

from sqlalchemy import delete, select, update

from mitto_tui.storage.database import Database
from mitto_tui.storage.rows import Draft
from mitto_tui.storage.schema import drafts, insert_row
from mitto_tui.storage.types import AnyRow, within

__all__ = ["Draft", "Drafts"]

_NEWEST_FIRST = (drafts.c.updated_at.desc(), drafts.c.id.desc())


class Drafts:
    """Drafts of all profiles. Every method raises the errors of ``storage.errors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, draft: Draft) -> Draft:
        """Insert ``draft``, or replace the one of its id; the draft with its id.

        A draft that somebody has deleted meanwhile is there again, under its id: what is being typed is never lost.
        """
        values: dict[str, object] = {
            "profile": draft.profile,
            "name": draft.name,
            "sender": draft.sender,
            "recipient": draft.recipient,
            "text": draft.text,
            "options": draft.options,
            "updated_at": draft.updated_at,
        }
        with self._database.write() as connection:
            if draft.id is not None:
                changed = connection.execute(update(drafts).where(drafts.c.id == draft.id).values(values))
                if changed.rowcount:
                    return draft
                values["id"] = draft.id
            draft_id = insert_row(connection, drafts, values)
        return replace(draft, id=draft_id)

    def list(self, profile: str) -> builtins.list[Draft]:
        """A profile's drafts, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(drafts).where(drafts.c.profile == profile).order_by(*_NEWEST_FIRST))
            return [_draft(row) for row in rows]

    def latest(self, profile: str) -> Draft | None:
        """The draft that was saved last."""
        query = select(drafts).where(drafts.c.profile == profile).order_by(*_NEWEST_FIRST).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else _draft(row)

    def get(self, draft_id: int) -> Draft | None:
        """One draft, or None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(select(drafts).where(drafts.c.id == within(draft_id))).one_or_none()
            return None if row is None else _draft(row)

    def delete(self, draft_id: int) -> bool:
        """Delete a draft; whether there was one."""
        with self._database.write() as connection:
            return connection.execute(delete(drafts).where(drafts.c.id == within(draft_id))).rowcount > 0


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

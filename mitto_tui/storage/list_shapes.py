"""What a person chose for lists of a certain shape, to be proposed for the next list of that shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select

from mitto_tui.storage.database import Database
from mitto_tui.storage.schema import list_shapes
from mitto_tui.storage.sqlite import insert
from mitto_tui.storage.types import LARGEST

_KEPT: Final = 500
"""Shapes of a profile: a program that writes a new header with each list must not fill the store."""


@dataclass(frozen=True, slots=True)
class RememberedShape:
    """The ``choices``, as they were given, and when. ``updated_at`` is aware, UTC."""

    choices: Mapping[str, object]
    updated_at: datetime


class ListShapes:
    """Each profile's choices, by a list's shape: any text that is the same for lists to be read alike.

    Every method raises the errors of ``storage.errors``.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, profile: str, shape: str) -> RememberedShape | None:
        """What was chosen last for lists of this shape, or None."""
        c = list_shapes.c
        query = select(c.choices, c.updated_at).where(c.profile == profile, c.shape == shape)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else RememberedShape(row.choices, row.updated_at)

    def remember(self, profile: str, shape: str, choices: Mapping[str, object], at: datetime) -> None:
        """Keep ``choices``, of JSON's own types, in place of those before. Raises ValueError for a naive time.

        The newest 500 of a profile are kept, this one always.
        """
        c = list_shapes.c
        statement = insert(list_shapes).values(profile=profile, shape=shape, choices=choices, updated_at=at)
        others = select(c.shape).where(c.profile == profile, c.shape != shape).order_by(c.updated_at.desc(), c.shape)
        oldest = others.limit(LARGEST).offset(_KEPT - 1)
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    set_={"choices": statement.excluded.choices, "updated_at": statement.excluded.updated_at}
                )
            )
            connection.execute(delete(list_shapes).where(c.profile == profile, c.shape.in_(oldest)))

    def forget(self, profile: str, shape: str) -> None:
        """Keep nothing of this shape; it may be unknown."""
        c = list_shapes.c
        with self._database.write() as connection:
            connection.execute(delete(list_shapes).where(c.profile == profile, c.shape == shape))

"""Small facts that belong to a profile and to this store: keys and values."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, select

from mitto_tui.storage.database import Database
from mitto_tui.storage.schema import meta
from mitto_tui.storage.sqlite import insert


class Meta:
    """Keys and values of each profile; never an account's key. Every method raises the errors of ``storage.errors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, profile: str, key: str) -> str | None:
        """The value, or None where none was ever set."""
        with self._database.read() as connection:
            return _get(connection, profile, key)

    def set(self, profile: str, key: str, value: str) -> None:
        """Set the value, whatever it was."""
        row = {"profile": profile, "key": key, "value": value}
        statement = insert(meta).values(row)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(set_={"value": statement.excluded.value}))

    def get_or_create(self, profile: str, key: str, make: Callable[[], str]) -> str:
        """The value, made by ``make`` where there is none: everybody who asks, in any process, gets the same one."""
        found = self.get(profile, key)
        if found is not None:
            return found
        row = {"profile": profile, "key": key, "value": make()}
        with self._database.write() as connection:
            connection.execute(insert(meta).values(row).on_conflict_do_nothing())
            stored = _get(connection, profile, key)
        assert stored is not None
        return stored


def _get(connection: Connection, profile: str, key: str) -> str | None:
    return connection.execute(select(meta.c.value).where(meta.c.profile == profile, meta.c.key == key)).scalar()

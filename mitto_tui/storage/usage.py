"""What an account has used by country, as fetched from Mitto: each fetch is kept, and the latest is shown offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert, select

from mitto_tui.storage.database import Database
from mitto_tui.storage.schema import insert_row, usage, usage_fetches
from mitto_tui.storage.types import AnyRow, storable


@dataclass(frozen=True, slots=True)
class CountryUsage:
    """One country's line: ``country`` as Mitto names it (ISO 3166-1 alpha-3), None for what it didn't say."""

    country: str
    messages: int | None
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class FetchedUsage:
    """One fetch: the days ``start`` to ``end``, both included, in the order in which Mitto gave the countries."""

    profile: str
    account: str
    start: date
    end: date
    fetched_at: datetime
    rows: tuple[CountryUsage, ...]


class Usage:
    """Each profile's fetched usage. Both methods raise the errors of ``storage.errors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self, profile: str, account: str, start: date, end: date, rows: Sequence[CountryUsage], at: datetime
    ) -> None:
        """Keep what was fetched at ``at``, even where it is nothing."""
        fetch = {
            "profile": profile,
            "account": account,
            "start": start.isoformat(),
            "end": end.isoformat(),
            "fetched_at": at,
        }
        with self._database.write() as connection:
            fetch_id = insert_row(connection, usage_fetches, fetch)
            lines = [
                {
                    "fetch_id": fetch_id,
                    "position": position,
                    "country": row.country,
                    "messages": storable(row.messages),
                    "cost": None if row.cost is None else str(row.cost),
                }
                for position, row in enumerate(rows)
            ]
            if lines:
                connection.execute(insert(usage), lines)

    def latest(
        self, profile: str, account: str | None = None, start: date | None = None, end: date | None = None
    ) -> FetchedUsage | None:
        """The newest fetch, of the account and the days given or of any; None where nothing was ever fetched."""
        query = select(usage_fetches).where(usage_fetches.c.profile == profile)
        if account is not None:
            query = query.where(usage_fetches.c.account == account)
        if start is not None:
            query = query.where(usage_fetches.c.start == start.isoformat())
        if end is not None:
            query = query.where(usage_fetches.c.end == end.isoformat())
        with self._database.read() as connection:
            fetch = connection.execute(query.order_by(usage_fetches.c.id.desc()).limit(1)).one_or_none()
            if fetch is None:
                return None
            lines = connection.execute(select(usage).where(usage.c.fetch_id == fetch.id).order_by(usage.c.position))
            return FetchedUsage(
                profile=fetch.profile,
                account=fetch.account,
                start=date.fromisoformat(fetch.start),
                end=date.fromisoformat(fetch.end),
                fetched_at=fetch.fetched_at,
                rows=tuple(_country(line) for line in lines),
            )


def _country(line: AnyRow) -> CountryUsage:
    return CountryUsage(line.country, line.messages, None if line.cost is None else Decimal(line.cost))

"""Opt-outs: numbers that must not be written to. Looked at again at every claim, in the claim's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import one_line
from mitto_tui.storage.database import Database
from mitto_tui.storage.schema import opt_outs
from mitto_tui.storage.sqlite import insert

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class OptOut:
    """A number that opted out. ``recipient`` is digits only; ``source`` says where it came from, in any words."""

    recipient: str
    added_at: datetime
    source: str = ""


class OptOuts:
    """Each profile's opt-outs. Every method raises the errors of ``storage.errors``.

    Numbers are digits only, as they are stored with messages: anything else would never match, so it raises
    InvalidInput.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, profile: str, recipient: str, at: datetime, source: str = "") -> bool:
        """No message of ``profile`` is begun to ``recipient`` from now on; whether that is new."""
        return self.add_many(profile, [recipient], at, source) > 0

    def add_many(self, profile: str, recipients: Iterable[str], at: datetime, source: str = "") -> int:
        """All of them or, on any error, none; how many are new. Those known already keep their date."""
        rows = [
            {"profile": profile, "recipient": _digits(recipient), "added_at": at, "source": source}
            for recipient in dict.fromkeys(recipients)
        ]
        if not rows:
            return 0
        with self._database.write() as connection:
            return connection.execute(insert(opt_outs).on_conflict_do_nothing(), rows).rowcount

    def remove(self, profile: str, recipient: str) -> bool:
        """``recipient`` may be written to again; whether it had opted out."""
        which = (opt_outs.c.profile == profile, opt_outs.c.recipient == _digits(recipient))
        with self._database.write() as connection:
            return connection.execute(delete(opt_outs).where(*which)).rowcount > 0

    def contains(self, profile: str, recipient: str) -> bool:
        """Whether ``recipient`` has opted out."""
        which = (opt_outs.c.profile == profile, opt_outs.c.recipient == _digits(recipient))
        with self._database.read() as connection:
            return connection.execute(select(opt_outs.c.recipient).where(*which)).one_or_none() is not None

    def numbers(self, profile: str) -> frozenset[str]:
        """The numbers of everybody who opted out, to look whole lists up in."""
        query = select(opt_outs.c.recipient).where(opt_outs.c.profile == profile)
        with self._database.read() as connection:
            return frozenset(connection.scalars(query))

    def all(self, profile: str) -> list[OptOut]:
        """Everybody who opted out, in the order of their numbers."""
        query = select(opt_outs).where(opt_outs.c.profile == profile).order_by(opt_outs.c.recipient)
        with self._database.read() as connection:
            return [OptOut(row.recipient, row.added_at, row.source) for row in connection.execute(query)]


def _digits(recipient: str) -> str:
    if not (recipient.isascii() and recipient.isdigit()):
        raise InvalidInput(
            "number", f"{one_line(recipient, _SHOWN) or 'Nothing'} is not a number in digits, with its country code."
        )
    return recipient

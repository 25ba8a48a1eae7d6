"""Opt-outs: numbers that must not be written to. Looked at again at every claim, in the claim's own transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, literal, or_, select

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import one_line
from mitto_tui.storage.database import Database
from mitto_tui.storage.schema import opt_outs
from mitto_tui.storage.sqlite import contains, insert
from mitto_tui.storage.types import AnyText

_SHOWN = 40
_IN_BRACKETS = re.compile(r"\(\s*0\s*\)")


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
            return [_opt_out(row) for row in connection.execute(query)]

    def get(self, profile: str, recipient: str) -> OptOut | None:
        """What is known of the number's opting out, or None where it hasn't."""
        query = select(opt_outs).where(opt_outs.c.profile == profile, opt_outs.c.recipient == _digits(recipient))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else _opt_out(row)

    def page(self, profile: str, search: str = "", *, first: str = "", skip: int = 0, limit: int = 100) -> list[OptOut]:
        """Some of those that ``search`` finds, in the order of their numbers as text, from the number ``first`` on.

        ``search`` is part of a number in any notation, or part of a source, whatever the case of the letters a to z.
        """
        conditions = [*_sought(profile, search), opt_outs.c.recipient >= first]
        query = select(opt_outs).where(*conditions).order_by(opt_outs.c.recipient).offset(skip).limit(limit)
        with self._database.read() as connection:
            return [_opt_out(row) for row in connection.execute(query)]

    def count(self, profile: str, search: str = "", *, before: str | None = None) -> int:
        """How many ``search`` finds, or how many of them come before the number ``before``."""
        conditions = _sought(profile, search)
        if before is not None:
            conditions.append(opt_outs.c.recipient < before)
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(opt_outs).where(*conditions)).scalar_one())


def _sought(profile: str, search: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [opt_outs.c.profile == profile]
    text = search.strip()
    if not text:
        return found
    # SQLite lowers a to z alone; for other letters the usual ways to write a word must do.
    cases = dict.fromkeys((text, text.lower(), text.upper(), text.capitalize()))
    either = [contains(opt_outs.c.source, literal(case, AnyText)) for case in cases]
    either.append(contains(func.lower(opt_outs.c.source), literal(text.lower(), AnyText)))
    if digits := digits_sought(text):
        either.append(contains(opt_outs.c.recipient, literal(digits, AnyText)))
    found.append(or_(*either))
    return found


def digits_sought(search: str) -> str:
    """The digits that a part of a number has in E.164, however it was written; empty where it is no part of one.

    What is dialled before a country code or within a country (00, 0) isn't among them.
    """
    text = _IN_BRACKETS.sub("", search)
    if any(char.isalpha() for char in text):
        return ""
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    return digits.lstrip("0") or digits


def _opt_out(row: Row[*tuple[Any, ...]]) -> OptOut:
    return OptOut(row.recipient, row.added_at, row.source)


def _digits(recipient: str) -> str:
    if not (recipient.isascii() and recipient.isdigit()):
        raise InvalidInput(
            "number", f"{one_line(recipient, _SHOWN) or 'Nothing'} is not a number in digits, with its country code."
        )
    return recipient

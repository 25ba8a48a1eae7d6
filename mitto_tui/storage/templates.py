"""Saved templates: texts kept under names, for all profiles."""

from __future__ import annotations

import builtins
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, delete, select, update

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import visible
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError
from mitto_tui.storage.rows import SavedTemplate
from mitto_tui.storage.schema import insert_row, templates
from mitto_tui.storage.search import fold_case
from mitto_tui.storage.types import AnyRow, within

__all__ = ["LONGEST_NAME", "NameTaken", "SavedTemplate", "Templates", "UnknownTemplate"]

LONGEST_NAME: Final = 60
"""Characters."""
_FIELD: Final = "name"
_DIGITS: Final = re.compile(r"(\d+)")
# Latin letters that are letters of their own to Unicode, and sorted beside their look-alikes by most people.
_PLAIN: Final = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


class NameTaken(InvalidInput):
    """Another template has that name, or one that differs in case only. ``template`` is it."""

    def __init__(self, template: SavedTemplate) -> None:
        super().__init__(
            _FIELD,
            f"There is a template called {template.name} already.",
            "Choose another name, or replace that template's text.",
        )
        self.template = template


class UnknownTemplate(StoreError):
    """There is no such template any more."""

    def __init__(self, template_id: int) -> None:
        super().__init__("This template was deleted in the meantime.", "Save it again under a name to keep it.")
        self.template_id = template_id


class Templates:
    """The saved templates of all profiles. Every method raises the errors of ``storage.errors``.

    A name is 1 to 60 characters, blanks around it not counted, that can be seen on one line; else InvalidInput. No two
    templates have names that are the same but for case, composition of accents, or blanks. Texts are kept exactly.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    def list(self) -> builtins.list[SavedTemplate]:
        """All of them by name, as people sort: A, ä, B; 2 before 10."""
        with self._database.read() as connection:
            found = [_template(row) for row in connection.execute(select(templates))]
        return sorted(found, key=lambda template: (_sort_key(template.name), template.name))

    def get(self, template_id: int) -> SavedTemplate | None:
        """One template, or None where there is none."""
        with self._database.read() as connection:
            return _get(connection, template_id)

    def find(self, name: str) -> SavedTemplate | None:
        """The template that has this name, whatever its case, or None. Any text may be asked for."""
        with self._database.read() as connection:
            return _find(connection, name)

    def save(self, name: str, text: str) -> SavedTemplate:
        """Keep a new template. Raises InvalidInput for the name, NameTaken where another has it."""
        name = _checked(name)
        now = self._now()
        values = {"name": name, "name_key": _key(name), "text": text, "updated_at": now}
        with self._database.write() as connection:
            if other := _find(connection, name):
                raise NameTaken(other)
            return SavedTemplate(insert_row(connection, templates, values), name, text, now)

    def replace(self, template_id: int, text: str) -> SavedTemplate:
        """Another text under the same name. Raises UnknownTemplate where it was deleted."""
        return self._change(template_id, text=text)

    def rename(self, template_id: int, name: str) -> SavedTemplate:
        """The same text under another name. Raises InvalidInput, NameTaken, and UnknownTemplate as ``replace``."""
        return self._change(template_id, name=_checked(name))

    def delete(self, template_id: int) -> bool:
        """Delete a template; whether there was one."""
        with self._database.write() as connection:
            return connection.execute(delete(templates).where(templates.c.id == within(template_id))).rowcount > 0

    def _change(self, template_id: int, name: str | None = None, text: str | None = None) -> SavedTemplate:
        now = self._now()
        values: dict[str, object] = {"updated_at": now}
        if text is not None:
            values["text"] = text
        if name is not None:
            values |= {"name": name, "name_key": _key(name)}
        with self._database.write() as connection:
            if name is not None and (other := _find(connection, name)) and other.id != template_id:
                raise NameTaken(other)
            connection.execute(update(templates).where(templates.c.id == within(template_id)).values(values))
            changed = _get(connection, template_id)
        if changed is None:
            raise UnknownTemplate(template_id)
        return changed


def _checked(name: str) -> str:
    """``name`` as it is stored. Raises InvalidInput."""
    name = unicodedata.normalize("NFC", name.strip())
    if all(unicodedata.category(char)[0] in "MZ" for char in name):
        raise InvalidInput(_FIELD, "The template has no name.", "Type a name for it.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(
            _FIELD,
            f"The name has {len(name):,} characters; a template's name has at most {LONGEST_NAME}.",
            "Choose a shorter one.",
        )
    if (shown := visible(name)) != name:
        raise InvalidInput(
            _FIELD, f"The name has a character in it that can't be seen: {shown}.", "Type it without that character."
        )
    return name


def _key(name: str) -> str:
    return fold_case(" ".join(name.split()))


def _sort_key(name: str) -> builtins.list[str | int]:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(char for char in letters if not unicodedata.combining(char)).translate(_PLAIN)
    # Texts and digits take turns, so that a text is never compared with a number.
    return [int(part) if index % 2 else part for index, part in enumerate(_DIGITS.split(plain))]


def _find(connection: Connection, name: str) -> SavedTemplate | None:
    row = connection.execute(select(templates).where(templates.c.name_key == _key(name))).one_or_none()
    return None if row is None else _template(row)


def _get(connection: Connection, template_id: int) -> SavedTemplate | None:
    row = connection.execute(select(templates).where(templates.c.id == within(template_id))).one_or_none()
    return None if row is None else _template(row)


def _template(row: AnyRow) -> SavedTemplate:
    return SavedTemplate(id=row.id, name=row.name, text=row.text, updated_at=row.updated_at)

"""vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350): cards to what a message needs of them.

Phones and mail programs write cards that no version allows, so nothing here refuses a card: a property that can't be
understood is left out, and a card that doesn't end, ends where the next begins.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from mitto_tui.recipients.readers import words
from mitto_tui.recipients.readers.columns import SEPARATOR

COLUMNS: Final = (
    "name", "phone", "email", "org", "title", "first name", "last name", "city", "country", "birthday", "categories",
    "note",
)  # fmt: skip

_PROPERTY: Final = re.compile(r'(?:([\w-]+)\.)?([\w-]+)((?:;(?:[^":;]|"[^"]*")*)*):(.*)', re.DOTALL)
_WANTED: Final = frozenset(
    {"FN", "N", "TEL", "EMAIL", "ORG", "TITLE", "ADR", "BDAY", "CATEGORIES", "NOTE", "VERSION", "X-ABLABEL"}
)
_NAME_END: Final = re.compile("[;:]")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_COMPONENTS: Final = re.compile(r"(?<!\\)(?:\\\\)*;")
_MOBILE: Final = frozenset({"CELL", "MOBILE", "IPHONE", "X-MOBILE", "PCS", "MSG", "TEXT"})
_LAST: Final = frozenset({"FAX", "PAGER", "MODEM", "BBS", "TEXTPHONE"})


@dataclass(slots=True)
class Card:
    """One card. ``line`` is that of BEGIN:VCARD; ``problem`` says in a few words what is wrong with it, or is empty."""

    line: int
    problem: str = ""
    values: dict[str, str] = field(default_factory=dict)
    phones: list[tuple[int, str, str]] = field(default_factory=list)
    """Order, number, and the group that ties it to its label."""

    def cells(self) -> list[str]:
        """The card's values in the order of COLUMNS, with all its numbers in one cell, mobile ones first."""
        ordered = dict.fromkeys(number for _, number, _ in sorted(self.phones, key=lambda phone: phone[0]))
        values = self.values
        values["phone"] = SEPARATOR.join(ordered)
        if not values.get("name"):
            parts = (values.get("first name", ""), values.get("last name", ""))
            values["name"] = " ".join(filter(None, parts)) or values.get("org", "")
        return [values.get(column, "") for column in COLUMNS]


def cards(lines: Iterable[str]) -> Iterator[Card]:
    """The cards in ``lines``, whose line ends don't matter; what stands outside of cards is left out."""
    card: Card | None = None
    property_line = ""
    wanted = soft = False
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if soft:  # a quoted-printable value goes on, whatever the line begins with
            property_line = property_line[:-1] + line
            soft = line.endswith("=")
            continue
        if line[:1] in (" ", "\t") and card is not None:
            if wanted:
                property_line += line[1:]
            continue
        if card is not None and wanted:
            _take(card, property_line)
        wanted = False
        end = _NAME_END.search(line)
        name = line[: end.start()].rpartition(".")[2].strip().upper() if end else ""
        if name == "BEGIN" and line[6:].strip().upper() == "VCARD":
            if card is not None:
                card.problem = card.problem or "has no END:VCARD"
                yield card
            card = Card(number)
        elif card is None:
            continue
        elif name == "END":
            yield card
            card = None
        elif name in _WANTED:
            wanted, property_line = True, line
            soft = line.endswith("=") and "QUOTED-PRINTABLE" in line.upper()
        elif not name and line.strip() and not _is_base64(line):
            card.problem = card.problem or f"has something in line {number:,} that belongs to no card"
    if card is not None:
        if wanted:
            _take(card, property_line)
        card.problem = card.problem or "has no END:VCARD"
        yield card


def _is_base64(line: str) -> bool:
    """A picture of vCard 2.1 whose lines aren't indented."""
    return len(line) > 20 and " " not in line.strip()


def _take(card: Card, line: str) -> None:
    found = _PROPERTY.fullmatch(line)
    if found is None:
        card.problem = card.problem or "has a property that can't be read"
        return
    group, name, given, value = found.groups()
    name = name.upper()
    parameters = given.upper()
    if "QUOTED-PRINTABLE" in parameters:
        value = _from_quoted_printable(value, parameters)
    values = card.values
    if name == "TEL":
        _take_phone(card, group, parameters, value)
    elif name == "X-ABLABEL":
        if group and words.rank(value) == words.MOBILE:  # Apple says what a number is in a property beside it
            card.phones = [(0 if tied == group else order, number, tied) for order, number, tied in card.phones]
    elif name == "FN":
        values.setdefault("name", _plain(value))
    elif name == "N":
        family, first, *_ = [*_parts(value), ""]
        values.setdefault("last name", family)
        values.setdefault("first name", first)
    elif name == "EMAIL":
        email = _plain(value).removeprefix("mailto:")
        values["email"] = f"{values['email']}{SEPARATOR}{email}" if values.get("email") else email
    elif name == "ORG":
        values.setdefault("org", ", ".join(filter(None, _parts(value))))
    elif name == "ADR":
        parts = _parts(value)
        values.setdefault("city", parts[3] if len(parts) > 3 else "")
        values.setdefault("country", parts[6] if len(parts) > 6 else "")
    elif name == "BDAY":
        values.setdefault("birthday", _plain(value).removesuffix("T00:00:00Z"))
    elif name in ("TITLE", "NOTE", "CATEGORIES"):
        values.setdefault(name.lower(), _plain(value))


def _take_phone(card: Card, group: str | None, parameters: str, value: str) -> None:
    number = value.strip()
    if number[:4].lower() == "tel:":
        number = unquote(number[4:].partition(";")[0])
    number = _plain(number)
    if not number:
        return
    types = _types(parameters)
    if types & _MOBILE:
        order = 0
    elif types & _LAST:
        order = 3
    else:
        order = 1 if "PREF" in types else 2
    card.phones.append((order, number, group or ""))


def _types(parameters: str) -> set[str]:
    """``CELL`` of ``;CELL`` and ``;TYPE="cell,voice"``; a VALUE=text or CHARSET says nothing about the number."""
    types: set[str] = set()
    for parameter in parameters.split(";"):
        name, equals, values = parameter.partition("=")
        if not equals or name.strip() == "TYPE":
            types.update(re.split(r'[,"\s]', values if equals else name))
        elif name.strip() == "PREF":
            types.add("PREF")
    return types


def _from_quoted_printable(value: str, parameters: str) -> str:
    content = quopri.decodestring(value.encode("utf-8", "replace"))
    charset = re.search(r"CHARSET=\"?([\w-]+)", parameters)
    for codec in (charset[1] if charset else "utf-8", "utf-8", "windows-1252"):
        try:
            return content.decode(codec)
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")


def _parts(value: str) -> list[str]:
    """The components of a structured value."""
    parts, start = [], 0
    for found in _COMPONENTS.finditer(value):
        parts.append(_plain(value[start : found.end() - 1]))
        start = found.end()
    parts.append(_plain(value[start:]))
    return parts


def _plain(value: str) -> str:
    """Without the escapes of versions 3.0 and 4.0; in 2.1 only a semicolon has one."""
    if "\\" in value:
        value = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return value.strip()

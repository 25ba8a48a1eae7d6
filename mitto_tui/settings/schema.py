"""Every setting there is: its place, its check, and in words what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from mitto_tui.settings import values
from mitto_tui.settings.presets import PRESETS
from mitto_tui.settings.values import Check, Unfit
from mitto_tui.sms.lines import OTHER_LINES
from mitto_tui.sms.report import FIELDS


class Kind(Enum):
    """What a setting is in TOML, so that text from a command or a form can become it."""

    TEXT = auto()
    WHOLE = auto()
    NUMBER = auto()
    SWITCH = auto()
    """``"on"`` or ``"off"``."""
    FLAG = auto()
    """``true`` or ``false``."""
    LINES = auto()
    """An array of words for lines, or ``"all"``."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. ``allowed`` completes "It must be …"."""

    check: Check
    allowed: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Names:
    """Settings that the person names. ``check`` takes a name; ``allowed`` completes "A name here must be …"."""

    check: Check
    allowed: str
    field: Field


@dataclass(frozen=True, slots=True)
class Table:
    """Settings that stand together."""

    fields: Mapping[str, Field]
    tables: Mapping[str, Table] = field(default_factory=dict)
    others: Names | None = None

    def find(self, path: tuple[str, ...]) -> Field | None:
        """The setting at ``path`` below this table, or None."""
        head, *rest = path
        if rest:
            return self.tables[head].find(tuple(rest)) if head in self.tables else None
        return self.fields.get(head) or (self.others.field if self.others and head not in self.tables else None)

    def normal(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """``path`` with a name that the person chose in its normal form. Raises Unfit for one that can't be."""
        head, *rest = path
        if rest:
            return (head, *self.tables[head].normal(tuple(rest)))
        if head in self.fields or self.others is None:
            return path
        try:
            return (self.others.check(head),)
        except Unfit:
            raise Unfit(f"must be {self.others.allowed}") from None

    def paths(self) -> list[str]:
        """Every named setting below this table, dotted."""
        own = list(self.fields)
        return own + [f"{name}.{path}" for name, table in self.tables.items() for path in table.paths()]


_SECONDS: Final = Field(values.number(0, 600), "a number of seconds above 0 and at most 600", Kind.NUMBER)
_URL: Final = "a URL that starts with https:// or http://"
_COUNTRY_CODE: Final = "a country's two letters by ISO 3166, such as DE, or GB (not UK)"
_PRESETS: Final = ", ".join(f'"{preset.name}"' for preset in PRESETS)

LIMITS: Final = Table(
    {
        "max_in_flight": Field(values.whole(1, 1000), "a whole number from 1 to 1000", Kind.WHOLE),
        "rate": Field(values.number(0, 10_000), "messages a second, above 0 and at most 10000", Kind.NUMBER),
        "chunk": Field(values.whole(1, 10_000), "a whole number from 1 to 10000", Kind.WHOLE),
        "max_rejected": Field(values.number(0, 1), "a share above 0 and at most 1, such as 0.5", Kind.NUMBER),
    }
)
RECEIVER: Final = Table(
    {
        "host": Field(values.host, 'a host name or address to listen on, such as "127.0.0.1"'),
        "port": Field(values.whole(0, 65_535), "a port from 1 to 65535, or 0 for any free one", Kind.WHOLE),
        "public_url": Field(values.callback, _URL),
    },
    {"fields": Table({name: Field(values.text, "the name that this has in Mitto's reports") for name in FIELDS})},
)
PRICES: Final = Table(
    {"currency": Field(values.currency, "a currency's three letters by ISO 4217, such as EUR")},
    others=Names(
        values.country,
        _COUNTRY_CODE,
        Field(values.price, "the price of one segment, a number from 0 to 1000", Kind.NUMBER),
    ),
)
LISTS: Final = Table(
    {
        "refuse": Field(
            values.lines, f"any of {', '.join(OTHER_LINES)}, several with commas or as an array; all; none", Kind.LINES
        ),
        "all_numbers": Field(values.switch, "true or false", Kind.FLAG),
    }
)
PROFILE: Final = Table(
    {
        "base_url": Field(
            values.base_url,
            f"one of {_PRESETS}, or a URL that starts with https:// (http:// only for this machine itself)",
        ),
        "sender": Field(values.sender, "3 to 11 letters, digits and spaces, or 3 to 14 digits"),
        "country": Field(values.country, _COUNTRY_CODE),
        "timeout": _SECONDS,
        "connect_timeout": _SECONDS,
        "format": Field(values.wire_format, '"json" or "xml"'),
        "tracking": Field(values.switch, '"on" or "off"', Kind.SWITCH),
        "callback": Field(values.callback, _URL),
        "max_segments": Field(values.whole(1, 255), "a whole number from 1 to 255", Kind.WHOLE),
        "retention_days": Field(values.whole(1, 36_500), "a whole number of days from 1 to 36500", Kind.WHOLE),
    },
    {"lists": LISTS, "limits": LIMITS, "receiver": RECEIVER, "prices": PRICES},
)
UI: Final = Table(
    {
        "theme": Field(values.text, "a theme's name"),
        "mask_numbers": Field(values.switch, "true or false", Kind.FLAG),
        "footer": Field(values.switch, "true or false", Kind.FLAG),
    },
    {
        "keymap": Table(
            {},
            others=Names(
                values.text,
                "an action's name",
                Field(values.key_press, 'a key such as "ctrl+s", or several with commas'),
            ),
        )
    },
)
PROFILE_CHOICE: Final = Field(values.profile_name, "a profile's name")
PROFILE_NAME: Final = "up to 32 of a to z, 0 to 9, - and _, and must begin with a letter or digit"

NOT_IN_SANDBOX: Final = ("base_url", "callback", "receiver")
"""What the sandbox decides by itself: it is its own host and receives its own reports."""

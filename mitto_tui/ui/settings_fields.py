"""The settings of an account as a form shows them: what they are called, and their values as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Final

from mitto_tui.settings.profiles import Profile
from mitto_tui.sms.lines import OTHER_LINES, lines_text, read_lines
from mitto_tui.ui.price_list import finished, price_changes, price_line, read_price_line


@dataclass(frozen=True, slots=True)
class SettingField:
    """One row of the form. ``key`` is dotted, as ``change_profile`` takes it.

    ``empty`` says what counts where nothing is set. ``unit`` stands behind the value. ``choices`` is value to word.
    """

    key: str
    label: str
    help: str
    empty: str = ""
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    first: bool = False
    """Whether a new group of settings begins here."""

    @property
    def id(self) -> str:
        """What its control is called on the screen."""
        return "set-" + self.key.replace(".", "-").replace("_", "-")

    def text(self, profile: Profile) -> str:
        """Its value in ``profile`` as the form shows it; empty where it is not set."""
        value = reduce(getattr, self.key.split("."), profile)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, float):
            return f"{Decimal(str(value)).normalize():f}"
        if isinstance(value, frozenset):
            return lines_text(value) if value else ""
        return str(value)

    def changes(self, text: str, profile: Profile) -> dict[str, str | None]:
        """What ``text`` changes in ``profile``, as ``change_settings`` takes it: an empty text takes the value out.

        Raises InvalidInput where that is known at once.
        """
        return {self.key: text or None}


@dataclass(frozen=True, slots=True)
class PricesField(SettingField):
    """The table of prices, as one row."""

    def text(self, profile: Profile) -> str:
        return price_line(profile.prices.per_segment)

    def changes(self, text: str, profile: Profile) -> dict[str, str | None]:
        kept = profile.prices.per_segment
        return price_changes(kept, read_price_line(text, kept))

    def check_typed(self, text: str, profile: Profile) -> None:
        """Raises InvalidInput for what is wrong already while somebody is typing."""
        read_price_line(finished(text), profile.prices.per_segment)


@dataclass(frozen=True, slots=True)
class LinesField(SettingField):
    """Some of the words for lines."""

    def changes(self, text: str, profile: Profile) -> dict[str, str | None]:
        lines = read_lines([text])
        return {} if lines == profile.lists.refuse else {self.key: lines_text(lines) if lines else None}


_FORMATS: Final = {"json": "JSON", "xml": "XML"}
_SWITCH: Final = {"on": "on", "off": "off"}
_NUMBERS: Final = {"off": "the first mobile", "on": "every number"}

FIELDS: Final = (
    SettingField("sender", "Sender", "Who messages come from unless you say otherwise.", "asked for each time"),
    SettingField("country", "Country", "Two letters, such as DE: how numbers without a country code are read.", "none"),
    SettingField("format", "Answers", "The form in which Mitto is asked to answer.", choices=_FORMATS, first=True),
    SettingField(
        "timeout", "Timeout", "How long to wait for an answer; after that a message is in doubt.", unit="seconds"
    ),
    SettingField("connect_timeout", "Connect", "How long to wait for a connection.", unit="seconds"),
    SettingField(
        "tracking",
        "Tracking",
        "Puts an unguessable token into each message's reference, so that its report is known even where the answer "
        "was lost. Off sends your reference untouched.",
        choices=_SWITCH,
    ),
    SettingField(
        "callback", "Callback", "The address that Mitto sends delivery reports to.", "the one agreed with Mitto"
    ),
    SettingField(
        "max_segments",
        "Warn from",
        "How many parts a message may have before you are warned.",
        "never",
        "parts",
        first=True,
    ),
    SettingField(
        "retention_days",
        "Keep",
        "How many days messages are kept. What is older and has ended is deleted while the program is open, with its "
        "reports and its list.",
        "for good",
        "days",
    ),
    SettingField("prices.currency", "Currency", "Three letters, such as EUR: what the prices are in.", "none"),
    PricesField(
        "prices",
        "Prices",
        "What one part costs, by country: DE 0.075, AT 0.08. From your agreement with Mitto; what a message costs is "
        "shown while you write it.",
        "none, such as DE 0.075, AT 0.08",
        "a part",
    ),
    LinesField(
        "lists.refuse",
        "Refuse",
        f"Which lines are refused in lists, with commas between: {', '.join(OTHER_LINES)}; or all. Nothing is sent to "
        "them; about the others you are warned.",
        "none, such as landline, premium-rate",
        "in lists",
        first=True,
    ),
    SettingField(
        "lists.all_numbers",
        "Take",
        "Which are taken where a list has several numbers in a cell: the first mobile one, with the others shown, or "
        "every one, each a recipient of its own.",
        unit="of a cell",
        choices=_NUMBERS,
    ),
    SettingField(
        "limits.rate", "Rate", "How many messages leave in a second at most.", "no limit", "a second", first=True
    ),
    SettingField(
        "limits.max_in_flight", "In flight", "How many requests may wait for an answer at once.", unit="requests"
    ),
    SettingField("limits.chunk", "Chunk", "How many numbers go into one bulk request.", unit="numbers"),
    SettingField(
        "limits.max_rejected", "Refused", "The share of refused messages above which a campaign pauses.", unit="of 1"
    ),
)
"""What an account has beside its host."""


def home_path(path: Path) -> str:
    """``path`` as people write it, with ~ for their home directory."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)

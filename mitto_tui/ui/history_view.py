"""Which messages are looked at, and in which order: what the history's filters add up to, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from mitto_tui.ui.history_rows import Group
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import DIM

if TYPE_CHECKING:
    from mitto_tui.storage.rows import HistoryFilter

ALL_PROFILES = ""
"""What stands for all of them."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions beyond status and search. ``profile`` None is the one that is open; both days are included, local."""

    profile: str | None = None
    sender: str | None = None
    campaign: int | None = None
    campaign_name: str = ""
    first: date | None = None
    last: date | None = None

    def words(self) -> list[Content]:
        """Each condition in a few words."""
        found = []
        if self.profile is not None:
            named = literal(self.profile, 24) if self.profile != ALL_PROFILES else Content("all")
            found.append(Content("profile: ") + named)
        if self.campaign is not None:
            name = f" {self.campaign_name}" if self.campaign_name else ""
            found.append(Content(f"campaign {self.campaign}") + literal(name, 24))
        if self.sender is not None:
            found.append(Content("from ") + literal(self.sender, 24))
        if self.first is not None and self.first == self.last:
            found.append(Content(f"on {_day(self.first)}"))
        elif self.first is not None and self.last is not None:
            found.append(Content(f"{_day(self.first)} to {_day(self.last)}"))
        elif self.first is not None:
            found.append(Content(f"since {_day(self.first)}"))
        elif self.last is not None:
            found.append(Content(f"until {_day(self.last)}"))
        return found


@dataclass(frozen=True, slots=True)
class View:
    """What a person looks at."""

    group: Group = Group.ALL
    search: str = ""
    narrowing: Narrowing = Narrowing()
    oldest_first: bool = False

    def filter(self, profile: str) -> HistoryFilter:
        """The same for the store; ``profile`` is the one that is open."""
        from mitto_tui.storage.rows import HistoryFilter
        from mitto_tui.workspace.figures import days

        narrow = self.narrowing
        first = None if narrow.first is None else days(narrow.first, narrow.first).since
        last = None if narrow.last is None else days(narrow.last, narrow.last).until
        of = profile if narrow.profile is None else narrow.profile or None
        return HistoryFilter(
            profile=of,
            statuses=self.group.statuses,
            search=self.search,
            sender=narrow.sender,
            campaign=narrow.campaign,
            since=first,
            until=last,
        )

    def words(self) -> Content:
        """The conditions that no other part of the screen shows, in a line; empty where there are none."""
        found = self.narrowing.words()
        if self.oldest_first:
            found.append(Content("oldest first"))
        return Content(" · ").join(found)

    def widened(self) -> View:
        """The same without the last condition that a person would take back: the search, the narrowing, the group."""
        if self.search:
            return replace(self, search="")
        if self.narrowing != Narrowing():
            return replace(self, narrowing=Narrowing())
        return replace(self, group=Group.ALL)


def why_empty(view: View, search: str, keys: tuple[str, str]) -> Content:
    """What to say where nothing meets ``view``. ``search`` is as it may be shown; ``keys``: of Compose and of Back."""
    compose, back = keys
    if view.search:
        return Content.assemble(
            "No message matches “", literal(search, 40, "bold"), "”.\n\n", (f"{back} clears the search.", DIM)
        )
    if view.narrowing != Narrowing():
        conditions = Content(", ").join(view.narrowing.words())
        return Content.assemble("No message is ", conditions, ".\n\n", (f"{back} clears the filter.", DIM))
    match view.group:
        case Group.IN_DOUBT:
            title, next_step = "Nothing is in doubt.", "Of every message, it is known what became of it."
        case Group.FAILED:
            title, next_step = "Nothing has failed.", ""
        case Group.DELIVERED:
            title, next_step = "No delivery has been reported.", "Delivered messages come here as their reports arrive."
        case Group.ON_THE_WAY:
            title, next_step = "Nothing is on the way.", ""
        case _:
            title, next_step = "Nothing has been sent yet.", f"{compose} goes to Compose, where a message begins."
    return Content.assemble(title, "\n\n", (next_step, DIM))


def _day(day: date) -> str:
    return f"{day:%d %b %Y}".lstrip("0")

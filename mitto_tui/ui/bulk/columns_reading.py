"""Reading a list in another way, with all that is shown of it. Blocks: called in threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mitto_tui.ui.bulk.columns_words import size_of
from mitto_tui.ui.bulk.preview_rows import Preview, preview_of
from mitto_tui.workspace.lists import PREVIEWED, NumberChoices, OpenedList

if TYPE_CHECKING:
    from mitto_tui.recipients.readers.model import Choices
    from mitto_tui.recipients.vote import Vote
    from mitto_tui.settings.profiles import Profile


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a list is to be read. Two that ask for the same are two: each has its own answer.

    ``numbers`` are meant for the list as it is now, and None means: as detected.
    """

    choices: Choices
    numbers: NumberChoices | None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A list as it was read. ``opened`` is the one that was asked about where only its numbers were read anew."""

    opened: OpenedList
    numbers: NumberChoices
    vote: Vote | None
    preview: Preview
    size: int | None


class Reading:
    """One way to read a list, tried once. ``give_up`` lets whatever it still opens be closed again."""

    def __init__(self, opened: OpenedList, wanted: Wanted, profile: Profile) -> None:
        self.opened = opened
        self.wanted = wanted
        self._profile = profile
        self._given_up = False

    def give_up(self) -> None:
        """Nobody waits for it any more."""
        self._given_up = True

    def run(self, known: Vote | None) -> Found:
        """Read it. ``known`` is the vote on these very numbers, where it was taken before. Raises ListProblem."""
        wanted = self.wanted
        again = self.opened.again(wanted.choices, wanted.numbers)
        try:
            if wanted.numbers is None:
                numbers = again.as_detected(self._profile)
            else:
                numbers = wanted.numbers if again is self.opened else again.numbers
            vote = None
            if numbers.phone_column is not None:
                vote = known if known is not None and again is self.opened else again.vote(numbers)
            found = Found(again, numbers, vote, _preview(again, numbers, vote), size_of(again.source))
        except BaseException:
            self._drop(again)
            raise
        if self._given_up:
            self._drop(again)
        return found

    def without_numbers(self) -> Found:
        """The list as it stands, where its numbers can't be read. Raises nothing."""
        opened = self.opened
        return Found(opened, opened.numbers, None, _preview(opened, opened.numbers, None), size_of(opened.source))

    def _drop(self, again: OpenedList) -> None:
        if again is not self.opened:
            again.close()


def _preview(opened: OpenedList, numbers: NumberChoices, vote: Vote | None) -> Preview:
    return preview_of(opened, numbers, vote, whole=len(opened.rows) < PREVIEWED)

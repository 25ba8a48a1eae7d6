"""What the steps of Bulk have in common: one list, how it is read, the message for it, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mitto_tui.sms.message import Options
from mitto_tui.workspace.lists import BulkMessage, NumberChoices, OpenedList

if TYPE_CHECKING:
    from mitto_tui.recipients.vote import Vote
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.workspace.list_check import Sums


@dataclass(slots=True)
class BulkJob:
    """Changed by the steps, on the event loop only.

    ``taken`` counts the lists that were taken, one after the other. ``vote`` is what the column says of bare numbers,
    once it was asked. ``options`` are those of ``message``, and ``raw_options`` what stands in their form. ``sums`` are
    those of a whole pass for ``counted``, what they were counted for; ``campaign`` is the stored draft for ``checked``.
    """

    opened: OpenedList | None = None
    numbers: NumberChoices = field(default_factory=NumberChoices)
    vote: Vote | None = None
    sender: str = ""
    template: str = ""
    options: Options = field(default_factory=Options)
    raw_options: Mapping[str, object] = field(default_factory=dict)
    sums: Sums | None = None
    counted: object = None
    campaign: Campaign | None = None
    checked: object = None
    taken: int = 0

    @property
    def message(self) -> BulkMessage:
        """The message as it stands."""
        return BulkMessage(self.sender.strip(), self.template, self.options)

    @property
    def asked(self) -> object:
        """What sums and a stored draft depend on: equal as long as nothing of it changed.

        The opened list stands for itself: one that was read anew is another.
        """
        return (self.opened, self.numbers, self.message)

    @property
    def current_sums(self) -> Sums | None:
        """The sums, if they are those of what stands there now."""
        return self.sums if self.sums is not None and self.counted == self.asked else None

    @property
    def current_campaign(self) -> Campaign | None:
        """The stored draft, if it is that of what stands there now."""
        return self.campaign if self.campaign is not None and self.checked == self.asked else None

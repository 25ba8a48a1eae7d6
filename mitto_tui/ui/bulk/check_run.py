"""One check of a list that is kept as a draft, for a thread to carry out and the event loop to watch and stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitto_tui.recipients.totals import Totals
from mitto_tui.ui.time_left import TimeLeft
from mitto_tui.workspace.list_check import CheckStopped, ListCheck, Sums

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.ui.bulk.job import BulkJob
    from mitto_tui.workspace.lists import OpenedList
    from mitto_tui.workspace.workspace import Workspace

_NONE_YET = Totals()


class CheckRun:
    """What is checked is what stood in the job when this was made; ``asked`` is the job's of that time."""

    def __init__(self, workspace: Workspace, opened: OpenedList, job: BulkJob) -> None:
        self.asked = job.asked
        self.taken = job.taken
        self.opened = opened
        self.progress = TimeLeft()
        self.stopped = False
        """Whether it was told to stop; it may still be on its way."""
        self.unwanted = False
        """Whether nothing of it is to be kept, even where it came to its end before it could be stopped."""
        self._workspace = workspace
        self._numbers = job.numbers
        self._message = job.message
        self._check: ListCheck | None = None

    @property
    def totals(self) -> Totals:
        """The sums over the rows so far."""
        return self._check.totals if self._check is not None else _NONE_YET

    def stop(self) -> None:
        """Let it end with CheckStopped, wherever it is. For any thread."""
        self.stopped = True
        if self._check is not None:
            self._check.stop()

    def carry_out(self) -> tuple[Campaign, Sums]:
        """In a thread. Raises CheckStopped, ListProblem, InvalidInput and the store's errors."""
        self.progress = TimeLeft()  # from now on: it may have waited for another one to end
        if self.stopped:
            raise CheckStopped
        self._check = ListCheck(self._workspace, self.opened, self._numbers, self._message)
        if self.stopped:
            raise CheckStopped
        return self._check.store(self.opened.name, self.progress)

"""Sees to it that a list is checked once at a time, and that one whole draft is kept of it, never two or a half."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual.message import Message

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.bulk.check_run import CheckRun
from mitto_tui.workspace.list_check import CheckStopped

if TYPE_CHECKING:
    from textual.widget import Widget

    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.ui.bulk.job import BulkJob
    from mitto_tui.workspace.list_check import Sums
    from mitto_tui.workspace.lists import OpenedList
    from mitto_tui.workspace.workspace import Workspace


class Keeping:
    """Checks the list of a job. ``node`` is told with ``Ended``. For the event loop.

    A draft that was stored here is deleted once a whole one of the same list has taken its place.
    """

    class Ended(Message):
        """A check ended: with a draft, with an error, or, with neither, because a person stopped it."""

        def __init__(self, campaign: Campaign | None = None, error: Exception | None = None) -> None:
            super().__init__()
            self.campaign = campaign
            self.error = error

    def __init__(self, node: Widget, workspace: Workspace, job: BulkJob) -> None:
        self._node = node
        self._workspace = workspace
        self._job = job
        self._one = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: tuple[int, int] | None = None
        """The draft that was kept last, and for which list of the job."""
        self.run: CheckRun | None = None
        """The check that somebody waits for."""

    def begin(self, opened: OpenedList, *, anew: bool) -> CheckRun:
        """Check ``opened`` as the job stands now. One that was stopped and is still ending is waited for.

        Unless ``anew``, what it came to in the end is taken if it is what is asked for.
        """
        self.stop()
        run = self.run = CheckRun(self._workspace, opened, self._job)
        self._start(self._check(run, anew=anew))
        return run

    def stop(self) -> None:
        """Nobody looks any more: end the check that runs, without a word."""
        if self.run is not None:
            self.run.stop()
            self.run = None

    def give_up(self) -> None:
        """A person stops it: it is over for them at once, and nothing of it is kept."""
        if self.run is not None:
            self.run.unwanted = True
            self.stop()
            self._node.post_message(self.Ended())

    async def finish(self) -> None:
        """End everything, and wait until nothing is left half stored."""
        self.stop()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check(self, run: CheckRun, *, anew: bool) -> None:
        async with self._one:
            if not anew and run is self.run and (there := self._job.current_campaign) is not None:
                self._end(run, there)
                return
            try:
                campaign, sums = await asyncio.to_thread(run.carry_out)
            except CheckStopped:
                self._end(run)
            except Exception as error:
                self._end(run, error=error)
            else:
                self._take(run, campaign, sums)

    def _end(self, run: CheckRun, campaign: Campaign | None = None, error: Exception | None = None) -> None:
        if run is self.run:
            self.run = None
            self._node.post_message(self.Ended(campaign, error))

    def _take(self, run: CheckRun, campaign: Campaign, sums: Sums) -> None:
        job, before, kept = self._job, self._job.campaign, self._kept
        if run.unwanted or job.asked != run.asked:
            self._start(self._delete(campaign.id))
            self._end(run)
            return
        job.campaign, job.checked, job.sums, job.counted = campaign, run.asked, sums, run.asked
        self._kept = (campaign.id, run.taken)
        self._end(run, campaign)
        # A draft of another list, or one that was resumed from elsewhere, is its owner's to throw away.
        if before is not None and kept == (before.id, run.taken):
            self._start(self._delete(before.id))

    async def _delete(self, campaign: int) -> None:
        try:
            await asyncio.to_thread(self._workspace.campaigns.delete, campaign)
        except MittoTuiError as error:
            self._node.notify(str(error), title="An older draft could not be deleted", severity="warning")

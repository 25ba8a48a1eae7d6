"""Counting a message over a whole list, in a thread, while it is being written: the newest version, one at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.time_left import TimeLeft
from mitto_tui.workspace.list_check import CheckStopped, ListCheck, Sums

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

DELAY: Final = 0.4
"""Seconds after the last change until counting begins."""
_BUSY: Final = 0.3
"""Seconds after a key for which the thread makes room for what the key does."""
_REST: Final = 0.004
_log = logging.getLogger(__name__)


class State(Enum):
    """How far the sums are."""

    IDLE = "idle"
    """There is nothing that could be counted."""
    WAITING = "waiting"
    COUNTING = "counting"
    DONE = "done"
    """``BulkJob.current_sums`` are there."""
    FAILED = "failed"


class _Run:
    """One count. Its thread ends soon after ``stop``, whenever that comes."""

    def __init__(self, counting: CountingList, job: BulkJob, workspace: Workspace) -> None:
        assert job.opened is not None
        self.counts = _counts(job)
        self.time_left = TimeLeft()
        self.check: ListCheck | None = None
        self.stopped = False
        self._counting = counting
        self._parts = workspace, job.opened, job.numbers, job.message

    def stop(self) -> None:
        self.stopped = True
        if self.check is not None:
            self.check.stop()

    def work(self) -> Sums:
        """In a thread. Raises MittoTuiError."""
        if self.stopped:
            raise CheckStopped
        self.check = ListCheck(*self._parts)
        if self.stopped:  # before ``stop`` could see the check
            raise CheckStopped
        return self.check.sums(self.time_left, self._counting.give_way)


class CountingList:
    """Counts what stands in ``job``: ``touch`` whenever that may have changed, ``stop`` when nobody looks any more.

    All of it is for the event loop. ``changed`` is called when ``state`` is another. The job is given the sums when
    they are whole, if nothing changed meanwhile.
    """

    def __init__(self, job: BulkJob, workspace: Callable[[], Workspace], changed: Callable[[], None]) -> None:
        self._job = job
        self._workspace = workspace
        self._changed = changed
        self._timer: asyncio.TimerHandle | None = None
        self._run: _Run | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiting_for: object = None
        self._counted: object = None
        self._key_at = 0.0
        self.state = State.IDLE
        self.problem: MittoTuiError | None = None
        """Why it failed."""

    # -- what is to be shown ------------------------------------------------------------------------------------------

    @property
    def so_far(self) -> Sums | None:
        """The sums of the count that runs, as far as it is; None before there is anything to show."""
        return self._run.check.so_far if self._run is not None and self._run.check is not None else None

    @property
    def time_left(self) -> TimeLeft | None:
        """How far the count that runs is."""
        return self._run.time_left if self._run is not None else None

    # -- what is to be done -------------------------------------------------------------------------------------------

    def touch(self, *, possible: bool = True, delay: float = DELAY) -> None:
        """What stands in the job may have changed. ``possible``: whether it can be counted at all.

        A count of something else is stopped at once; the new one begins after ``delay`` seconds without another change.
        """
        job, wanted = self._job, _counts(self._job)
        if job.sums is not None and self._counted == wanted:
            job.counted = job.asked  # only what counts for nothing changed, such as the sender
        if not possible or job.opened is None:
            self._end(State.IDLE)
        elif job.current_sums is not None:
            self._counted = wanted
            self._end(State.DONE)
        elif self._run is None or self._run.counts != wanted:
            if self.state in (State.WAITING, State.FAILED) and self._waiting_for == wanted:
                return  # it is about to begin, or would fail again
            self._end(State.WAITING)
            self._waiting_for = wanted
            self._timer = asyncio.get_running_loop().call_later(delay, self._begin)

    def stop(self) -> None:
        """Count nothing more."""
        self._end(State.DONE if self._job.current_sums is not None else State.IDLE)

    def key(self) -> None:
        """A key came: let what it does have the processor for a moment."""
        self._key_at = time.monotonic()

    def give_way(self) -> None:
        """In the thread that counts, between two batches."""
        if time.monotonic() - self._key_at < _BUSY:
            time.sleep(_REST)

    # -- counting -----------------------------------------------------------------------------------------------------

    def _end(self, state: State) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._run is not None:
            self._run.stop()
            self._run = None
        self.problem = None
        self._be(state)

    def _be(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self._changed()

    def _begin(self) -> None:
        self._timer = None
        run = self._run = _Run(self, self._job, self._workspace())
        self._task = asyncio.create_task(self._count(run, self._task))
        self._be(State.COUNTING)

    async def _count(self, run: _Run, before: asyncio.Task[Any] | None) -> None:
        if before is not None:
            await asyncio.wait([before])  # it was stopped: the same list is not read by two
        sums, problem = None, None
        try:
            sums = await asyncio.to_thread(run.work)
        except CheckStopped:
            return
        except MittoTuiError as error:
            problem = error
        except Exception:
            if run.stopped:  # the list may have been closed under it
                _log.info("a stopped count ended with an error", exc_info=True)
                return
            _log.exception("the list could not be counted")
            problem = MittoTuiError("The list could not be counted: something went wrong.", "The log has more.")
        if run is not self._run:
            return
        self._run = None
        if sums is not None and _counts(self._job) == run.counts:
            self._job.sums, self._job.counted, self._counted = sums, self._job.asked, run.counts
            self._be(State.DONE)
        elif problem is not None:
            self.problem = problem
            self._be(State.IDLE if isinstance(problem, InvalidInput) else State.FAILED)
        else:
            self._be(State.IDLE)
            self.touch()  # nobody said so, but it did change


def _counts(job: BulkJob) -> object:
    """What the sums depend on: equal as long as nothing of it changed."""
    options = job.options
    return (id(job.opened), job.numbers, job.template, options.type, options.udh)

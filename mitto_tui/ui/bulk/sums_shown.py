"""Which sums are shown while a message for a list is written, and what they are called: never old ones as if new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitto_tui.ui.bulk.counting_list import CountingList, State
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.list_cost import ListCost, list_cost
from mitto_tui.ui.widgets.list_sums import Shown, Standing

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile
    from mitto_tui.workspace.list_check import Sums

_NOTHING_YET: Final = "Write the message: what it comes to over the whole list stands here."
_NOT_LIKE_THIS: Final = "The list is counted as soon as the message can be sent."
_OLD: Final = "from before the change"
_UNFINISHED: Final = "from before the change, not counted to the end"


class SumsShown:
    """Follows a job and what counts it."""

    def __init__(self, job: BulkJob, counting: CountingList) -> None:
        self._job = job
        self._counting = counting
        self._partial: Sums | None = None
        self._profile: Profile | None = None
        self._shown_cost: tuple[Sums | None, ListCost | None] = (None, None)

    def forget(self) -> None:
        """Show nothing more of a count that was not finished."""
        self._partial = None

    def now(self, profile: Profile) -> Shown:
        """What is to be drawn now."""
        self._profile = profile
        counting, old = self._counting, self._job.sums
        match counting.state:
            case State.DONE:
                self._partial = None
                return Shown(old, self._cost(old), Standing.CURRENT)
            case State.COUNTING:
                time_left, partial = counting.time_left, counting.so_far
                words = f"counting… {time_left.words}" if time_left is not None else "counting…"
                share = time_left.share if time_left is not None else 0.0
                if partial is not None:
                    self._partial = partial
                    return Shown(partial, self._cost(partial), Standing.PARTIAL, words, share)
                return self._old(words, share)
            case State.WAITING:
                return self._old(_OLD)
            case State.FAILED:
                return Shown(words=str(counting.problem), failed=True)
        if not self._job.template:
            return Shown(words=_NOTHING_YET)
        shown = self._old(_OLD)
        return shown if shown.sums is not None else Shown(words=_NOT_LIKE_THIS)

    def _old(self, words: str, share: float = 0.0) -> Shown:
        old = self._job.sums
        if old is None and self._partial is not None:
            old, words = self._partial, words if share else _UNFINISHED
        return Shown(old, self._cost(old), Standing.NONE if old is None else Standing.OLD, words, share)

    def _cost(self, sums: Sums | None) -> ListCost | None:
        if sums is None:
            return None
        assert self._profile is not None
        if self._shown_cost[0] is not sums:
            self._shown_cost = (sums, list_cost(sums.totals, self._profile, sums.worst))
        return self._shown_cost[1]

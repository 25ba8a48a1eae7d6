"""A run's dealings with the store: blocking calls in threads, each of them carried to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import Final, TypeVar

from mitto_tui.sending.lease import Lease
from mitto_tui.sending.points import Point, reached
from mitto_tui.sending.ports import CampaignStore, Clock
from mitto_tui.sending.watch import Stop
from mitto_tui.sms.campaign import Answered, CampaignState, Turn
from mitto_tui.sms.status import Status

IN_FLIGHT: Final = 100_000
"""Messages under way at a time at most, however large the chunks: as many may be in doubt when the power fails."""
AT_ONCE: Final = 20_000
"""Messages that a transaction claims at most, and stores at most: other programs wait for it."""

_T = TypeVar("_T")


class Storing:
    """What one owner stores about one campaign. ``timeout`` is the longest a request may take, in seconds.

    Every method raises what the store raises. Who is cancelled meanwhile stops only when the store has, since nobody
    can stop a thread.
    """

    def __init__(self, campaign: int, store: CampaignStore, clock: Clock, owner: str, timeout: float) -> None:
        self._campaign = campaign
        self._store = store
        self._clock = clock
        self._owner = owner
        self._timeout = timeout

    async def begin(self) -> CampaignState:
        """See ``CampaignStore.begin_work``."""
        return await _to_its_end(partial(self._store.begin_work, self._campaign, owner=self._owner, at=self._clock()))

    async def turn(
        self, answered: Sequence[Answered], sizes: Sequence[int], first: int | None, late: Callable[[Turn], None]
    ) -> tuple[Turn, Lease]:
        """One transaction, and the lease of what it claimed. ``late`` gets what came of it where it was cancelled."""

        def transact() -> tuple[Turn, Lease]:
            reached(Point.STORING)
            lease = Lease(self._timeout, self._clock)
            turn = self._store.turn(
                self._campaign,
                answered,
                sizes,
                owner=self._owner,
                lease_until=lease.until,
                at=lease.at,
                first=first,
            )
            reached(Point.STORED)
            return turn, lease

        return await _to_its_end(transact, lambda done: late(done[0]))

    async def pause(self, stop: Stop) -> CampaignState:
        """See ``CampaignStore.pause``."""
        return await _to_its_end(
            partial(self._store.pause, self._campaign, at=self._clock(), reason=stop.reason, detail=stop.sentence)
        )

    async def end(self, stop: Stop | None) -> CampaignState:
        """See ``CampaignStore.end_work``; paused for ``stop``, where it is given."""
        end = partial(self._store.end_work, self._campaign, owner=self._owner, at=self._clock())
        if stop is not None:
            end = partial(end, pause=stop.reason, detail=stop.sentence)
        return await _to_its_end(end)

    async def canary_passed(self) -> None:
        """See ``CampaignStore.canary_passed``."""
        await _to_its_end(partial(self._store.canary_passed, self._campaign))

    async def counts(self, first: int | None = None) -> Mapping[Status, int]:
        """See ``CampaignStore.counts``."""
        return await _to_its_end(partial(self._store.counts, self._campaign, first=first))


def at_once(answered: Sequence[Answered]) -> int:
    """How many of them, from the first on, go into one transaction."""
    sums = accumulate(len(one.request) for one in answered)
    return max(sum(so_far <= AT_ONCE for so_far in sums), min(len(answered), 1))


def _forget(result: object) -> None:
    del result


async def _to_its_end(call: Callable[[], _T], late: Callable[[_T], None] = _forget) -> _T:
    # A future, no task: whoever closes the event loop cancels every task that there is.
    work = asyncio.get_running_loop().run_in_executor(None, call)
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:  # as often as somebody likes: the thread goes on
            cancelled = error
    if cancelled is None:
        return work.result()
    if work.exception() is None:  # being cancelled is what is raised
        late(work.result())
    raise cancelled

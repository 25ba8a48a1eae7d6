"""A person's word on many messages at once: what they saw is what it counts for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind

if TYPE_CHECKING:
    from mitto_tui.sending.single import SendResult
    from mitto_tui.storage.rows import HistoryFilter, MessageRow
    from mitto_tui.workspace.workspace import Workspace

MOST: Final = 10_000
"""Messages decided on at once: beyond, a campaign is the better way."""
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it was when a person was asked: with so many ``attempts``."""

    id: int
    attempts: int
    segments: int
    region: str
    status: Status


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: how many messages are in which status now, and how many were left as they were.

    ``stopped`` is the sentence of what ended it before all were done; empty where a person did, or nobody.
    """

    statuses: Mapping[Status, int]
    left: int = 0
    stopped: str = ""


def look(workspace: Workspace, chosen: HistoryFilter) -> list[Seen]:
    """The first ``MOST`` messages of ``chosen``, oldest first. May take a second: call it in a thread."""
    return [
        Seen(row.id, row.attempts, row.segments, workspace.read_number(f"+{row.to}").region or "", row.status)
        for row in _rows(workspace, chosen)
    ]


def _rows(workspace: Workspace, chosen: HistoryFilter) -> Iterator[MessageRow]:
    before, left = None, MOST
    while left > 0:
        rows = workspace.history.page(chosen, before=before, limit=min(_PAGE, left), oldest_first=True)
        yield from rows
        if not rows:
            return
        before, left = rows[-1].id, left - len(rows)


async def assume_sent(
    workspace: Workspace,
    seen: Sequence[Seen],
    progress: Callable[[int], None] = lambda done: None,
    stop: Callable[[], bool] = lambda: False,
) -> Done:
    """Take messages in doubt as sent. Those that a report or somebody else has settled meanwhile stay as they are."""
    from mitto_tui.storage.errors import NotAllowed

    statuses, left = Counter[Status](), 0
    for number, one in enumerate(seen):
        if stop():
            return Done(statuses, left + len(seen) - number)
        try:
            statuses[await workspace.assume_sent(one.id)] += 1
        except NotAllowed:
            left += 1
        progress(number + 1)
    return Done(statuses, left)


async def send_again(
    workspace: Workspace,
    seen: Sequence[Seen],
    progress: Callable[[int], None] = lambda done: None,
    stop: Callable[[], bool] = lambda: False,
) -> Done:
    """Send messages again, as many at a time as the profile allows; each only if nobody has since it was ``seen``.

    Ends where Mitto lets nobody in or asks to slow down: the rest stays as it is.
    """
    from mitto_tui.sending.pacing import Pacer
    from mitto_tui.storage.errors import NotAllowed, Outdated

    statuses, left = Counter[Status](), 0
    at_once = max(workspace.profile.limits.max_in_flight, 1)
    pacer = Pacer(workspace.profile.limits.rate, asyncio.get_running_loop().time)

    async def send(one: Seen) -> SendResult | MittoTuiError | None:
        try:
            return await workspace.send_again(one.id, seen=one.attempts)
        except (NotAllowed, Outdated):
            return None
        except MittoTuiError as error:
            return error

    for first in range(0, len(seen), at_once):
        if stop():
            return Done(statuses, left + len(seen) - first)
        some = seen[first : first + at_once]
        await asyncio.sleep(pacer.reserve(len(some)))
        ends = ""
        for result in await asyncio.gather(*(send(one) for one in some)):
            if result is None:
                left += 1
            elif isinstance(result, MittoTuiError):
                left += 1
                ends = ends or str(result)
            else:
                statuses[result.status] += 1
                if result.outcome is not None:
                    ends = ends or _ENDS.get(result.outcome.kind, "")
        progress(min(first + at_once, len(seen)))
        if ends:
            return Done(statuses, left + len(seen) - first - len(some), ends)
    return Done(statuses, left)


_ENDS: Final = {
    OutcomeKind.UNAUTHORISED: "Mitto lets nobody in just now: the key, or this machine’s IP address, is not allowed.",
    OutcomeKind.SLOW_DOWN: "Mitto asked to slow down.",
    OutcomeKind.NEVER_LEFT: "Mitto can’t be reached.",
}


def of_status(chosen: HistoryFilter, statuses: frozenset[Status], profile: str) -> HistoryFilter:
    """``chosen``, but only these statuses, and only what belongs to ``profile``: another one's key is not ours."""
    return replace(chosen, statuses=statuses, profile=profile)

"""Sending a campaign from the command line: started, followed on a line, paused by Ctrl+C, and its end told."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mitto_tui.cli.campaign_words import program, say_summary, summary
from mitto_tui.cli.context import Globals, ending_signals, interrupt
from mitto_tui.cli.exits import Exit, exit_for_campaign
from mitto_tui.cli.output import plural, say, say_error
from mitto_tui.cli.progress import StatusLine, span
from mitto_tui.sms.campaign import CampaignState, PauseReason, Phase, RunProgress
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.workspace.runs import RunningCampaign
    from mitto_tui.workspace.workspace import Workspace

_LOOK: Final = 0.2
"""Seconds between two looks at how it stands."""
_REPEATED: Final = 30.0
"""Seconds after which a phase that lasts is told again, with what changed in its words."""
_USUAL: Final = frozenset({"sending", "finishing"})


async def send_campaign(
    workspace: Workspace, chosen: Globals, campaign: int, report: Callable[[dict[str, Any]], None] | None
) -> Exit:
    """Start a campaign, or go on with it, and stay until it ends or is paused; the exit code for that.

    ``report`` takes the summary for programs; without it people are told. Raises what starting it raises.
    """
    call = program(chosen)
    with _Interrupts() as interrupts:
        before = await workspace.runs.counts(campaign)
        running = await workspace.runs.start(campaign)
        interrupts.of(running)
        try:
            found = await _follow(running, before, interrupts)
        except MittoTuiError as error:
            interrupts.line.clear()
            return await _ended_badly(workspace, running, error, call, report)
        counts = await workspace.runs.counts(campaign)
    progress = running.progress
    interrupted = interrupts.seen > 0 and found.state is not CampaignState.FINISHED
    if report is not None:
        report(summary(found, counts, progress))
        if interrupted:
            say(f"Interrupted. To go on: {call} campaign resume {campaign}")
    else:
        say_summary(found, counts, progress, call, interrupted=interrupted)
    return Exit.INTERRUPTED if interrupted else exit_for_campaign(found.state, found.reason, counts)


def ended(code: Exit) -> Exit:
    """The code of ``send_campaign``, which has said everything about an interruption: ends the program after one."""
    if code is Exit.INTERRUPTED:
        raise SystemExit(code)
    return code


async def _ended_badly(
    workspace: Workspace,
    running: RunningCampaign,
    error: MittoTuiError,
    call: str,
    report: Callable[[dict[str, Any]], None] | None,
) -> Exit:
    """What came of messages could not be stored to the end: whatever was under way is in doubt."""
    say_error(error)
    if left := running.progress.in_flight:
        say(f"What became of {plural(left, 'message')} could not be stored: they are in doubt.")
    say(f"See how it stands with: {call} campaign show {running.id}")
    try:
        found = await asyncio.to_thread(workspace.campaigns.get, running.id)
        counts = await workspace.runs.counts(running.id)
    except MittoTuiError:
        return Exit.IN_DOUBT if left else Exit.REFUSED
    if report is not None and found is not None:
        # The store has not heard of it yet: whoever opens it next writes the doubt and the pause down.
        untold = min(left, counts.get(Status.SENDING, 0))
        doubtful = counts.get(Status.IN_DOUBT, 0) + untold
        known = {**counts, Status.SENDING: counts.get(Status.SENDING, 0) - untold, Status.IN_DOUBT: doubtful}
        if found.state is CampaignState.RUNNING:
            found = replace(found, state=CampaignState.PAUSED, reason=PauseReason.STORE)
        report(summary(found, known, running.progress))
    return Exit.IN_DOUBT if left or counts.get(Status.IN_DOUBT) else Exit.REFUSED


async def _follow(running: RunningCampaign, before: Mapping[Status, int], interrupts: _Interrupts) -> Campaign:
    ending = asyncio.ensure_future(running.wait())
    line = interrupts.line
    told = _Told(line)
    while not ending.done():
        progress = running.progress
        # Whoever interrupted it has been told what is waited for, if anything still is.
        if not (interrupts.seen and progress.phase.word == "stopping"):
            told.look(progress.phase)
        line.show(*_line(progress, before))
        await asyncio.wait([ending], timeout=_LOOK)
    line.clear()
    return ending.result()


def _line(progress: RunProgress, before: Mapping[Status, int]) -> tuple[str, float]:
    """How a run stands, in a line; and what share of the campaign is done."""
    every = sum(before.values())
    done = every - before.get(Status.QUEUED, 0) - before.get(Status.SENDING, 0)
    done += sum(number for status, number in progress.counts.items() if status is not Status.QUEUED)
    done = min(done, every)
    parts = [f"{done:,} of {every:,}"]
    if progress.phase.word not in _USUAL:
        parts.append(progress.phase.word)
    elif progress.rate:
        parts.append(f"{progress.rate:,.0f} a second")
        if done < every and progress.seconds > 1:
            parts.append(f"{span((every - done) / progress.rate)} left")
    for status, what in ((Status.IN_DOUBT, "in doubt"), (Status.REJECTED, "rejected"), (Status.FAILED, "failed")):
        if number := progress.counts.get(status, 0) + before.get(status, 0):
            parts.append(f"{number:,} {what}")
    return ", ".join(parts), done / every if every else 1.0


@dataclass(slots=True)
class _Told:
    """Says what a run is waiting for, when that begins, and now and then while it lasts."""

    line: StatusLine
    phase: Phase | None = None
    """What was told last and still lasts."""
    next: float = 0.0

    def look(self, phase: Phase) -> None:
        now, before = asyncio.get_running_loop().time(), self.phase
        if phase.word in _USUAL:
            if before is not None and phase.word == "sending":
                self.phase = None
                self.line.say("Going on.")
        elif phase.sentence and (
            before is None or phase.word != before.word or (phase.sentence != before.sentence and now >= self.next)
        ):
            self.phase, self.next = phase, now + _REPEATED
            left = 0.0 if phase.until is None or phase.word != "holding" else phase.until - now
            self.line.say(f"{phase.sentence} Going on by itself in {span(left)}." if left >= 1 else phase.sentence)


class _Interrupts:
    """Ctrl+C (and ``ending_signals``) while a campaign is sent: pauses it the first time, and stops it the second."""

    def __init__(self) -> None:
        self.line = StatusLine()
        self.seen = 0
        self._running: RunningCampaign | None = None
        self._handled = on_interrupt(self._interrupted)

    def of(self, running: RunningCampaign) -> None:
        """From now on it is this run that is paused, or stopped, however often it was asked for before."""
        self._running = running
        self._act()

    def _interrupted(self) -> None:
        self.seen += 1
        self._act()

    def _act(self) -> None:
        running = self._running
        if running is None or not self.seen:
            return
        if self.seen > 1:
            self.line.say("Stopping at once.")
            running.stop()
            return
        progress = running.progress
        if progress.in_flight:
            waiting = plural(progress.in_flight, "message")
            if progress.phase.word == "storing":
                self.line.say(f"Waiting until what became of {waiting} can be stored;")
                self.line.say("press Ctrl+C again to stop at once, with these messages in doubt.")
            else:
                self.line.say(f"Waiting for the answers for {waiting}; press Ctrl+C again to stop at once.")
        running.pause()

    def __enter__(self) -> _Interrupts:
        self._handled.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._handled.__exit__(None, None, None)
        self.line.clear()


@contextmanager
def on_interrupt(handle: Callable[[], None]) -> Iterator[None]:
    """Call ``handle`` on the event loop for each Ctrl+C and SIGTERM, instead of what they do otherwise.

    That the terminal is gone counts where it is the first to come: shells and the system may both say so, and SIGTERM
    may go before.
    """
    loop = asyncio.get_running_loop()
    restore: list[Callable[[], object]] = []
    came: set[int] = set()

    def handled(number: int) -> None:
        first = not came
        came.add(number)
        if first or number in (signal.SIGINT, signal.SIGTERM):
            handle()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, *ending_signals()):
            before = signal.getsignal(number)
            if sys.platform == "win32":
                signal.signal(number, lambda which, _: loop.call_soon_threadsafe(handled, which))
            else:
                loop.add_signal_handler(number, handled, number)
                restore.append(partial(loop.remove_signal_handler, number))
            restore.append(partial(signal.signal, number, before))
    try:
        yield
    finally:
        for undo in restore:
            undo()


@contextmanager
def raising_interrupts() -> Iterator[None]:
    """``ending_signals`` are as good as Ctrl+C: all end with KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, interrupt) for number in ending_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""A program that sends campaigns and may be killed: one warm process that forks itself for each life.

    python -m tests.campaigns.program

It has imported everything and opened nothing, no thread, no loop, no file, so a fork of it costs a few milliseconds
where a new interpreter costs most of a second. Orders come as lines of JSON on standard input (see ``Order``), what
happens goes out as lines of JSON on standard output. It ends when its input does, and takes its children with it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import select
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from mitto_tui.sending import points
from mitto_tui.sending.points import Point
from mitto_tui.sms.campaign import CampaignLimits
from mitto_tui.workspace import workspace as workspace_module
from mitto_tui.workspace.runs import RunningCampaign
from mitto_tui.workspace.workspace import Workspace

# What a campaign needs and imports late: a life must not pay for it.
for _name in ("mitto_tui.mitto.client", "mitto_tui.storage.campaign_sending", "mitto_tui.storage.campaign_approval"):
    __import__(_name)

LONGEST: Final = 60
"""Seconds after which a life ends by itself."""


@dataclass(frozen=True, slots=True)
class Order:
    """One life: on which home it sends which campaign, and what happens to it when it reaches a point.

    ``at`` names a point and ``nth`` counts from 1 how often it was reached; ``then`` is ``kill``, ``stop`` (SIGSTOP; on
    SIGCONT its clock has gone on by ``hours``), or ``full``: from there on its files can't grow, until SIGUSR1. With
    ``lock`` it holds the database's write lock instead of sending; with ``approve`` it approves the campaign with these
    limits first, and ``approving`` is a point, too.
    """

    home: str
    url: str
    key: str = "a-key"
    campaign: int = 0
    at: str = ""
    nth: int = 1
    then: str = "kill"
    hours: float = 0.0
    lock: bool = False
    approve: Mapping[str, Any] | None = None


def say(**what: object) -> None:
    """One line, in one piece also where several processes write at once."""
    os.write(1, json.dumps({"pid": os.getpid(), **what}).encode() + b"\n")


class _Fate:
    """What happens to a life when it reaches its point."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._reached = 0
        self._transaction = threading.Lock()
        """Who is to be stopped is not stopped in a transaction: nobody else could write for as long as that lasts."""
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def loop_time(self) -> float:
        return time.monotonic() + self.ahead.total_seconds()

    def reached(self, point: Point) -> None:
        order = self._order
        if point is Point.STORED and order.then == "stop":
            self._transaction.release()
        if point.value == order.at:
            self._count()
        if point is Point.STORING and order.then == "stop":
            self._transaction.acquire()

    def approving(self, done: int, total: int) -> None:
        if 0 < done < total and self._order.at == "approving":
            self._count()

    def _count(self) -> None:
        order = self._order
        self._reached += 1
        if self._reached != order.nth:
            return
        if order.then == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif order.then == "stop":
            with self._transaction:
                say(said="stopping")
                # To this very thread: it must not get a step further before the signal is there.
                signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
                self.ahead = timedelta(hours=order.hours)
        elif order.then == "full":
            log = Path(order.home) / "data" / "messages.db-wal"
            _limit_files(log.stat().st_size)
            signal.signal(signal.SIGUSR1, lambda *_: _limit_files(resource.RLIM_INFINITY))
            say(said="full")


def _limit_files(octets: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))


async def _send(order: Order, fate: _Fate) -> None:
    # Who is stopped for an hour finds that both clocks have gone on.
    asyncio.get_running_loop().time = fate.loop_time  # type: ignore[method-assign]  # the documented way is a new loop
    environ = {"MITTO_TUI_HOME": order.home, "MITTO_API_KEY": order.key, "MITTO_BASE_URL": order.url}
    async with await Workspace.open(environ=environ) as workspace:
        if order.approve is not None:
            await workspace.runs.approve(order.campaign, CampaignLimits.of_json(order.approve), fate.approving)
        run = await workspace.runs.start(order.campaign)
        watching = asyncio.create_task(_watch(run))
        try:
            found = await run.wait()
        finally:
            watching.cancel()
        counts = await workspace.runs.counts(order.campaign)
    say(
        state=found.state.value,
        reason=found.reason and found.reason.value,
        detail=found.detail,
        counts={status.value: count for status, count in counts.items()},
    )


async def _watch(run: RunningCampaign) -> None:
    """Say what a person would read meanwhile."""
    seen = ""
    while True:
        sentence = run.progress.phase.sentence
        if sentence and sentence != seen:
            seen = sentence
            say(saw=sentence)
        await asyncio.sleep(0.02)


def _hold_the_lock(order: Order) -> None:
    with sqlite3.connect(Path(order.home) / "data" / "messages.db", isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        say(said="locked")
        signal.pause()


def _live(order: Order) -> None:
    signal.alarm(LONGEST)
    if order.lock:
        _hold_the_lock(order)
        return
    fate = _Fate(order)
    points.on_reached = fate.reached
    workspace_module.now = fate.now
    try:
        asyncio.run(_send(order, fate))
    except Exception as error:
        say(error=f"{type(error).__name__}: {error}")
        raise


def _fork(order: Order) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        for signum in (signal.SIGCHLD, signal.SIGALRM):
            signal.signal(signum, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        _live(order)
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Take orders until the input ends."""
    gc.collect()
    gc.freeze()
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: set[int] = set()
    waiting = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 1024)
            for child in list(children):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    children.discard(child)
                    os.write(1, json.dumps({"pid": child, "ended": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
        if 0 in ready:
            read = os.read(0, 65_536)
            if not read:
                break
            *lines, waiting = (waiting + read).split(b"\n")
            for line in lines:
                child = _fork(Order(**json.loads(line)))
                children.add(child)
                os.write(1, json.dumps({"begun": child}).encode() + b"\n")
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def as_line(order: Order) -> bytes:
    """An order as it is given."""
    return json.dumps(asdict(order)).encode() + b"\n"


if __name__ == "__main__":
    main()

"""A world that is the same each time it is looked at: its clock, its ids and its history. For pictures and snapshots.

The history is really sent, through the sandbox: the simulator's magic numbers (docs/simulator.md) give every status.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

from mitto_tui.mitto.simulator.scenario import MAGIC_PREFIX
from mitto_tui.mitto.simulator.server import Simulator
from mitto_tui.sms.message import Options
from mitto_tui.workspace.workspace import Workspace

NOW: Final = datetime(2026, 3, 2, 12, 4, 11, tzinfo=UTC)
_SEED: Final = 4711
_STEP: Final = timedelta(seconds=0.13)
_ALPHABET: Final = "23456789abcdefghijkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of the history. ``to`` is a number, or two digits of a magic one; ``ago`` is before ``NOW``."""

    to: str
    text: str
    ago: timedelta
    options: Options | None = None


HISTORY: Final = (
    Sent("+49 172 5550143", "Your code is 118 920. It is valid for ten minutes.", timedelta(days=12)),
    Sent("+49 172 5550156", "The workshop begins an hour later: 10:00.", timedelta(days=11, hours=4)),
    Sent("+43 664 5550102", "Ihr Termin: Donnerstag, 14:30 Uhr.", timedelta(days=10, hours=1)),
    Sent("+49 172 5550143", "Your code is 402 667. It is valid for ten minutes.", timedelta(days=9)),
    Sent("+49 172 5550119", "Water will be off on Friday from 8 to 10.", timedelta(days=8, hours=6)),
    Sent("+49 172 5550120", "Water will be off on Friday from 8 to 10.", timedelta(days=8, hours=6)),
    Sent("02", "Water will be off on Friday from 8 to 10.", timedelta(days=8, hours=6)),
    Sent("+41 79 555 01 45", "Grüezi! Ihr Velo ist repariert.", timedelta(days=6, hours=2)),
    Sent("+49 172 5550167", "Your parcel 7702 is on its way.", timedelta(days=5, hours=3)),
    Sent("+49 172 5550188", "Thank you for your visit, and see you next year.", timedelta(days=4, hours=1)),
    Sent("+49 172 5550178", "Welcome aboard, Ines! Your first day starts at 9:00 at the main gate.", timedelta(days=3)),
    Sent("+43 664 5550117", "Your code is 884 211. It is valid for ten minutes.", timedelta(days=2, hours=2)),
    Sent("+41 79 555 01 23", "Die Brücke ist gesperrt, bitte über Weinfelden fahren.", timedelta(days=1, hours=5)),
    Sent("01", "Reminder: your appointment is on Tuesday at 14:30.", timedelta(days=1, hours=3)),
    Sent("18", "Your parcel 7731 waits at the post office in Kirchgasse 4.", timedelta(hours=3, minutes=41)),
    Sent(
        "+33 6 12 34 56 78",
        "Votre colis est arrivé, 4 rue de l’Église. À bientôt, l’équipe du dépôt",
        timedelta(hours=3, minutes=12),
    ),
    Sent("02", "We could not reach you today. May we call tomorrow?", timedelta(hours=2, minutes=50)),
    Sent(
        "+44 7400 123456",
        "Hi Sam, the keys are with the porter.",
        timedelta(hours=2, minutes=8),
        Options(reference="Porter"),
    ),
    Sent("+49 172 5550191", "Test of the new sender", timedelta(hours=1, minutes=33), Options(test=True)),
    Sent("14", "Ваш заказ готов", timedelta(hours=1, minutes=20)),
    Sent("20", "The meeting moved to room 12.", timedelta(minutes=44)),
    Sent("31", "Your table for four is booked, 19:30. See you!", timedelta(minutes=30)),
    Sent("04", "Good news: the spare part arrived.", timedelta(minutes=17)),
    Sent("30", "Your order 4711 is ready, Jürgen. We are open until six.", timedelta(minutes=9)),
    Sent("+49 172 5551234", "Dear Jürgen, your order “4711” is ready… see you soon!", timedelta(minutes=2)),
)
IN_DOUBT: Final = len(HISTORY) - 1
"""The id of the message in doubt: ids begin at 1 and follow the order above."""


class Clock:
    """Moves on by ``step`` whenever it is looked at."""

    def __init__(self) -> None:
        self.at = NOW
        self.step = timedelta()

    def now(self) -> datetime:
        self.at += self.step
        return self.at


class Stage:
    """What is fixed, and what can be asked of it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._random = random.Random(_SEED)
        self._simulators: list[Simulator] = []

    def simulator(self) -> Simulator:
        """A simulator whose runs repeat."""
        simulator = Simulator(seed=_SEED)
        self._simulators.append(simulator)
        return simulator

    def token(self) -> str:
        """A token like a real one, but always the same."""
        return "".join(self._random.choice(_ALPHABET) for _ in range(20))

    async def play(self, workspace: Workspace) -> None:
        """Send the history, each message at its time, and wait for its reports."""
        for sent in HISTORY:
            to = f"+{MAGIC_PREFIX}{sent.to}" if len(sent.to) == 2 else sent.to
            self.clock.at, self.clock.step = NOW - sent.ago, _STEP
            await workspace.send(workspace.check("MITTO SMS", to, sent.text, sent.options or Options()))
            self.clock.at, self.clock.step = self.clock.at + timedelta(seconds=3), timedelta()
            for simulator in self._simulators:
                await simulator.flush_reports()
        self.clock.at = NOW


@contextmanager
def staged(home: Path) -> Iterator[Stage]:
    """Within it, the program lives in ``home`` and everything that changes by itself stands still."""
    stage = Stage()
    clock = stage.clock
    stamp: Callable[[], str] = lambda: f"{clock.at:%Y-%m-%dT%H:%M:%S}.0000000Z"  # noqa: E731 - a stand-in
    times = SimpleNamespace(time=lambda: clock.at.timestamp(), monotonic=time.monotonic)

    class Today(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return clock.at.astimezone(tz)

    environ = {"HOME": str(home), "MITTO_TUI_HOME": str(home / "mitto-tui"), "TZ": "UTC"}
    with (
        mock.patch.dict(os.environ, environ),
        mock.patch("mitto_tui.workspace.workspace.now", clock.now),
        mock.patch("mitto_tui.sending.single.new_token", stage.token),
        mock.patch("mitto_tui.mitto.simulator.Simulator", stage.simulator),
        mock.patch("mitto_tui.mitto.simulator.answers.timestamp", stamp),
        mock.patch("mitto_tui.mitto.simulator.reports.time", times),
        mock.patch("mitto_tui.ui.widgets.message_table.datetime", Today),
        mock.patch("mitto_tui.ui.autosave.datetime", Today),
    ):
        for name in ("MITTO_API_KEY", "MITTO_BASE_URL", "NO_COLOR"):
            os.environ.pop(name, None)
        time.tzset()
        try:
            yield stage
        finally:
            os.environ.pop("TZ")
            time.tzset()

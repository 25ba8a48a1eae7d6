"""The sandbox: a simulator of Mitto and a report receiver in this process, on loopback, over real HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mitto_tui.mitto.simulator import Simulator
    from mitto_tui.reports.receiver import ReportReceiver, ReportStore

SANDBOX_KEY: Final = "sandbox"
"""The simulator takes any key; this one says where it is from."""


class Sandbox:
    """A rehearsal of the whole world: started together, ended together, with no report left behind."""

    def __init__(self, simulator: Simulator, receiver: ReportReceiver) -> None:
        self._simulator = simulator
        self._receiver = receiver

    @classmethod
    async def start(cls, store: ReportStore, on_stored: Callable[[int], None]) -> Sandbox:
        """Start both sides. Raises MittoTuiError where loopback can't be listened on."""
        from mitto_tui.mitto.simulator import Simulator
        from mitto_tui.reports.receiver import ReportReceiver, new_receiver_token

        receiver = ReportReceiver(store, new_receiver_token(), on_stored=on_stored)
        await receiver.start()
        try:
            simulator = Simulator()
            await simulator.start()
        except BaseException:
            await receiver.aclose()
            raise
        simulator.report_url = receiver.url
        return cls(simulator, receiver)

    @property
    def url(self) -> str:
        """The simulator's base URL."""
        return self._simulator.url

    async def aclose(self) -> None:
        """Deliver what is outstanding, then end both."""
        with contextlib.suppress(Exception):  # a rehearsal's last reports are not worth failing for
            await self._simulator.flush_reports()
        await self._simulator.aclose()
        await self._receiver.aclose()

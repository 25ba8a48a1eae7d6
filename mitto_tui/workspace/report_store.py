"""Received reports into one profile's store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from mitto_tui.storage.reports import Reports

if TYPE_CHECKING:
    from mitto_tui.reports.receiver import ReceivedReport


class ProfileReports:
    """What the receiver writes to: every report is kept and applied."""

    def __init__(self, reports: Reports, profile: str, clock: Callable[[], datetime]) -> None:
        self._reports = reports
        self._profile = profile
        self._clock = clock

    def receive(self, received: Sequence[ReceivedReport]) -> None:
        """Store and apply. Raises StoreError where that fails.

        What was stored by then stays: a report that is sent again makes no difference.
        """
        at = self._clock()
        for source, items in groupby(received, key=lambda item: item.source):
            self._reports.receive_many(self._profile, [(item.report, item.raw) for item in items], source, at)

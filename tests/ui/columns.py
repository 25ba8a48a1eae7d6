"""The step "Columns" on its own: a screen with nothing else on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from mitto_tui.settings.profiles import Profile
from mitto_tui.ui.bulk.columns_step import ColumnsStep
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.workspace.lists import OpenedList
from tests.ui.rooms import until
from tests.ui.shelves import BareApp

PROFILE = Profile("work", country="DE")


class Stage(Screen[None]):
    """A screen with the step."""

    CSS_PATH: ClassVar[Any] = "../../mitto_tui/ui/styles/bulk_columns.tcss"
    HELP_TEXTS = ColumnsStep.HELP_TEXTS

    def __init__(self, job: BulkJob) -> None:
        super().__init__()
        self.step = ColumnsStep(job)
        self.changes = 0

    def compose(self) -> ComposeResult:
        yield self.step

    @property
    def acting(self) -> ColumnsStep:
        return self.step

    def on_bulk_step_changed(self) -> None:
        self.changes += 1


class StageApp(BareApp):
    """The app over one profile and no store."""

    def __init__(self, *, masked: bool = False, profile: Profile = PROFILE) -> None:
        super().__init__(masked=masked)
        self.stand_in: Any = SimpleNamespace(profile=profile)


def job_of(source: Path | str, profile: Profile = PROFILE, shapes: Any = None) -> BulkJob:
    """A list, opened as the first step does it."""
    opened = OpenedList.open(source, profile, shapes)
    return BulkJob(opened, opened.numbers)


@asynccontextmanager
async def stage(
    job: BulkJob, *, size: tuple[int, int] = (120, 36), masked: bool = False, profile: Profile = PROFILE
) -> AsyncIterator[tuple[ColumnsStep, Pilot[int]]]:
    """The step in sight, with the list read."""
    app = StageApp(masked=masked, profile=profile)
    try:
        async with app.run_test(size=size) as pilot:
            app.workspace = app.stand_in
            screen = Stage(job)
            await app.push_screen(screen)
            screen.step.come()
            await read(screen.step, pilot)
            yield screen.step, pilot
    finally:
        if job.opened is not None:
            job.opened.close()


async def read(step: ColumnsStep, pilot: Pilot[int]) -> None:
    """Wait until nothing is being read any more."""
    await until(pilot, lambda: not step.reading)

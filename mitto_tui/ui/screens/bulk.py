"""Bulk: one message for a list, step by step: list, columns, message, check, send. One can always go back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from mitto_tui.recipients.readers.model import ListProblem
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.storage.campaigns import Campaign, CampaignState
from mitto_tui.ui.bulk.check_step import CheckStep
from mitto_tui.ui.bulk.columns_step import ColumnsStep
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.kept_source import choices_of, numbers_of
from mitto_tui.ui.bulk.list_step import ListStep
from mitto_tui.ui.bulk.message_step import MessageStep
from mitto_tui.ui.bulk.running_line import RunningLine
from mitto_tui.ui.bulk.send_step import SendStep
from mitto_tui.ui.bulk.step import BulkStep
from mitto_tui.ui.bulk.step_line import StepLine
from mitto_tui.ui.commands import bulk as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.keys_typed import keys_typed
from mitto_tui.ui.literal import literal
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.workspace.list_check import options_of
from mitto_tui.workspace.lists import NumberChoices, OpenedList

_STEPS: Final[Sequence[type[BulkStep]]] = (ListStep, ColumnsStep, MessageStep, CheckStep, SendStep)
_LIST, _COLUMNS, _MESSAGE, _CHECK, _SEND = range(5)


def _of_all_steps(pick: Callable[[type[BulkStep]], Mapping[str, str]]) -> dict[str, str]:
    return {key: value for step in _STEPS for key, value in pick(step).items()}


class BulkScreen(ModeScreen):
    """The way from a list to its sending."""

    MODE = "bulk"
    CSS_PATH: ClassVar[Any] = [
        f"../styles/{name}.tcss"
        for name in (
            "bulk",
            "bulk_list",
            "bulk_columns",
            "bulk_message",
            "bulk_check",
            "bulk_send",
            "replace",
            "writing",
        )
    ]
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(*commands.COMMANDS)
    HELP_TEXTS: ClassVar[dict[str, str]] = _of_all_steps(lambda step: step.HELP_TEXTS)

    def __init__(self) -> None:
        super().__init__()
        self.job = BulkJob()
        self._steps: list[BulkStep | None] = [None] * len(_STEPS)
        self._index = _LIST
        self._going = asyncio.Lock()
        self._openings = 0
        self._missing = ""
        """What is said above the step."""

    def body(self) -> ComposeResult:
        yield StepLine([step.NAME for step in _STEPS])
        yield RunningLine()
        yield Static("", markup=False, id="bulk-said")
        yield Container(id="steps")

    async def on_mount(self) -> None:
        await self._show(_LIST)

    # -- steps --------------------------------------------------------------------------------------------------------

    @property
    def step(self) -> BulkStep:
        """The step that is shown. Only once the screen is mounted."""
        step = self._steps[self._index]
        assert step is not None
        return step

    @property
    def acting(self) -> BulkStep | None:
        return self._steps[self._index]

    @property
    def ABOUT(self) -> str:  # type: ignore[override]  # it is that of the step that is shown
        step = self.acting
        return step.ABOUT if step is not None else ""

    @property
    def JUMPS(self) -> dict[str, str]:  # type: ignore[override]  # they are those of the step that is shown
        step = self.acting
        return step.JUMPS if step is not None else {}

    @property
    def can_go_on(self) -> bool:
        """Whether there is a step after this one."""
        return self._index < _SEND

    @property
    def can_go_back(self) -> bool:
        """Whether there is a step before this one."""
        return self._index > _LIST

    async def _show(self, index: int) -> None:
        """Show a step, with nothing else happening meanwhile."""
        async with self._going:
            before = self.acting
            if before is not None and index != self._index:
                before.go()
                before.display = False
            self._index = index
            step = self._steps[index]
            if step is None:
                step = self._steps[index] = _STEPS[index](self.job)
                await self.query_one("#steps").mount(step)
            step.display = True
            self.say()
            self._refresh_line()
            self.refresh_bindings()
            self._show_running()
            step.come()

    def _refresh_line(self) -> None:
        opened, campaign = self.job.opened, self.job.campaign
        name = opened.name if opened is not None else campaign.name if campaign is not None else ""
        self.query_one(StepLine).show(self._index, self._index, literal(self.mitto.number(name), 60, DIM))

    def say(self, missing: str = "") -> None:
        """Say above the step why it can't be left yet; nothing takes it away."""
        self._missing = missing
        said = self.query_one("#bulk-said", Static)
        said.update(Content.styled(missing, WARN))
        said.display = bool(missing)

    @on(BulkStep.Changed)
    def _changed(self, event: BulkStep.Changed) -> None:
        event.stop()
        if self._missing != self.step.missing:  # else it is still so, whatever else changed
            self.say()
        self._refresh_line()
        self.refresh_bindings()

    async def action_next(self) -> None:
        await self._typed()
        await self._go_on(self._index + 1)

    async def _typed(self) -> None:
        """What was typed before a command has reached the job afterwards."""
        await keys_typed(self.focused, self.acting)

    async def _go_on(self, to: int) -> None:
        """Go to a later step, as far as nothing is missing."""
        while self._index < min(to, _SEND):
            step = self.step
            if not step.proceed():
                return
            if missing := step.missing:
                self.say("" if step.shows_missing else missing)
                return
            if self._index == _COLUMNS:
                self._remember()
            await self._show(self._index + 1)

    async def action_back(self) -> None:
        if not self.can_go_back:
            return
        if self._index == _CHECK and self.job.opened is None:
            # A draft whose file can't be read any more has no columns and no message to go back to.
            await self._show(_LIST)
        else:
            await self._show(self._index - 1)

    async def action_new_list(self) -> None:
        await self._show(_LIST)

    @on(StepLine.Clicked)
    async def _step_clicked(self, event: StepLine.Clicked) -> None:
        if event.index > self._index:
            await self._typed()
            await self._go_on(event.index)
        elif event.index < self._index and (event.index == _LIST or self.job.opened is not None):
            await self._show(event.index)

    # -- the list -----------------------------------------------------------------------------------------------------

    @on(ListStep.Chosen)
    def _list_chosen(self, event: ListStep.Chosen) -> None:
        event.stop()
        self._openings += 1
        self._open(event.source, self._openings)

    @on(ListStep.Stopped)
    def _opening_stopped(self, event: ListStep.Stopped) -> None:
        event.stop()
        self._openings += 1
        self._list_step.busy(None)

    @property
    def _list_step(self) -> ListStep:
        step = self._steps[_LIST]
        assert isinstance(step, ListStep)
        return step

    @work(group="opening")
    async def _open(self, source: Path | str, opening: int) -> None:
        """Read a list, and go on with it; what was stopped meanwhile is only closed again."""
        step = self._list_step
        step.busy("Reading the list…")
        workspace = self.workspace
        try:
            opened = await asyncio.to_thread(OpenedList.open, source, workspace.profile, workspace.list_shapes)
        except MittoTuiError as error:
            if opening == self._openings:
                step.busy(None)
                step.complain(error)
            return
        if opening != self._openings:
            await asyncio.to_thread(opened.close)
            return
        step.busy(None)
        if isinstance(source, Path):
            step.remember(source)
        await self._take(opened)
        await self._show(_COLUMNS)

    async def _take(self, opened: OpenedList | None) -> None:
        """Go on with another list, or with none."""
        job, before = self.job, self.job.opened
        job.opened, job.vote = opened, None
        job.taken += 1
        job.numbers = opened.numbers if opened is not None else NumberChoices()
        if before is not None and before is not opened:
            await asyncio.to_thread(before.close)

    @work(group="remembering", exit_on_error=False)
    async def _remember(self) -> None:
        """Keep what was chosen, for the next list that looks like this one."""
        job, workspace = self.job, self.workspace
        if job.opened is not None:
            with suppress(MittoTuiError):  # the next list is read as any other then
                await asyncio.to_thread(
                    job.opened.remember, job.numbers, workspace.profile, workspace.list_shapes, datetime.now(UTC)
                )

    # -- a list that was checked before -------------------------------------------------------------------------------

    @on(ListStep.Resumed)
    def _list_resumed(self, event: ListStep.Resumed) -> None:
        event.stop()
        self._openings += 1
        self._resume(event.campaign_id, self._openings)

    @work(group="opening")
    async def _resume(self, campaign_id: int, opening: int) -> None:
        step = self._list_step
        step.busy("Opening the checked list…")
        try:
            campaign = await asyncio.to_thread(self.workspace.campaigns.get, campaign_id)
            opened = await asyncio.to_thread(self._reopened, campaign) if campaign is not None else None
        except MittoTuiError as error:
            if opening == self._openings:
                step.busy(None)
                step.complain(error)
            return
        if opening != self._openings:
            if opened is not None:
                await asyncio.to_thread(opened.close)
            return
        step.busy(None)
        if campaign is None:
            step.complain(InvalidInput("list", "This checked list is gone.", "It was deleted meanwhile."))
            step.store_changed()
            return
        await self._take(opened)
        if opened is not None and isinstance(opened.source, Path):
            step.stand_for(opened.source)
        job = self.job
        job.sender, job.template, job.options = campaign.sender, campaign.template, options_of(campaign.options)
        job.raw_options = {}
        job.sums, job.campaign, job.checked = None, campaign, job.asked
        await self._show(_CHECK if campaign.state is CampaignState.DRAFT else _SEND)

    def _reopened(self, campaign: Campaign) -> OpenedList | None:
        """In a thread: the file that a draft was made from, read as it was then; None where that can't be.

        Neither can it be where the file was changed since: what it says now is not what was checked.
        """
        source = campaign.source
        path = source.get("path")
        if not isinstance(path, str):
            return None
        try:
            if Path(path).stat().st_mtime > campaign.created_at.timestamp():
                return None
            opened = OpenedList.open(Path(path), self.workspace.profile)
        except (ListProblem, OSError):
            return None
        try:
            again = opened.again(choices_of(source))
        except ListProblem:
            opened.close()
            return None
        if again is not opened:
            opened.close()
        columns = source.get("columns")
        if not isinstance(columns, list) or list(again.columns) != columns:
            again.close()
            return None
        return replace(again, numbers=numbers_of(source))

    # -- what is being sent -------------------------------------------------------------------------------------------

    @on(SendStep.Progressed)
    def _progressed(self, event: SendStep.Progressed) -> None:
        event.stop()
        self._show_running()

    def _show_running(self) -> None:
        """Say what is being sent, unless that is what is shown."""
        step = self._steps[_SEND]
        if isinstance(step, SendStep) and step.is_mounted:
            shown = step.campaign if self._index == _SEND else None
            boards = step.sending.under_way
            others = [board for board in boards if shown is None or board.campaign.id != shown.id]
            self.query_one(RunningLine).show(others)

    @on(RunningLine.Clicked)
    def _running_clicked(self, event: RunningLine.Clicked) -> None:
        event.stop()
        self._openings += 1
        self._resume(event.campaign, self._openings)

    @on(SendStep.AnotherList)
    async def _another_list(self, event: SendStep.AnotherList) -> None:
        event.stop()
        await self._show(_LIST)

    # -- the rest -----------------------------------------------------------------------------------------------------

    def masking_changed(self) -> None:
        self._refresh_line()
        for step in self._made:
            step.masking_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == commands.Next.action() and not self.can_go_on:
            return False  # the last step has its key to itself
        return super().check_action(action, parameters)

    def store_changed(self) -> None:
        for step in self._made:
            step.store_changed()

    @property
    def _made(self) -> list[BulkStep]:
        return [step for step in self._steps if step is not None]

    async def before_quit(self) -> None:
        for step in self._made:
            await step.before_quit()

    def on_unmount(self) -> None:
        if self.job.opened is not None:
            self.job.opened.close()

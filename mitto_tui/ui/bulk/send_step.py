"""Send: what goes out and how fast, a test to oneself, one question; then how it goes, and pause, resume, cancel."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input

from mitto_tui.sms.campaign import CampaignLimits, CampaignState
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.ui.again import Again
from mitto_tui.ui.bulk import board_lines
from mitto_tui.ui.bulk import send_words as words
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.send_deciding import OVER, Deciding
from mitto_tui.ui.bulk.send_limits import as_typed, limits_words, read_limits
from mitto_tui.ui.bulk.send_myself import ToMyself
from mitto_tui.ui.bulk.send_questions import ask_send, summary_rows
from mitto_tui.ui.bulk.sending import Sending
from mitto_tui.ui.commands import bulk_send as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.history_rows import Group
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.campaign_board import CampaignBoard
from mitto_tui.ui.widgets.send_plan import PlanShown, SendPlan

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.ui.app import MittoApp

_REDRAW: Final = 0.2
_COUNTED: Final = 1.0
"""Seconds between two counts of what came of all messages."""

_FAILED: Final = Group.FAILED.statuses or frozenset()


class SendStep(Deciding):
    """The plan of a draft, or the board of a campaign that was approved."""

    NAME = "Send"
    ABOUT = words.ABOUT
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(*ACTIONS)
    JUMPS: ClassVar[dict[str, str]] = {
        "l": "#send-rate",
        "c": "#send-first",
        "t": "#send-test-to",
        "s": "#send-now",
        "b": "#board-buttons Button",
    }
    HELP_TEXTS: ClassVar[dict[str, str]] = words.HELP

    class AnotherList(Message):
        """The person is done here and wants to begin with another list."""

    class Progressed(Message):
        """Something under way has moved on."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SendStep.Progressed)

    def __init__(self, job: BulkJob, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(job, id=id)
        self._campaign: Campaign | None = None
        self._same: tuple[Campaign, ...] = ()
        self._filled = False
        self._in_sight = False
        self._look_again = Again(self, self._look, "send-look")
        self._offered: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield SendPlan()
        yield CampaignBoard()

    def on_mount(self) -> None:
        self.sending = Sending(self, self.workspace)
        self.myself = ToMyself(self, self.workspace)
        self.plan.display = self.board.display = False
        self.set_interval(_REDRAW, self._tick)

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def plan(self) -> SendPlan:
        """What is shown of a draft."""
        return self.query_one(SendPlan)

    @property
    def board(self) -> CampaignBoard:
        """What is shown of a campaign that was approved."""
        return self.query_one(CampaignBoard)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        for command in self.ACTIONS:
            if command.action() == action:  # what can't be done now has no place in the footer
                return bool(command.possible(self))
        return super().check_action(action, parameters)

    def _offer(self) -> None:
        """Bring footer and buttons up to date, if what can be done has changed."""
        board = self.standing
        over = board is not None and board.campaign.state in OVER and not board.runs_here and not board.waiting
        names = {
            name
            for name, there in (
                ("pause", self.can_pause),
                ("resume", self.can_resume),
                ("cancel", self.can_cancel),
                ("stop", self.can_stop_making),
                ("failed", board is not None and any(board.counts.get(status) for status in _FAILED)),
                ("another", over or (board is not None and board.runs_here)),
            )
            if there
        }
        labels = {"resume": "Begin sending"} if self._state is CampaignState.READY else {}
        offered = (frozenset(names), tuple(labels), self.can_send, self.can_decide)
        if offered != self._offered:
            self._offered = offered
            self.board.offer(frozenset(names), labels)
            self.refresh_bindings()

    # -- coming and going ---------------------------------------------------------------------------------------------

    def come(self) -> None:
        self._in_sight = True
        campaign = self.job.current_campaign
        if campaign is None:
            return
        if self._campaign is None or self._campaign.id != campaign.id:
            self.show_campaign(campaign)
        else:
            self._show(take_focus=True)
            self._look_again()

    def go(self) -> None:
        self._in_sight = False

    def show_campaign(self, campaign: Campaign) -> None:
        """Show another one: its plan if it is a draft, else its board."""
        self._campaign, self._same = campaign, ()
        self.myself.forget()
        self._show(take_focus=True)
        self._look_again()
        if campaign.state is CampaignState.DRAFT:
            self.run_worker(self._look_for_same(campaign), group="send-same", exclusive=True, exit_on_error=False)

    async def before_quit(self) -> None:
        await self.sending.finish_making()

    def masking_changed(self) -> None:
        if self.is_mounted:
            masked = self.mitto.masked
            self.plan.test_to.mask(masked)
            self.myself.redraw()
            self._show()

    def store_changed(self) -> None:
        if self.is_mounted and self._campaign is not None:
            self._look_again()
            self.myself.look()

    async def _look(self) -> None:
        """Read it anew, at most once a second: each of its messages is counted."""
        campaign = self._campaign
        if campaign is None:
            return
        try:
            watched = await self.sending.read(campaign.id)
        except MittoTuiError as error:
            self.plan.complain("", str(error))
            return
        if self._campaign is not None and self._campaign.id == campaign.id:
            if watched is None:
                self._gone(campaign)
                return
            self._campaign = watched.campaign
            if self.job.campaign is not None and self.job.campaign.id == campaign.id:
                self.job.campaign = watched.campaign
            self._show()
        await asyncio.sleep(_COUNTED)

    def _gone(self, campaign: Campaign) -> None:
        self._campaign = None
        self.plan.show(PlanShown((("", Content.styled("This draft has been thrown away.", WARN)),), "Send", False))
        if self.job.campaign is not None and self.job.campaign.id == campaign.id:
            self.job.campaign = self.job.checked = None
            self.post_message(self.Changed())

    async def _look_for_same(self, campaign: Campaign) -> None:
        try:
            found = await self.workspace.runs.same_content(campaign.id)
        except MittoTuiError:
            return  # the plan itself says what is wrong with the store
        if self._campaign is not None and self._campaign.id == campaign.id:
            self._same = tuple(found)
            self._show()

    # -- showing ------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """While something goes on: what is shown follows it."""
        if not self.sending.watched or not self.sending.under_way:
            return
        self.post_message(self.Progressed())
        self.mitto.terminal_title.show(board_lines.title_words(self.sending.under_way))
        if self._in_sight and self.screen.is_current and self._busy:
            self._show_board()
            self._look_again()

    def _show(self, *, take_focus: bool = False) -> None:
        if not self.is_mounted or self.campaign is None:
            return
        planned = self._planned
        changed = self.plan.display is not planned or self.board.display is planned
        self.plan.display, self.board.display = planned, not planned
        if planned:
            self._show_plan()
        else:
            self._show_board()
        self._offer()
        if self._in_sight and self.screen.is_current and (take_focus or changed):
            if planned:
                self.call_after_refresh(self.query_one("#send-now", Button).focus)
            else:
                self.board.take_focus()

    def _show_plan(self) -> None:
        campaign = self.campaign
        assert campaign is not None
        if not self._filled:
            self._filled = True
            self.plan.fill(as_typed(self.workspace.profile.limits))
            self.plan.test_to.mask(self.mitto.masked)
        test = words.is_test(campaign)
        send = f"Send {'a test ' if test else ''}to {words.to_words(campaign)}…"
        rows = summary_rows(self.mitto, campaign, self._same, self.worst)
        self.plan.show(PlanShown(rows, send, bool(self.recipients)))

    def _show_board(self) -> None:
        board = self.standing
        if board is None:
            return
        campaign = board.campaign
        title = Content(f"Campaign {campaign.id} · ") + literal(self.mitto.number(campaign.name), 40)
        alike = campaign.text is not None
        limits = limits_words(campaign.limits, alike=alike) if campaign.limits is not None else ""
        self.board.show(board, title, Content.styled(limits, DIM))

    @on(Sending.Moved)
    def _moved(self, event: Sending.Moved) -> None:
        event.stop()
        self._show()
        self.post_message(self.Progressed())

    @on(Sending.Failed)
    def _failed(self, event: Sending.Failed) -> None:
        event.stop()
        if isinstance(event.error, MittoTuiError):
            self.mitto.report_problem(event.error)
        else:
            self.mitto.report_error(event.error)
        self._show()

    @on(Sending.Ended)
    def _ended(self, event: Sending.Ended) -> None:
        event.stop()
        watched = event.watched
        board = watched.board(0.0)
        self._show()
        self.post_message(self.Progressed())
        if watched.campaign.state in (CampaignState.DRAFT, CampaignState.APPROVING):
            return
        title, said = board_lines.ended_words(board)
        fine = watched.campaign.state is CampaignState.FINISHED and not board.in_doubt
        self.mitto.bell()
        if not self.sending.under_way:
            self.mitto.terminal_title.show(board_lines.ended_title(board))
        if self._in_view(watched.campaign):
            return  # the board says it
        self.mitto.notify(
            self.mitto.number(said), title=title, severity="information" if fine else "warning", timeout=12
        )

    def _in_view(self, campaign: Campaign) -> bool:
        shown = self._campaign is not None and self._campaign.id == campaign.id
        return shown and self._in_sight and self.screen.is_current

    # -- the plan -----------------------------------------------------------------------------------------------------

    def _limits(self) -> CampaignLimits | None:
        try:
            limits = read_limits(self.plan.limits, self.workspace.profile.limits.max_rejected)
        except InvalidInput as error:
            self.plan.complain(error.field, error.message)
            return None
        self.plan.complain()
        return limits

    @on(SendPlan.LimitsChanged)
    def _limits_changed(self, event: SendPlan.LimitsChanged) -> None:
        event.stop()
        self._limits()

    def proceed(self) -> bool:
        self.action_send()
        return False

    def action_send(self) -> None:
        campaign = self.campaign
        if not self.can_send or campaign is None:
            return
        try:
            self.workspace.config.require_sound(self.workspace.profile.name)
            limits = read_limits(self.plan.limits, self.workspace.profile.limits.max_rejected)
        except InvalidInput as error:
            self.plan.complain(error.field, error.message)
            self.plan.query_one(f"#send-{error.field}", Input).focus()
            return
        except MittoTuiError as error:
            self.mitto.report_problem(error)
            return
        same = self._same

        def answered(answer: str | None) -> None:
            if answer == "yes" and self._planned:
                self.sending.begin(campaign, limits)

        self.mitto.push_screen(ask_send(self.mitto, campaign, limits, same, self.worst), answered)

    def action_send_test(self) -> None:
        campaign = self.campaign
        if self.can_test and campaign is not None:
            self.myself.send(campaign)

    @on(Input.Submitted, "#send-test-to,#send-test-row")
    def _test_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_send_test()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        actions = {
            "send-now": self.action_send,
            "send-test": self.action_send_test,
            "board-pause": self.action_pause,
            "board-resume": self.action_resume,
            "board-cancel": self.action_cancel_sending,
            "board-stop": self.action_stop_making,
            "board-attention": self.action_doubt,
            "board-failed": self._show_failed,
            "board-another": self._another,
        }
        if (action := actions.get(event.button.id or "")) is not None:
            action()

    def _show_failed(self) -> None:
        if (board := self.standing) is not None:
            app = cast("MittoApp", self.app)
            self.run_worker(app.show_campaign(board.campaign.id, board.campaign.name), exit_on_error=False)

    def _another(self) -> None:
        self.post_message(self.AnotherList())

    def on_show(self) -> None:
        self._show()

    def redraw(self) -> None:
        self._show()

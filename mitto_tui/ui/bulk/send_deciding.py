"""What can be done about the campaign that the step "Send" shows: pause, resume, cancel, decide on what is in doubt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from mitto_tui.sms.campaign import CampaignState
from mitto_tui.ui.bulk.board_words import Board
from mitto_tui.ui.bulk.check_words import recipients_of
from mitto_tui.ui.bulk.send_questions import ask_again, ask_assume, ask_cancel
from mitto_tui.ui.bulk.sending import Sending
from mitto_tui.ui.bulk.step import BulkStep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mitto_tui.storage.campaigns import Campaign

_QUEUED_IN: Final = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.READY)
OVER: Final = (CampaignState.FINISHED, CampaignState.CANCELLED)


class Deciding(BulkStep):
    """A step that shows one campaign, and what is asked and done about it."""

    sending: Sending
    _campaign: Campaign | None = None

    def redraw(self) -> None:
        """Something was begun: show it."""
        raise NotImplementedError

    @property
    def worst(self) -> Mapping[str, int] | None:
        """The segments that the list can come to at most, by country, where that is known."""
        sums = self.job.current_sums
        return sums.worst if sums is not None else None

    @property
    def campaign(self) -> Campaign | None:
        """The campaign that is shown, as it was read last."""
        campaign = self._campaign
        if campaign is None:
            return None
        watched = self.sending.watched.get(campaign.id)
        return watched.campaign if watched is not None else campaign

    @property
    def standing(self) -> Board | None:
        """How the campaign that is shown stands; None while it is only planned."""
        campaign = self.campaign
        if campaign is None:
            return None
        board = self.sending.board(campaign.id)
        return board if board is not None and not self._planned else None

    @property
    def _planned(self) -> bool:
        """Whether the campaign that is shown is a draft that nothing is done for yet."""
        campaign = self.campaign
        if campaign is None or campaign.state is not CampaignState.DRAFT:
            return False
        watched = self.sending.watched.get(campaign.id)
        return watched is None or not watched.busy

    @property
    def _busy(self) -> bool:
        watched = self.sending.watched.get(self._campaign.id) if self._campaign is not None else None
        return watched is not None and watched.busy

    @property
    def _state(self) -> CampaignState | None:
        board = self.standing
        return board.campaign.state if board is not None else None

    # -- what commands ask --------------------------------------------------------------------------------------------

    @property
    def can_send(self) -> bool:
        """Whether a draft with recipients is shown."""
        return self.is_mounted and self._planned and bool(self.recipients)

    can_test = can_send

    @property
    def recipients(self) -> int:
        """How many the campaign that is shown is for."""
        campaign = self.campaign
        return recipients_of(campaign.totals) if campaign is not None else 0

    @property
    def can_pause(self) -> bool:
        """Whether it is being sent."""
        board = self.standing if self.is_mounted else None
        return board is not None and board.campaign.state is CampaignState.RUNNING and not board.stopping

    @property
    def can_resume(self) -> bool:
        """Whether it could be going on, and nothing is done for it now."""
        if not self.is_mounted or self._busy:
            return False
        board = self.standing
        if board is None:
            return False
        return board.waiting or self._state in (CampaignState.APPROVING, CampaignState.READY, CampaignState.PAUSED)

    @property
    def can_cancel(self) -> bool:
        """Whether something of it is still queued."""
        board = self.standing if self.is_mounted else None
        if board is None or board.stopping or (self._busy and not board.runs_here):
            return False
        return board.waiting or board.campaign.state in _QUEUED_IN

    @property
    def can_stop_making(self) -> bool:
        """Whether its messages are being made here."""
        board = self.standing if self.is_mounted else None
        return board is not None and board.making is not None

    @property
    def can_decide(self) -> bool:
        """Whether anything of it is in doubt."""
        board = self.standing if self.is_mounted else None
        return board is not None and bool(board.in_doubt)

    # -- the board ----------------------------------------------------------------------------------------------------

    def action_pause(self) -> None:
        if self.can_pause and self._campaign is not None:
            self.sending.pause(self._campaign.id)
            self.redraw()

    def action_resume(self) -> None:
        if self.can_resume and self._campaign is not None:
            self.sending.resume(self._campaign.id)
            self.redraw()

    def action_stop_making(self) -> None:
        if self._campaign is not None:
            self.sending.stop_making(self._campaign.id)

    def action_cancel_sending(self) -> None:
        board = self.standing
        if board is None or not self.can_cancel:
            return

        def answered(answer: str | None) -> None:
            if answer == "cancel":
                self.sending.cancel(board.campaign.id)
                self.redraw()

        self.mitto.push_screen(ask_cancel(board), answered)

    def action_doubt(self) -> None:
        from mitto_tui.ui.bulk.send_doubt import AGAIN, ASSUME, DoubtDialog

        campaign = self.campaign
        if campaign is None or not self.can_decide:
            return
        dialog = DoubtDialog(self.workspace, campaign.id)

        def answered(answer: str | None) -> None:
            if answer == ASSUME:
                self.mitto.push_screen(ask_assume(dialog.seen), partial(self._decided, campaign, ASSUME, dialog.seen))
            elif answer == AGAIN:
                question = ask_again(self.mitto, campaign, dialog.seen, self.worst)
                self.mitto.push_screen(question, partial(self._decided, campaign, AGAIN, dialog.seen))

        self.mitto.push_screen(dialog, answered)

    def _decided(self, campaign: Campaign, what: str, seen: int, answer: str | None) -> None:
        if answer == "yes":
            self.run_worker(self._carry_out(campaign.id, what, seen), group="decide", exit_on_error=False)

    async def _carry_out(self, campaign: int, what: str, seen: int) -> None:
        runs = self.workspace.runs
        again = what == "again"
        work = partial(runs.send_again, campaign, seen) if again else partial(runs.assume_sent, campaign)
        number = await self.sending.decide(work, campaign)
        if number is None:
            return
        subject = "1 message" if number == 1 else f"{number:,} messages"
        if not again:
            said = f"{subject} {'counts' if number == 1 else 'count'} as sent."
        elif self._busy or self._campaign is None or self._campaign.id != campaign:
            said = f"{subject} {'is' if number == 1 else 'are'} queued again."
        else:
            them = "it" if number == 1 else "them"
            said = f"{subject} {'is' if number == 1 else 'are'} queued again. Resume sends {them}."
        self.mitto.notify(said, title=f"Campaign {campaign}")

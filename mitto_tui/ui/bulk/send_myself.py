"""A test to oneself: one row's text as a message of its own, with its status until the delivery report is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.content import Content

from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.ui.again import Again
from mitto_tui.ui.literal import literal
from mitto_tui.ui.status_words import status_content
from mitto_tui.ui.themes import BAD, DIM

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.ui.bulk.send_step import SendStep
    from mitto_tui.workspace.workspace import Workspace


class ToMyself:
    """Sends it and follows it. What was typed stays where it was typed."""

    def __init__(self, step: SendStep, workspace: Workspace) -> None:
        self._step = step
        self._workspace = workspace
        self._said = Content("")
        self._sent: tuple[int, str, Status, str] | None = None
        self._under_way = False
        self._look_again = Again(step, self._read, "send-test")

    def forget(self) -> None:
        """Another list is shown."""
        self._sent, self._said = None, Content("")
        self.redraw()

    def send(self, campaign: Campaign) -> None:
        """Send it to what stands in the field, unless one is just being sent."""
        plan = self._step.plan
        to, row = plan.test_to.value.strip(), plan.test_row.value.strip() or "1"
        if not to:
            self._complain("Type your own number first.")
            plan.test_to.focus()
        elif not row.isascii() or not row.isdigit() or not 0 < int(row[:9]) <= self._step.recipients:
            self._complain(f"The row must be a number from 1 to {self._step.recipients:,}.")
            plan.test_row.focus()
        elif not self._under_way:
            self._under_way = True
            self._say(status_content(Status.SENDING))
            # Not the step's own to cancel: what has left can't be called back.
            self._step.mitto.run_worker(self._send(campaign.id, to, int(row) - 1), group="sending", exit_on_error=False)

    async def _send(self, campaign: int, to: str, place: int) -> None:
        try:
            result = await self._workspace.runs.send_to_myself(campaign, to, place)
            self._sent = (result.message_id, to, result.status, result.detail)
            self._say(Content(""))
        except InvalidInput as error:
            self._complain(error.message)
        except MittoTuiError as error:
            self._complain(str(error))
        except Exception as error:
            self._say(Content(""))
            self._step.mitto.report_error(error)
        finally:
            self._under_way = False
        self.look()

    def look(self) -> None:
        """A delivery report may have come."""
        if self._sent is not None and self._step.is_attached:
            self._look_again()

    async def _read(self) -> None:
        if self._sent is None:
            return
        message_id = self._sent[0]
        try:
            row = await asyncio.to_thread(self._workspace.history.get, message_id)
        except MittoTuiError:
            return  # it is read again with the next change
        if row is not None and self._sent is not None and self._sent[0] == message_id:
            self._sent = (message_id, self._sent[1], row.status, row.error or "")
            self.redraw()

    def _complain(self, sentence: str) -> None:
        self._sent = None
        self._say(literal(sentence, 200, BAD))

    def _say(self, said: Content) -> None:
        self._said = said
        self.redraw()

    def redraw(self) -> None:
        """Say it again: numbers may be masked now."""
        if not self._step.is_attached:
            return
        if self._sent is None:
            self._step.plan.say_test(self._said)
            return
        _, to, status, detail = self._sent
        hide = self._step.mitto.number
        shown = status_content(status) + Content("  ") + literal(hide(to), 24)
        if detail and status not in (Status.DELIVERED, Status.ACCEPTED):
            shown += Content.styled("  ", DIM) + literal(hide(detail), 160, DIM)
        self._step.plan.say_test(shown)

"""Sending from Compose: asked once, never waited for, followed to the delivery report."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

from textual import on, work

from mitto_tui.sending.single import NotBegun, SendResult
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.message import NewMessage
from mitto_tui.sms.status import Status
from mitto_tui.ui.autosave import Form, Writing
from mitto_tui.ui.screens.compose_base import ComposeBase
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.outcomes import Outcomes, Sent


class ComposeSending(ComposeBase):
    """The commands Send and Test, and what became of what was sent."""

    async def action_send(self) -> None:
        await self._ask(test=False)

    async def action_send_test(self) -> None:
        await self._ask(test=True)

    async def _ask(self, *, test: bool) -> None:
        from mitto_tui.ui.screens.confirm_send import REPLACE, SEND, Asked, ConfirmSend

        if not await self.ready():
            return  # asked already: a key that repeats must not ask, and so send, twice
        if self._no_key is not None:
            self._ask_for_key(self._no_key)
            return
        try:
            self.workspace.config.require_sound(self.workspace.profile.name)
            message = self._checked(test=test)
        except InvalidInput as error:
            self.message_form.complain(error)
            self.notify(self.mitto.number(str(error)), title="Not sent", severity="warning")
            return
        except MittoTuiError as error:
            self.mitto.report_problem(error)
            return
        reading = self.workspace.read_number(f"+{message.recipient}")
        number, warning = self.mitto.number(reading.display), self.mitto.number(reading.warning)
        chosen = self.message_form.options.message_type
        form = self.message_form.form
        asked = Asked(message, reading, number, warning, self.workspace.profile, chosen)

        def answered(answer: str | None) -> None:
            if answer == SEND and self.message_form.form != form:
                # Emptying the form would lose what nobody has agreed to send.
                self.notify("The message was changed meanwhile. Send it again.", title="Not sent", severity="warning")
            elif answer == SEND:
                self._dispatch(message, reading.display)
            elif answer == REPLACE:
                self.show_replacements()

        self.app.push_screen(ConfirmSend(asked), answered)

    def _checked(self, *, test: bool) -> NewMessage:
        form = self.message_form
        options = form.options.options()
        if test:
            options = replace(options, test=True)
        return self.workspace.check(form.sender.value, form.recipient.value, form.editor.text, options)

    def _ask_for_key(self, error: MittoTuiError) -> None:
        answers = [Answer("back", "Back", "esc")]
        if "settings" in self.mitto.MODES:
            answers.append(Answer("settings", "Settings", "s"))

        def answered(answer: str | None) -> None:
            if answer == "settings":
                self.mitto.action_settings()

        body = f"{error.message}\n\n{error.advice}"
        self.app.push_screen(Dialog("Nothing can be sent yet", body, answers, kind="-warning"), answered)

    def _dispatch(self, message: NewMessage, number: str) -> None:
        """Send without waiting: the form is free for the next message at once. What was only tested stays in it."""
        form = self.message_form.form
        writing: Writing | None = None
        if not message.content.test:
            self.remember(form)
            self.message_form.empty()
            writing = self.autosave.sent(form)
            self.set_focus(self.message_form.recipient)
        sent = Sent(number, message.content.text, message.content.test)
        self.outcomes.add(sent)
        # Not exclusive, and not cancelled by any screen: what has left can't be called back.
        self.app.run_worker(self._carry(sent, message, form, writing), group="sending")

    async def _carry(self, sent: Sent, message: NewMessage, form: Form, writing: Writing | None) -> None:
        try:
            stored = partial(self.autosave.stored, writing) if writing is not None else lambda: None
            result = await self.workspace.send(message, stored)
        except NotBegun as error:
            # It waits in History: if it stood in the form as well, it would soon be sent twice.
            sent.message_id, sent.status, sent.said = error.message_id, Status.QUEUED, str(error)
        except MittoTuiError as error:
            where = self._give_back(form, writing) or ("It is kept among the drafts." if writing is not None else "")
            sent.status, sent.said = Status.FAILED, f"Not sent. {error} {where}".rstrip()
        except Exception as error:
            sent.status, sent.said = Status.FAILED, "An unexpected error; look for this message in History."
            self.mitto.report_error(error)
        else:
            await self._say_result(sent, result)
            if result.status in (Status.REJECTED, Status.FAILED):
                sent.said = f"{sent.said} {self._give_back(form, writing)}".rstrip()
            self.offer_recent()
        self.outcomes.update_row(sent)

    async def _say_result(self, sent: Sent, result: SendResult) -> None:
        sent.message_id, sent.status = result.message_id, result.status
        if result.status is Status.QUEUED:
            sent.said = result.detail
        with suppress(MittoTuiError):  # the result is known, whether the store can be read or not
            await self._read_anew([sent])
        if result.not_stored is not None:
            sent.status, sent.said = result.status, result.detail

    def _give_back(self, form: Form, writing: Writing | None) -> str:
        """Put what was not sent into the form again, unless somebody is writing the next message; says what it did."""
        standing = self.message_form.form
        if writing is None or self.taken or not standing.blank:
            return ""
        self.message_form.fill(form)
        self.autosave.bring_back(form, standing, writing)
        return "It stands in the form again."

    # -- following ----------------------------------------------------------------------------------------------------

    def store_changed(self) -> None:
        self._follow()

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        await self._read_anew([sent for sent in self.outcomes.rows if not sent.settled])

    async def _read_anew(self, rows: list[Sent]) -> None:
        for sent in rows:
            if sent.message_id is None:
                continue
            row = await asyncio.to_thread(self.workspace.history.get, sent.message_id)
            if row is not None:
                if row.error or row.status is not sent.status:
                    sent.said = row.error or ""
                sent.status, sent.mitto_id = row.status, row.mitto_id
                self.outcomes.update_row(sent)

    @on(Outcomes.Opened)
    async def _open(self, event: Outcomes.Opened) -> None:
        await self.mitto.open_message(event.message_id)

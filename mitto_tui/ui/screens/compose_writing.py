"""Writing in Compose: bringing messages back, starting over, the editor outside."""

from __future__ import annotations

from textual import work

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.autosave import Form
from mitto_tui.ui.external_editor import edit_outside
from mitto_tui.ui.screens.compose_base import ComposeBase


class ComposeWriting(ComposeBase):
    """The commands that change what stands in the form."""

    def action_options(self) -> None:
        options = self.message_form.options
        options.opened = not options.opened
        if options.opened:
            self.query_one("#option-type").focus()
        elif self.focused is None or options in self.focused.ancestors:
            self.query_one("#options-summary").focus()

    def action_repeat(self) -> None:
        """Bring back the last message; what stands in the form takes its place, so that nothing is lost."""
        if self._last is not None:
            self.take(self._last)

    def take(self, form: Form) -> None:
        """Put a message into the form; what stands there is what Repeat brings back."""
        now = self.message_form.form
        if not now.blank:
            self.remember(now)
        self.message_form.fill(form)
        self.touched()
        self.message_form.editor.focus()

    def action_clear(self) -> None:
        form = self.message_form
        if not form.form.blank:
            self.remember(form.form)
        form.empty()
        self.touched()
        form.recipient.focus()

    def action_next_forcing(self) -> None:
        if not self.message_form.next_foreign():
            self.notify("Every character is in the GSM alphabet.")

    @work(exclusive=True, group="editor")
    async def action_editor(self) -> None:
        form = self.message_form
        try:
            form.editor.select_all()
            form.editor.put(await edit_outside(self.app, form.editor.text))
        except MittoTuiError as error:
            self.mitto.report_problem(error)
        form.editor.focus()

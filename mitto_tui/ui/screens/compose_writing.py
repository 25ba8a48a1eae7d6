"""Writing in Compose: drafts, templates, replacements, bringing messages back, and the editor outside."""

from __future__ import annotations

import asyncio

from textual import on, work

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.friendly import apply
from mitto_tui.sms.template import fields_in
from mitto_tui.storage.templates import SavedTemplate
from mitto_tui.ui.autosave import Form
from mitto_tui.ui.commands import compose as commands
from mitto_tui.ui.external_editor import edit_outside
from mitto_tui.ui.screens.compose_base import ComposeBase
from mitto_tui.ui.widgets.foreign_list import ForeignList


class ComposeWriting(ComposeBase):
    """The commands that change what stands in the form, or show it otherwise."""

    # -- drafts -------------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="shelf", exit_on_error=False)
    async def action_drafts(self) -> None:
        from mitto_tui.ui.screens.drafts import DraftsScreen

        autosave, form = self.autosave, self.message_form
        await autosave.flush()
        screen = DraftsScreen(self.workspace.drafts, self.workspace.profile.name, autosave.current)
        chosen = await self.app.push_screen_wait(screen)
        if chosen is None:
            return
        if chosen == autosave.current:
            form.editor.focus()
            return
        try:
            opened = await autosave.open(chosen, lambda: form.form)
        except MittoTuiError as error:
            self.mitto.report_problem(error)
            return
        if opened is None:
            self.notify("This draft was deleted meanwhile.", severity="warning")
            return
        form.fill(opened)
        form.editor.focus()

    def action_new(self) -> None:
        form = self.message_form
        standing = form.form
        form.empty()
        form.recipient.focus()
        if standing.blank:
            self.touched()
            return
        self.remember(standing)
        self.autosave.set_aside(standing)
        self.notify(f"What stood here is kept: {self.mitto.key_of(commands.Drafts)} opens the drafts.")

    def action_repeat(self) -> None:
        """Bring back the last message; what stands in the form takes its place, and is kept among the drafts."""
        if self._last is not None:
            self.take(self._last)

    def take(self, form: Form) -> None:
        """Put a message into the form; what stands there is what Repeat brings back."""
        standing = self.message_form.form
        if not standing.blank:
            self.remember(standing)
        self.message_form.fill(form)
        if not standing.blank:
            self.autosave.set_aside(standing)
        self.touched()
        self.message_form.editor.focus()

    # -- templates ----------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="shelf", exit_on_error=False)
    async def action_templates(self) -> None:
        from mitto_tui.ui.screens.templates import TemplatesScreen

        editor = self.message_form.editor
        chosen = await self.app.push_screen_wait(TemplatesScreen(self.workspace.templates, editor.text))
        self.offer_fields()
        if chosen is None:
            return
        text = await self._filled_in(chosen)
        if text is not None:
            editor.put(text)
            editor.focus()

    async def _filled_in(self, chosen: SavedTemplate) -> str | None:
        from mitto_tui.ui.screens.fill_fields import FillFields, needs_no_filling

        text = needs_no_filling(chosen.text)
        if text is not None:
            return text
        options = self.message_form.options
        screen = FillFields(chosen.name, chosen.text, type=options.message_type, udh=options.udh)
        return await self.app.push_screen_wait(screen)

    def action_save_template(self) -> None:
        from mitto_tui.ui.screens.naming import SaveTemplateDialog

        text = self.message_form.editor.text
        if not text.strip():
            self.notify("There is no text to be saved yet.", severity="warning")
            return

        def saved(template: SavedTemplate | None) -> None:
            if template is not None:
                self.notify(f"Saved as {template.name}.")
                self.offer_fields()

        self.app.push_screen(SaveTemplateDialog(self.workspace.templates, text), saved)

    @work(exclusive=True, group="fields", exit_on_error=False)
    async def offer_fields(self) -> None:
        """Complete the names of fields that saved templates have."""
        self.message_form.editor.field_names = await asyncio.to_thread(self._field_names)

    def _field_names(self) -> list[str]:
        texts = [saved.text for saved in self.workspace.templates.list()]
        return list(dict.fromkeys(name for text in texts for name in fields_in(text)))

    # -- the text -----------------------------------------------------------------------------------------------------

    def action_replace(self) -> None:
        from mitto_tui.ui.screens.replace import ReplaceScreen

        form = self.message_form
        key = self.mitto.first_key(commands.Replace.id)
        screen = ReplaceScreen(
            form.editor.text, form.options.message_type, form.options.udh, price=form.price, key=key
        )

        def replaced(text: str | None) -> None:
            if text is not None:
                form.become(text)
            form.editor.focus()

        self.app.push_screen(screen, replaced)

    @on(ForeignList.ReplaceOne)
    def _replace_one(self, event: ForeignList.ReplaceOne) -> None:
        event.stop()
        form = self.message_form
        form.become(apply(form.editor.text, [event.replacement]))

    def action_preview(self) -> None:
        from mitto_tui.ui.screens.preview import PreviewScreen

        key = self.mitto.first_key(commands.Preview.id)
        self.app.push_screen(PreviewScreen(self.message_form.arriving, key=key))

    def action_next_forcing(self) -> None:
        if not self.message_form.next_foreign():
            self.notify("Every character is in the GSM alphabet.")

    @work(exclusive=True, group="editor")
    async def action_editor(self) -> None:
        form = self.message_form
        try:
            form.become(await edit_outside(self.app, form.editor.text))
        except MittoTuiError as error:
            self.mitto.report_problem(error)
        form.editor.focus()

    def action_options(self) -> None:
        options = self.message_form.options
        options.opened = not options.opened
        if options.opened:
            self.query_one("#option-type").focus()
        elif self.focused is None or options in self.focused.ancestors:
            self.query_one("#options-summary").focus()

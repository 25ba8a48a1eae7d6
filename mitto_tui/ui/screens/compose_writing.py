"""Writing in Compose: drafts, templates, replacements, bringing messages back, and the editor outside."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from textual import on, work

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.storage.templates import SavedTemplate
from mitto_tui.ui.commands import compose as commands
from mitto_tui.ui.external_editor import edit_outside
from mitto_tui.ui.screens.compose_base import ComposeBase
from mitto_tui.ui.widgets.foreign_list import ForeignList


class ComposeWriting(ComposeBase):
    """The commands that change what stands in the form, or show it otherwise."""

    # -- drafts -------------------------------------------------------------------------------------------------------

    async def action_drafts(self) -> None:
        if await self.ready():
            self.take_time(self._choose_draft)

    async def _choose_draft(self) -> None:
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

    async def action_new(self) -> None:
        if not await self.ready():
            return
        form = self.message_form
        standing = form.form
        form.empty()
        self.set_focus(form.recipient)  # at once: what is typed on is the next recipient
        if standing.blank:
            self.touched()
            return
        writing = self.autosave.writing
        self.remember(standing, writing)
        self.autosave.set_aside(standing)
        if writing.copied == standing:
            self.notify(f"{self.mitto.key_of(commands.Repeat)} brings back what stood here.")
        else:
            self.notify(f"What stood here is kept: {self.mitto.key_of(commands.Drafts)} opens the drafts.")

    async def action_repeat(self) -> None:
        """Bring back the last message; what stands in the form takes its place, and is kept among the drafts."""
        if not await self.ready() or self._last is None:
            return
        standing, form, writing = self.message_form.form, self._last, self._last_writing
        if not standing.blank:
            self.remember(standing, self.autosave.writing)
        self.message_form.fill(form)
        self.autosave.bring_back(form, standing, writing)
        self.set_focus(self.message_form.editor)

    # -- templates ----------------------------------------------------------------------------------------------------

    async def action_templates(self) -> None:
        if await self.ready():
            self.take_time(self._choose_template)

    async def _choose_template(self) -> None:
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

    async def action_save_template(self) -> None:
        from mitto_tui.ui.screens.naming import SaveTemplateDialog

        if not await self.ready():
            return
        text = self.message_form.editor.text
        if not text.strip():
            self.notify("There is no text to be saved yet.", severity="warning")
            return

        def saved(template: SavedTemplate | None) -> None:
            if template is not None:
                self.notify(f"Saved as {template.name}.")
                self.offer_fields()

        self.app.push_screen(SaveTemplateDialog(self.workspace.templates, text), saved)

    @work(exclusive=True, group="fields")
    async def offer_fields(self) -> None:
        """Complete the names of fields that saved templates have."""
        with suppress(MittoTuiError):  # a convenience: whoever opens the templates is told
            self.message_form.editor.field_names = await asyncio.to_thread(self._field_names)

    def _field_names(self) -> list[str]:
        from mitto_tui.sms.template import fields_in

        texts = [saved.text for saved in self.workspace.templates.list()]
        return list(dict.fromkeys(name for text in texts for name in fields_in(text)))

    # -- the text -----------------------------------------------------------------------------------------------------

    async def action_replace(self) -> None:
        if await self.ready():
            self.show_replacements()

    def show_replacements(self) -> None:
        from mitto_tui.ui.screens.replace import ReplaceScreen

        form = self.message_form
        key = self.mitto.first_key(commands.Replace.id)
        screen = ReplaceScreen(form.editor.text, form.options.message_type, form.options.udh, price=form.price, key=key)

        def replaced(text: str | None) -> None:
            if text is not None:
                form.editor.become(text)
            form.editor.focus()

        self.app.push_screen(screen, replaced)

    @on(ForeignList.ReplaceOne)
    def _replace_one(self, event: ForeignList.ReplaceOne) -> None:
        from mitto_tui.sms.friendly import apply

        event.stop()
        form = self.message_form
        form.editor.become(apply(form.editor.text, [event.replacement]))

    async def action_preview(self) -> None:
        from mitto_tui.ui.screens.preview import PreviewScreen

        if not await self.ready():
            return
        key = self.mitto.first_key(commands.Preview.id)
        self.app.push_screen(PreviewScreen(self.message_form.arriving, key=key))

    def action_next_forcing(self) -> None:
        if not self.message_form.next_foreign():
            self.notify("Every character is in the GSM alphabet.")

    async def action_editor(self) -> None:
        if await self.ready():
            self.take_time(self._edit_outside)

    async def _edit_outside(self) -> None:
        form = self.message_form
        try:
            form.editor.become(await edit_outside(self.app, form.editor.text))
        except MittoTuiError as error:
            self.mitto.report_problem(error)
        form.editor.focus()

    def action_options(self) -> None:
        self.message_form.options.toggle()

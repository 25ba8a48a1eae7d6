"""Writing the message for a list: templates, replacements, the editor outside, and going to what is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.widgets.text_area import Selection

from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.template import TemplateError
from mitto_tui.storage.templates import SavedTemplate
from mitto_tui.ui.bulk.message_check import MessageCheck
from mitto_tui.ui.bulk.message_words import Shield, next_forcing
from mitto_tui.ui.bulk.step import BulkStep
from mitto_tui.ui.commands import bulk_message as commands
from mitto_tui.ui.external_editor import edit_outside
from mitto_tui.ui.keys_typed import keys_typed
from mitto_tui.ui.widgets.compose_editor import ComposeEditor
from mitto_tui.ui.widgets.field_completion import field_typed
from mitto_tui.ui.widgets.options_form import OptionsForm
from mitto_tui.ui.widgets.row_walk import RowWalk


class MessageWriting(BulkStep):
    """The commands of the step."""

    _taken = False

    @property
    def editor(self) -> ComposeEditor:
        """The text."""
        return self.query_one("#bulk-text", ComposeEditor)

    @property
    def options(self) -> OptionsForm:
        """The options."""
        return self.query_one(OptionsForm)

    @property
    def walk(self) -> RowWalk:
        """The rows, rendered."""
        return self.query_one(RowWalk)

    @property
    def check(self) -> MessageCheck:
        """What can be known of the message as it stands."""
        raise NotImplementedError

    # -- what is possible ---------------------------------------------------------------------------------------------

    @property
    def has_rows(self) -> bool:
        """Whether there are rows to walk through."""
        return self.is_mounted and self.walk.has_rows

    @property
    def has_remarkable(self) -> bool:
        """Whether a row is worth a look of its own."""
        return self.is_mounted and self.walk.has_remarkable

    @property
    def has_problem(self) -> bool:
        """Whether something has to be mended."""
        return self.is_mounted and self.check.any_problem is not None

    async def ready(self) -> bool:
        """Whether a command may change the text now; the keys before it are typed then."""
        await keys_typed(self.screen.focused)
        return self.screen.is_active and self.display and not self._taken

    def take_time(self, command: Callable[[], Awaitable[None]]) -> None:
        """Carry out a command that waits for a choice, or for an editor outside. Only when ``ready``."""
        self._taken = True

        async def carry_out() -> None:
            try:
                await command()
            finally:
                self._taken = False

        self.run_worker(carry_out(), group="taking")

    def key_came(self) -> None:
        """Work in the background is to give way for a moment."""

    # -- rows ---------------------------------------------------------------------------------------------------------

    def action_next_row(self) -> None:
        self.key_came()
        self.walk.step(1)

    def action_row_before(self) -> None:
        self.key_came()
        self.walk.step(-1)

    def action_next_remarkable(self) -> None:
        self.key_came()
        self.walk.next_remarkable()

    # -- what is wrong ------------------------------------------------------------------------------------------------

    def action_wrong(self) -> None:
        """Go to the first thing that has to be mended."""
        check = self.check
        problem = check.any_problem
        if problem is None:
            return
        if self.options.field(problem.field) is not None:
            self.options.complain(problem.field, problem.message)
        elif problem.field == "from":
            self.query_one("#bulk-from").focus()
        else:
            editor = self.editor
            if check.place is not None:
                start, end = map(editor.document.location_of, check.place)
                editor.selection = Selection(start, end)
                editor.scroll_cursor_visible()
            editor.focus()

    def is_typing(self, problem: InvalidInput) -> bool:
        """Whether the field that is wrong is only not finished yet."""
        editor = self.editor
        if editor.completing:
            return True
        row, column = editor.cursor_location
        typed = field_typed(editor.document.get_line(row), column) if editor.has_focus else None
        if typed is None or not isinstance(problem, TemplateError):
            return False
        return problem.start == editor.document.index_of((row, typed.start))

    def action_next_forcing(self) -> None:
        place = next_forcing(self.editor.text, self.editor.cursor_index)
        if place is None:
            self.notify("Every character of the text is in the GSM alphabet. What stands in the rows may not be.")
            return
        self.editor.go_to(place)
        self.editor.focus()

    # -- templates ----------------------------------------------------------------------------------------------------

    async def action_templates(self) -> None:
        if await self.ready():
            self.take_time(self._choose_template)

    async def _choose_template(self) -> None:
        from mitto_tui.ui.screens.templates import TemplatesScreen

        chosen = await self.app.push_screen_wait(TemplatesScreen(self.workspace.templates, self.editor.text))
        if chosen is not None:
            self.editor.put(chosen.text)
            self.editor.focus()

    async def action_save_template(self) -> None:
        from mitto_tui.ui.screens.naming import SaveTemplateDialog

        if not await self.ready():
            return
        text = self.editor.text
        if not text.strip():
            self.notify("There is no text to be saved yet.", severity="warning")
            return

        def saved(template: SavedTemplate | None) -> None:
            if template is not None:
                self.notify(f"Saved as {template.name}.", markup=False)

        self.app.push_screen(SaveTemplateDialog(self.workspace.templates, text), saved)

    # -- the text -----------------------------------------------------------------------------------------------------

    async def action_replace(self) -> None:
        from mitto_tui.ui.screens.replace import ReplaceScreen

        if not await self.ready():
            return
        shield = Shield.over(self.editor.text)
        key = self.mitto.first_key(commands.Replace.id)
        options = self.options

        def replaced(text: str | None) -> None:
            if text is not None:
                self.editor.become(shield.lifted(text))
            self.editor.focus()

        self.app.push_screen(ReplaceScreen(shield.text, options.message_type, options.udh, key=key), replaced)

    async def action_editor(self) -> None:
        if await self.ready():
            self.take_time(self._edit_outside)

    async def _edit_outside(self) -> None:
        try:
            self.editor.become(await edit_outside(self.app, self.editor.text))
        except MittoTuiError as error:
            self.mitto.report_problem(error)
        self.editor.focus()

    def action_options(self) -> None:
        self.options.toggle()

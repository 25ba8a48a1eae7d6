"""Asking for a name: of a draft, of a template, of a text that becomes a template."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.storage.templates import LONGEST_NAME, NameTaken, SavedTemplate, Templates
from mitto_tui.ui.excerpts import first_words
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal

R = TypeVar("R")


class NameDialog(Modal[R | None], Generic[R]):
    """Dismissed with what ``keep`` makes of the name, in a thread, or None. What ``keep`` refuses is said below it."""

    CSS_PATH = "../styles/writing.tcss"
    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    def __init__(
        self, title: str, keep: Callable[[str], R], *, value: str = "", about: str = "", placeholder: str = ""
    ) -> None:
        super().__init__(classes="dialog")
        self._title = title
        self._keep = keep
        self._value = value
        self._about = about
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog")
        box.border_title = literal(self._title, 60)
        with box:
            if self._about:
                yield Static(literal(self._about, 120, DIM), markup=False, id="name-about")
            with Horizontal(classes="field name-field"):
                yield Static("Name", markup=False, classes="label")
                yield LiteralInput(self._value, id="name", placeholder=self._placeholder, max_length=2 * LONGEST_NAME)
            yield Static(markup=False, id="name-said")
            with Horizontal(id="answers"):
                yield Button("Back", id="name-back")
                yield Button("Save", id="name-save")

    def on_mount(self) -> None:
        self.query_one("#name-said").display = False
        self.query_one("#name", LiteralInput).cursor_position = len(self._value)

    def action_close(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#name-back")
    def _back(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#name-save")
    @on(Input.Submitted)
    def _save(self, event: Button.Pressed | Input.Submitted) -> None:
        event.stop()
        name = self.query_one("#name", LiteralInput).value
        self.run_worker(self.finish(lambda: self._keep(name)), group="keep", exclusive=True)

    async def finish(self, keep: Callable[[], R]) -> None:
        """Keep it, and be done; or say why not."""
        try:
            kept = await asyncio.to_thread(keep)
        except MittoTuiError as error:
            self.refused(error)
        else:
            self.dismiss(kept)

    def refused(self, error: MittoTuiError) -> None:
        """Say why the name can't be kept."""
        said = self.query_one("#name-said", Static)
        said.update(literal_block(str(error), BAD))
        said.display = True
        self.query_one("#name").focus()


class SaveTemplateDialog(NameDialog[SavedTemplate]):
    """Keeps a text as a template: dismissed with it, or None. Where the name is taken, it offers to replace it."""

    def __init__(self, templates: Templates, text: str) -> None:
        super().__init__("Save as a template", lambda name: templates.save(name, text), about=first_words(text))
        self._templates = templates
        self._text = text

    def refused(self, error: MittoTuiError) -> None:
        if not isinstance(error, NameTaken):
            super().refused(error)
            return
        taken = error.template

        def answered(answer: str | None) -> None:
            if answer == "replace":
                replace = self.finish(lambda: self._templates.replace(taken.id, self._text))
                self.run_worker(replace, group="keep", exclusive=True)

        if taken.text == self._text:
            self.dismiss(taken)
            return
        body = Content("There is a template of this name already. Its text is lost if you replace it:\n\n")
        question = Dialog(
            Content("Replace “") + literal(taken.name, 40) + Content("”?"),
            body + literal(first_words(taken.text), 200, DIM),
            (Answer("back", "Another name", "esc"), Answer("replace", "Replace it", "r")),
            kind="-warning",
        )
        self.app.push_screen(question, answered)

"""What the parts of the Compose screen share: the form, its draft, and the message that Repeat brings back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.autosave import Autosave, Form, Writing
from mitto_tui.ui.keys_typed import keys_typed
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.widgets.message_form import MessageForm
from mitto_tui.ui.widgets.outcomes import Outcomes


class ComposeBase(ModeScreen):
    """A form for one message, and what was sent from it."""

    def __init__(self) -> None:
        super().__init__()
        self._autosave: Autosave | None = None
        self._last: Form | None = None
        self._last_writing: Writing | None = None
        self._no_key: MittoTuiError | None = None
        self._taken = False

    @property
    def message_form(self) -> MessageForm:
        """The form."""
        return self.query_one(MessageForm)

    @property
    def outcomes(self) -> Outcomes:
        """What was sent from here."""
        return self.query_one(Outcomes)

    @property
    def autosave(self) -> Autosave:
        """What keeps the draft. Only once the screen is mounted."""
        assert self._autosave is not None
        return self._autosave

    def touched(self) -> None:
        """What stands in the form is to be kept."""
        if self._autosave is not None:
            self._autosave.touch(self.message_form.form)

    async def ready(self) -> bool:
        """Whether a command may ask about the form or change it: not from behind a dialog or in another mode.

        A command comes before the keys that wait in the focused field's own queue; here it waits until they are typed.
        """
        await keys_typed(self.focused)
        return self.is_active and not self.taken

    @property
    def taken(self) -> bool:
        """Whether a command that takes its time is going to change the form: nothing else may, before it is done."""
        return self._taken

    def take_time(self, command: Callable[[], Awaitable[None]]) -> None:
        """Carry out a command that waits for a choice, or for an editor outside. Only when ``ready``."""
        self._taken = True

        async def carry_out() -> None:
            try:
                await command()
            finally:
                self._taken = False

        self.run_worker(carry_out(), group="taking")

    @property
    def can_repeat(self) -> bool:
        """Whether there is a message to bring back."""
        return self._last is not None

    def remember(self, form: Form, writing: Writing | None = None) -> None:
        """What Repeat brings back from now on; ``writing`` is its draft, where it was not sent."""
        self._last, self._last_writing = form, writing
        self.refresh_bindings()

    def show_replacements(self) -> None:
        """Show what could be replaced in the text."""
        raise NotImplementedError

    def offer_recent(self) -> None:
        """Suggest senders and numbers used before, anew."""
        raise NotImplementedError

"""What the parts of the Compose screen share: the form, its draft, and the message that Repeat brings back."""

from __future__ import annotations

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.autosave import Autosave, Form
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.widgets.message_form import MessageForm
from mitto_tui.ui.widgets.outcomes import Outcomes


class ComposeBase(ModeScreen):
    """A form for one message, and what was sent from it."""

    def __init__(self) -> None:
        super().__init__()
        self._autosave: Autosave | None = None
        self._last: Form | None = None
        self._no_key: MittoTuiError | None = None

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

    @property
    def can_repeat(self) -> bool:
        """Whether there is a message to bring back."""
        return self._last is not None

    def remember(self, form: Form) -> None:
        """What Repeat brings back from now on."""
        self._last = form
        self.refresh_bindings()

    def action_replace(self) -> None:
        """Show what could be replaced in the text."""
        raise NotImplementedError

    def offer_recent(self) -> None:
        """Suggest senders and numbers used before, anew."""
        raise NotImplementedError

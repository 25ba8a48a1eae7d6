"""The app's way with words and errors: everything literal, nothing lost, no secret in a traceback."""

from __future__ import annotations

import logging
import re
from time import monotonic
from typing import Any, Final

from textual.app import App
from textual.worker import WorkerFailed

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import visible
from mitto_tui.ui.widgets.dialog import ErrorDialog

_AGAIN_AFTER: Final = 10.0
"""Seconds in which the same error is shown once."""
_HALF: Final = re.compile("[\ud800-\udfff]")
_log = logging.getLogger(__name__)


class ResilientApp(App[int], inherit_bindings=False):
    """An app that survives what its workers raise, and dies with a few plain words where it can't."""

    _shown_error: tuple[str, float] = ("", 0.0)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Any = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """As Textual's, but literal: ``markup`` is never used."""
        super().notify(
            visible(message, keep="\n"), title=visible(title), severity=severity, timeout=timeout, markup=False
        )

    def copy_to_clipboard(self, text: str) -> None:
        """As Textual's, for any text: half of a surrogate pair, which no terminal takes, becomes U+FFFD outside."""
        super().copy_to_clipboard(_HALF.sub("\ufffd", text))
        self._clipboard = text

    def report_problem(self, error: MittoTuiError) -> None:
        """Show one of our own errors in a dialog: what happened and what to do."""
        self.push_screen(ErrorDialog.of(error))

    def report_error(self, error: BaseException) -> None:
        """Show any error in a dialog, literally; the app goes on. What comes again at once is only logged."""
        _log.error("unexpected error", exc_info=error)
        shown, at = self._shown_error
        if isinstance(self.screen, ErrorDialog) or (repr(error) == shown and monotonic() - at < _AGAIN_AFTER):
            return
        self._shown_error = (repr(error), monotonic())
        self.push_screen(ErrorDialog.of(error))

    def _handle_exception(self, error: Exception) -> None:
        # A failed worker leaves every widget alive, so the app can go on; an error in a widget's own loop can't be
        # survived, because that widget would be dead.
        if isinstance(error, WorkerFailed) and self._running:
            self.report_error(error.error)
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual's own traceback shows local variables: texts, numbers, perhaps a key.
        from rich.segment import Segments
        from rich.text import Text
        from rich.traceback import Traceback

        words = Text(
            "mitto-tui had to end because of a mistake in the program. What was stored is safe: the draft, and every "
            "message in the history. Please report this with the lines below.\n"
        )
        for part in (words, Traceback(show_locals=False, width=100)):
            self._exit_renderables.append(Segments(self.console.render(part, self.console.options)))
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        # Textual prints the first one only.
        for part in self._exit_renderables:
            self.error_console.print(part)
        self._exit_renderables.clear()

"""One class for each thing a person can do; see ``base.Command``."""

from __future__ import annotations

from mitto_tui.ui.commands import app, compose, history, settings, writing
from mitto_tui.ui.commands.base import Command

EVERY_COMMAND: tuple[type[Command], ...] = (
    *app.COMMANDS,
    *compose.COMMANDS,
    *writing.COMMANDS,
    *history.COMMANDS,
    *settings.COMMANDS,
)
"""All of them: what the configuration's ``[ui.keymap]`` may name."""

"""One class for each thing a person can do; see ``base.Command``."""

from __future__ import annotations

from mitto_tui.ui.commands import (
    app,
    bulk,
    bulk_check,
    bulk_columns,
    bulk_message,
    bulk_send,
    compose,
    files,
    history,
    opt_outs,
    settings,
    writing,
)
from mitto_tui.ui.commands.base import Command

EVERY_COMMAND: tuple[type[Command], ...] = (
    *app.COMMANDS,
    *compose.COMMANDS,
    *writing.COMMANDS,
    *bulk.COMMANDS,
    *bulk_columns.COMMANDS,
    *bulk_message.COMMANDS,
    *bulk_check.COMMANDS,
    *bulk_send.COMMANDS,
    *files.COMMANDS,
    *history.COMMANDS,
    *opt_outs.COMMANDS,
    *settings.COMMANDS,
)
"""All of them: what the configuration's ``[ui.keymap]`` may name."""

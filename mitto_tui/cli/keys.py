"""``mitto-tui keys``: every action of the app, its keys, and the id that the keymap knows it by."""

from __future__ import annotations

from mitto_tui.cli.context import JsonFlag
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, table


def keys(as_json: JsonFlag = False) -> int:
    """List the app's keys, as the configuration changes them."""
    from mitto_tui.settings.config import load_config
    from mitto_tui.settings.paths import find_paths
    from mitto_tui.ui.commands import EVERY_COMMAND

    keymap = load_config(find_paths().config_file).ui.keymap
    rows = [(command.id, keymap.get(command.id, command.key), command.title) for command in EVERY_COMMAND]
    if as_json:
        emit(
            [
                {"id": action, "keys": [key for key in chosen.split(",") if key], "title": title}
                for action, chosen, title in rows
            ]
        )
    else:
        table([(action, chosen.replace(",", ", "), title) for action, chosen, title in rows], header=("id", "keys", ""))
    return Exit.DONE

"""``mitto-tui doctor``: where everything is and whether it works, without a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from mitto_tui.cli.context import JsonFlag, globals_of
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, say
from mitto_tui.sms.errors import MittoTuiError

if TYPE_CHECKING:
    from mitto_tui.settings.doctor import Check

_SIGNS: Final = {"ok": "ok  ", "warn": "warn", "bad": "BAD "}


def doctor(context: typer.Context, as_json: JsonFlag = False) -> int:
    """Show paths, settings, key, keyring, database and versions, and what is wrong with them. No secrets."""
    from mitto_tui.settings.doctor import examine

    checks = [*examine(globals_of(context).chosen), *_database()]
    bad = any(check.verdict == "bad" for check in checks)
    if as_json:
        emit({"ok": not bad, "checks": [check.as_dict() for check in checks]})
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            say(f"{_SIGNS[check.verdict]}  {check.name:<{width}}  {check.value}")
            if check.advice:
                say(f"{'':{width + 8}}{check.advice}")
    return Exit.REFUSED if bad else Exit.DONE


def _database() -> list[Check]:
    """The database: whether it opens, and whether it is whole."""
    from mitto_tui.settings.doctor import Check, Verdict
    from mitto_tui.settings.paths import find_paths
    from mitto_tui.storage.database import Database

    try:
        file = find_paths().database_file
        if not file.exists():
            return [Check("database", "not made yet: it comes with the first message")]
        with Database.open(file) as database:
            damage = database.check()
    except MittoTuiError as error:
        return [Check("database", error.message, Verdict.BAD, error.advice)]
    if damage:
        advice = "Make a copy of the file before anything else is written to it."
        return [Check("database", f"damaged: {damage[0]}", Verdict.BAD, advice)]
    return [Check("database", "opens, and is whole")]

"""``mitto-tui history purge``: what is old goes for good."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from mitto_tui.cli.context import JsonFlag, interruptible, is_terminal, with_workspace
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.history import read_time
from mitto_tui.cli.output import emit, plural, say
from mitto_tui.cli.progress import ProgressLine
from mitto_tui.cli.timeline import word
from mitto_tui.sms.errors import MittoTuiError

if TYPE_CHECKING:
    from datetime import datetime

    from mitto_tui.storage.purging import Purge
    from mitto_tui.workspace.workspace import Workspace


def purge(
    context: typer.Context,
    before: Annotated[
        str, typer.Option("--before", help="What was made, and changed last, before this day or time.", metavar="DATE")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """Delete old messages, with their reports and lists, for good. What has not ended stays."""

    async def work(workspace: Workspace) -> Exit:
        moment = read_time("before", before)
        assert moment is not None
        found = await asyncio.to_thread(workspace.purging.preview, moment)
        if not (dry_run or found.is_nothing):
            if not (yes or as_json) and is_terminal():
                _ask(found)
            found = await _purged(workspace, moment, found)
        if as_json:
            emit(_answer(found, gone=not dry_run))
        else:
            _tell(found, gone=not dry_run)
        return Exit.DONE

    return with_workspace(context, work)


async def _purged(workspace: Workspace, moment: datetime, found: Purge) -> Purge:
    from dataclasses import replace

    with ProgressLine("Deleting:") as line:
        gone = await asyncio.to_thread(workspace.purging.purge, moment, lambda done: line(done, found.messages))
    workspace.touch()
    return replace(gone, kept=found.kept)


def _ask(found: Purge) -> None:
    say(f"This deletes {_what(found)}, for good.")
    with interruptible():
        answer = typer.prompt("Type delete to go on", default="", show_default=False, err=True)
    if answer.strip().casefold() != "delete":
        raise MittoTuiError("Nothing was deleted.")


def _answer(found: Purge, *, gone: bool) -> dict[str, object]:
    return {
        "deleted": gone,
        "messages": found.messages,
        "reports": found.reports,
        "lists": found.lists,
        "kept": {status.value: count for status, count in sorted(found.kept.items())},
    }


def _tell(found: Purge, *, gone: bool) -> None:
    if found.is_nothing:
        say("Nothing is that old." if not found.kept else "Nothing that old has ended.")
    else:
        say(f"{_what(found)} {'deleted' if gone else 'would be deleted'}.")
    if found.kept:
        kept = ", ".join(f"{count:,} {word(status)}" for status, count in sorted(found.kept.items()))
        say(f"Kept, because it or its campaign has not ended: {kept}.")


def _what(found: Purge) -> str:
    parts = [plural(found.messages, "message")]
    if found.reports:
        parts.append(plural(found.reports, "report") + " without a message")
    if found.lists:
        parts.append(plural(found.lists, "list"))
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]

"""``mitto-tui history purge``: what is old goes for good."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from mitto_tui.cli.context import JsonFlag, interruptible, is_terminal, with_workspace
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.history import read_time
from mitto_tui.cli.output import emit, say
from mitto_tui.cli.progress import ProgressLine
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.workspace.purge_words import what_goes, what_stays

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

    stopped = threading.Event()
    with ProgressLine("Deleting:") as line:
        try:
            gone = await asyncio.to_thread(
                workspace.purging.purge, moment, lambda done: line(done, found.messages), stop=stopped.is_set
            )
        finally:
            stopped.set()  # whoever interrupts it waits for no more than what is being deleted just now
    workspace.touch()
    return replace(gone, kept=found.kept)


def _ask(found: Purge) -> None:
    say(f"This deletes {what_goes(found)}, for good.")
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
        say(f"{what_goes(found)} {'deleted' if gone else 'would be deleted'}.")
    if found.kept:
        say(what_stays(found))

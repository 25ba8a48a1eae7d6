"""``mitto-tui history resend-failed``: a campaign's messages that certainly reached nobody, sent once more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from mitto_tui.cli.campaign import find
from mitto_tui.cli.campaign_words import program
from mitto_tui.cli.context import JsonFlag, globals_of, with_workspace
from mitto_tui.cli.exits import Exit, exit_for, worst
from mitto_tui.cli.history import confirm_resending, rows_of
from mitto_tui.cli.history import find as find_message
from mitto_tui.cli.output import emit_outcome, plural, say
from mitto_tui.cli.timeline import word
from mitto_tui.sms.status import Status
from mitto_tui.workspace.history_export import as_dict

if TYPE_CHECKING:
    from mitto_tui.sending.single import SendResult
    from mitto_tui.storage.history import MessageRow
    from mitto_tui.workspace.workspace import Workspace


def resend_failed(
    context: typer.Context,
    campaign: Annotated[int, typer.Option("--campaign", help="Those of this campaign.", metavar="ID")],
    rejected: Annotated[bool, typer.Option("--rejected", help="Those that Mitto refused, too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """Send a campaign's failed messages again, which never left this machine. Never what is in doubt."""

    async def work(workspace: Workspace) -> Exit:
        from mitto_tui.storage.history import HistoryFilter

        find(workspace, campaign, program(globals_of(context)))
        statuses = (Status.FAILED, Status.REJECTED) if rejected else (Status.FAILED,)
        wanted = HistoryFilter(profile=workspace.profile.name, statuses=statuses, campaign=campaign)
        rows = list(rows_of(workspace.history, wanted, None))
        rows.reverse()
        if not rows:
            say(f"No message of campaign {campaign} has failed.")
            return Exit.DONE
        confirm_resending(rows, yes=yes)
        codes: list[Exit] = []
        at_once = workspace.profile.limits.max_in_flight
        for first in range(0, len(rows), at_once):
            some = rows[first : first + at_once]
            results = await asyncio.gather(*(_send(workspace, row) for row in some))
            codes += [exit_for(result.status, result.outcome) for result in results]
            for row in some:
                after = find_message(workspace, row.id)
                if as_json:
                    emit_outcome(as_dict(after))
                else:
                    say(f"{after.id}: {word(after.status)}{f': {after.error}' if after.error else ''}")
            if Exit.KEY in codes:
                if left := len(rows) - len(codes):
                    say(f"{plural(left, 'message')} left as they are: Mitto lets nobody in just now.")
                break
        return worst(codes)

    return with_workspace(context, work)


async def _send(workspace: Workspace, row: MessageRow) -> SendResult:
    return await workspace.send_again(row.id, seen=row.attempts)

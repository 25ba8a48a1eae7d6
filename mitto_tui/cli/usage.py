"""``mitto-tui usage``: messages and cost by country, as Mitto counts them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from mitto_tui.cli.context import JsonFlag, with_workspace
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, say, table
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace


def usage(
    context: typer.Context,
    since: Annotated[str, typer.Option("--since", help="First day, YYYY-MM-DD.", metavar="D")],
    until: Annotated[str, typer.Option("--until", help="Last day, YYYY-MM-DD.", metavar="D")],
    account: Annotated[str, typer.Option("--account", help="The account's name at Mitto.", metavar="NAME")],
    as_json: JsonFlag = False,
) -> int:
    """Show messages and cost by country between two days, from Mitto."""
    first, last = _day("since", since), _day("until", until)
    if last < first:
        raise InvalidInput("until", "--until lies before --since.")

    async def work(workspace: Workspace) -> Exit:
        rows = await workspace.usage(first, last, account)
        if as_json:
            emit([{"country": row.country, "messages": row.messages, "cost": str(row.cost)} for row in rows])
        elif not rows:
            say("Mitto has no usage for these days.")
        else:
            table(
                [(row.country, f"{row.messages:,}", str(row.cost)) for row in rows],
                header=("country", "messages", "cost"),
            )
        return Exit.DONE

    return with_workspace(context, work)


def _day(field: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidInput(field, f"{one_line(value, 40)} is not a day.", "Write it as 2026-11-23.") from None

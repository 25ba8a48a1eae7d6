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
    from mitto_tui.workspace.figures import CountryBeside
    from mitto_tui.workspace.workspace import Workspace


def usage(
    context: typer.Context,
    since: Annotated[str, typer.Option("--since", help="First day, YYYY-MM-DD.", metavar="D")],
    until: Annotated[str, typer.Option("--until", help="Last day, YYYY-MM-DD.", metavar="D")],
    account: Annotated[str, typer.Option("--account", help="The account's name at Mitto.", metavar="NAME")],
    as_json: JsonFlag = False,
) -> int:
    """Show messages and cost by country between two days, as Mitto counts them, beside our own count."""
    first, last = _day("since", since), _day("until", until)
    if last < first:
        raise InvalidInput("until", "--until lies before --since.")

    async def work(workspace: Workspace) -> Exit:
        import asyncio

        from mitto_tui.storage.statistics import Statistics
        from mitto_tui.workspace.figures import beside, by_country, days

        usage = await workspace.usage(first, last, account)
        own = await asyncio.to_thread(
            by_country, Statistics(workspace.database, workspace.profile.name), days(first, last)
        )
        rows = beside([(row.country, row.messages, row.cost) for row in usage], own)
        if as_json:
            emit([_as_dict(row) for row in rows])
        elif not rows:
            say("Mitto has no usage for these days, and neither has the history.")
        else:
            table(
                [
                    (row.country, _or_dash(row.theirs), f"{row.own:,}", f"{row.segments:,}", _or_dash(row.cost))
                    for row in rows
                ],
                header=("country", "at Mitto", "ours", "our parts", "cost"),
            )
            if any(row.theirs != row.own for row in rows):
                say(
                    "They can differ: Mitto may count parts, and days in another time zone; others may use the account."
                )
                say("What is in doubt, and tests, are not in our count.")
        return Exit.DONE

    return with_workspace(context, work)


def _as_dict(row: CountryBeside) -> dict[str, object]:
    """Mitto's line with our own count beside it; a country that Mitto doesn't name has no count and no cost of its."""
    return {
        "country": row.country,
        "messages": row.theirs,
        "cost": None if row.cost is None else str(row.cost),
        "own_messages": row.own,
        "own_segments": row.segments,
    }


def _or_dash(number: object) -> str:
    return "–" if number is None else f"{number:,}"


def _day(field: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidInput(field, f"{one_line(value, 40)} is not a day.", "Write it as 2026-11-23.") from None

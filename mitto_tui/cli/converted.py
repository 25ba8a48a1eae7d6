"""``mitto-tui converted``: tell Mitto that a message led where it was meant to lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mitto_tui.cli.context import with_workspace
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import say

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace


def converted(context: typer.Context, mitto_id: Annotated[str, typer.Argument(metavar="MITTO_ID")]) -> int:
    """Mark a message as converted, by Mitto's id."""

    async def work(workspace: Workspace) -> Exit:
        from mitto_tui.workspace.marking import mark_converted

        await mark_converted(workspace, mitto_id)
        say("Mitto has marked the message as converted.")
        return Exit.DONE

    return with_workspace(context, work)

"""``mitto-tui reports``: the receiver for delivery reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mitto_tui.cli.context import with_workspace
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import say, write_line
from mitto_tui.sms.errors import InvalidInput

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

app = typer.Typer(help="Delivery reports.", rich_markup_mode=None)


@app.command("listen")
def listen(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help="The address to listen on.", metavar="H")] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="0 takes a free one.", metavar="P", min=0, max=65535)
    ] = None,
) -> int:
    """Take delivery reports and store them until stopped."""

    async def work(workspace: Workspace) -> Exit:
        from mitto_tui.cli.serving import announce, until_stopped

        async with workspace.receiver(host, port) as receiver:
            announce(receiver.url)
            if not receiver.is_loopback:
                say("Other machines can reach this address, and HTTP hides nothing: put a TLS proxy before it.")
            await until_stopped()
        return Exit.DONE

    return with_workspace(context, work)


@app.command("url")
def url(context: typer.Context) -> int:
    """Print the URL to agree with Mitto, with its token."""
    from mitto_tui.reports.receiver import report_path

    async def work(workspace: Workspace) -> Exit:
        listening = workspace.profile.receiver
        if listening.public_url:
            write_line(f"{listening.public_url.rstrip('/')}{report_path(workspace.report_token())}")
        elif listening.port:
            write_line(workspace.receiver().url)
            say(
                "Mitto can reach this only if the address is public: set public_url in the profile's receiver settings."
            )
        else:
            raise InvalidInput("port", "The receiver takes any free port, so its URL is known only while it listens.")
        return Exit.DONE

    return with_workspace(context, work)

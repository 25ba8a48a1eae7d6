"""The command line: global options, the commands, and what any error means to the caller.

Each command's file is light; what is heavy is imported when the command runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from mitto_tui.cli import (
    bulk,
    campaign,
    converted,
    count,
    doctor,
    history,
    key,
    keys,
    optout,
    profile,
    purge,
    reports,
    resend,
    send,
    simulator,
    usage,
)
from mitto_tui.cli.context import Globals, is_terminal
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import OutputLost, lost, say, say_error, write_line
from mitto_tui.sms.errors import InvalidInput, KeyProblem, MittoTuiError, SetupProblem
from mitto_tui.sms.submission import OutcomeKind

app = typer.Typer(
    name="mitto-tui",
    help="Compose, send and follow SMS through Mitto. Without a command it opens the app.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("send")(send.send)
app.command("bulk")(bulk.bulk)
app.command("count")(count.count)
app.add_typer(campaign.app, name="campaign")
history.app.command("resend-failed")(resend.resend_failed)
history.app.command("purge")(purge.purge)
app.add_typer(history.app, name="history")
app.add_typer(optout.app, name="optout")
app.add_typer(key.app, name="key")
app.add_typer(profile.app, name="profile")
app.add_typer(reports.app, name="reports")
app.command("usage")(usage.usage)
app.command("converted")(converted.converted)
app.command("simulator")(simulator.simulator)
app.command("doctor")(doctor.doctor)
app.command("keys")(keys.keys)


@app.callback()
def root(
    context: typer.Context,
    profile: Annotated[str | None, typer.Option("--profile", help="The account to use.", metavar="NAME")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Rehearse: no account, no key, no network.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)] = False,
) -> None:
    if version:
        from mitto_tui import __version__

        write_line(f"mitto-tui {__version__}")
        raise typer.Exit
    context.obj = Globals(profile, sandbox)
    if context.invoked_subcommand is None:
        if not (is_terminal() and sys.stderr.isatty()):
            raise InvalidInput("terminal", "The app needs a terminal.", "mitto-tui --help shows the commands.")
        from mitto_tui.ui.run import run as open_app

        raise typer.Exit(open_app(profile, sandbox))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code. Errors for people are said here, and nowhere else."""
    command = typer.main.get_command(app)
    try:
        result = command.main(args=list(map(_decoded, arguments)), prog_name="mitto-tui", standalone_mode=False)
    except MittoTuiError as error:
        return _fail(error)
    except OSError as error:
        if error.filename is not None:
            return _unexpected(error)
        return _fail(lost(error))  # typer writes the help by itself
    except (KeyboardInterrupt, typer.Abort):
        result = Exit.INTERRUPTED
    except typer.Exit as stop:
        return stop.exit_code
    except Exception as error:
        usage_error = getattr(error, "format_message", None)
        if usage_error is None:
            return _unexpected(error)
        say(f"mitto-tui: {usage_error()}")
        say("mitto-tui --help shows the commands, and mitto-tui COMMAND --help the options.")
        return Exit.USAGE
    if result == Exit.INTERRUPTED:
        say("Interrupted. What was sent, and what is in doubt, is in the history: mitto-tui history")
    return int(result) if isinstance(result, int) else Exit.DONE


def _unexpected(error: BaseException) -> Exit:
    """A fault of ours: said with its traceback, so that it can be reported, but with no secret in it."""
    import traceback

    from mitto_tui.settings.redaction import redact

    say("mitto-tui: This program ran into a fault of its own. What was sent is in the history: mitto-tui history")
    say("Please report it with these lines:")
    say(redact("".join(traceback.format_exception(error))))
    return Exit.REFUSED


def _decoded(argument: str) -> str:
    """An argument in UTF-8 as it was typed, even where the locale (``LC_ALL=C``) knows nothing beyond ASCII."""
    try:
        return argument.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return argument


def _fail(error: MittoTuiError) -> Exit:
    if isinstance(error, OutputLost) and error.by_choice:
        return Exit.DONE
    say_error(error)
    return code_of(error)


def code_of(error: MittoTuiError) -> Exit:
    """The exit code that an error of ours stands for."""
    if isinstance(error, InvalidInput | SetupProblem):
        return Exit.USAGE
    # ApiError's kind, without loading what a light command can't have raised.
    if isinstance(error, KeyProblem) or getattr(error, "kind", None) == OutcomeKind.UNAUTHORISED:
        return Exit.KEY
    return Exit.REFUSED

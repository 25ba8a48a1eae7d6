"""``mitto-tui key``: the API key in the operating system's keyring."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mitto_tui.cli.context import JsonFlag, is_terminal, profile_of, standard_input, with_workspace
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, say
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.submission import OutcomeKind

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

app = typer.Typer(help="The API key, kept in the operating system's keyring.", rich_markup_mode=None)

_MOST_BYTES = 4096


@app.command("set", context_settings={"allow_extra_args": True})
def set_(context: typer.Context) -> int:
    """Store the key: asked for at a terminal, else read from standard input. Never an argument."""
    from mitto_tui.settings.secrets import KEY_VARIABLE, set_key

    if context.args:  # let in only to be refused: the usual complaint would repeat it
        raise InvalidInput(
            "key",
            "The key is never an argument: other people and programs on this machine could read it.",
            "Run mitto-tui key set and type it when asked, or pipe it in.",
        )
    profile = profile_of(context)
    if profile.is_sandbox:
        raise InvalidInput("key", "The sandbox needs no key.")
    set_key(profile.name, _read_key())
    say(f"The key for the profile {profile.name} is in the keyring. mitto-tui key test tries it.")
    if os.environ.get(KEY_VARIABLE, "").strip():
        say(f"{KEY_VARIABLE} is set, and wins over the keyring.")
    return Exit.DONE


@app.command("delete")
def delete(context: typer.Context) -> int:
    """Remove the key from the keyring."""
    from mitto_tui.settings.secrets import delete_key

    profile = profile_of(context)
    if delete_key(profile.name):
        say(f"The key for the profile {profile.name} is gone from the keyring.")
    else:
        say(f"There was no key for the profile {profile.name} in the keyring.")
    return Exit.DONE


@app.command("status")
def status(context: typer.Context, as_json: JsonFlag = False) -> int:
    """Say whether there is a key and where, without showing it."""
    from mitto_tui.settings.secrets import key_status

    profile = profile_of(context)
    known = key_status(profile.name)
    if as_json:
        emit(
            {
                "profile": profile.name,
                "usable": known.usable,
                "source": known.source,
                "keyring": known.keyring,
                "message": known.message,
                "advice": known.advice,
            }
        )
    else:
        say(f"{known.message} {known.advice}".strip())
    return Exit.DONE if known.usable else Exit.KEY


@app.command("test")
def try_(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", help="A number to name in the test call.", metavar="NUMBER")] = "",
    sender: Annotated[str | None, typer.Option("--from", help="The sender to name.", metavar="ID")] = None,
    as_json: JsonFlag = False,
) -> int:
    """Try the key with a test call: nothing is delivered or charged."""

    async def work(workspace: Workspace) -> Exit:
        from mitto_tui.workspace.key_check import judge

        outcome = await workspace.test_key(to, sender)
        works, sentence = judge(outcome)
        if as_json:
            emit(
                {
                    "works": works,
                    "http_status": outcome.http_status,
                    "response_code": outcome.response_code,
                    "response_text": outcome.response_text,
                    "message": sentence,
                }
            )
        else:
            say(sentence)
        if works:
            return Exit.DONE
        return Exit.KEY if outcome.kind is OutcomeKind.UNAUTHORISED else Exit.REFUSED

    return with_workspace(context, work)


def _read_key() -> str:
    if is_terminal():
        import getpass

        return getpass.getpass("API key (not shown): ", stream=sys.stderr)
    data = standard_input().read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise InvalidInput("key", f"That is no key: it is longer than {_MOST_BYTES:,} bytes.")
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise InvalidInput("key", "That is no key: it is not text.") from None

"""``mitto-tui send``: one message, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mitto_tui.cli.context import JsonFlag, read_text, with_workspace
from mitto_tui.cli.exits import Exit, exit_for
from mitto_tui.cli.output import emit_outcome, plural, say
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.message import MessageType, NewMessage, Options
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind

if TYPE_CHECKING:
    from mitto_tui.sending.single import SendResult
    from mitto_tui.storage.history import MessageRow
    from mitto_tui.workspace.workspace import Workspace


def send(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", help="The recipient's number.", metavar="NUMBER")],
    text: Annotated[str, typer.Option("--text", help="The text, or - for standard input.", metavar="TEXT|-")],
    sender: Annotated[
        str | None, typer.Option("--from", help="The sender; the profile's where it is left out.", metavar="ID")
    ] = None,
    type: Annotated[  # noqa: A002 - the option's name
        MessageType, typer.Option("--type", help="auto decides here, mitto lets Mitto decide; binary takes hex text.")
    ] = MessageType.AUTO,
    reference: Annotated[str | None, typer.Option("--reference", help="Comes back in the delivery report.")] = None,
    validity: Annotated[int | None, typer.Option("--validity", help="Minutes until it expires.", metavar="MIN")] = None,
    pid: Annotated[int | None, typer.Option("--pid", help="Protocol identifier, 0 to 255.", metavar="N")] = None,
    udh: Annotated[str | None, typer.Option("--udh", help="User data header in hex digits.", metavar="HEX")] = None,
    flash: Annotated[bool, typer.Option("--flash", help="Show it at once on the handset (class 0).")] = False,
    callback: Annotated[
        str | None, typer.Option("--callback", help="Where delivery reports go.", metavar="URL")
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="A test call: nothing is delivered or charged.")] = False,
    format: Annotated[  # noqa: A002 - the option's name
        str | None, typer.Option("--format", help="Ask Mitto for json or xml.", metavar="json|xml")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", help="Seconds until the answer is given up.", metavar="S")
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Send one message. Whatever happens, it is in the history."""
    options = Options(type, reference, validity, pid, udh, flash, callback, test)

    async def work(workspace: Workspace, text: str) -> Exit:
        workspace.override(format=format, timeout=timeout)
        message = workspace.check(sender or workspace.profile.sender or "", to, text, options)
        warning = workspace.read_number(to).warning
        if warning and not as_json:
            say(warning)
        result = await workspace.send(message)
        row = _row(workspace, result)
        if as_json:
            emit_outcome(_as_dict(message, row, result))
        else:
            _say(message, row, result, "mitto-tui --sandbox" if workspace.sandbox else "mitto-tui")
        return exit_for(result.status, result.outcome)

    try:
        typed = read_text(text)
        return with_workspace(context, lambda workspace: work(workspace, typed))
    except MittoTuiError as error:
        waiting = getattr(error, "message_id", None)
        if as_json:
            status = None if waiting is None else Status.QUEUED
            known = {"id": waiting, "status": status, "test": test, "error": str(error)}
            emit_outcome({**dict.fromkeys(_FIELDS), **known})
        if waiting is not None:
            say(f"Nothing was sent. Message {waiting} waits in the history: mitto-tui history show {waiting}")
        raise


def _row(workspace: Workspace, result: SendResult) -> MessageRow | None:
    """The message's row, or None where the store fails: what became of the message is known all the same."""
    try:
        return workspace.history.get(result.message_id)
    except MittoTuiError:
        return None


_FIELDS = (
    "id",
    "mitto_id",
    "status",
    "to",
    "from",
    "reference",
    "encoding",
    "segments",
    "response_code",
    "response_text",
    "http_status",
    "test",
    "error",
)


def _as_dict(message: NewMessage, row: MessageRow | None, result: SendResult) -> dict[str, Any]:
    outcome, content = result.outcome, message.content
    values = (
        result.message_id,
        _mitto_id(row, result),
        result.status,
        message.recipient,
        content.sender,
        content.reference,
        message.encoding,
        message.segments,
        outcome.response_code if outcome else None,
        outcome.response_text if outcome else None,
        outcome.http_status if outcome else None,
        content.test,
        _error(row, result),
    )
    return dict(zip(_FIELDS, values, strict=True))


def _mitto_id(row: MessageRow | None, result: SendResult) -> str | None:
    known = row.mitto_id if row else None
    return known or (result.outcome.mitto_id if result.outcome else None)


def _error(row: MessageRow | None, result: SendResult) -> str | None:
    outcome, error = result.outcome, row.error if row else None
    if result.not_stored is not None and outcome is not None:
        return result.detail
    if outcome is not None and outcome.kind is not OutcomeKind.ACCEPTED:
        return error or outcome.detail
    return error


def _say(message: NewMessage, row: MessageRow | None, result: SendResult, program: str) -> None:
    outcome, error, number = result.outcome, _error(row, result), result.message_id
    match result.status:
        case Status.REJECTED:
            say(f"Refused: {error}")
        case Status.FAILED:
            say(f"Not sent: {error} It never left this machine, so it is safe to send it again:")
            say(f"  {program} history resolve {number} --send-again")
        case Status.IN_DOUBT:
            say(f"In doubt: {error}")
            say("The message may have been sent, so it is not sent again by itself.")
            say("A delivery report will settle it, or you can:")
            say(f"  {program} history resolve {number} --assume-sent")
            say(f"  {program} history resolve {number} --send-again")
        case Status.QUEUED:
            say(f"Not sent yet: {outcome.detail if outcome else error}")
            say(f"It is queued; once that is mended: {program} history resolve {number} --send-again")
        case Status.SKIPPED:
            say(f"Not sent: {message.recipient} has opted out.")
        case _:
            kind = "Test call accepted" if message.content.test else "Accepted"
            parts = plural(message.segments, "segment")
            mitto_id = _mitto_id(row, result)
            say(f"{kind}: to +{message.recipient}, {parts}, Mitto's id {mitto_id}, message {number} in the history")

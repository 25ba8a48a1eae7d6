"""``mitto-tui send``: one message, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mitto_tui.cli.context import JsonFlag, read_text, with_workspace
from mitto_tui.cli.exits import Exit, exit_for
from mitto_tui.cli.output import emit, say
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.message import MessageType, Options
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

    async def work(workspace: Workspace) -> Exit:
        workspace.override(format=format, timeout=timeout)
        message = workspace.check(sender or workspace.profile.sender or "", to, read_text(text), options)
        warning = workspace.read_number(to).warning
        if warning and not as_json:
            say(warning)
        result = await workspace.send(message)
        row = workspace.history.get(result.message_id)
        assert row is not None
        if as_json:
            emit(_as_dict(row, result))
        else:
            _say(row, result, "mitto-tui --sandbox" if workspace.sandbox else "mitto-tui")
        return exit_for(result.status, result.outcome)

    try:
        return with_workspace(context, work)
    except MittoTuiError as error:
        if as_json:
            emit({**dict.fromkeys(_FIELDS), "test": test, "error": str(error)})
        raise


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


def _as_dict(row: MessageRow, result: SendResult) -> dict[str, Any]:
    outcome = result.outcome
    values = (
        row.id,
        row.mitto_id,
        result.status,
        row.to,
        row.sender,
        row.reference,
        row.encoding,
        row.segments,
        outcome.response_code if outcome else None,
        outcome.response_text if outcome else None,
        outcome.http_status if outcome else None,
        row.test,
        _error(row, result),
    )
    return dict(zip(_FIELDS, values, strict=True))


def _error(row: MessageRow, result: SendResult) -> str | None:
    if result.outcome is not None and result.outcome.kind is not OutcomeKind.ACCEPTED:
        return row.error or result.outcome.detail
    return row.error


def _say(row: MessageRow, result: SendResult, program: str) -> None:
    outcome = result.outcome
    match result.status:
        case Status.REJECTED:
            say(f"Refused: {row.error}")
        case Status.FAILED:
            say(f"Not sent: {row.error} It never left this machine, so it is safe to send it again:")
            say(f"  {program} history resolve {row.id} --send-again")
        case Status.IN_DOUBT:
            say(f"In doubt: {row.error}")
            say("The message may have been sent, so it is not sent again by itself.")
            say("A delivery report will settle it, or you can:")
            say(f"  {program} history resolve {row.id} --assume-sent")
            say(f"  {program} history resolve {row.id} --send-again")
        case Status.QUEUED:
            say(f"Not sent yet: {outcome.detail if outcome else row.error}")
            say(f"It is queued; once that is mended: {program} history resolve {row.id} --send-again")
        case Status.SKIPPED:
            say(f"Not sent: {row.to} has opted out.")
        case _:
            kind = "Test call accepted" if row.test else "Accepted"
            parts = "1 segment" if row.segments == 1 else f"{row.segments} segments"
            say(f"{kind}: to +{row.to}, {parts}, Mitto's id {row.mitto_id}, message {row.id} in the history")

"""``mitto-tui history``: what was sent and what became of it, and a person's word where there is doubt."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mitto_tui.cli.campaign_words import program
from mitto_tui.cli.context import JsonFlag, globals_of, interruptible, is_terminal, with_workspace
from mitto_tui.cli.exits import Exit, exit_for, worst
from mitto_tui.cli.output import emit, emit_outcome, plural, say, table
from mitto_tui.cli.progress import ProgressLine
from mitto_tui.cli.timeline import details, entry_dict, local, title, word
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.sms.visible import one_line
from mitto_tui.workspace.history_export import FORMATS, as_dict, export_history

if TYPE_CHECKING:
    from mitto_tui.sending.single import SendResult
    from mitto_tui.storage.history import History, HistoryFilter, MessageRow
    from mitto_tui.workspace.workspace import Workspace

app = typer.Typer(help="What was sent, and what became of it.", rich_markup_mode=None, invoke_without_command=True)

PAGE: Final = 500
"""Rows read from the database at once."""
SHOWN: Final = 50
"""Rows shown to a person who gave no limit."""

_TIME_OF_DAY: Final = re.compile("[T: ]")
"""What an ISO time has and a day has not, however it is written: 2026-11-23, 20261123, 2026-W48-1."""

StatusOption = Annotated[
    list[Status] | None, typer.Option("--status", help="Only this status; may be given several times.", metavar="S")
]
SearchOption = Annotated[str, typer.Option("--search", help="Part of a text, number, reference or id.")]
ToOption = Annotated[str | None, typer.Option("--to", help="Only to this number.", metavar="NUMBER")]
CampaignOption = Annotated[int | None, typer.Option("--campaign", help="Only of this campaign.", metavar="ID")]
SenderOption = Annotated[str | None, typer.Option("--from", help="Only from this sender.", metavar="ID")]
SinceOption = Annotated[str | None, typer.Option("--since", help="From this day or time on.", metavar="T")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Up to this day or time.", metavar="T")]


@app.callback()
def history(
    context: typer.Context,
    status: StatusOption = None,
    search: SearchOption = "",
    to: ToOption = None,
    sender: SenderOption = None,
    campaign: CampaignOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many rows.", metavar="N", min=0)] = None,
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Turn the order round.")] = False,
    as_json: JsonFlag = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
) -> int | None:
    """List messages, newest first."""
    if context.invoked_subcommand is not None:
        return None

    async def work(workspace: Workspace) -> Exit:
        chosen = make_filter(workspace, status, search, to, sender, campaign, since, until)
        most = limit if limit is not None or as_json or jsonl else SHOWN
        rows = rows_of(workspace.history, chosen, most, oldest_first=oldest_first)
        if jsonl:
            for row in rows:
                emit(as_dict(row))
        elif as_json:
            emit([as_dict(row) for row in rows])
        else:
            _say_list(list(rows), cut=limit is None, oldest_first=oldest_first)
        return Exit.DONE

    return with_workspace(context, work)


@app.command("show")
def show(
    context: typer.Context, message_id: Annotated[int, typer.Argument(metavar="ID")], as_json: JsonFlag = False
) -> int:
    """Show one message with every event and raw report."""

    async def work(workspace: Workspace) -> Exit:
        row = find(workspace, message_id)
        timeline = workspace.history.timeline(message_id)
        if as_json:
            emit({**as_dict(row), "timeline": [entry_dict(entry) for entry in timeline]})
            return Exit.DONE
        _say_message(row)
        for entry in timeline:
            say(f"{local(entry.event.at)}  {title(entry)}")
            for detail in details(entry):
                say(f"{'':21}{one_line(detail, 1000)}")
        return Exit.DONE

    return with_workspace(context, work)


@app.command("export")
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="FILE.csv or FILE.jsonl", metavar="FILE")],
    status: StatusOption = None,
    search: SearchOption = "",
    to: ToOption = None,
    sender: SenderOption = None,
    campaign: CampaignOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> int:
    """Write messages to a CSV or JSONL file that only you can read."""
    if file.suffix.lower() not in FORMATS:
        raise InvalidInput("file", f"{one_line(file.name)} must end in .csv or .jsonl.")

    async def work(workspace: Workspace) -> Exit:
        chosen = make_filter(workspace, status, search, to, sender, campaign, since, until)
        total, stopped = await asyncio.to_thread(workspace.history.count, chosen), threading.Event()
        with ProgressLine("Writing:") as line:
            try:
                exported = await asyncio.to_thread(
                    export_history,
                    workspace.history,
                    chosen,
                    file,
                    overwrite=True,
                    progress=lambda done: line(done, total),
                    stop=stopped.is_set,
                )
            finally:
                stopped.set()  # a person who interrupts it waits for no thread
        say(f"{plural(exported.messages, 'message')} written to {one_line(str(file))}.")
        return Exit.DONE

    return with_workspace(context, work)


@app.command("resolve")
def resolve(
    context: typer.Context,
    message_ids: Annotated[list[int] | None, typer.Argument(metavar="ID...")] = None,
    campaign: Annotated[
        int | None, typer.Option("--campaign", help="All of this campaign's that are in doubt.", metavar="ID")
    ] = None,
    assume_sent: Annotated[bool, typer.Option("--assume-sent", help="Treat what is in doubt as sent.")] = False,
    send_again: Annotated[bool, typer.Option("--send-again", help="Send it again; it may arrive twice.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """Give your word on messages in doubt: assume that they were sent, or send them again."""
    if assume_sent == send_again:
        raise InvalidInput("resolve", "Say either --assume-sent or --send-again.")
    unique = list(dict.fromkeys(message_ids or ()))
    if bool(unique) == (campaign is not None):
        raise InvalidInput("resolve", "Give the ids of messages, or --campaign with the id of one: one of both.")

    async def work(workspace: Workspace) -> Exit:
        if campaign is not None:
            from mitto_tui.cli.resolve_campaign import resolve_campaign

            call = program(globals_of(context))
            return await resolve_campaign(workspace, campaign, call, send_again=send_again, yes=yes, as_json=as_json)
        rows = [find(workspace, message_id) for message_id in unique]
        if send_again:
            check_resendable(rows)
            confirm_resending(rows, yes=yes)
        else:
            _check_doubtful(rows)
        codes = []
        for row in rows:
            if assume_sent:
                await workspace.assume_sent(row.id)
                codes.append(Exit.DONE)
            else:
                result = await _send(workspace, row)
                codes.append(exit_for(result.status, result.outcome))
                if result.not_stored is not None:
                    say(f"{row.id}: what became of it could not be stored: {result.not_stored}")
            after = find(workspace, row.id)
            if as_json:
                emit_outcome(as_dict(after))
            else:
                say(f"{after.id}: {word(after.status)}{f': {after.error}' if after.error else ''}")
        return worst(codes)

    return with_workspace(context, work)


async def _send(workspace: Workspace, row: MessageRow) -> SendResult:
    if row.status is Status.QUEUED:
        return await workspace.send_queued(row.id)
    return await workspace.send_again(row.id, seen=row.attempts)


def check_resendable(rows: list[MessageRow]) -> None:
    """Raises InvalidInput where a message is on its way or has arrived: sending it again would only double it."""
    from mitto_tui.storage.messages import CAN_BE_SENT_AGAIN

    for row in rows:
        if row.status not in CAN_BE_SENT_AGAIN and row.status is not Status.QUEUED:
            raise InvalidInput("resolve", f"Message {row.id} is {word(row.status)}: there is nothing to send again.")


def _check_doubtful(rows: list[MessageRow]) -> None:
    """Raises NotAllowed where there is no doubt about a message: before the first of several is decided on."""
    from mitto_tui.storage.errors import NotAllowed

    for row in rows:
        if row.status is not Status.IN_DOUBT:
            raise NotAllowed(row.id, row.status, "assumed sent")


def confirm_resending(rows: list[MessageRow], *, yes: bool) -> None:
    """Have a person type how many are sent again. Raises MittoTuiError where they don't, or nobody can be asked."""
    if yes:
        return
    doubtful = [row for row in rows if row.status is Status.IN_DOUBT]
    segments = sum(row.segments for row in rows)
    if not is_terminal():
        raise InvalidInput("resolve", "Without a terminal, sending again needs --yes.")
    say(f"This sends {plural(len(rows), 'message')} again, {plural(segments, 'segment')} at the most.")
    if doubtful:
        say(f"{len(doubtful)} of them may have arrived already, and would arrive twice.")
    with interruptible():
        answer = typer.prompt(f"Type {len(rows)} to send", default="", show_default=False, err=True)
    if answer.strip() != str(len(rows)):
        raise MittoTuiError("Nothing was sent again.")


def find(workspace: Workspace, message_id: int) -> MessageRow:
    """A message of the profile by its id. Raises InvalidInput where there is none."""
    row = workspace.history.get(message_id) if 0 < message_id < 2**63 else None
    if row is None or row.profile != workspace.profile.name:
        raise InvalidInput("id", f"There is no message {message_id} in the profile {workspace.profile.name}.")
    return row


def make_filter(
    workspace: Workspace,
    statuses: list[Status] | None,
    search: str,
    to: str | None,
    sender: str | None,
    campaign: int | None,
    since: str | None,
    until: str | None,
) -> HistoryFilter:
    """The filter that the options say. Raises InvalidInput for a time that can't be read."""
    from mitto_tui.storage.history import HistoryFilter

    digits = (workspace.read_number(to).digits or "".join(filter(str.isdigit, to))) if to else None
    return HistoryFilter(
        profile=workspace.profile.name,
        statuses=tuple(statuses) if statuses else None,
        search=search,
        to=digits,
        sender=sender,
        campaign=campaign,
        since=read_time("since", since),
        until=read_time("until", until, end=True),
    )


def read_time(field: str, value: str | None, *, end: bool = False) -> datetime | None:
    """An ISO day or time; local, as times are shown, without a zone. A day as an ``end`` means its last moment."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if end and not _TIME_OF_DAY.search(value):
            moment = datetime.combine(moment.date(), time.max)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(
            field, f"--{field}: {one_line(value, 40)} is not a time.", "Write 2026-11-23 or 2026-11-23T14:30."
        ) from None


def rows_of(
    history: History, chosen: HistoryFilter, limit: int | None, *, oldest_first: bool = False
) -> Iterator[MessageRow]:
    """Rows newest first or oldest first, page by page."""
    left = limit
    before: int | None = None
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        rows = history.page(chosen, before=before, limit=size, oldest_first=oldest_first)
        yield from rows
        if not rows:
            return
        before = rows[-1].id
        left = None if left is None else left - len(rows)


def _say_list(rows: list[MessageRow], *, cut: bool, oldest_first: bool) -> None:
    if not rows:
        say("No messages. mitto-tui send sends one, and mitto-tui --sandbox send rehearses it.")
        return
    table(
        [
            (
                str(row.id),
                local(row.created_at),
                word(row.status),
                f"+{row.to}",
                row.sender,
                str(row.segments),
                row.text,
            )
            for row in rows
        ],
        header=("id", "time", "status", "to", "from", "parts", "text"),
    )
    if cut and len(rows) == SHOWN:
        say(f"These are the {'oldest' if oldest_first else 'newest'} {SHOWN}; --limit shows more.")


def _say_message(row: MessageRow) -> None:
    from mitto_tui.cli.output import pairs

    values = {
        "Message": f"{row.id}{' (test call)' if row.test else ''}",
        "Status": word(row.status),
        "Why": row.error or "",
        "To": f"+{row.to}",
        "From": row.sender,
        "Text": one_line(row.text),
        "Parts": f"{row.segments} ({row.encoding or 'Mitto decides'})",
        "Mitto's id": row.mitto_id or "",
        "Reference": row.reference or "",
        "Attempts": str(row.attempts),
        "Created": local(row.created_at),
    }
    pairs({name: value for name, value in values.items() if value})

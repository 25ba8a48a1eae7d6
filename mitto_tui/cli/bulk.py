"""``mitto-tui bulk``: one message for a list of recipients. So far what would be sent, and to whom: ``--dry-run``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from mitto_tui.cli import lists
from mitto_tui.cli.context import JsonFlag, read_text, text_of
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, to_json, write_text
from mitto_tui.sms.checked_row import CheckedBatch, CheckedRow, RowStatus
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.lines import read_lines
from mitto_tui.sms.message import MessageType, Options, check_message
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from mitto_tui.recipients.checking import Checking
    from mitto_tui.recipients.readers.model import Detected
    from mitto_tui.settings.paths import Paths
    from mitto_tui.settings.profiles import Profile

_LONGEST_TEMPLATE: Final = 10_000_000
_NOBODY: Final = "491713920000"


def bulk(
    context: typer.Context,
    file: lists.File,
    sender: Annotated[
        str | None, typer.Option("--from", help="The sender; the profile's where it is left out.", metavar="ID")
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", help="The text, with {column} or {column|fallback} in it.", metavar="TEMPLATE"),
    ] = None,
    text_file: Annotated[
        Path | None, typer.Option("--text-file", help="A file with the text, in UTF-8.", metavar="F")
    ] = None,
    phone_column: lists.PhoneColumn = None,
    country: lists.Country = None,
    sheet: lists.Sheet = None,
    delimiter: lists.Delimiter = None,
    encoding: lists.Encoding = None,
    no_header: lists.NoHeader = False,
    bare: lists.Bare = "auto",
    refuse: Annotated[
        list[str] | None,
        typer.Option(
            "--refuse",
            help="Refuse these lines, such as landline; several times; all; none. The profile's where left out.",
            metavar="LINE",
        ),
    ] = None,
    all_numbers: Annotated[
        bool | None,
        typer.Option(
            "--all-numbers/--first-number",
            help="Take every number of a cell, or the first mobile one. The profile's where left out.",
        ),
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
    test: Annotated[bool, typer.Option("--test", help="Test calls: nothing is delivered or charged.")] = False,
    rate: Annotated[float | None, typer.Option("--rate", help="Messages a second.", metavar="N", min=0)] = None,
    chunk: Annotated[int | None, typer.Option("--chunk", help="Recipients in a request.", metavar="N", min=1)] = None,
    in_flight: Annotated[
        int | None, typer.Option("--in-flight", help="Requests at a time.", metavar="N", min=1)
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="Only the first N rows.", metavar="N", min=1)] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", help="Seconds until an answer is given up.", metavar="S", min=0)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count everything; send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: JsonFlag = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a row, and the summary last.")] = False,
) -> int:
    """Check a list and its message, and say what would be sent. Nothing is sent yet: --dry-run is needed."""
    del rate, chunk, in_flight, timeout, yes  # for sending
    if not dry_run:
        raise InvalidInput(
            "bulk", "Sending to a list is not possible yet; nothing was sent.", "Use --dry-run to check the list."
        )
    begun = time.monotonic()
    profile, paths = lists.sound_profile(context)
    template = _template(text, text_file, file)
    options = Options(type, reference, validity, pid, udh, flash, callback, test)
    sender = sender or profile.sender or ""
    if not sender:
        raise InvalidInput("sender", "There is no sender.", "Give one with --from, or set the profile's.")
    check_message(sender, _NOBODY, "00" if type is MessageType.BINARY else "0", options)
    from mitto_tui.cli.bulk_words import say_findings, say_vote
    from mitto_tui.cli.progress import ProgressLine
    from mitto_tui.recipients.checking import Checking, Plan
    from mitto_tui.recipients.deciding import Bare

    letters = lists.read_country(country, profile)
    meant = Bare(lists.read_bare(bare))
    refused = profile.lists.refuse if refuse is None else read_lines(refuse)
    take_all = profile.lists.all_numbers if all_numbers is None else all_numbers
    for_programs = as_json or jsonl
    with (
        lists.if_interrupted("Nothing was sent or stored: this was a dry run."),
        lists.list_errors(),
        lists.open_named(file, sheet, delimiter, encoding, no_header=no_header) as opened,
    ):
        column, why = lists.find_column(opened, phone_column)
        plan = Plan(column, template, letters, meant, refused, take_all, options, limit)
        checking = Checking(opened, plan, _opted_out(paths, profile))
        if not for_programs:
            lists.say_understood(opened, why, letters)
            say_vote(checking)
        with ProgressLine(quiet=for_programs) as progress:
            for batch in checking.batches(progress):
                if jsonl:
                    write_text(_lines_of(batch, type))
        summary = _summary(opened.detected, checking, time.monotonic() - begun)
        if jsonl:
            emit({"summary": summary})
        elif as_json:
            emit(summary)
        else:
            say_findings(opened, checking, profile)
    # Whoever goes on from a dry run to sending must not believe that there is somebody to send to.
    return Exit.DONE if checking.totals.ok else Exit.USAGE


def _template(text: str | None, text_file: Path | None, file: str) -> str:
    if (text is None) == (text_file is None):
        raise InvalidInput("text", "Give the text with --text or with --text-file, one of them.")
    if text_file is not None:
        try:
            with text_file.open("rb") as source:
                data = source.read(_LONGEST_TEMPLATE + 1)
        except OSError as error:
            name = one_line(str(text_file), 200)
            raise InvalidInput("text", f"{name} can't be read: {error.strerror or error}.") from None
        return text_of(data, one_line(text_file.name, 80))
    assert text is not None
    if text == "-" and file == "-":
        raise InvalidInput("text", "Standard input can't be both the list and the text.", "Use --text-file.")
    return read_text(text)


def _opted_out(paths: Paths, profile: Profile) -> frozenset[str]:
    """The profile's opt-outs. A dry run makes no database where there is none."""
    if not paths.database_file.exists():
        return frozenset()
    from mitto_tui.storage.database import Database
    from mitto_tui.storage.opt_outs import OptOuts

    with Database.open(paths.database_file) as database:
        return OptOuts(database).numbers(profile.name)


def _lines_of(batch: CheckedBatch, kind: MessageType) -> str:
    let_mitto = kind is MessageType.MITTO
    return "".join(f"{to_json(_as_dict(row, let_mitto=let_mitto))}\n" for row in batch)


def _as_dict(row: CheckedRow, *, let_mitto: bool) -> dict[str, Any]:
    """A row in the contract's words. ``reason`` begins with its stable word, then the sentence."""
    ok = row.status is RowStatus.OK
    words = [part for part in (row.reason, row.sentence) if part]
    return {
        "row": row.row,
        "to": row.to or None,
        "status": row.status,
        "reason": ": ".join(words) or None,
        "text": row.text if ok else None,
        "encoding": None if let_mitto else row.kind.encoding,
        "segments": row.kind.segments if ok else None,
    }


def _summary(detected: Detected, checking: Checking, seconds: float) -> dict[str, Any]:
    totals = checking.totals
    return {
        "campaign": None,
        "format": detected.format,
        "encoding": detected.encoding or None,
        "delimiter": detected.delimiter or None,
        "rows": totals.rows,
        "recipients": totals.ok,
        "invalid": totals.invalid,
        "duplicates": totals.duplicates,
        "opted_out": totals.opted_out,
        "ambiguous": totals.ambiguous,
        "segments": totals.segments,
        "unicode": totals.unicode,
        "accepted": 0,
        "rejected": 0,
        "in_doubt": 0,
        "queued": 0,
        "skipped": 0,
        "requests": 0,
        "seconds": round(seconds, 3),
    }

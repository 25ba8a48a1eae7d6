"""``mitto-tui bulk``: one message for a list of recipients, checked first and sent then; with ``--dry-run`` checked."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from mitto_tui.cli import lists
from mitto_tui.cli.bulk_job import ListJob, emit_summary, opted_out
from mitto_tui.cli.bulk_limits import read_limits
from mitto_tui.cli.context import JsonFlag, is_terminal, read_text, text_of
from mitto_tui.cli.exits import Exit
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.lines import read_lines
from mitto_tui.sms.message import MessageType, Options, check_message
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from mitto_tui.recipients.checking import Checking
    from mitto_tui.recipients.readers.model import Detected
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
    rate: Annotated[
        float | None, typer.Option("--rate", help="Messages a second; the profile's where left out.", metavar="N")
    ] = None,
    chunk: Annotated[
        int | None,
        typer.Option("--chunk", help="Recipients in a request, where all get one text; 1: each alone.", metavar="N"),
    ] = None,
    in_flight: Annotated[int | None, typer.Option("--in-flight", help="Requests at a time.", metavar="N")] = None,
    canary: Annotated[
        int | None,
        typer.Option("--canary", help="Send to the first N, and to the rest when these are delivered.", metavar="N"),
    ] = None,
    canary_share: Annotated[
        float | None, typer.Option("--canary-share", help="How many of them must be, 0 to 1; 0.8.", metavar="SHARE")
    ] = None,
    canary_wait: Annotated[
        float | None, typer.Option("--canary-wait", help="Seconds to wait for their reports; 3600.", metavar="S")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="Only the first N rows.", metavar="N", min=1)] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", help="Seconds until an answer is given up.", metavar="S")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count everything; send nothing.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Though a campaign with the same content has not ended.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: JsonFlag = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a row, and the summary last.")] = False,
) -> int:
    """Send a message to a list of recipients, after every row has been checked."""
    begun = time.monotonic()
    if not (dry_run or yes or is_terminal()):
        why = " Standard input is the list, so nobody can be asked there." if file == "-" else ""
        raise InvalidInput(
            "yes", f"Without a terminal, sending needs --yes. Nothing was sent.{why}", "--dry-run only checks the list."
        )
    profile, _ = lists.sound_profile(context)
    options = Options(type, reference, validity, pid, udh, flash, callback, test)
    limits = read_limits(profile, rate, chunk, in_flight, canary, canary_share, canary_wait, timeout, test=test)
    template = _template(text, text_file, file)
    sender = sender or profile.sender or ""
    if not sender:
        raise InvalidInput("sender", "There is no sender.", "Give one with --from, or set the profile's.")
    check_message(sender, _NOBODY, "00" if type is MessageType.BINARY else "0", options)
    job = ListJob(
        file=file,
        sender=sender,
        template=template,
        options=options,
        country=lists.read_country(country, profile),
        bare=lists.read_bare(bare),
        refuse=profile.lists.refuse if refuse is None else read_lines(refuse),
        take_all=profile.lists.all_numbers if all_numbers is None else all_numbers,
        phone_column=phone_column,
        sheet=sheet,
        delimiter=delimiter,
        encoding=encoding,
        no_header=no_header,
        limit=limit,
        as_json=as_json,
        jsonl=jsonl,
    )
    if dry_run:
        return _dry_run(job, profile, begun)
    from mitto_tui.cli.bulk_send import send_list

    return send_list(context, job, limits, timeout=timeout, again=again, yes=yes)


def _dry_run(job: ListJob, profile: Profile, begun: float) -> Exit:
    from mitto_tui.cli.bulk_words import say_findings
    from mitto_tui.cli.progress import ProgressLine

    with (
        lists.if_interrupted("Nothing was sent or stored: this was a dry run."),
        lists.list_errors(),
        job.opened(opted_out(profile)) as (opened, checking),
    ):
        with ProgressLine(quiet=job.for_programs) as progress:
            for _ in job.batches(checking, progress):
                pass
        emit_summary(job, _summary(opened.detected, checking, time.monotonic() - begun))
        if not job.for_programs:
            say_findings(opened, checking, profile, end="Nothing was sent: this was a dry run.")
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

"""``mitto-tui optout``: numbers that must not be written to, by any list and by any message of the profile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from mitto_tui.cli import lists
from mitto_tui.cli.context import JsonFlag
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, plural, say, table
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from mitto_tui.recipients.readers.model import Detected
    from mitto_tui.settings.profiles import Profile
    from mitto_tui.storage.opt_outs import OptOuts
    from mitto_tui.workspace.opt_out_import import ImportSums

app = typer.Typer(help="Numbers that must not be written to.", rich_markup_mode=None)

Numbers = Annotated[list[str], typer.Argument(metavar="NUMBER...")]

_SHOWN: Final = 5


@app.command("add")
def add(
    context: typer.Context,
    numbers: Numbers,
    country: lists.Country = None,
    source: Annotated[str, typer.Option("--source", help="Where you have it from, in your words.")] = "",
    as_json: JsonFlag = False,
) -> int:
    """Never write to these numbers again. All of them are taken, or none."""
    with _opened(context) as (opt_outs, profile):
        read = _read(numbers, country, profile)
        now = datetime.now(UTC)
        before = opt_outs.numbers(profile.name)
        opt_outs.add_many(profile.name, read, now, source)
        added = {digits: digits not in before for digits in read}
    if as_json:
        emit([{"to": digits, "added": new} for digits, new in added.items()])
    for digits, new in {} if as_json else added.items():
        say(f"+{digits} {'has opted out now' if new else 'had opted out before'}.")
    return Exit.DONE


@app.command("remove")
def remove(context: typer.Context, numbers: Numbers, country: lists.Country = None, as_json: JsonFlag = False) -> int:
    """Allow writing to these numbers again."""
    with _opened(context) as (opt_outs, profile):
        removed = {digits: opt_outs.remove(profile.name, digits) for digits in _read(numbers, country, profile)}
    if as_json:
        emit([{"to": digits, "removed": was} for digits, was in removed.items()])
    for digits, was in {} if as_json else removed.items():
        say(f"+{digits} {'may be written to again' if was else 'had not opted out'}.")
    return Exit.DONE


@app.command("list")
def list_(context: typer.Context, as_json: JsonFlag = False) -> int:
    """List the numbers that have opted out."""
    with _opened(context) as (opt_outs, profile):
        found = opt_outs.all(profile.name)
    if as_json:
        emit([{"to": one.recipient, "added_at": one.added_at.isoformat(), "source": one.source} for one in found])
    elif not found:
        say(f"Nobody has opted out of the profile {profile.name}.")
    else:
        rows = [(f"+{one.recipient}", f"{one.added_at.astimezone():%Y-%m-%d %H:%M}", one.source) for one in found]
        table(rows, header=("number", "since", "source"))
    return Exit.DONE


@app.command("import")
def import_(
    context: typer.Context,
    file: lists.File,
    phone_column: lists.PhoneColumn = None,
    country: lists.Country = None,
    sheet: lists.Sheet = None,
    delimiter: lists.Delimiter = None,
    encoding: lists.Encoding = None,
    no_header: lists.NoHeader = False,
    bare: lists.Bare = "auto",
    as_json: JsonFlag = False,
) -> int:
    """Take every number of a list. Numbers that can't be read are listed and not taken, and the exit code is 1."""
    from mitto_tui.cli.progress import ProgressLine
    from mitto_tui.recipients.deciding import Bare
    from mitto_tui.workspace.opt_out_import import OptOutImport

    with (
        lists.if_interrupted("Those who were taken so far have opted out; import the list again to take the others."),
        _opened(context) as (opt_outs, profile),
        lists.list_errors(),
        OptOutImport(lists.open_named(file, sheet, delimiter, encoding, no_header=no_header)) as found,
    ):
        letters, meant = lists.read_country(country, profile), Bare(lists.read_bare(bare))
        column, why = lists.find_column(found.list_file, phone_column)
        if not as_json:
            lists.say_understood(found.list_file, why, letters)
        with ProgressLine(quiet=as_json) as progress:
            sums = found.look(column, letters, opt_outs.numbers(profile.name), bare=meant, progress=progress)
        added = found.take(opt_outs, profile.name, datetime.now(UTC))
        # Those whom another program was quicker with have opted out before, too.
        known = sums.known + sums.new - added
    if as_json:
        emit(_import_json(found.detected, sums, added, known))
    else:
        _say_import(sums, added, known)
    if not sums.numbers:
        return Exit.USAGE
    return Exit.REFUSED if sums.unreadable else Exit.DONE


def _import_json(detected: Detected, sums: ImportSums, added: int, known: int) -> dict[str, Any]:
    return {
        "format": detected.format,
        "encoding": detected.encoding or None,
        "delimiter": detected.delimiter or None,
        "rows": sums.rows,
        "numbers": sums.numbers,
        "added": added,
        "known": known,
        "duplicates": sums.duplicates,
        "empty": sums.empty,
        "invalid": sums.invalid,
        "ambiguous": sums.ambiguous,
    }


def _say_import(sums: ImportSums, added: int, known: int) -> None:
    before = f", {known:,} had opted out before" if known else ""
    say(f"{plural(sums.rows, 'row')}: {plural(added, 'number')} opted out now{before}")
    if not sums.unreadable:
        return
    say(f"{plural(sums.unreadable, 'number')} could not be read and may still be written to:")
    for unread in sums.unread[:_SHOWN]:
        say(f"  row {unread.row:,}: {one_line(unread.cell, 40)}: {unread.sentence}")
    if sums.unreadable > _SHOWN:
        say(f"  and {sums.unreadable - _SHOWN:,} more")


def _read(numbers: list[str], country: str | None, profile: Profile) -> list[str]:
    """Each number's digits, once. Raises InvalidInput for the first that is none."""
    from mitto_tui.recipients.numbers import read_number

    letters = lists.read_country(country, profile)
    found = []
    for number in numbers:
        reading = read_number(number, letters)
        if reading.error:
            raise InvalidInput("number", f"{one_line(number, 40)}: {reading.error}", "Nothing was changed.")
        found.append(reading.digits)
    return list(dict.fromkeys(found))


@contextmanager
def _opened(context: typer.Context) -> Iterator[tuple[OptOuts, Profile]]:
    from mitto_tui.storage.database import Database
    from mitto_tui.storage.opt_outs import OptOuts

    profile, paths = lists.sound_profile(context)
    with Database.open(paths.database_file) as database:
        yield OptOuts(database), profile

"""What commands that read a recipient list have in common: its options, opening it, and what was understood of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mitto_tui.cli.context import globals_of, standard_input
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import say
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from mitto_tui.recipients.readers.list_file import ListFile
    from mitto_tui.settings.paths import Paths
    from mitto_tui.settings.profiles import Profile

File = Annotated[
    str, typer.Argument(help="csv, tsv, txt, xlsx, xls, ods, vcf, or - for standard input.", metavar="FILE")
]
PhoneColumn = Annotated[
    str | None, typer.Option("--phone-column", help="Its name, or its number from 1.", metavar="NAME|N")
]
Country = Annotated[
    str | None, typer.Option("--country", help="For national numbers; the profile's where left out.", metavar="XX")
]
Sheet = Annotated[str | None, typer.Option("--sheet", help="The sheet of a workbook.", metavar="NAME")]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", help="A character, or tab, comma, semicolon, pipe.", metavar="C")
]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Such as utf-8 or windows-1252.", metavar="NAME")]
NoHeader = Annotated[bool, typer.Option("--no-header", help="The first row is a recipient.")]
Bare = Annotated[
    str,
    typer.Option("--bare", help="How numbers without + or 0 are meant.", metavar="auto|with-code|national"),
]

_DELIMITERS: Final = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe"}


@contextmanager
def if_interrupted(sentence: str) -> Iterator[None]:
    """End the program with ``sentence`` where somebody interrupts it."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"Interrupted. {sentence}")
        raise SystemExit(Exit.INTERRUPTED) from None


@contextmanager
def list_errors() -> Iterator[None]:
    """A list that can't be read is wrong input, and not a failure of ours or of Mitto's."""
    from mitto_tui.recipients.readers.model import ListProblem

    try:
        yield
    except ListProblem as problem:
        raise InvalidInput("file", problem.message, problem.advice) from problem


def open_named(
    file: str, sheet: str | None, delimiter: str | None, encoding: str | None, *, no_header: bool
) -> ListFile:
    """Open the list that an argument names. Raises ListProblem, InvalidInput."""
    from mitto_tui.recipients.readers.list_file import open_list
    from mitto_tui.recipients.readers.model import Choices

    if not file:
        raise InvalidInput("file", "The list's name is empty.", "Name a file, or - for standard input.")
    choices = Choices(encoding=encoding, delimiter=delimiter, header=False if no_header else None, sheet=sheet)
    opened = open_list(standard_input() if file == "-" else Path(file), choices)
    if sheet is not None and not opened.detected.sheet:
        opened.close()
        # Whoever names a sheet means a workbook, and this isn't it.
        raise InvalidInput("sheet", f"{opened.name} has no sheets: it is no workbook.", "Leave --sheet out.")
    return opened


def find_column(opened: ListFile, wanted: str | None) -> tuple[int, str]:
    """The column with the numbers, and why it is that one. Raises InvalidInput where there is none, and ListProblem."""
    columns = opened.detected.columns
    if wanted is None:
        guess = opened.phone_column()
        if guess.index is None:
            raise InvalidInput("phone_column", guess.why, f"Name it with --phone-column. {_there(columns)}")
        return guess.index, guess.why
    from mitto_tui.sms.template import normal

    found = [index for index, name in enumerate(columns) if name == wanted] or [
        index for index, name in enumerate(columns) if normal(name) == normal(wanted)
    ]
    if len(found) > 1:
        raise InvalidInput("phone_column", f"{one_line(wanted, 40)} could be several columns.", "Give its number.")
    if not found and wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 6 and 0 < int(wanted) <= len(columns):
        found = [int(wanted) - 1]
    if not found:
        raise InvalidInput("phone_column", f"There is no column “{one_line(wanted, 40)}”.", _there(columns))
    return found[0], f"“{one_line(columns[found[0]], 40)}”, as you say."


def read_country(text: str | None, profile: Profile) -> str:
    """The country for national numbers: what was asked for, else the profile's, else empty. Raises InvalidInput."""
    if text is None:
        return (profile.country or "").upper()
    from mitto_tui.ui.price_list import read_country as letters_of

    try:
        return letters_of(text)
    except InvalidInput as error:
        raise InvalidInput("country", error.message, "Write a country's two letters by ISO 3166, such as DE.") from None


def read_bare(text: str) -> str:
    """The word for a decision on bare numbers. Raises InvalidInput."""
    word = text.strip().lower().replace("-", "_")
    if word not in ("auto", "with_code", "national"):
        raise InvalidInput("bare", f"--bare can't be {one_line(text, 40)}.", "Use auto, with-code or national.")
    return word


def sound_profile(context: typer.Context) -> tuple[Profile, Paths]:
    """The chosen profile. Raises ConfigProblems where a default would stand for something else that was meant."""
    from mitto_tui.settings.config import find_profile, load_config
    from mitto_tui.settings.paths import find_paths

    paths = find_paths()
    config = load_config(paths.config_file)
    profile = find_profile(config, globals_of(context).chosen)
    config.require_sound(profile.name)
    return profile, paths


def say_understood(opened: ListFile, why: str, country: str) -> None:
    """Say how the list was read."""
    found = opened.detected
    said = [found.format.upper()]
    if found.sheet:
        said.append(f"sheet “{one_line(found.sheet, 40)}”")
    if found.encoding:
        said.append(found.encoding if found.encoding_sure else f"{found.encoding} (a guess: look at the names)")
    if found.delimiter:
        said.append(f"{_DELIMITERS.get(found.delimiter, found.delimiter)} between cells")
    if found.format != "vcf":
        said.append("with a header" if found.header else "without a header")
    say(f"{opened.name}: {', '.join(said)}")
    say(f"Numbers: {why}")
    say(f"Country of national numbers: {_country(country)}")
    for note in found.notes:
        say(note)


def _country(country: str) -> str:
    if not country:
        return "none, so they can't be read (see --country)"
    from mitto_tui.recipients.countries import country_name

    return f"{country_name(country)} ({country})"


def _there(columns: tuple[str, ...]) -> str:
    shown = ", ".join(one_line(column, 40) for column in columns[:8])
    more = f" and {len(columns) - 8:,} more" if len(columns) > 8 else ""
    return f"The {'columns are' if len(columns) > 1 else 'only column is'} {shown}{more}."

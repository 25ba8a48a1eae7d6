"""``mitto-tui count``: what a text costs, without sending anything."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from mitto_tui.cli.context import JsonFlag, is_terminal, read_text
from mitto_tui.cli.count_answer import as_dict, parsed_header
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, plural, say, write_line
from mitto_tui.sms import segments
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.segments import Count
from mitto_tui.sms.visible import one_line, visible


def count(
    text: Annotated[str | None, typer.Argument(help="The text, or - for standard input.", metavar="[TEXT|-]")] = None,
    type: Annotated[str, typer.Option("--type", help="auto, gsm, unicode or binary (hex digits).")] = "auto",  # noqa: A002 - the option's name
    udh: Annotated[str, typer.Option("--udh", help="User data header, hex digits with the length octet.")] = "",
    as_json: JsonFlag = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line in, one a line out.")] = False,
    friendly: Annotated[
        bool, typer.Option("--friendly", help="Show what could be said in the GSM alphabet, and what that wins.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Write the replaced text alone to standard output, with --friendly.")
    ] = False,
) -> int:
    """Count characters, units and segments of a text."""
    if raw and (not friendly or as_json or jsonl):
        raise InvalidInput("raw", "--raw writes the replaced text itself: use it with --friendly, and without JSON.")
    if jsonl:
        if text is not None:
            raise InvalidInput("text", "--jsonl reads its texts from standard input: give no text beside it.")
        from mitto_tui.cli.count_lines import answer_lines

        answer_lines(friendly=friendly)
        return Exit.DONE
    if text is None:
        if is_terminal():
            raise InvalidInput("text", "There is no text.", "Give it as an argument, or - to read standard input.")
        text = "-"
    asked = read_text(text)
    header = parsed_header(type, udh)
    counted = segments.count(asked, type, header)
    if friendly:
        return _friendly(counted, type, header, as_json=as_json, raw=raw)
    if as_json:
        emit(as_dict(counted))
    else:
        say_count(counted)
    return _code(counted)


def _friendly(counted: Count, type: str, header: bytes, *, as_json: bool, raw: bool) -> int:  # noqa: A002 - as above
    from mitto_tui.cli import count_friendly

    found = count_friendly.plan_for(counted.text, type, header)
    if as_json:
        emit(as_dict(counted) | {"friendly": count_friendly.as_dict(found)})
        return _code(counted)
    say_count(counted)
    count_friendly.say_plan(found)
    if not raw:
        return _code(counted)
    if not found.after.error:
        _write_raw(found.replaced)
    return _code(found.after)


def _write_raw(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidInput("text", "The text has half of a character in it, which can't be written out.") from None
    write_line(visible(text, keep="\n") if sys.stdout is not None and sys.stdout.isatty() else text)


def _code(counted: Count) -> Exit:
    return Exit.USAGE if counted.error else Exit.DONE


_UNITS: Final = {"gsm": "septet", "unicode": "UTF-16 unit", "binary": "octet"}
_ERRORS: Final = {
    "not_gsm": "The text has characters that are not in the GSM alphabet",
    "not_hex": "The text has characters that are not hex digits",
    "odd_hex": "The last hex digit has no partner",
    "udh_length": "The user data header's first octet does not say how many follow",
    "udh_too_long": "The user data header leaves no room for this text",
}


def say_count(counted: Count) -> None:
    """Say what a text costs, or why it can't be sent so."""
    if counted.error is not None:
        say(f"{_ERRORS[counted.error]}{_offenders(counted)}.")
        return
    say(sums(counted))
    if counted.encoding == "unicode" and counted.offending:
        say(f"Not in the GSM alphabet{_offenders(counted)}.")
    if counted.too_long:
        say(f"That is too long: a message can have at most {segments.MAX_SEGMENTS} segments.")


def sums(counted: Count) -> str:
    """A count that has no error, in one line of words."""
    assert counted.encoding is not None
    encoding = {"gsm": "GSM", "unicode": "Unicode", "binary": "Binary"}[counted.encoding]
    parts, characters = plural(counted.segments, "segment"), plural(counted.characters, "character")
    units = plural(counted.units, _UNITS[counted.encoding])
    return f"{encoding}: {parts}, {units}, {characters}, {counted.remaining} left in the last"


def _offenders(counted: Count) -> str:
    shown = [f"{one_line(counted.text[index])} at {index + 1}" for index in counted.offending[:10]]
    more = len(counted.offending) - len(shown)
    return (": " + ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")) if shown else ""

"""``mitto-tui count``: what a text costs, without sending anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from mitto_tui.cli.context import JsonFlag, is_terminal, read_text, standard_input
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit, plural, say, to_json, write_text
from mitto_tui.sms import segments
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.segments import Count
from mitto_tui.sms.visible import one_line

TYPES: Final = ("auto", "gsm", "unicode", "binary")


def count(
    text: Annotated[str | None, typer.Argument(help="The text, or - for standard input.", metavar="[TEXT|-]")] = None,
    type: Annotated[str, typer.Option("--type", help="auto, gsm, unicode or binary (hex digits).")] = "auto",  # noqa: A002 - the option's name
    udh: Annotated[str, typer.Option("--udh", help="User data header, hex digits with the length octet.")] = "",
    as_json: JsonFlag = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line in, one a line out.")] = False,
) -> int:
    """Count characters, units and segments of a text."""
    if jsonl:
        if text is not None:
            raise InvalidInput("text", "--jsonl reads its texts from standard input: give no text beside it.")
        _stream()
        return Exit.DONE
    if text is None:
        if is_terminal():
            raise InvalidInput("text", "There is no text.", "Give it as an argument, or - to read standard input.")
        text = "-"
    counted = _count(read_text(text), type, udh)
    if as_json:
        emit(as_dict(counted))
    else:
        _say(counted)
    return Exit.USAGE if counted.error else Exit.DONE


def as_dict(counted: Count) -> dict[str, Any]:
    """The contract's object for one text."""
    return {
        "encoding": counted.encoding,
        "characters": counted.characters,
        "units": counted.units,
        "segments": counted.segments,
        "per_segment": counted.per_segment,
        "remaining": counted.remaining,
        "segment_units": list(counted.segment_units),
        "too_long": counted.too_long,
        "offending": list(counted.offending),
        "error": counted.error,
    }


def _count(text: object, type: object, udh: object) -> Count:  # noqa: A002
    if not isinstance(text, str):
        raise InvalidInput("text", "The text must be a string.")
    if type not in TYPES:
        raise InvalidInput("type", f"The type must be one of {', '.join(TYPES)}.")
    if not isinstance(udh, str):
        raise InvalidInput("udh", "The user data header must be a string of hex digits.")
    try:
        header = bytes.fromhex(udh)
    except ValueError:
        raise InvalidInput("udh", "The user data header must be pairs of hex digits.") from None
    return segments.count(text, type, header)


def _stream() -> None:
    """Count line by line, written out whenever no whole line is waiting any more."""
    for lines in _chunks():
        write_text("".join(f"{to_json(_answer(line))}\n" for line in lines))


def _chunks() -> Iterator[list[bytes]]:
    rest = b""
    source = standard_input()
    while data := source.read1(1 << 16):
        *lines, rest = (rest + data).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]


def _answer(line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "This line is not JSON."}
    if not isinstance(asked, dict) or "text" not in asked:
        return {"error": 'This line is not an object with a "text".'}
    try:
        return as_dict(_count(asked["text"], _or(asked.get("type"), "auto"), _or(asked.get("udh"), "")))
    except InvalidInput as error:
        return {"error": error.message}


def _or(value: object, default: str) -> object:
    """``value``, or ``default`` where there is none: null means what leaving out means."""
    return default if value is None else value


_UNITS: Final = {"gsm": "septet", "unicode": "UTF-16 unit", "binary": "octet"}
_ERRORS: Final = {
    "not_gsm": "The text has characters that are not in the GSM alphabet",
    "not_hex": "The text has characters that are not hex digits",
    "odd_hex": "The last hex digit has no partner",
    "udh_length": "The user data header's first octet does not say how many follow",
    "udh_too_long": "The user data header leaves no room for this text",
}


def _say(counted: Count) -> None:
    if counted.error is not None:
        say(f"{_ERRORS[counted.error]}{_offenders(counted)}.")
        return
    assert counted.encoding is not None
    encoding = {"gsm": "GSM", "unicode": "Unicode", "binary": "Binary"}[counted.encoding]
    parts, characters = plural(counted.segments, "segment"), plural(counted.characters, "character")
    units = plural(counted.units, _UNITS[counted.encoding])
    say(f"{encoding}: {parts}, {units}, {characters}, {counted.remaining} left in the last")
    if counted.encoding == "unicode" and counted.offending:
        say(f"Not in the GSM alphabet{_offenders(counted)}.")
    if counted.too_long:
        say(f"That is too long: a message can have at most {segments.MAX_SEGMENTS} segments.")


def _offenders(counted: Count) -> str:
    shown = [f"{one_line(counted.text[index])} at {index + 1}" for index in counted.offending[:10]]
    more = len(counted.offending) - len(shown)
    return (": " + ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")) if shown else ""

"""``mitto-tui count --jsonl``: a text a line in, its count a line out.

The plain case, ``{"text": …}`` and nothing more, is the one that comes by the hundred thousand: it is read by the C
scanner without a copy, and its answer, which has no words in it but ours, is written without the JSON encoder. All else
takes the careful way, and gets the answer that it would get there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from mitto_tui.cli.context import standard_input
from mitto_tui.cli.count_answer import as_dict, parsed_header
from mitto_tui.cli.output import to_json, write_text
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.segments import Count, CountError, Encoding, count

_AT_ONCE: Final = 1 << 18
"""Octets that are read, at most, before the lines among them are answered."""
_LONGEST_LINE: Final = 10_000_000
"""Octets of a line that are looked at: without a limit, one that never ends would end in no memory."""
_ENCODINGS: Final[dict[Encoding | None, str]] = {None: "null"} | {encoding: f'"{encoding}"' for encoding in Encoding}
_ERRORS: Final[dict[CountError | None, str]] = {None: "null"} | {error: f'"{error}"' for error in CountError}
_scan: Final = json.JSONDecoder().raw_decode


def answer_lines(*, friendly: bool = False) -> None:
    """Answer standard input line by line, written out whenever no whole line is waiting any more."""
    for lines in _whole_lines():
        answers = _careful_answers(lines, friendly=True) if friendly else _answers(lines)
        write_text("\n".join(answers) + "\n")


def _whole_lines() -> Iterator[bytes]:
    """Whole lines as they come, without the last one's line break. What is too long is cut, and no JSON any more."""
    source = standard_input()
    begun: list[bytes] = []
    length = 0
    while data := source.read1(_AT_ONCE):
        whole, newline, rest = data.rpartition(b"\n")
        if newline:
            yield b"".join((*begun, whole))
            begun.clear()
            length = 0
        if length <= _LONGEST_LINE:
            begun.append(rest)
            length += len(rest)
            if length > _LONGEST_LINE:
                begun.append(b"\0")
    if length:
        yield b"".join(begun)


def _answers(lines: bytes) -> Iterator[str]:
    try:
        texts = lines.decode().split("\n")
    except UnicodeDecodeError:
        yield from _careful_answers(lines)
        return
    for line in texts:
        try:
            asked, end = _scan(line)
        except (ValueError, RecursionError):
            end = -1
        if end != len(line):
            yield _careful(line.encode())
        elif type(asked) is dict and len(asked) == 1 and type(text := asked.get("text")) is str:
            yield _as_json(count(text))
        else:
            yield _answer(asked)


def _careful_answers(lines: bytes, *, friendly: bool = False) -> Iterator[str]:
    return (_careful(line, friendly) for line in lines.split(b"\n"))


def _careful(line: bytes, friendly: bool = False) -> str:
    if len(line) > _LONGEST_LINE:
        return to_json({"error": f"This line has more than {_LONGEST_LINE:,} bytes."})
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return to_json({"error": "This line is not JSON."})
    return _answer(asked, friendly)


def _answer(asked: object, friendly: bool = False) -> str:
    try:
        return _counted(asked, friendly)
    except InvalidInput as error:
        return to_json({"error": error.message})


def _counted(asked: object, friendly: bool) -> str:
    if not isinstance(asked, dict) or "text" not in asked:
        raise InvalidInput("line", 'This line is not an object with a "text".')
    text = asked["text"]
    if not isinstance(text, str):
        raise InvalidInput("text", "The text must be a string.")
    kind: Any = _or(asked.get("type"), "auto")
    header = parsed_header(kind, _or(asked.get("udh"), ""))
    wants_friendly = _or(asked.get("friendly"), friendly)
    if not isinstance(wants_friendly, bool):
        raise InvalidInput("friendly", '"friendly" must be true or false.')
    counted = count(text, kind, header)
    if not wants_friendly:
        return _as_json(counted)
    from mitto_tui.cli import count_friendly

    found = count_friendly.plan_for(text, kind, header)
    return to_json(as_dict(counted) | {"friendly": count_friendly.as_dict(found)})


def _or(value: object, default: object) -> object:
    """``value``, or ``default`` where there is none: null means what leaving out means."""
    return default if value is None else value


def _as_json(counted: Count) -> str:
    """``to_json(as_dict(counted))``, byte for byte and several times as fast."""
    plain = counted.encoding is Encoding.GSM
    return (
        f'{{"encoding": {_ENCODINGS[counted.encoding]}, "characters": {counted.characters}, "units": {counted.units}, '
        f'"segments": {counted.segments}, "per_segment": {counted.per_segment}, "remaining": {counted.remaining}, '
        f'"segment_units": {[*counted.segment_units]}, "too_long": {"true" if counted.too_long else "false"}, '
        f'"offending": {"[]" if plain else [*counted.offending]}, "error": {_ERRORS[counted.error]}}}'
    )

"""``mitto-tui count --friendly``: what could be said in the GSM alphabet instead, in words and as JSON."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from mitto_tui.cli.output import plural, say, table
from mitto_tui.sms import gsm
from mitto_tui.sms.friendly import Plan, Replacement, Rule, plan
from mitto_tui.sms.segments import Count
from mitto_tui.sms.visible import one_line

_ROWS: Final = 40
"""Replacements that are said in words, at most; JSON has them all."""
_PLACES: Final = 3
_LEFT: Final = 10
_WHY: Final = {
    Rule.COMPOSED: "the same, composed",
    Rule.PUNCTUATION: "its plain form",
    Rule.LETTER: "without its marks",
}
_BY: Final = {"": "nothing", " ": "a space", "\n": "a line break"}
_NO_USE: Final = {
    "unicode": "Unicode takes every character as it is: there is nothing to replace. Leave --type out to see what the "
    "GSM alphabet could say.",
    "binary": "Binary text is hex digits: there is nothing to replace.",
}
"""Types that have no use for the alphabet, and what to say of it."""


def plan_for(text: str, type: str, udh: bytes) -> Plan:  # noqa: A002 - the field's own name
    """What may be replaced: nothing for types that have no use for the alphabet."""
    return Plan(text, (), type, udh) if type in _NO_USE else plan(text, type, udh)


def as_dict(found: Plan) -> dict[str, Any]:
    """The contract's "friendly". ``at`` are indexes from 0.

    ``segments`` are what each replacement alone would leave; null where the text is far too long to be sent.
    """
    after = found.after
    return {
        "text": found.replaced,
        "encoding": after.encoding,
        "segments": after.segments,
        "units": after.units,
        "remaining": after.remaining,
        "replacements": [
            {
                "found": replacement.found,
                "by": replacement.by,
                "rule": replacement.rule,
                "at": list(replacement.places),
                "segments": found.segments_alone(replacement),
            }
            for replacement in found.replacements
        ],
        "left": [] if found.type in _NO_USE else list(found.left),
    }


def say_plan(found: Plan) -> None:
    """Say each replacement, what it wins alone, what all win together, and what would be left."""
    say()
    if found.type in _NO_USE:
        say(_NO_USE[found.type])
        return
    if not found.replacements:
        say("Nothing here can be replaced." if found.left else "Every character is in the GSM alphabet already.")
    else:
        _say_replacements(found)
        say(f"All together: {_won(found.before, found.after)}.")
    if found.left:
        named = ", ".join(f"{one_line(char)} ({_code_points(char)})" for char in found.left[:_LEFT])
        more = f" and {len(found.left) - _LEFT:,} more" if len(found.left) > _LEFT else ""
        say(f"Nothing stands for: {named}{more}.")


def _say_replacements(found: Plan) -> None:
    shown = found.replacements[:_ROWS]
    alone = [_won_alone(found, replacement) for replacement in shown]
    header = ["found", "by", "where", "alone", "why", "what it is"]
    rows = [
        [
            replacement.found,
            _BY.get(replacement.by, replacement.by),
            _where(replacement),
            won,
            _WHY[replacement.rule] if replacement.by else "it shows nothing",
            _what(replacement.found),
        ]
        for replacement, won in zip(shown, alone, strict=True)
    ]
    if not any(alone):
        for row in (header, *rows):
            del row[3]
    table(rows, header=header)
    if len(shown) < len(found.replacements):
        say(f"… and {len(found.replacements) - len(shown):,} more: --json shows all.")


def _where(replacement: Replacement) -> str:
    places = replacement.places
    shown = "at " + ", ".join(str(place + 1) for place in places[:_PLACES])
    return shown + (f" and {len(places) - _PLACES:,} more" if len(places) > _PLACES else "")


def _what(found: str) -> str:
    """The code points, and the name of the one that is outside the alphabet."""
    outside = next(char for char in found if char not in gsm.ALPHABET)
    return f"{_code_points(found)} {unicodedata.name(outside, '')}".rstrip()


def _code_points(found: str) -> str:
    return " ".join(f"U+{ord(char):04X}" for char in found)


def _won_alone(found: Plan, replacement: Replacement) -> str:
    """What it wins or costs by itself; nothing where it makes no difference."""
    before, after = found.before.segments, found.segments_alone(replacement)
    if after is None or before == after:
        return ""
    return _arrow(before, after) if before else "makes it fit"


def _won(before: Count, after: Count) -> str:
    if after.error:
        return "still not a text that can be sent so"
    if before.error:
        return f"it can be sent, in {plural(after.segments, 'segment')}, {_room(after)}"
    if before.segments != after.segments:
        costs = ", which is more" if after.segments > before.segments else ""
        return f"{_arrow(before.segments, after.segments)}{costs}, {_room(after)}"
    return f"{plural(after.segments, 'segment')} as before, {_room(after)}"


def _arrow(before: int, after: int) -> str:
    return f"{before:,} → {after:,} segments"


def _room(after: Count) -> str:
    encoding = "GSM" if after.encoding == "gsm" else "still Unicode"
    return f"{encoding}, {after.remaining} left in the last"

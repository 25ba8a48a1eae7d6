"""What the step "Columns" says: how a list was read, what can be chosen instead, and what became of the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.plans import LINES
from mitto_tui.recipients.readers.charsets import CHOICES
from mitto_tui.recipients.readers.model import WORKBOOKS, Detected
from mitto_tui.recipients.verdicts import OTHER_LINES, Lean
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.bulk.preview_rows import Preview, State

if TYPE_CHECKING:
    from mitto_tui.recipients.vote import Vote

AUTO: Final = "auto"
OTHER: Final = "other"
DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "": "single column"}
_FORMATS: Final = {"csv": "CSV", "tsv": "TSV", "txt": "text", "vcf": "vCard"}
_NAMED: Final = 24
"""Characters of a name out of a file, where it is one of several words."""
_CODEC_WORDS: Final = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 with mark", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32"}


def delimiter_word(delimiter: str) -> str:
    """``semicolon`` for ``;``; the sign itself in quotes where it has no word."""
    return DELIMITERS.get(delimiter) or f"“{one_line(delimiter, 8)}”"


def encoding_word(codec: str) -> str:
    """The short name of an encoding: ``Windows-1252``."""
    if codec in _CODEC_WORDS:
        return _CODEC_WORDS[codec]
    words = CHOICES.get(codec, one_line(codec, _NAMED))
    return words.rpartition("(")[2].removesuffix(")")


def is_delimited(found: Detected) -> bool:
    """Whether delimiter and encoding mean anything for a list: not in workbooks and cards."""
    return found.format not in WORKBOOKS and found.format != "vcf"


def understood(name: str, found: Detected, size: int | None) -> list[str]:
    """What a list was understood to be, piece by piece: name, format with delimiter and encoding, size in bytes."""
    kind = [_FORMATS.get(found.format, found.format.upper())]
    if found.sheet and len(found.sheets) > 1:
        kind.append(f"sheet “{one_line(found.sheet, _NAMED)}”")
    if is_delimited(found) and found.format == "csv":
        kind.append(delimiter_word(found.delimiter))
    if found.encoding:
        kind.append(encoding_word(found.encoding) + ("" if found.encoding_sure else " (a guess)"))
    count = len(found.columns)
    pieces = [one_line(name, 60), ", ".join(kind), f"{count:,} column{'' if count == 1 else 's'}"]
    return pieces if size is None else [*pieces, f"{size:,} bytes"]


def size_of(source: Path | str) -> int | None:
    """The bytes of a file; None for what was pasted, and where the file is gone. Blocks."""
    if isinstance(source, str):
        return None
    try:
        return source.stat().st_size
    except OSError:
        return None


def taken_over(at: datetime) -> str:
    """That what was chosen before holds again."""
    local = at.astimezone()
    return f"Read as you chose on {local.day} {local:%b} for lists like this."


def lean_word(lean: Lean) -> str:
    """How bare numbers are read where nobody says otherwise."""
    return {Lean.WITH_CODE: "with code", Lean.NATIONAL: "national"}.get(lean, "each by itself")


BARE_WORDS: Final = {Bare.WITH_CODE: "with country code", Bare.NATIONAL: "national"}


def refusals(current: frozenset[str]) -> dict[frozenset[str], str]:
    """The sets of lines that can be refused, in words; ``current`` is among them."""
    single = {frozenset({line}): line for line in LINES.values() if line in OTHER_LINES}
    costly = frozenset({"premium-rate", "shared-cost"})
    offered = {
        frozenset[str](): "none",
        frozenset({"landline"}): "landline",
        costly: "premium and shared-cost",
        costly | {"landline"}: "landline, premium, shared",
        OTHER_LINES: "all but mobile",
    }
    offered |= {lines: word for lines, word in single.items() if lines not in offered}
    if current not in offered:
        offered[current] = ", ".join(sorted(current))
    return offered


def is_open(vote: Vote) -> bool:
    """Whether bare numbers stay open that could be read in two ways."""
    return vote.both > 0 and vote.decision is Lean.NONE


def sums(preview: Preview) -> list[tuple[str, str]]:
    """What became of the previewed numbers: words, each with the end of a component class's name."""
    counts: Mapping[State, int] = preview.counts or {}
    sent = sum(count for state, count in counts.items() if state.sent)

    def said(*states: State) -> list[tuple[str, str]]:
        return [(f"{counts[state]:,} {state.word}", state.style) for state in states if counts.get(state)]

    pieces = [(f"{sent:,} ok", State.OK.style if sent else "")]
    of_them = said(State.CHANGED, State.WARNED)
    for at, (text, style) in enumerate(of_them):
        pieces += [(", " if at else " (", ""), (text, style)]
    pieces += [(")", "")] * bool(of_them)
    for piece in said(State.INVALID, State.AMBIGUOUS):
        pieces += [(", ", ""), piece]
    return pieces


def of_how_many(preview: Preview) -> str:
    """``of the first 200``, or ``of all 57 rows``."""
    rows = len(preview.rows)
    if preview.whole:
        return "of 1 row" if rows == 1 else f"of all {rows:,} rows"
    return f"of the first {rows:,}"

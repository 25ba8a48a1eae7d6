"""One pass over a whole list: to count what a message would come to, or to keep the checked list as a draft.

Everything here blocks and is called in threads; ``stop`` may come from another one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from mitto_tui.recipients.checking import Checking, CheckStopped
from mitto_tui.recipients.readers.model import Progress
from mitto_tui.recipients.totals import Totals
from mitto_tui.recipients.vote import Vote
from mitto_tui.sms import gsm
from mitto_tui.sms.checked_row import CheckedBatch, RowKind
from mitto_tui.sms.message import MessageType, Options, count_as, udh_bytes
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.template import FieldPiece, parse
from mitto_tui.sms.template_names import places_of
from mitto_tui.storage.campaigns import Campaign, NewCampaign
from mitto_tui.workspace.lists import BulkMessage, NumberChoices, OpenedList, plan_for

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

EMPTY_VALUE: Final = "empty_value"
"""The reason of a row that is left out because a value is blank and has no fallback."""
__all__ = ["EMPTY_VALUE", "CheckStopped", "ListCheck", "Sample", "Sums"]

_FIRST: Final = 200
"""Rows kept from the beginning, to walk through."""
_REMARKABLE: Final = 50
"""Rows kept because a character in them forces Unicode: one for each character."""
_LOOK: Final = 0.2
"""Seconds between two looks at the sums so far."""
_REGION: Final = attrgetter("region")


@dataclass(frozen=True, slots=True)
class Sample:
    """A row that is ok, with its own cells, so that it can be rendered anew. ``to`` is digits.

    ``forces`` are the characters for which it was kept: it is the first row with them. ``longest`` marks the row with
    the longest text.
    """

    row: int
    to: str
    cells: tuple[str, ...]
    kind: RowKind
    forces: str = ""
    longest: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """What a pass over the whole list found. ``samples`` are in the list's order, without repeats.

    ``notes`` are sentences of the reader on the whole list. ``blanks`` are the columns whose field has no fallback,
    with how many rows are left out because the first blank value in them is that column's. ``worst`` is, where Mitto
    decides the encoding, how many segments it can come to at most, by country as in ``Totals.countries``; else empty.
    """

    totals: Totals
    vote: Vote
    samples: tuple[Sample, ...]
    notes: tuple[str, ...]
    blanks: Mapping[str, int] = field(default_factory=dict)
    worst: Mapping[str, int] = field(default_factory=dict)


class ListCheck:
    """One check of one list. Use ``sums`` or ``store``, once.

    Making one reads the profile's opt-outs. Raises InvalidInput for what no row could mend (see ``Checking``), and
    the store's errors.
    """

    def __init__(self, workspace: Workspace, opened: OpenedList, numbers: NumberChoices, message: BulkMessage) -> None:
        self._workspace = workspace
        self._opened = opened
        self._message = message
        opted_out = workspace.opt_outs.numbers(workspace.profile.name)
        self._checking = Checking(opened.list_file, plan_for(opened, numbers, message), opted_out)
        self._first: list[Sample] = []
        self._forcing: dict[str, Sample] = {}
        self._longest: Sample | None = None
        self._detects = message.options.type in (MessageType.AUTO, MessageType.MITTO)
        self._blanks = _Blanks(message.template, opened.columns)
        self._worst = WorstCase(message.options) if message.options.type is MessageType.MITTO else None
        self._so_far: Sums | None = None
        self._looked_at = time.monotonic()

    @property
    def totals(self) -> Totals:
        """The sums over the rows so far. They change while they are looked at: other threads take ``so_far``."""
        return self._checking.totals

    @property
    def so_far(self) -> Sums | None:
        """The sums as they were a moment ago, without samples, and not changed any more; None at the beginning.

        For any thread: they are copied between two batches by the one that counts.
        """
        return self._so_far

    def stop(self) -> None:
        """End it with CheckStopped, after the batch that is being checked."""
        self._checking.stop()

    def sums(self, progress: Progress | None = None, between: Callable[[], None] = lambda: None) -> Sums:
        """Go through all rows and count. Raises ListProblem, CheckStopped.

        ``between`` is called after each batch: there a thread can give way to another.
        """
        for batch in self._checking.batches(progress):
            self._see(batch)
            between()
        return self._found()

    def store(self, name: str, progress: Progress | None = None) -> tuple[Campaign, Sums]:
        """Go through all rows and keep them as a draft. Raises ListProblem, CheckStopped and the store's errors."""
        message, checking = self._message, self._checking
        new = NewCampaign(
            profile=self._workspace.profile.name,
            name=name,
            sender=message.sender,
            template=message.template,
            text=checking.fixed_text,
            options=options_json(message.options),
            source=checking.source(),
        )
        batches, totals = self._seen(progress), checking.totals
        campaign = self._workspace.campaigns.save(new, batches, totals.as_json, lambda: datetime.now(UTC))
        return campaign, self._found()

    def _seen(self, progress: Progress | None) -> Iterator[CheckedBatch]:
        for batch in self._checking.batches(progress):
            self._see(batch)
            yield batch

    def _found(self) -> Sums:
        # One row may have several recipients.
        kept: dict[tuple[int, str], Sample] = {}
        for sample in (*self._first, *self._forcing.values(), *([self._longest] if self._longest else [])):
            key = (sample.row, sample.to)
            before = kept.get(key)
            kept[key] = sample if before is None else _both(before, sample)
        samples = tuple(sorted(kept.values(), key=attrgetter("row")))
        return self._sums(self._checking.totals, samples)

    def _sums(self, totals: Totals, samples: tuple[Sample, ...] = ()) -> Sums:
        worst = dict(self._worst.segments) if self._worst is not None else {}
        notes = self._opened.list_file.notes
        return Sums(totals, self._checking.vote, samples, notes, dict(self._blanks.rows), worst)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked_at >= _LOOK:
            self._looked_at = now
            self._so_far = self._sums(_copy(self._checking.totals))

    # -- samples ------------------------------------------------------------------------------------------------------

    def _see(self, batch: CheckedBatch) -> None:
        for index in range(min(_FIRST - len(self._first), len(batch.rows))):
            self._first.append(_sample(batch, index))
        if batch.special:
            self._blanks.add(batch)
        if self._worst is not None:
            self._worst.add(batch)
        totals = self._checking.totals
        if len(self._forcing) < min(len(totals.characters), _REMARKABLE) and self._detects:
            self._keep_forcing(batch)
        longest = totals.longest
        if longest.row and (self._longest is None or self._longest.row != longest.row):
            for index, row in enumerate(batch.rows):
                if row == longest.row and batch.texts[index] == longest.text:
                    self._longest = _sample(batch, index, longest=True)
                    break
        self._look()

    def _keep_forcing(self, batch: CheckedBatch) -> None:
        for index, (kind, text) in enumerate(zip(batch.kinds, batch.texts, strict=True)):
            if kind.encoding is not Encoding.UNICODE:
                continue
            new = [char for char in dict.fromkeys(text[at] for at in gsm.not_gsm(text)) if char not in self._forcing]
            for char in new[: _REMARKABLE - len(self._forcing)]:
                self._forcing[char] = _sample(batch, index, forces=char)
            if len(self._forcing) >= _REMARKABLE:
                return


class _Blanks:
    """Counts the rows that are left out because a value is blank, by the column whose value that is."""

    def __init__(self, template: str, columns: tuple[str, ...]) -> None:
        parsed = parse(template)
        places = places_of({one.key: one.name for one in parsed.fields}, columns)
        needed = [piece for piece in parsed.pieces if isinstance(piece, FieldPiece) and piece.fallback is None]
        self._needed = [(places[piece.key], columns[places[piece.key]]) for piece in needed]
        self.rows: dict[str, int] = {}

    def add(self, batch: CheckedBatch) -> None:
        """Count those of a batch."""
        for row in batch.special.values():
            if row.reason == EMPTY_VALUE:
                name = next(name for place, name in self._needed if not row.cells[place].strip())
                self.rows[name] = self.rows.get(name, 0) + 1


class WorstCase:
    """What texts come to where Mitto sends them in the encoding that is dearer, by country."""

    def __init__(self, options: Options) -> None:
        self._udh = udh_bytes(options.udh)
        self._by_length: dict[int, int] = {}
        self.segments: dict[str, int] = {}

    def add(self, batch: CheckedBatch) -> None:
        """Count a batch."""
        alike = Counter(zip(map(_REGION, batch.kinds), map(_segments_of, batch.kinds, batch.texts), strict=True))
        for (region, (segments, length)), rows in alike.items():
            most = max(segments, self._as_unicode(length)) if length else segments
            self.segments[region] = self.segments.get(region, 0) + most * rows

    def _as_unicode(self, length: int) -> int:
        # Every GSM character is one code unit of UCS-2 (3GPP TS 23.038 §6.2.1), so the length is enough.
        known = self._by_length.get(length)
        if known is None:
            known = self._by_length[length] = count_as("0" * length, MessageType.UNICODE, self._udh).segments
        return known


def _segments_of(kind: RowKind, text: str) -> tuple[int, int]:
    """Our own count, and the length of a text that could become Unicode instead, else 0."""
    return kind.segments, len(text) if kind.encoding is Encoding.GSM else 0


def _copy(totals: Totals) -> Totals:
    """As they are now. Rows and kinds in them are never changed, so they are shared."""
    made = copy(totals)
    made.several_numbers = copy(totals.several_numbers)
    made.longest = copy(totals.longest)
    made.parts = dict(totals.parts)
    made.reasons = dict(totals.reasons)
    made.countries = {region: copy(spent) for region, spent in totals.countries.items()}
    made.characters = {char: copy(use) for char, use in totals.characters.items()}
    made.changes = {words: copy(change) for words, change in totals.changes.items()}
    made.warnings = {key: copy(warned) for key, warned in totals.warnings.items()}
    made.examples = {key: list(rows) for key, rows in totals.examples.items()}
    return made


def _sample(batch: CheckedBatch, index: int, *, forces: str = "", longest: bool = False) -> Sample:
    cells = tuple(batch.cells[index])
    return Sample(batch.rows[index], batch.to[index], cells, batch.kinds[index], forces, longest)


def _both(one: Sample, other: Sample) -> Sample:
    forces = one.forces + "".join(char for char in other.forces if char not in one.forces)
    return Sample(one.row, one.to, one.cells, one.kind, forces, one.longest or other.longest)


def options_json(options: Options) -> Mapping[str, object]:
    """Options in JSON's own types, only those that are set: to be kept with a draft."""
    kept = {name: value for name, value in asdict(options).items() if value is not None and value is not False}
    return {**kept, "type": options.type.value}


def read_options(kept: Mapping[str, object]) -> Options:
    """Options as ``options_json`` kept them. Raises ValueError where they can't be read."""
    try:
        values = {**kept, "type": MessageType(str(kept.get("type", "auto")))}
        for name, value in values.items():
            if not isinstance(value, _KEPT_TYPES[name]) or (isinstance(value, bool) and name in _WHOLE):
                raise ValueError(f"{name} is of another type")
        return Options(**values)  # type: ignore[arg-type]  # just checked
    except (KeyError, TypeError):
        raise ValueError("there is something else in it") from None


def options_of(kept: Mapping[str, object]) -> Options:
    """As ``read_options``; those of an ordinary message where they can't be read, to be shown and never sent."""
    try:
        return read_options(kept)
    except ValueError:
        return Options()


_WHOLE: Final = ("validity", "pid")
_KEPT_TYPES: Final[Mapping[str, type]] = {
    "type": MessageType,
    "reference": str,
    "validity": int,
    "pid": int,
    "udh": str,
    "flash": bool,
    "callback": str,
    "test": bool,
}

"""From a list as it was read to rows that are ok or say why not, and the sums over them.

What decides about a row, in this order: its number can't be read (invalid, ambiguous); its number has opted out; its
text can't be sent (invalid); an ok row before it has its number (duplicate). So a duplicate always names a row that is
sent, and rows = ok + duplicates + invalid + opted out + ambiguous.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from operator import itemgetter
from typing import Any, Final

from mitto_tui.recipients.candidates import NOTHING, Candidates, Refusal, also_holds, kind_of, meanings_of
from mitto_tui.recipients.column import ColumnReader
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.list_file import ListFile
from mitto_tui.recipients.readers.model import Progress, Row
from mitto_tui.recipients.rendering import Rendered, Rendering
from mitto_tui.recipients.seen import Seen
from mitto_tui.recipients.text_counter import Counted, TextCounter
from mitto_tui.recipients.totals import Longest, Totals
from mitto_tui.recipients.verdicts import Status, Verdict
from mitto_tui.recipients.vote import Vote, survey
from mitto_tui.sms.checked_row import CheckedBatch, CheckedRow, RowKind, RowStatus
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.message import MessageType, Options
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.template import EmptyValue, parse

SURVEYED: Final = 20_000
"""Rows that are looked at before the first is decided, to tell how the column's bare numbers are meant."""
BATCH: Final = 500
"""Rows at a time: few enough to be still in the processor's cache from one step to the next."""
_BAD_NUMBER: Final = {Status.INVALID: RowStatus.INVALID, Status.AMBIGUOUS: RowStatus.AMBIGUOUS}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a list is to be read and what is to be sent to it.

    ``phone_column`` is an index from 0. ``country`` (ISO 3166 alpha-2, or empty) is for national notation; ``bare`` how
    bare numbers are read; ``refuse`` lines that are invalid (see ``verdicts.OTHER_LINES``). With ``take_all`` every
    number of a cell is a row of its own. ``limit`` is how many data rows are looked at, None for all.
    """

    phone_column: int
    template: str
    country: str = ""
    bare: Bare = Bare.AUTO
    refuse: frozenset[str] = frozenset()
    take_all: bool = False
    options: Options = field(default_factory=Options)
    limit: int | None = None


class CheckStopped(MittoTuiError):
    """The check was stopped before its end, as somebody asked."""

    def __init__(self) -> None:
        super().__init__("The check was stopped before the end of the list.", "Nothing was stored or sent.")


_OTHERS: Final = itemgetter(2)
_OPTED_OUT: Final = Refusal(RowStatus.OPTED_OUT, "opted_out", "This number has opted out.")
_REPEATED: Final = Refusal(RowStatus.DUPLICATE, "duplicate", "An earlier row has this number already.")


class Checking:
    """One check of one list. ``batches`` can be gone through once; ``totals`` grow with it.

    Raises InvalidInput, before anything is read, for what no row could mend: a template that is none or that names a
    column that isn't there, a text without fields that can't be sent, options that can't be sent.
    """

    def __init__(self, list_file: ListFile, plan: Plan, opted_out: Collection[str] = frozenset()) -> None:
        self.plan = plan
        self.totals = Totals()
        self._list = list_file
        self._opted_out = opted_out
        columns = list_file.detected.columns
        if not 0 <= plan.phone_column < len(columns):
            raise InvalidInput("phone_column", f"There is no column {plan.phone_column + 1:,} in the list.")
        template = parse(plan.template)
        self._rendering = Rendering(template, columns)
        self._counter = TextCounter(plan.options)
        if not plan.template:
            raise InvalidInput("text", "There is no text.", "Write a message first.")
        self.fixed_text: str | None = None
        """The text itself where it is the same for every row."""
        if not template.fields:
            self.fixed_text = self._rendering.one(())
            if problem := self._counter.why(self.fixed_text):
                raise InvalidInput("text", problem)
        self._vote: Vote | None = None
        self._stopped = False
        self._kinds: dict[tuple[int, int], RowKind] = {}
        self._bad_kinds: dict[tuple[int, str, str, str], RowKind] = {}
        self._kinds_by_id: dict[int, RowKind] = {}
        self._seen = Seen()
        self._row_of = array("I")
        self._detects_gsm = plan.options.type in (MessageType.AUTO, MessageType.MITTO)

    def stop(self) -> None:
        """Let ``batches`` end with CheckStopped, after the batch that is being checked. For any thread."""
        self._stopped = True

    @property
    def vote(self) -> Vote:
        """What the first rows say of the column's bare numbers; read now, if they haven't been. Raises ListProblem."""
        if self._vote is None:
            plan = self.plan
            most = SURVEYED if plan.limit is None else min(SURVEYED, plan.limit)
            self._vote = survey_column(self._list, plan.phone_column, plan.country, most)
        return self._vote

    def source(self) -> dict[str, Any]:
        """How the list was read and how it is written, in JSON's own types: to be kept with what becomes of it."""
        found, style, plan = self._list.detected, self._list.style, self.plan
        return {
            "name": self._list.name,
            "path": None if self._list.path is None else str(self._list.path),
            "format": found.format,
            "encoding": found.encoding,
            "delimiter": found.delimiter,
            "header": found.header,
            "sheet": found.sheet,
            "columns": list(found.columns),
            "style": None if style is None else asdict(style),
            "phone_column": plan.phone_column,
            "country": plan.country,
            "bare": plan.bare.value,
            "bare_numbers": self.vote.sentence(plan.bare),
            "refuse": sorted(plan.refuse),
            "take_all": plan.take_all,
            "limit": plan.limit,
        }

    def batches(self, progress: Progress | None = None) -> Iterator[CheckedBatch]:
        """The checked rows, some thousands at a time, in the list's order. Raises ListProblem, CheckStopped.

        To cancel, stop iterating or call ``stop``. ``progress`` is called with bytes done and bytes in all.
        """
        plan = self.plan
        reader = ColumnReader(plan.country, bare=plan.bare, vote=self.vote, refuse=plan.refuse)
        left = plan.limit
        with closing(self._list.batches(BATCH, progress)) as batches:
            for batch in batches:
                if self._stopped:
                    raise CheckStopped
                if left is not None:
                    batch, left = batch[:left], left - len(batch)
                yield self._checked(self._read(reader, batch))
                if left is not None and left <= 0:
                    break

    def _read(self, reader: ColumnReader, batch: list[Row]) -> Candidates:
        column = self.plan.phone_column
        numbers = [row[0] for row in batch]
        cells = [row[1] for row in batch]
        phones = [row[column] for row in cells]
        if self.plan.take_all:
            every = [reader.read_all(phone) for phone in phones]
            readings = list(chain.from_iterable(every))
            of_row = [index for index, found in enumerate(every) for _ in found]
            numbers = [numbers[index] for index in of_row]
            cells = [cells[index] for index in of_row]
            phones = [phones[index] for index in of_row]
        else:
            readings = reader.read_many(phones)
        digits = [reading[0] for reading in readings]
        return Candidates(list(range(len(numbers))), numbers, cells, phones, readings, digits)

    def _checked(self, batch: Candidates) -> CheckedBatch:
        """All rows of a batch, decided and counted."""
        bad: dict[int, CheckedRow] = {}
        if "" in batch.digits:
            self._drop(batch, self._unread(batch), bad)
        if self._opted_out:
            self._drop(batch, self._opted(batch), bad)
        self._drop(batch, self._put_into_words(batch), bad)
        self._drop(batch, self._repeated(batch), bad)
        kinds = self._kinds_of([reading[1] for reading in batch.readings], batch.counted)
        details = (
            {
                index: also_holds(kind.sentence, reading.others)
                for index, kind, reading in zip(batch.indexes, kinds, batch.readings, strict=True)
                if reading.others
            }
            if any(map(_OTHERS, batch.readings))
            else {}
        )
        checked = CheckedBatch(
            batch.indexes, batch.numbers, kinds, batch.digits, batch.phones, batch.texts, batch.cells, bad, details
        )
        self._add_up(checked)
        return checked

    def _drop(self, batch: Candidates, refused: dict[int, Refusal], bad: dict[int, CheckedRow]) -> None:
        if not refused:
            return
        for place, refusal in refused.items():
            reading = batch.readings[place]
            bad[batch.indexes[place]] = CheckedRow(
                batch.numbers[place],
                self._bad_kind(reading.verdict, refusal),
                reading.digits,
                batch.phones[place],
                "",
                batch.cells[place],
                refusal.detail,
                refusal.repeats,
            )
        batch.drop(refused)

    def _unread(self, batch: Candidates) -> dict[int, Refusal]:
        unread = [(place, batch.readings[place]) for place, digits in enumerate(batch.digits) if not digits]
        return {
            place: Refusal(
                _BAD_NUMBER[reading.status], reading.reason.value, reading.verdict.sentence, meanings_of(reading)
            )
            for place, reading in unread
        }

    def _opted(self, batch: Candidates) -> dict[int, Refusal]:
        opted_out = self._opted_out
        return {place: _OPTED_OUT for place, digits in enumerate(batch.digits) if digits in opted_out}

    def _put_into_words(self, batch: Candidates) -> dict[int, Refusal]:
        if self.fixed_text is not None:
            batch.texts = [self.fixed_text] * len(batch.cells)
            batch.counted = [self._counter.count(self.fixed_text)] * len(batch.cells)
            return {}
        refused: dict[int, Refusal] = {}
        rendered = self._rendering.many(batch.cells)
        if rendered is None:
            rendered, refused = self._carefully(batch.cells)
        texts = batch.texts = rendered.texts
        batch.counted = self._counter.count_many(*rendered)
        if refused or self._counter.refused:
            for place, counted in enumerate(batch.counted):
                if counted.error and place not in refused:
                    why = self._counter.why(texts[place])
                    refused[place] = Refusal(RowStatus.INVALID, counted.error, detail=why)
        return refused

    def _carefully(self, cells: Sequence[list[str]]) -> tuple[Rendered, dict[int, Refusal]]:
        texts: list[str] = []
        refused: dict[int, Refusal] = {}
        for row in cells:
            try:
                texts.append(self._rendering.one(row))
            except EmptyValue as error:
                refused[len(texts)] = Refusal(RowStatus.INVALID, "empty_value", str(error))
                texts.append("")
        return Rendered(texts, "".join(texts)), refused

    def _repeated(self, batch: Candidates) -> dict[int, Refusal]:
        # Places in an own count, not row numbers: several numbers of one row must not be taken for one.
        begin = len(self._row_of)
        self._row_of.extend(batch.numbers)
        places = range(begin, begin + len(batch.numbers))
        firsts = self._seen.first_rows(batch.digits, places)
        refused: dict[int, Refusal] = {}
        if firsts != list(places):
            for place, first in enumerate(firsts):
                if first != begin + place:
                    row = self._row_of[first]
                    which = "This row" if row == batch.numbers[place] else f"Row {row:,}"
                    refused[place] = _REPEATED._replace(detail=f"{which} has this number already.", repeats=row)
        return refused

    def _kinds_of(self, said: list[Verdict], counted: list[Counted]) -> list[RowKind]:
        # Verdicts and counts are shared objects that are never let go of, so their ids stand for them.
        known = self._kinds
        keys = list(zip(map(id, said), map(id, counted), strict=True))
        try:
            return [known[key] for key in keys]
        except KeyError:
            for key, verdict, count in zip(keys, said, counted, strict=True):
                if key not in known:
                    known[key] = self._remember(kind_of(verdict, count))
            return [known[key] for key in keys]

    def _remember(self, kind: RowKind) -> RowKind:
        self._kinds_by_id[id(kind)] = kind
        return kind

    def _bad_kind(self, said: Verdict, refusal: Refusal) -> RowKind:
        key = (id(said), refusal.status.value, refusal.reason, refusal.sentence)
        kind = self._bad_kinds.get(key)
        if kind is None:
            kind = kind_of(said, NOTHING, refusal)
            self._bad_kinds[key] = kind
        return kind

    def _add_up(self, batch: CheckedBatch) -> None:
        totals = self.totals
        for index in sorted(batch.special):
            totals.add_special(batch.special[index])
        if batch.details:
            totals.several_numbers.rows += len(batch.details)
            if not totals.several_numbers.first_row:
                totals.several_numbers.first_row = batch.rows[batch.places.index(min(batch.details))]
        most, unicode = 0, False
        ids = list(map(id, batch.kinds))
        for number, rows in Counter(ids).items():
            kind = self._kinds_by_id[number]
            totals.add_ok(kind, rows)
            if kind.change or kind.reason:
                first = ids.index(number)
                totals.add_noticed(kind, rows, batch.rows[first], batch.written[first], batch.to[first])
            most = max(most, kind.segments)
            unicode = unicode or kind.encoding is Encoding.UNICODE
        if most > totals.longest.segments or (most == totals.longest.segments and self.fixed_text is None):
            self._see_longest(batch, most)
        if unicode and self._detects_gsm:
            for kind, row, text in zip(batch.kinds, batch.rows, batch.texts, strict=True):
                if kind.encoding is Encoding.UNICODE:
                    totals.add_characters(row, text)

    def _see_longest(self, batch: CheckedBatch, segments: int) -> None:
        longest = self.totals.longest
        texts = batch.texts
        if segments > 1:
            texts = [text for text, kind in zip(texts, batch.kinds, strict=True) if kind.segments == segments]
        text = max(texts, key=len, default="")
        if (segments, len(text)) > (longest.segments, longest.characters):
            row = batch.rows[batch.texts.index(text)]
            self.totals.longest = Longest(row, segments, len(text), text)


def survey_column(opened: ListFile, column: int, country: str, most: int = SURVEYED) -> Vote:
    """What the first rows say of the bare numbers in a column (an index from 0). Raises ListProblem."""
    with closing(opened.batches(BATCH)) as batches:
        cells = (row[1][column] for batch in batches for row in batch)
        return survey(islice(cells, most), country)

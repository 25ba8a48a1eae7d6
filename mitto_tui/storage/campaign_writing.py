"""Writing a checked list by the million rows: columns side by side, many rows in a statement."""

from __future__ import annotations

import hashlib
import json
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from mitto_tui.sms.checked_row import CheckedBatch, CheckedRow, RowKind
from mitto_tui.storage.types import to_stored

PLACES: Final = 1 << 32
"""Rows that a campaign can have: the lower bits of a row's id."""
BLOCK: Final = 2_000
"""Places in a block that ``campaign_blocks`` sums up. Files have such blocks: another size needs a step of its own."""

_AT_ONCE: Final = 50
"""Rows in one statement: half of an insert's time is spent between rows, in the driver."""
_INSERT: Final = "INSERT INTO campaign_rows (id, row, kind, recipient, written, text) VALUES "
_ONE: Final = _INSERT + "(?, ?, ?, ?, ?, ?)"
_MANY: Final = _INSERT + ", ".join(["(?, ?, ?, ?, ?, ?)"] * _AT_ONCE)
_LEFT_OUT: Final = (
    "INSERT INTO campaign_rows (id, row, kind, recipient, written, text, left_out, detail, repeats, cells) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DETAIL: Final = "UPDATE campaign_rows SET detail = ? WHERE id = ?"
_WIDTH: Final = 6


class RowsWriter:
    """Collects the rows of one campaign until ``flush`` writes them. ``waiting`` is how many there are.

    With ``texts`` False an ok row's text isn't kept, as it is the campaign's own.
    """

    def __init__(self, campaign: int, *, texts: bool) -> None:
        self.waiting = 0
        self.rows = 0
        self._first = campaign * PLACES
        self._texts = texts
        self._values: list[Any] = []
        self._left_out: list[tuple[Any, ...]] = []
        self._details: list[tuple[Any, ...]] = []
        self._kinds: dict[int, RowKind] = {}
        self._numbers: dict[int, int] = {}
        self._counts: list[Counter[int]] = []
        self._hashes = (hashlib.sha256(), hashlib.sha256(), hashlib.sha256())

    def add(self, batch: CheckedBatch) -> None:
        """Take the next rows of the list."""
        begin = self._first + self.rows
        numbers = self._numbers_of(batch.kinds)
        self._count(batch.places, numbers)
        if batch.special:
            left_out = sorted(batch.special)
            kinds = self._numbers_of([batch.special[index].kind for index in left_out])
            self._count(left_out, kinds)
            self._left_out += [
                _bad(begin + index, batch.special[index], kind) for index, kind in zip(left_out, kinds, strict=True)
            ]
        self.rows += len(batch)
        self.waiting += len(batch)
        storable = self._add_to_hashes(batch.to, batch.texts) and _can_be_stored(batch.written)
        texts = batch.texts if self._texts else [""] * len(batch.texts)
        values: list[Any] = [None] * (_WIDTH * len(texts))
        # Column by column into every sixth place: a tuple for each row would cost more.
        columns = ([begin + place for place in batch.places], batch.rows, numbers, batch.to, batch.written, texts)
        for at, column in enumerate(columns):
            values[at::_WIDTH] = column
        self._values += values if storable else map(_storable, values)
        for index, detail in batch.details.items():
            self._details.append((to_stored(detail), begin + index))

    def _numbers_of(self, kinds: Sequence[RowKind]) -> list[int]:
        ids = list(map(id, kinds))
        known = self._numbers
        try:
            return [known[key] for key in ids]
        except KeyError:
            for key, kind in zip(ids, kinds, strict=True):
                if key not in known:
                    known[key] = len(known) + 1
                    self._kinds[key] = kind  # kept, so that its id stays its own
            return [known[key] for key in ids]

    def _count(self, places: Sequence[int], numbers: Sequence[int]) -> None:
        """Add rows to the sums of their blocks. ``places`` are in order and count from the rows taken before."""
        at = 0
        while at < len(places):
            block = (self.rows + places[at]) // BLOCK
            end = bisect_left(places, (block + 1) * BLOCK - self.rows, at)
            while len(self._counts) <= block:
                self._counts.append(Counter())
            self._counts[block].update(numbers[at:end])
            at = end

    def flush(self, connection: Connection) -> None:
        """Write what was collected, within the caller's transaction."""
        values, step = self._values, _WIDTH * _AT_ONCE
        whole = len(values) - len(values) % step
        if whole:
            connection.exec_driver_sql(_MANY, [tuple(values[at : at + step]) for at in range(0, whole, step)])
        if whole < len(values):
            rest = [tuple(values[at : at + _WIDTH]) for at in range(whole, len(values), _WIDTH)]
            connection.exec_driver_sql(_ONE, rest)
        if self._left_out:
            connection.exec_driver_sql(_LEFT_OUT, self._left_out)
        if self._details:
            connection.exec_driver_sql(_DETAIL, self._details)
        self._values, self._left_out, self._details, self.waiting = [], [], [], 0

    def kinds(self) -> list[tuple[int, RowKind, int]]:
        """Each kind's number, the kind, and how many rows are of it."""
        counts = Counter[int]()
        for block in self._counts:
            counts.update(block)
        return [(number, self._kinds[key], counts[number]) for key, number in self._numbers.items()]

    def blocks(self) -> list[tuple[int, int, int]]:
        """A block's number, a kind's, and how many rows of that kind the block has, which is never 0."""
        return [(block, kind, counts[kind]) for block, counts in enumerate(self._counts) for kind in sorted(counts)]

    def content_hash(self, *about: str) -> str:
        """SHA-256 over what is sent: every ok row's number and text in order, and ``about``. In hex digits."""
        return hashlib.sha256(json.dumps([*about, *(part.hexdigest() for part in self._hashes)]).encode()).hexdigest()

    def _add_to_hashes(self, recipients: Sequence[str], texts: Sequence[str]) -> bool:
        """Whether all texts can be stored as they are. How the rows come in batches makes no difference."""
        of_recipients, of_lengths, of_texts = self._hashes
        of_recipients.update(",".join([*recipients, ""]).encode())
        if not self._texts:
            return True
        # With their lengths, so that no two lists run into the same octets.
        of_lengths.update(array("I", map(len, texts)).tobytes())
        every = "".join(texts)
        try:
            of_texts.update(every.encode())
        except UnicodeEncodeError:
            of_texts.update(every.encode("utf-8", "surrogatepass"))
            return False
        return True


def _bad(place: int, row: CheckedRow, kind: int) -> tuple[Any, ...]:
    cells = json.dumps(row.cells, ensure_ascii=False, separators=(",", ":"))
    texts = (to_stored(row.to), to_stored(row.written), "", row.status.value, to_stored(row.detail))
    return (place, row.row, kind, *texts, row.repeats or None, to_stored(cells))


def _can_be_stored(texts: Sequence[str]) -> bool:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True


def _storable(value: Any) -> Any:
    return to_stored(value) if isinstance(value, str) else value

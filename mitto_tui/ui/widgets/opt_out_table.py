"""The table of numbers that have opted out, in the order of their numbers: read a block at a time from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, cast

from mitto_tui.sms.visible import one_line
from mitto_tui.ui.history_rows import masked, number_for_display
from mitto_tui.ui.literal import mask_numbers
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.table_cells import Cell, Column

if TYPE_CHECKING:
    from mitto_tui.storage.opt_outs import OptOut, OptOuts
    from mitto_tui.ui.app import MittoApp

_NUMBER: Final = Column("Number", 20)
_SINCE: Final = Column("Since", 11, right=True)
_FROM: Final = Column("From", 0)
_NARROW: Final = 46
"""Cells below which the date gives way."""

_PLACES: Final = 20
_TOP: Final = 2 * 10 ** (_PLACES + 2)


@dataclass(frozen=True, slots=True)
class OptOutLine:
    """One that has opted out, its number as people write it, and what was searched for when it was read."""

    opt_out: OptOut
    number: str
    search: str

    @property
    def id(self) -> int:
        """Falls from one number to the next in the order of their digits as text, as a ``RowSource`` needs it."""
        return row_id(self.opt_out.recipient)


def row_id(recipient: str) -> int:
    """A number's place among all numbers. Always even: the odd one above it means the rows from this one on."""
    return _TOP - 2 * (int(recipient[:_PLACES].ljust(_PLACES, "0")) * 100 + min(len(recipient), _PLACES))


def first_below(before: int | None) -> str:
    """The smallest text of digits whose id is below ``before``."""
    if before is None:
        return ""
    from_here_on = before % 2 == 1
    digits, length = divmod((_TOP - (before - from_here_on)) // 2, 100)
    recipient = f"{digits:0{_PLACES}d}"[:length]
    return recipient if from_here_on else f"{recipient}0"  # no text of digits comes between the two


class OptOutRows:
    """A ``RowSource`` over a profile's opt-outs that ``search`` finds."""

    def __init__(self, opt_outs: OptOuts, profile: str, search: str) -> None:
        self.search = search
        self.everything = 0
        """How many there are whatever is searched for, when it was counted last."""
        self._opt_outs = opt_outs
        self._profile = profile

    def count(self) -> int:
        self.everything = self._opt_outs.count(self._profile)
        return self._opt_outs.count(self._profile, self.search) if self.search else self.everything

    def rows(self, before: int | None, skip: int, limit: int) -> Sequence[OptOutLine]:
        found = self._opt_outs.page(self._profile, self.search, first=first_below(before), skip=skip, limit=limit)
        return [OptOutLine(one, number_for_display(one.recipient), self.search) for one in found]

    def newer_than(self, row_id: int) -> int:
        return self._opt_outs.count(self._profile, self.search, before=first_below(row_id + 1))


class OptOutTable(PagedTable[OptOutLine], can_focus=False):
    """Its rows are moved through from outside, by whoever has the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"paged-table--muted"}

    def columns(self, width: int) -> Sequence[Column]:
        return (_NUMBER, _FROM) if width < _NARROW else (_NUMBER, _SINCE, _FROM)

    def cells(self, row: OptOutLine, columns: Sequence[Column]) -> Sequence[Cell]:
        hidden = cast("MittoApp", self.app).masked
        source = mask_numbers(row.opt_out.source) if hidden else row.opt_out.source
        cells = {
            _NUMBER: Cell(masked(row.number) if hidden else row.number),
            _SINCE: Cell(day(row.opt_out.added_at), "muted"),
            _FROM: Cell(one_line(source, 200), "muted"),
        }
        return [cells[column] for column in columns]


def day(moment: datetime) -> str:
    """``2 Mar 2026``, in the person's own time zone."""
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y}"

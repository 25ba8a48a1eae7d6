"""The tables below the field for a list: lists that were checked before, and files used last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

from mitto_tui.sms.visible import one_line
from mitto_tui.storage.campaigns import Campaign, CampaignState
from mitto_tui.ui.bulk.send_words import state_word
from mitto_tui.ui.excerpts import first_words
from mitto_tui.ui.literal import mask_numbers
from mitto_tui.ui.recent_paths import Recent
from mitto_tui.ui.typed_path import tilde
from mitto_tui.ui.widgets.message_table import when
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.shelf_table import ListSource, Placed
from mitto_tui.ui.widgets.table_cells import Cell, Column

_WHEN: Final = Column("When", 6, right=True)
_STATE: Final = Column("", 10)
_NAME: Final = Column("List", 18)
_NAME_ALONE: Final = Column("List", 0)
_ROWS: Final = Column("Rows", 9, right=True)
_OK: Final = Column("OK", 9, right=True)
_FEW_OK: Final = Column("OK", 7, right=True)
_TEXT: Final = Column("Text", 0)
_FILE: Final = Column("File", 18)
_FILE_ALONE: Final = Column("File", 0)
_FOLDER: Final = Column("Folder", 0)
_NARROW: Final = 58
"""Cells below which the text gives way."""
_SLIM: Final = 34


_STYLES: Final = {
    CampaignState.APPROVING: "accent",
    CampaignState.READY: "accent",
    CampaignState.RUNNING: "accent",
    CampaignState.PAUSED: "accent",
}


class SavedTable(PagedTable[Placed[Campaign]]):
    """Checked lists, newest first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"paged-table--accent", "paged-table--muted"}
    masked = False

    def fill(self, campaigns: Sequence[Campaign], current: int | None = None) -> None:
        """List these, with the cursor on the one with the id ``current``."""
        source: ListSource[Campaign, Campaign] = ListSource(campaigns, lambda campaign: campaign)
        at = next((index for index, campaign in enumerate(campaigns) if campaign.id == current), self.cursor)
        self.show(source, at=source.row_id(at) if campaigns else None)

    def columns(self, width: int) -> Sequence[Column]:
        if width < _NARROW:
            return (_WHEN, _STATE, _NAME_ALONE, _FEW_OK)
        return (_WHEN, _STATE, _NAME, _ROWS, _OK, _TEXT)

    def cells(self, row: Placed[Campaign], columns: Sequence[Column]) -> Sequence[Cell]:
        return [self._cell(row.line, column) for column in columns]

    def _cell(self, campaign: Campaign, column: Column) -> Cell:
        if column is _WHEN:
            return Cell(when(campaign.updated_at), "muted")
        if column is _STATE:
            return Cell(state_word(campaign.state), _STYLES.get(campaign.state, "muted"))
        if column.title == "Rows":
            return Cell(_number(campaign.totals, "rows", column.width), "muted")
        if column.title == "OK":
            return Cell(_number(campaign.totals, "ok", column.width))
        words = first_words(campaign.template) if column is _TEXT else campaign.name
        shown = one_line(words, 200)
        return Cell(mask_numbers(shown) if self.masked else shown, "muted" if column is _TEXT else "")


class RecentTable(PagedTable[Placed[Recent]]):
    """Files used last. Those that are not there any more are dim."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"paged-table--accent", "paged-table--muted"}
    masked = False

    def fill(self, recent: Sequence[Recent]) -> None:
        """List these."""
        source: ListSource[Recent, Recent] = ListSource(recent, lambda line: line)
        self.show(source, at=source.row_id(self.cursor) if recent else None)

    def columns(self, width: int) -> Sequence[Column]:
        return (_FILE_ALONE,) if width < _SLIM else (_FILE, _FOLDER)

    def cells(self, row: Placed[Recent], columns: Sequence[Column]) -> Sequence[Cell]:
        path, there = row.line.path, row.line.there
        shown: Callable[[str], str] = mask_numbers if self.masked else str
        name = Cell(shown(one_line(path.name, 200)), "" if there else "faint")
        if len(columns) == 1:
            return (name,)
        folder = one_line(tilde(path.parent), 200) if there else "not there any more"
        return (name, Cell(shown(folder), "muted" if there else "faint"))


def _number(totals: Mapping[str, object], key: str, width: int) -> str:
    """A sum, in millions where there is no room for it."""
    value = totals.get(key)
    if not isinstance(value, int):
        return "–"
    whole = f"{value:,}"
    return whole if len(whole) <= width else f"{value / 1_000_000:.2f} M"

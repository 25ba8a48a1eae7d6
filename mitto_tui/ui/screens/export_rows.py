"""Writing the rows that are left out into a file, to be mended and opened again."""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.content import Content

from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.ui.bulk.check_words import LEFT_OUT, Group, counted
from mitto_tui.ui.literal import literal
from mitto_tui.ui.screens.export_dialog import ExportDialog
from mitto_tui.ui.themes import DIM, GOOD, WARN
from mitto_tui.ui.typed_path import tilde, working_folder
from mitto_tui.ui.widgets.field import Choice, Field
from mitto_tui.workspace.list_export import Exported

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaigns
    from mitto_tui.ui.bulk.check_rows import Listing

_ALL: Final = "all"
_SEEN: Final = "seen"
_PLAIN: Final = "plain"
_REASONS: Final = "reasons"


class ExportRows(ExportDialog[Exported]):
    """Dismissed with what was written, or None. ``group`` is the filter in sight, ``folder`` where the list is."""

    TITLE_WORDS = "Export rows to mend"
    FAILED = "The rows could not be written."

    def __init__(self, campaigns: Campaigns, listing: Listing, group: Group, folder: Path | None = None) -> None:
        from mitto_tui.workspace.list_export import suggested_name

        super().__init__(folder or working_folder(), suggested_name(listing.campaign))
        self._campaigns = campaigns
        self._listing = listing
        self._group = group if group.status is not None and listing.counts[group] else None
        self._chosen: Collection[RowStatus] = LEFT_OUT
        self._reasons = False

    def about(self) -> Content:
        words = "The rows are written as their list is, so that they can be mended and opened again in step 1."
        return Content.styled(words, DIM)

    def fields(self) -> ComposeResult:
        if self._group is not None:
            yield Field("Rows", Choice(self._choices(self._group), id="export-which"))
        reasons = {_PLAIN: "as they are", _REASONS: "with a last column that says why"}
        yield Field("Written", Choice(reasons, id="export-how"))

    def _choices(self, group: Group) -> dict[str, str]:
        counts = self._listing.counts
        left_out = counts[Group.ALL] - counts[Group.OK]
        return {_SEEN: f"{group.word.lower()} ({counts[group]:,})", _ALL: f"all that are left out ({left_out:,})"}

    def prepare(self) -> None:
        self._reasons = self.query_one("#export-how", Choice).value == _REASONS
        group = self._group
        seen = group is not None and self.query_one("#export-which", Choice).value == _SEEN
        self._chosen = (group.status,) if seen and group is not None and group.status is not None else LEFT_OUT

    def write(self, path: Path, stop: threading.Event, *, over: bool) -> Exported:
        from mitto_tui.workspace.list_export import export_rows

        workspace = self.app.workspace  # type: ignore[attr-defined]  # the app is ours
        return export_rows(
            self._campaigns,
            self._listing.campaign,
            path,
            statuses=self._chosen,
            with_reasons=self._reasons,
            overwrite=over,
            shapes=None if workspace is None else workspace.list_shapes,
            progress=self._left,
            stop=stop.is_set,
        )

    def done_words(self, exported: Exported) -> list[Content]:
        is_are = "is" if exported.rows == 1 else "are"
        said = [
            Content.assemble(
                (f"{counted(exported.rows, 'row')} {is_are} in ", GOOD), literal(exported.path.name, 80, f"bold {GOOD}")
            ),
            literal(tilde(exported.path.parent), 200, DIM),
            Content("Mend it and open it again in step 1."),
        ]
        if exported.note:
            said.append(literal(exported.note, 400, WARN))
        return said

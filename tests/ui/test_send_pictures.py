"""How the fifth step looks: the plan as it comes about, and the board in states that can't be brought about at will."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from mitto_tui.sms.campaign import CampaignState, PauseReason, Phase
from mitto_tui.sms.status import Status
from mitto_tui.ui import themes
from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.bulk.board_words import Board
from mitto_tui.ui.themes import DIM
from mitto_tui.ui.widgets.campaign_board import CampaignBoard
from screenshots import make
from screenshots.stage import Stage
from tests.ui.pictures import SIZES, Compare, QuickClosing, before, still
from tests.ui.test_send_words import campaign, progress

_STYLES: Final = Path(themes.__file__).parent / "styles"
_MANY: Final = {
    Status.DELIVERED: 5_012,
    Status.SENT: 640,
    Status.ACCEPTED: 212,
    Status.SENDING: 64,
    Status.QUEUED: 6_228,
    Status.REJECTED: 12,
    Status.UNDELIVERED: 9,
}
_DOUBT: Final = {Status.DELIVERED: 11_900, Status.REJECTED: 12, Status.UNDELIVERED: 253, Status.IN_DOUBT: 12}
_LIST: Final = campaign(12_177)
BOARDS: Final[Mapping[str, Board]] = {
    "sending": Board(_LIST, _MANY, progress(rate=812.4, seconds=7.2, in_flight=64, window=64)),
    "held": Board(
        _LIST,
        _MANY,
        progress(Phase("holding", "Mitto asked to slow down and did not take it.", 93.0), seconds=61.0, window=8),
        loop_time=81.0,
    ),
    "canary": Board(
        _LIST,
        {Status.DELIVERED: 31, Status.SENT: 19, Status.QUEUED: 12_127},
        progress(
            Phase("canary", "31 of the first 50 are delivered; the rest is sent once 40 are.", 3_600.0),
            seconds=60.0,
            window=16,
        ),
        loop_time=60.0,
    ),
    "paused": Board(replace(_LIST, state=CampaignState.PAUSED, reason=PauseReason.UNAUTHORISED), _MANY),
    "doubt": Board(replace(_LIST, state=CampaignState.FINISHED), _DOUBT),
}
OFFERED: Final = {
    "sending": {"pause", "cancel", "another"},
    "held": {"pause", "cancel", "another"},
    "canary": {"pause", "cancel", "another"},
    "paused": {"resume", "cancel"},
    "doubt": {"another"},
}


class BoardApp(App[None], inherit_bindings=False):
    """A board and nothing else."""

    HORIZONTAL_BREAKPOINTS = MittoApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = MittoApp.VERTICAL_BREAKPOINTS
    CSS_PATH = [_STYLES / "common.tcss", _STYLES / "bulk_send.tcss"]  # noqa: RUF012 - Textual's own declaration

    def __init__(self, name: str) -> None:
        super().__init__()
        self._shown = name
        for theme in themes.OWN:
            self.register_theme(theme)
        self.theme = themes.DEFAULT

    def compose(self) -> ComposeResult:
        yield CampaignBoard()

    def on_mount(self) -> None:
        board = self.query_one(CampaignBoard)
        limits = Content.styled("up to 1,000 a second · 64 requests at a time", DIM)
        board.show(BOARDS[self._shown], Content("Campaign 7 · customers.csv"), limits)
        board.offer(frozenset(OFFERED[self._shown]), {})


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with still(tmp_path, monkeypatch) as found:
        yield found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", list(BOARDS))
def test_boards(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(BoardApp(name), terminal_size=size)


def test_the_plan(snap_compare: Compare, stage: Stage) -> None:
    app = QuickClosing(sandbox=True)
    assert snap_compare(app, terminal_size=make.SMALL, run_before=before(make.send, stage))

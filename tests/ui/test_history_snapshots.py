"""How the screens look, with a world that stands still: one picture a screen and size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screenshots import make
from screenshots.stage import Stage
from tests.ui.pictures import SIZES, Compare, QuickClosing, WholeClosing, before, still


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with still(tmp_path, monkeypatch) as found:
        yield found


@pytest.mark.parametrize("size", SIZES)
def test_history(snap_compare: Compare, stage: Stage, size: tuple[int, int]) -> None:
    app = QuickClosing(sandbox=True)
    assert snap_compare(app, terminal_size=size, run_before=before(make.history, stage))


def test_message_at_80_columns(snap_compare: Compare, stage: Stage) -> None:
    app = QuickClosing(sandbox=True)
    assert snap_compare(app, terminal_size=make.SMALL, run_before=before(make.message, stage))


@pytest.mark.parametrize("size", SIZES)
def test_settings(snap_compare: Compare, stage: Stage, tmp_path: Path, size: tuple[int, int]) -> None:
    file = tmp_path / "mitto-tui" / "config.toml"
    file.parent.mkdir()
    file.write_text(make.CONFIG)
    assert snap_compare(QuickClosing(), terminal_size=size, run_before=before(make.settings, stage))


@pytest.mark.parametrize("size", SIZES)
def test_first_run(snap_compare: Compare, stage: Stage, size: tuple[int, int]) -> None:
    assert snap_compare(WholeClosing(), terminal_size=size, run_before=before(make.first_run, stage))

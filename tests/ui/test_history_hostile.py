"""Whatever a text, an answer or a report holds: shown literally in every column and in the detail, never a crash."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mitto_tui.sms.report import DeliveryReport
from mitto_tui.sms.status import ReportStatus
from mitto_tui.sms.submission import Outcome, OutcomeKind
from mitto_tui.ui.screens.history import HistoryScreen
from mitto_tui.ui.widgets.hanging_text import HangingText
from mitto_tui.workspace.workspace import Workspace
from tests.ui.rooms import history_of, move_in, quickly, screen_text, store_many, until, workspace_of

HOSTILE = (
    "hi [/foo] x",
    "[bold red]not markup[/] [@click=app.quit]no link[/]",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J",
    "nul \x00 bell \x07 backspace \x08 delete \x7f",
    "bidi \u202egnirts\u202c \u2066isolate\u2069 \u200bzero\ufeff",
    "half a pair \ud83d and the rest",
    "line\nbreaks\r\nof\rall\u2028kinds\ttab",
    "漢字 👩‍👩‍👧‍👦 e" + "\u0301" * 300,
    "x" * 10_000,
    "{}{0}%s$(id)`id`",
)
# Nothing that steers a terminal, reorders or hides may reach the screen; the joiner inside emoji may.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff\ud800-\udfff]")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


def _store(workspace: Workspace) -> list[int]:
    """Messages with hostile texts, senders and references, hostile answers and hostile reports."""
    from sqlalchemy import update

    from mitto_tui.storage.schema import messages

    ids = list(store_many(workspace, len(HOSTILE), HOSTILE.__getitem__))
    now = datetime.now(UTC)
    for message_id, text in zip(ids, HOSTILE, strict=True):
        changes = {"sender": text, "reference": text, "callback": text, "udh": text}
        with workspace.database.write() as connection:
            connection.execute(update(messages).where(messages.c.id == message_id).values(changes))
        claim = workspace.messages.claim(
            message_id, token=f"t{message_id}", owner="o", lease_until=now + timedelta(minutes=1), at=now
        )
        assert claim is not None
        outcome = Outcome(
            OutcomeKind.REJECTED,
            "code_8",
            f"Refused: {text}",
            http_status=200,
            response_code=8,
            response_text=text,
            mitto_id=text,
            raw=text,
        )
        workspace.messages.record(claim, outcome, now)
        report = DeliveryReport(
            ReportStatus.UNKNOWN, status_text=text, token=f"t{message_id}", error_code=text, mccmnc=text
        )
        workspace.reports.receive(workspace.profile.name, report, text, "test", now)
    return ids


@pytest.mark.parametrize("size", [(120, 36), (40, 12)])
async def test_hostile_texts_are_shown_literally_everywhere(size: tuple[int, int]) -> None:
    async with quickly(size=size) as pilot:
        ids = _store(workspace_of(pilot))
        screen = await history_of(pilot)
        await until(pilot, lambda: screen.table.total == len(ids))
        lines = [screen.table.render_line(y) for y in range(1, 1 + len(ids))]
        for line in lines:
            assert line.cell_length == screen.table.scrollable_content_region.width
            assert not STEERING.search(line.text)
        await pilot.press("enter", "r")
        for message_id in ids:
            await pilot.app.open_message(message_id)  # type: ignore[attr-defined]  # the app is ours
            await until(pilot, lambda wanted=message_id: _shown(screen) == wanted)  # type: ignore[misc]
            screen.detail.whole = True
            screen.detail.redraw()
            await pilot.press("end")
            await pilot.pause()
            assert not STEERING.search(screen_text(pilot))
        timelines = screen.query_one("#detail-timeline", HangingText).paragraphs
        assert "{}{0}%s$(id)`id`" in "\n".join(str(paragraph.body) for paragraph in timelines)
        assert pilot.app.export_screenshot().startswith("<svg")


async def test_hostile_searches_find_what_is_there() -> None:
    async with quickly() as pilot:
        ids = _store(workspace_of(pilot))
        screen = await history_of(pilot)
        for index in (0, 1, 4, 9):
            screen.search.value = HOSTILE[index]
            await until(pilot, lambda: screen.table.total == 1)
            await until(pilot, lambda wanted=ids[index]: _current(screen) == wanted)  # type: ignore[misc]
        screen.search.value = "[/no] \x1b[31m%_\ud83d"
        await until(pilot, lambda: "No message matches" in screen_text(pilot))
        assert not STEERING.search(screen_text(pilot))


def _current(screen: HistoryScreen) -> int | None:
    return screen.table.current.id if screen.table.current is not None else None


def _shown(screen: HistoryScreen) -> int | None:
    return screen.message.id if screen.message is not None else None

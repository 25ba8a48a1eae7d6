"""The compose screen as it looks, at the sizes people have. Update with ``--snapshot-update`` after looking at them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from mitto_tui.sms.status import Status
from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.widgets.foreign_list import ForeignList
from mitto_tui.ui.widgets.outcomes import Sent
from tests.ui.rooms import move_in, until, workspace_of
from tests.ui.writing import ask, compose_of

Compare = Callable[..., bool]
TEXT = "Dear Jürgen, your order “4711” is ready… It costs 12 € [at the counter]."


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


async def _written(pilot: Pilot[Any]) -> None:
    screen = await compose_of(pilot)
    form = screen.message_form
    for widget in (form.sender, form.recipient, form.editor):
        widget.cursor_blink = False
    screen.autosave.stop()
    form.fill(type(form.form)("MITTO SMS", "+49 172 5551234", TEXT * 2, form.options.raw()))
    for status, said in (
        (Status.DELIVERED, ""),
        (Status.IN_DOUBT, "It is not known whether Mitto took it: the server answered HTTP 500."),
    ):
        mitto_id = "d88ae721-2938-45af-b8a0-b8de4231f702"
        screen.outcomes.add(Sent("+49 171 3920000", TEXT, status=status, said=said, mitto_id=mitto_id))
    form.editor.focus()
    form.editor.move_cursor((0, 24))
    await until(pilot, lambda: screen.focused is form.editor and screen.query_one(ForeignList).display)


async def _picture(pilot: Pilot[Any]) -> None:
    await _written(pilot)
    await workspace_of(pilot).aclose()


async def _picture_of_the_question(pilot: Pilot[Any]) -> None:
    await _written(pilot)
    await ask(pilot)
    await workspace_of(pilot).aclose()


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 20)], ids="{0[0]}x{0[1]}".format)
def test_compose(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(MittoApp(sandbox=True), terminal_size=size, run_before=_picture)


def test_the_question(snap_compare: Compare) -> None:
    assert snap_compare(MittoApp(sandbox=True), terminal_size=(80, 24), run_before=_picture_of_the_question)

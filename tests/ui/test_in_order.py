"""Keys that arrive together have their effect in the order in which they were typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual.widget import Widget
from textual.widgets import Input, TextArea

from mitto_tui.ui.widgets.compose_editor import ComposeEditor
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.paste_box import PasteBox
from mitto_tui.ui.widgets.path_input import PathInput
from tests.ui.bench import bench

BURST = ("a", "b", "x", "backspace", "c", "left", "left", "z", "end", "d", "home", "e", "alt+o")


@pytest.mark.parametrize("make", [LiteralInput, PathInput, PasteBox, ComposeEditor])
async def test_keys_that_arrive_together_and_those_that_type_nothing(make: Callable[[], Widget]) -> None:
    field = make()
    async with bench(field) as (pilot, _):
        field.focus()
        await pilot.pause()
        for key in BURST:
            pilot.app.post_message(events.Key(key, key[-1] if len(key) == 1 or "+" in key else None))
        await pilot.pause()
        assert isinstance(field, Input | TextArea)
        assert (field.value if isinstance(field, Input) else field.text) == "eazbcd"

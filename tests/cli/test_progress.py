"""The line that says how far long work has come."""

from __future__ import annotations

import io
import re
import sys

import pytest

from mitto_tui.cli import progress
from mitto_tui.cli.progress import ProgressLine


class Terminal(io.StringIO):
    encoding = "ascii"  # one that can't even write the bar

    def isatty(self) -> bool:
        return True


def test_a_bar_that_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(progress, "_BETWEEN", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", terminal)
        with ProgressLine() as line:
            line(0, 0)  # nothing is known yet
            for done in (1, 50, 100, 120):
                line(done, 100)
    written = terminal.getvalue()
    assert re.findall(r"\d+%", written) == ["1%", "50%", "100%", "100%"]
    assert re.search(r"50%, \d+ s left", written)
    assert written.endswith("\r\033[K")
    assert "\n" not in written


@pytest.mark.parametrize(("stream", "quiet"), [(Terminal(), True), (io.StringIO(), False)])
def test_nothing_where_nobody_looks(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, quiet: bool) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        with ProgressLine(quiet=quiet) as line:
            line(50, 100)
    assert stream.getvalue() == ""

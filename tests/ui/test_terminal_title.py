from __future__ import annotations

from mitto_tui.ui.terminal_title import TerminalTitle


def test_a_title_is_written_where_it_changes_and_the_one_before_comes_back() -> None:
    written: list[str] = []
    title = TerminalTitle(written.append)
    title.restore()
    assert written == []
    for shown in ("mitto: campaign 7, 40 %", "mitto: campaign 7, 40 %", "mitto: campaign 7 is finished"):
        title.show(shown)
    assert written == [
        "\x1b[22;2t",
        "\x1b]2;mitto: campaign 7, 40 %\x07",
        "\x1b]2;mitto: campaign 7 is finished\x07",
    ]
    title.restore()
    title.restore()
    assert written[3:] == ["\x1b]2;\x07", "\x1b[23;2t"]

"""How a message arrives: its parts, its octets, and nothing that steers a terminal."""

from __future__ import annotations

from collections.abc import Callable

from textual.containers import Vertical

from mitto_tui.sms.message import MessageType
from mitto_tui.ui.counting import tally
from mitto_tui.ui.screens.preview import PreviewScreen
from mitto_tui.ui.widgets.phone_preview import LEAST, Arriving, Phone, PhonePreview, _pieces
from tests.ui.bench import Bench, bench
from tests.ui.rooms import screen_text, until
from tests.ui.writing import HOSTILE, STEERING, drawn

TEXT = "Dear Jürgen, your order “4711” is ready…\n\n  It costs 12 € [at the counter]. "


def test_the_pieces_are_the_text_cut_where_the_parts_are() -> None:
    assert "".join(piece.plain for piece in _pieces(tally(TEXT * 3))) == TEXT * 3
    assert [len(piece.plain) for piece in _pieces(tally("x" * 200))] == [153, 47]
    assert len(_pieces(tally("x" * 500_000))) == 10
    # Two characters that break the line once, one in each part.
    first, second = (piece.plain for piece in _pieces(tally("x" * 152 + "\r\n" + "y" * 20)))
    assert (first, second) == ("x" * 152, "\n" + "y" * 20)
    octets, more = (piece.plain for piece in _pieces(tally("ab" * 141, MessageType.BINARY)))
    assert octets.splitlines()[0] == "AB AB AB AB AB AB AB AB"
    assert more == "AB AB AB AB AB AB AB"
    for shown in (tally(""), tally("“", MessageType.GSM), tally("0", MessageType.BINARY)):
        assert _pieces(shown) == []


async def test_the_phone_shows_what_arrives_and_makes_room_where_there_is_none() -> None:
    preview = PhonePreview(id="preview")
    column = Vertical(preview)
    async with bench(column, size=(42, 30)) as (pilot, _):
        await until(pilot, lambda: "What you write stands here" in screen_text(pilot))
        preview.show(Arriving(tally(TEXT), "[b]ACME", flash=True))
        await until(pilot, lambda: "part 2 of 2 · 9 units" in screen_text(pilot))
        shown = screen_text(pilot)
        assert "[b]ACME   flash message" in shown
        assert "  It costs 12 € [at the" in shown
        assert "It comes up at once" in shown
        assert "Phones join the" in shown
        for arriving, said in (
            (Arriving(tally("“", MessageType.GSM)), "It can't be sent like this: 1"),
            (Arriving(tally("00ff" * 40, MessageType.BINARY), "A"), "00 FF 00 FF 00 FF 00 FF"),
            (Arriving(tally("Hi", MessageType.MITTO)), "By our count"),
            (Arriving(tally("Hi", udh=b"\x01\x00"), udh=b"\x01\x00"), "a header of 2 octets"),
            (Arriving(tally("x" * 150_000)), "part 10 of 981"),
        ):
            await pilot.resize_terminal(42, 90)
            preview.show(arriving)
            await until(pilot, lambda words=said: words in screen_text(pilot))  # type: ignore[misc]  # bound at once
        assert "… and 971 more" in screen_text(pilot)
        assert "Too long to be sent: 255 parts" in screen_text(pilot)
        for text in HOSTILE:
            preview.show(Arriving(tally(text), text))
            await until(pilot, lambda: preview._waiting is None)
            assert not STEERING - {"\n"} & set(screen_text(pilot))
        phone = preview.query_one(Phone)
        # Drawn once more before it has gone, as by a dialog that closes above it.
        bubble = phone.query_one("_Bubble")
        phone.show(Arriving(tally("")))
        assert not drawn(bubble).strip()
        await pilot.resize_terminal(42, LEAST - 1)
        await until(pilot, lambda: not phone.display)
        await pilot.resize_terminal(42, LEAST)
        await until(pilot, lambda: phone.display)


async def test_on_small_terminals_it_is_scrolled_and_closed_with_any_of_its_keys() -> None:
    async with bench(size=(60, 20)) as (pilot, answers):
        app = pilot.app
        assert isinstance(app, Bench)
        for key in ("escape", "q", "enter", "alt+p"):
            app.ask(PreviewScreen(Arriving(tally("x" * 450 + "the end"), "ACME"), key="alt+p"))
            await until(pilot, lambda: "part 2 of 3" in screen_text(pilot))
            assert "the end" not in screen_text(pilot)
            if key == "q":
                await pilot.press("end")
                await until(pilot, lambda: "the end" in screen_text(pilot))
            await pilot.press(key)
        assert answers == [None] * 4


def test_the_phone(snap_compare: Callable[..., bool]) -> None:
    app = Bench(dialog=lambda: PreviewScreen(Arriving(tally(TEXT * 2), "MITTO SMS")))
    assert snap_compare(app, terminal_size=(80, 24))

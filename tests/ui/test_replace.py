"""What could be replaced: listed, weighed, shown before and after, and done by a key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.message import Message
from textual.widgets import OptionList

from mitto_tui.sms.friendly import plan
from mitto_tui.sms.message import MessageType
from mitto_tui.ui.comparison import Comparison
from mitto_tui.ui.counting import tally
from mitto_tui.ui.replacing import LONGEST, could_save, gain_of_all, plan_for, rows
from mitto_tui.ui.screens.replace import ReplaceScreen
from mitto_tui.ui.widgets.foreign_list import ForeignList
from tests.ui.bench import Bench, bench
from tests.ui.rooms import screen_text, until
from tests.ui.test_cost import PRICE
from tests.ui.writing import HOSTILE, STEERING

TEXT = "Dear Jürgen, your order “4711” is ready… It costs 12 € [at the counter]. "


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (TEXT * 2, MessageType.AUTO, "Replace all: 3 → 1 parts"),
        ("“Hello”", MessageType.AUTO, "Replace all: stays 1 part, 153 left"),
        ("“Hello” 😀", MessageType.AUTO, "Stays Unicode: 1 can't be replaced"),
        ("😀 Привет", MessageType.AUTO, "No replacement: stays Unicode"),
        ("…" * 70, MessageType.AUTO, "Replace all: costs 1 → 2 parts"),
        ("“Hello”", MessageType.GSM, "Replace all: fits GSM, 1 part"),
        ("“Hello” 😀", MessageType.GSM, "Doesn't fit: 1 can't be replaced"),
        ("😀", MessageType.GSM, "No replacement: doesn't fit GSM"),
        ("“Hello”", MessageType.MITTO, "Replace all: stays 1 part, 153 left"),
        ("“" * 20_000, MessageType.AUTO, "Replace all: 299 → 131 parts"),
    ],
)
def test_what_replacing_all_wins_is_said_honestly_on_an_edge(text: str, kind: MessageType, words: str) -> None:
    made = plan_for(text, kind)
    assert made is not None
    assert gain_of_all(made).words == words
    assert len(words) <= 36


def test_there_is_no_plan_for_what_no_replacement_can_shorten_enough_or_for_octets() -> None:
    assert plan_for("“" * (LONGEST + 1)) is None
    assert plan_for("“" * LONGEST) is not None
    assert plan_for("00“", MessageType.BINARY) is None


def test_the_question_is_told_only_of_what_saves_parts() -> None:
    assert could_save(TEXT * 2, MessageType.AUTO) == "Replacing 6 characters would make it 1 part instead of 3."
    assert could_save("“x" + "x" * 70, MessageType.AUTO) == "Replacing 1 character would make it 1 part instead of 2."
    for text in ("“Hello”", "…" * 70, "plain" * 60, "😀" * 60, "“" * 60_000):
        assert could_save(text, MessageType.AUTO) == ""


def test_what_is_replaced_together_is_one_row() -> None:
    text = "cafe\u0301 \u0301 “x” 😀“"
    found = rows(tally(text).foreign, plan(text).replacements, 9)
    assert [(row.found, row.places, row.by, row.code) for row in found] == [
        ("e\u0301", (3,), "é", "U+0301"),
        ("\u0301", (6,), "", "U+0301"),
        ("“", (8, 13), '"', "U+201C"),
        ("”", (10,), '"', "U+201D"),
        ("😀", (12,), "", "U+1F600"),
    ]
    text = "\u00a0\u2028\u00ad"
    found = rows(tally(text).foreign, plan(text).replacements, 9)
    assert [row.by for row in found] == ["a blank", "a new line", "nothing"]


@given(st.text(st.sampled_from("ab “”…€é\u0301\u00a0\u00ad😀\n\u202e"), max_size=60), st.integers(1, 90))
def test_before_and_after_are_the_text_and_nothing_else(text: str, room: int) -> None:
    made = plan(text)
    before, after = Comparison(made).show(made.replacements[0] if made.replacements else None, 60)
    assert before.plain.replace("⏎", "\n").replace("⟨U+202E⟩", "\u202e").replace("⟨U+00AD⟩", "\u00ad") == text
    assert after.plain.replace("⏎", "\n").replace("⟨U+202E⟩", "\u202e").replace("⟨U+00AD⟩", "\u00ad") == made.replaced
    long = plan(text * 40)
    for chosen in (None, *long.replacements):
        before, _ = Comparison(long).show(chosen, room)
        assert len(before.plain) <= max(room, 60) * 9 + 20
        assert chosen is None or chosen.found[0] in (*before.plain, "\u00ad", "\u202e")


# -- the list ----------------------------------------------------------------------------------------------------------


async def test_the_list_names_replacements_and_asks_for_one() -> None:
    heard: list[Message] = []

    class Listening(Bench):
        def on_foreign_list_chosen(self, event: ForeignList.Chosen) -> None:
            heard.append(event)

        def on_foreign_list_replace_one(self, event: ForeignList.ReplaceOne) -> None:
            heard.append(event)

    foreign = ForeignList(id="foreign")
    app = Listening(foreign)
    async with app.run_test(size=(42, 20)) as pilot:
        foreign.show(tally("“Jürgen” “x” 😀 cafe\u0301"))
        await until(pilot, lambda: foreign.display)
        shown = screen_text(pilot)
        assert '“  U+201C  at 1, 10  → "' in shown
        assert "😀 U+1F600 at 14     grinning face" in shown
        assert "U+0301  at 19" in shown
        assert "Stays Unicode: 1 can't be replaced" in shown
        foreign.focus()
        await pilot.press("home", "r", "enter", "enter")
        one, first, second = heard
        assert isinstance(one, ForeignList.ReplaceOne)
        assert (one.replacement.found, one.replacement.by) == ("“", '"')
        assert [event.index for event in (first, second) if isinstance(event, ForeignList.Chosen)] == [0, 9]
        await pilot.press("down", "down", "r")
        assert len(heard) == 3
        assert "Nothing is known that could stand for U+1F600" in next(note.message for note in app._notifications)

        foreign.show(tally("“x" * 500_000))
        await until(pilot, lambda: "Too long to look for replacements" in screen_text(pilot))
        foreign.show(tally("0g", MessageType.BINARY))
        await until(pilot, lambda: foreign.border_title == "Not hex digits")
        assert foreign.border_subtitle == ""
        for text in HOSTILE:
            foreign.show(tally(text))
            await until(pilot, lambda: foreign._waiting is None)
            assert not STEERING - {"\n"} & set(screen_text(pilot))
        foreign.show(tally("plain"))
        await until(pilot, lambda: not foreign.display)


# -- the dialog --------------------------------------------------------------------------------------------------------


def _focused(app: Bench) -> str | None:
    return app.focused.id if app.focused is not None else None


async def test_one_by_one_back_again_and_all_at_once() -> None:
    async with bench(dialog=lambda: ReplaceScreen(TEXT * 2, price=PRICE, key="ctrl+r")) as (pilot, answers):
        app = pilot.app
        assert isinstance(app, Bench)
        shown = screen_text(pilot)
        assert "Replacing all: 3 → 1 parts, 4 characters left   saves 0.15 EUR" in shown
        assert '“  U+201C  → "     2 places    nothing alone' in shown
        assert "Before  Dear Jürgen, your order “4711” is ready…" in shown
        assert 'After   Dear Jürgen, your order "4711" is ready...' in shown
        await pilot.press("down", "enter")  # the closing quotes
        assert "U+201D" not in screen_text(pilot)
        assert 'Before  Dear Jürgen, your order “4711" is ready…' in screen_text(pilot)
        await pilot.press("u")
        assert "U+201D" in screen_text(pilot)
        await pilot.press("ctrl+r")
        assert answers == [None]

        app.ask(ReplaceScreen("“x” 😀"))
        await until(pilot, lambda: "It stays Unicode: no replacement is known for 😀 U+1F600." in screen_text(pilot))
        await pilot.press("enter", "escape")
        assert answers[1:] == ['"x” 😀']

        app.ask(ReplaceScreen(TEXT * 2))
        await until(pilot, lambda: "3 → 1 parts" in screen_text(pilot))
        await pilot.press("a")
        assert answers[2:] == [(TEXT * 2).replace("“", '"').replace("”", '"').replace("…", "...")]

        app.ask(ReplaceScreen("“x"))
        await until(pilot, lambda: "stays 1 part, 158 left" in screen_text(pilot))
        await pilot.press("enter")
        assert "Everything is in the GSM alphabet now: 1 part, 158 characters left." in screen_text(pilot)
        assert _focused(app) == "replace-close"
        await pilot.press("enter")
        assert answers[3:] == ['"x']


async def test_where_nothing_can_be_won_it_is_said_and_the_text_is_kept() -> None:
    async with bench() as (pilot, answers):
        app = pilot.app
        assert isinstance(app, Bench)
        for dialog, said in (
            (ReplaceScreen("plain"), "Every character is in the GSM alphabet: there is nothing to replace."),
            (ReplaceScreen("😀 Я"), "No replacement is known for 😀 U+1F600,"),
            (ReplaceScreen("“x", MessageType.UNICODE), "Unicode is chosen in the options"),
            (ReplaceScreen("…" * 70, price=PRICE), "Replacing all: 1 → 2 parts, 96 characters left   costs 0.075 EUR"),
            (ReplaceScreen("00", MessageType.BINARY), "Binary text is hex digits"),
            (ReplaceScreen("“" * 60_000), "too long to be sent in any way"),
            (ReplaceScreen("“é" * 15_000), "Replacing all: 448 → 197 parts"),
        ):
            app.ask(dialog)
            await until(pilot, lambda words=said: words in screen_text(pilot))  # type: ignore[misc]  # bound at once
            await pilot.press("escape")
        assert answers == [None] * 7


async def test_a_hostile_text_is_shown_literally_and_many_rows_are_weighed_aside() -> None:
    text = "“[bold red]not bold[/]” " + " ".join(HOSTILE) + "".join(map(chr, range(0x100, 0x180))) * 30
    async with bench(dialog=lambda: ReplaceScreen(text), size=(60, 20)) as (pilot, answers):
        screen = pilot.app.screen
        assert isinstance(screen, ReplaceScreen)
        await until(pilot, lambda: len(screen._gains) == len(screen._rows) > 100)
        assert "“[bold red]not bold[/]”" in screen_text(pilot)
        listed = screen.query_one(OptionList)
        for index in range(0, listed.option_count, 7):
            listed.highlighted = index
            await pilot.pause()
            assert not STEERING - {"\n"} & set(screen_text(pilot))
        await pilot.press("a")
        assert answers == [plan(text).replaced]


def test_the_dialog(snap_compare: Callable[..., bool]) -> None:
    app = Bench(dialog=lambda: ReplaceScreen(TEXT * 2 + "😀", price=PRICE))
    assert snap_compare(app, terminal_size=(80, 24), press=("down",))

"""Writing a message: what is said while it is typed, and what is kept."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from functools import partial
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import OptionList

from mitto_tui.sms.message import Options
from mitto_tui.ui.autosave import Form
from mitto_tui.ui.counting import tally
from mitto_tui.ui.screens.compose import ComposeScreen
from mitto_tui.ui.widgets.foreign_list import ForeignList
from mitto_tui.ui.widgets.options_form import OptionsForm
from tests.ui.rooms import app_of, magic, move_in, screen_text, send, until, workspace_of
from tests.ui.writing import HOSTILE, STEERING, ask, compose_of, notified, opened, write


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


def _notified(pilot: Pilot[int], words: str) -> bool:
    return words in notified(pilot)


def _shown(pilot: Pilot[int], words: str) -> bool:
    return words in screen_text(pilot)


async def test_typing_counts_and_names_the_country() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        assert not any(found.display for found in screen.query(OptionList))
        await pilot.press(*"+491725551234", "enter", *"Hi")
        await until(pilot, lambda: "Germany, mobile" in screen_text(pilot))
        shown = screen_text(pilot)
        assert "alphanumeric 9/11" in shown
        assert "› Auto      → GSM" in shown
        assert "  GSM           2      2      1    158" in shown
        assert "  Unicode       2      2      1     68" in shown
        assert "2 / 160" in shown
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "  GSM           3      4      1    156" in screen_text(pilot))


async def test_what_forces_unicode_is_listed_and_leads_to_its_place() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        form = write(screen, "a “quoted” word, “twice”")
        await until(pilot, lambda: "What forces Unicode" in screen_text(pilot))
        assert "“  U+201C  at 3, 18" in screen_text(pilot)
        foreign = screen.query_one(ForeignList)
        foreign.focus()
        await pilot.press("home", "enter")
        assert (form.editor.cursor_index, form.editor.has_focus) == (2, True)
        foreign.focus()
        await pilot.press("enter")
        assert form.editor.cursor_index == 17
        await pilot.press("ctrl+n")
        assert form.editor.cursor_index == 23
        await until(pilot, lambda: "” U+201D right double quotation mark, character 24" in screen_text(pilot))
        write(screen, "plain")
        await until(pilot, lambda: "What forces Unicode" not in screen_text(pilot))


async def test_a_number_being_typed_is_not_called_wrong_until_it_is_left() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        await pilot.press(*"+49172")
        await until(pilot, lambda: screen.message_form.recipient.value == "+49172")
        assert "at least 7 digits" not in screen_text(pilot)
        await pilot.press("tab")
        await until(pilot, lambda: "A number has at least 7 digits" in screen_text(pilot))


async def test_what_was_used_before_is_suggested_and_can_be_repeated_after_a_restart() -> None:
    async with opened() as pilot:
        await compose_of(pilot)
        await send(pilot, "00", "“Hello”", Options(reference="R1", validity=60, flash=True))
    async with opened() as pilot:
        screen = await compose_of(pilot)
        form = screen.message_form
        await until(pilot, lambda: screen.can_repeat and bool(form._recipients.values))
        form.recipient.focus()
        await pilot.press(*"+49 171 3")
        await until(pilot, lambda: "+49 171 3920000" in screen_text(pilot))
        await pilot.press("right")
        assert form.recipient.value == "+49 171 3920000"
        await pilot.press("f7")
        assert (form.form.sender, form.form.to, form.form.text) == ("MITTO SMS", "+49 171 3920000", "“Hello”")
        assert screen.query_one(OptionsForm).options() == Options(reference="R1", validity=60, flash=True)


async def test_what_is_typed_ahead_lands_in_the_right_fields() -> None:
    """A burst of keys, as from a scanner or a password manager, with no pause for the screen in between."""
    async with opened() as pilot:
        screen = await compose_of(pilot)
        for key in [*"+491725551234", "enter", *"first", "tab"]:
            name, char = ("plus", "+") if key == "+" else (key, key if len(key) == 1 else None)
            app_of(pilot).post_message(events.Key(name, char))
        await until(pilot, lambda: screen.focused is not None and screen.focused.id == "options-summary")
        assert (screen.message_form.form.to, screen.message_form.form.text) == ("+491725551234", "first")


async def test_options_are_said_in_one_line_and_change_the_count() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello")
        await pilot.press("f6")
        await until(pilot, lambda: "shown at once" in screen_text(pilot))
        options = screen.query_one(OptionsForm)
        assert screen.focused is not None
        assert screen.focused.id == "option-type"
        await pilot.press("right", "right")
        await until(pilot, lambda: "› Unicode       5      5      1     65" in screen_text(pilot))
        options.fill({**options.raw(), "validity": "90", "reference": "[/spring]", "flash": "yes"})
        await pilot.press("f6")
        await until(pilot, lambda: "Unicode · valid 1 h 30 min · reference [/spring] · flash" in screen_text(pilot))
        assert options.options() == Options(type=options.message_type, reference="[/spring]", validity=90, flash=True)
        assert screen.focused is not None
        assert screen.focused.id == "options-summary"


async def test_a_wrong_option_is_shown_where_it_is_and_nothing_is_asked() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello")
        options = screen.query_one(OptionsForm)
        for name, value, words, note in (
            ("validity", "soon", "Validity is a whole number of minutes.", "whole minutes"),
            ("validity", "0", "at least 1", "at least 1 minute"),
            ("pid", "999", "a number from 0 to 255", "0 to 255"),
            ("udh", "zz", "must be pairs of hex digits", "pairs of hex digits"),
            ("udh", "0203", "first octet", "its first octet is its length"),
            ("callback", "gopher://x", "The callback", "begins with http:// or https://"),
        ):
            options.opened = False
            options.fill({name: value})
            await pilot.press("ctrl+s")
            await until(pilot, partial(_notified, pilot, words))
            assert options.opened
            assert screen.focused is not None
            assert screen.focused.id == f"option-{name}"
            await until(pilot, partial(_shown, pilot, note))
            assert pilot.app.screen is screen


async def test_what_is_missing_gets_the_focus_and_is_said() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        for sender, to, text, field, words in (
            ("", "+49 172 5551234", "Hi", "from", "There is no sender."),
            ("MITTO SMS", "", "Hi", "to", "There is no recipient."),
            ("MITTO SMS", "12", "Hi", "to", "This is not a number in Germany."),
            ("MITTO SMS", "+49 172 5551234", "", "text", "There is no text."),
        ):
            write(screen, text, to, sender)
            await pilot.press("ctrl+s")
            await until(pilot, partial(_notified, pilot, words))
            await until(pilot, partial(_shown, pilot, words))
            assert screen.focused is not None
            assert screen.focused.id == field
            assert pilot.app.screen is screen


async def test_the_draft_is_there_again_after_a_kill(tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text(
        "import asyncio, sys\n"
        "from tests.ui.rooms import until\n"
        "from tests.ui.writing import compose_of, opened, write\n"
        "async def main():\n"
        "    async with opened() as pilot:\n"
        "        screen = await compose_of(pilot)\n"
        "        write(screen, 'half a ‘text’\\n\\x0c[/b] €', '+49 172', 'Me')\n"
        "        screen.message_form.options._fields['reference'].control.value = 'R1'\n"
        "        await until(pilot, lambda: 'Draft saved' in str(screen.message_form.border_subtitle))\n"
        "        print('saved', flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parents[2]
    environ = {**os.environ, "PYTHONPATH": str(root)}
    writer = await asyncio.create_subprocess_exec(sys.executable, script, cwd=root, env=environ, stdout=PIPE)
    assert writer.stdout is not None
    assert await writer.stdout.readline() == b"saved\n"
    writer.kill()
    assert await writer.wait() == -signal.SIGKILL
    async with opened() as pilot:
        screen = await compose_of(pilot)
        form = screen.message_form.form
        assert (form.sender, form.to, form.text) == ("Me", "+49 172", "half a ‘text’\n\x0c[/b] €")
        assert form.options["reference"] == "R1"
        assert "restored" in screen_text(pilot)
        screen.message_form.empty()
        screen.touched()
        await until(pilot, lambda: workspace_of(pilot).drafts.latest("sandbox") is None)


async def test_starting_over_and_repeating_lose_nothing() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        assert not screen.can_repeat
        first = write(screen, "first").form
        await pilot.press("alt+n")
        await until(pilot, lambda: screen.message_form.form.blank)
        write(screen, "second")
        await pilot.press("f7")
        assert screen.message_form.form == first
        await pilot.press("f7")
        assert screen.message_form.form.text == "second"
        # Each is one draft, however often they take turns.
        drafts = workspace_of(pilot).drafts
        await pilot.press("f7", "f7")
        await until(pilot, lambda: sorted(draft.text for draft in drafts.list("sandbox")) == ["first", "second"])
        screen.message_form.editor.put(", changed")
        await pilot.press("f7", "f7")
        assert screen.message_form.editor.text == "second, changed"
        await screen.before_quit()
        assert sorted(draft.text for draft in drafts.list("sandbox")) == ["first", "second, changed"]


async def test_the_text_can_be_written_in_another_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import sys, pathlib\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "assert file.stat().st_mode & 0o077 == 0\n"
        "file.write_bytes(file.read_bytes() + ' and “more”\\n'.encode())\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    async with opened() as pilot:
        screen = await compose_of(pilot)
        monkeypatch.setattr(type(app_of(pilot)._driver), "can_suspend", property(lambda self: True))
        monkeypatch.setattr(type(app_of(pilot)._driver), "suspend_application_mode", lambda self: None)
        monkeypatch.setattr(type(app_of(pilot)._driver), "resume_application_mode", lambda self: None)
        form = write(screen, "some text")
        await pilot.press("ctrl+e")
        await until(pilot, lambda: form.editor.text == "some text and “more”")
        form.editor.focus()
        await pilot.press("ctrl+z")
        assert form.editor.text == "some text"
        for halves in ("of a file that is no UTF-8: \udce9", "half a pair: \ud83d"):
            write(screen, halves)
            await pilot.press("ctrl+e")
            await until(pilot, partial(lambda text: form.editor.text == text, f"{halves} and “more”"))
            form.editor.focus()
            await pilot.press("ctrl+z", "ctrl+a", "ctrl+c")
            assert form.editor.text == pilot.app.clipboard == halves
        write(screen, "some text")
        monkeypatch.setenv("VISUAL", "no-such-editor-[/b]")
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "no-such-editor-[/b] can't be started" in screen_text(pilot))
        await pilot.press("escape")
        assert form.editor.text == "some text"


async def test_hostile_text_in_every_field_and_dialog_is_shown_literally() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        options = screen.query_one(OptionsForm)
        for text in HOSTILE:
            write(screen, text, text, text)
            options.fill(dict.fromkeys(("reference", "validity", "callback", "udh", "pid"), text))
            options.opened = True
            await pilot.press("ctrl+s")
            await until(pilot, lambda: "Not sent" in notified(pilot))
            assert not STEERING - {"\n"} & set(screen_text(pilot) + notified(pilot))
            assert screen.message_form.form.text == text
        text = " ".join(HOSTILE)
        options.fill({"reference": text})
        write(screen, text)
        await ask(pilot)
        assert not STEERING - {"\n"} & set(screen_text(pilot))
        assert "hi [/foo] x [bold red]not bold[/]" in screen_text(pilot)
        await pilot.press("s")
        await until(pilot, lambda: bool(screen.outcomes.rows) and screen.outcomes.rows[0].settled)
        assert not STEERING - {"\n"} & set(screen_text(pilot))
        stored = workspace_of(pilot).history.get(screen.outcomes.rows[0].message_id or 0)
        assert stored is not None
        assert (stored.text, stored.reference) == (text, text.strip())


async def test_ten_thousand_characters_are_counted_and_kept() -> None:
    text = ("Dear Jürgen, [/b] “4711” 😀 " * 400)[:10_000]
    async with opened() as pilot:
        screen = await compose_of(pilot)
        form = write(screen, text)
        await until(pilot, lambda: "10,000" in screen_text(pilot))
        assert form.form.text == text
        dialog = await ask(pilot)
        assert f"{tally(text).chosen.segments} parts   Unicode" in screen_text(pilot)
        dialog.action_safe()
        await until(pilot, lambda: pilot.app.screen is screen)
        assert form.form.text == text


async def test_on_small_terminals_everything_that_matters_is_in_sight() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "x" * 200)
        for width, height in ((80, 24), (60, 20)):
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda: "47/153" in screen_text(pilot))
            shown = screen_text(pilot)
            for words in ("From", "To", "2 parts", "106 left", "Options", "^s Send", "F1 Help", "sandbox"):
                assert words in shown
            await pilot.press("f6")
            await until(pilot, lambda: "nothing is delivered" in screen_text(pilot))
            dialog = await ask(pilot)
            assert "Send this message?" in screen_text(pilot)
            assert "Back" in screen_text(pilot)
            dialog.action_safe()
            await until(pilot, lambda: pilot.app.screen is screen)
            await pilot.press("f6")
        screen.message_form.sender.focus()
        await pilot.press("up")
        assert screen.message_form.sender.has_focus
        await pilot.resize_terminal(40, 12)
        await until(pilot, lambda: "To          +49 172 5551234" in screen_text(pilot))


async def test_masked_numbers_are_nowhere_to_be_read() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello", magic("00"))
        await pilot.press("f12")
        await until(pilot, lambda: "3920000" not in screen_text(pilot))
        await ask(pilot)
        assert "•••" in screen_text(pilot)
        await pilot.press("s")
        await until(pilot, lambda: bool(screen.outcomes.rows) and screen.outcomes.rows[0].settled)
        assert "3920000" not in screen_text(pilot)
        assert "+•• ••• •••••••" in screen_text(pilot)
        await pilot.press("f12")
        await until(pilot, lambda: "+49 171 3920000" in screen_text(pilot))


async def test_focus_and_text_stay_while_another_mode_is_shown() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        form = write(screen, "Hello")
        form.editor.focus()
        form.editor.move_cursor((0, 2))
        await pilot.press("f4")
        await until(pilot, lambda: app_of(pilot).current_mode == "history")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposeScreen))
        assert screen.focused is form.editor
        assert form.editor.cursor_location == (0, 2)
        assert form.form == Form("MITTO SMS", "+49 172 5551234", "Hello", form.options.raw())

"""What every screen shares: the title line, the footer, help, palette, jump keys, the keymap, errors, leaving."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input
from textual.widgets._footer import FooterKey
from textual.worker import WorkerFailed

from mitto_tui.settings.paths import find_paths
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.commands import EVERY_COMMAND
from mitto_tui.ui.commands import compose as commands
from mitto_tui.ui.commands.base import Command
from mitto_tui.ui.screens.confirm_send import ConfirmSend
from mitto_tui.ui.screens.help import HelpScreen
from mitto_tui.ui.screens.jump import JumpScreen
from mitto_tui.ui.status_words import WORDS
from mitto_tui.ui.widgets.dialog import Answer, Dialog, ErrorDialog
from mitto_tui.ui.widgets.key_line import MOST, KeyLine
from tests.ui.rooms import app_of, move_in, screen_text, until
from tests.ui.writing import HOSTILE, STEERING, compose_of, notified, opened, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps everything."""
    move_in(tmp_path, monkeypatch)
    place = tmp_path / "mitto-tui"
    place.mkdir()
    return place


def footer(app: MittoApp) -> list[str]:
    """The keys that the footer shows, in their order."""
    keys = app.screen.query_one(KeyLine).query(FooterKey)
    return [f"{key.key_display} {key.description}" for key in keys]


async def test_tabs_lead_to_the_modes_by_mouse_and_key_and_the_sandbox_is_marked() -> None:
    async with opened() as pilot:
        await compose_of(pilot)
        first = screen_text(pilot).splitlines()[0]
        assert "◆ sandbox · MITTO SMS · DE" in first
        await pilot.click("#tab-history")
        await until(pilot, lambda: app_of(pilot).current_mode == "history")
        await pilot.press("f5")
        await until(pilot, lambda: app_of(pilot).current_mode == "settings")
        await pilot.click("#tab-compose")
        await until(pilot, lambda: app_of(pilot).current_mode == "compose")


async def test_the_footer_is_short_and_does_not_change_with_the_focus() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        await until(pilot, lambda: len(footer(app_of(pilot))) == MOST)
        before = footer(app_of(pilot))
        assert before[0] == "^s Send"
        assert before[-2:] == ["F1 Help", "^p Palette"]
        for widget in (screen.message_form.editor, screen.message_form.sender):
            widget.focus()
            await pilot.pause()
            assert footer(app_of(pilot)) == before
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: len(footer(app_of(pilot))) < MOST)
        assert footer(app_of(pilot))[-1] == "^p Palette"


async def test_help_tells_of_what_is_focused_and_of_every_key() -> None:
    async with opened(size=(120, 60)) as pilot:
        screen = await compose_of(pilot)
        screen.message_form.editor.focus()
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        shown = " ".join(screen_text(pilot).split())
        assert "Underlined characters are not in the GSM alphabet" in shown
        here: tuple[type[Command], ...] = (*commands.COMMANDS, *app_of(pilot).ACTIONS)
        for command in here:
            if command.key:
                assert command.help[:30] in shown
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.focused is screen.message_form.editor


async def test_the_palette_has_what_is_possible_now_and_does_it() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Send as a test" in screen_text(pilot))
        assert "Bring the last message back" not in screen_text(pilot)
        pilot.app.screen.query_one(Input).value = "start a new"
        await until(pilot, lambda: "Start a new message" in screen_text(pilot))
        await until(pilot, lambda: "Send as a test" not in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.message_form.form.blank)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Bring the last message back" in screen_text(pilot))
        assert isinstance(pilot.app.screen, CommandPalette)


async def test_a_letter_jumps_to_a_field() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        for letter, widget in (("m", screen.message_form.editor), ("f", screen.message_form.sender)):
            await pilot.press("ctrl+g")
            await until(pilot, lambda: isinstance(pilot.app.screen, JumpScreen))
            assert " o " in screen_text(pilot)
            await pilot.press(letter)
            await until(pilot, lambda: pilot.app.screen is screen)
            assert screen.focused is widget
        assert screen.message_form.form.blank


async def test_the_keymap_is_applied_and_its_problems_are_said(home: Path) -> None:
    (home / "config.toml").write_text(
        '[ui]\ntheme = "no-such-theme"\n[ui.keymap]\n'
        '"compose.send" = "ctrl+d"\n"compose.sned" = "f5"\n"compose.new" = "f1"\n"compose.editor" = "x"\n'
    )
    async with opened() as pilot:
        screen = await compose_of(pilot)
        await until(pilot, lambda: "There is no theme no-such-theme" in notified(pilot))
        said = notified(pilot)
        assert "There is no command compose.sned. Did you mean compose.send?" in said
        assert "f1 is already the key of app.help; compose.new keeps alt+n." in said
        assert "x can't be the key of compose.editor" in said
        await until(pilot, lambda: footer(app_of(pilot))[:1] == ["^d Send"])
        write(screen, "Hello")
        await pilot.press("ctrl+s", "f9")
        await pilot.pause()
        assert pilot.app.screen is screen
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmSend))


async def test_the_footer_can_be_switched_off_and_numbers_masked_from_the_start(home: Path) -> None:
    (home / "config.toml").write_text('[ui]\nfooter = false\nmask_numbers = true\ntheme = "mitto-light"\n')
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello")
        await until(pilot, lambda: "+•• ••• •••••••" in screen_text(pilot))
        assert not screen.query(KeyLine)
        assert app_of(pilot).theme == "mitto-light"


async def test_a_problem_is_told_in_its_own_words_and_an_accident_too() -> None:
    async with opened() as pilot:
        app = app_of(pilot)
        screen = await compose_of(pilot)
        app.report_problem(MittoTuiError("The disk [/b] is full.", "Free some space."))
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        assert "The disk [/b] is full." in screen_text(pilot)
        assert "Free some space." in screen_text(pilot)
        await pilot.press("escape")

        async def fail() -> None:
            raise ValueError("odd [/x] \x1b[31m")

        app.run_worker(fail())
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        shown = " ".join(screen_text(pilot).replace("│", "").split())
        assert "ValueError: odd [/x] ␛[31m" in shown
        assert "What was stored is safe." in shown
        assert "test_shell.py" in shown
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        # The same again at once is not shown a second time, and the app still works.
        app.run_worker(fail())
        await pilot.pause(0.05)
        write(screen, "Hello")
        await until(pilot, lambda: "› Auto      → GSM" in screen_text(pilot))


async def test_hostile_text_in_dialogs_and_notifications_is_literal() -> None:
    text = " ".join(HOSTILE)
    app = MittoApp(sandbox=True)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: app.current_mode == "compose")
        screen = await compose_of(pilot)
        app.notify(text, title=text, timeout=60)
        await until(pilot, lambda: "[bold red]not bold[/]" in screen_text(pilot))
        assert not STEERING - {"\n"} & set(screen_text(pilot))
        app.push_screen(Dialog(text, text, (Answer("back", text), Answer("go", "Go", "g"))))
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        assert not STEERING - {"\n"} & set(screen_text(pilot))
        assert screen_text(pilot).count("hi [/foo] x") >= 2
        await pilot.press("escape")
        app.push_screen(ErrorDialog.of(WorkerFailed(ValueError(text))))
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        assert not STEERING - {"\n"} & set(screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert app.workspace is not None
        await app.workspace.aclose()


async def test_the_safe_answer_has_the_focus_and_escape_gives_it() -> None:
    async with opened() as pilot:
        await compose_of(pilot)
        answers: list[str | None] = []
        for keys in (["enter"], ["escape"], ["right", "enter"], ["g"]):
            dialog = Dialog("Really?", "It can't be undone.", (Answer("no", "No"), Answer("go", "Go", "g")))
            pilot.app.push_screen(dialog, answers.append)
            await until(pilot, lambda: isinstance(pilot.app.screen, Dialog) and pilot.app.screen.focused is not None)
            await pilot.press(*keys)
            await until(pilot, lambda: not isinstance(pilot.app.screen, Dialog))
        assert answers == ["no", "no", "go", "go"]


async def test_a_store_that_can_not_be_opened_is_a_screen_with_a_way_on(home: Path) -> None:
    database = find_paths({"MITTO_TUI_HOME": str(home)}).database_file
    database.parent.mkdir(parents=True, exist_ok=True)
    database.write_bytes(b"this is no database" * 100)
    app = MittoApp(sandbox=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "mitto-tui can't start" in screen_text(pilot))
        database.unlink()
        await pilot.press("r")
        await until(pilot, lambda: app.workspace is not None)
        assert app.workspace is not None
        await app.workspace.aclose()


async def test_an_unknown_profile_ends_with_a_sentence_and_exit_code_2() -> None:
    app = MittoApp("nobody")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "There is no profile" in screen_text(pilot))
        await pilot.press("q")
    assert app.return_value == 2


def test_every_status_has_a_sign_a_word_and_a_sentence_of_its_own() -> None:
    assert set(WORDS) == set(Status)
    assert len({shown.word for shown in WORDS.values()}) == len(WORDS)
    assert all(shown.sign and shown.meaning.endswith(".") for shown in WORDS.values())
    assert (WORDS[Status.DELIVERED].sign, WORDS[Status.IN_DOUBT].sign) == ("●", "▲")


def test_the_commands_can_be_listed_without_textual() -> None:
    code = "import sys, mitto_tui.ui.commands as c; assert c.EVERY_COMMAND; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert len(EVERY_COMMAND) > 10

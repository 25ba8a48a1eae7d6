"""The configured keymap: what can't work is said and left out."""

from __future__ import annotations

import pytest

from mitto_tui.ui.commands import EVERY_COMMAND
from mitto_tui.ui.commands.keymap import check_keymap


def test_a_sound_keymap_is_taken_as_it_is() -> None:
    keymap = check_keymap({"compose.send": "f11, ctrl+d", "app.command_palette": "ctrl+b"}, EVERY_COMMAND)
    assert keymap.problems == ()
    assert keymap.keys == {"compose.send": "f11,ctrl+d", "app.command_palette": "ctrl+b"}


def test_two_commands_may_swap_their_keys() -> None:
    keymap = check_keymap({"compose.editor": "f6", "compose.options": "ctrl+e"}, EVERY_COMMAND)
    assert keymap.problems == ()
    assert keymap.keys == {"compose.editor": "f6", "compose.options": "ctrl+e"}


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("compose.sendd", "f11", "There is no command compose.sendd. Did you mean compose.send?"),
        ("[/foo]\x1b", "f11", "There is no command [/foo]␛."),
        ("compose.send", "blah", "there is no such key"),
        ("compose.send", "ctrl+", "there is no such key"),
        ("compose.send", "crtl+s", "there is no such key"),
        ("compose.send", "ctrl+A", "write ctrl+shift+a"),
        ("compose.send", "s", "it could not be typed any more"),
        ("compose.send", "shift+s", "it could not be typed any more"),
        ("compose.send", "question_mark", "it could not be typed any more"),
        ("compose.send", "enter", "fields need it"),
        ("compose.send", "backspace", "fields need it"),
        ("compose.send", "ctrl+m", "many terminals can't tell it from enter"),
        ("compose.send", "", "needs a key"),
        ("compose.send", " , ", "needs a key"),
    ],
)
def test_what_can_not_work_is_said_and_left_out(name: str, key: str, words: str) -> None:
    keymap = check_keymap({name: key}, EVERY_COMMAND)
    assert keymap.keys == {}
    assert len(keymap.problems) == 1
    assert words in keymap.problems[0]


def test_a_key_that_another_command_has_is_not_taken_from_it() -> None:
    keymap = check_keymap({"compose.send": "ctrl+t"}, EVERY_COMMAND)
    assert keymap.keys == {}
    assert keymap.problems == ("ctrl+t is already the key of compose.send_test; compose.send keeps ctrl+s,f9.",)


def test_of_two_that_want_one_key_the_first_gets_it() -> None:
    keymap = check_keymap({"compose.send": "f11", "compose.new": "f11", "app.command_palette": "ctrl+b"}, EVERY_COMMAND)
    assert keymap.keys == {"compose.send": "f11", "app.command_palette": "ctrl+b"}
    assert keymap.problems == ("f11 is already the key of compose.send; compose.new keeps alt+n.",)


def test_a_step_of_bulk_shares_its_keys_with_the_screen_and_not_with_another_step() -> None:
    keymap = check_keymap({"message.options": "f7", "check.export_rows": "f9"}, EVERY_COMMAND)
    assert keymap.problems == (
        "f7 is already the key of message.wrong; message.options keeps f6.",
        "f9 is already the key of bulk.next; check.export_rows keeps e,f6.",
    )
    assert check_keymap({"columns.next_bad": "f6"}, EVERY_COMMAND).problems == ()


def test_the_screens_may_use_the_same_key_but_not_the_apps() -> None:
    ids = {command.id for command in EVERY_COMMAND}
    other = next(command for command in EVERY_COMMAND if command.id.startswith("history.") and command.key)
    assert check_keymap({other.id: "ctrl+t"}, EVERY_COMMAND).problems == ()
    assert check_keymap({other.id: "f1"}, EVERY_COMMAND).keys == {}
    assert "app.help" in ids


def test_the_defaults_are_sound() -> None:
    commands = {command.id: command for command in EVERY_COMMAND}
    assert len(commands) == len(EVERY_COMMAND)
    assert check_keymap({name: command.key for name, command in commands.items() if command.key}, EVERY_COMMAND).keys
    for command in EVERY_COMMAND:
        assert command.label
        assert command.title
        assert command.help.endswith(".")

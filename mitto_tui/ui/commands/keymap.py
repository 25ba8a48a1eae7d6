"""The keymap of the configuration, checked: what can't work is said, and the default stays.

Textual itself ignores an unknown id, unbinds a command whose key it does not know, and silently takes a key from one
command to give it to another.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from mitto_tui.sms.visible import one_line
from mitto_tui.ui.commands.base import Command

_MODIFIERS: Final = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})
_NEEDED: Final = frozenset(
    {"tab", "shift+tab", "enter", "escape", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"}
    | {"backspace", "delete", "space", "insert", "ctrl+c", "ctrl+v"}
)
"""Keys that fields and lists can't do without."""
_STEPS: Final = frozenset({"list", "columns", "message", "check", "send"})
_NOT_LAST: Final = "bulk.next"
"""A command of the screen that is not there in the last step, which has its key to itself."""
"""The steps of Bulk: each has its commands beside the screen's own."""
_SAME: Final = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter"}
"""What many terminals send for the first is the second."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """``keys`` is command id to keys, ready for Textual; ``problems`` are sentences, one for each entry left out."""

    keys: dict[str, str]
    problems: tuple[str, ...]


def check_keymap(wanted: Mapping[str, str], commands: Iterable[type[Command]]) -> Keymap:
    """Sort a configured keymap into what can be applied and what is wrong with the rest. Never raises."""
    known = {command.id: command for command in commands if command.key}
    keys: dict[str, str] = {}
    problems: list[str] = []
    for name, value in wanted.items():
        problem = _entry_problem(name, value, known)
        if problem:
            problems.append(problem)
        else:
            keys[name] = ",".join(_split(value))
    while clash := _clash(keys, known):
        key, loser, winner = clash
        del keys[loser]
        problems.append(f"{key} is already the key of {winner}; {loser} keeps {known[loser].key}.")
    return Keymap(keys, tuple(problems))


def _split(value: str) -> list[str]:
    return [key for part in value.split(",") if (key := part.strip())]


def _entry_problem(name: str, value: object, known: Mapping[str, type[Command]]) -> str:
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        return f"There is no command {one_line(name, 40)}." + (f" Did you mean {near[0]}?" if near else "")
    if not isinstance(value, str) or not _split(value):
        return f"{name} needs a key, such as {known[name].key}."
    for key in _split(value):
        reason = _key_problem(key)
        if reason:
            return f"{one_line(key, 40)} can't be the key of {name}: {reason}. It keeps {known[name].key}."
    return ""


def _key_problem(key: str) -> str:
    *modifiers, name = key.split("+")
    unknown = [modifier for modifier in modifiers if modifier not in _MODIFIERS]
    if unknown or not name or not _is_key(name):
        return "there is no such key"
    if len(name) == 1 and name.isupper() and modifiers:
        return f"write {'+'.join([*modifiers, 'shift', name.lower()])}"
    if key in _SAME:
        return f"many terminals can't tell it from {_SAME[key]}"
    if key in _NEEDED:
        return "fields need it"
    if _types(modifiers, name):
        return "it could not be typed any more"
    return ""


def _is_key(name: str) -> bool:
    from textual.keys import Keys, key_to_character

    return len(name) == 1 or name in {member.value for member in Keys} or key_to_character(name) is not None


def _types(modifiers: list[str], name: str) -> bool:
    from textual.keys import key_to_character

    return not set(modifiers) - {"shift"} and (len(name) == 1 or key_to_character(name) is not None)


def _clash(keys: Mapping[str, str], known: Mapping[str, type[Command]]) -> tuple[str, str, str] | None:
    """A key that two commands of one screen would share: the key, the command that must give way, the other one."""
    holders: dict[str, list[str]] = {}
    # Defaults first, so that the configured command gives way; among the configured, the later one.
    for command_id in sorted(known, key=lambda name: (name in keys, list(keys).index(name) if name in keys else 0)):
        for key in _split(keys.get(command_id, known[command_id].key)):
            for other in holders.setdefault(key, []):
                if command_id in keys and _meet(command_id, other):
                    return key, command_id, other
            holders[key].append(command_id)
    return None


def _meet(one: str, other: str) -> bool:
    rooms = {one.partition(".")[0], other.partition(".")[0]}
    if _NOT_LAST in (one, other) and "send" in rooms:
        return False
    return len(rooms) == 1 or "app" in rooms or ("bulk" in rooms and not rooms.isdisjoint(_STEPS))

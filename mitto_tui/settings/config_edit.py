"""Changes to the configuration file, made so that comments, order and everything else in it stay.

Each change is checked as if it had been typed into the file, made to the file's text, and read back: unless the new
text says exactly what the old one said plus the change, nothing is written. All return the configuration as it is then.

All may raise ConfigNotEditable, FileBusy, and PathProblem.
"""

from __future__ import annotations

import contextlib
import copy
import tomllib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from mitto_tui.settings import toml_edit
from mitto_tui.settings.config import Config, load_config, read_document, unknown_profile
from mitto_tui.settings.locked_file import locked, replace_file
from mitto_tui.settings.presets import preset_named
from mitto_tui.settings.problems import dotted, nearest
from mitto_tui.settings.profiles import SANDBOX, is_profile_name
from mitto_tui.settings.schema import NOT_IN_SANDBOX, PROFILE, PROFILE_NAME, UI, Field, Kind, Table
from mitto_tui.settings.values import Unfit
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.lines import ALL, NONE, lines_text
from mitto_tui.sms.visible import one_line

_HEADING: Final = "# Settings of mitto-tui: see docs/configuration.md. The key is not here, but in the keyring.\n"
_Path = tuple[str, ...]


class ConfigNotEditable(MittoTuiError):
    """The file can't be changed by this program; it was left as it is."""


def add_profile(path: Path, name: str, settings: Mapping[str, object] | None = None) -> Config:
    """A new profile with ``settings``, from dotted names to values as ``change_profile`` takes them.

    Raises InvalidInput for a name or setting that can't be.
    """
    if not is_profile_name(name):
        raise InvalidInput("name", f'"{one_line(name, 40)}" is not a profile\'s name.', f"It must be {PROFILE_NAME}.")
    if name == SANDBOX:
        raise InvalidInput("name", "The sandbox is there already.", "Choose another name.")
    with locked(path):
        change = _Change(path)
        if name in change.table("profiles"):
            raise InvalidInput("name", f"There is a profile {name} already.", "Change it, or choose another name.")
        change.add_table(("profiles", name))
        for key, value in (settings or {}).items():
            change.set_profile(name, key, value)
        return change.save()


def change_profile(path: Path, name: str, key: str, value: object) -> Config:
    """Set ``key`` (dotted, such as ``limits.rate``) of a profile; None takes it out, so that its default counts again.

    Text is taken for numbers and switches, as a command or a form has it. Raises UnknownProfile, and InvalidInput with
    ``key`` as its field.
    """
    return change_settings(path, name, {key: value})


def change_settings(path: Path, name: str, changes: Mapping[str, object]) -> Config:
    """``change_profile`` for several settings: all of them are kept, or none."""
    with locked(path):
        change = _Change(path)
        change.require(name)
        for key, value in changes.items():
            change.set_profile(name, key, value)
        return change.save()


def remove_profile(path: Path, name: str) -> Config:
    """Take a profile out of the file, and out of use. Its key stays in the keyring: see ``secrets.delete_key``.

    "default" and "sandbox" go back to what they are without the file. Raises UnknownProfile.
    """
    with locked(path):
        change = _Change(path)
        change.require(name)
        change.remove(("profiles", name))
        if change.plain.get("profile") == name:
            change.remove(("profile",))
        return change.save()


def use_profile(path: Path, name: str) -> Config:
    """Make a profile the active one. Raises UnknownProfile."""
    with locked(path):
        change = _Change(path)
        change.require(name)
        change.set(("profile",), toml_edit.literal(name))
        return change.save()


def change_ui(path: Path, key: str, value: object) -> Config:
    """Set ``key`` below ``[ui]``, as ``change_profile`` does. An action's id is one name: ``keymap.message.send``."""
    parts = ("keymap", key.removeprefix("keymap.")) if key.startswith("keymap.") else (key,)
    with locked(path):
        change = _Change(path)
        change.set_checked(UI, ("ui",), parts, value)
        return change.save()


class _Change:
    """A document being changed, as text and, beside it, as what the text must say in the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.before = load_config(path)
        self.text, problem = read_document(path)
        if problem is None and self.before.problems and not self.before.problems[0].key:
            problem = self.before.problems[0]
        if problem is not None:
            raise ConfigNotEditable(f"{problem}", "The file was left as it is. Mend it first.")
        self.plain = _plain(self.text)
        if not self.text:
            self.text = _HEADING

    def table(self, name: str) -> dict[str, Any]:
        found = self.plain.get(name, {})
        return found if isinstance(found, dict) else {}

    def require(self, profile: str) -> None:
        if profile not in self.before.profiles and profile not in self.table("profiles"):
            raise unknown_profile(self.before, profile)

    def set_profile(self, name: str, key: str, value: object) -> None:
        parts = tuple(key.split("."))
        if name == SANDBOX and parts[0] in NOT_IN_SANDBOX:
            raise InvalidInput(key, f"{one_line(key)} can't be set for the sandbox, which is its own host.")
        self.set_checked(PROFILE, ("profiles", name), parts, value)

    def set_checked(self, schema: Table, base: _Path, parts: _Path, value: object) -> None:
        field = schema.find(parts)
        if field is None:
            known = schema.paths()
            elsewhere = [path for path in known if path.endswith(f".{parts[-1]}")]
            close = elsewhere[0] if elsewhere else nearest(".".join(parts), known)
            advice = f"Did you mean {close}?" if close else f"Settings: {', '.join(known)}."
            raise InvalidInput(".".join(parts), f"{dotted(parts)} is not a setting.", advice)
        try:
            name = schema.normal(parts)
        except Unfit as error:
            raise InvalidInput(
                ".".join(parts), f"{dotted(parts)} is not a setting.", f"Its last part {error}."
            ) from None
        table = (*base, *name[:-1])
        spelled = self._spellings(schema, table, name)
        if value is None:
            for key in spelled:
                self.remove((*table, key))
            return
        try:
            self.set((*table, (spelled or name)[-1]), _literal(field, value))  # the last one is the one that counts
        except Unfit as error:
            raise InvalidInput(".".join(parts), f"{dotted(parts)} {error}.", f"It must be {field.allowed}.") from None

    def _spellings(self, schema: Table, table: _Path, name: _Path) -> list[str]:
        """The keys in ``table`` that mean ``name``: ``de`` is DE as well."""
        found = []
        for key in self._at(table):
            with contextlib.suppress(Unfit):
                if schema.normal((*name[:-1], key)) == name:
                    found.append(key)
        return found

    def set(self, path: _Path, literal: str) -> None:
        self._parent(path)[path[-1]] = _plain(f"value = {literal}")["value"]
        self.text = toml_edit.set_value(self.text, path, literal)

    def add_table(self, path: _Path) -> None:
        self._parent(path).setdefault(path[-1], {})
        self.text = toml_edit.add_table(self.text, path)

    def remove(self, path: _Path) -> None:
        parent = self._at(path[:-1])
        if path[-1] in parent:
            del parent[path[-1]]
            self.text = toml_edit.remove(self.text, path)

    def _at(self, path: _Path) -> dict[str, Any]:
        """The table at ``path``, or an empty one where there is none."""
        table: Any = self.plain
        for key in path:
            table = table.get(key) if isinstance(table, dict) else None
        return table if isinstance(table, dict) else {}

    def _parent(self, path: _Path) -> dict[str, Any]:
        parent = self.plain
        for depth, key in enumerate(path[:-1], start=1):
            parent = parent.setdefault(key, {})
            if not isinstance(parent, dict):
                raise self._refusal(f"{dotted(path[:depth])} is not a table there")
        return parent

    def save(self) -> Config:
        try:
            says = _plain(self.text)
        except ValueError:
            says = None
        if says is None or _without_empty(says) != _without_empty(self.plain):
            raise self._refusal("it is written in a way that this program can't change safely")
        replace_file(self.path, self.text.encode())
        return load_config(self.path)

    def _refusal(self, why: str) -> ConfigNotEditable:
        return ConfigNotEditable(f"{one_line(str(self.path))} was left as it is: {why}.", "Change it in an editor.")


def _plain(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=str)  # so that nan is equal to itself


def _without_empty(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` without empty tables, which mean nothing, except for an empty profile, which is one."""
    result = copy.deepcopy(document)
    profiles = result.get("profiles")
    for table in profiles.values() if isinstance(profiles, dict) else ():
        for key in [key for key, value in table.items() if value == {}] if isinstance(table, dict) else ():
            del table[key]
    return {key: value for key, value in result.items() if value != {}}


def _literal(field: Field, value: object) -> str:
    """``value`` as the file is to say it. Raises Unfit."""
    given = _typed(field.kind, value)
    checked = field.check(given)
    if isinstance(given, str) and (preset := preset_named(given)) and preset.base_url == checked:
        return toml_edit.literal(preset.name)
    if field.kind is Kind.SWITCH:
        return toml_edit.literal("on" if checked else "off")
    if field.kind is Kind.NUMBER:
        return str(given)
    if field.kind is Kind.LINES:
        text = lines_text(checked)
        return toml_edit.literal(text if text == ALL else [] if text == NONE else text.split(", "))
    return toml_edit.literal(checked)


def _typed(kind: Kind, value: object) -> object:
    if not isinstance(value, str):
        return value
    word = value.strip()
    try:
        if kind is Kind.WHOLE:
            return int(word)
        if kind is Kind.NUMBER:
            number = Decimal(word)
            return int(number) if number.is_finite() and number == number.to_integral_value() else number
    except (ValueError, InvalidOperation):
        return value
    if kind in (Kind.SWITCH, Kind.FLAG) and word.lower() in ("true", "false"):
        return word.lower() == "true"
    return value

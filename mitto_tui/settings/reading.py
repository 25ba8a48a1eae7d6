"""From a parsed TOML document to checked settings, with a problem for all that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from mitto_tui.settings.problems import KeyPath, Problem, dotted, nearest
from mitto_tui.settings.profiles import DEFAULT, SANDBOX, Limits, Lists, Prices, Profile, built_in, is_profile_name
from mitto_tui.settings.schema import NOT_IN_SANDBOX, PROFILE, PROFILE_CHOICE, PROFILE_NAME, UI, Field, Table
from mitto_tui.settings.values import Unfit, shown

SECRET_NAMES: Final = frozenset({"key", "api_key", "apikey", "api-key", "token", "secret", "password"})
_NO_SECRETS: Final = (
    "The key doesn't belong in this file: take it out, and keep it in the keyring with mitto-tui key set."
)


class Reader:
    """Collects ``problems`` while it reads the parts of one document."""

    def __init__(self, file: Path, lines: Mapping[KeyPath, int]) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._lines = lines

    def profiles(self, given: object) -> dict[str, Profile]:
        """What ``[profiles]`` has: by name, those whose names are right."""
        if not isinstance(given, dict):
            self._add(("profiles",), f"profiles is {shown(given)}.", "Each profile is a table: [profiles.NAME].")
            return {}
        found = {}
        for name, content in given.items():
            path = ("profiles", name)
            if not is_profile_name(name):
                self._add(path, f"{dotted(path)} is not a profile's name.", f"It must be {PROFILE_NAME}.")
            elif not isinstance(content, dict):
                self._add(path, f"{dotted(path)} is {shown(content)}.", "Each profile is a table: [profiles.NAME].")
                found[name] = built_in(name)
            else:
                found[name] = self._profile(name, content, path)
        return found

    def _profile(self, name: str, content: dict[str, Any], path: KeyPath) -> Profile:
        if name == SANDBOX:
            for key in set(NOT_IN_SANDBOX) & content.keys():
                self._add((*path, key), f"{dotted((*path, key))} can't be set.", "The sandbox is its own host.")
            content = {key: value for key, value in content.items() if key not in NOT_IN_SANDBOX}
        base = built_in(name)
        found = self.table(PROFILE, content, path)
        limits = Limits(**found.pop("limits", {}))
        receiver = replace(base.receiver, **found.pop("receiver", {}))
        per_segment: dict[str, Any] = found.pop("prices", {})
        prices = Prices(per_segment.pop("currency", None), per_segment)
        lists = Lists(**found.pop("lists", {}))
        return replace(base, **found, limits=limits, receiver=receiver, prices=prices, lists=lists)

    def active(self, document: dict[str, Any], profiles: Mapping[str, Profile]) -> str:
        """The profile that the document chooses, or the default where it chooses none that is there."""
        if "profile" not in document:
            return DEFAULT
        chosen = document["profile"]
        if isinstance(chosen, dict):
            self._add(("profile",), "profile is a table.", "Profiles are tables of their own: [profiles.NAME].")
            return DEFAULT
        value = self._value(PROFILE_CHOICE, chosen, ("profile",))
        if value in profiles:
            return str(value)
        if value is not None:
            close = nearest(value, profiles)
            self._add(
                ("profile",),
                f"profile is {shown(value)}, but there is no such profile.",
                f"Did you mean {close}?" if close else f"Add [profiles.{value}], or choose another.",
            )
        return DEFAULT

    def table(self, schema: Table, given: object, path: KeyPath) -> dict[str, Any]:
        """The checked values of a table, nested as ``schema`` is; names that the person chose are normal forms."""
        if not isinstance(given, dict):
            self._add(path, f"{dotted(path)} is {shown(given)}.", f"It must be a table: [{dotted(path)}].")
            return {}
        found: dict[str, Any] = {}
        for key, value in given.items():
            here = (*path, key)
            if key in schema.tables:
                found[key] = self.table(schema.tables[key], value, here)
            elif key in schema.fields:
                checked = self._value(schema.fields[key], value, here)
                if checked is not None:
                    found[key] = checked
            elif schema.others is not None:
                try:
                    name = schema.others.check(key)
                except Unfit:
                    self._unknown(here, schema.fields, f"A name here must be {schema.others.allowed}.")
                    continue
                checked = self._value(schema.others.field, value, here)
                if checked is not None:
                    found[name] = checked
            else:
                self._unknown(here, [*schema.fields, *schema.tables])
        return found

    def unknown(self, document: dict[str, Any], known: Iterable[str]) -> None:
        """Problems for what stands at the top of the document and is not ``known``."""
        for key in document.keys() - set(known):
            self._unknown((key,), list(known))

    def _value(self, field: Field, value: object, path: KeyPath) -> Any:
        try:
            return field.check(value)
        except Unfit as error:
            self._add(path, f"{dotted(path)} {error}.", f"It must be {field.allowed}.")
            return None

    def _unknown(self, path: KeyPath, known: Iterable[str], allowed: str = "") -> None:
        word = str(path[-1])
        if word.lower() in SECRET_NAMES:
            self._add(path, f"{dotted(path)} is not a setting.", _NO_SECRETS)
            return
        known = list(known)
        if elsewhere := _places(word):
            allowed = f"It belongs in {' or '.join(elsewhere)}."
        elif close := nearest(word, known):
            allowed = f"Did you mean {close}?"
        elif not allowed:
            allowed = f"Settings here: {', '.join(known)}."
        self._add(path, f"{dotted(path)} is not a setting.", allowed)

    def _add(self, path: KeyPath, message: str, allowed: str) -> None:
        self.problems.append(Problem(self._file, self._lines.get(path), None, path, message, allowed))


def _places(word: str) -> list[str]:
    tables = {"[profiles.NAME]": PROFILE, "[ui]": UI}
    tables |= {f"[profiles.NAME.{name}]": table for name, table in PROFILE.tables.items()}
    return [place for place, table in tables.items() if word in table.fields]

"""The configuration file, read so that nothing in it can stop the program: what is wrong is listed and left out."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from mitto_tui.settings import values
from mitto_tui.settings.problems import KeyPath, Problem, nearest
from mitto_tui.settings.profiles import DEFAULT, SANDBOX, Profile, built_in
from mitto_tui.settings.reading import Reader
from mitto_tui.settings.schema import PROFILE, UI
from mitto_tui.settings.toml_scan import key_lines
from mitto_tui.settings.values import Unfit
from mitto_tui.sms.errors import InvalidInput, SetupProblem
from mitto_tui.sms.visible import one_line

BASE_URL_VARIABLE: Final = "MITTO_BASE_URL"
MAX_OCTETS: Final = 1_000_000
"""A configuration file larger than this is something else."""

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class UiConfig:
    """How the app looks and which keys it takes. ``keymap`` is from an action's id to keys, unchecked."""

    theme: str | None = None
    mask_numbers: bool = False
    footer: bool = True
    keymap: Mapping[str, str] = field(default_factory=dict)


class UnknownProfile(SetupProblem):
    """There is no profile of that name."""


class ConfigProblems(SetupProblem):
    """The configuration is wrong where a guess could send from the wrong account, or to the wrong host."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}", "Nothing was sent. Mend the file first.")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says, with defaults for what it doesn't say or says wrongly.

    ``profiles`` always has "default" and "sandbox"; ``active`` is always one of them.
    """

    file: Path
    active: str
    profiles: Mapping[str, Profile]
    ui: UiConfig
    problems: tuple[Problem, ...] = ()

    def obstacles(self, profile: str) -> tuple[Problem, ...]:
        """Problems that make it unsafe to send as ``profile``, since a default stands where something else was meant.

        They are those of the file as a whole, of that profile's table, of all profiles, and of the choice between them
        where it is the active one. The sandbox has none: nothing leaves this machine.
        """
        return () if profile == SANDBOX else tuple(p for p in self.problems if self._concerns(p.key, profile))

    def _concerns(self, key: KeyPath, profile: str) -> bool:
        if not key or key[:2] == ("profiles", profile):
            return True
        if key == ("profile",):
            return profile == self.active
        # "profil" and "profils" are choices and accounts that don't count; an unknown "[colours]" hurts nobody.
        return len(key) == 1 and nearest(str(key[0]), ("profile", "profiles")) is not None

    def require_sound(self, profile: str) -> None:
        """Raises ConfigProblems where ``obstacles`` finds any."""
        if found := self.obstacles(profile):
            raise ConfigProblems(found)


def load_config(path: Path) -> Config:
    """The configuration at ``path``. Never raises for what is there; a missing file is an empty one."""
    document, problem = read_document(path)
    if problem is None:
        table, problem = _parse(path, document)
    if problem is not None:
        return Config(path, DEFAULT, {name: built_in(name) for name in (DEFAULT, SANDBOX)}, UiConfig(), (problem,))
    return _build(path, table, key_lines(document))


def find_profile(config: Config, name: str | None = None, environ: Mapping[str, str] = os.environ) -> Profile:
    """The profile called ``name``, or else the active one, with ``MITTO_BASE_URL`` put in its place.

    Raises UnknownProfile, and InvalidInput where ``MITTO_BASE_URL`` is no base URL.
    """
    wanted = config.active if name is None else name
    profile = config.profiles.get(wanted)
    if profile is None:
        raise unknown_profile(config, wanted)
    override = environ.get(BASE_URL_VARIABLE, "").strip()
    if override and not profile.is_sandbox:
        try:
            profile = replace(profile, base_url=values.base_url(override))
        except Unfit as error:
            allowed = PROFILE.fields["base_url"].allowed
            raise InvalidInput("base_url", f"{BASE_URL_VARIABLE} {error}.", f"It must be {allowed}.") from None
    return profile


def unknown_profile(config: Config, name: str) -> UnknownProfile:
    """The error for a profile that isn't there, with what there is."""
    close = nearest(name, config.profiles)
    guess = f" Did you mean {close}?" if close else ""
    return UnknownProfile(
        f'There is no profile "{one_line(name, 40)}".{guess}', f"Profiles: {', '.join(sorted(config.profiles))}."
    )


def read_document(path: Path) -> tuple[str, Problem | None]:
    """The file's text without a byte order mark, or what keeps it from being read. A missing file is empty text."""
    try:
        if stat.S_ISFIFO(path.stat().st_mode):
            return "", _file_problem(path, "is a pipe, not a file")
        with path.open("rb") as file:
            content = file.read(MAX_OCTETS + 1)
    except FileNotFoundError:
        return "", None
    except OSError as error:
        return "", _file_problem(path, f"can't be read: {error.strerror or type(error).__name__}")
    if len(content) > MAX_OCTETS:
        return "", _file_problem(path, f"is larger than {MAX_OCTETS:,} octets and can't be a configuration")
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = None if content.startswith((b"\xff\xfe", b"\xfe\xff")) else content[: error.start].count(b"\n") + 1
        return "", _file_problem(path, "is not in UTF-8", "Save it as UTF-8.", line)


def _parse(path: Path, document: str) -> tuple[dict[str, Any], Problem | None]:
    try:
        return tomllib.loads(document, parse_float=Decimal), None
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        if found := _PLACE.search(said):
            said = said[: found.start()]
            end = document.rstrip("\n").split("\n")
            line, column = (int(found[1]), int(found[2])) if found[1] else (len(end), len(end[-1]) + 1)
            return {}, Problem(path, line, column, (), f"This is not TOML: {one_line(said, 200)}.", _LEFT_OUT)
        return {}, _file_problem(path, f"is not TOML: {one_line(said, 200)}")
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets in thousands of brackets
        return {}, _file_problem(path, "is nothing that a person would write as TOML")


_LEFT_OUT: Final = "Nothing in this file counts until that is mended."


def _file_problem(path: Path, what: str, allowed: str = _LEFT_OUT, line: int | None = None) -> Problem:
    return Problem(path, line, None, (), f"The configuration file {what}.", allowed)


def _build(path: Path, table: dict[str, Any], lines: dict[KeyPath, int]) -> Config:
    reader = Reader(path, lines)
    profiles = {name: built_in(name) for name in (DEFAULT, SANDBOX)}
    profiles.update(reader.profiles(table.get("profiles", {})))
    active = reader.active(table, profiles)
    found = reader.table(UI, table.get("ui", {}), ("ui",))
    reader.unknown(table, ("profile", "profiles", "ui"))
    ui = UiConfig(**found)
    problems = sorted(reader.problems, key=lambda problem: problem.line or 0)
    return Config(path, active, profiles, ui, tuple(problems))

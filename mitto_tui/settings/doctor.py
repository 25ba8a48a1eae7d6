"""What a person is asked when something doesn't work: facts of this installation, with verdicts, without secrets."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Final

from mitto_tui import __version__
from mitto_tui.settings.config import BASE_URL_VARIABLE, Config, find_profile, load_config
from mitto_tui.settings.keyring_access import PATIENCE, with_keyring
from mitto_tui.settings.paths import HOME_VARIABLE, Paths, find_paths, readable_by_others
from mitto_tui.settings.presets import preset_of
from mitto_tui.settings.profiles import SANDBOX
from mitto_tui.settings.redaction import redact, register_secret
from mitto_tui.settings.secrets import KEY_VARIABLE, key_status
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import visible

PACKAGES: Final = (
    "aiohttp",
    "anyascii",
    "charset-normalizer",
    "filelock",
    "httpx",
    "keyring",
    "msgspec",
    "phonenumberslite",
    "platformdirs",
    "python-calamine",
    "sqlalchemy",
    "textual",
    "textual-plotext",
    "typer",
    "yarl",
)
_TERMINAL: Final = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "LANG", "LC_ALL", "EDITOR", "VISUAL")
_PRESENCE: Final = ("SSH_CONNECTION", "TMUX", "STY")
"""Variables of which only whether they are set is anybody's business."""


class Verdict(StrEnum):
    """``WARN`` works, but not as it should; ``BAD`` keeps messages from being sent."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One fact: a stable ``name`` (``config.file``), its value in words, and what to do where it is not ok."""

    name: str
    value: str
    verdict: Verdict = Verdict.OK
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def examine(
    profile: str | None = None, environ: Mapping[str, str] = os.environ, *, patience: float = PATIENCE
) -> list[Check]:
    """All checks of settings, in the order to show them. Creates nothing, never raises, and shows no secret.

    May wait for the keyring: ``patience`` seconds at most to find it, and again for the key.
    """
    register_secret(environ.get(KEY_VARIABLE, "").strip())
    checks = [*_program()]
    keyring, unusable = _keyring(patience)
    try:
        paths = find_paths(environ)
    except MittoTuiError as error:
        checks.append(Check("home", _or_default(environ, HOME_VARIABLE), Verdict.BAD, str(error)))
    else:
        config = load_config(paths.config_file)
        checks += [*_paths(paths, environ), *_config(config), *_profile(config, profile, environ)]
        checks.append(_key(config, profile, environ, patience, unusable))
    checks += [keyring, *_terminal(environ)]
    return [Check(c.name, _safe(c.value), c.verdict, _safe(c.advice)) for c in checks]


def _program() -> Iterator[Check]:
    yield Check("program.version", __version__)
    yield Check("program.python", f"{platform.python_version()} ({sys.executable})")
    yield Check("program.platform", platform.platform())
    for package in PACKAGES:
        try:
            yield Check(f"package.{package}", metadata.version(package))
        except Exception:  # whatever is wrong with an installation, this is where to hear of it
            yield Check(f"package.{package}", "missing", Verdict.BAD, "Install mitto-tui again.")


def _paths(paths: Paths, environ: Mapping[str, str]) -> Iterator[Check]:
    yield Check("home", _or_default(environ, HOME_VARIABLE))
    yield _file("config.file", paths.config_file, private=False)
    yield _directory("data.directory", paths.data_dir)
    yield _file("data.database", paths.database_file)
    yield _directory("state.directory", paths.state_dir)
    yield _file("log.file", paths.log_file)


def _file(name: str, path: Path, *, private: bool = True) -> Check:
    try:
        exists = path.exists()
    except OSError as error:
        return Check(name, str(path), Verdict.BAD, f"It can't be looked at: {error.strerror}.")
    if not exists:
        return Check(name, f"{path} (not there yet)")
    if not path.is_file():
        return Check(name, str(path), Verdict.BAD, "This is not a file. Move it away.")
    if not os.access(path, os.R_OK | os.W_OK):
        return Check(name, str(path), Verdict.BAD, "You may not read and write it.")
    if private and readable_by_others(path):
        return Check(name, str(path), Verdict.WARN, "Others can read it: make its mode 600.")
    return Check(name, str(path))


def _directory(name: str, path: Path) -> Check:
    nearest = next((folder for folder in (path, *path.parents) if os.path.exists(folder)), path)
    if not os.path.isdir(nearest):
        return Check(name, str(path), Verdict.BAD, f"{nearest} is a file where a directory belongs.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Check(name, str(path), Verdict.BAD, f"You may not write to {nearest}.")
    if nearest != path:
        return Check(name, f"{path} (not there yet)")
    if readable_by_others(path):
        return Check(name, str(path), Verdict.WARN, "Others can look into it: make its mode 700.")
    return Check(name, str(path))


def _config(config: Config) -> Iterator[Check]:
    if not config.problems:
        yield Check("config.problems", "none")
    for problem in config.problems:
        yield Check("config.problem", str(problem), Verdict.WARN, "Mend the file; until then, a default counts here.")


def _profile(config: Config, name: str | None, environ: Mapping[str, str]) -> Iterator[Check]:
    try:
        profile = find_profile(config, name, environ)
    except MittoTuiError as error:
        yield Check("profile", name or config.active, Verdict.BAD, str(error))
        return
    if obstacles := config.obstacles(profile.name):
        yield Check("profile", profile.name, Verdict.BAD, f"Nothing is sent until this is mended: {obstacles[0]}")
    else:
        yield Check("profile", profile.name)
    if profile.name == SANDBOX:
        yield Check("profile.base_url", "the simulator in this program")
    else:
        preset = preset_of(profile.base_url)
        where = f" ({preset.label})" if preset else ""
        override = f", from {BASE_URL_VARIABLE}" if environ.get(BASE_URL_VARIABLE, "").strip() else ""
        yield Check("profile.base_url", f"{profile.base_url}{where}{override}")


def _key(
    config: Config, name: str | None, environ: Mapping[str, str], patience: float, unusable: MittoTuiError | None
) -> Check:
    profile = config.active if name is None else name
    if unusable is not None and profile != SANDBOX and not environ.get(KEY_VARIABLE, "").strip():
        return Check("key", unusable.message, Verdict.BAD, unusable.advice)  # a keyring that hangs is asked once
    key = key_status(profile, environ, patience=patience)
    return Check("key", key.message, Verdict.OK if key.usable else Verdict.BAD, key.advice)


def _keyring(patience: float) -> tuple[Check, MittoTuiError | None]:
    try:
        return Check("keyring", with_keyring(lambda keyring: keyring.name, patience)), None
    except MittoTuiError as error:
        return Check("keyring", error.message, Verdict.WARN, error.advice), error


def _terminal(environ: Mapping[str, str]) -> Iterator[Check]:
    yield Check(f"environment.{KEY_VARIABLE}", "set" if environ.get(KEY_VARIABLE, "").strip() else "not set")
    for name in _TERMINAL:
        yield Check(f"environment.{name}", environ.get(name, "not set"))
    for name in _PRESENCE:
        yield Check(f"environment.{name}", "set" if environ.get(name) else "not set")
    encoding = getattr(sys.stdout, "encoding", None) or "unknown"
    advice = "Use a UTF-8 locale, or signs and texts are shown wrong."
    is_utf8 = encoding.lower().replace("-", "") == "utf8"
    yield Check("terminal.encoding", encoding, Verdict.OK if is_utf8 else Verdict.WARN, "" if is_utf8 else advice)
    if environ.get("TERM") == "dumb":
        yield Check("terminal", "dumb", Verdict.WARN, "The screens need more of a terminal; the commands don't.")


def _or_default(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or "not set"


def _safe(text: str) -> str:
    return visible(redact(text), keep="\n")

"""Nothing here may touch the settings, the keyring or the environment of whoever runs the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import keyring.core
import pytest
from keyring.backends import fail

from mitto_tui.settings import redaction
from mitto_tui.settings.paths import Paths, find_paths

WriteConfig = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MITTO_TUI_HOME", "MITTO_API_KEY", "MITTO_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())  # type: ignore[no-untyped-call]  # untyped
    # Registered secrets are the process's: one test's must not be cut out of another's text.
    monkeypatch.setattr(redaction, "_known", set())
    monkeypatch.setattr(redaction, "_pattern", None)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths({"MITTO_TUI_HOME": str(tmp_path / "home")})


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Writes a configuration file (indentation taken off) and returns its path."""

    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write

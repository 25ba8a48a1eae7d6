"""The reference says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mitto_tui.settings.config import load_config
from mitto_tui.settings.presets import PRESETS
from mitto_tui.settings.profiles import built_in
from mitto_tui.settings.schema import NOT_IN_SANDBOX, PROFILE, UI
from tests.settings.conftest import WriteConfig

TEXT = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")


def example() -> str:
    found = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_has_no_problem_and_every_setting(write_config: WriteConfig) -> None:
    config = load_config(write_config(example()))
    assert config.problems == ()
    assert config.active == "work"
    work = config.profiles["work"]
    assert work != built_in("work")
    assert set(config.profiles) == {"default", "sandbox", "work", "test-account"}
    assert config.ui.keymap == {"message.send": "ctrl+s"}
    for path in [*PROFILE.paths(), *UI.paths()]:
        assert re.search(rf"^{path.rpartition('.')[2]} = ", example(), re.MULTILINE), path


@pytest.mark.parametrize("path", PROFILE.paths())
def test_every_setting_of_a_profile_is_listed(path: str) -> None:
    assert f"| `{path}` |" in TEXT


@pytest.mark.parametrize("path", UI.paths())
def test_every_setting_of_the_app_is_listed(path: str) -> None:
    assert f"| `{path}` |" in TEXT


def test_presets_and_the_sandboxs_exceptions_are_listed() -> None:
    assert all(f"| `{preset.name}` | `{preset.base_url}` |" in TEXT for preset in PRESETS)
    assert f"It has no {', '.join(NOT_IN_SANDBOX[:-1])} or {NOT_IN_SANDBOX[-1]}." in TEXT


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("config.toml:7: profiles.work.timeuot", "\n" * 5 + "[profiles.work]\ntimeuot = 5\n"),
        ("config.toml:8: profiles.work.format", "\n" * 6 + '[profiles.work]\nformat = "yaml"\n'),
    ],
)
def test_the_messages_shown_are_the_ones_given(message: str, text: str, write_config: WriteConfig) -> None:
    (problem,) = load_config(write_config(text)).problems
    shown = next(line for line in TEXT.splitlines() if line.startswith(message))
    assert str(problem).endswith(shown)

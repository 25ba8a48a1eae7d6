"""Settings: what is typed lands in config.toml, and the key lands in the keyring and nowhere else."""

from __future__ import annotations

import threading
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail
from keyring.errors import KeyringLocked
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, Select

from mitto_tui.mitto.simulator import Simulator
from mitto_tui.settings.paths import find_paths
from mitto_tui.settings.profiles import Prices
from mitto_tui.ui.screens.first_run import FirstRunScreen
from mitto_tui.ui.screens.settings import SettingsScreen
from mitto_tui.ui.screens.settings_account import AddAccountDialog
from mitto_tui.ui.screens.settings_key import SetKeyDialog
from mitto_tui.ui.widgets.field import Choice
from mitto_tui.ui.widgets.setting_row import SettingRow
from tests.ui.rooms import (
    MemoryKeyring,
    app_of,
    move_in,
    opened,
    quickly,
    screen_text,
    send,
    settings_of,
    until,
    workspace_of,
)

KEY = "mk-0123456789abcdef-XYZW"


@pytest.fixture(autouse=True)
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    return move_in(tmp_path, monkeypatch)


def _file() -> Path:
    return find_paths().config_file


def _config() -> dict[str, Any]:
    return tomllib.loads(_file().read_text()) if _file().exists() else {}


def _complaint(screen: SettingsScreen, control: str) -> str:
    row = next(node for node in screen.query_one(control).ancestors if isinstance(node, SettingRow))
    return row.complaint


async def _type(pilot: Pilot[int], screen: SettingsScreen, control: str, text: str) -> None:
    field = screen.query_one(control, Input)
    field.focus()
    await pilot.pause()
    field.value = text
    await pilot.press("enter")


async def test_what_is_typed_lands_in_the_file_and_counts_at_once() -> None:
    async with quickly(sandbox=False) as pilot:
        screen = await settings_of(pilot)
        assert _config() == {}, "looking changes nothing"
        await _type(pilot, screen, "#set-sender", "ACME")
        await _type(pilot, screen, "#set-country", "de")
        await _type(pilot, screen, "#set-limits-rate", "2.5")
        await until(pilot, lambda: _config().get("profiles", {}).get("default", {}).get("limits") is not None)
        assert _config() == {"profiles": {"default": {"sender": "ACME", "country": "DE", "limits": {"rate": 2.5}}}}
        await until(pilot, lambda: workspace_of(pilot).profile.limits.rate == 2.5)
        assert workspace_of(pilot).profile.sender == "ACME"
        assert "default · ACME · DE" in screen_text(pilot), "the title line follows"
        await _type(pilot, screen, "#set-sender", "")
        await until(pilot, lambda: "sender" not in _config()["profiles"]["default"])
        refuse, several = screen.query_one("#set-lists-refuse", Input), screen.query_one("#set-lists-all-numbers")
        assert isinstance(several, Choice)
        await _type(pilot, screen, "#set-lists-refuse", "landline, fax")
        await until(pilot, lambda: "no line called fax" in _complaint(screen, "#set-lists-refuse"))
        await _type(pilot, screen, "#set-lists-refuse", "Premium, landline")
        await until(pilot, lambda: refuse.value == "landline, premium-rate")
        several.value = "on"
        await until(pilot, lambda: workspace_of(pilot).profile.lists.all_numbers)
        assert _config()["profiles"]["default"]["lists"] == {
            "refuse": ["landline", "premium-rate"],
            "all_numbers": True,
        }
        await _type(pilot, screen, "#set-lists-refuse", "none")
        await until(pilot, lambda: _config()["profiles"]["default"]["lists"] == {"all_numbers": True})


async def test_what_can_not_be_is_said_at_its_field_and_not_kept() -> None:
    async with quickly(sandbox=False) as pilot:
        screen = await settings_of(pilot)
        for control, text, words in (
            ("#set-timeout", "soon", "not a number"),
            ("#set-country", "Germany [/x]", "not a country's two letters"),
            ("#set-limits-chunk", "0", "too small"),
        ):
            await _type(pilot, screen, control, text)
            await until(pilot, lambda control=control: _complaint(screen, control) != "")  # type: ignore[misc]
            assert words in _complaint(screen, control)
        assert _config() == {}
        await _type(pilot, screen, "#set-timeout", "12")
        await until(pilot, lambda: _complaint(screen, "#set-timeout") == "")
        await until(pilot, lambda: _config() == {"profiles": {"default": {"timeout": 12}}})


async def test_prices_are_one_field_and_single_keys_in_the_file() -> None:
    _file().parent.mkdir(parents=True)
    before = "[profiles.sandbox.prices]\nde = 0.0750  # net\nFR = 0.07\n"
    _file().write_text(before)
    async with quickly() as pilot:
        screen = await settings_of(pilot)
        field = screen.query_one("#set-prices", Input)
        assert field.value == "DE 0.0750, FR 0.07"
        field.focus()
        await pilot.pause()
        field.value = "DE 0.0750, XY 1, A"
        await until(pilot, lambda: "XY" in _complaint(screen, "#set-prices"))
        field.value = "DE 0.0750, A"
        await until(pilot, lambda: _complaint(screen, "#set-prices") == "")
        for text, words in (("DE 1, AT", "AT has no price"), ("DE 1; de 2", "twice"), ("[/x] 1", "not a country")):
            await _type(pilot, screen, "#set-prices", text)
            await until(pilot, lambda words=words: words in _complaint(screen, "#set-prices"))  # type: ignore[misc]
        # What is to be mended stays while something else is kept.
        await _type(pilot, screen, "#set-prices-currency", "eur")
        await until(pilot, lambda: workspace_of(pilot).profile.prices.currency == "EUR")
        assert _file().read_text() == f'{before}currency = "EUR"\n'
        assert field.value == "[/x] 1"
        field.focus()
        field.value = ""
        await pilot.pause()
        field.post_message(Paste("Germany\t0,0750\nAT\t0.08\n\n"))
        await until(pilot, lambda: field.value == "Germany 0,0750, AT 0.08")
        await pilot.press("enter")
        await until(pilot, lambda: field.value == "DE 0.0750, AT 0.08")
        kept = _file().read_text()
        assert kept == '[profiles.sandbox.prices]\nde = 0.0750  # net\ncurrency = "EUR"\nAT = 0.08\n'
        assert workspace_of(pilot).profile.prices == Prices("EUR", {"DE": Decimal("0.0750"), "AT": Decimal("0.08")})
        await _type(pilot, screen, "#set-prices", "AT=0,08 DE=0,0750")
        await until(pilot, lambda: field.value == "DE 0.0750, AT 0.08")
        assert _file().read_text() == kept, "the same in other words changes nothing"
        await _type(pilot, screen, "#set-prices", "")
        await until(pilot, lambda: _config()["profiles"]["sandbox"]["prices"] == {"currency": "EUR"})


async def test_host_theme_and_switches_are_chosen_and_an_own_address_is_checked() -> None:
    async with quickly(sandbox=False) as pilot:
        screen = await settings_of(pilot)
        assert not screen.query_one("#set-base-url").region
        screen.query_one("#set-host", Select).value = "frankfurt"
        await until(pilot, lambda: workspace_of(pilot).profile.base_url == "https://rest-fra.mittoapi.net")
        screen.query_one("#set-host", Select).value = ""
        await until(pilot, lambda: bool(screen.query_one("#set-base-url").region))
        await _type(pilot, screen, "#set-base-url", "http://example.com")
        await until(pilot, lambda: "plain http" in _complaint(screen, "#set-base-url"))
        await _type(pilot, screen, "#set-base-url", "https://mitto.example/api")
        await until(pilot, lambda: workspace_of(pilot).profile.base_url == "https://mitto.example/api")
        screen.query_one("#set-format", Choice).focus()
        await pilot.press("right")
        screen.query_one("#set-tracking", Choice).focus()
        await pilot.press("right")
        screen.query_one("#set-theme", Select).value = "mitto-light"
        await until(pilot, lambda: _config().get("ui") == {"theme": "mitto-light"})
        assert pilot.app.theme == "mitto-light"
        assert _config()["profiles"]["default"] == {
            "base_url": "https://mitto.example/api",
            "format": "xml",
            "tracking": "off",
        }


async def test_a_key_is_set_tested_and_deleted_and_never_seen(backend: MemoryKeyring, caplog: Any) -> None:
    async with Simulator() as simulator:
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_text(f'[profiles.default]\nbase_url = "{simulator.url}"\nsender = "ACME"\n')
        async with quickly(sandbox=False) as pilot:
            screen = await settings_of(pilot)
            await until(pilot, lambda: "There is no key" in screen_text(pilot))
            seen = ""
            await pilot.press("f6")
            await until(pilot, lambda: isinstance(pilot.app.screen, SetKeyDialog))
            pilot.app.screen.query_one("#key", Input).value = KEY
            await pilot.pause()
            pilot.app.screen.query_one("#key", Input).select_all()
            await pilot.press("ctrl+c", "ctrl+x")
            seen += screen_text(pilot) + pilot.app.export_screenshot() + pilot.app.clipboard
            await pilot.press("enter")
            await until(pilot, lambda: pilot.app.screen is screen)
            assert backend.secrets == {("mitto-tui", "default"): KEY}
            await until(pilot, lambda: screen.can_test_key)
            seen += screen_text(pilot)
            await pilot.press("f7")
            await until(pilot, lambda: "The key works" in screen_text(pilot))
            seen += screen_text(pilot) + pilot.app.export_screenshot()
            await pilot.app.run_action("delete_key", screen)
            await until(pilot, lambda: "Delete the key?" in screen_text(pilot))
            await pilot.press("d")
            await until(pilot, lambda: backend.secrets == {})
            await until(pilot, lambda: not screen.can_test_key)
            seen += screen_text(pilot) + pilot.app.export_screenshot() + caplog.text
            assert KEY not in seen
            assert KEY not in _file().read_text()


async def test_a_keyring_in_trouble_is_explained_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())  # type: ignore[no-untyped-call]
    async with opened(sandbox=False) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))
        assert "no keyring that the key could be kept in" in screen_text(pilot)
        assert "MITTO_API_KEY" in screen_text(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))
        await until(pilot, lambda: "MITTO_API_KEY" in screen_text(pilot))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(pilot.app.screen, SetKeyDialog))
        pilot.app.screen.query_one("#key", Input).value = KEY
        await pilot.press("enter")
        await until(pilot, lambda: screen_text(pilot).count("no keyring that the key could be kept in") == 1)
        assert pilot.app.screen.query_one("#key", Input).value == "", "it is forgotten here at once"


async def test_a_keyring_that_hangs_holds_nothing_up(backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, release = threading.Event(), threading.Event()

    def hang(service: str, username: str) -> str | None:
        asked.set()
        release.wait(20)
        raise KeyringLocked

    monkeypatch.setattr(backend, "get_password", hang)
    async with quickly(sandbox=False) as pilot:
        screen = await settings_of(pilot)
        await until(pilot, asked.is_set)
        assert "Looking for the key…" in screen_text(pilot)
        await _type(pilot, screen, "#set-country", "FR")
        await until(pilot, lambda: _config() == {"profiles": {"default": {"country": "FR"}}})
        release.set()
        await until(pilot, lambda: "The keyring is locked." in screen_text(pilot))


async def test_an_account_is_added_shown_and_used(backend: MemoryKeyring) -> None:
    backend.secrets["mitto-tui", "work"] = KEY
    async with quickly() as pilot:
        message_id = await send(pilot, "00")
        screen = await settings_of(pilot)
        assert "The sandbox needs no key" in screen_text(pilot)
        assert "To send for real" in screen_text(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, AddAccountDialog))
        for name, words in (("Not A Name", "is not a profile's name"), ("sandbox", "there already")):
            pilot.app.screen.query_one("#account-name", Input).value = name
            await pilot.press("enter")
            await until(pilot, lambda words=words: words in screen_text(pilot).replace("\n", " "))  # type: ignore[misc]
        pilot.app.screen.query_one("#account-name", Input).value = "work"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen and screen.account.name_shown == "work")
        assert workspace_of(pilot).sandbox, "showing an account does not go over to it"
        await until(pilot, lambda: screen.can_have_key)
        await pilot.press("f9")
        await until(pilot, lambda: workspace_of(pilot).profile.name == "work")
        assert _config() == {"profile": "work", "profiles": {"work": {}}}
        await until(pilot, lambda: "work" in screen_text(pilot).splitlines()[0])
        assert app_of(pilot).current_mode == "compose"
        # The sandbox's history is not this account's.
        await pilot.app.run_action("history")
        await until(pilot, lambda: "Nothing has been sent yet." in screen_text(pilot))
        assert workspace_of(pilot).history.get(message_id) is not None


async def test_problems_of_the_file_are_listed_with_their_lines_and_its_place_is_named() -> None:
    _file().parent.mkdir(parents=True)
    _file().write_text('[profiles.default]\ntimeout = "fast"\n[ui]\ntheem = "[/x]"\n')
    async with quickly() as pilot:
        await settings_of(pilot)
        await until(pilot, lambda: "To mend" in screen_text(pilot))
        shown = " ".join(screen_text(pilot).split())
        assert "line 2" in shown
        assert "line 4" in shown
        assert "theem is not a setting" in shown
        assert "~/mitto-tui/config.toml" in shown
        assert "~/mitto-tui/data/messages.db" in shown

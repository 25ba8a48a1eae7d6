"""``key``, ``profile``, ``doctor``, ``usage`` and ``converted``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import pytest

from mitto_tui.settings.schema import PROFILE
from tests.cli.conftest import KEY, Cli
from tests.servers import raw
from tests.servers.raw import RawServer, answer


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring that works, in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own is untyped
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


@pytest.fixture
def memory_keyring(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    monkeypatch.delenv("MITTO_API_KEY")
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_a_key_comes_in_by_standard_input_and_goes_out_to_mitto_alone(
    memory_keyring: MemoryKeyring, cli: Cli, home: Path
) -> None:
    assert cli("key", "status").code == 4
    assert cli("key", "set", stdin=f"{KEY}\n".encode()).code == 0
    assert memory_keyring.kept == {("mitto-tui", "default"): KEY}
    assert cli("key", "status").code == 0
    status = cli("key", "status", "--json")
    assert (status.code, status.json["usable"], status.json["source"]) == (0, True, "keyring")
    with RawServer(answer(b'{"id": "1", "test": true, "responseCode": 0, "textLength": 0}')) as server:
        assert cli("key", "test", url=server.url).code == 0
        [request] = server.requests
    assert request.headers["x-mitto-api-key"] == KEY
    assert json.loads(request.body)["test"] is True
    assert cli("key", "delete").code == 0
    assert memory_keyring.kept == {}
    assert cli("key", "status").code == 4
    assert [path for path in home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()] == []
    assert cli("history", "--json").json == [], "a test of the key is no message"


@pytest.mark.parametrize(
    "wrong", [b"", b"\n", b"two words", b"line\nline", b"\xff\xfe", b"k" * 5000, "schlüssel".encode()]
)
def test_what_is_no_key_is_not_kept(memory_keyring: MemoryKeyring, cli: Cli, wrong: bytes) -> None:
    result = cli("key", "set", stdin=wrong)
    assert result.code == 2
    assert memory_keyring.kept == {}
    if wrong.strip():
        assert wrong.decode("utf-8", "replace") not in result.err


def test_a_key_is_never_an_argument(memory_keyring: MemoryKeyring, cli: Cli) -> None:
    refused = cli("key", "set", "not-here")
    assert refused.code == 2
    assert "not-here" not in refused.err
    assert "never an argument" in refused.err
    assert memory_keyring.kept == {}


def test_a_key_in_the_environment_that_is_no_text(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITTO_API_KEY", "\udcff\udcfe")
    refused = cli("send", "--from", "Shop", "--to", "+491725551234", "--text", "Hello")
    assert refused.code == 2
    assert "not a plain ASCII character" in refused.err


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [
        (answer(b"", status=401), 4, "allow list"),
        (answer(b'{"responseCode": 6, "responseText": "Invalid sender"}'), 0, "Mitto knows the key"),
        (answer(b"", status=500), 1, "not known"),
    ],
)
def test_key_test_in_words(cli: Cli, behaviour: raw.Behaviour, code: int, words: str) -> None:
    with RawServer(behaviour) as server:
        result = cli("key", "test", url=server.url)
    assert result.code == code
    assert words in result.err


def test_without_a_keyring_the_way_out_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MITTO_API_KEY")
    before = keyring.get_keyring()
    try:
        from keyring.backends.fail import Keyring

        keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]  # as above
        for command in (("key", "set"), ("key", "delete"), ("key", "status")):
            result = cli(*command, stdin=KEY.encode())
            assert result.code == 4
            assert "MITTO_API_KEY" in result.err
    finally:
        keyring.set_keyring(before)


def test_profiles_come_and_go(cli: Cli, home: Path) -> None:
    added = cli("profile", "add", "shop", "--base-url", "frankfurt", "--from", "Shop", "--country", "de", "--use")
    assert added.code == 0, added.err
    assert cli("profile", "show", "--json", url="").json["base_url"] == "https://rest-fra.mittoapi.net"
    profiles = {row["name"]: row for row in cli("profile", "list", "--json").json}
    assert set(profiles) == {"default", "sandbox", "shop"}
    assert profiles["shop"]["active"]
    assert (profiles["shop"]["sender"], profiles["shop"]["country"]) == ("Shop", "DE")
    assert cli("profile", "use", "default").code == 0
    assert cli("profile", "remove", "shop").code == 0
    assert cli("profile", "show", "shop").code == 2
    assert "shop" not in (home / "config.toml").read_text()


_FILE = """\
# Ours
[profiles.work]
sender = "Shop"   # as agreed

[profiles.work.prices]
DE = 0.0750  # net
"""


def test_single_settings_are_set_and_unset_and_comments_stay(cli: Cli, home: Path) -> None:
    home.mkdir()
    file = home / "config.toml"
    file.write_text(_FILE)
    for key, value, said in (
        ("prices.currency", "eur", "prices.currency of work is EUR now."),
        ("prices.at", "0,08", "prices.AT of work is 0.08 now."),
        ("sender", "ACME", "sender of work is ACME now."),
        ("max_segments", "4", "max_segments of work is 4 now."),
        ("tracking", "off", "tracking of work is off now."),
        ("receiver.port", "0", "receiver.port of work is 0 now."),
        ("receiver.fields.id", "uuid", "receiver.fields.id of work is uuid now."),
        ("limits.rate", "2.5", "limits.rate of work is 2.5 now."),
        ("lists.refuse", "premium,landline", "lists.refuse of work is landline, premium-rate now."),
        ("lists.all_numbers", "true", "lists.all_numbers of work is on now."),
    ):
        result = cli("profile", "set", "work", key, value)
        assert (result.code, result.out, result.err) == (0, "", f"{said}\n")
    shown = cli("profile", "show", "work", "--json").json
    assert shown["prices"] == {"currency": "EUR", "per_segment": {"DE": "0.0750", "AT": "0.08"}}
    assert shown["receiver"] == {"host": "127.0.0.1", "port": 0, "public_url": None, "fields": {"id": "uuid"}}
    assert (shown["sender"], shown["max_segments"], shown["tracking"], shown["rate"]) == ("ACME", 4, False, 2.5)
    assert shown["lists"] == {"refuse": ["landline", "premium-rate"], "all_numbers": True}
    words = {" ".join(line.split()) for line in cli("profile", "show", "work").err.splitlines()}
    assert {"prices.AT 0.08", "limits.rate 2.5", "limits.chunk 100", "callback (not set)", "timeout 30"} <= words
    for key, said in (
        ("prices.at", "prices.AT of work is not set."),
        ("prices.currency", "prices.currency of work is not set."),
        ("tracking", "tracking of work is on again, its default."),
        ("limits.rate", "limits.rate of work is not set."),
        ("lists.refuse", "lists.refuse of work is none again, its default."),
        ("lists.all_numbers", "lists.all_numbers of work is off again, its default."),
        ("receiver.port", "receiver.port of work is 8025 again, its default."),
        ("max_segments", "max_segments of work is not set."),
        ("timeout", "timeout of work is 30 again, its default."),
    ):
        result = cli("profile", "unset", "work", key)
        assert (result.code, result.err) == (0, f"{said}\n")
    # Tables that are empty now mean nothing, and stay.
    assert file.read_text().replace("ACME", "Shop").startswith(_FILE)


def test_the_sandbox_can_have_prices_but_no_host(cli: Cli) -> None:
    assert cli("profile", "set", "sandbox", "prices.DE", "0.1").code == 0
    assert cli("--sandbox", "profile", "show", "--json").json["prices"]["per_segment"] == {"DE": "0.1"}
    assert "receiver" not in cli("--sandbox", "profile", "show").err
    refused = cli("profile", "set", "sandbox", "receiver.port", "80")
    assert (refused.code, "can't be set for the sandbox" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("set", "work", "timeuot", "5"), "Did you mean timeout? Settings: base_url, sender, "),
        (("set", "work", "rate", "5"), "Did you mean limits.rate?"),
        (("set", "work", "limits", "5"), "In it are limits.max_in_flight, limits.rate, limits.chunk, "),
        (("set", "work", "limits.rate.x", "5"), "limits.rate.x is not a setting of a profile."),
        (("set", "work", "", "5"), "receiver.fields.time, prices.currency, prices.XX."),
        (("set", "work", "prices", "5"), "In it are prices.currency, prices.XX."),
        (("set", "work", "prices.curency", "EUR"), "Did you mean prices.currency?"),
        (("set", "work", "prices.Germany", "1"), "Did you mean prices.DE?"),
        (("set", "work", "prices.UK", "1"), "Did you mean prices.GB?"),
        (("set", "work", "prices.XY", "1"), '"XY" is not a country that is known.'),
        (("set", "work", "prices.DE", "x"), 'The price of DE is "x", not a number. It must be a number from 0 to'),
        (("set", "work", "prices.DE", "-1"), "The price of DE is -1, which is no price"),
        (("set", "work", "prices.currency", "Euro"), "It must be a currency's three letters"),
        (("set", "work", "limits.rate", "-1"), "It must be messages a second, above 0 and at most 10000."),
        (("set", "work", "api_key", "sk-not-here"), "The key is kept in the keyring, and never an argument:"),
        (("set", "wrk", "sender", "ACME"), "Did you mean work? Profiles: default, sandbox, work."),
        (("set", "work", "sender"), "Missing argument"),
        (("unset", "work", "sneder"), "Did you mean sender?"),
        (("unset", "nobody", "sender"), "There is no profile"),
    ],
)
def test_what_can_not_be_set_is_explained_and_changes_nothing(
    cli: Cli, home: Path, arguments: tuple[str, ...], says: str
) -> None:
    home.mkdir()
    (home / "config.toml").write_text(_FILE)
    result = cli("profile", *arguments)
    assert result.code == 2
    assert says in result.err.replace("\n", " ")
    assert "sk-not-here" not in result.err
    assert (home / "config.toml").read_text() == _FILE


def test_a_table_whose_name_is_no_profiles_is_changed_and_named(cli: Cli, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("[profiles.Work]\n")
    result = cli("profile", "set", "Work", "sender", "ACME")
    assert (result.code, "profiles.Work is not a profile's name" in result.err) == (0, True)


def test_the_help_names_every_setting(cli: Cli) -> None:
    helped = " ".join(cli("profile", "set", "--help").out.split())
    for path in (*PROFILE.paths(), "prices.XX"):
        assert re.search(rf"\b{re.escape(path)}\b", helped), path


def test_the_sandbox_is_the_profile_that_it_chooses(cli: Cli) -> None:
    assert cli("--sandbox", "profile", "show", "--json").json["name"] == "sandbox"
    assert [row["name"] for row in cli("--sandbox", "profile", "list", "--json").json if row["active"]] == ["sandbox"]


def test_the_url_for_reports_is_one_that_can_be_called(cli: Cli, home: Path) -> None:
    default = cli("reports", "url")
    assert (default.code, default.out.rpartition("/")[0]) == (0, "http://127.0.0.1:8025/reports")
    assert "public_url" in default.err
    home.joinpath("config.toml").write_text('[profiles.default.receiver]\npublic_url = "https://sms.example.org/"\n')
    public = cli("reports", "url")
    assert public.out == default.out.replace("http://127.0.0.1:8025", "https://sms.example.org")
    assert public.err == ""
    anywhere = cli("--sandbox", "reports", "url")
    assert (anywhere.code, anywhere.out) == (2, "")
    assert "while it listens" in anywhere.err


@pytest.mark.parametrize(
    "wrong",
    [
        ("add", "Not A Name"),
        ("add", "sandbox"),
        ("add", "x", "--base-url", "http://example.org"),
        ("add", "x", "--timeout", "-1"),
        ("add", "x", "--country", "Germany"),
        ("use", "nobody"),
        ("remove", "nobody"),
        ("show", "nobody"),
    ],
)
def test_wrong_profiles_change_nothing(cli: Cli, home: Path, wrong: tuple[str, ...]) -> None:
    result = cli("profile", *wrong)
    assert result.code == 2
    assert result.err
    assert not (home / "config.toml").exists()


def test_a_profile_decides_sender_and_country(cli: Cli) -> None:
    cli("profile", "add", "shop", "--from", "Shop", "--country", "DE")
    with RawServer(answer(b'{"id": "1", "responseCode": 0}')) as server:
        sent = cli("--profile", "shop", "send", "--to", "0172 5551234", "--text", "Hi", "--json", url=server.url)
    assert (sent.json["from"], sent.json["to"]) == ("Shop", "491725551234")
    assert len(cli("--profile", "shop", "history", "--json").json) == 1
    assert cli("history", "--json").json == []
    assert cli("history", "show", sent.json["id"]).code == 2


def test_a_broken_configuration_is_named_and_never_guessed_at(cli: Cli, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('[profiles.default]\nbase_ulr = "https://example.org"\n')
    with RawServer(answer(b'{"id": "1", "responseCode": 0}')) as server:
        sent = cli("send", "--from", "Shop", "--to", "+491725551234", "--text", "Hi", "--json", url=server.url)
        assert server.connections == 0
    assert sent.code == 2
    assert "config.toml:2" in sent.err
    assert "base_url" in sent.err
    assert cli("history", "--json").json == []
    assert cli("--sandbox", "send", "--from", "Shop", "--to", "+491725551234", "--text", "Hi", "--json").code == 0


def test_doctor_shows_everything_but_the_key(cli: Cli, home: Path) -> None:
    assert cli("doctor").code == 0
    report = cli("doctor", "--json").json
    checks = {check["name"]: check for check in report["checks"]}
    assert str(home) in json.dumps(report)
    assert "database" in checks
    (home / "data").mkdir(parents=True)
    (home / "data" / "messages.db").write_bytes(b"not a database at all" * 500)
    broken = cli("doctor", "--json")
    assert broken.code == 1
    assert {check["name"]: check for check in broken.json["checks"]}["database"]["verdict"] == "bad"
    assert (home / "data" / "messages.db").read_bytes() == b"not a database at all" * 500


def test_usage(cli: Cli) -> None:
    german, french = ("DEU", "12", "0.90"), ("FRA", 1, 0.1)
    fields = ("country", "messagesCount", "cost")
    rows = json.dumps([dict(zip(fields, row, strict=True)) for row in (german, french)]).encode()
    with RawServer(answer(rows)) as server:
        result = cli(
            "usage", "--since", "2026-01-01", "--until", "2026-01-31", "--account", "shop", "--json", url=server.url
        )
        assert json.loads(server.requests[0].body) == {
            "startDate": "2026-01-01",
            "endDate": "2026-01-31",
            "accountName": "shop",
        }
    assert result.json == [
        {"country": "DEU", "messages": 12, "cost": "0.90", "own_messages": 0, "own_segments": 0},
        {"country": "FRA", "messages": 1, "cost": "0.1", "own_messages": 0, "own_segments": 0},
    ]
    with RawServer(answer(b"", status=401)) as server:
        assert (
            cli("usage", "--since", "2026-01-01", "--until", "2026-01-31", "--account", "x", url=server.url).code == 4
        )
    assert cli("usage", "--since", "2026-02-01", "--until", "2026-01-31", "--account", "x").code == 2
    assert cli("usage", "--since", "soon", "--until", "2026-01-31", "--account", "x").code == 2


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [
        (answer(b'"OK"'), 0, "marked"),
        (answer(b'"Not enabled"', status=400), 1, "not enabled"),
        (answer(b'"No convertible message found"', status=404), 1, "no message with this id"),
        (answer(b"", status=429), 1, "slow down"),
        (answer(b"", status=500), 1, "no usable answer"),
        (answer(b"", status=403), 4, "allow list"),
    ],
)
def test_converted(cli: Cli, behaviour: raw.Behaviour, code: int, words: str) -> None:
    with RawServer(behaviour) as server:
        result = cli("converted", "069d0e82-a437-47bc-b158-0f4065e83fce", url=server.url)
        assert json.loads(server.requests[0].body) == {"messageId": "069d0e82-a437-47bc-b158-0f4065e83fce"}
    assert result.code == code
    assert words in result.err

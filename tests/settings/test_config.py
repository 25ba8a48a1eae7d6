from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.settings.config import Config, ConfigProblems, UiConfig, UnknownProfile, find_profile, load_config
from mitto_tui.settings.problems import Problem
from mitto_tui.settings.profiles import Limits, Lists, Prices, Profile, Receiver, WireFormat, built_in
from mitto_tui.sms.errors import InvalidInput
from tests.settings.conftest import WriteConfig

DEFAULTS = {"default": built_in("default"), "sandbox": built_in("sandbox")}


def only(config: Config) -> Problem:
    assert len(config.problems) == 1, config.problems
    return config.problems[0]


def test_everything_that_can_be_set_is_read(write_config: WriteConfig) -> None:
    config = load_config(
        write_config("""\
            profile = "work"

            [profiles.work]
            base_url = "Frankfurt"
            sender = "MITTO SMS"
            country = "de"
            timeout = 12.5
            connect_timeout = 3
            format = "XML"
            tracking = "off"
            callback = "https://example.com/reports?a=b"
            max_segments = 4
            retention_days = 90
            limits = { max_in_flight = 8, rate = 0.5, chunk = 50 }
            receiver.host = "::1"
            receiver.port = 9000
            receiver.public_url = "https://example.com/mitto"
            receiver.fields = { id = "message.uuid", status = "state" }

            [profiles.work.prices]
            currency = "eur"
            DE = 0.075
            at = 1

            [profiles.work.lists]
            refuse = ["Landline", "premium"]
            all_numbers = true

            [ui]
            theme = "nord"
            mask_numbers = true
            footer = "off"

            [ui.keymap]
            "message.send" = "ctrl+s,f5"
            """)
    )
    assert config.problems == ()
    assert config.active == "work"
    assert config.profiles["work"] == Profile(
        name="work",
        base_url="https://rest-fra.mittoapi.net",
        sender="MITTO SMS",
        country="DE",
        timeout=12.5,
        connect_timeout=3.0,
        format=WireFormat.XML,
        tracking=False,
        callback="https://example.com/reports?a=b",
        max_segments=4,
        retention_days=90,
        limits=Limits(8, 0.5, 50),
        receiver=Receiver("::1", 9000, "https://example.com/mitto", {"id": "message.uuid", "status": "state"}),
        prices=Prices("EUR", {"DE": Decimal("0.075"), "AT": Decimal(1)}),
        lists=Lists(frozenset({"landline", "premium-rate"}), all_numbers=True),
    )
    assert config.ui == UiConfig("nord", True, False, {"message.send": "ctrl+s,f5"})


def test_a_missing_file_is_an_empty_one(tmp_path: Path) -> None:
    config = load_config(tmp_path / "none" / "config.toml")
    assert config == Config(tmp_path / "none" / "config.toml", "default", DEFAULTS, UiConfig())


@pytest.mark.parametrize(
    ("line", "says", "allowed"),
    [
        ("timeout = 0", "profiles.work.timeout is 0, which is too small.", "above 0 and at most 600"),
        ("timeout = 600.5", "profiles.work.timeout is 600.5, which is too large.", "at most 600"),
        ('timeout = "fast"', 'profiles.work.timeout is "fast", not a number.', "a number of seconds"),
        ("timeout = true", "profiles.work.timeout is true, not a number.", "a number of seconds"),
        ("timeout = nan", "profiles.work.timeout is NaN, not a finite number.", "a number of seconds"),
        ("connect_timeout = inf", "is Infinity, not a finite number.", "a number of seconds"),
        ("timeout = [1]", "profiles.work.timeout is an array, not a number.", "a number of seconds"),
        ("timeout = 2024-01-01", "profiles.work.timeout is a date or time, not a number.", "a number of seconds"),
        ('format = "yaml"', 'profiles.work.format is "yaml".', '"json" or "xml"'),
        ("tracking = 1", "profiles.work.tracking is 1, neither on nor off.", '"on" or "off"'),
        ('country = "Germany"', 'is "Germany", not a country\'s two letters.', "ISO 3166"),
        ('country = "UK"', "the United Kingdom's letters are GB.", "ISO 3166"),
        ('sender = "ab"', "An alphanumeric sender has 3 to 11 characters", "3 to 14 digits"),
        ('sender = ""', "profiles.work.sender is empty.", "3 to 14 digits"),
        ('callback = "ftp://example.com"', 'callback is "ftp://example.com", not a URL.', "https://"),
        ('callback = "https://exa mple.com"', "not a URL.", "https://"),
        ("max_segments = 256", "is 256, which is too large.", "1 to 255"),
        ("retention_days = 0", "is 0, which is too small.", "1 to 36500"),
        ("max_segments = 2.0", "is 2.0, not a whole number.", "1 to 255"),
        ("limits.max_in_flight = 1001", "limits.max_in_flight is 1001, which is too large.", "1 to 1000"),
        ("limits.rate = 0", "limits.rate is 0, which is too small.", "messages a second"),
        ("limits.chunk = 0", "limits.chunk is 0, which is too small.", "1 to 10000"),
        ("limits = 5", "profiles.work.limits is 5.", "[profiles.work.limits]"),
        ("receiver.port = 65536", "is 65536, which is too large.", "0 for any free one"),
        ('receiver.host = "a b"', "not a host name or address.", "127.0.0.1"),
        ('receiver.host = "host:80"', "not a host name or address.", "127.0.0.1"),
        ("prices.DE = -0.1", "is -0.1, which is no price", "price of one segment"),
        ('prices.currency = "Euro"', "not a currency's three letters.", "ISO 4217"),
        ('lists.refuse = "landline, fax"', "lists.refuse can't be used: There is no line called fax.", "toll-free"),
        ('lists.refuse = ["all", "pager"]', "“all” can't stand beside other words.", "any of landline"),
        ("lists.refuse = [1]", "profiles.work.lists.refuse has 1 in it, not a word for a line.", "landline"),
        ("lists.refuse = true", "profiles.work.lists.refuse is true, not the words for lines.", "landline"),
        ("lists.all_numbers = 1", "lists.all_numbers is 1, neither on nor off.", "true or false"),
        ("lists = 5", "profiles.work.lists is 5.", "[profiles.work.lists]"),
    ],
)
def test_a_bad_value_is_explained_and_the_rest_counts(
    line: str, says: str, allowed: str, write_config: WriteConfig
) -> None:
    config = load_config(write_config(f'[profiles.work]\n\n{line}\n[ui]\ntheme = "nord"\n'))
    problem = only(config)
    assert says in problem.message
    assert allowed in problem.allowed
    assert problem.line == 3
    assert config.profiles["work"] == built_in("work")
    assert config.ui.theme == "nord"
    assert str(problem).startswith(f"{config.file}:3: ")


@pytest.mark.parametrize(
    ("url", "becomes"),
    [
        ("mitto", "https://rest.mittoapi.com"),
        ("Hong Kong", "https://rest-hk.mittoapi.net"),
        ("united_states", "https://rest-us.mittoapi.net"),
        ("https://rest.mittoapi.com/v2/", "https://rest.mittoapi.com/v2"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.9.9.9:1", "http://127.9.9.9:1"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_base_urls(url: str, becomes: str, write_config: WriteConfig) -> None:
    config = load_config(write_config(f'[profiles.work]\nbase_url = "{url}"\n'))
    assert config.problems == ()
    assert config.profiles["work"].base_url == becomes
    assert find_profile(config, "work", {"MITTO_BASE_URL": url}).base_url == becomes


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://rest.mittoapi.com", "it is plain http"),
        ("http://localhost.example.com", "it is plain http"),
        ("http://127.0.0.1.example.com", "it is plain http"),
        ("http://10.0.0.1", "it is plain http"),
        ("rest.mittoapi.com", "it does not start with https://"),
        ("franfurt", "it does not start with https://"),
        ("ftp://rest.mittoapi.com", "it does not start with https://"),
        ("https://", "it names no host"),
        ("https://a:99999", "it is not a URL"),
        ("https://a\\\\b", "that no URL can have"),
        ("https://[::1", "it is not a URL"),
        ("https://rest.mittoapi.com/?x=1", "it has a query or a fragment"),
        ("https://rest.mittoapi.com/#x", "it has a query or a fragment"),
        ("https://rest.mittoapi.com/sms", "it names one call"),
        ("https://rest.mittoapi.com/v2/smsbulk.json", "it names one call"),
        ("https://me:hunter2@rest.mittoapi.com", "user name or password"),
        ("http://me:hunter2@[", "user name or password"),
    ],
)
def test_what_is_no_base_url(url: str, says: str, write_config: WriteConfig) -> None:
    config = load_config(write_config(f'[profiles.work]\nbase_url = "{url}"\n'))
    problem = only(config)
    assert says in problem.message
    assert '"frankfurt"' in problem.allowed
    assert "hunter2" not in str(problem)
    with pytest.raises(InvalidInput, match="MITTO_BASE_URL") as caught:
        find_profile(config, "default", {"MITTO_BASE_URL": url})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "says", "advice"),
    [
        ('\nprofil = "x"', 2, "profil is not a setting.", "Did you mean profile?"),
        ("[profile.work]", 1, "profile is a table.", "[profiles.NAME]"),
        ("profile = 5", 1, "profile is 5.", "a profile's name"),
        (
            'profile = "wrk"\n[profiles.work]',
            1,
            'profile is "wrk", but there is no such profile.',
            "Did you mean work?",
        ),
        ('profile = "zzz"', 1, "there is no such profile.", "[profiles.zzz]"),
        ("profiles = 1", 1, "profiles is 1.", "[profiles.NAME]"),
        ("[[profiles]]", 1, "profiles is an array.", "[profiles.NAME]"),
        ("\n[profiles]\nwork = 1", 3, "profiles.work is 1.", "[profiles.NAME]"),
        ("[profiles.Work]", 1, "profiles.Work is not a profile's name.", "up to 32 of a to z"),
        ('[profiles."a b"]', 1, 'profiles."a b" is not a profile\'s name.', "up to 32 of a to z"),
        ("[profiles.work]\ntimeuot = 5", 2, "profiles.work.timeuot is not a setting.", "Did you mean timeout?"),
        ("[profiles.work]\nrate = 5", 2, "profiles.work.rate is not a setting.", "[profiles.NAME.limits]"),
        ("theme = 'x'", 1, "theme is not a setting.", "It belongs in [ui]."),
        (
            "[profiles.work]\nlimits.zzz = 1",
            2,
            "limits.zzz is not a setting.",
            "Settings here: max_in_flight, rate, chunk, max_rejected.",
        ),
        ("[profiles.work.prices]\nGermany = 1", 2, "prices.Germany is not a setting.", "two letters"),
        ("[profiles.work.prices]\ncurency = 'EUR'", 2, "prices.curency is not a setting.", "Did you mean currency?"),
        ("[profiles.sandbox]\nbase_url = 'mitto'", 2, "profiles.sandbox.base_url can't be set.", "its own host"),
        ("[ui]\nfooter = 'maybe'", 2, 'ui.footer is "maybe", neither on nor off.', "true or false"),
        ("[ui.keymap]\n'a.b' = 'ctrl + s'", 2, 'ui.keymap."a.b" is "ctrl + s", not a key.', "ctrl+s"),
        ("[ui.keymap]\n'a.b' = ''", 2, 'ui.keymap."a.b" is empty.', "ctrl+s"),
        ("ui = 3", 1, "ui is 3.", "[ui]"),
    ],
)
def test_what_is_not_a_setting(text: str, line: int, says: str, advice: str, write_config: WriteConfig) -> None:
    problem = only(load_config(write_config(text)))
    assert problem.line == line
    assert says in problem.message
    assert advice in problem.allowed


def test_problems_come_in_the_order_of_the_file(write_config: WriteConfig) -> None:
    config = load_config(
        write_config("""\
            colour = 1
            [ui]
            theme = 1
            [profiles.work]
            sender = 1
            limits = { rate = "x", chunk = 0 }
            """)
    )
    assert [(p.line, p.key[-1]) for p in config.problems] == [
        (1, "colour"),
        (3, "theme"),
        (5, "sender"),
        (6, "rate"),
        (6, "chunk"),
    ]


@pytest.mark.parametrize("name", ["key", "api_key", "API_KEY", "token", "password"])
def test_a_key_in_the_file_is_not_shown(name: str, write_config: WriteConfig) -> None:
    problem = only(load_config(write_config(f'[profiles.work]\n{name} = "hunter2"\n')))
    assert "mitto-tui key set" in problem.allowed
    assert "hunter2" not in repr(problem)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('profile = "work\n', 1, 16),
        ("# one\nprofile = \n", 2, 11),
        ("[profiles.work]\n[profiles.work]\n", 2, 15),
        ("a = 1\nb = [1,\n2", 3, 2),
        ("a = 1\n\nb = '''x\ny\n\n", 4, 2),
        ("a", 1, 2),
    ],
)
def test_a_syntax_error_leaves_defaults_and_one_problem_with_its_place(
    text: str, line: int, column: int, write_config: WriteConfig
) -> None:
    config = load_config(write_config(text))
    problem = only(config)
    assert (problem.line, problem.column, problem.key) == (line, column, ())
    assert "This is not TOML" in problem.message
    assert str(problem).startswith(f"{config.file}:{line}:{column}: ")
    assert (config.active, config.profiles, config.ui) == ("default", DEFAULTS, UiConfig())


@pytest.mark.parametrize(
    ("content", "says", "line"),
    [
        (b"a = 1\nb = '\xff'\n", "not in UTF-8", 2),
        ("profile = 'work'".encode("utf-16"), "not in UTF-8", None),
        (b"\x00\x01\x02", "not TOML", 1),
        (b"a = " + b"9" * 10_000, "nothing that a person would write", None),
        (b"a = " + b"[" * 100_000, "nothing that a person would write", None),
        (b"# " + b"x" * 1_000_000, "larger than 1,000,000 octets", None),
    ],
)
def test_a_file_that_is_something_else(content: bytes, says: str, line: int | None, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    config = load_config(path)
    problem = only(config)
    assert says in problem.message
    assert problem.line == line
    assert config.profiles == DEFAULTS


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbfprofile = 'work'\r\n[profiles.work]\r\ntimeout = 0\r\n")
    config = load_config(path)
    assert config.active == "work"
    assert only(config).line == 3


def test_a_directory_where_the_file_should_be(tmp_path: Path) -> None:
    problem = only(load_config(tmp_path))
    assert "can't be read: Is a directory" in problem.message
    assert problem.line is None


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in a directory there")
def test_a_pipe_does_not_make_the_program_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    assert "is a pipe" in only(load_config(tmp_path / "config.toml")).message


def test_text_that_steers_a_terminal_is_shown_as_signs(write_config: WriteConfig) -> None:
    config = load_config(write_config('"\\u001b[2J" = 1\n[profiles.work]\nformat = "\\u202e\\u001b]0;x\\u0007"\n'))
    told = "\n".join(map(str, config.problems))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "␛" in told


@settings(deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_content_raises(tmp_path_factory: pytest.TempPathFactory, content: str | bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    config = load_config(path)
    assert find_profile(config, None, {}).name == "default"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("abDE.\x1b", max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab\"'. \x1b", max_size=3), inner, max_size=2),
    max_leaves=4,
)
_SETTINGS = ["base_url", "sender", "country", "timeout", "format", "tracking", "callback", "max_segments", "limits"]
_SETTINGS += ["lists", "lists.refuse", "lists.all_numbers"]
_SETTINGS += ["receiver", "prices", "limits.rate", "receiver.host", "receiver.public_url", "prices.DE", "prices.x"]


def _toml(value: object) -> str:
    match value:
        case None:
            return "1979-05-27T07:32:00Z"
        case float():
            return repr(value)
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{json.dumps(key)} = {_toml(item)}' for key, item in value.items())}}}"
        case _:
            return json.dumps(value)


@settings(deadline=None)
@given(setting=st.sampled_from(_SETTINGS), value=_json)
def test_no_value_of_any_type_raises(tmp_path_factory: pytest.TempPathFactory, setting: str, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "typed.toml"
    path.write_text(f"[profiles.work]\n{setting} = {_toml(value)}\n", encoding="utf-8")
    config = load_config(path)
    if config.problems and not isinstance(value, dict):
        assert config.profiles["work"] == built_in("work")
    for problem in config.problems:
        assert problem.line == 2
        assert problem.key[:2] == ("profiles", "work")
        assert "\x1b" not in str(problem)


class TestFindProfile:
    def test_a_name_wins_over_the_file_which_wins_over_default(self, write_config: WriteConfig) -> None:
        config = load_config(write_config('profile = "b"\n[profiles.a]\n[profiles.b]\n'))
        assert find_profile(config, "a", {}).name == "a"
        assert find_profile(config, None, {}).name == "b"
        assert find_profile(load_config(write_config("")), None, {}).name == "default"

    def test_an_unknown_name_is_an_error_with_what_there_is(self, write_config: WriteConfig) -> None:
        config = load_config(write_config("[profiles.work]"))
        with pytest.raises(UnknownProfile, match="wokr") as caught:
            find_profile(config, "wokr\x1b", {})
        assert "Did you mean work?" in caught.value.message
        assert caught.value.advice == "Profiles: default, sandbox, work."
        assert "\x1b" not in str(caught.value)

    def test_the_environment_decides_the_base_url_but_never_the_sandboxs(self, write_config: WriteConfig) -> None:
        config = load_config(write_config('[profiles.work]\nbase_url = "frankfurt"'))
        environ = {"MITTO_BASE_URL": " https://example.com/ "}
        assert find_profile(config, "work", environ).base_url == "https://example.com"
        assert find_profile(config, "work", {"MITTO_BASE_URL": " "}).base_url == "https://rest-fra.mittoapi.net"
        assert find_profile(config, "sandbox", environ) == built_in("sandbox")
        assert find_profile(config, "sandbox", environ).is_sandbox

    def test_the_sandbox_may_look_different_and_stays_the_sandbox(self, write_config: WriteConfig) -> None:
        config = load_config(write_config('[profiles.sandbox]\nsender = "ACME"\nreceiver.port = 80\n'))
        sandbox = find_profile(config, "sandbox", {})
        assert (sandbox.sender, sandbox.base_url, sandbox.receiver.port) == ("ACME", "http://127.0.0.1:0", 0)


class TestObstacles:
    """Where a default stands for something else that was meant, a message could go out from the wrong account."""

    def test_a_sound_file_has_none(self, write_config: WriteConfig) -> None:
        config = load_config(write_config("[profiles.work]\ntimeout = 5"))
        assert config.obstacles("work") == ()
        config.require_sound("work")

    def test_a_syntax_error_stops_every_profile_but_the_sandbox(self, write_config: WriteConfig) -> None:
        config = load_config(write_config('profile = "work'))
        assert config.obstacles("default") == config.problems
        assert config.obstacles("sandbox") == ()
        with pytest.raises(ConfigProblems, match="This is not TOML") as caught:
            config.require_sound("default")
        assert "Nothing was sent." in caught.value.advice

    @pytest.mark.parametrize("line", ["base_url = 5", 'base_ulr = "https://example.com"', "limits.rate = 0"])
    def test_a_problem_in_a_profile_stops_that_profile(self, line: str, write_config: WriteConfig) -> None:
        config = load_config(write_config(f"[profiles.work]\n{line}\n[profiles.other]"))
        assert config.obstacles("work") == config.problems != ()
        assert config.obstacles("other") == ()

    @pytest.mark.parametrize("line", ['profile = "wrk"', "profile = 5"])
    def test_a_wrong_choice_stops_only_where_it_chooses(self, line: str, write_config: WriteConfig) -> None:
        config = load_config(write_config(f"{line}\n[profiles.work]"))
        assert config.obstacles(config.active) == config.problems != ()
        assert config.obstacles("work") == ()

    @pytest.mark.parametrize("line", ['profil = "work"', "[profils.work]", "profiles = 5"])
    def test_a_misspelt_choice_or_account_stops(self, line: str, write_config: WriteConfig) -> None:
        config = load_config(write_config(line))
        assert config.obstacles("default") == config.problems != ()

    @pytest.mark.parametrize("line", ["[ui]\ntheme = 5", "[colours]\nred = 1", "ui = 5"])
    def test_looks_stop_nobody(self, line: str, write_config: WriteConfig) -> None:
        config = load_config(write_config(line))
        assert len(config.problems) == 1
        assert config.obstacles("default") == ()

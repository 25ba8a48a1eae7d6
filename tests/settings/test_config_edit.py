from __future__ import annotations

import os
import stat
import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import filelock
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.settings import toml_edit
from mitto_tui.settings.config import UnknownProfile, load_config
from mitto_tui.settings.config_edit import (
    ConfigNotEditable,
    add_profile,
    change_profile,
    change_settings,
    change_ui,
    remove_profile,
    use_profile,
)
from mitto_tui.settings.locked_file import FileBusy, locked, replace_file
from mitto_tui.settings.paths import PathProblem
from mitto_tui.sms.errors import InvalidInput
from tests.settings.conftest import WriteConfig

FILE = """\
# My settings
profile = "work"  # the usual

# The company's account
[profiles.work]
base_url = 'frankfurt'
sender   = "ACME"   # as agreed
timeout = 30

# Looks
[ui]
theme = "nord"
"""


def changed(path: Path, before: str, *replaced: tuple[str, str]) -> None:
    for old, new in replaced:
        assert old in before
        before = before.replace(old, new)
    assert path.read_text() == before


def test_a_value_changes_and_nothing_else(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    config = change_profile(path, "work", "sender", "New ACME")
    assert config.profiles["work"].sender == "New ACME"
    changed(path, FILE, ('"ACME"   # as agreed', '"New ACME"   # as agreed'))


def test_a_new_value_stands_under_the_others_of_its_table(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    change_profile(path, "work", "country", "de")
    changed(path, FILE, ("timeout = 30\n", 'timeout = 30\ncountry = "DE"\n'))


def test_a_new_table_stands_behind_its_relatives_and_comments_stay_where_they_were(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    change_profile(path, "work", "limits.rate", "2.50")
    changed(path, FILE, ("timeout = 30\n", "timeout = 30\n\n[profiles.work.limits]\nrate = 2.50\n"))


def test_a_new_profile(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    config = add_profile(path, "test-2", {"sender": "Test", "limits.chunk": 10, "prices.de": "0.0750"})
    assert config.problems == ()
    assert config.profiles["test-2"].prices.per_segment == {"DE": Decimal("0.0750")}
    new = """\
timeout = 30

[profiles.test-2]
sender = "Test"

[profiles.test-2.limits]
chunk = 10

[profiles.test-2.prices]
DE = 0.0750
"""
    changed(path, FILE, ("timeout = 30\n", new))


_PRICES = """\
[profiles.work.prices]  # as agreed
currency = "EUR"
de = 0.075   # Germany
AT = 0.0812
"""


def test_several_settings_change_together_or_not_at_all(write_config: WriteConfig) -> None:
    path = write_config(_PRICES)
    with pytest.raises(InvalidInput) as caught:
        change_settings(path, "work", {"prices.FR": "0.07", "prices.AT": None, "prices.IT": "free"})
    assert caught.value.field == "prices.IT"
    assert path.read_text() == _PRICES
    config = change_settings(path, "work", {"prices.FR": "0.0710", "prices.AT": None, "prices.DE": "0.08"})
    assert config.profiles["work"].prices.per_segment == {"DE": Decimal("0.08"), "FR": Decimal("0.0710")}
    changed(path, _PRICES, ("de = 0.075 ", "de = 0.08 "), ("AT = 0.0812", "FR = 0.0710"))


def test_a_country_is_the_same_however_its_letters_are_written(write_config: WriteConfig) -> None:
    path = write_config(_PRICES + "DE = 0.09\n")
    assert change_profile(path, "work", "prices.de", 1).profiles["work"].prices.per_segment["DE"] == 1
    changed(path, _PRICES + "DE = 0.09\n", ("DE = 0.09", "DE = 1"))
    assert "DE" not in change_profile(path, "work", "prices.DE", None).profiles["work"].prices.per_segment
    changed(path, _PRICES, ("de = 0.075   # Germany\n", ""))


def test_nothing_is_taken_out_of_what_is_no_table(write_config: WriteConfig) -> None:
    path = write_config("[profiles.work]\nprices = 3\n")
    assert change_profile(path, "work", "prices.DE", None).profiles["work"].prices.per_segment == {}
    changed(path, "[profiles.work]\nprices = 3\n")


def test_a_profile_goes_with_its_own_comment_and_without_the_next_tables(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    config = remove_profile(path, "work")
    assert (set(config.profiles), config.active) == ({"default", "sandbox"}, "default")
    assert path.read_text() == '# My settings\n\n# Looks\n[ui]\ntheme = "nord"\n'


def test_a_removed_profile_goes_from_everywhere(write_config: WriteConfig) -> None:
    path = write_config("""\
        # top
        [profiles.a]
        sender = "AAA"

        # about b
        [profiles.b]

        [profiles.a.limits]
        # a comment of its own
        rate = 5 # five

        [ui]
        """)
    remove_profile(path, "a")
    assert path.read_text() == "# top\n\n# about b\n[profiles.b]\n\n[ui]\n"


def test_a_choice(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    assert use_profile(path, "default").active == "default"
    changed(path, FILE, ('profile = "work"  #', 'profile = "default"  #'))


def test_a_choice_where_there_was_none_goes_to_the_top(write_config: WriteConfig) -> None:
    path = write_config("# top\n\n[profiles.a]\n")
    use_profile(path, "a")
    assert path.read_text() == '# top\nprofile = "a"\n\n[profiles.a]\n'


def test_a_comment_that_speaks_of_the_first_table_stays_with_it(write_config: WriteConfig) -> None:
    path = write_config("# about a\n[profiles.a]\n")
    use_profile(path, "a")
    assert path.read_text() == 'profile = "a"\n\n# about a\n[profiles.a]\n'


def test_a_comment_right_above_the_next_table_stays_there(write_config: WriteConfig) -> None:
    path = write_config("[profiles.a]\nsender = 'AAA'\n# looks\n[ui]\n")
    add_profile(path, "b")
    assert path.read_text() == "[profiles.a]\nsender = 'AAA'\n\n[profiles.b]\n\n# looks\n[ui]\n"


def test_a_comment_right_under_a_table_stays_there(write_config: WriteConfig) -> None:
    path = write_config("[profiles.a]\nsender = 'AAA'\n# country = 'DE'\n\n[ui]\n")
    add_profile(path, "b")
    assert path.read_text() == "[profiles.a]\nsender = 'AAA'\n# country = 'DE'\n\n[profiles.b]\n\n[ui]\n"


def test_none_takes_a_value_out(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    assert change_profile(path, "work", "sender", None).profiles["work"].sender is None
    changed(path, FILE, ('sender   = "ACME"   # as agreed\n', ""))
    assert change_profile(path, "work", "limits.rate", None).profiles["work"].limits.rate is None


def test_the_first_change_makes_the_file_and_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    assert change_profile(path, "default", "sender", "ACME").profiles["default"].sender == "ACME"
    text = path.read_text()
    assert text.startswith("# ")
    assert text.endswith('\n\n[profiles.default]\nsender = "ACME"\n')
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_app_itself(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    assert change_ui(path, "theme", "gruvbox").ui.theme == "gruvbox"
    assert change_ui(path, "mask_numbers", "on").ui.mask_numbers is True
    assert change_ui(path, "keymap.message.send", "f5").ui.keymap == {"message.send": "f5"}
    assert change_ui(path, "keymap.message.send", None).ui.keymap == {}
    with pytest.raises(InvalidInput, match="can't be seen"):
        change_ui(path, "theme", "half \udcff")  # as a byte that is no text comes in from a command line
    with pytest.raises(InvalidInput, match="themes is not a setting"):
        change_ui(path, "themes", "x")


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("timeout", "45", "timeout = 45"),
        ("timeout", "1e1", "timeout = 10"),
        ("timeout", 2.5, "timeout = 2.5"),
        ("limits.max_in_flight", " 8 ", "max_in_flight = 8"),
        ("tracking", False, 'tracking = "off"'),
        ("tracking", "ON", 'tracking = "on"'),
        ("tracking", "false", 'tracking = "off"'),
        ("base_url", "Hong Kong", 'base_url = "hong-kong"'),
        ("base_url", "https://example.com/v2/", 'base_url = "https://example.com/v2"'),
        ("format", "XML", 'format = "xml"'),
        ("prices.currency", "eur", 'currency = "EUR"'),
        ("lists.refuse", "premium, Landline", 'refuse = ["landline", "premium-rate"]'),
        ("lists.refuse", "ALL", 'refuse = "all"'),
        ("lists.refuse", "none", "refuse = []"),
        ("lists.all_numbers", "on", "all_numbers = true"),
        ("sender", '"quoted"\\', r'sender = "\"quoted\"\\"'),
    ],
)
def test_text_from_a_form_becomes_what_the_file_needs(
    key: str, value: object, written: str, write_config: WriteConfig
) -> None:
    path = write_config("")
    config = change_profile(path, "default", key, value)
    assert config.problems == ()
    assert written in path.read_text().splitlines()


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("timeout", "fast", 'timeout is "fast", not a number.'),
        ("timeout", "nan", "timeout is NaN, not a finite number."),
        ("timeout", "9" * 5000, "timeout is"),
        ("limits.chunk", "1.5", 'limits.chunk is "1.5", not a whole number.'),
        ("timeuot", "5", "timeuot is not a setting. Did you mean timeout?"),
        ("rate", "5", "rate is not a setting. Did you mean limits.rate?"),
        ("limits", "5", "limits is not a setting."),
        ("limits.rate.x", "5", "limits.rate.x is not a setting."),
        ("prices.Germany", "5", "is not a setting."),
        ("sender", "a\x1bbc", "can't be seen"),
        ("", "5", "is not a setting."),
    ],
)
def test_a_bad_value_changes_nothing(key: str, value: str, says: str, write_config: WriteConfig) -> None:
    path = write_config(FILE)
    with pytest.raises(InvalidInput) as caught:
        change_profile(path, "work", key, value)
    assert says in str(caught.value)
    assert caught.value.field == key
    assert "\x1b" not in str(caught.value)
    assert path.read_text() == FILE


@pytest.mark.parametrize("name", ["", "Work", "a b", "-a", "a" * 33, "ä", "sandbox", "work", "../x", "a.b"])
def test_names_that_a_new_profile_cannot_have(name: str, write_config: WriteConfig) -> None:
    path = write_config(FILE)
    with pytest.raises(InvalidInput) as caught:
        add_profile(path, name)
    assert caught.value.field == "name"
    assert path.read_text() == FILE


def test_profiles_that_are_not_there(write_config: WriteConfig) -> None:
    path = write_config(FILE)
    with pytest.raises(UnknownProfile, match="Did you mean work"):
        change_profile(path, "wrk", "timeout", 5)
    with pytest.raises(UnknownProfile, match="Did you mean work"):
        remove_profile(path, "wrk")
    with pytest.raises(UnknownProfile, match="Did you mean work"):
        use_profile(path, "wrk")
    assert path.read_text() == FILE


@pytest.mark.parametrize("key", ["base_url", "callback", "receiver.port"])
def test_the_sandbox_stays_the_sandbox(key: str, write_config: WriteConfig) -> None:
    path = write_config("")
    with pytest.raises(InvalidInput, match="sandbox"):
        change_profile(path, "sandbox", key, "http://127.0.0.1")
    assert change_profile(path, "sandbox", "sender", "ACME").profiles["sandbox"].sender == "ACME"


@pytest.mark.parametrize("text", ['profile = "work', "[profiles.work]\n[profiles.work]", "\0"])
def test_a_file_with_a_syntax_error_is_never_overwritten(text: str, write_config: WriteConfig) -> None:
    path = write_config(text)
    for name in ("default", "work"):
        with pytest.raises(ConfigNotEditable, match=r"config.toml:\d+:\d+: This is not TOML") as caught:
            change_profile(path, name, "timeout", 5)
        assert "Mend it first" in caught.value.advice
    with pytest.raises(ConfigNotEditable):
        add_profile(path, "new")
    with pytest.raises(ConfigNotEditable):
        use_profile(path, "default")
    assert path.read_text() == text


def test_bytes_that_are_no_text_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"# \xff")
    with pytest.raises(ConfigNotEditable, match="not in UTF-8"):
        change_profile(path, "default", "timeout", 5)
    assert path.read_bytes() == b"# \xff"


@pytest.mark.parametrize("text", ["profiles = 5\n", "[[profiles]]\n", "profiles.default = 5\n"])
def test_what_stands_where_a_table_belongs_is_not_replaced(text: str, write_config: WriteConfig) -> None:
    path = write_config(text)
    with pytest.raises(ConfigNotEditable, match="is not a table there"):
        change_profile(path, "default", "timeout", 5)
    assert path.read_text() == text


def test_problems_elsewhere_do_not_stop_a_change(write_config: WriteConfig) -> None:
    path = write_config("[profiles.work]\ntimeout = nan\nodd = 1\n")
    config = change_profile(path, "work", "timeout", 5)
    assert config.profiles["work"].timeout == 5
    assert path.read_text() == "[profiles.work]\ntimeout = 5\nodd = 1\n"


def test_what_would_come_out_wrong_is_not_written(write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_config(FILE)
    monkeypatch.setattr(toml_edit, "set_value", lambda text, path, literal: text + "\n")
    with pytest.raises(ConfigNotEditable, match="can't change safely"):
        change_profile(path, "work", "timeout", 5)
    assert path.read_text() == FILE


class TestOtherWaysToWriteIt:
    """Dotted keys, inline tables and tables out of order say the same, and are changed as they are."""

    def test_inline(self, write_config: WriteConfig) -> None:
        path = write_config("profiles = { work = { sender = 'ACME', limits = { rate = 5 } }, b = {} } # all\n")
        change_profile(path, "work", "limits.rate", 7)
        change_profile(path, "work", "country", "DE")
        change_profile(path, "b", "limits.chunk", 1)
        change_profile(path, "work", "sender", None)
        add_profile(path, "c", {"timeout": 3})
        assert path.read_text() == (
            'profiles = { work = { limits = { rate = 7 }, country = "DE" }, '
            "b = { limits.chunk = 1 }, c = { timeout = 3 } } # all\n"
        )
        remove_profile(path, "b")
        remove_profile(path, "c")
        assert path.read_text() == 'profiles = { work = { limits = { rate = 7 }, country = "DE" } } # all\n'

    def test_dotted(self, write_config: WriteConfig) -> None:
        path = write_config("  profiles.work.sender = 'ACME'\ntheme = 1 # odd\n[ui]\n")
        change_profile(path, "work", "country", "DE")
        change_profile(path, "work", "limits.rate", 5)
        assert path.read_text() == dedent("""\
              profiles.work.sender = 'ACME'
              profiles.work.country = "DE"
            theme = 1 # odd

            [profiles.work.limits]
            rate = 5

            [ui]
            """)
        assert set(remove_profile(path, "work").profiles) == {"default", "sandbox"}
        assert path.read_text() == "theme = 1 # odd\n\n[ui]\n"

    def test_windows_line_ends_stay(self, tmp_path: Path) -> None:
        path = tmp_path / "config.toml"
        path.write_bytes(FILE.replace("\n", "\r\n").encode())
        add_profile(path, "b", {"sender": "BBB"})
        change_profile(path, "work", "sender", "CCC")
        use_profile(path, "b")
        remove_profile(path, "work")
        content = path.read_bytes()
        assert content.count(b"\r\n") == content.count(b"\n")
        assert b"# Looks\r\n[ui]\r\n" in content

    def test_no_line_end_at_the_end(self, tmp_path: Path) -> None:
        path = tmp_path / "config.toml"
        path.write_text("[profiles.a]\nsender = 'AAA'")
        change_profile(path, "a", "country", "DE")
        assert path.read_text() == "[profiles.a]\nsender = 'AAA'\ncountry = \"DE\"\n"


_PIECES = {
    "work": ["[profiles.work]", "sender = 'ACME' # sender", "timeout = 5"],
    "limits": ["[profiles.work.limits] # limits", "rate = 1.5", "chunk = 3 # chunk"],
    "prices": ["[profiles.work.prices]", "DE = 0.1", "# under DE"],
    "b": ["[profiles.b]", "limits = { rate = 2, chunk = 9 }", "prices.DE = 3", "tracking = 'on'"],
    "ui": ["# looks", "[ui]", "theme = 'x'", "keymap.a = 'f1'"],
    "odd": ["[[odd.list]]", "# [profiles.zzz]", 'text = """', "[profiles.work]", '"""'],
}
_CHANGES = [
    ("timeout", 9), ("country", "DE"), ("limits.rate", 4), ("limits.max_in_flight", 2), ("prices.DE", 1),
    ("prices.AT", 1), ("receiver.port", 99), ("tracking", False), ("sender", None), ("limits.chunk", None),
]  # fmt: skip


@st.composite
def _files(draw: st.DrawFn) -> str:
    lines = draw(st.sampled_from([[], ["# top"], ["# top", ""], ["profile = 'work' # choice"], ["", "x = 1", "# y"]]))
    for name in draw(st.lists(st.sampled_from(list(_PIECES)), unique=True)):
        lines = [*lines, *draw(st.sampled_from([[], [""], ["", "# above"], ["# right above"]])), *_PIECES[name]]
    return "\n".join([*lines, ""])


@settings(max_examples=60, deadline=None)  # a disk may take its time
@given(
    text=_files(),
    name=st.sampled_from(["work", "b", "new"]),
    changes=st.lists(st.sampled_from(_CHANGES), max_size=4, unique_by=lambda change: change[0]),
)
def test_any_change_to_any_file_says_just_that_and_keeps_every_comment(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: str, changes: list[tuple[str, Any]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "edited.toml"
    path.write_text(text)
    before = load_config(path)
    if name not in before.profiles:
        add_profile(path, name)
    for key, value in changes:
        change_profile(path, name, key, value)
    after = load_config(path)
    if not any(problem.key == ("profile",) for problem in before.problems):
        assert after.active == before.active
    for other in before.profiles.keys() - {name}:
        assert after.profiles[other] == before.profiles[other]
    for key, value in changes:
        found: Any = after.profiles[name]
        *tables, last = key.split(".")
        for table in tables:
            found = getattr(found, table)
        got = found.per_segment.get(last) if tables == ["prices"] else getattr(found, last)
        assert got == value or value is None
    assert after.ui == before.ui
    kept = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    now = iter(path.read_text().splitlines())
    assert all(line in now for line in kept)  # all of them, and in their order
    new = tomllib.loads(path.read_text())
    assert new.get("odd") == tomllib.loads(text).get("odd")


@settings(max_examples=60, deadline=None)  # a disk may take its time
@given(text=_files(), name=st.sampled_from(["work", "b"]))
def test_any_removal_leaves_the_rest(tmp_path_factory: pytest.TempPathFactory, text: str, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / "removed.toml"
    path.write_text(text)
    before = tomllib.loads(text)
    if name not in before.get("profiles", {}):
        return
    remove_profile(path, name)
    after = tomllib.loads(path.read_text())
    del before["profiles"][name]
    if before["profiles"] == {}:
        del before["profiles"]
    if before.get("profile") == name:
        del before["profile"]
    assert after == before
    if "# looks\n[ui]" in text:
        assert "# looks\n[ui]" in path.read_text()


class TestTheFileItself:
    @pytest.mark.skipif(os.name != "posix", reason="symbolic links and modes")
    def test_a_symbolic_link_stays_one(self, tmp_path: Path) -> None:
        real = tmp_path / "dotfiles" / "mitto.toml"
        real.parent.mkdir()
        real.write_text(FILE)
        real.chmod(0o644)
        link = tmp_path / "config" / "config.toml"
        link.parent.mkdir()
        link.symlink_to(Path("..") / "dotfiles" / "mitto.toml")
        change_profile(link, "work", "timeout", 5)
        assert link.is_symlink()
        assert "timeout = 5" in real.read_text()
        assert stat.S_IMODE(real.stat().st_mode) == 0o600
        assert sorted(p.name for p in real.parent.iterdir()) == ["mitto.toml"]

    @pytest.mark.skipif(os.name != "posix", reason="symbolic links")
    def test_a_circle_of_links_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "a").symlink_to(tmp_path / "b")
        (tmp_path / "b").symlink_to(tmp_path / "a")
        with pytest.raises((PathProblem, ConfigNotEditable)):
            change_profile(tmp_path / "a", "default", "timeout", 5)
        with pytest.raises(PathProblem, match="leads nowhere"):
            replace_file(tmp_path / "a", b"")

    def test_a_failed_write_leaves_the_old_file_and_nothing_else(
        self, write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write_config(FILE)

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(PathProblem, match=r"No space left on device\. Make room"):
            change_profile(path, "work", "timeout", 5)
        assert path.read_text() == FILE
        assert not [p for p in path.parent.iterdir() if p.suffix == ".tmp"]

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can write another user's file so")
    def test_a_file_that_root_changes_stays_its_owners(self, write_config: WriteConfig) -> None:
        path = write_config(FILE)
        os.chown(path, 65534, 65534)
        change_profile(path, "work", "timeout", 5)
        assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)
        assert load_config(path).profiles["work"].timeout == 5

    def test_a_lock_that_cannot_be_made(self, write_config: WriteConfig) -> None:
        path = write_config(FILE)
        path.with_name(".config.toml.lock").mkdir()
        with pytest.raises(PathProblem, match=r"\.config\.toml\.lock is a directory where a file belongs"):
            change_profile(path, "work", "timeout", 5)

    def test_a_lock_that_is_never_given_up_is_an_error(self, write_config: WriteConfig) -> None:
        path = write_config(FILE)
        with filelock.FileLock(path.with_name(".config.toml.lock")):
            with pytest.raises(FileBusy, match="Another process"), locked(path, patience=0.05):
                pytest.fail("got in")
            assert load_config(path).active == "work"  # reading needs no lock

    def test_writers_in_many_processes_lose_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "config.toml"
        code = (
            "import sys; from pathlib import Path; from mitto_tui.settings.config_edit import add_profile\n"
            "for n in range(8): add_profile(Path(sys.argv[1]), f'p{sys.argv[2]}-{n}', {'timeout': n + 1})"
        )
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        writers = [subprocess.Popen([sys.executable, "-c", code, str(path), str(w)], env=environ) for w in range(3)]
        assert [writer.wait(60) for writer in writers] == [0, 0, 0]
        config = load_config(path)
        assert config.problems == ()
        assert set(config.profiles) == {"default", "sandbox"} | {f"p{w}-{n}" for w in range(3) for n in range(8)}

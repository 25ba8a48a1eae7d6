from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.settings import presets
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.urls import DEFAULT_BASE_URL, check_base_url, is_loopback


@pytest.mark.parametrize("preset", presets.PRESETS, ids=lambda preset: preset.name)
def test_what_profiles_can_name_is_a_good_base_url(preset: presets.Preset) -> None:
    assert check_base_url(preset.base_url) == preset.base_url
    assert preset.base_url.startswith("https://")


def test_the_default_is_the_first_that_profiles_can_name() -> None:
    assert presets.PRESETS[0].base_url == DEFAULT_BASE_URL == "https://rest.mittoapi.com"


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://rest.mittoapi.com", "https://rest.mittoapi.com"),
        ("https://rest.mittoapi.com/", "https://rest.mittoapi.com"),
        ("  HTTPS://Rest.MittoAPI.com///  ", "https://rest.mittoapi.com"),
        ("https://rest.mittoapi.com/v2", "https://rest.mittoapi.com/v2"),
        ("https://rest.mittoapi.com/V2/base/", "https://rest.mittoapi.com/V2/base"),
        ("https://rest.mittoapi.com:8443/v2/", "https://rest.mittoapi.com:8443/v2"),
        ("https://rest.mittoapi.com/büro/a%20b", "https://rest.mittoapi.com/b%C3%BCro/a%20b"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("http://[::1]:8080/v2/", "http://[::1]:8080/v2"),
        ("http://LOCALHOST:8080", "http://localhost:8080"),
    ],
)
def test_good_addresses_are_kept(given_url: str, kept: str) -> None:
    assert check_base_url(given_url) == kept
    assert check_base_url(kept) == kept


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("rest.mittoapi.com", "https://"),
        ("//rest.mittoapi.com", "https://"),
        ("ftp://rest.mittoapi.com", "https://"),
        ("file:///etc/passwd", "https://"),
        ("https://", "no host"),
        ("https:///v2", "no host"),
        ("https://:443", "no host"),
        ("http://rest.mittoapi.com", "plain http"),
        ("http://192.168.1.4", "plain http"),
        ("http://0.0.0.0", "plain http"),
        ("http://127.0.0.1.example.com", "plain http"),
        ("http://localhost.example.com", "plain http"),
        ("http://[::ffff:127.0.0.1]", "plain http"),
        ("http://128.0.0.1", "plain http"),
        ("http://127.1", "neither a host name nor"),
        ("http://2130706433", "neither a host name nor"),
        ("https://rest.mittoapi.com:0", "port 0"),
        ("https://rest.mittoapi.com:99999", "not a URL"),
        ("https://rest.mittoapi.com:port", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://[fe80::1%25eth0]", "neither a host name nor"),
        ("https://-bad-.example", "neither a host name nor"),
        ("https://a..b.example", "neither a host name nor"),
        ("https://" + "a" * 64 + ".example", "neither a host name nor"),
        ("https://rest.mittoapi.com?format=json", "query"),
        ("https://rest.mittoapi.com?", "query"),
        ("https://rest.mittoapi.com/#top", "fragment"),
        ("https://rest.mittoapi.com/#", "fragment"),
        ("https://rest mittoapi.com", "blank"),
        ("https://rest.mittoapi.com/\r\nX-Evil: 1", "blank"),
        ("https://rest.\tmittoapi.com", "blank"),
        ("https://rest.mittoapi.com/\ud800", "blank"),
        ("http://127.0.0.1\\@evil.example", "blank"),
        ("https://rest.mittoapi.com/sms", "one call"),
        ("https://rest.mittoapi.com/v2/smsbulk.json/", "one call"),
    ],
)
def test_bad_addresses_are_refused_in_words(url: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_base_url(url)
    assert says in str(caught.value)
    assert caught.value.field == "base_url"


@pytest.mark.parametrize(
    "url",
    ["https://user:hunter2@rest.mittoapi.com", "http://localhost@evil.example/hunter2", "https://:hunter2@x.example"],
)
def test_credentials_are_refused_and_never_repeated(url: str) -> None:
    with pytest.raises(InvalidInput, match="password") as caught:
        check_base_url(url)
    assert "hunter2" not in str(caught.value)


@given(
    st.text(max_size=40).map("http://".__add__) | st.text(max_size=40) | st.text(max_size=40).map("https://".__add__)
)
def test_whatever_is_typed_plain_http_stays_on_this_machine(url: str) -> None:
    try:
        checked = check_base_url(url)
    except InvalidInput:
        return
    assert checked.isascii()
    assert checked == check_base_url(checked)
    if not checked.startswith("https://"):
        host = checked.removeprefix("http://").split("/")[0]
        bare = host.rpartition("]")[0].lstrip("[") or host.split(":")[0]
        assert is_loopback(bare)


def test_hosts_and_codes_load_nothing_heavy() -> None:
    code = (
        "import sys, mitto_tui.sms.urls, mitto_tui.mitto.codes;"
        "print([name for name in ('httpx', 'aiohttp', 'msgspec', 'yarl', 'asyncio') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"

"""The way out over TLS and through a proxy, with real handshakes on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from pathlib import Path
from types import SimpleNamespace

import pytest
from yarl import URL

from mitto_tui.mitto.client import MittoClient
from mitto_tui.mitto.environment import UnusableProxy, proxy_for, tls_context
from mitto_tui.sms.submission import OutcomeKind
from tests.mitto.bodies import CONTENT, ID, KEY, NUMBER, SINGLE
from tests.servers import raw
from tests.servers.raw import Behaviour, Peer, RawServer, answer

pytest.importorskip("cryptography", reason="makes its certificates with the cryptography package")

from tests.servers.certificate import certificate

ACCEPTED, NEVER_LEFT, IN_DOUBT = OutcomeKind.ACCEPTED, OutcomeKind.NEVER_LEFT, OutcomeKind.IN_DOUBT
YES = answer(json.dumps(SINGLE).encode())
HOST = "mitto.example"


async def test_a_trusted_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, tls = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with RawServer(YES, raw.close_after_reading, YES, tls=tls) as server:
        async with MittoClient(server.url, KEY) as client:
            outcomes = [await client.submit(NUMBER, CONTENT) for _ in range(3)]
        assert [(outcome.kind, outcome.mitto_id) for outcome in outcomes] == [
            (ACCEPTED, ID),
            (IN_DOUBT, None),
            (ACCEPTED, ID),
        ]
        assert (server.connections, len(server.requests)) == (2, 3)


@pytest.mark.parametrize("case", ["unknown", "another name", "expired"])
async def test_a_certificate_that_is_not_to_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    name = HOST if case == "another name" else "127.0.0.1"
    own, tls = certificate(tmp_path, name, days=-1 if case == "expired" else 1)
    if case != "unknown":
        monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with RawServer(YES, tls=tls) as server:
        async with MittoClient(server.url, KEY) as client:
            outcome = await client.submit(NUMBER, CONTENT)
        assert (outcome.kind, outcome.reason) == (NEVER_LEFT, "certificate")
        assert server.requests == []


async def test_old_tls_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, tls = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLS"):
        tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with RawServer(YES, tls=tls) as server:
        async with MittoClient(server.url, KEY) as client:
            outcome = await client.submit(NUMBER, CONTENT)
        assert (outcome.kind, outcome.reason) == (NEVER_LEFT, "tls")


def test_a_system_without_authorities_falls_back_to_httpxs(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ssl.create_default_context

    def empty_unless_told(**where: str) -> ssl.SSLContext:
        return real(**where) if where else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # type: ignore[arg-type]  # cafile

    nowhere = SimpleNamespace(cafile=None, capath=None)
    monkeypatch.setattr(ssl, "create_default_context", empty_unless_told)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    context = tls_context()
    assert context.cert_store_stats()["x509_ca"] > 50
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


async def test_without_readable_certificates_nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "create_default_context", _unreadable)
    with RawServer(YES) as server:
        async with MittoClient(server.url.replace("http:", "https:"), KEY) as client:
            outcome = await client.submit(NUMBER, CONTENT)
        assert (outcome.kind, outcome.reason) == (NEVER_LEFT, "tls")
        assert server.connections == 0


def _unreadable() -> ssl.SSLContext:
    raise FileNotFoundError("no certificates")


async def submit_through(url: str, monkeypatch: pytest.MonkeyPatch, **limits: float) -> tuple[OutcomeKind, str]:
    monkeypatch.setenv("HTTPS_PROXY", url.replace("http://", "http://user:pass%21word@"))
    async with MittoClient(f"https://{HOST}:8443", KEY, **limits) as client:  # type: ignore[arg-type]  # limits only
        outcome = await client.submit(NUMBER, CONTENT)
    assert "pass" not in repr(outcome)
    return outcome.kind, outcome.reason


def tunnel(tls: ssl.SSLContext, *then: Behaviour) -> Behaviour:
    def behave(peer: Peer) -> None:
        peer.read()
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        peer.secure(tls)
        for behaviour in then:
            behaviour(peer)

    return behave


async def test_through_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, tls = certificate(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with RawServer(tunnel(tls, YES)) as proxy:
        assert await submit_through(proxy.url, monkeypatch) == (ACCEPTED, "accepted")
        connect, post = proxy.requests
    assert (connect.method, connect.path) == ("CONNECT", f"{HOST}:8443")
    login = base64.b64encode(b"user:pass!word").decode()
    assert connect.headers["proxy-authorization"] == f"Basic {login}"
    assert KEY not in str(connect)
    assert (post.method, post.path, post.headers["x-mitto-api-key"]) == ("POST", "/sms", KEY)
    assert "proxy-authorization" not in post.headers


async def test_what_breaks_after_the_tunnel_stood_is_in_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, tls = certificate(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with RawServer(tunnel(tls, raw.close_after_reading)) as proxy:
        assert await submit_through(proxy.url, monkeypatch) == (IN_DOUBT, "disconnected")
        assert [request.method for request in proxy.requests] == ["CONNECT", "POST"]


def leads_nowhere(peer: Peer) -> None:
    peer.read()
    peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
    peer.speaks()
    peer.send(b"no TLS at all, I am afraid")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (answer(b"Who are you?", 407), "proxy"),
        (answer(b"No", 403), "proxy"),
        (answer(b"No", 502), "proxy"),
        (answer(b"", 302, headers=("Location: https://portal.example/",)), "proxy"),
        (raw.close_before_reading, "proxy"),
        (raw.close_after_reading, "proxy"),
        (raw.reset_after_reading, "proxy"),
        (raw.garbage, "proxy"),
        (leads_nowhere, "tls"),
    ],
)
async def test_what_breaks_before_the_tunnel_stood_never_left(
    behaviour: Behaviour, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(behaviour) as proxy:
        assert await submit_through(proxy.url, monkeypatch) == (NEVER_LEFT, reason)
        assert {request.method for request in proxy.requests} <= {"CONNECT"}
        assert KEY not in str(proxy.requests)


async def test_a_proxy_that_hangs_and_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(raw.hang_after_reading) as proxy:
        found = await asyncio.gather(
            submit_through(proxy.url, monkeypatch, connect_timeout=0.3),
            submit_through(proxy.url, monkeypatch, timeout=0.3),
        )
        assert list(found) == [(NEVER_LEFT, "connect_timeout")] * 2
    with raw.refusing() as url:
        assert await submit_through(url, monkeypatch) == (NEVER_LEFT, "proxy")


async def test_plain_http_on_this_machine_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(YES) as server, RawServer(YES) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        async with MittoClient(server.url, KEY) as client:
            assert (await client.submit(NUMBER, CONTENT)).kind is ACCEPTED
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("url", "environ", "proxy"),
    [
        ("https://a.example", {}, None),
        ("https://a.example", {"https_proxy": "http://p.example:3128"}, "http://p.example:3128"),
        ("https://a.example", {"HTTPS_PROXY": "p.example:3128"}, "http://p.example:3128"),
        ("https://a.example", {"ALL_PROXY": "https://p.example"}, "https://p.example"),
        ("https://a.example", {"HTTP_PROXY": "http://p.example:3128"}, None),
        ("https://a.example", {"HTTPS_PROXY": "http://p.example", "NO_PROXY": ".example"}, None),
        ("https://a.example", {"HTTPS_PROXY": "http://p.example", "NO_PROXY": "*"}, None),
        ("https://a.example", {"HTTPS_PROXY": "http://p.example", "NO_PROXY": "b.example"}, "http://p.example"),
        ("https://a.example", {"HTTPS_PROXY": ""}, None),
        ("https://localhost:8443", {"HTTPS_PROXY": "http://p.example"}, None),
        ("https://127.0.0.2", {"HTTPS_PROXY": "http://p.example"}, None),
        ("https://[::1]", {"HTTPS_PROXY": "http://p.example"}, None),
        ("http://127.0.0.1", {"ALL_PROXY": "http://p.example"}, None),
    ],
)
def test_which_proxy(url: str, environ: dict[str, str], proxy: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(URL(url)) == (URL(proxy) if proxy else None)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://", "http://[::1", "ftp://x"])
async def test_a_proxy_that_can_not_be_used_is_not_gone_around(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(UnusableProxy):
        proxy_for(URL("https://a.example"))
    async with MittoClient("https://a.example", KEY) as client:
        outcome = await client.submit(NUMBER, CONTENT)
    assert (outcome.kind, outcome.reason) == (NEVER_LEFT, "proxy")

"""What this machine says about the way out: certificate authorities and the proxy."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import httpx
from yarl import URL

from mitto_tui.sms.urls import is_loopback


class UnusableProxy(Exception):
    """The environment names a proxy that can't be used. Says nothing more: a proxy's URL may hold a password."""


def tls_context() -> ssl.SSLContext:
    """Verifies against the system's certificate authorities, or httpx's own collection where the system has none.

    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are OpenSSL's own and hold here too. Raises OSError where they name a file
    that can't be read.
    """
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not _has_certificate_folder():
        context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _has_certificate_folder() -> bool:
    # OpenSSL reads such a folder certificate by certificate when one is needed, so the store looks empty until then.
    folder = ssl.get_default_verify_paths().capath
    return folder is not None and any(Path(folder).iterdir())


def proxy_for(url: URL) -> URL | None:
    """The proxy that the environment (``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY``, system settings) names for ``url``.

    Only https goes through a proxy, by CONNECT, so that the proxy sees no request. Raises UnusableProxy where the
    proxy is of a kind we can't speak to: going around it would be against the machine's owner's wish.
    """
    host = url.host or ""
    if url.scheme != "https" or is_loopback(host):
        return None
    proxies = getproxies()
    named = proxies.get("https") or proxies.get("all")
    if not named or proxy_bypass(host):
        return None
    try:
        proxy = URL(named if "://" in named else f"http://{named}")
    except ValueError:
        raise UnusableProxy from None
    if proxy.scheme not in ("http", "https") or not proxy.host:
        raise UnusableProxy
    return proxy

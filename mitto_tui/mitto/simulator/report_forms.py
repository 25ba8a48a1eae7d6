"""One delivery report, or several, as an HTTP request in the form that a scenario asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from mitto_tui.mitto.simulator.countries import country_of
from mitto_tui.mitto.simulator.scenario import (
    ERROR_CODES,
    NO_ERROR,
    VARIABLES,
    ReportForm,
    ReportSettings,
    ReportWord,
)
from mitto_tui.sms.urls import is_loopback

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"


class Report(NamedTuple):
    """What a report says. ``at`` is the time of the event in Unix seconds."""

    msgid: str
    word: ReportWord
    receiver: str
    reference: str
    at: float


class ReportRequest(NamedTuple):
    """The HTTP request that carries reports."""

    method: str
    url: str
    body: bytes
    content_type: str


class ReportTemplate:
    """Fills the template that a customer agrees with Mitto: which variables, under which names, in which words."""

    def __init__(self, settings: ReportSettings) -> None:
        self._form = settings.form
        self._names = [(variable, settings.names.get(variable, variable)) for variable in VARIABLES]
        self._words = {word: settings.words.get(word, word.value) for word in ReportWord}
        self._errors = dict.fromkeys(ReportWord, NO_ERROR) | {**ERROR_CODES, **settings.error_codes}

    @property
    def most(self) -> int:
        """How many reports fit into one request."""
        return 100 if self._form is ReportForm.POST_JSON_ARRAY else 1

    def request(self, url: str, reports: Sequence[Report]) -> ReportRequest:
        """The request to ``url`` for ``reports``: one, or up to ``most``."""
        filled = [self._fill(report) for report in reports]
        if self._form is ReportForm.POST_JSON_ARRAY:
            return ReportRequest("POST", url, json.dumps(filled).encode("ascii"), _JSON)
        (only,) = filled
        if self._form is ReportForm.POST_JSON:
            return ReportRequest("POST", url, json.dumps(only).encode("ascii"), _JSON)
        encoded = urlencode(only, errors="replace")
        if self._form is ReportForm.POST_FORM:
            return ReportRequest("POST", url, encoded.encode("ascii"), _FORM)
        address, _, _ = url.partition("#")
        return ReportRequest("GET", f"{address}{'&' if '?' in address else '?'}{encoded}", b"", "")

    def _fill(self, report: Report) -> Mapping[str, str]:
        country = country_of(report.receiver)
        values = {
            "msgid": report.msgid,
            "mcc": country.mcc,
            "mnc": country.mnc,
            "status": self._words[report.word],
            "receiver": report.receiver,
            "errorcode": self._errors[report.word],
            "reference": report.reference,
            "sendtime": f"{datetime.fromtimestamp(int(report.at), UTC):%Y-%m-%dT%H:%M:%SZ}",
            "sendtimestamp": str(int(report.at)),
        }
        return {name: values[variable] for variable, name in self._names if name}


def is_report_url(url: str) -> bool:
    """True for an absolute http or https URL with a host, in visible ASCII: what may stand in a request as it is."""
    if not (url.isascii() and url.isprintable()) or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def stays_here(url: str) -> bool:
    """True where ``url`` names this machine by a loopback address, or ``localhost``."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False

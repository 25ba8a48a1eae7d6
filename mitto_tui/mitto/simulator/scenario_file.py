"""Scenarios from TOML. Every key is described in docs/simulator.md."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mitto_tui.mitto.simulator.report_forms import is_report_url
from mitto_tui.mitto.simulator.scenario import (
    SUBMISSIONS,
    VARIABLES,
    AnswerProfile,
    Endpoint,
    Fault,
    FaultKind,
    MagicNumbers,
    RateLimit,
    ReportForm,
    ReportSettings,
    ReportWord,
    Rule,
    Scenario,
)
from mitto_tui.mitto.simulator.toml_table import ScenarioError, Table, TomlFile

__all__ = ["ScenarioError", "load_scenario"]

_DIGITS: Final = "digits without a plus"
_MAX_CODE: Final = 999_999


def load_scenario(path: Path) -> Scenario:
    """The scenario in the TOML file at ``path``. Raises ScenarioError, which names file, line and key."""
    root = TomlFile(path).root()
    standard = Scenario()
    status = root.integer("refusal_status", standard.refusal_status, 200, 400)
    if status not in (200, 400):
        root.fail("refusal_status", "200 or 400")
    scenario = Scenario(
        api_key=root.text("api_key", "a string that is not empty", str.strip),
        profile=root.choice("profile", AnswerProfile, standard.profile) or standard.profile,
        refusal_status=status,
        latency=root.delay("latency", standard.latency),
        conversion=root.flag("conversion", standard.conversion),
        magic=_magic(root.table("magic")),
        rate_limit=_rate_limit(root.table("rate_limit")),
        reports=_reports(root.table("reports")),
        faults=tuple(_rule(table) for table in root.tables("fault")),
    )
    root.end()
    return scenario


def _magic(table: Table | None) -> MagicNumbers:
    standard = MagicNumbers()
    if table is None:
        return standard
    prefix = table.text(
        "prefix", "5 to 13 digits without a plus", lambda text: _is_digits(text) and 5 <= len(text) <= 13
    )
    enabled = table.flag("enabled", True)
    magic = MagicNumbers(
        prefix=(prefix or standard.prefix) if enabled else "",
        slow=table.seconds("slow", standard.slow),
    )
    table.end()
    return magic


def _rate_limit(table: Table | None) -> RateLimit | None:
    if table is None:
        return None
    per_second = table.number("per_second", None, 0.001, 1_000_000)
    if per_second is None:
        table.fail("per_second", "given: a number from 0.001 to 1e+06")
    limit = RateLimit(
        per_second,
        burst=table.integer("burst", None, 1, 1_000_000),
        retry_after=table.flag("retry_after", False),
    )
    table.end()
    return limit


def _reports(table: Table | None) -> ReportSettings:
    standard = ReportSettings()
    if table is None:
        return standard
    weights = [
        table.number(name, default, 0, 1_000_000) or 0.0
        for name, default in (
            ("delivered", standard.delivered),
            ("undelivered", standard.undelivered),
            ("expired", standard.expired),
        )
    ]
    if not sum(weights):
        table.fail("delivered", "more than 0 where undelivered and expired are 0 too")
    settings = ReportSettings(
        form=table.choice("form", ReportForm, standard.form) or standard.form,
        url=table.text("url", "a URL that begins with http:// or https://", is_report_url),
        any_callback=table.flag("any_callback", standard.any_callback),
        buffered_after=table.delay("buffered_after", standard.buffered_after),
        sent_after=table.delay("sent_after", standard.sent_after),
        final_after=table.delay("final_after", standard.final_after),
        delivered=weights[0],
        undelivered=weights[1],
        expired=weights[2],
        buffered=table.share("buffered"),
        duplicate=table.share("duplicate"),
        reordered=table.share("reordered"),
        early=table.share("early"),
        orphan=table.share("orphan"),
        no_final=table.share("no_final"),
        missing=table.share("missing"),
        attempts=table.integer("attempts", standard.attempts, 1, 10) or standard.attempts,
        retry_after=table.seconds("retry_after", standard.retry_after),
        timeout=table.number("timeout", standard.timeout, 0.01, 60) or standard.timeout,
        error_codes={ReportWord(word): text for word, text in _texts(table, "error_codes", tuple(ReportWord)).items()},
        names=_texts(table, "names", VARIABLES, empty=True),
        words={ReportWord(word): text for word, text in _texts(table, "words", tuple(ReportWord)).items()},
    )
    table.end()
    return settings


def _texts(parent: Table, key: str, names: tuple[str, ...], *, empty: bool = False) -> dict[str, str]:
    table = parent.table(key)
    if table is None:
        return {}
    allowed = "a string" if empty else "a string that is not empty"
    found = {name: table.text(name, allowed, lambda text: empty or text) for name in names}
    table.end()
    return {name: text for name, text in found.items() if text is not None}


def _rule(table: Table) -> Rule:
    rule = Rule(
        _fault(table),
        to=table.text("to", _DIGITS, _is_digits),
        to_prefix=table.text("to_prefix", _DIGITS, _is_digits),
        to_suffix=table.text("to_suffix", _DIGITS, _is_digits),
        requests=table.integers("requests"),
        probability=table.number("probability", None, 0, 1),
        times=table.integer("times", None, 1, 1_000_000_000),
        per_number=table.integer("per_number", None, 1, 1_000_000_000),
        endpoints=table.choices("endpoints", Endpoint, SUBMISSIONS),
    )
    table.end()
    if not (rule.by_recipient or rule.requests or rule.probability is not None or rule.times is not None):
        table.fail(
            "kind", "joined by a condition: to, to_prefix, to_suffix, requests, probability, times or per_number"
        )
    if rule.by_recipient and not rule.endpoints <= SUBMISSIONS:
        table.fail("endpoints", "sms and smsbulk only where recipients decide")
    return rule


def _fault(table: Table) -> Fault:
    kind = table.choice("kind", FaultKind, None)
    if kind is None:
        table.fail("kind", f"given: one of {', '.join(FaultKind)}")
    match kind:
        case FaultKind.SLOW:
            seconds = table.number("seconds", None, 0, 3600)
            if seconds is None:
                table.fail("seconds", "given: a number from 0 to 3600")
            return Fault(kind, seconds=seconds)
        case FaultKind.HTTP_429:
            return Fault(kind, retry_after=table.integer("retry_after", None, 0, 86_400))
        case FaultKind.RESPONSE_CODE:
            code = table.integer("code", None, 1, _MAX_CODE)
            if code is None:
                table.fail("code", f"given: an integer from 1 to {_MAX_CODE}")
            return Fault(kind, code=code)
        case FaultKind.PARTIAL_BULK:
            return Fault(kind, drop=table.integer("drop", 1, 1, 1_000_000) or 1)
        case FaultKind.HTTP_500:
            return Fault(kind, accepted=table.flag("accepted", False))
        case FaultKind.HTML_BODY:
            status = table.integer("status", 200, 200, 599) or 200
            if 200 < status < 400:
                table.fail("status", "200, or from 400 to 599")
            return Fault(kind, status=status, accepted=table.flag("accepted", False))
        case _:
            return Fault(kind)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()

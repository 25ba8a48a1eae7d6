"""Scenario files: the documented example, the defaults, and errors that say where and what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mitto_tui.mitto.simulator import (
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
    ScenarioError,
    load_scenario,
)
from mitto_tui.sms.errors import MittoTuiError
from tests.mitto.simulator.rehearsal import rehearse

DOCUMENT = Path(__file__).parents[3] / "docs" / "simulator.md"


def write(folder: Path, text: str) -> Path:
    path = folder / "rehearsal.toml"
    path.write_text(text, "utf-8")
    return path


async def test_the_documented_example_is_what_it_says(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    scenario = load_scenario(write(tmp_path, example))
    assert scenario == Scenario(
        api_key="an-invented-key",
        profile=AnswerProfile.LIVE,
        refusal_status=200,
        latency=(0.02, 0.15),
        conversion=True,
        magic=MagicNumbers(prefix="4917139200", slow=60),
        rate_limit=RateLimit(50, burst=50, retry_after=True),
        reports=ReportSettings(
            form=ReportForm.POST_JSON,
            url="http://127.0.0.1:8026/dlr",
            any_callback=False,
            buffered_after=0.5,
            sent_after=(0.2, 0.6),
            final_after=(0.5, 3),
            delivered=92,
            undelivered=5,
            expired=3,
            buffered=0.1,
            duplicate=0.02,
            reordered=0.02,
            early=0.01,
            orphan=0.01,
            no_final=0.01,
            missing=0.01,
            attempts=3,
            retry_after=0.5,
            timeout=5,
            error_codes={ReportWord.UNDELIVERED: "1", ReportWord.EXPIRED: "27"},
            names={"msgid": "messageId", "mcc": "", "mnc": ""},
            words={ReportWord.UNDELIVERED: "FAILED"},
        ),
        faults=(
            Rule(Fault(FaultKind.HTTP_429, retry_after=2), requests=frozenset({3, 4})),
            Rule(Fault(FaultKind.CUT_AFTER_ACCEPTANCE), to="491721234567", times=1),
            Rule(Fault(FaultKind.HTTP_500, accepted=True), to_prefix="43", per_number=1),
            Rule(Fault(FaultKind.SLOW, seconds=40), to_suffix="999", probability=0.5),
            Rule(Fault(FaultKind.HTML_BODY, status=502), probability=0.001, endpoints=frozenset(Endpoint)),
        ),
    )
    async with rehearse(scenario) as rehearsal:
        rehearsal.headers["X-Mitto-API-Key"] = "an-invented-key"
        assert [(await rehearsal.send("4915112345678")).status for _ in range(5)] == [200, 200, 429, 429, 200]


def test_every_setting_and_every_fault_is_documented() -> None:
    text = DOCUMENT.read_text("utf-8")
    for settings in (RateLimit, ReportSettings, Rule, Fault):
        for name in settings.__dataclass_fields__:
            assert name == "fault" or re.search(rf"^{name} = |`{name}`|^\[reports\.{name}\]", text, re.MULTILINE), name
    for kind in FaultKind:
        assert f"`{kind}`" in text
    for form in ReportForm:
        assert f'"{form}"' in text


def test_an_empty_file_is_the_standard_scenario(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, "")) == Scenario()
    assert load_scenario(write(tmp_path, "[magic]\n[reports]\n")) == Scenario()


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes('\ufeffapi_key = "x"\r\n[magic]\r\nenabled = false\r\n'.encode())
    assert load_scenario(path) == Scenario(api_key="x", magic=MagicNumbers(prefix=""))


def test_every_fault_can_be_written(tmp_path: Path) -> None:
    own = {FaultKind.SLOW: "seconds = 1", FaultKind.RESPONSE_CODE: "code = 8"}
    text = "".join(f'[[fault]]\nkind = "{kind}"\n{own.get(kind, "")}\nprobability = 1\n' for kind in FaultKind)
    assert [rule.fault.kind for rule in load_scenario(write(tmp_path, text)).faults] == list(FaultKind)


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        ("latency = -1", 1, "latency", "seconds from 0 to 86400, or a pair"),
        ("latency = [2, 1]", 1, "latency", "[0.1, 0.5]"),
        ("latency = [1]", 1, "latency", "not [1]"),
        ("latency = nan", 1, "latency", "not nan"),
        ("latency = true", 1, "latency", "not True"),
        ("\n\nprofile = 'lively'", 3, "profile", "one of live, ids, spaced, not 'lively'"),
        ("api_key = ' '", 1, "api_key", "a string that is not empty"),
        ("api_key = 5", 1, "api_key", "a string that is not empty"),
        ("refusal_status = 301", 1, "refusal_status", "200 or 400, not 301"),
        ("conversion = 'yes'", 1, "conversion", "true or false"),
        ("# x\ncolour = 'red'", 2, "colour", "There are: refusal_status, api_key, profile"),
        ("magic = 5", 1, "magic", "write it as [magic]"),
        ("fault = 5", 1, "fault", "write each as [[fault]]"),
        ("[magic]\nprefix = '+4917'", 2, "magic.prefix", "5 to 13 digits"),
        ("[magic]\n\nnumbers = 5", 3, "magic.numbers", "not a setting of [magic]"),
        ("[rate_limit]\nburst = 5", 1, "rate_limit.per_second", "must be given"),
        ("[rate_limit]\nper_second = 0", 2, "rate_limit.per_second", "from 0.001"),
        ("[rate_limit]\nper_second = inf", 2, "rate_limit.per_second", "not inf"),
        ("[rate_limit]\nper_second = 1\nburst = 1.5", 3, "rate_limit.burst", "an integer from 1"),
        ("[reports]\nform = 'fax'", 2, "reports.form", "none, get, post_form, post_json, post_json_array"),
        ("[reports]\nurl = 'localhost:80'", 2, "reports.url", "begins with http://"),
        ("[reports]\nearly = 1.5", 2, "reports.early", "a number from 0 to 1, not 1.5"),
        ("[reports]\ndelivered = 0", 2, "reports.delivered", "more than 0"),
        ("[reports]\n[reports.names]\nid = 'x'", 3, "reports.names.id", "msgid, mcc, mnc, status"),
        ("[reports.words]\nSENT = ''", 2, "reports.words.SENT", "not empty"),
        ("[reports.words]\nLOST = 'x'", 2, "reports.words.LOST", "BUFFERED, SENT"),
        ("[[fault]]\nprobability = 1", 1, "fault.kind", "must be given: one of cut_before_reading"),
        ("[[fault]]\nkind = 'fire'", 2, "fault.kind", "http_401"),
        ("[[fault]]\nkind = 'http_401'", 2, "fault.kind", "joined by a condition"),
        ("[[fault]]\nkind = 'slow'\ntimes = 1", 1, "fault.seconds", "must be given"),
        ("[[fault]]\nkind = 'response_code'\ntimes = 1\ncode = 0", 4, "fault.code", "from 1"),
        ("[[fault]]\nkind = 'html_body'\nstatus = 204", 3, "fault.status", "200, or from 400"),
        ("[[fault]]\nkind = 'http_401'\ntimes = 1\nretry_after = 2", 4, "fault.retry_after", "There are: kind, to,"),
        ("[[fault]]\nkind = 'http_401'\nrequests = [0]", 3, "fault.requests", "from 1 on"),
        ("[[fault]]\nkind = 'http_401'\nrequests = []", 3, "fault.requests", "or a list"),
        ("[[fault]]\nkind = 'http_401'\nto = '+49172'", 3, "fault.to", "digits without a plus"),
        (
            "[[fault]]\nkind = 'http_401'\ntimes = 1\n[[fault]]\nkind = 'http_403'\ntimes = 0",
            6,
            "fault.times",
            "an integer from 1",
        ),
        ("[[fault]]\nkind = 'no_id'\nto = '49'\nendpoints = ['usage/bycountry']", 4, "fault.endpoints", "recipients"),
        ("[[fault]]\nkind = 'no_id'\ntimes = 1\nendpoints = ['mms']", 4, "fault.endpoints", "sms, smsbulk"),
        ("latency = ", 1, "", "is not TOML"),
        ("ok = 1\nno equals sign", 2, "", "is not TOML"),
    ],
)
def test_errors_name_file_line_key_and_what_is_allowed(
    tmp_path: Path, text: str, line: int, key: str, said: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    error = caught.value
    assert isinstance(error, MittoTuiError)
    assert (error.path, error.line, error.key) == (path, line, key)
    assert str(error).startswith(f"{path}, line {line}: ")
    assert said in str(error)
    assert not key or f'"{key}"' in error.message


def test_a_file_that_can_not_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"can't be read: No such file"):
        load_scenario(tmp_path / "nowhere.toml")
    with pytest.raises(ScenarioError, match=r"can't be read"):
        load_scenario(tmp_path)
    path = tmp_path / "latin.toml"
    path.write_bytes(b'api_key = "\xe9"')
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load_scenario(path)


def test_errors_show_no_key_and_nothing_that_steers_a_terminal(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(tmp_path, "api_key = ['super secret']"))
    assert "secret" not in str(caught.value)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(tmp_path, 'profile = "\\u001b[31m\\u202e"\n'))
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(tmp_path, '"\\u001b[31m" = 1\n'))
    assert "\x1b" not in str(caught.value)

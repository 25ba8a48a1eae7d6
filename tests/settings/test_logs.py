from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import pytest

from mitto_tui.settings import logs
from mitto_tui.settings.logs import logging_to
from mitto_tui.settings.redaction import register_secret

KEY = "hunter2hunter2"


def own(name: str = "sending.engine") -> logging.Logger:
    return logging.getLogger(f"mitto_tui.{name}")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "state" / "mitto-tui.log"


def test_records_go_to_a_private_file_and_only_meanwhile(log: Path) -> None:
    handlers = list(logging.getLogger().handlers)
    with logging_to(log) as works:
        own().info("sent %d", 3)
    own().warning("too late")
    assert works
    text = log.read_text()
    assert "INFO" in text
    assert "mitto_tui.sending.engine: sent 3" in text
    assert "too late" not in text
    assert logging.getLogger().handlers == handlers
    if os.name == "posix":
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
        assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_no_way_into_a_record_goes_round_redaction(log: Path) -> None:
    register_secret(KEY)
    with logging_to(log):
        own().info(KEY)
        own().info("%s %r %s", KEY, {"key": KEY}, KEY.encode())
        own(KEY).info("a name")
        own().info("a stack", stack_info=True, extra={"odd": KEY})
        try:
            try:
                raise ValueError(KEY)
            except ValueError as error:
                raise RuntimeError("outer") from error
        except RuntimeError:
            own().exception("an error")
    text = log.read_text()
    assert KEY not in text
    assert "ValueError: [redacted]" in text
    assert "RuntimeError: outer" in text
    assert "a stack" in text


def test_a_secret_learnt_later_is_gone_from_then_on(log: Path) -> None:
    with logging_to(log):
        register_secret(KEY)
        own().info("now %s", KEY)
    assert "now [redacted]" in log.read_text()


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "aiohttp.client", "keyring.backend", "mitto_tuition"])
def test_libraries_log_warnings_only_whatever_their_level(name: str, log: Path) -> None:
    library = logging.getLogger(name)
    before = library.level
    library.setLevel(logging.DEBUG)
    try:
        with logging_to(log, logging.DEBUG):
            library.debug("headers: X-Mitto-API-Key")
            library.info("a request")
            library.warning("a warning")
            own().debug("our own")
    finally:
        library.setLevel(before)
    text = log.read_text()
    assert "X-Mitto-API-Key" not in text
    assert "a request" not in text
    assert "a warning" in text
    assert "our own" in text


def test_nobodys_text_can_pass_for_a_record_or_steer_a_terminal(log: Path) -> None:
    with logging_to(log):
        own().warning("hi\n2024-01-01 00:00:00,000 ERROR 1 mitto_tui: forged \x1b[2J\u202e")
    lines = log.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("    2024-01-01")
    assert "\x1b" not in lines[1]
    assert "\u202e" not in lines[1]


def test_half_a_surrogate_pair_can_be_logged() -> None:
    record = logging.makeLogRecord({"msg": "half \ud800"})
    assert logs.RedactingFormatter("%(message)s").format(record) == "half ⟨U+D800⟩"


def test_the_files_are_bounded_in_size_and_number(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_OCTETS", 40_000)
    with logging_to(log):
        for _ in range(20):
            own().info("x" * 100_000)
    files = sorted(log.parent.iterdir())
    assert [file.name for file in files] == ["mitto-tui.log", *(f"mitto-tui.log.{n}" for n in range(1, logs.KEPT + 1))]
    assert all(0 < file.stat().st_size <= 40_000 for file in files)
    assert "(100," in log.read_text()
    if os.name == "posix":
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_a_log_that_cannot_be_opened_stops_nobody_and_says_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").write_text("a file")
    with logging_to(tmp_path / "state" / "mitto-tui.log") as works:
        own().error("lost")
    assert not works
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_stops_nobody_and_says_nothing(log: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log.parent.mkdir()
    log.symlink_to("/dev/full")
    with logging_to(log) as works:
        own().error("lost")
        own().error("lost as well")
    assert works
    assert capfd.readouterr() == ("", "")

"""The key in a real Secret Service, asked by real processes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.settings.secret_service import NAME, SecretService, missing

KEY = "s3cret-key-of-a-test-0123"
LACKING = missing()
REQUIRED = os.environ.get("MITTO_TUI_REQUIRE_KEYRING") == "1"

pytestmark = pytest.mark.keyring

SET = """
import sys
from mitto_tui.settings.secrets import set_key
print(set_key(sys.stdin.readline().strip(), sys.stdin.readline()))
"""
FIND = """
from mitto_tui.settings.secrets import find_key
found = find_key("work")
print(found and found.source, found and found.value.hint())
"""
STATUS = """
from mitto_tui.settings.secrets import key_status
status = key_status("work")
print(status.source, status.usable, status.keyring, status.message, status.advice, sep="|")
"""
TRY = """
import sys
from mitto_tui.settings.keyring_access import KeyringProblem
from mitto_tui.settings.secrets import delete_key, find_key, set_key
for work in (lambda: set_key("work", sys.stdin.readline()), lambda: find_key("work"), lambda: delete_key("work")):
    try:
        print("done", work())
    except KeyringProblem as problem:
        print(type(problem).__name__, problem)
"""


@pytest.fixture(autouse=True)
def _tools() -> None:
    if LACKING and REQUIRED:
        pytest.fail(f"MITTO_TUI_REQUIRE_KEYRING=1, but {LACKING}")
    if LACKING:
        pytest.skip(LACKING)


@pytest.fixture
def service() -> Iterator[SecretService]:
    with SecretService() as service:
        yield service


def files_below(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_set_find_status_delete_from_one_process_to_the_next(service: SecretService) -> None:
    assert service.run(FIND).stdout == "None None\n"
    stored = service.run(SET, stdin=f"work\n{KEY}\n")
    assert (stored.stdout, stored.stderr) == ("SecretService Keyring\n", "")
    assert service.run(FIND).stdout == "keyring …0123\n"
    assert service.run(STATUS).stdout.startswith(
        "keyring|True|SecretService Keyring|The key is in the keyring (SecretService Keyring) and ends in …0123."
    )
    other = service.run(FIND.replace('"work"', '"other"'))
    assert other.stdout == "None None\n"

    files = files_below(service.home)
    assert any(path.suffix == ".keyring" for path in files)
    assert all(KEY.encode() not in path.read_bytes() for path in files)

    deleted = service.run(
        "from mitto_tui.settings.secrets import delete_key\nprint(delete_key('work'), delete_key('work'))"
    )
    assert deleted.stdout == "True False\n"
    assert service.run(FIND).stdout == "None None\n"


def test_it_is_stored_where_other_programs_look_for_it(service: SecretService) -> None:
    service.run(SET, stdin=f"work\n{KEY}\n")
    other = service.run("import keyring\nprint(keyring.get_password('mitto-tui', 'work'))")
    assert other.stdout == f"{KEY}\n"
    service.run("import keyring\nkeyring.set_password('mitto-tui', 'work', 'another-key-of-a-test-4567\\n')")
    assert service.run(FIND).stdout == "keyring …4567\n"


def test_the_environment_wins(service: SecretService) -> None:
    service.run(SET, stdin=f"work\n{KEY}\n")
    assert service.run(FIND, MITTO_API_KEY="a-key-from-the-environment-89ab").stdout == "environment …89ab\n"


def test_a_locked_keyring_that_nobody_unlocks(service: SecretService) -> None:
    service.run(SET, stdin=f"work\n{KEY}\n")
    service.lock()
    tried = service.run(TRY, stdin=f"{KEY}\n")
    lines = tried.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["LockedKeyring"] * 3
    assert all("Unlock it, and try again." in line and "MITTO_API_KEY" in line for line in lines)
    assert KEY not in tried.stdout + tried.stderr
    assert service.run(STATUS).stdout.startswith("None|False|SecretService Keyring|The keyring is locked.|Unlock it")
    assert service.run(FIND, MITTO_API_KEY=KEY).stdout == "environment …0123\n"


def test_a_service_without_any_keyring_yet() -> None:
    with SecretService(unlocked=False) as service:
        tried = service.run(TRY, stdin=f"{KEY}\n")
    assert [line.split()[0] for line in tried.stdout.splitlines()] == ["LockedKeyring"] * 3
    assert KEY not in tried.stdout + tried.stderr


def test_a_service_that_dies_while_the_program_runs(service: SecretService) -> None:
    service.run(SET, stdin=f"work\n{KEY}\n")
    pid = service.pid()
    code = f"{FIND}\nimport os, signal\nos.kill({pid}, signal.SIGKILL)\n{TRY}"
    tried = service.run(code, stdin=f"{KEY}\n")
    found, *lines = tried.stdout.splitlines()
    assert found == "keyring …0123"
    assert [line.split()[0] for line in lines] == ["UnreachableKeyring"] * 3
    assert all("can't be reached" in line for line in lines)
    assert KEY not in tried.stdout + tried.stderr
    later = service.run(TRY, stdin=f"{KEY}\n")
    assert [line.split()[0] for line in later.stdout.splitlines()] == ["NoKeyring"] * 3


def test_no_bus_at_all(service: SecretService) -> None:
    tried = service.run(TRY, stdin=f"{KEY}\n", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    lines = tried.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["NoKeyring"] * 3
    assert all("gnome-keyring" in line and "MITTO_API_KEY" in line for line in lines)


def test_a_service_that_never_answers_does_not_keep_the_program() -> None:
    silent = (
        "import time\n"
        "from jeepney import message_bus\n"
        "from jeepney.io.blocking import Proxy, open_dbus_connection\n"
        "connection = open_dbus_connection()\n"
        f"Proxy(message_bus, connection).RequestName('{NAME}')\n"
        "time.sleep(60)\n"
    )
    with SecretService(command=f'exec {sys.executable} -c "{silent}"') as service:
        begun = time.monotonic()
        tried = service.run(
            "from mitto_tui.settings.keyring_access import KeyringTimeout\n"
            "from mitto_tui.settings.secrets import find_key\n"
            "try:\n"
            "    find_key('work', patience=1)\n"
            "except KeyringTimeout as problem:\n"
            "    print(problem)\n"
        )
        took = time.monotonic() - begun
        os.kill(service.pid(), signal.SIGKILL)
    assert tried.stdout.startswith("The keyring did not answer within 1 seconds.")
    assert tried.returncode == 0
    assert 1 <= took < 20  # the thread that still waits does not keep the process


def test_the_doctor_in_a_session_with_a_keyring(service: SecretService) -> None:
    service.run(SET, stdin=f"default\n{KEY}\n")
    ran = service.run(
        "from mitto_tui.settings.doctor import examine\n"
        "for check in examine():\n"
        "    if check.name in ('key', 'keyring'):\n"
        "        print(check.verdict, check.value)\n"
    )
    assert ran.stdout.splitlines() == [
        "ok The key is in the keyring (SecretService Keyring) and ends in …0123.",
        "ok SecretService Keyring",
    ]
    assert KEY not in ran.stdout + ran.stderr

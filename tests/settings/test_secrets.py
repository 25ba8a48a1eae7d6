from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from mitto_tui.settings.keyring_access import (
    KeyNotKept,
    KeyringFailure,
    KeyringProblem,
    KeyringTimeout,
    LockedKeyring,
    NoKeyring,
    NullKeyring,
    UnreachableKeyring,
    UnsafeKeyring,
)
from mitto_tui.settings.secrets import FoundKey, KeySource, KeyStatus, delete_key, find_key, key_status, set_key
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from tests.settings import backends

KEY = "s3cret-key-of-a-test-0123"


def chain(*members: KeyringBackend) -> chainer.ChainerBackend:
    class Chain(chainer.ChainerBackend):
        backends = members

    return Chain()  # type: ignore[no-untyped-call]  # keyring leaves its constructors untyped


def everything_told(error: BaseException) -> str:
    """The error, its causes and contexts, with all local variables of all frames but this file's."""
    told = ""
    stack: list[BaseException | None] = [error]
    while stack:
        if (found := stack.pop()) is None:
            continue
        captured = traceback.TracebackException.from_exception(found, capture_locals=True)
        told += repr(found) + str(found)
        told += "".join(str(frame.locals) for frame in captured.stack if frame.filename != __file__)
        stack += [found.__cause__, found.__context__]
    return told


@pytest.fixture
def memory() -> backends.MemoryKeyring:
    backend = backends.MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


@pytest.fixture
def hanging() -> Iterator[backends.HangingKeyring]:
    backend = backends.HangingKeyring()
    keyring.set_keyring(backend)
    yield backend
    backend.released.set()
    assert backend.done.wait(10)


class TestAKeyringThatWorks:
    def test_set_find_delete(self, memory: backends.MemoryKeyring) -> None:
        assert find_key("work", {}) is None
        assert set_key("work", f" {KEY}\n") == "backends MemoryKeyring"
        assert memory.stored == {("mitto-tui", "work"): KEY}
        found = find_key("work", {})
        assert found is not None
        assert (found.source, found.value.reveal()) == (KeySource.KEYRING, KEY)
        assert find_key("other", {}) is None
        assert delete_key("work") is True
        assert memory.stored == {}
        assert delete_key("work") is False

    def test_a_new_key_takes_the_old_ones_place(self, memory: backends.MemoryKeyring) -> None:
        set_key("work", "first-key")
        set_key("work", KEY)
        assert memory.stored == {("mitto-tui", "work"): KEY}

    @pytest.mark.parametrize("bad", ["", "a b", "schlüssel", '"quoted"'])
    def test_what_cannot_be_a_key_is_not_stored(self, bad: str, memory: backends.MemoryKeyring) -> None:
        with pytest.raises(InvalidInput):
            set_key("work", bad)
        assert memory.stored == {}

    def test_a_key_stored_by_hand_loses_its_line_end(self, memory: backends.MemoryKeyring) -> None:
        memory.set_password("mitto-tui", "work", f"{KEY}\n")
        found = find_key("work", {})
        assert found is not None
        assert found.value.reveal() == KEY

    def test_nothing_stored_by_hand_is_nothing(self, memory: backends.MemoryKeyring) -> None:
        memory.set_password("mitto-tui", "work", "")
        assert find_key("work", {}) is None

    def test_a_key_stored_by_hand_that_cannot_be_one(self, memory: backends.MemoryKeyring) -> None:
        memory.set_password("mitto-tui", "work", "not a key")
        with pytest.raises(InvalidInput, match="The key in the keyring can't be right: character 4 is a space"):
            find_key("work", {})
        status = key_status("work", {})
        assert (status.source, status.usable) == (KeySource.KEYRING, False)


class TestTheEnvironment:
    def test_it_wins_over_the_keyring(self, memory: backends.MemoryKeyring) -> None:
        set_key("work", "key-in-the-keyring")
        found = find_key("work", {"MITTO_API_KEY": f"\n{KEY} \r\n"})
        assert found is not None
        assert (found.source, found.value.reveal()) == (KeySource.ENVIRONMENT, KEY)

    @pytest.mark.parametrize("empty", ["", "  ", "\n"])
    def test_empty_is_unset(self, empty: str, memory: backends.MemoryKeyring) -> None:
        set_key("work", KEY)
        found = find_key("work", {"MITTO_API_KEY": empty})
        assert found is not None
        assert found.source is KeySource.KEYRING

    def test_it_needs_no_keyring(self, hanging: backends.HangingKeyring) -> None:
        hanging.done.set()
        assert find_key("work", {"MITTO_API_KEY": KEY}) is not None
        assert key_status("work", {"MITTO_API_KEY": KEY}).usable

    def test_what_cannot_be_a_key_is_named_by_its_variable(self) -> None:
        with pytest.raises(InvalidInput, match="MITTO_API_KEY can't be right: character 4 is a space") as caught:
            find_key("work", {"MITTO_API_KEY": "not a key"})
        assert "not a key" not in str(caught.value)
        status = key_status("work", {"MITTO_API_KEY": "not a key"})
        assert (status.source, status.usable) == (KeySource.ENVIRONMENT, False)

    def test_it_never_loads_keyring(self) -> None:
        code = (
            "import sys; from mitto_tui.settings.secrets import find_key;"
            "print(find_key('work').source, 'keyring' in sys.modules)"
        )
        root = str(Path(__file__).parents[2])
        environ = {"MITTO_API_KEY": KEY, "PYTHONPATH": root}
        ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
        assert ran.stdout == "environment False\n"


class TestTheSandbox:
    def test_it_gets_no_key_not_even_the_environments(self, memory: backends.MemoryKeyring) -> None:
        memory.set_password("mitto-tui", "sandbox", KEY)
        assert find_key("sandbox", {"MITTO_API_KEY": KEY}) is None
        status = key_status("sandbox", {"MITTO_API_KEY": KEY})
        assert status == KeyStatus("sandbox", None, None, True, "The sandbox needs no key.")

    def test_it_keeps_no_key(self, memory: backends.MemoryKeyring) -> None:
        with pytest.raises(InvalidInput, match="sandbox"):
            set_key("sandbox", KEY)
        with pytest.raises(InvalidInput, match="sandbox"):
            delete_key("sandbox")
        assert memory.stored == {}


WITHOUT: list[tuple[Callable[[], KeyringBackend], type[KeyringProblem], str]] = [
    (fail.Keyring, NoKeyring, "no keyring"),
    (null.Keyring, NullKeyring, "forgets"),
    (lambda: chain(), NoKeyring, "no keyring"),
    (lambda: chain(fail.Keyring()), NoKeyring, "no keyring"),  # type: ignore[no-untyped-call]
    (lambda: chain(null.Keyring()), NullKeyring, "forgets"),  # type: ignore[no-untyped-call]
    (backends.PlaintextKeyring, UnsafeKeyring, "backends PlaintextKeyring, which does not keep secrets safe"),
    (backends.RenamedPlaintextKeyring, UnsafeKeyring, "others can read them"),
    (backends.AltKeyring, UnsafeKeyring, "others can read them"),
    (lambda: chain(backends.PlaintextKeyring(), null.Keyring()), UnsafeKeyring, "safe"),  # type: ignore[no-untyped-call]
]


class TestNoKeyringToTrust:
    @pytest.mark.parametrize(("make", "kind", "says"), WITHOUT)
    def test_each_is_told_apart_and_the_way_out_is_named(
        self, make: Callable[[], KeyringBackend], kind: type[KeyringProblem], says: str
    ) -> None:
        backend = make()
        keyring.set_keyring(backend)
        for call in (lambda: set_key("work", KEY), lambda: find_key("work", {}), lambda: delete_key("work")):
            with pytest.raises(kind, match=says) as caught:
                call()
            assert "MITTO_API_KEY" in caught.value.advice
            assert KEY not in everything_told(caught.value)
        status = key_status("work", {})
        assert (status.source, status.keyring, status.usable) == (None, None, False)
        assert says in status.message
        assert "MITTO_API_KEY" in status.advice

    def test_a_backend_that_is_not_trusted_is_never_given_the_key(self) -> None:
        backend = backends.PlaintextKeyring()
        keyring.set_keyring(backend)
        with pytest.raises(UnsafeKeyring):
            set_key("work", KEY)
        assert backend.stored == {}

    def test_in_a_chain_only_the_trusted_are_used(self) -> None:
        plain, good = backends.PlaintextKeyring(), backends.MemoryKeyring()
        plain.set_password("mitto-tui", "work", "old-key-in-the-open")
        keyring.set_keyring(chain(plain, good))
        assert find_key("work", {}) is None
        set_key("work", KEY)
        assert good.stored == {("mitto-tui", "work"): KEY}
        assert delete_key("work")
        assert list(plain.stored.values()) == ["old-key-in-the-open"]

    def test_a_chain_passes_over_what_only_reads(self) -> None:
        reader, good = backends.ReadOnlyKeyring(), backends.MemoryKeyring()
        keyring.set_keyring(chain(reader, good))
        set_key("work", KEY)
        assert good.stored == {("mitto-tui", "work"): KEY}
        assert key_status("work", {}).usable

    def test_a_backend_that_only_reads_keeps_nothing(self) -> None:
        reader = backends.ReadOnlyKeyring()
        keyring.set_keyring(reader)
        with pytest.raises(KeyNotKept, match="can be read, but not written") as caught:
            set_key("work", KEY)
        assert "for the service mitto-tui and the user work" in caught.value.advice
        assert delete_key("work") is False
        reader.stored["mitto-tui", "work"] = KEY
        assert find_key("work", {}) is not None
        with pytest.raises(KeyNotKept, match="still has the key"):
            delete_key("work")


class TestAKeyringThatFails:
    @pytest.mark.parametrize(
        ("name", "kind", "says"),
        [
            ("locked", LockedKeyring, "The keyring is locked."),
            ("dismissed", LockedKeyring, "The keyring is locked."),
            ("init", UnreachableKeyring, "InitError: Failed to open keyring"),
            ("service", UnreachableKeyring, "ServiceGone: org.freedesktop.DBus.Error.NoReply"),
            ("reset", UnreachableKeyring, "ConnectionResetError"),
            ("refused", KeyringFailure, "PasswordSetError: can't store"),
            ("odd", KeyringFailure, "ValueError: bad value"),
            ("silent", KeyringFailure, "The keyring failed (OSError)."),
            ("exit", KeyringFailure, "SystemExit"),
        ],
    )
    def test_each_failure_is_explained_without_the_key(self, name: str, kind: type[KeyringProblem], says: str) -> None:
        backend = backends.FailingKeyring(backends.ERRORS[name])
        backend.stored["mitto-tui", "work"] = KEY
        keyring.set_keyring(backend)
        with pytest.raises(KeyringProblem) as stored:
            set_key("work", KEY)
        assert type(stored.value) is kind
        assert says in stored.value.message
        assert "MITTO_API_KEY" in stored.value.advice
        assert KEY not in everything_told(stored.value)
        assert "\x1b" not in str(stored.value)
        assert (stored.value.__cause__, stored.value.__context__) == (None, None)
        with pytest.raises(kind):
            find_key("work", {})
        with pytest.raises(kind):
            delete_key("work")
        status = key_status("work", {})
        assert (status.usable, status.keyring) == (False, "backends FailingKeyring")
        assert KEY not in repr(status)

    def test_a_hanging_keyring_is_given_up(self, hanging: backends.HangingKeyring) -> None:
        with pytest.raises(KeyringTimeout, match=r"did not answer within 0\.05 seconds") as caught:
            find_key("work", {}, patience=0.05)
        assert "MITTO_API_KEY" in caught.value.advice
        assert not key_status("work", {}, patience=0.05).usable

    @pytest.mark.parametrize("backend", [backends.LyingKeyring, backends.ForgettingKeyring])
    def test_a_key_that_does_not_come_back_is_not_called_stored(self, backend: type[backends.MemoryKeyring]) -> None:
        keyring.set_keyring(backend())
        with pytest.raises(KeyNotKept, match="did not keep the key") as caught:
            set_key("work", KEY)
        assert KEY not in everything_told(caught.value)

    def test_a_key_that_does_not_go_is_not_called_deleted(self) -> None:
        backend = backends.ClingingKeyring()
        backend.stored["mitto-tui", "work"] = KEY
        keyring.set_keyring(backend)
        with pytest.raises(KeyNotKept, match="still has the key"):
            delete_key("work")

    def test_a_backend_that_cannot_be_loaded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("keyring.core._keyring_backend", None)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.module.Keyring")
        with pytest.raises(KeyringFailure, match="can't be loaded") as caught:
            find_key("work", {})
        assert "PYTHON_KEYRING_BACKEND" in caught.value.advice

    def test_without_the_library_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "keyring", None)
        with pytest.raises(MittoTuiError, match="can't be loaded"):
            find_key("work", {})


class TestStatus:
    def test_a_key_in_the_keyring(self, memory: backends.MemoryKeyring) -> None:
        set_key("work", KEY)
        status = key_status("work", {})
        assert status == KeyStatus(
            "work",
            KeySource.KEYRING,
            "backends MemoryKeyring",
            True,
            "The key is in the keyring (backends MemoryKeyring) and ends in …0123.",
            hint="…0123",
        )

    def test_a_short_key_is_not_hinted_at(self, memory: backends.MemoryKeyring) -> None:
        status = key_status("work", {"MITTO_API_KEY": "short-key"})
        assert (status.message, status.hint) == ("The key is in MITTO_API_KEY.", "")

    def test_no_key(self, memory: backends.MemoryKeyring) -> None:
        status = key_status("work", {})
        assert (status.source, status.keyring, status.usable) == (None, "backends MemoryKeyring", False)
        assert status.advice == "Store one with mitto-tui --profile work key set."

    def test_a_found_key_hides_its_value(self) -> None:
        found = find_key("work", {"MITTO_API_KEY": KEY})
        assert isinstance(found, FoundKey)
        assert KEY not in repr(found)

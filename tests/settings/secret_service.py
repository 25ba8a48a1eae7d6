"""A real Secret Service of one's own: gnome-keyring on a private bus, with a home of its own, gone with the test."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import mitto_tui

TOOLS: Final = ("dbus-daemon", "gnome-keyring-daemon", "bash")
PASSWORD: Final = "the-keyrings-own-password"
NAME: Final = "org.freedesktop.secrets"
_PATIENCE: Final = 20.0

# No service directories: nothing is started on demand, neither a second keyring nor a window that asks for a password.
_BUS: Final = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
_DAEMON: Final = "gnome-keyring-daemon --foreground --components=secrets"
# The shell owns both processes, and ends them as soon as its standard input does: with the test, however that ends.
_SCRIPT: Final = """\
dbus-daemon --nofork --nopidfile --config-file={config} --print-address > {listening} &
bus=$!
for _ in $(seq 500); do [ -s {listening} ] && break; sleep 0.02; done  # it prints its address once it listens
{start} >/dev/null &
service=$!
cat >/dev/null
kill "$service" "$bus" 2>/dev/null
wait
"""


def missing() -> str:
    """What this machine lacks for it, or nothing."""
    if sys.platform != "linux":
        return "a Secret Service is Linux's"
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"{', '.join(lacking)} not installed" if lacking else ""


class SecretService:
    """``unlocked``: with a keyring, open; else as after a login without a password, where none exists yet.

    ``command`` takes the daemon's place. All processes end when the block does, or when this process does.
    """

    def __init__(self, *, unlocked: bool = True, command: str = "") -> None:
        unlock = f"printf %s {PASSWORD} | {_DAEMON} --unlock"
        self._start = command or (unlock if unlocked else f"{_DAEMON} --start")

    def __enter__(self) -> SecretService:
        # Short, since a socket's path may have 107 characters, and a test's own directory is longer.
        self.home = Path(tempfile.mkdtemp(prefix="mitto-"))
        socket, config, self._listening = self.home / "bus", self.home / "bus.conf", self.home / "listening"
        config.write_text(_BUS.format(socket=socket))
        self.environ = {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(mitto_tui.__file__).parents[1]),
        }
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MITTO_TUI_HOME"):
            directory = self.home / name.lower()
            directory.mkdir(mode=0o700)
            self.environ[name] = str(directory)
        script = _SCRIPT.format(config=config, listening=self._listening, start=self._start)
        with (self.home / "errors").open("w") as errors:
            self._session = subprocess.Popen(
                ["bash", "-c", script],
                env=self.environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        try:
            self._wait_for_service()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process, and remove every file."""
        assert self._session.stdin is not None
        self._session.stdin.close()
        try:
            self._session.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._session.pid, signal.SIGKILL)
            self._session.wait()
        shutil.rmtree(self.home)

    def run(self, code: str, *, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """A Python program of its own on this bus."""
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**self.environ, **environ},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def lock(self) -> None:
        """Lock the keyring, as a screen lock or a person does."""
        ran = self.run(
            "import secretstorage as s\n"
            "collection = s.get_default_collection(s.dbus_init())\n"
            "collection.lock()\n"
            "assert collection.is_locked()\n"
        )
        assert ran.returncode == 0, ran.stderr

    def pid(self) -> int:
        """The process that serves secrets."""
        with self._bus() as bus:
            (found,) = bus.GetConnectionUnixProcessID(NAME)
        return int(found)

    def _wait_for_service(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not (self._listening.exists() and self._listening.read_text()):
            self._wait_a_little(deadline)
        with self._bus() as bus:
            while not bus.NameHasOwner(NAME)[0]:
                self._wait_a_little(deadline)

    def _wait_a_little(self, deadline: float) -> None:
        assert time.monotonic() < deadline, (self.home / "errors").read_text()
        time.sleep(0.02)

    @contextmanager
    def _bus(self) -> Iterator[Any]:
        # Untyped, and on Linux only: it comes with keyring there.
        blocking = importlib.import_module("jeepney.io.blocking")
        with blocking.open_dbus_connection(self.environ["DBUS_SESSION_BUS_ADDRESS"]) as connection:
            yield blocking.Proxy(importlib.import_module("jeepney").message_bus, connection)

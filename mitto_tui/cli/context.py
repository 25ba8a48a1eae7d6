"""What the global options say, and how commands run what is asynchronous."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, cast

import typer

from mitto_tui.cli.output import say
from mitto_tui.sms.errors import InvalidInput

if TYPE_CHECKING:
    from io import BufferedReader

    from mitto_tui.settings.profiles import Profile
    from mitto_tui.workspace.workspace import Workspace

T = TypeVar("T")

_LONGEST: Final = 10_000_000
"""Bytes of a text that are read at most: without a limit, an endless input would end in no memory."""

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output.")]


@dataclass(frozen=True, slots=True)
class Globals:
    """The options that stand before the command."""

    profile: str | None = None
    sandbox: bool = False

    @property
    def chosen(self) -> str | None:
        """The name of the profile that they choose, or None for the active one."""
        return "sandbox" if self.sandbox else self.profile


def globals_of(context: typer.Context) -> Globals:
    """The global options of this call."""
    found = context.find_object(Globals)
    return found if found is not None else Globals()


def profile_of(context: typer.Context) -> Profile:
    """The profile that the global options choose."""
    from mitto_tui.settings.config import find_profile, load_config
    from mitto_tui.settings.paths import find_paths

    return find_profile(load_config(find_paths().config_file), globals_of(context).chosen)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end. ``ending_signals`` end it as Ctrl+C does, so that what was left is written down."""

    import asyncio

    if sys.platform != "win32":
        for number in ending_signals():
            signal.signal(number, interrupt)
    return asyncio.run(work)


def ending_signals() -> list[int]:
    """The signals that are as good as Ctrl+C: SIGTERM, and SIGHUP (the terminal is gone) but under ``nohup``."""
    hung_up = getattr(signal, "SIGHUP", None)
    if hung_up is None or signal.getsignal(hung_up) is signal.SIG_IGN:
        return [signal.SIGTERM]
    return [signal.SIGTERM, hung_up]


def interrupt(number: int, _: object) -> None:
    """Handle a signal as Ctrl+C is. Shells and the system may both say that a terminal is gone: once is enough."""
    if number != signal.SIGTERM:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def with_workspace(context: typer.Context, work: Callable[[Workspace], Awaitable[T]]) -> T:
    """Open the chosen profile, run ``work`` on it and close it again, whatever happens."""

    import asyncio

    async def opened() -> T:
        from mitto_tui.workspace.workspace import Workspace

        chosen = globals_of(context)
        workspace = await Workspace.open(chosen.profile, sandbox=chosen.sandbox)
        try:
            result = await work(workspace)
        except asyncio.CancelledError:
            await workspace.aclose(stop=True)
            raise
        except BaseException:
            await workspace.aclose()
            raise
        await workspace.aclose()
        return result

    return run_async(opened())


def standard_input() -> BufferedReader:
    """Standard input as octets. Raises InvalidInput where it is closed."""
    if sys.stdin is None:
        raise InvalidInput("stdin", "Standard input is closed: there is nothing to read.")
    return cast("BufferedReader", sys.stdin.buffer)


def read_text(text: str) -> str:
    """``text``, or standard input for ``-``: UTF-8, without the one line break that ends it.

    Blocks, so it is for before the event loop: within it, Ctrl+C would have to wait for the end of the input.
    """
    if text != "-":
        return text
    return text_of(standard_input().read(_LONGEST + 1), "Standard input")


def text_of(data: bytes, name: str) -> str:
    """What ``name`` holds as a text: UTF-8, without the one line break that ends it. Raises InvalidInput."""
    if len(data) > _LONGEST:
        raise InvalidInput("text", f"{name} has more than {_LONGEST:,} bytes, which is no text for an SMS.")
    try:
        typed = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("text", f"{name} is not UTF-8: byte {error.start + 1} can't be read.") from None
    if typed.endswith("\r\n"):
        return typed[:-2]
    return typed.removesuffix("\n")


@contextmanager
def interruptible() -> Iterator[None]:
    """While a person is asked inside the event loop: Ctrl+C interrupts at once, not when the answer has come."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with question():
            yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def question() -> Iterator[None]:
    """While a person is asked: where no answer comes, what is said next begins on a line of its own."""
    try:
        yield
    except (KeyboardInterrupt, typer.Abort):
        say()
        raise


def is_terminal() -> bool:
    """Whether a person can be asked: standard input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()

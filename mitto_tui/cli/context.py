"""What the global options say, and how commands run what is asynchronous."""

from __future__ import annotations

import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from mitto_tui.sms.errors import InvalidInput

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile
    from mitto_tui.workspace.workspace import Workspace

T = TypeVar("T")

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output.")]


@dataclass(frozen=True, slots=True)
class Globals:
    """The options that stand before the command."""

    profile: str | None = None
    sandbox: bool = False


def globals_of(context: typer.Context) -> Globals:
    """The global options of this call."""
    found = context.find_object(Globals)
    return found if found is not None else Globals()


def profile_of(context: typer.Context) -> Profile:
    """The profile that the global options choose."""
    from mitto_tui.settings.config import find_profile, load_config
    from mitto_tui.settings.paths import find_paths

    chosen = globals_of(context)
    config = load_config(find_paths().config_file)
    return find_profile(config, "sandbox" if chosen.sandbox else chosen.profile)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end. SIGTERM ends it as Ctrl+C does, so that what was left is written down."""

    import asyncio

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if sys.platform != "win32":
        signal.signal(signal.SIGTERM, stop)
    return asyncio.run(work)


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


def read_text(text: str) -> str:
    """``text``, or standard input for ``-``: UTF-8, without the one line break that ends it."""
    if text != "-":
        return text
    data = sys.stdin.buffer.read()
    try:
        typed = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("text", f"Standard input is not UTF-8: byte {error.start + 1} can't be read.") from None
    if typed.endswith("\r\n"):
        return typed[:-2]
    return typed.removesuffix("\n")


def is_terminal() -> bool:
    """Whether a person can be asked: standard input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()

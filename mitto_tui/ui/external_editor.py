"""Handing the text to the person's own editor and taking back what they saved."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from mitto_tui.sms.errors import MittoTuiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App


def editor_command(environ: Mapping[str, str] = os.environ) -> list[str]:
    """``$VISUAL``, else ``$EDITOR``, else vi (notepad on Windows), split as a shell would."""
    chosen = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip()
    try:
        return shlex.split(chosen) or ["notepad" if os.name == "nt" else "vi"]
    except ValueError:
        return [chosen]


async def edit_outside(app: App[Any], text: str) -> str:
    """Edit ``text`` in the person's editor while the app steps aside; what was saved. Messages under way go on.

    Raises MittoTuiError where there is no such editor, it fails, or the terminal can't be handed over.
    """
    command = editor_command()
    handle, name = tempfile.mkstemp(prefix="mitto-tui-", suffix=".txt")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_octets(text))
        with app.suspend(), app.batch_update():  # nothing is drawn over the editor
            process = await asyncio.create_subprocess_exec(*command, name)
            code = await process.wait()
        if code:
            raise MittoTuiError(f"{command[0]} ended with code {code}.", "The text was left as it was.")
        edited = _text(await asyncio.to_thread(path.read_bytes))
    except SuspendNotSupported:
        raise MittoTuiError("This terminal can't be handed to another program.") from None
    except OSError as error:
        raise MittoTuiError(
            f"{command[0]} can't be started: {error.strerror or error}.", "Set VISUAL or EDITOR to your editor."
        ) from None
    finally:
        with suppress(OSError):
            await asyncio.to_thread(path.unlink)
    # Editors end a file with a newline that nobody typed.
    if edited.endswith("\n") and not text.endswith("\n"):
        edited = edited[:-1]
    return edited


def _octets(text: str) -> bytes:
    """Any text as UTF-8: octets that were none, as ``_text`` found them; half of a pair as if it were a character."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _text(octets: bytes) -> str:
    """What an editor saved, in whatever encoding: an octet that is no UTF-8 becomes half of a pair, and is kept."""
    try:
        text = octets.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = octets.decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n")

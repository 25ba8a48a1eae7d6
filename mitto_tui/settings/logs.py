"""The log file: private, bounded in size, and without secrets whatever anybody logs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from mitto_tui.settings.paths import private_dir, private_opener
from mitto_tui.settings.redaction import redact
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import visible

ROOT: Final = "mitto_tui"
MAX_OCTETS: Final = 1_000_000
KEPT: Final = 3
_LONGEST: Final = 20_000
_FORMAT: Final = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, then takes out all registered secrets and all that would steer a terminal.

    It works on the finished text, so that no way into a record goes round it. Lines after a record's first are
    indented: nobody's text can pass for a record.
    """

    def format(self, record: logging.LogRecord) -> str:
        text = visible(redact(super().format(record)), keep="\n\t")
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]}… ({len(text):,} characters)"
        return text.replace("\n", "\n    ")


class OwnRecords(logging.Filter):
    """Lets through what this program logs, and of others' records only warnings and worse.

    HTTP libraries log requests with their headers below that, whatever level they have been set to.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or record.name.partition(".")[0] == ROOT


class PrivateFileHandler(RotatingFileHandler):
    """A file of about ``MAX_OCTETS`` and ``KEPT`` older ones, all 0600. What can't be written is dropped."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MAX_OCTETS, backupCount=KEPT)
        self.setFormatter(RedactingFormatter(_FORMAT))
        self.addFilter(OwnRecords())

    def _open(self) -> TextIOWrapper:
        descriptor = private_opener(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk must not draw tracebacks over the screen, which is what logging does by default."""


@contextmanager
def logging_to(path: Path, level: int = logging.INFO) -> Iterator[bool]:
    """Log to ``path`` meanwhile; whether that works. A log that can't be opened stops nobody from sending."""
    logger = logging.getLogger(ROOT)
    root, before = logging.getLogger(), logger.level
    try:
        private_dir(path.parent)
        handler: logging.Handler = PrivateFileHandler(path)
        works = True
    except (MittoTuiError, OSError):
        # Without any handler, logging would write warnings to standard error, over the screen.
        handler, works = logging.NullHandler(), False
    root.addHandler(handler)
    logger.setLevel(level)
    try:
        yield works
    finally:
        logger.setLevel(before)
        root.removeHandler(handler)
        with suppress(OSError):  # on a full disk, what is still buffered can't be written now either
            handler.close()

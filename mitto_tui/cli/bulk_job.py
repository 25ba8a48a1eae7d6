"""What ``mitto-tui bulk`` is asked to check: the list, how it is read, and the message for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mitto_tui.cli import lists
from mitto_tui.cli.output import emit, to_json, write_text
from mitto_tui.sms.checked_row import CheckedBatch, CheckedRow, RowStatus
from mitto_tui.sms.message import MessageType, Options

if TYPE_CHECKING:
    from mitto_tui.recipients.checking import Checking
    from mitto_tui.recipients.readers.list_file import ListFile
    from mitto_tui.recipients.readers.model import Progress
    from mitto_tui.settings.profiles import Profile


@dataclass(frozen=True, slots=True)
class ListJob:
    """A list and its message, as the options say. ``bare`` is a word of ``recipients.deciding.Bare``.

    Of the answers, ``jsonl`` is a line a row and the summary last, ``as_json`` the summary alone; else words.
    """

    file: str
    sender: str
    template: str
    options: Options
    country: str
    bare: str
    refuse: frozenset[str]
    take_all: bool
    phone_column: str | None = None
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    no_header: bool = False
    limit: int | None = None
    as_json: bool = False
    jsonl: bool = False

    @property
    def for_programs(self) -> bool:
        """Whether the answer is JSON."""
        return self.as_json or self.jsonl

    @contextmanager
    def opened(self, opted_out: Collection[str]) -> Iterator[tuple[ListFile, Checking]]:
        """The list and its check, with what was understood of it said to people. Raises InvalidInput, ListProblem."""
        from mitto_tui.cli.bulk_words import say_vote
        from mitto_tui.recipients.checking import Checking, Plan
        from mitto_tui.recipients.deciding import Bare

        how = (self.sheet, self.delimiter, self.encoding)
        with lists.open_named(self.file, *how, no_header=self.no_header) as opened:
            column, why = lists.find_column(opened, self.phone_column)
            numbers = (column, self.template, self.country, Bare(self.bare), self.refuse, self.take_all)
            checking = Checking(opened, Plan(*numbers, self.options, self.limit), opted_out)
            if not self.for_programs:
                lists.say_understood(opened, why, self.country)
                say_vote(checking)
            yield opened, checking

    def batches(self, checking: Checking, progress: Progress) -> Iterator[CheckedBatch]:
        """The checked rows, each written as a line where lines are asked for. Raises ListProblem, OutputLost."""
        let_mitto = self.options.type is MessageType.MITTO
        for batch in checking.batches(progress):
            if self.jsonl:
                write_text("".join(f"{to_json(_as_dict(row, let_mitto=let_mitto))}\n" for row in batch))
            yield batch


def emit_summary(job: ListJob, summary: dict[str, Any]) -> None:
    """Write the summary, where the answer is JSON. Raises OutputLost."""
    if job.jsonl:
        emit({"summary": summary})
    elif job.as_json:
        emit(summary)


def opted_out(profile: Profile) -> frozenset[str]:
    """The profile's opt-outs. Where there is no database, none is made."""
    from mitto_tui.settings.paths import find_paths

    paths = find_paths()
    if not paths.database_file.exists():
        return frozenset()
    from mitto_tui.storage.database import Database
    from mitto_tui.storage.opt_outs import OptOuts

    with Database.open(paths.database_file) as database:
        return OptOuts(database).numbers(profile.name)


def _as_dict(row: CheckedRow, *, let_mitto: bool) -> dict[str, Any]:
    """A row in the contract's words. ``reason`` begins with its stable word, then the sentence."""
    ok = row.status is RowStatus.OK
    words = [part for part in (row.reason, row.sentence) if part]
    return {
        "row": row.row,
        "to": row.to or None,
        "status": row.status,
        "reason": ": ".join(words) or None,
        "text": row.text if ok else None,
        "encoding": None if let_mitto else row.kind.encoding,
        "segments": row.kind.segments if ok else None,
    }

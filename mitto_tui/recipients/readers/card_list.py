"""Lists of vCards: a row for each card."""

from __future__ import annotations

import io
from contextlib import closing
from itertools import chain

from mitto_tui.recipients.readers.charsets import charset_of
from mitto_tui.recipients.readers.model import Blocks, Choices, Detected, ListProblem, Progress, Row, Style
from mitto_tui.recipients.readers.remarks import Remarks
from mitto_tui.recipients.readers.sources import Source
from mitto_tui.recipients.readers.text_rows import text_blocks
from mitto_tui.recipients.readers.vcard import COLUMNS, Card, cards
from mitto_tui.sms.visible import one_line

_LONGEST_LINE = 32 * 1024 * 1024
"""A picture may stand in one line."""
_BLOCK = 500
_NAMED = 3


class CardList:
    """A file of cards."""

    style: Style | None = None

    def __init__(self, source: Source, choices: Choices, notes: list[str]) -> None:
        self._source = source
        self._charset = charset_of(source, choices.encoding)
        with closing(self.rows(None, [])) as blocks:
            if not next(blocks, None):
                raise ListProblem(f"{source.name} has no vCard in it.", "Choose another format, or another file.")
        self.detected = Detected(
            format="vcf",
            encoding="" if source.pasted else self._charset.name,
            encoding_sure=self._charset.sure,
            delimiter="",
            header=False,
            sheet="",
            sheets=(),
            columns=COLUMNS,
            notes=(*notes, *([self._charset.note] if self._charset.note else [])),
        )

    def rows(self, progress: Progress | None, notes: list[str]) -> Blocks:
        """A row a card; see ``Reader.rows``."""
        remarks = Remarks()
        broken: list[str] = []
        several = others = 0
        rows: list[Row] = []
        with closing(text_blocks(self._source, self._charset, remarks, progress, _LONGEST_LINE)) as blocks:
            for card in cards(chain.from_iterable(io.StringIO(block, newline="") for block in blocks)):
                cells = card.cells()
                several += len(card.phones) > 1
                if card.problem and len(broken) < _NAMED:
                    broken.append(_about(card, cells[0]))
                elif card.problem:
                    others += 1
                rows.append((card.line, cells))
                if len(rows) >= _BLOCK:
                    yield rows
                    rows = []
        if rows:
            yield rows
        notes += remarks.sentences()
        if several:
            noun = "card has" if several == 1 else "cards have"
            notes.append(f"{several:,} {noun} several numbers; mobile ones come first in the cell.")
        notes += broken
        if others:
            notes.append(f"{others:,} more cards are broken in such ways.")


def _about(card: Card, name: str) -> str:
    called = f" of “{one_line(name, 40)}”" if name else ""
    return f"The card{called} in line {card.line:,} {card.problem}; the rest of it was read."

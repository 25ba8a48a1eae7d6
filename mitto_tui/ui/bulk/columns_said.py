"""The lines around the rows of the step "Columns", in colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.content import Content

from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.model import Choices
from mitto_tui.ui.bulk import columns_words as words
from mitto_tui.ui.bulk.preview_rows import Preview, shown
from mitto_tui.ui.history_rows import masked as all_masked
from mitto_tui.ui.literal import literal, mask_numbers
from mitto_tui.ui.themes import ACCENT, BAD, DIM, GOOD, WARN

if TYPE_CHECKING:
    from mitto_tui.ui.bulk.job import BulkJob
    from mitto_tui.workspace.lists import OpenedList

DETECTED: Final = Choices()
"""Nothing was chosen about the reading."""
_COLOURS: Final = {"": DIM, "muted": DIM, "success": GOOD, "accent": ACCENT, "warning": WARN, "error": BAD}
_BETWEEN: Final = Content.styled(" · ", DIM)
_LONGEST: Final = 400
"""Characters of a sentence about a number."""


def understood(opened: OpenedList, size: int | None, hide: Callable[[str], str]) -> Content:
    """One line on what a list was understood to be."""
    name, *others = words.understood(opened.name, opened.detected, size)
    pieces = [Content.styled(hide(name), "bold"), *(Content.styled(piece, DIM) for piece in others)]
    return _BETWEEN.join(pieces)


def sums(preview: Preview) -> Content:
    """What became of the previewed numbers."""
    if preview.counts is None:
        return Content.styled(f"{words.of_how_many(preview).removeprefix('of ').capitalize()}, as read", DIM)
    pieces = [(text, _COLOURS[style]) for text, style in words.sums(preview)]
    return Content.assemble(*pieces, (f" {words.of_how_many(preview)}", DIM))


def notes(job: BulkJob, complaint: str, focused: str, back: str | None, hide: Callable[[str], str]) -> Content:
    """A sentence a line, what matters most first.

    ``back`` is the key that goes back to what is detected (or empty), and None where nothing was taken over.
    """
    opened = job.opened
    assert opened is not None
    found = opened.detected
    guess = "The encoding is a guess: look at the names in the rows."
    lines = [("", complaint, BAD)]
    if job.numbers.phone_column is None:
        lines.append(("", f"{hide(opened.guess.why)} Say which column has the numbers.", WARN))
    elif focused == "phone_column":
        lines.append((focused, f"Detected: {hide(opened.guess.why)}", DIM))
    if back is not None and opened.remembered_at is not None:
        how = f" {back} goes back to what is detected." if back else ""
        lines.append(("", f"{words.taken_over(opened.remembered_at)}{how}", ACCENT))
    if not found.encoding_sure:
        lines.append(("encoding", guess, WARN))
    vote = job.vote
    if vote is not None and vote.bare:
        undecided = job.numbers.bare is Bare.AUTO and words.is_open(vote)
        lines.append(("bare", f"Without +: {vote.sentence(job.numbers.bare)}", WARN if undecided else ""))
    lines += [("", remark, WARN) for remark in opened.remarks]
    lines += [("", note, WARN) for note in opened.list_file.notes[len(found.notes) :]]
    lines += [("", note, DIM) for note in found.notes]
    # What is about the focused field comes right after what went wrong.
    order = sorted(lines, key=lambda line: (line[2] != BAD, line[0] != focused or not focused))
    return Content("\n").join(literal(text, style=style) for _, text, style in order if text)


def detail(preview: Preview, index: int, masked: bool) -> Content:
    """What becomes of a row's number: before and after with its reason, and what there is to be said of it."""
    if preview.phone is None or index >= len(preview.seen):
        return Content("")
    number, cells = preview.rows[index]
    seen, cell = preview.seen[index], shown(cells[preview.phone])
    colour = _COLOURS.get(seen.state.style, "")

    def hide(text: str) -> str:
        return mask_numbers(text) if masked else text

    before = all_masked(cell) if masked else cell
    pieces = [
        Content.styled(f"Row {number:,}  ", DIM),
        Content.styled(f"{seen.state.sign} {seen.state.word}  ", colour),
        literal(before, 40) if before else Content.styled("empty", DIM),
    ]
    if seen.state.sent and _digits(cell) == _digits(seen.sent_to) and cell.lstrip().startswith("+"):
        pieces[-1] = literal(hide(seen.sent_to), 40, "bold")
    elif seen.state.sent:
        pieces += [Content.styled(" → ", DIM), literal(hide(seen.sent_to), 40, "bold")]
    else:
        pieces += [Content.styled(" → nothing is sent", DIM)]
    first = Content("").join(pieces)
    sentence = literal(hide(seen.sentence), _LONGEST, "" if seen.state.style == "muted" else colour)
    about = literal(hide(seen.about), 200, DIM)
    if not seen.about or not seen.sentence:
        return Content("\n").join([first, sentence if seen.sentence else about])
    return Content.assemble(first, "\n", about, (" · ", DIM), sentence)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))

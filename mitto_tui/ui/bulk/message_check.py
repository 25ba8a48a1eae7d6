"""What can be known of a message for a list before any row is read: whether it can be sent, or what is wrong where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import MessageType, check_message
from mitto_tui.sms.sender import check_sender
from mitto_tui.sms.template import FieldPiece, Renderer, Template, TemplateError, parse
from mitto_tui.sms.template_names import AmbiguousColumn, MissingColumn, normal
from mitto_tui.ui.bulk.job import BulkJob

_NOBODY: Final = "491713920000"
_ANY_SENDER: Final = "MITTO SMS"


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """``problem`` is what keeps the message from being counted, ``sender_problem`` what only keeps it from being sent.

    ``place`` is where in the text the problem is (start and end), or None. ``render`` is None where the text can't be
    rendered for this list. ``fixed`` is whether it has no fields: the same for every row.
    """

    problem: InvalidInput | None = None
    sender_problem: InvalidInput | None = None
    place: tuple[int, int] | None = None
    render: Renderer | None = None
    fixed: bool = True

    @property
    def any_problem(self) -> InvalidInput | None:
        """The first thing that has to be mended."""
        return self.problem or self.sender_problem


def check_job(job: BulkJob, wrong_option: InvalidInput | None = None) -> MessageCheck:
    """Check what stands in ``job``. ``wrong_option`` is what its options' form can't be read for, if anything."""
    sender = check_sender(job.sender)
    wrong_sender = InvalidInput("from", sender.error, "Write who the message comes from.") if sender.error else None
    template: Template | None = None
    problem: InvalidInput | None = None
    place: tuple[int, int] | None = None
    render: Renderer | None = None
    try:
        template = parse(job.template)
        render = template.bind(job.opened.columns if job.opened is not None else ())
    except TemplateError as error:
        problem, place = error, (error.start, error.end)
    except (MissingColumn, AmbiguousColumn) as error:
        problem, place = error, _use_of(template, error.name)
    else:
        problem = wrong_option or _unsendable(job, template, render)
    if not job.template:
        problem = InvalidInput("text", "There is no text.", "Write the message; { offers the columns of the list.")
    fixed = template is not None and not template.fields
    return MessageCheck(problem, wrong_sender, place, render, fixed)


def _unsendable(job: BulkJob, template: Template, render: Renderer) -> InvalidInput | None:
    """What no row could mend: options that can't be sent, or the same text for every row that can't be."""
    text = render(()) if not template.fields else "00" if job.options.type is MessageType.BINARY else "0"
    try:
        check_message(_ANY_SENDER, _NOBODY, text or "0", job.options)
    except InvalidInput as error:
        return error
    return None


def _use_of(template: Template | None, name: str) -> tuple[int, int] | None:
    for piece in template.pieces if template is not None else ():
        if isinstance(piece, FieldPiece) and piece.key == normal(name):
            return piece.start, piece.end
    return None

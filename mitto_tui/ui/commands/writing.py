"""What can be done with drafts, with saved templates, and with the fields of one."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class _OfCurrent(Command):
    """It is done to what is under the cursor."""

    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_current)


class OpenDraft(_OfCurrent):
    id = "drafts.open"
    key = "enter"
    label = "Open"
    title = "Open the draft"
    help = "Puts it into the form, to go on with it. What stands there is kept as a draft of its own."


class RenameDraft(_OfCurrent):
    id = "drafts.rename"
    key = "ctrl+r,f6"
    label = "Rename"
    title = "Give the draft a name"
    help = "A draft with a name is found more easily; an empty name takes it away."


class DeleteDraft(_OfCurrent):
    id = "drafts.delete"
    key = "ctrl+d,f8"
    label = "Delete"
    title = "Delete the draft"
    help = "At once, without a question: as long as the list is open, undo brings it back."


class UndoDraft(Command):
    id = "drafts.undo"
    key = "ctrl+z,f7"
    label = "Undo"
    title = "Bring back what was deleted"
    help = "Brings back what was deleted last, as it was, then what was deleted before."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_undo)


class InsertTemplate(_OfCurrent):
    id = "templates.insert"
    key = "enter"
    label = "Insert"
    title = "Insert the template"
    help = "Puts its text where the cursor is. Where it has fields, they are filled in first."


class SaveTemplate(Command):
    id = "templates.save"
    key = "ctrl+s,f9"
    label = "Save text"
    title = "Save the text as a template"
    help = "Keeps the text that stands in the form as a new template, or in place of one that is there."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_save)


class RenameTemplate(_OfCurrent):
    id = "templates.rename"
    key = "ctrl+r,f6"
    label = "Rename"
    title = "Give the template another name"
    help = "Its text stays as it is."


class DeleteTemplate(_OfCurrent):
    id = "templates.delete"
    key = "ctrl+d,f8"
    label = "Delete"
    title = "Delete the template"
    help = "At once, without a question: as long as the list is open, undo brings it back."


class UndoTemplate(UndoDraft):
    id = "templates.undo"


class InsertFilled(Command):
    id = "fields.insert"
    key = "ctrl+s,f9"
    label = "Insert"
    title = "Insert the text as it is shown"
    help = "Puts the text below into the message. A field left empty takes its fallback; one without stays in the text."
    footer = True


class InsertAsItIs(Command):
    id = "fields.as_it_is"
    key = "ctrl+t,f8"
    label = "Insert as it is"
    title = "Insert the template with its fields"
    help = "Puts the template into the message with all fields as they are, to fill them in there."
    footer = True


DRAFTS = (OpenDraft, RenameDraft, DeleteDraft, UndoDraft)
TEMPLATES = (InsertTemplate, SaveTemplate, RenameTemplate, DeleteTemplate, UndoTemplate)
FIELDS = (InsertFilled, InsertAsItIs)
COMMANDS = (*DRAFTS, *TEMPLATES, *FIELDS)

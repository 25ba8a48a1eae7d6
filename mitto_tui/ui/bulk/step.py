"""What the steps of the Bulk screen share.

A step shows and changes the ``BulkJob`` that it is given. The screen shows one step at a time: ``come`` is called
whenever it comes into sight, ``go`` when another one does. Its commands (``ACTIONS``) have their methods on the step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import Vertical
from textual.message import Message

from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.commands.base import Command

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace


class BulkStep(Vertical):
    """One of the steps. Subclass it with a body, and ``BINDINGS = bindings(*ACTIONS)``."""

    NAME: ClassVar[str]
    """One word, for the line of steps."""
    ABOUT: ClassVar[str]
    """A sentence or two for F1."""
    ACTIONS: ClassVar[tuple[type[Command], ...]] = ()
    JUMPS: ClassVar[dict[str, str]] = {}
    HELP_TEXTS: ClassVar[dict[str, str]] = {}

    class Changed(Message):
        """The job changed, or whether the step is done: the screen looks at both again."""

    def __init__(self, job: BulkJob, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or f"step-{self.NAME.lower()}", classes="bulk-step")
        self.job = job

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    @property
    def workspace(self) -> Workspace:
        """The opened workspace."""
        workspace = self.mitto.workspace
        assert workspace is not None
        return workspace

    def come(self) -> None:
        """It comes into sight: show the job as it is now, and take the focus."""

    def go(self) -> None:
        """Another step comes into sight: stop what is only for this one."""

    def proceed(self) -> bool:
        """The next step is asked for: whether it may follow, or this one first has something to do, and says when."""
        return True

    @property
    def missing(self) -> str:
        """Why the next step can't follow yet, in a sentence; empty where it can."""
        return ""

    @property
    def shows_missing(self) -> bool:
        """Whether the step itself shows ``missing``, where it belongs: then it isn't said above it once more."""
        return False

    def masking_changed(self) -> None:
        """Numbers are to be masked, or shown again."""

    def store_changed(self) -> None:
        """Something in the store changed."""

    async def before_quit(self) -> None:
        """The program is about to end: keep what must be kept, end what runs."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        for command in self.ACTIONS:
            if command.action() == action:
                return True if command.possible(self) else None
        return super().check_action(action, parameters)

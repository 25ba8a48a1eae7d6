"""What all dialogs have in common: each is dismissed once."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

R = TypeVar("R")


class Modal(ModalScreen[R], Generic[R]):
    """A dialog that answers once, whatever comes after that: a second click, or work that has ended too late.

    Textual's own takes the screen below away then, or ends the program where there is none.
    """

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()

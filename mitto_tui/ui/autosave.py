"""What is being written, kept on disk half a second after the last key, so that a crash costs no more than that.

One draft is being written at a time; it can be set aside for another one, and be opened again. Whatever was typed is in
one draft or the other at any moment, also where somebody types on while a draft is opened, where a save fails (it is
tried again), and where another program writes the same draft (then there are two).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.storage.meta import Meta
from mitto_tui.storage.rows import Draft

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

DELAY: Final = 0.5
"""Seconds after the last change until it is on disk."""
_MARK: Final = "draft_open"
_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Form:
    """The compose form, exactly as typed. ``options`` are the option fields' texts."""

    sender: str = ""
    to: str = ""
    text: str = ""
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it that would be missed: neither recipient nor text."""
        return not self.to and not self.text


@dataclass(slots=True, eq=False)
class Writing:
    """One draft while it is written. ``stored`` is on disk under ``id``, as of ``seen``; ``pending`` is not yet.

    ``copied`` is what it began as, where that is kept elsewhere.
    """

    id: int | None = None
    seen: datetime | None = None
    stored: Form | None = None
    pending: Form | None = None
    copied: Form | None = None


class Autosave:
    """Keeps what is being written in a profile's drafts. Saves happen one after the other, and the newest counts."""

    def __init__(self, workspace: Workspace, say: Callable[[str], None]) -> None:
        """``say`` is told in words what became of a save, on the event loop."""
        self._drafts = workspace.drafts
        self._meta = Meta(workspace.database)
        self._profile = workspace.profile.name
        self._say = say
        self._now = Writing()
        self._aside: list[Writing] = []
        self._timer: asyncio.TimerHandle | None = None
        self._store = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stopped = False

    @property
    def current(self) -> int | None:
        """The id of the draft that is being written, or None before it has been saved."""
        return self._now.id

    @property
    def writing(self) -> Writing:
        """What is being written, for ``bring_back``."""
        return self._now

    async def restore(self) -> Form | None:
        """What was being written when the program ended last, or None."""
        try:
            draft = await asyncio.to_thread(self._left_open)
        except MittoTuiError as error:
            self._say(str(error))
            return None
        if draft is None:
            return None
        self._say(f"Draft of {draft.updated_at.astimezone():%d %b %H:%M} restored")
        return self._take_up(draft)

    def _left_open(self) -> Draft | None:
        # What was saved after the last change of drafts was being written; else that change tells.
        newest = self._drafts.latest(self._profile)
        if newest is None:
            return None
        mark = _read_mark(self._meta.get(self._profile, _MARK))
        if mark is None:
            return newest if newest.name is None else None
        draft_id, at = mark
        if newest.updated_at > at:
            return newest
        return None if draft_id is None else self._drafts.get(draft_id)

    def touch(self, form: Form) -> None:
        """The form changed: save it when the person pauses."""
        self._now.pending = form
        self._save_soon()

    def sent(self, form: Form) -> Writing:
        """``form``, which was being written, is on its way; the next change begins another draft.

        Its draft stays until ``stored`` is told that the message is in the store. Until then much can happen, such as a
        keyring that asks for a password, and a crash must not cost the text.
        """
        left, self._now = self._now, Writing()
        left.pending, left.copied = form, None
        self._aside.append(left)
        self._tell("")
        self._start(self._write())
        return left

    def stored(self, writing: Writing) -> None:
        """The message that ``writing`` became is in the store: no draft of it is needed."""
        writing.pending = Form()
        if writing not in self._aside:
            self._aside.append(writing)
        self._start(self._write())

    def stop(self) -> None:
        """Save nothing more: the workspace may be closed after this."""
        self._stopped = True
        self._now.pending = None
        self._aside.clear()
        if self._timer is not None:
            self._timer.cancel()

    async def flush(self) -> None:
        """Save now what is not saved yet. What goes wrong is said, not raised: writing goes on."""
        await self._finish(self._write())

    def set_aside(self, form: Form | None = None) -> Awaitable[bool]:
        """Leave the draft in the list as it is; the next change begins another one, from this call on.

        ``form`` is what stands in the form, if it may have changed since ``touch``: take it, change the form, and call
        this, with no await in between. The result may be awaited or not: whether all is on disk. What could not be
        written is tried again with the next save.
        """
        self._put_aside(form)
        return self._finish(self._write(mark=True))

    def bring_back(self, form: Form, standing: Form, writing: Writing | None = None) -> None:
        """Write ``form`` from now on; ``standing``, which stood in its place, is set aside.

        ``writing`` is the draft that it was when it was set aside: it is the same again. Without it ``form`` is kept
        elsewhere, as a message that was sent is: no draft is left of it unless it is changed.
        """
        again = writing if writing is not self._now else Writing()
        self._put_aside(standing)
        self._now = again or Writing(copied=form)
        self._now.stored = None  # its draft may be gone: it is saved in any case
        if self._now in self._aside:
            self._aside.remove(self._now)
        self._now.pending = form
        self._start(self._write(mark=True))

    async def open(self, draft_id: int, standing: Callable[[], Form] | None = None) -> Form | None:
        """Set aside what is being written and write that draft from now on: what to put into the form, at once.

        None where the draft is gone (deleted in another program): then nothing has changed. ``standing`` gives what
        stands in the form, so that what is typed meanwhile stays in the draft it was typed into. Raises MittoTuiError
        where the draft can't be read.
        """
        draft = await self._finish(self._read(draft_id))
        if draft is None:
            return None
        now = self._now
        if now.id == draft.id and now.seen == draft.updated_at:
            return (standing() if standing else None) or now.pending or now.stored
        self._put_aside(standing() if standing else None)
        form = self._take_up(draft)
        self._start(self._write(mark=True))
        return form

    # -- drafts -------------------------------------------------------------------------------------------------------

    def _put_aside(self, form: Form | None) -> None:
        left, self._now = self._now, Writing()
        if form is not None:
            left.pending = form
        if left.copied is not None and (left.pending or left.stored) == left.copied:
            left.pending = Form()
        # Also without anything pending: a save of it may be under way, and fail.
        self._aside.append(left)

    def _take_up(self, draft: Draft) -> Form:
        form = Form(draft.sender, draft.recipient, draft.text, draft.options)
        self._now = Writing(draft.id, draft.updated_at, form)
        return form

    # -- saving -------------------------------------------------------------------------------------------------------

    def _save_soon(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(DELAY, self._begin)

    def _begin(self) -> None:
        self._start(self._write())

    def _start(self, work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _finish(self, work: Coroutine[Any, Any, _Result]) -> Awaitable[_Result]:
        # A caller that is cancelled must not leave a save half known: its draft would be saved a second time.
        return asyncio.shield(self._start(work))

    async def _read(self, draft_id: int) -> Draft | None:
        async with self._store:
            await self._write_all()
            return await asyncio.to_thread(self._drafts.get, draft_id)

    async def _write(self, *, mark: bool = False) -> bool:
        async with self._store:
            done = await self._write_all()
            if mark and not self._stopped:
                value = f"{self._now.id or 0} {datetime.now(UTC).isoformat()}"
                try:
                    await asyncio.to_thread(self._meta.set, self._profile, _MARK, value)
                except MittoTuiError:
                    _log.warning("which draft is open could not be noted", exc_info=True)
            return done

    async def _write_all(self) -> bool:
        if self._timer is not None:
            self._timer.cancel()
        for writing in [*self._aside, self._now]:
            try:
                await self._save(writing)
            except MittoTuiError as error:
                self._tell(f"Draft not saved: {error.message}")
            except Exception as error:
                _log.exception("a draft could not be saved")
                self._tell(f"Draft not saved: {type(error).__name__}")
        self._aside = [writing for writing in self._aside if writing.pending is not None]
        return not self._aside

    async def _save(self, writing: Writing) -> None:
        form, writing.pending = writing.pending, None
        if form is None or form == writing.stored or self._stopped:
            return
        try:
            if form.blank:
                await self._delete(writing)
            else:
                await self._insert_or_replace(writing, form)
        except BaseException:
            writing.pending = writing.pending or form
            raise

    async def _insert_or_replace(self, writing: Writing, form: Form) -> None:
        now = datetime.now(UTC)
        draft = Draft(writing.id, self._profile, form.sender, form.to, form.text, dict(form.options), now)
        saved = await asyncio.to_thread(self._drafts.save, draft, writing.seen)
        another = writing.id not in (None, saved.id)
        writing.id, writing.seen, writing.stored = saved.id, saved.updated_at, form
        if writing is self._now:
            why = " as another: it was changed elsewhere" if another else f" {now.astimezone():%H:%M:%S}"
            self._tell(f"Draft saved{why}")

    async def _delete(self, writing: Writing) -> None:
        if writing.id is None:
            return
        if writing.copied is not None:
            draft = await asyncio.to_thread(self._drafts.get, writing.id)
            if draft is not None and draft.name:
                return  # somebody means to keep it
        await asyncio.to_thread(self._drafts.delete, writing.id, writing.seen)
        writing.id = writing.seen = writing.stored = None
        if writing is self._now:
            self._tell("")

    def _tell(self, words: str) -> None:
        if not self._stopped:
            self._say(words)


def _read_mark(value: str | None) -> tuple[int | None, datetime] | None:
    """Which draft was open when, as ``Autosave`` wrote it down; None where it did not, or not so."""
    draft_id, _, at = (value or "").partition(" ")
    try:
        return int(draft_id) or None, datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        return None

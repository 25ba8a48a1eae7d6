"""What is being written is in one draft or another at any moment: set aside, opened again, by two programs at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.storage.database import Database
from mitto_tui.storage.drafts import Draft, Drafts
from mitto_tui.storage.errors import StoreError
from mitto_tui.ui import autosave
from mitto_tui.ui.autosave import Autosave, Form


class Desk:
    """A program's form and its autosave, without the program."""

    def __init__(self, database: Database, profile: str = "work") -> None:
        workspace: Any = SimpleNamespace(
            drafts=Drafts(database), database=database, profile=SimpleNamespace(name=profile)
        )
        self.drafts: Drafts = workspace.drafts
        self.profile = profile
        self.said: list[str] = []
        self.autosave = Autosave(workspace, self.said.append)
        self.form = Form()

    def type(self, text: str) -> None:
        self.form = Form("Me", "+49 172", text, {"type": "auto"})
        self.autosave.touch(self.form)

    async def set_aside(self) -> bool:
        form, self.form = self.form, Form()
        return await self.autosave.set_aside(form)

    def send(self) -> None:
        """The message leaves, and is in the store at once."""
        form, self.form = self.form, Form()
        self.autosave.stored(self.autosave.sent(form))

    async def open(self, draft_id: int | None) -> None:
        assert draft_id is not None
        form = await self.autosave.open(draft_id, lambda: self.form)
        if form is not None:
            self.form = form

    def texts(self) -> list[str]:
        """What is on disk, newest first."""
        return [draft.text for draft in self.drafts.list(self.profile)]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with Database.open(tmp_path_factory.mktemp("drafts") / "mitto.db") as opened:
        yield opened


@pytest.fixture
def desk(database: Database, request: pytest.FixtureRequest) -> Desk:
    return Desk(database, request.node.name)


async def test_several_drafts_are_written_one_after_the_other(desk: Desk) -> None:
    desk.type("first")
    assert await desk.set_aside()
    assert desk.autosave.current is None
    desk.type("second")
    await desk.autosave.flush()
    second = desk.autosave.current
    first = desk.drafts.list(desk.profile)[1]
    await desk.open(first.id)
    assert desk.form == Form("Me", "+49 172", "first", {"type": "auto"})
    assert desk.autosave.current == first.id
    desk.type("first, longer")
    await desk.autosave.flush()
    assert desk.texts() == ["first, longer", "second"]
    assert [draft.id for draft in desk.drafts.list(desk.profile)] == [first.id, second]


async def test_a_name_stays_while_the_draft_is_written_on(desk: Desk) -> None:
    desk.type("Dear")
    await desk.autosave.flush()
    assert desk.autosave.current is not None
    desk.drafts.rename(desk.autosave.current, "Letter")
    desk.type("Dear all")
    await desk.autosave.flush()
    (draft,) = desk.drafts.list(desk.profile)
    assert (draft.name, draft.text) == ("Letter", "Dear all")


async def test_a_draft_that_is_not_changed_keeps_its_time(desk: Desk) -> None:
    desk.type("Dear")
    await desk.set_aside()
    (before,) = desk.drafts.list(desk.profile)
    await desk.open(before.id)
    await desk.open(before.id)
    await desk.set_aside()
    assert desk.drafts.list(desk.profile) == [before]


async def test_sent_or_emptied_it_is_gone_and_the_others_stay(desk: Desk) -> None:
    desk.type("stays")
    await desk.set_aside()
    for text in ("sent", "emptied"):
        desk.type(text)
        await desk.autosave.flush()
        assert desk.texts() == [text, "stays"]
        if text == "sent":
            desk.send()
            await desk.autosave.flush()
        else:
            desk.autosave.touch(Form("Me"))
            await desk.autosave.flush()
        assert desk.texts() == ["stays"]
    desk.type("sent before it was saved")
    desk.send()
    await desk.autosave.flush()
    assert desk.texts() == ["stays"]


async def test_a_draft_stays_until_its_message_is_in_the_store(desk: Desk, database: Database) -> None:
    desk.type("Dear all")
    form, writing = desk.form, desk.autosave.sent(desk.form)
    await desk.autosave.flush()
    assert desk.texts() == ["Dear all"]
    # Should the program end now, nothing was sent, and nothing is lost.
    assert await Desk(database, desk.profile).autosave.restore() == form
    # Where the message can't be stored, it is the same draft again.
    desk.autosave.bring_back(form, Form(), writing)
    desk.type("Dear all of you")
    await desk.autosave.flush()
    assert desk.texts() == ["Dear all of you"]
    desk.send()
    await desk.autosave.flush()
    assert desk.texts() == []


async def test_a_draft_that_is_gone_changes_nothing(desk: Desk) -> None:
    desk.type("Dear")
    await desk.open(10**9)
    assert desk.form.text == "Dear"
    desk.type("Dear all")
    await desk.autosave.flush()
    assert desk.texts() == ["Dear all"]


async def test_what_is_typed_while_a_draft_is_opened_stays_in_its_own(desk: Desk) -> None:
    desk.type("first")
    await desk.set_aside()
    (first,) = desk.drafts.list(desk.profile)
    desk.type("seco")
    opening = asyncio.create_task(desk.open(first.id))
    await asyncio.sleep(0)
    desk.type("second")
    await opening
    await desk.autosave.flush()
    assert desk.form.text == "first"
    assert sorted(desk.texts()) == ["first", "second"]


async def test_what_is_typed_from_the_call_on_is_in_the_next_draft(desk: Desk) -> None:
    desk.type("first")
    aside = desk.autosave.set_aside(desk.form)
    desk.type("second")
    desk.send()
    gone = asyncio.create_task(desk.autosave.flush())
    desk.type("third")
    await asyncio.gather(aside, gone)
    await desk.autosave.flush()
    assert desk.texts() == ["third", "first"]


async def test_a_caller_that_is_cancelled_leaves_one_draft(desk: Desk) -> None:
    desk.type("Dear")
    saving = asyncio.create_task(desk.autosave.flush())
    await asyncio.sleep(0)
    saving.cancel()
    await asyncio.gather(saving, return_exceptions=True)
    desk.type("Dear all")
    await desk.autosave.flush()
    assert desk.texts() == ["Dear all"]


async def test_two_programs_never_overwrite_each_other(desk: Desk, database: Database) -> None:
    desk.type("a")
    await desk.autosave.flush()
    other = Desk(database, desk.profile)
    other.form = await other.autosave.restore() or Form()
    assert other.form.text == "a"
    other.type("ab")
    await other.autosave.flush()
    desk.type("ac")
    await desk.autosave.flush()
    assert sorted(desk.texts()) == ["ab", "ac"]
    assert desk.said[-1] == "Draft saved as another: it was changed elsewhere"
    # What the other one has changed since is not thrown away when this one has sent it.
    await other.open(desk.autosave.current)
    other.type("acd")
    await other.autosave.flush()
    desk.send()
    await desk.autosave.flush()
    assert sorted(desk.texts()) == ["ab", "acd"]


async def test_what_was_being_written_comes_back_and_what_was_set_aside_does_not(
    desk: Desk, database: Database
) -> None:
    async def next_start() -> str | None:
        form = await Desk(database, desk.profile).autosave.restore()
        return None if form is None else form.text

    assert await next_start() is None
    desk.type("aside")
    await desk.set_aside()
    assert await next_start() is None
    desk.type("written")
    await desk.autosave.flush()
    assert await next_start() == "written"
    await desk.open(desk.drafts.list(desk.profile)[1].id)
    await desk.autosave.flush()
    assert await next_start() == "aside"
    desk.send()
    await desk.autosave.flush()
    assert await next_start() is None
    assert desk.texts() == ["written"]


async def test_where_nothing_was_ever_set_aside_the_newest_comes_back_unless_it_has_a_name(desk: Desk) -> None:
    for day, name in ((1, "Letter"), (2, None)):
        desk.drafts.save(Draft(None, desk.profile, "", "", f"{day}", {}, datetime(2026, 1, day, tzinfo=UTC), name))
    form = await desk.autosave.restore()
    assert form is not None
    assert form.text == "2"
    desk.drafts.rename(desk.drafts.list(desk.profile)[0].id or 0, "Another letter")
    assert await desk.autosave.restore() is None


async def test_what_can_not_be_saved_is_said_and_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(draft: Draft, seen: datetime | None = None) -> Draft:
        raise StoreError("The disk is full.", "Free some space.")

    with monkeypatch.context() as broken:
        broken.setattr(desk.drafts, "save", fail)
        desk.type("first")
        assert not await desk.set_aside()
        desk.type("second")
        await desk.autosave.flush()
        assert desk.said == ["Draft not saved: The disk is full."] * len(desk.said)
    await desk.autosave.flush()
    assert desk.texts() == ["second", "first"]


async def test_nothing_is_saved_or_said_after_the_end(desk: Desk) -> None:
    desk.type("late")
    desk.autosave.stop()
    desk.type("later")
    await desk.autosave.flush()
    assert (desk.texts(), desk.said) == ([], [])


_OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["type", "type", "aside", "open", "open", "flush", "rename", "wait"]),
        st.integers(0, 1),
        st.integers(0, 5),
    ),
    max_size=14,
)


@settings(max_examples=30)
@given(_OPERATIONS)
def test_no_text_is_lost_whatever_happens_at_once(database: Database, operations: list[tuple[str, int, int]]) -> None:
    """Two programs on one profile. Texts only grow, so each that ever stood in a form must begin one on disk."""
    profile = f"machine {id(operations)} {datetime.now(UTC).isoformat()}"
    typed: list[str] = []

    async def play() -> list[str]:
        desks = [Desk(database, profile), Desk(database, profile)]
        tasks: list[asyncio.Task[Any]] = []
        for number, (what, who, which) in enumerate(operations):
            desk = desks[who]
            stored = [draft.id for draft in desk.drafts.heads(profile)]
            if what == "type":
                typed.append(f"{desk.form.text}{who}{number} ")
                desk.type(typed[-1])
            elif what == "aside":
                tasks.append(asyncio.create_task(desk.set_aside()))
            elif what == "flush":
                tasks.append(asyncio.create_task(desk.autosave.flush()))
            elif what == "wait":
                await asyncio.gather(*tasks)
            elif stored and what == "open":
                tasks.append(asyncio.create_task(desk.open(stored[which % len(stored)])))
            elif stored:
                desk.drafts.rename(stored[which % len(stored)], f"name {number}")
            for _ in range(which):
                await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        for desk in desks:
            assert await desk.set_aside()
        return desks[0].texts()

    with pytest.MonkeyPatch.context() as soon:
        soon.setattr(autosave, "DELAY", 0.0)
        found = asyncio.run(play())
    assert [text for text in typed if not any(kept.startswith(text) for kept in found)] == []

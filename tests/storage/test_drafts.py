"""Drafts: kept as typed, newest first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mitto_tui.storage.database import Database
from mitto_tui.storage.drafts import Draft, Drafts

from .builders import T0, at


@pytest.fixture
def drafts(database: Database) -> Drafts:
    return Drafts(database)


def draft(text: str = "Dear", seconds: float = 0, profile: str = "work") -> Draft:
    return Draft(None, profile, "MITTO SMS", "+49 172", text, {"type": "auto", "validity": None}, at(seconds))


def test_a_saved_draft_comes_back_as_typed(drafts: Drafts) -> None:
    typed = Draft(
        id=None,
        profile="work",
        sender=" [/foo] \x1b[31m",
        recipient="+49 (172) \0 ‮",
        text="half a pair \ud83d" + "😀" * 10_000,
        options={"reference": "\udc00\ud83d\ude00", "flash": True, "pid": 64, "callback": None, "list": ["a"]},
        updated_at=T0,
        name="Spring \ud800",
    )
    saved = drafts.save(typed)
    assert saved.id is not None
    assert saved == replace(typed, id=saved.id)
    assert drafts.get(saved.id) == saved
    assert drafts.list("work") == [saved]


def test_saving_again_replaces_the_same_draft(drafts: Drafts) -> None:
    saved = drafts.save(draft("De"))
    changed = drafts.save(replace(saved, text="Dear", name="Letter", updated_at=at(1)))
    assert changed.id == saved.id
    assert drafts.list("work") == [changed]


def test_newest_first_and_one_profile_only(drafts: Drafts) -> None:
    first, second = drafts.save(draft("first", 1)), drafts.save(draft("second", 2))
    theirs = drafts.save(draft("theirs", 9, "other"))
    first = drafts.save(replace(first, updated_at=at(3)))
    assert drafts.list("work") == [first, second]
    assert drafts.latest("work") == first
    assert drafts.latest("other") == theirs
    assert drafts.latest("nobody") is None
    assert drafts.list("nobody") == []


def test_drafts_of_the_same_moment_have_an_order(drafts: Drafts) -> None:
    first, second = drafts.save(draft("first")), drafts.save(draft("second"))
    assert drafts.list("work") == [second, first]
    assert drafts.latest("work") == second


def test_a_deleted_draft_is_gone_and_its_number_is_not_given_again(drafts: Drafts) -> None:
    saved = drafts.save(draft())
    assert saved.id is not None
    assert drafts.delete(saved.id) is True
    assert drafts.delete(saved.id) is False
    assert drafts.get(saved.id) is None
    assert drafts.get(10**30) is None
    assert drafts.delete(10**30) is False
    assert drafts.save(draft()).id == saved.id + 1


def test_what_is_still_being_typed_comes_back_when_somebody_deleted_it(drafts: Drafts) -> None:
    saved = drafts.save(draft("De"))
    assert saved.id is not None
    drafts.delete(saved.id)
    again = drafts.save(replace(saved, text="Dear"))
    assert again.id == saved.id
    assert drafts.list("work") == [again]


def test_drafts_survive_a_restart(path: Path) -> None:
    with Database.open(path) as database:
        saved = Drafts(database).save(draft())
    with Database.open(path) as database:
        assert Drafts(database).latest("work") == saved

"""Drafts: kept as typed, newest first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Barrier

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


def test_a_list_ends_at_its_limit_and_the_count_does_not(drafts: Drafts) -> None:
    saved = [drafts.save(draft(str(number), number)) for number in range(205)]
    drafts.save(draft("theirs", 999, "other"))
    assert drafts.list("work") == saved[:4:-1]
    assert drafts.list("work", 2) == [saved[204], saved[203]]
    assert drafts.list("work", 0) == drafts.list("work", -1) == []
    assert len(drafts.list("work", 10**30)) == 205
    assert drafts.count("work") == 205
    assert drafts.count("nobody") == 0


def test_a_list_of_heads_is_that_of_the_drafts(drafts: Drafts) -> None:
    for number in range(3):
        drafts.save(
            replace(draft(str(number), number), recipient=f"\udc00{number}", name=str(number) if number else None)
        )
    drafts.save(draft("theirs", 999, "other"))
    heads = [(head.id, head.name, head.recipient, head.updated_at) for head in drafts.heads("work")]
    assert heads == [(kept.id, kept.name, kept.recipient, kept.updated_at) for kept in drafts.list("work")]
    assert [head.id for head in drafts.heads("work", 2)] == [3, 2]
    assert drafts.heads("work", -1) == drafts.heads("nobody") == []


def test_what_somebody_else_has_saved_since_is_not_deleted(drafts: Drafts) -> None:
    mine = drafts.save(draft("Dear"))
    assert mine.id is not None
    theirs = drafts.save(replace(mine, text="Dear Ada"), seen=mine.updated_at)
    assert drafts.delete(mine.id, seen=mine.updated_at) is False
    assert drafts.list("work") == [theirs]
    assert drafts.delete(mine.id, seen=theirs.updated_at) is True
    assert drafts.list("work") == []


def test_what_somebody_else_has_saved_since_is_left_alone(drafts: Drafts) -> None:
    mine = drafts.save(draft("Dear"))
    theirs = drafts.save(replace(mine, text="Dear Ada", updated_at=at(1)), seen=mine.updated_at)
    assert theirs.id == mine.id
    other = drafts.save(replace(mine, text="Dear Bob", updated_at=at(2)), seen=mine.updated_at)
    assert other.id not in (None, mine.id)
    assert drafts.list("work") == [other, theirs]
    further = drafts.save(replace(other, text="Dear Bob,", updated_at=at(3)), seen=other.updated_at)
    assert drafts.list("work") == [further, theirs]


def test_without_what_was_seen_the_last_one_wins(drafts: Drafts) -> None:
    first = drafts.save(draft("Dear"))
    drafts.save(replace(first, text="Dear Ada", updated_at=at(1)))
    last = drafts.save(replace(first, text="Dear Bob", updated_at=at(2)))
    assert drafts.list("work") == [last]


@pytest.mark.parametrize("seconds", [0, -1, -86400])
def test_every_save_is_later_than_the_one_before_whatever_the_clock_says(drafts: Drafts, seconds: float) -> None:
    mine = drafts.save(draft("Dear"))
    theirs = drafts.save(replace(mine, text="Dear Ada", updated_at=at(seconds)), seen=mine.updated_at)
    assert theirs.updated_at == at(0.000001)
    assert drafts.list("work") == [theirs]
    other = drafts.save(replace(mine, text="Dear Bob", updated_at=at(seconds)), seen=mine.updated_at)
    assert other.id != theirs.id
    assert {found.text for found in drafts.list("work")} == {"Dear Ada", "Dear Bob"}


def test_a_deleted_draft_that_is_there_again_is_later_than_it_was(drafts: Drafts) -> None:
    mine = drafts.save(draft("Dear", 5))
    assert mine.id is not None
    drafts.delete(mine.id)
    again = drafts.save(replace(mine, text="Dear Ada", updated_at=at(0)), seen=mine.updated_at)
    assert again == replace(mine, text="Dear Ada", updated_at=at(5.000001))
    other = drafts.save(replace(mine, text="Dear Bob", updated_at=at(9)), seen=mine.updated_at)
    assert drafts.list("work") == [other, again]


def test_a_draft_that_somebody_else_made_anew_is_theirs_even_where_their_clock_is_behind(drafts: Drafts) -> None:
    mine = drafts.save(draft("Dear", 5))
    assert mine.id is not None
    drafts.delete(mine.id)
    theirs = drafts.save(replace(mine, text="Dear Ada", updated_at=at(1)))
    other = drafts.save(replace(mine, text="Dear Bob", updated_at=at(9)), seen=mine.updated_at)
    assert theirs.id == mine.id
    assert drafts.list("work") == [other, theirs]


def test_a_draft_never_saved_is_a_new_one_whatever_was_seen(drafts: Drafts) -> None:
    first = drafts.save(draft("first"), seen=at(-9))
    second = drafts.save(draft("second"), seen=first.updated_at)
    assert {found.text for found in drafts.list("work")} == {"first", "second"}
    assert second.id != first.id


def test_times_without_a_zone_are_refused(drafts: Drafts) -> None:
    saved = drafts.save(draft())
    naive = T0.replace(tzinfo=None)
    for changed, seen in ((replace(saved, updated_at=naive), None), (saved, naive)):
        with pytest.raises(ValueError, match="aware"):
            drafts.save(changed, seen)
    assert drafts.list("work") == [saved]


def test_a_name_is_given_and_taken_away(drafts: Drafts) -> None:
    first, second = drafts.save(draft("first", 1)), drafts.save(draft("second", 2))
    assert first.id is not None
    assert drafts.rename(first.id, " Letter [/b] \ud83d ") is True
    named = replace(first, name="Letter [/b] \ud83d")
    assert drafts.list("work") == [second, named]  # neither newer nor in another place
    for nameless in (None, " ", ""):
        drafts.rename(first.id, "Letter")
        assert drafts.rename(first.id, nameless) is True
        assert drafts.get(first.id) == first
    assert drafts.rename(10**30, "nobody") is False
    assert drafts.rename(999, "nobody") is False


def test_whoever_goes_on_typing_does_not_take_a_name_away(drafts: Drafts) -> None:
    typed = drafts.save(draft("De"))
    assert typed.id is not None
    drafts.rename(typed.id, "Letter")
    saved = drafts.save(replace(typed, text="Dear", updated_at=at(1)), seen=typed.updated_at)
    assert saved == Draft(typed.id, "work", "MITTO SMS", "+49 172", "Dear", typed.options, at(1), "Letter")
    assert drafts.list("work") == [saved]
    assert drafts.save(replace(saved, name="Other", updated_at=at(2))).name == "Other"


def test_a_long_text_comes_back(drafts: Drafts) -> None:
    saved = drafts.save(draft("é😀" * 500_000 + "\ud83d"))
    assert drafts.latest("work") == saved


def test_two_programs_that_write_on_one_draft_lose_nothing(path: Path) -> None:
    programs, times = 3, 8
    barrier = Barrier(programs)
    with ExitStack() as opened, ThreadPoolExecutor(programs) as pool:
        stores = [Drafts(opened.enter_context(Database.open(path))) for _ in range(programs)]
        begun = stores[0].save(draft("begun"))

        def run(number: int) -> Draft:
            mine = begun
            for turn in range(times):
                barrier.wait()
                # One and the same moment for all of them.
                mine = stores[number].save(replace(mine, text=f"{number}: {turn}", updated_at=T0), mine.updated_at)
            return mine

        ended = list(pool.map(run, range(programs)))
        found = stores[0].list("work")
    assert len({mine.id for mine in ended}) == programs
    assert {mine.id: mine for mine in ended} == {kept.id: kept for kept in found}
    assert {mine.text for mine in ended} == {f"{number}: {times - 1}" for number in range(programs)}


def test_drafts_survive_a_restart(path: Path) -> None:
    with Database.open(path) as database:
        saved = Drafts(database).save(draft())
    with Database.open(path) as database:
        assert Drafts(database).latest("work") == saved

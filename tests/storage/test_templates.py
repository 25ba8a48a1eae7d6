"""Saved templates: one of a name, found and sorted as people would, exactly as they were written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import visible
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError
from mitto_tui.storage.templates import NameTaken, SavedTemplate, Templates, UnknownTemplate

from .builders import T0, at

Attempt = Callable[[], object]


@pytest.fixture
def clock() -> Iterator[datetime]:
    return (at(seconds) for seconds in range(1_000_000))


@pytest.fixture
def templates(database: Database, clock: Iterator[datetime]) -> Templates:
    return Templates(database, lambda: next(clock))


TEXTS = {
    "empty": "",
    "a field": "Dear {name|friend}",
    "no template": "\0\x1b[31m\u202e half \ud83d, {a",
    "2 MB": "é{" * 500_000 + "\udc00",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_comes_back_as_written(templates: Templates, path: Path, text: str) -> None:
    saved = templates.save("  Reminder ", text)
    assert saved == SavedTemplate(saved.id, "Reminder", text, T0)
    assert templates.get(saved.id) == saved
    with Database.open(path) as other:  # another program, another profile: the same templates
        assert Templates(other).list() == [saved]


def test_a_clock_of_its_own(database: Database) -> None:
    saved = Templates(database).save("Now", "")
    assert saved.updated_at.tzinfo is not None
    assert Templates(database).get(saved.id) == saved


@pytest.mark.parametrize(
    ("known", "same"),
    [
        ("Straße", " STRASSE "),
        ("Ümlaut", "u\u0308MLAUT"),
        ("İstanbul", "istanbul"),
        ("Spring sale", "spring \u00a0 SALE"),
        ("👩\u200d🚒 1", "👩\u200d🚒 1"),
    ],
)
def test_a_name_is_the_same_in_any_notation(templates: Templates, known: str, same: str) -> None:
    saved = templates.save(known, "theirs")
    assert templates.find(same) == saved
    other = templates.save("Other", "")
    attempts: list[Attempt] = [
        lambda: templates.save(same.strip(), "mine"),
        lambda: templates.rename(other.id, same.strip()),
    ]
    for attempt in attempts:
        with pytest.raises(NameTaken) as caught:
            attempt()
        assert caught.value.template == saved
        assert caught.value.field == "name"
        assert saved.name in caught.value.message
        assert caught.value.advice
    assert {template.id: template for template in templates.list()} == {saved.id: saved, other.id: other}


def test_other_names_are_not_found(templates: Templates) -> None:
    templates.save("Reminder", "")
    for name in ("Remind", "Reminder 2", "", "%", "Remi\ud800nder", "x" * 1_000_000, "Reminder\0"):
        assert templates.find(name) is None


BAD_NAMES = {
    "": "no name",
    " \t\u00a0\n": "no name",
    "\u0301\u20dd": "no name",
    "x" * 61: "61 characters",
    "x" * 100_000: "100,000 characters",
    "two\nlines": "two␊lines",
    "bell\x07": "bell␇",
    "\u202eevil": "⟨U+202E⟩evil",
    "zero\u200bwidth": "zero⟨U+200B⟩width",
    "half \ud83d": "half ⟨U+D83D⟩",
}


@pytest.mark.parametrize(("name", "said"), BAD_NAMES.items(), ids=[ascii(name)[:20] for name in BAD_NAMES])
def test_a_name_must_be_a_short_line_that_can_be_seen(templates: Templates, name: str, said: str) -> None:
    saved = templates.save("Good", "text")
    attempts: list[Attempt] = [lambda: templates.save(name, "mine"), lambda: templates.rename(saved.id, name)]
    for attempt in attempts:
        with pytest.raises(InvalidInput) as caught:
            attempt()
        assert caught.value.field == "name"
        assert said in caught.value.message
        assert len(caught.value.message) < 200
        assert caught.value.advice
    assert templates.list() == [saved]


@pytest.mark.parametrize("name", ["x", "x" * 60, " " + "e\u0301" * 60 + " ", "[/foo] {name}", "你好", "❤\ufe0f", "…"])
def test_names_that_are_fine(templates: Templates, name: str) -> None:
    saved = templates.save(name, "")
    assert templates.find(name) == templates.find(saved.name) == saved


def test_another_text_and_another_name(templates: Templates) -> None:
    first, second = templates.save("first", "1"), templates.save("second", "2")
    replaced = templates.replace(first.id, "1, anew")
    assert replaced == SavedTemplate(first.id, "first", "1, anew", at(2))
    renamed = templates.rename(first.id, "FIRST")  # its own name, but for case
    assert renamed == SavedTemplate(first.id, "FIRST", "1, anew", at(3))
    moved = templates.rename(second.id, " third ")
    assert moved == SavedTemplate(second.id, "third", "2", at(4))
    assert templates.list() == [renamed, moved]
    assert templates.find("second") is None
    assert templates.save("second", "").name == "second"


def test_what_was_deleted_is_gone_and_its_number_is_not_given_again(templates: Templates) -> None:
    saved = templates.save("Reminder", "text")
    assert templates.delete(saved.id) is True
    assert templates.delete(saved.id) is False
    assert templates.get(saved.id) is templates.find("Reminder") is None
    assert templates.list() == []
    for template_id in (saved.id, 10**30):
        attempts: list[Attempt] = [
            partial(templates.replace, template_id, "mine"),
            partial(templates.rename, template_id, "mine"),
        ]
        for attempt in attempts:
            with pytest.raises(UnknownTemplate, match="deleted in the meantime"):
                attempt()
        assert templates.get(template_id) is None
    assert templates.delete(10**30) is False
    assert templates.save("Reminder", "").id == saved.id + 1


def test_templates_are_in_the_order_in_which_people_look_for_them(templates: Templates) -> None:
    order = [
        "1 Welcome",
        "2 Bye",
        "10 More",
        "apfel",
        "Äpfel 2",
        "Äpfel 10",
        "Birne",
        "Łódź",
        "Lodz 2",
        "Öl",
        "olaf",
        "Øst",
        "Straße 9",
        "strasse 10",
        "zoo",
        "Ωmega",
        "Привет",
        "你好",
    ]
    shuffled = Random(1).sample(order, len(order))
    for name in shuffled:
        templates.save(name, "")
    assert [template.name for template in templates.list()] == order


@pytest.mark.parametrize("renaming", [False, True])
def test_of_programs_that_want_one_name_at_once_one_gets_it(path: Path, renaming: bool) -> None:
    programs = 4
    barrier = Barrier(programs)
    with ExitStack() as opened, ThreadPoolExecutor(programs) as pool:
        stores = [Templates(opened.enter_context(Database.open(path))) for _ in range(programs)]
        own = [store.save(f"own {number}", str(number)) for number, store in enumerate(stores)]

        def run(number: int) -> bool:
            barrier.wait()
            try:
                if renaming:
                    stores[number].rename(own[number].id, "WANTED" if number % 2 else "wanted")
                else:
                    stores[number].save(f"wanted{' ' * number}", str(number))
            except NameTaken:
                return False
            return True

        won = list(pool.map(run, range(programs)))
        winner = stores[0].find("wanted")
        assert won.count(True) == 1
        assert winner is not None
        assert winner.text == str(won.index(True))
        assert len(stores[0].list()) == programs + (not renaming)


def test_the_file_itself_allows_no_name_twice(templates: Templates, path: Path) -> None:
    templates.save("Straße", "")
    twice = "INSERT INTO templates (name, name_key, text, updated_at) SELECT name, name_key, text, 0 FROM templates"
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(twice)


def saved_or_refused(store: Templates, name: str) -> SavedTemplate | InvalidInput:
    try:
        return store.save(name, "text")
    except InvalidInput as error:
        return error


@given(st.text(max_size=70) | st.text(alphabet="aA ßẞ\u0308üÜİi\u200d😀", max_size=5))
def test_any_name_is_found_again_or_refused_in_words(shared: Templates, name: str) -> None:
    found = saved_or_refused(shared, name)
    if isinstance(found, InvalidInput):
        assert visible(found.message) == found.message
        assert shared.list() == []
        return
    assert shared.find(name) == shared.find(found.name) == found
    assert isinstance(saved_or_refused(shared, found.name), NameTaken)
    assert isinstance(saved_or_refused(shared, f" {name}"), NameTaken)
    assert shared.rename(found.id, found.name).id == found.id
    assert shared.delete(found.id)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    with Database.open(tmp_path_factory.mktemp("templates") / "mitto.db") as database:
        yield Templates(database)


def test_a_closed_store_says_so(database: Database) -> None:
    database.close()
    with pytest.raises(StoreError, match="closed"):
        Templates(database).list()
